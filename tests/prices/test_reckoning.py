"""The product's prices and the checker's, worked out apart, agree about rules nobody has thought of.

Orders priced by the product over rules from hypothesis are put before the checker as if they had been posted: it must
object where the product itself sees a line below its floors, and nowhere else.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from erp.records import CustomerPrice, Floor, Item, ItemUom, Price, Scheme
from orders.goods import Goods
from orders.price_values import CustomerFacts, Priced, SchemeUse, WantedLine
from orders.priced import price_order
from orders.pricing import totals
from orders.rules import rules
from tests.prices.book import Book, Library
from tests.prices.by_hand import AT, FILES, Json
from tests.prices.checker import Checker
from tests.prices.papers import Papers
from tests.prices.wrong import Wrong

DAY = AT.date()
LADDERS = {
    "BIS": {"PKT": 1, "BOX": 12, "CASE": 96},
    "WAF": {"PKT": 1, "CASE": 40},
    "TIN": {"PCS": 1},
}
ITEMS = {
    "BIS": Item(sku="BIS", name="Biscuit", base_uom="PKT", order_uom="CASE", cost=Decimal(2), group="biscuit"),
    "WAF": Item(sku="WAF", name="Wafer", base_uom="PKT", order_uom="CASE", cost=Decimal(3), group="biscuit"),
    "TIN": Item(sku="TIN", name="Tin", base_uom="PCS", order_uom="PCS", group="gift"),
}
HIM = CustomerFacts(code="C1", tier="DIST", price_list="PL", plant="P")
Row = dict[str, Any]

skus = st.sampled_from(sorted(ITEMS))
amounts = st.integers(1, 60000).map(lambda paise: Decimal(paise) / 100)
days = st.none() | st.dates(date(2026, 11, 15), date(2026, 11, 28))
customers = st.sampled_from(["", "C1", "C2"])
tiers = st.sampled_from(["", "DIST", "RET"])
abouts = st.sampled_from([("BIS", ""), ("WAF", ""), ("TIN", ""), ("", "biscuit"), ("", "gift"), ("BIS", "biscuit")])


@st.composite
def price_rows(draw: st.DrawFn) -> Row:
    sku = draw(skus)
    return {
        "price_list": "PL",
        "sku": sku,
        "uom": draw(st.sampled_from(sorted(LADDERS[sku]))),
        "min_qty": Decimal(draw(st.sampled_from([1, 1, 10, 25]))),
        "price": draw(amounts),
        "floor": draw(st.none() | amounts),
        "valid_from": draw(days),
        "plant": draw(st.sampled_from(["", "", "P", "Q"])),
    }


@st.composite
def contract_rows(draw: st.DrawFn) -> Row:
    sku = draw(skus)
    uom = draw(st.sampled_from(sorted(LADDERS[sku])))
    return {"customer": draw(customers.filter(bool)), "sku": sku, "uom": uom, "price": draw(amounts)}


@st.composite
def money_schemes(draw: st.DrawFn) -> Row:
    sku, group = draw(abouts)
    return {
        "customer": draw(customers),
        "tier": draw(tiers),
        "sku": sku,
        "group": group,
        "buy_qty": draw(st.none() | st.integers(2, 20).map(Decimal)),
        "valid_from": draw(days),
        "percent": draw(st.integers(1, 60).map(lambda half: Decimal(half) / 2)),
        "cap_order": draw(st.none() | st.none() | st.integers(5, 500).map(Decimal)),
        "stacks": draw(st.booleans()),
    }


@st.composite
def goods_schemes(draw: st.DrawFn) -> Row:
    sku, group = draw(abouts)
    free = draw(st.sampled_from([sku, "TIN", "WAF"] if sku else ["BIS" if group == "gift" else "TIN"]))
    return {
        "customer": draw(customers),
        "tier": draw(tiers),
        "sku": sku,
        "group": group,
        "buy_qty": Decimal(draw(st.integers(2, 20))),
        "buy_uom": "PCS" if sku == "TIN" or group == "gift" else "CASE",
        "free_sku": free,
        "free_qty": Decimal(draw(st.integers(1, 5))),
        "valid_from": draw(days),
        "cap_order": draw(st.none() | st.integers(1, 6).map(Decimal)),
        "stacks": draw(st.booleans()),
    }


@st.composite
def floor_rows(draw: st.DrawFn) -> Row:
    sku, group = draw(abouts)
    return {
        "customer": draw(customers),
        "tier": draw(tiers),
        "sku": sku,
        "group": group,
        draw(st.sampled_from(["floor_price", "min_margin_percent", "max_discount_percent"])): Decimal(
            draw(st.integers(1, 90))
        ),
        "absolute": draw(st.booleans()),
        "valid_from": draw(days),
    }


@st.composite
def wanted_lines(draw: st.DrawFn) -> list[WantedLine]:
    lines = []
    for no in range(1, draw(st.integers(1, 4)) + 1):
        sku = draw(skus)
        uom = draw(st.sampled_from(sorted(LADDERS[sku])))
        lines.append(WantedLine(no=no, sku=sku, quantity=Decimal(draw(st.integers(1, 60))), uom=uom))
    return lines


def coded(rows: Sequence[Row]) -> list[Row]:
    """With a code each; one discount alone is capped, as of two nobody could tell which gave what."""
    made: list[Row] = []
    for place, row in enumerate(rows):
        capped = any(one.get("percent") and one["cap_order"] for one in made)
        made.append({"code": f"S{place}", **row, **({"cap_order": None} if capped and row.get("percent") else {})})
    return made


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """As a plant's file would have them."""
    names = sorted({name for row in rows for name in row})
    text = StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def as_posted(priced: Priced, lines: Sequence[WantedLine]) -> Json:
    """The document of an order priced like this."""
    made: list[Json] = []
    for line, wanted in zip(priced.lines, lines, strict=True):
        made.append(_line(line.no, wanted.sku, wanted.quantity, wanted.uom, line.price, line.list_price))
    for line in priced.lines:
        for free in line.free:
            one = _line(len(made) + 1, free.sku, free.qty, free.uom, Decimal(0), free.list_price)
            made.append({**one, "free": True, "scheme": free.scheme, "base_line": line.no})
    sums = totals([(Decimal(one["qty"]), Decimal(one["price"]), Decimal(5)) for one in made])
    return {
        "number": "M26000001",
        "customer": "C1",
        "plant": "P",
        "ordered_by": "Buyer",
        "total": str(sums.net),
        "tax_estimate": str(sums.tax),
        "message_ids": [],
        "confirmed_at": AT.isoformat(),
        "approvals": [],
        "lines": made,
    }


