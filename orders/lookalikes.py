"""Finds the orders and drafts of a customer that a new order may be a repeat of."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from orders.drafts import is_ready
from orders.duplicates import Amount, Other, find_same
from orders.goods import Goods, goods_of
from orders.model import DraftState, OrderDraft, OrderState, SalesOrder
from people.model import Party, Person
from store.database import now

WINDOW = timedelta(hours=24)


def lookalike(session: Session, draft: OrderDraft) -> Other | None:
    """The order of the last 24 hours or the open draft of this customer, whoever placed it, that looks the same."""
    since = now(session) - WINDOW
    orders = session.scalars(
        select(SalesOrder).where(
            SalesOrder.party_code == draft.party_code,
            SalesOrder.confirmed_at >= since,
            SalesOrder.state != OrderState.CANCELLED.value,
        )
    ).all()
    drafts = session.scalars(
        select(OrderDraft).where(
            OrderDraft.party_code == draft.party_code,
            OrderDraft.id != draft.id,
            OrderDraft.state == DraftState.OPEN.value,
            OrderDraft.touched_at >= since,
        )
    ).all()
    ours = {order.number for order in orders}
    keyed = [
        line
        for line in mirror.open_lines(session, draft.party_code)
        if line.date >= since.date() and line.our_number not in ours
    ]
    skus = {line.sku for entry in (draft, *drafts) for line in entry.lines if line.sku}
    skus |= {line.sku for order in orders for line in order.lines} | {line.sku for line in keyed}
    goods = goods_of(session, skus, price_list=session.get_one(Party, draft.party_code).price_list)
    others = [
        Other(
            reference=f"order:{order.number}",
            number=order.number,
            placed_at=order.confirmed_at,
            placed_by=_name(session, order.person_id),
            lines=tuple(
                (line.sku, goods.base_quantity(line.sku, line.quantity, line.uom)) for line in order.lines
            ),
        )
        for order in orders
    ]
    others += [
        Other(
            reference=f"draft:{other.id}",
            number="",
            placed_at=other.touched_at,
            placed_by=_name(session, other.person_id),
            lines=ready_amounts(other, goods),
        )
        for other in drafts
    ]
    for number in {line.erp_number for line in keyed}:
        lines = [line for line in keyed if line.erp_number == number]
        others.append(
            Other(
                reference=f"erp:{number}",
                number=number,
                placed_at=now(session),
                placed_by="",
                lines=tuple(
                    (line.sku, goods.base_quantity(line.sku, line.ordered, line.uom)) for line in lines
                ),
            )
        )
    return find_same(ready_amounts(draft, goods), others)


def ready_amounts(draft: OrderDraft, goods: Goods) -> tuple[Amount, ...]:
    """Item and base quantity of the lines that would go."""
    return tuple(
        (line.sku, goods.base_quantity(line.sku, line.quantity, line.uom))
        for line in draft.lines
        if is_ready(line) and line.sku and line.quantity and line.uom
    )


def _name(session: Session, person_id: int) -> str:
    return session.get_one(Person, person_id).name
