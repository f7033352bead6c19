"""Reads a message with what stands around it: the firm's words and habits, the open draft, past orders, the quote."""

from sqlalchemy import select

from bot.catalogue import reader_speaker
from bot.dialogues.days import zone_of
from bot.model import Inbound, Outbound
from bot.turn import Turn
from nlp import read, read_table
from nlp.tables import Table
from nlp.values import Context, DraftLine, Moment, PastOrder, Reading, Speaker
from orders import drafts
from orders.model import DraftState, OrderDraft, SalesOrder

PAST_ORDERS = 5


def read_for(
    turn: Turn,
    party_code: str | None,
    *,
    drafted: tuple[DraftLine, ...] = (),
    without: tuple[int, int] | None = None,
) -> Reading:
    """Read the message as written by this person for this firm; None while the firm is not known.

    `drafted` are the lines it speaks of, where that is no draft that is open; what stands at `without` is passed over.
    """
    return read(
        _blanked(turn.body, without),
        turn.app.catalogues.current(turn.session),
        _speaker(turn, party_code),
        Moment(now=turn.inbound.sent_at, timezone=zone_of(turn, party_code)),
        _context(turn, party_code, drafted),
    )


def _blanked(text: str, span: tuple[int, int] | None) -> str:
    """With blanks there, so that all else keeps its place."""
    if span is None:
        return text
    start, end = span
    return text[:start] + " " * (end - start) + text[end:]


def read_table_for(turn: Turn, table: Table, party_code: str | None) -> Reading:
    """Read the table that stands in the message's paper, as sent by this person for this firm."""
    return read_table(
        table,
        turn.body,
        turn.app.catalogues.current(turn.session),
        _speaker(turn, party_code),
        Moment(now=turn.inbound.sent_at, timezone=zone_of(turn, party_code)),
    )


def _speaker(turn: Turn, party_code: str | None) -> Speaker:
    return reader_speaker(
        turn.session,
        party_code=party_code,
        role="buyer" if party_code in turn.known.buys_for else "sales_rep",
        language=turn.known.language,
        may_order_for=turn.known.firms,
    )


def read_as_staff(turn: Turn) -> Reading:
    """Read the message of somebody who neither buys nor sells."""
    return read(
        turn.body,
        turn.app.catalogues.current(turn.session),
        reader_speaker(
            turn.session,
            party_code=None,
            role=next(iter(turn.known.roles), "operator"),
            language=turn.known.language,
            may_order_for=(),
        ),
        Moment(now=turn.inbound.sent_at, timezone=turn.app.settings.timezone),
    )


def left_over(turn: Turn, reading: Reading) -> list[str]:
    """The words nothing was made of, signs alone left out."""
    rest = [turn.body[start:end].strip() for start, end in reading.left_over]
    return [text for text in rest if any(character.isalnum() for character in text)]


def _context(turn: Turn, party_code: str | None, drafted: tuple[DraftLine, ...]) -> Context:
    if party_code is None:
        return Context(quoted=_quoted(turn))
    draft = None if drafted else open_draft_for(turn, party_code)
    orders = turn.session.scalars(
        select(SalesOrder)
        .where(SalesOrder.party_code == party_code)
        .order_by(SalesOrder.confirmed_at.desc())
        .limit(PAST_ORDERS)
    )
    return Context(
        quoted=_quoted(turn),
        draft=_draft_lines(draft) if draft is not None else drafted,
        orders=tuple(_past(order) for order in orders),
    )


def open_draft_for(turn: Turn, party_code: str) -> OrderDraft | None:
    """What a message for this firm goes on with: the list or change that is talked about, else the list open for it."""
    draft_id = turn.conversation.draft_id
    current = turn.session.get(OrderDraft, draft_id) if draft_id else None
    if current is not None and current.state == DraftState.OPEN.value and current.party_code == party_code:
        return drafts.locked(turn.session, current.id)
    return drafts.open_draft(turn.session, account_id=turn.account.id, party_code=party_code)


def _past(order: SalesOrder) -> PastOrder:
    return PastOrder(
        number=order.number,
        placed_on=order.confirmed_at.date(),
        lines=tuple(
            DraftLine(sku=line.sku, quantity=line.quantity, uom=line.uom, source=line.original_text)
            for line in order.lines
            if not line.free
        ),
    )


def _draft_lines(draft: OrderDraft) -> tuple[DraftLine, ...]:
    """By the numbers its sender sees: a number that is gone leaves an empty line behind."""
    by_number = {line.no: line for line in draft.lines}
    gone = DraftLine(sku=None)
    return tuple(
        DraftLine(sku=line.sku, quantity=line.quantity, uom=line.uom, source=line.source) if line else gone
        for line in (by_number.get(number) for number in range(1, max(by_number, default=0) + 1))
    )


def _quoted(turn: Turn) -> str | None:
    """The text of the bubble this message quotes, theirs or ours."""
    sid = turn.inbound.quoted_sid
    if not sid:
        return None
    theirs = select(Inbound.body).where(Inbound.sid == sid, Inbound.account_id == turn.account.id)
    if text := turn.session.scalars(theirs).first():
        return text
    ours = select(Outbound.lines).where(Outbound.sid == sid, Outbound.account_id == turn.account.id)
    lines = turn.session.scalars(ours).first()
    return "\n".join(lines) if lines else None
