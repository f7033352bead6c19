"""Gathers what an approver decides on: the request, what the customer paid before, costs, exceptions, what he owes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from erp import mirror
from orders.approval_model import Approval, PriceRequest, RequestedLine
from orders.deal import Buyer, DealFacts, DealLine, Paid
from orders.drafts import is_ready
from orders.goods import Goods, goods_of
from orders.model import DraftLine, OrderDraft, OrderLine, OrderState, SalesOrder
from orders.pricing import money
from orders.wishes import free_by_rules
from people.model import Party, Person
from store.database import now

LAST_PRICES = 3
ZERO = Decimal(0)
NOT_PAID = (OrderState.CANCELLED.value, OrderState.REJECTED.value)


def deal_facts(session: Session, request: PriceRequest, *, timezone: str) -> DealFacts:
    """As things stand now. Costs are in it: only for who decides, and for the trail."""
    draft = session.get_one(OrderDraft, request.draft_id)
    party = session.get_one(Party, request.party_code)
    asker = session.get_one(Person, request.person_id)
    by_number = {line.no: line for line in draft.lines}
    asked = {line.line_no: line for line in request.lines if line.decision is None} or {
        line.line_no: line for line in request.lines
    }
    goods = goods_of(session, _skus(asked.values(), by_number), price_list=party.price_list)
    paid = _paid(session, party.code, asked.values(), goods, timezone=timezone)
    ordered = [line for line in draft.lines if is_ready(line) or line.no in asked]
    return DealFacts(
        buyer=_buyer(session, party, timezone=timezone),
        asker=asker.name,
        as_rep=party.code not in asker.parties,
        reason=request.reason,
        size=_size(ordered, asked),
        size_at_list=_size(ordered, asked, as_asked=False),
        order_lines=len(ordered),
        lines=tuple(_line(line, by_number.get(line.line_no), goods, paid[line.line_no]) for line in asked.values()),
    )


def _skus(asked: Iterable[RequestedLine], by_number: Mapping[int, DraftLine]) -> set[str]:
    skus = {line.sku for line in asked}
    return skus | {free["sku"] for line in by_number.values() for free in free_by_rules(line)}


def _size(ordered: Sequence[DraftLine], asked: Mapping[int, RequestedLine], *, as_asked: bool = True) -> Decimal:
    """Of the order without tax: its other lines at their prices, those asked for as asked or as the rules give them."""
    total = ZERO
    for line in ordered:
        wish = asked.get(line.no)
        if wish is None:
            total += money((line.quantity or ZERO) * (line.price or ZERO))
        else:
            price = wish.wished_price if as_asked else wish.price
            total += money(wish.quantity * price)
    return total


def _line(wish: RequestedLine, drafted: DraftLine | None, goods: Goods, paid: tuple[Paid, ...]) -> DealLine:
    cost = _cost(goods, wish.sku, Decimal(1), wish.uom)
    free, others = ZERO, ZERO
    for given in free_by_rules(drafted) if drafted is not None else ():
        quantity = Decimal(str(given["qty"]))
        if given["sku"] == wish.sku:
            rung = goods.base_quantity(wish.sku, Decimal(1), wish.uom)
            free += goods.base_quantity(wish.sku, quantity, given["uom"]) / rung
        else:
            others += _cost(goods, given["sku"], quantity, given["uom"]) or ZERO
    return DealLine(
        no=wish.line_no,
        sku=wish.sku,
        item=goods.name(wish.sku),
        quantity=wish.quantity,
        uom=wish.uom,
        list_price=wish.list_price,
        price=wish.price,
        asked=wish.wished_price,
        asked_free=wish.asked_free,
        effective=wish.effective,
        floor=wish.floor,
        absolute=wish.absolute,
        cost=cost,
        free_before=free,
        free=wish.own_free,
        other_free_cost=others,
        paid=paid,
    )


def _cost(goods: Goods, sku: str, quantity: Decimal, uom: str) -> Decimal | None:
    """Of so much; the item list gives the cost of a base unit."""
    item = goods.items.get(sku)
    return None if item is None or item.cost is None else item.cost * goods.base_quantity(sku, quantity, uom)


def _buyer(session: Session, party: Party, *, timezone: str) -> Buyer:
    count, cost = exceptions_since(session, party.code, month_start(now(session), timezone))
    return Buyer(
        code=party.code,
        name=party.name,
        city=party.city,
        tier=party.tier,
        outstanding=party.outstanding,
        credit_limit=party.credit_limit,
        overdue_days=party.overdue_days,
        exceptions=count,
        exceptions_cost=cost,
    )


def month_start(moment: datetime, timezone: str) -> datetime:
    """When the month of a moment began, by the clock of the plant."""
    local = moment.astimezone(ZoneInfo(timezone))
    return datetime.combine(date(local.year, local.month, 1), time(), tzinfo=local.tzinfo)


def exceptions_since(session: Session, party_code: str, since: datetime) -> tuple[int, Decimal]:
    """How many lines went below the rules by a decision since then, and what that gave away in rupees.

    Counted when they were ordered; an order that was cancelled or refused gave nothing away.
    """
    line, wish = aliased(OrderLine), aliased(RequestedLine)
    given = (wish.price - line.price) * line.quantity
    found = select(func.count(), func.coalesce(func.sum(given), 0)).select_from(Approval)
    found = found.join(line, (line.order_number == Approval.used_order) & (line.no == Approval.used_line))
    found = found.join(wish, (wish.request_id == Approval.request_id) & (wish.line_no == Approval.line_no))
    found = found.join(SalesOrder, SalesOrder.number == line.order_number)
    found = found.where(Approval.party_code == party_code, Approval.used_at >= since, SalesOrder.state.not_in(NOT_PAID))
    count, cost = session.execute(found).one()
    return int(count), money(Decimal(cost))


def _paid(
    session: Session, party_code: str, asked: Iterable[RequestedLine], goods: Goods, *, timezone: str
) -> dict[int, tuple[Paid, ...]]:
    """The last prices of each item asked for, by the line's number: from the ERP's history and from our own orders."""
    wanted = list(asked)
    skus = {line.sku for line in wanted}
    bought = [
        (row.date, row.sku, row.uom, row.price, row.order)
        for row in mirror.history(session, party_code)
        if row.sku in skus and not row.free and row.price
    ]
    in_history = {order for *_, order in bought}
    ours = session.execute(
        select(SalesOrder.confirmed_at, OrderLine.sku, OrderLine.uom, OrderLine.price, SalesOrder.erp_number)
        .join(OrderLine, OrderLine.order_number == SalesOrder.number)
        .where(
            SalesOrder.party_code == party_code,
            SalesOrder.state.not_in(NOT_PAID),
            OrderLine.sku.in_(skus),
            ~OrderLine.free,
        )
    )
    zone = ZoneInfo(timezone)
    bought += [
        (at.astimezone(zone).date(), sku, uom, price, number or "")
        for at, sku, uom, price, number in ours
        if number not in in_history
    ]
    bought.sort(key=lambda row: row[0], reverse=True)
    return {
        line.line_no: tuple(
            Paid(price=in_uom, day=day)
            for day, sku, uom, price, _ in bought
            if sku == line.sku and (in_uom := _converted(goods, sku, price, uom, line.uom)) is not None
        )[:LAST_PRICES]
        for line in wanted
    }


def _converted(goods: Goods, sku: str, price: Decimal | None, uom: str, wanted: str) -> Decimal | None:
    """A price of one UoM as that of another of the same item."""
    factors = goods.factors(sku)
    if price is None or uom not in factors or wanted not in factors:
        return None
    return money(price * factors[wanted] / factors[uom])
