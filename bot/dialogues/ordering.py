"""Order lines from a reading into the open draft, and edits of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from bot.dialogues import announcing, days, office, price_wishes, second_opinion, show
from bot.dialogues.reading import left_over, open_draft_for
from bot.model import Outbound
from bot.papers.derived import message_id, origin_of
from bot.replies.words import quoted
from bot.turn import Turn
from erp import mirror
from nlp import names_other_place
from nlp.bargain import gives_a_reason
from nlp.values import Candidate, Reading, ReadLine
from orders import drafts
from orders.choices import MOST, ChoiceFacts, choice
from orders.drafts import Edit, NewLine
from orders.model import LineStatus, OrderDraft
from people.model import Function
from routing.model import MatterKind
from store.database import now

OLD = timedelta(hours=2)


def take_lines(turn: Turn, reading: Reading, party_code: str, *, adds: bool = False) -> None:
    """Put the lines read into the open draft of this person for this party, or into a new one."""
    draft = draft_for(turn, party_code)
    changed = drafts.add_lines(
        draft,
        [
            replace(new_line(line, reading.requested_on, adds=adds), read_from=origin_of(turn.inbound))
            for line in reading.lines
        ],
    )
    days.halve(turn, draft, reading, changed, lines=changed.lines)
    second_opinion.propose(turn, draft, changed.lines)
    take_terms(turn, draft, reading)
    price_wishes.keep_reason(turn, draft, _reason_of(turn, reading))
    show.changed_summary(turn, draft, changed, **_heading(turn, draft))
    second_opinion.note_doubts(turn, draft, changed.lines)


def _reason_of(turn: Turn, reading: Reading) -> str:
    """Why prices are asked for in an order: “rate 540 lagao, competitor 530 de raha hai”."""
    rest = left_over(turn, reading)
    return " ".join(said for said in rest if said not in _without_reason(reading, rest))


def draft_for(turn: Turn, party_code: str) -> OrderDraft:
    """The open draft of this person for this party, or a new one. What a paper orders changes no order."""
    current = None if origin_of(turn.inbound) else open_draft_for(turn, party_code)
    listed = current or drafts.open_draft(turn.session, account_id=turn.account.id, party_code=party_code)
    return listed or drafts.start(
        turn.session,
        party_code=party_code,
        account_id=turn.account.id,
        person_id=turn.known.person_id,
        on_behalf=party_code not in turn.known.buys_for,
        simulated=turn.inbound.simulated,
    )


def _heading(turn: Turn, draft: OrderDraft) -> dict[str, str]:
    """An order read long after it was written is asked for again; a forwarded one unlike this firm, whose it is."""
    if now(turn.session) - turn.inbound.sent_at > OLD:
        return {"heading": "summary.still_wanted"}
    if origin := origin_of(turn.inbound):
        return {"heading": f"summary.from_{origin}"}
    if turn.inbound.forwarded and draft.version == 0 and not _is_usual(turn, draft):
        return {"heading": "summary.forwarded"}
    return {}


def _is_usual(turn: Turn, draft: OrderDraft) -> bool:
    """Whether this firm has bought every item before."""
    skus = {line.sku for line in draft.lines if line.sku}
    known = all(line.sku for line in draft.lines)
    return known and skus == mirror.bought(turn.session, draft.party_code, skus)


def new_line(line: ReadLine, day: date | None, *, adds: bool = False) -> NewLine:
    """A draft line from a read one, `day` being the order's; without a unit it is not settled, whatever is read."""
    status = LineStatus(line.status.value)
    if status == LineStatus.MATCHED and not (line.sku and line.quantity and line.uom):
        status = LineStatus.ASK
    return NewLine(
        status=status,
        sku=line.sku,
        quantity=line.quantity,
        uom=line.uom,
        source=line.source,
        item_words=item_words(line),
        doubts=tuple(doubt.value for doubt in line.doubt),
        choices=() if status == LineStatus.MATCHED else _choices(line.candidates),
        requested_price=line.requested_price,
        requested_on=None if line.requested_on == day else line.requested_on,
        asked_free=line.free_quantity,
        adds=adds,
    )


def _choices(candidates: Sequence[Candidate]) -> tuple[ChoiceFacts, ...]:
    different = {(one.sku, one.quantity, one.uom): choice(one.sku, one.quantity, one.uom) for one in candidates}
    return tuple(different.values())[:MOST]


def item_words(line: ReadLine) -> str:
    """The words that named the item, without quantity and unit."""
    return next((part.text for part in line.parts if part.name == "item" and part.text), line.source)


