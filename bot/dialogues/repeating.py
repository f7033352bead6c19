"""'Same as last time': the last posted order as a draft, its date and placer named."""

from decimal import Decimal

from bot.dialogues import ordering, show
from bot.turn import Turn
from nlp.values import Reading
from orders import drafts
from orders.drafts import Changed
from orders.model import OrderDraft
from orders.repeat import LastOrder, last_order


def repeat(turn: Turn, reading: Reading, party_code: str) -> None:
    """Copy the last order, or the one named, at today's prices; what is said besides changes the copy."""
    last = last_order(turn.session, party_code, timezone=turn.app.settings.timezone, number=reading.slots.get("order"))
    if last is None:
        turn.say("repeat.none")
        if reading.lines:
            ordering.take_lines(turn, reading, party_code)
        else:
            turn.got("answered")
        return
    draft = ordering.draft_for(turn, party_code)
    changed = drafts.add_lines(draft, last.lines)
    draft.repeats = last.number
    edited = drafts.change(draft, ordering.edits_of(reading))
    ordering.take_terms(turn, draft, reading)
    drafts.refresh(turn.session, draft, day=turn.today)
    show.changed_summary(
        turn,
        draft,
        Changed(lines=changed.lines | edited.lines, repriced=_dearer_or_cheaper(draft, changed.lines, last)),
        heading="repeat.heading",
        heading_facts={
            "number": last.number,
            "day": turn.words.day(last.placed_on),
            "by": last.placed_by or turn.words("same.the_office"),
        },
    )
    if reading.lines:
        ordering.take_lines(turn, reading, party_code, adds=True)


def _dearer_or_cheaper(draft: OrderDraft, copied: set[int], last: LastOrder) -> dict[int, Decimal]:
    """Line number → the price then, where today's is another."""
    by_number = {line.no: line for line in draft.lines}
    then = dict(zip(sorted(copied), last.prices, strict=True))
    return {
        no: price
        for no, price in then.items()
        if no in by_number and price is not None and by_number[no].price not in (None, price)
    }
