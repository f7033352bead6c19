"""What an order costs, as a function of values: list prices, schemes, grants, effective prices and floors of its lines.

The rules of it stand in docs/decisions/2026-11-22-what-a-line-costs.md.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from erp.records import CustomerPrice, Item, Price, Scheme
from orders.floors import FloorFacts, absolute_of, floor_of
from orders.goods import Goods
from orders.price_trace import trace_of
from orders.price_values import (
    ZERO,
    CustomerFacts,
    FreeGoods,
    GrantedScheme,
    Listed,
    Priced,
    PricedLine,
    SchemeUse,
    Step,
    WantedLine,
)
from orders.pricing import Quote, holds, money, quote
from orders.rules import Rules
from orders.schemes import Buying, FreeItem, Given, grant

__all__ = [
    "CustomerFacts",
    "FreeGoods",
    "GrantedScheme",
    "Priced",
    "PricedLine",
    "SchemeUse",
    "Step",
    "WantedLine",
    "as_price",
    "effective_price",
    "list_quote",
    "price_for_free",
    "price_order",
]


def price_order(
    lines: Sequence[WantedLine],
    rules: Rules,
    customer: CustomerFacts,
    goods: Goods,
    *,
    day: date,
    used: SchemeUse,
    explain: bool = False,
) -> Priced:
    """Every line with its prices and floors, in the order given; with `explain` each says which rules made them.

    `goods` must hold the items of the lines and of the schemes' free goods. All lines are taken to go.
    """
    pricing = _Pricing(rules, customer, goods, day=day, used=used)
    listed = {line.no: found for line in lines if (found := pricing.listed(line)) is not None}
    given = pricing.given(list(listed.values()))
    priced = [
        pricing.priced(listed[line.no], given.get(line.no, Given()), explain=explain)
        if line.no in listed
        else PricedLine(no=line.no, list_price=None, price=None, effective=None)
        for line in lines
    ]
    return Priced(lines=priced, rules_version=rules.version)


def effective_price(quantity: Decimal, price: Decimal, *, own_free: Decimal = ZERO, credit: Decimal = ZERO) -> Decimal:
    """Rupees a UoM after free goods: `own_free` of the item in that UoM, `credit` the value of all others."""
    return max(ZERO, money((quantity * price - credit) / (quantity + own_free)))


def price_for_free(price: Decimal, quantity: Decimal, free: Decimal) -> Decimal:
    """The price that is worth the same as `free` of the item on top of `quantity` at `price`."""
    return money(price * quantity / (quantity + free)) if free > 0 else price


def list_quote(
    sku: str, rules: Rules, customer: CustomerFacts, goods: Goods, *, uom: str, quantity: Decimal, day: date
) -> Quote | None:
    """The list price of a quantity for this customer: by contract, else by his price list."""
    pricing = _Pricing(rules, customer, goods, day=day, used=SchemeUse())
    found = pricing.listed(WantedLine(no=0, sku=sku, quantity=quantity, uom=uom))
    return found.quote if found else None


class _Pricing:
    """The rules and master data by which one order is priced."""

    def __init__(self, rules: Rules, customer: CustomerFacts, goods: Goods, *, day: date, used: SchemeUse) -> None:
        self._rules, self._customer, self._goods, self._day, self._used = rules, customer, goods, day, used
        self._factors: dict[str, dict[str, Decimal]] = {}
        self._his: dict[int, bool] = {}

    def listed(self, line: WantedLine) -> Listed | None:
        """None: the item, the unit or its price is not known."""
        item = self._goods.items.get(line.sku)
        ladder = self._ladder(line.sku)
        if item is None or line.uom not in ladder or line.quantity <= 0:
            return None
        promised = [row for row in self._rules.contracts.get(line.sku, ()) if holds(row, self._day)]
        by_list = self._quote(self._rules.prices.get(line.sku, ()), line, item)
        agreed = self._quote([as_price(row) for row in promised], line, item) if promised else None
        found = agreed or by_list
        if found is None:
            return None
        contract = _newest(promised, found.row_uom) if agreed else None
        return Listed(line=line, item=item, ladder=ladder, quote=found, contract=contract, by_list=by_list)

    def _ladder(self, sku: str) -> dict[str, Decimal]:
        if sku not in self._factors:
            self._factors[sku] = self._goods.factors(sku)
        return self._factors[sku]

    def _quote(self, rows: Sequence[Price], line: WantedLine, item: Item) -> Quote | None:
        return quote(
            rows,
            self._ladder(line.sku),
            uom=line.uom,
            quantity=line.quantity,
            day=self._day,
            tax_rate=item.gst_rate,
            plant=self._customer.plant,
        )

    def given(self, listed: Sequence[Listed]) -> dict[int, Given]:
        """What schemes give; a line whose granted price is lower than theirs keeps free goods alone."""
        buying = [self._buying(one) for one in listed]
        found = grant(buying, used=self._used, lookup=self._free_item)
        kept = {
            one.line.no: {scheme.code for scheme in found[one.line.no].schemes if scheme.quantity}
            for one in listed
            if one.line.no in found and self._is_beaten(one, found[one.line.no])
        }
        if not kept:
            return found
        buying = [_goods_only(line, kept[line.no]) if line.no in kept else line for line in buying]
        return grant(buying, used=self._used, lookup=self._free_item)

    def _is_beaten(self, one: Listed, given: Given) -> bool:
        """Whether a decision of somebody makes the price, where schemes take money off too."""
        by_rules = one.quote.price - given.off
        return given.off > 0 and _granted(one, by_rules, given) < by_rules

    def _buying(self, one: Listed) -> Buying:
        return Buying(
            no=one.line.no,
            sku=one.item.sku,
            quantity=one.line.quantity,
            uom=one.line.uom,
            order_uom=one.item.order_uom if one.item.order_uom in one.ladder else one.line.uom,
            ladder=one.ladder,
            list_price=one.quote.price,
            schemes=self._his_schemes(one),
            decided=(one.line.granted_price or ZERO, one.line.granted_free or ZERO),
        )

    def _his_schemes(self, one: Listed) -> list[Scheme]:
        if one.line.without_schemes:
            return []
        return [row for row in self._rules.schemes_about(one.item.sku, one.item.group) if self._is_his(row)]

    def _is_his(self, row: Scheme) -> bool:
        if id(row) not in self._his:
            self._his[id(row)] = self._fits_him(row)
        return self._his[id(row)]

    def _fits_him(self, row: Scheme) -> bool:
        him = self._customer
        return (
            row.customer in ("", him.code)
            and row.tier in ("", him.tier)
            and row.price_list in ("", him.price_list)
            and bool(row.sku or row.group)
            and holds(row, self._day)
        )

    def _free_item(self, sku: str, uom: str, quantity: Decimal) -> FreeItem | None:
        """None: not known, or no longer made."""
        item = self._goods.items.get(sku)
        if item is None or not item.active:
            return None
        ladder = self._ladder(sku)
        uom = uom or item.base_uom
        factor = ladder.get(uom)
        if factor is None:
            return None
        found = self.listed(WantedLine(no=0, sku=sku, quantity=quantity, uom=uom))
        at_list = found.quote.price if found else ZERO
        return FreeItem(
            uom=uom, factor=factor, list_price=at_list, value=at_list or money((item.cost or ZERO) * factor)
        )

    def priced(self, one: Listed, given: Given, *, explain: bool) -> PricedLine:
        by_rules = max(ZERO, one.quote.price - given.off)
        price = _granted(one, by_rules, given)
        effective = effective_price(one.line.quantity, price, own_free=given.own_free, credit=given.credit)
        facts = self._floor_facts(one)
        rules = self._rules.floors_about(one.item.sku, one.item.group)
        floor, absolute = floor_of(rules, facts, day=self._day), absolute_of(rules, facts, day=self._day)
        found = PricedLine(
            no=one.line.no,
            list_price=one.quote.price,
            price=price,
            effective=effective,
            floor=floor.amount if floor else None,
            absolute=absolute.amount if absolute else None,
            schemes=tuple(given.schemes),
            free=tuple(given.free),
            note=one.quote.note,
        )
        if not explain:
            return found
        looked_at = [row for row in self._rules.schemes_about(one.item.sku, one.item.group) if self._is_his(row)]
        trace = trace_of(
            found, one, given, customer=self._customer, schemes=looked_at, rules=rules, facts=facts, day=self._day
        )
        return replace(found, trace=tuple(trace))

    def _floor_facts(self, one: Listed) -> FloorFacts:
        factor = one.ladder[one.line.uom]
        row = one.by_list
        return FloorFacts(
            customer=self._customer.code,
            sku=one.item.sku,
            group=one.item.group,
            tier=self._customer.tier,
            list_price=one.quote.price,
            by_contract=one.contract is not None,
            row_floor=row.floor if row else None,
            cost=one.item.cost * factor if one.item.cost is not None else None,
            order_uoms=factor / one.ladder.get(one.item.order_uom, factor),
        )


def _granted(one: Listed, by_rules: Decimal, given: Given) -> Decimal:
    """What somebody's decision makes of the price; never more than the rules ask."""
    price = by_rules
    if one.line.granted_free is not None:
        more = one.line.granted_free - given.own_free
        price = min(price, price_for_free(by_rules, one.line.quantity, more))
    if one.line.granted_price is not None:
        price = min(price, money(one.line.granted_price))
    return max(ZERO, price)


def _goods_only(line: Buying, codes: set[str]) -> Buying:
    rows = [row for row in line.schemes if row.code in codes and row.free_qty and not (row.percent or row.amount)]
    return replace(line, schemes=rows)


def as_price(row: CustomerPrice) -> Price:
    """A contract price as a row of a price list."""
    return Price(
        price_list="", sku=row.sku, uom=row.uom, price=row.price, valid_from=row.valid_from, valid_to=row.valid_to
    )


def _newest(rows: Sequence[CustomerPrice], uom: str) -> CustomerPrice | None:
    fitting = [row for row in rows if row.uom == uom]
    return max(fitting, key=lambda row: (row.valid_from or date.min, row.price), default=None)
