"""Order lines from a reading into the open draft, and edits of it."""

from datetime import timedelta

from nlp.values import Reading, ReadLine
from sqlalchemy import select

from bot.dialogues import further, show
from bot.dialogues.firms import open_draft_of
from bot.model import Outbound
from bot.replies.words import quoted
from bot.turn import Turn
from orders import aliases, drafts
from orders.drafts import ChoiceFacts, NewLine, choice
from orders.model import Alias, LineStatus, OrderDraft
from people.model import Function
from routing import matters
from routing.model import MatterKind
from store.database import now

OLD = timedelta(hours=2)


def take_lines(turn: Turn, reading: Reading, party_code: str, *, adds: bool = False) -> None:
    """Put the lines read into the open draft of this person for this party, or into a new one."""
    draft = drafts.open_draft(turn.session, account_id=turn.account.id, party_code=party_code) or _start(
        turn, party_code
    )
    remembered = aliases.remembered(turn.session, party_code)
    lines, known = [], set()
    for position, line in enumerate(reading.lines):
        new, from_memory = _new_line(line, remembered, adds=adds)
        lines.append(new)
        if from_memory:
            known.add(position)
    first = max((line.no for line in draft.lines), default=0) + 1
    changed = drafts.add_lines(turn.session, draft, lines)
    _take_terms(turn, draft, reading)
    _keep_left_over(turn, draft, reading)
    show.changed_summary(
        turn, draft, changed, remembered=frozenset(first + position for position in known), **_heading(turn, draft)
    )


def _start(turn: Turn, party_code: str) -> OrderDraft:
    return drafts.start(
        turn.session,
        party_code=party_code,
        account_id=turn.account.id,
        person_id=turn.known.person_id,
        on_behalf=party_code not in turn.known.buys_for,
        simulated=turn.inbound.simulated,
    )


def _heading(turn: Turn, draft: OrderDraft) -> dict[str, object]:
    """An order read long after it was written is asked for again; a forwarded one, whose it is."""
    if now(turn.session) - turn.inbound.sent_at > OLD:
        return {"heading": "summary.still_wanted"}
    if turn.inbound.forwarded and draft.version == 0:
        return {"heading": "summary.forwarded"}
    return {}


def _new_line(line: ReadLine, remembered: dict[str, Alias], *, adds: bool) -> tuple[NewLine, bool]:
    """A draft line from a read one; one in doubt that was answered before for the same words is not asked again."""
    sku, status, doubts = line.sku, LineStatus(line.status.value), tuple(doubt.value for doubt in line.doubt)
    uom, from_memory = line.uom, False
    before = remembered.get(aliases.fold(item_words(line))) if status == LineStatus.ASK and doubts == ("item",) else None
    if before is not None and line.quantity:
        sku, uom = before.sku, before.uom or uom or _uom_of(line, before.sku)
        status, doubts, from_memory = LineStatus.MATCHED, (), True
    new = NewLine(
        status=status if status != LineStatus.MATCHED or uom else LineStatus.ASK,
        sku=sku,
        quantity=line.quantity,
        uom=uom,
        source=line.source,
        item_words=item_words(line),
        doubts=doubts,
        choices=() if status == LineStatus.MATCHED else _choices(line),
        requested_price=line.requested_price,
        requested_on=line.requested_on,
        asked_free=line.free_quantity,
        adds=adds,
    )
    return new, from_memory


def _choices(line: ReadLine) -> tuple[ChoiceFacts, ...]:
    seen, choices = set(), []
    for candidate in line.candidates:
        entry = choice(candidate.sku, candidate.quantity, candidate.uom)
        key = (entry["sku"], entry["quantity"], entry["uom"])
        if key not in seen:
            seen.add(key)
            choices.append(entry)
    return tuple(choices[:10])


def _uom_of(line: ReadLine, sku: str) -> str | None:
    return next((candidate.uom for candidate in line.candidates if candidate.sku == sku), None)


