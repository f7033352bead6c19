"""Finds the orders and drafts of a customer that a new order may be a repeat of."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import OpenOrderLine
from orders.drafts import is_ready
from orders.duplicates import Amount, Other, find_same
from orders.goods import Goods, goods_of
from orders.model import DraftState, OrderDraft, OrderState, SalesOrder
from people.model import Party, Person
from store.database import now

WINDOW = timedelta(hours=24)


def lookalike(session: Session, draft: OrderDraft, *, timezone: str) -> Other | None:
    """The order of the last 24 hours or the open draft of this customer, whoever placed it, that looks the same.

    Of the ERP's own orders only the day is known: those of today and yesterday.
    """
    since = (now(session) - WINDOW).astimezone(ZoneInfo(timezone))
    orders = _orders(session, draft, since)
    drafts = _drafts(session, draft)
    keyed = _keyed_in_the_erp(session, draft, since)
    skus = {line.sku for entry in (draft, *drafts) for line in entry.lines if line.sku}
    skus |= {line.sku for order in orders for line in order.lines} | {line.sku for line in keyed}
    goods = goods_of(session, skus, price_list=session.get_one(Party, draft.party_code).price_list)
    others = [_order(session, order, goods) for order in orders]
    others += [_draft(session, other, goods) for other in drafts]
    others += [_erp_order(number, keyed, goods) for number in {line.erp_number for line in keyed}]
    return find_same(_ready_amounts(draft, goods), others)


def _orders(session: Session, draft: OrderDraft, since: datetime) -> Sequence[SalesOrder]:
    return session.scalars(
        select(SalesOrder).where(
            SalesOrder.party_code == draft.party_code,
            SalesOrder.confirmed_at >= since,
            SalesOrder.state != OrderState.CANCELLED.value,
        )
    ).all()


def _drafts(session: Session, draft: OrderDraft) -> Sequence[OrderDraft]:
    return session.scalars(
        select(OrderDraft).where(
            OrderDraft.party_code == draft.party_code,
            OrderDraft.id != draft.id,
            OrderDraft.changes_order.is_(None),
            OrderDraft.state == DraftState.OPEN.value,
        )
    ).all()


def _keyed_in_the_erp(session: Session, draft: OrderDraft, since: datetime) -> list[OpenOrderLine]:
    """Lines of orders that did not come from us; those that did are known better here."""
    recent = [line for line in mirror.open_lines(session, draft.party_code) if line.date >= since.date()]
    numbers = {line.our_number for line in recent if line.our_number}
    ours = set(session.scalars(select(SalesOrder.number).where(SalesOrder.number.in_(numbers))))
    return [line for line in recent if line.our_number not in ours]


def _order(session: Session, order: SalesOrder, goods: Goods) -> Other:
    return Other(
        reference=f"order:{order.number}",
        number=order.erp_number or order.number,
        placed_at=order.confirmed_at,
        placed_by=_name(session, order.person_id),
        lines=tuple(
            (line.sku, goods.base_quantity(line.sku, line.quantity, line.uom)) for line in order.lines if not line.free
        ),
    )


def _draft(session: Session, other: OrderDraft, goods: Goods) -> Other:
    return Other(
        reference=f"draft:{other.id}",
        number="",
        placed_at=other.touched_at,
        placed_by=_name(session, other.person_id),
        lines=_ready_amounts(other, goods),
    )


def _erp_order(number: str, keyed: Iterable[OpenOrderLine], goods: Goods) -> Other:
    lines = [line for line in keyed if line.erp_number == number]
    return Other(
        reference=f"erp:{number}",
        number=number,
        placed_at=datetime.combine(max(line.date for line in lines), time.min, tzinfo=UTC),
        placed_by="",
        # What stands there at 0 went free with another line.
        lines=tuple(
            (line.sku, goods.base_quantity(line.sku, line.ordered, line.uom)) for line in lines if line.price != 0
        ),
    )


def _ready_amounts(draft: OrderDraft, goods: Goods) -> tuple[Amount, ...]:
    """Item and base quantity of the lines that would go."""
    return tuple(
        (line.sku, goods.base_quantity(line.sku, line.quantity, line.uom))
        for line in draft.lines
        if is_ready(line) and line.sku and line.quantity and line.uom
    )


def _name(session: Session, person_id: int) -> str:
    return session.get_one(Person, person_id).name
