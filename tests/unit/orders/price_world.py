"""Two biscuits and a wafer with their rules, as short to write as the tests want to read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from erp.records import CustomerPrice, Floor, Item, ItemUom, Price, Scheme
from orders.goods import Goods
from orders.price_values import CustomerFacts, Priced, PricedLine, SchemeUse, Used, WantedLine
from orders.priced import price_order
from orders.rules import rules

DAY = date(2026, 11, 21)
D = Decimal
RAMESH = CustomerFacts(code="C101", tier="DIST", price_list="PL", plant="PTH")
LADDER = {"PKT": D(1), "BOX": D(12), "CASE": D(96)}
ITEMS = {
    "PG": Item(sku="PG", name="Parle G", base_uom="PKT", order_uom="CASE", cost=D("4"), group="glucose"),
    "WF": Item(sku="WF", name="Wafer", base_uom="PKT", order_uom="CASE", cost=D("5"), group="wafer"),
    "CR": Item(sku="CR", name="Cream", base_uom="PKT", order_uom="CASE", group="wafer"),
}
GOODS = Goods(
    items=ITEMS,
    ladders={sku: {uom: ItemUom(sku=sku, uom=uom, factor=factor) for uom, factor in LADDER.items()} for sku in ITEMS},
    prices={},
)
PRICES = (
    Price(price_list="PL", sku="PG", uom="CASE", min_qty=D(1), price=D(576), floor=D("550")),
    Price(price_list="PL", sku="PG", uom="CASE", min_qty=D(50), price=D(570), floor=D("545")),
    Price(price_list="PL", sku="WF", uom="CASE", price=D(960)),
    Price(price_list="PL", sku="CR", uom="CASE", price=D(480)),
)


def wanted(*lines: str | tuple[str, Mapping[str, Any]]) -> list[WantedLine]:
    """`"20 CASE PG"`, with grants where they are given."""
    made = []
    for no, line in enumerate(lines, 1):
        said, more = (line, {}) if isinstance(line, str) else line
        quantity, uom, sku = said.split()
        made.append(WantedLine(no=no, sku=sku, quantity=D(quantity), uom=uom, **more))
    return made


def scheme(code: str = "S", **given: Any) -> Scheme:
    """Numbers may be written as text."""
    amounts = ("buy_qty", "free_qty", "percent", "amount", "cap_order", "cap_customer", "budget")
    return Scheme(code=code, **{name: D(value) if name in amounts else value for name, value in given.items()})


def floor(**given: Any) -> Floor:
    """The same of a floor."""
    amounts = ("floor_price", "min_margin_percent", "max_discount_percent")
    return Floor(**{name: D(value) if name in amounts else value for name, value in given.items()})


def contract(sku: str, uom: str, price: str, **given: Any) -> CustomerPrice:
    return CustomerPrice(customer="C101", sku=sku, uom=uom, price=D(price), **given)


def price(
    lines: Iterable[WantedLine],
    *,
    schemes: Iterable[Scheme] = (),
    floors: Iterable[Floor] = (),
    contracts: Iterable[CustomerPrice] = (),
    prices: Iterable[Price] = PRICES,
    used: Mapping[str, Used] | None = None,
    customer: CustomerFacts = RAMESH,
    explain: bool = False,
) -> Priced:
    return price_order(
        list(lines),
        rules(version=1, day=DAY, prices=prices, contracts=contracts, schemes=schemes, floors=floors),
        customer,
        GOODS,
        day=DAY,
        used=SchemeUse(by_scheme=used or {}),
        explain=explain,
    )


def one(said: str, **given: Any) -> PricedLine:
    """A single line priced; grants by name."""
    grants = {name: given.pop(name) for name in ("granted_price", "granted_free") if name in given}
    (line,) = price([replace(wanted(said)[0], **grants)], **given).lines
    return line
