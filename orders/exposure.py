"""What a customer owes and has on order: the figures credit is judged by, from our rows and the ERP's mirror."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import OpenOrderLine, RecordKind
from orders.change_model import ON_ITS_WAY, OrderChange
from orders.credit import (
    USUAL_OVERDUE_DAYS,
    OpenValue,
    OurOrder,
    Raise,
    Standing,
    judge,
    limit_in_force,
    open_value,
)
from orders.credit_model import Basis, CreditRelease
from orders.goods import Goods, goods_of
from orders.model import OrderState, SalesOrder
from orders.pricing import money, quote
from people.model import Party
from store.database import now

COUNTED = (OrderState.CONFIRMED, OrderState.ACCEPTED, OrderState.POSTED, OrderState.HELD)


def mirrored_values(session: Session, party: Party, lines: Sequence[OpenOrderLine], *, day: date) -> list[OpenValue]:
    """What each of the ERP's open orders still reserves: not yet invoiced, with tax, at its price or today's list's."""
    goods = goods_of(session, {line.sku for line in lines}, price_list=party.price_list)
    amounts: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        left = max(Decimal(0), line.ordered - line.invoiced - line.cancelled)
        item = goods.items.get(line.sku)
        price = line.price if line.price is not None else _listed(line, goods, day)
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


def credit_standing(
    session: Session,
    party: Party,
    *,
    order_value: Decimal,
    erp: str,
    day: date,
    overdue_allowed: int | None = USUAL_OVERDUE_DAYS,
    number: str = "",
    change: str = "",
) -> Standing:
    """The party's credit with one more order of `order_value` rupees; call it with the party's row locked.

    `number` is the order itself, where it exists already, or `change` the change that adds so much: what it reserves is
    not counted beside its value.
    """
    itself = session.get(SalesOrder, number) if number else None
    known_by = {itself.number, itself.erp_number or itself.number} if itself else set()
    lines = [
        line for line in mirror.open_lines(session, party.code) if not known_by & {line.our_number, line.erp_number}
    ]
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
                SalesOrder.party_code == party.code,
                SalesOrder.number != number,
                SalesOrder.state.in_([state.value for state in COUNTED]),
            )
        )
    ]
    listed_at = mirror.as_of(session, erp, RecordKind.ORDERS)
    on_order = open_value(
        mirrored_values(session, party, lines, day=day),
        ours,
        erp_lists_open_orders=mirror.lists_open_orders(session, erp),
        balance_as_of=as_of,
    )
    return judge(
        limit=limit_in_force(party.credit_limit, raises(session, party.code), at=now(session)),
        exposure=party.outstanding + on_order + _raised(session, party.code, listed_at, but=number, but_change=change),
        order_value=order_value,
        balance_as_of=as_of,
        overdue_days=party.overdue_days,
        overdue_allowed=overdue_allowed,
        most_released=most_released(session, number, change=change) if number or change else None,
    )


def _raised(session: Session, party_code: str, listed_at: datetime | None, *, but: str, but_change: str) -> Decimal:
    """By how much changes raise orders that are not counted with them yet: on their way, or newer than its list."""
    newer = OrderChange.posted_at > listed_at if listed_at is not None else false()
    listed = SalesOrder.seen_in_mirror_at.is_not(None) & newer
    found = (
        select(func.coalesce(func.sum(OrderChange.more), 0))
        .join(SalesOrder, SalesOrder.number == OrderChange.order_number)
        .where(
            SalesOrder.party_code == party_code,
            SalesOrder.number != but,
            OrderChange.number != but_change,
            OrderChange.state.in_(ON_ITS_WAY) | ((OrderChange.state == OrderState.POSTED.value) & listed),
        )
    )
    return session.scalar(found) or Decimal(0)


def raises(session: Session, party_code: str) -> list[Raise]:
    """Raises of a customer's limit that nobody has ended, newest first."""
    rows = session.scalars(
        _live(Basis.RAISE).where(CreditRelease.party_code == party_code).order_by(CreditRelease.id.desc())
    )
    return [Raise(to=row.most_value, until=row.until, limit_then=row.limit_then) for row in rows if row.until]


def most_released(session: Session, number: str, *, change: str = "") -> Decimal | None:
    """Rupees with tax at which an order, or a change, was let go; None: it was not, or that was ended."""
    once = _live(Basis.ONCE)
    itself = CreditRelease.order_number == number, CreditRelease.change_number.is_(None)
    rows = session.scalars(once.where(CreditRelease.change_number == change) if change else once.where(*itself))
    return max((row.most_value for row in rows), default=None)


def _live(basis: Basis) -> Select[CreditRelease]:
    return select(CreditRelease).where(CreditRelease.basis == basis.value, CreditRelease.ended_at.is_(None))
