"""What a restore forgot of orders: numbers given since, and held orders that went to the ERP after all."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from orders.change_model import OrderChange
from orders.drafts import close, note
from orders.model import DraftState, OrderDraft, OrderState, SalesOrder
from store.database import now

MARGIN = 100
"""Numbers left out beyond the highest found: some were told to customers and had not reached the ERP."""

ADVANCE = text("SELECT setval('order_number', greatest(last_value, :least)) FROM order_number")


def last_position(session: Session) -> int:
    """The place in the sequence of the last order we know of; 0 without any."""
    orders = session.scalar(select(func.max(func.substr(SalesOrder.number, 4))))
    changes = session.scalar(select(func.max(func.substr(OrderChange.number, 4))))
    return max(int(orders or 0), int(changes or 0))


def years(session: Session, timezone: str) -> tuple[int, int]:
    """The years in which a forgotten number can have been given: this one, and around its beginning the last."""
    moment: datetime = now(session).astimezone(ZoneInfo(timezone))
    return moment.year, moment.year - 1


def position_of(number: str) -> int:
    """The place of an order number in the sequence."""
    return int(number[3:])


def give_none_up_to(session: Session, position: int) -> None:
    """Number on beyond this place, and some more: no number is given twice."""
    session.execute(ADVANCE, {"least": position + MARGIN})


def held_orders(session: Session) -> list[tuple[str, str, str]]:
    """Orders kept back here, which a person may have released after the backup: number, ERP, customer."""
    rows = session.execute(
        select(SalesOrder.number, SalesOrder.erp, SalesOrder.party_code)
        .where(SalesOrder.state == OrderState.HELD.value)
        .order_by(SalesOrder.number)
    )
    return [(number, erp, party) for number, erp, party in rows]


def with_open_drafts(session: Session, before: datetime) -> set[int]:
    """Accounts with a draft that was opened before this moment and is open still."""
    drafts = select(OrderDraft.account_id).where(
        OrderDraft.state == DraftState.OPEN.value, OrderDraft.opened_at < before
    )
    return set(session.scalars(drafts))


def close_drafts(session: Session, account_id: int) -> list[int]:
    """The open drafts of somebody who went on talking after the backup: what became of them we forgot."""
    drafts = session.scalars(
        select(OrderDraft)
        .where(OrderDraft.account_id == account_id, OrderDraft.state == DraftState.OPEN.value)
        .order_by(OrderDraft.id)
        .with_for_update()
    ).all()
    for draft in drafts:
        close(session, draft, DraftState.CANCELLED, by="restore", reason="talked about after the backup")
        note(session, draft, "cancelled", by="restore", reason="talked about after the backup")
    return [draft.id for draft in drafts]
