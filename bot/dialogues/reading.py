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
from orders.model import OrderDraft, SalesOrder

PAST_ORDERS = 5


def read_for(turn: Turn, party_code: str | None, *, drafted: tuple[DraftLine, ...] = ()) -> Reading:
    """Read the message as written by this person for this firm; None while the firm is not known.

    `drafted` are the lines an open draft would have, where none is made.
    """
    return read(
        turn.body,
        turn.app.catalogues.current(turn.session),
        _speaker(turn, party_code),
        Moment(now=turn.inbound.sent_at, timezone=zone_of(turn, party_code)),
        _context(turn, party_code, drafted),
    )


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
    draft = drafts.open_draft(turn.session, account_id=turn.account.id, party_code=party_code)
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