def _line(no: int, sku: str, qty: Decimal, uom: str, price: Decimal | None, list_price: Decimal | None) -> Json:
    made = {"line": no, "sku": sku, "qty": str(qty), "uom": uom, "price": str(price), "list_price": str(list_price)}
    return {**made, "free": False, "scheme": "", "base_line": None}


@settings(max_examples=250, deadline=None, derandomize=True)
@given(
    prices=st.lists(price_rows(), min_size=3, max_size=8),
    contracts=st.lists(contract_rows(), max_size=2),
    schemes=st.lists(money_schemes() | goods_schemes(), max_size=4).map(coded),
    floors=st.lists(floor_rows(), max_size=3),
    lines=wanted_lines(),
)
def test_it_agrees_with_the_product_about_any_rules(
    prices: list[Row], contracts: list[Row], schemes: list[Row], floors: list[Row], lines: list[WantedLine]
) -> None:
    goods = Goods(
        items=ITEMS,
        ladders={
            sku: {uom: ItemUom(sku=sku, uom=uom, factor=Decimal(factor)) for uom, factor in ladder.items()}
            for sku, ladder in LADDERS.items()
        },
        prices={},
    )
    in_force = rules(
        version=1,
        day=DAY,
        prices=[Price(**row) for row in prices],
        contracts=[CustomerPrice(**row) for row in contracts if row["customer"] == "C1"],
        schemes=[Scheme(**row) for row in schemes],
        floors=[Floor(**row) for row in floors],
    )
    priced = price_order(lines, in_force, HIM, goods, day=DAY, used=SchemeUse())
    known = [line for line in lines if priced.line(line.no).price]
    if not known:
        return
    priced = price_order(known, in_force, HIM, goods, day=DAY, used=SchemeUse())
    files = {
        **FILES,
        "items": FILES["items"].replace(",50,5,gift", ",,5,gift").replace(",3,12,wafer", ",3,5,biscuit"),
        "customers": FILES["customers"].replace("1000000", "100000000"),
        "prices": as_csv(prices),
        "customer_prices": as_csv(contracts),
        "schemes": as_csv(schemes),
        "floors": as_csv(floors),
    }
    found = Checker(library=Library.of(Book.of(files))).objections(Papers.of(as_posted(priced, known)))
    below = {(Wrong.FLOOR, line.no) for line in priced.lines if line.below_floor}
    below |= {(Wrong.ABSOLUTE, line.no) for line in priced.lines if line.below_absolute}
    free_of_charge = {(Wrong.FREE_PRICE, line.no) for line in priced.lines if line.price == 0}
    assert {(one.wrong, one.line) for one in found} == below | free_of_charge, [str(one) for one in found]