def take_terms(turn: Turn, draft: OrderDraft, reading: Reading) -> None:
    """What was said of the whole order."""
    sid = message_id(turn.inbound)
    if sid not in draft.message_ids:
        draft.message_ids = [*draft.message_ids, sid]
    days.take(turn, draft, reading)
    draft.urgent = draft.urgent or reading.urgent
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
        place.code
        for place in places
        if folded in (place.code.casefold(), place.city.casefold()) or folded in place.name.casefold()
    ]
    if names_other_place(said):
        fitting = _other_than_usual(turn, draft.party_code, [place.code for place in places])
    if len(fitting) == 1:
        draft.ship_to = fitting[0]
    elif len(places) > 1:
        draft.ship_to = None
    else:
        turn.say("ship_to.only_known", said=quoted(said))


def _other_than_usual(turn: Turn, party_code: str, codes: list[str]) -> list[str]:
    """The second of two places, one of which is the usual one; of more, or of none that is usual, it is asked."""
    usual = drafts.usual_ship_to(turn.session, party_code)
    return [code for code in codes if code != usual] if usual and len(codes) > 1 else []


def tell_left_over(turn: Turn, reading: Reading, party_code: str | None) -> None:
    """What nothing was made of is said, and stands before a person; unless the whole message does already."""
    rest = _without_reason(reading, left_over(turn, reading))
    if not rest or turn.outcome not in ("summary", "confirmed", "declined", "same_order"):
        return
    announcing.stop(turn, turn.conversation.draft_id)
    turn.say("left_over.said", said=quoted(" … ".join(rest)))
    office.raise_matter(
        turn,
        MatterKind.LEFT_OVER,
        reference=f"inbound:{turn.inbound.id}",
        function=Function.COMMERCIAL,
        party_code=party_code,
        facts={"draft": turn.conversation.draft_id, "left_over": rest},
    )


def _without_reason(reading: Reading, rest: list[str]) -> list[str]:
    """Why a price is asked for goes along with it (`take_lines`)."""
    asks = any(line.requested_price is not None or line.free_quantity for line in reading.lines)
    return [said for said in rest if not (asks and gives_a_reason(said))]


def change(turn: Turn, reading: Reading, party_code: str | None) -> bool:
    """Edit the open draft: "2 number wali 30 kar do", "remove maggi", "aur 5 peti X"; False when none is open."""
    draft = _draft_meant(turn, party_code)
    if draft is None:
        return False
    edit(turn, reading, drafts.locked(turn.session, draft.id), edits_of(reading, said=turn.text), adds=True)
    return True


def edit(turn: Turn, reading: Reading, draft: OrderDraft, edits: Sequence[Edit], *, adds: bool = False) -> None:
    """Apply edits to a draft, put the lines read into it, and show what it is now. It is the one talked about."""
    changed = drafts.change(draft, edits)
    if not reading.lines:
        days.halve(turn, draft, reading, changed, lines={line.no for line in draft.lines})
    for sku in changed.not_found:
        turn.say("change.not_found", said=quoted(_item_name(turn, sku)))
    moved = bool(reading.requested_on and reading.requested_on != draft.requested_on)
    turn.session.flush()
    if reading.lines:
        turn.conversation.draft_id = draft.id
        take_lines(turn, reading, draft.party_code, adds=adds)
    elif changed.lines or changed.removed or moved or reading.urgent or reading.slots.get("ship_to"):
        take_terms(turn, draft, reading)
        show.changed_summary(turn, draft, changed)
    else:
        turn.say("change.not_understood")
        show.draft_summary(turn, draft)


def edits_of(reading: Reading, *, said: str = "") -> list[Edit]:
    """The edits a reading asks for."""
    return [
        Edit(op=one.op.value, sku=one.sku, quantity=one.quantity, uom=one.uom, with_sku=one.with_sku, said=said)
        for one in reading.changes
    ]


def _item_name(turn: Turn, sku: str) -> str:
    item = mirror.items(turn.session, [sku]).get(sku)
    return item.name if item else sku


def _draft_meant(turn: Turn, party_code: str | None) -> OrderDraft | None:
    """The draft of the quoted bubble, else of the firm named, else the one being talked about."""
    quoted_draft = quoted_draft_id(turn)
    open_ones = drafts.open_drafts(turn.session, turn.account.id)
    if quoted_draft is not None:
        return next((draft for draft in open_ones if draft.id == quoted_draft), None)
    current = show.open_draft_of(turn)
    if current is not None and party_code in (None, current.party_code):
        return current
    return next((draft for draft in open_ones if draft.party_code == party_code), None)


def quoted_draft_id(turn: Turn) -> int | None:
    """The draft whose bubble this message quotes."""
    if not turn.inbound.quoted_sid:
        return None
    return turn.session.scalars(
        select(Outbound.draft_id).where(Outbound.sid == turn.inbound.quoted_sid, Outbound.account_id == turn.account.id)
    ).first()