def item_words(line: ReadLine) -> str:
    """The words that named the item, without quantity and unit."""
    return next((part.text for part in line.parts if part.name == "item" and part.text), line.source)


def _take_terms(turn: Turn, draft: OrderDraft, reading: Reading) -> None:
    draft.message_ids = [*draft.message_ids, turn.inbound.sid]
    if reading.requested_on:
        draft.requested_on = reading.requested_on
    if reference := reading.slots.get("customer_reference"):
        draft.customer_reference = reference
    if transport := reading.slots.get("transport"):
        draft.remarks = "; ".join(part for part in (draft.remarks, f"transport: {transport}") if part)
    if place := reading.slots.get("ship_to"):
        _take_place(turn, draft, place)


def _take_place(turn: Turn, draft: OrderDraft, said: str) -> None:
    """A place the ERP knows may be chosen by its name; any other word for one makes us ask, never invent."""
    places = drafts.places(turn.session, draft.party_code)
    folded = said.casefold()
    fitting = [
        place
        for place in places
        if folded in (place.code.casefold(), place.city.casefold()) or folded in place.name.casefold()
    ]
    if len(fitting) == 1:
        draft.ship_to = fitting[0].code
    elif len(places) > 1:
        draft.ship_to = None
    else:
        turn.say("ship_to.only_known", said=quoted(said))


def _keep_left_over(turn: Turn, draft: OrderDraft, reading: Reading) -> None:
    """What we made nothing of is said, and stands before a person until the order is settled."""
    rest = [turn.inbound.body[start:end].strip() for start, end in reading.left_over]
    rest = [text for text in rest if any(character.isalnum() for character in text)]
    if not rest:
        return
    turn.say("left_over.said", said=quoted(" … ".join(rest)))
    matters.open_matter(
        turn.session,
        kind=MatterKind.LEFT_OVER,
        reference=f"inbound:{turn.inbound.id}",
        function=Function.COMMERCIAL,
        party_code=draft.party_code,
        account_id=turn.account.id,
        inbound_id=turn.inbound.id,
        facts={"draft": draft.id, "left_over": rest},
    )


def change(turn: Turn, reading: Reading, party_code: str | None) -> None:
    """Edit the open draft: "2 number wali 30 kar do", "remove maggi", "aur 5 peti X"."""
    draft = _draft_meant(turn, party_code)
    if draft is None:
        if reading.lines and party_code:
            take_lines(turn, reading, party_code)
        else:
            further.after_posting(turn, reading)
        return
    draft = drafts.locked(turn.session, draft.id)
    changed = drafts.change(turn.session, draft, further.edits_of(reading))
    for sku in changed.not_found:
        turn.say("change.not_found", said=quoted(sku))
    if reading.requested_on:
        draft.requested_on = reading.requested_on
    turn.session.flush()
    if reading.lines:
        take_lines(turn, reading, draft.party_code, adds=True)
        return
    if not (changed.lines or changed.removed or reading.requested_on):
        turn.say("change.not_understood")
        show.draft_summary(turn, draft)
        return
    draft.message_ids = [*draft.message_ids, turn.inbound.sid]
    show.changed_summary(turn, draft, changed)


def _draft_meant(turn: Turn, party_code: str | None) -> OrderDraft | None:
    """The draft of the quoted bubble, else of the firm named, else the one being talked about."""
    quoted_draft = quoted_draft_id(turn)
    open_ones = drafts.open_drafts(turn.session, turn.account.id)
    if quoted_draft is not None:
        return next((draft for draft in open_ones if draft.id == quoted_draft), None)
    current = open_draft_of(turn)
    if current is not None and party_code in (None, current.party_code):
        return current
    return next((draft for draft in open_ones if draft.party_code == party_code), None)


def quoted_draft_id(turn: Turn) -> int | None:
    """The draft whose bubble this message quotes."""
    if not turn.inbound.quoted_sid:
        return None
    return turn.session.scalars(select(Outbound.draft_id).where(Outbound.sid == turn.inbound.quoted_sid)).first()

