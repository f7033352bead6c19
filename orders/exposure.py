"""What a customer owes and has on order: the figures credit is judged by, from our rows and the ERP's mirror."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import OpenOrderLine, RecordKind
from orders.credit import OpenValue, OurOrder, Standing, judge, open_value
from orders.goods import Goods, goods_of
from orders.model import OrderState, SalesOrder
from orders.pricing import money, quote
from people.model import Party

COUNTED = (OrderState.CONFIRMED, OrderState.ACCEPTED, OrderState.POSTED, OrderState.HELD)


def mirrored_values(session: Session, party: Party, lines: Sequence[OpenOrderLine], *, day: date) -> list[OpenValue]:
    """What each of the ERP's open orders still reserves: not yet invoiced, with tax, at its price or today's list's."""
    goods = goods_of(session, {line.sku for line in lines}, price_list=party.price_list)
    amounts: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        left = max(Decimal(0), line.ordered - line.invoiced - line.cancelled)
        item = goods.items.get(line.sku)
        price = line.price or _listed(line, goods, day)
        rate = (item.gst_rate if item else None) or Decimal(0)
        key = (line.erp_number, line.our_number)
        amounts[key] = amounts.get(key, Decimal(0)) + money(left * price * (1 + rate / 100))
    return [OpenValue(our_number=ours, amount=amount) for (_, ours), amount in amounts.items()]


def _listed(line: OpenOrderLine, goods: Goods, day: date) -> Decimal:
    """Today's price of a line the ERP tells without one; 0 when no list has it either."""
    item = goods.items.get(line.sku)
    found = quote(
        goods.prices.get(line.sku, ()),
        goods.factors(line.sku),
        uom=line.uom,
        quantity=line.ordered,
        day=day,
        tax_rate=item.gst_rate if item else None,
    )
    return found.price if found else Decimal(0)


def credit_standing(session: Session, party: Party, *, order_value: Decimal, erp: str, day: date) -> Standing:
    """The party's credit with one more order of `order_value` rupees; call it with the party's row locked."""
    lines = mirror.open_lines(session, party.code)
    as_of = party.balance_as_of or mirror.as_of(session, erp, RecordKind.CUSTOMERS)
    ours = [
        OurOrder(
            number=order.number,
            amount=order.value_with_tax,
            confirmed_at=order.confirmed_at,
            posted=order.state == OrderState.POSTED.value,
            seen_in_mirror=order.seen_in_mirror_at is not None,
        )
        for order in session.scalars(
            select(SalesOrder).where(
                SalesOrder.party_code == party.code, SalesOrder.state.in_([state.value for state in COUNTED])
            )
        )
    ]
    on_order = open_value(
        mirrored_values(session, party, lines, day=day),
        ours,
        erp_lists_open_orders=mirror.lists_open_orders(session, erp),
        balance_as_of=as_of,
    )
    return judge(
        limit=party.credit_limit,
        exposure=party.outstanding + on_order,
        order_value=order_value,
        balance_as_of=as_of,
    )
