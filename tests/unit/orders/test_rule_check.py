"""What is wrong with rules as they stand together."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from erp.records import ApprovalLevel, CustomerPrice, Floor, Item, Limit, Price, Scheme
from erp.rule_rows import faults_of
from orders.rule_check import check
from orders.rules import Book

TODAY = date(2026, 11, 21)
LISTED = Price(price_list="PL-A", sku="TEA", uom="CASE", min_qty=Decimal(1), price=Decimal(100))
LEVEL = ApprovalLevel(level=1, approvers=("approver:1",))
BOOK = Book(
    day=TODAY,
    prices=[LISTED],
    items={
        "TEA": Item(sku="TEA", name="Tea", base_uom="PCS", order_uom="CASE", cost=Decimal(6), group="hot"),
        "JAM": Item(sku="JAM", name="Jam", base_uom="PCS", order_uom="CASE", cost=Decimal(6), group="sweet"),
    },
    ladders={sku: {"PCS": Decimal(1), "CASE": Decimal(10)} for sku in ("TEA", "JAM")},
    customers={"C1": ("A", "PL-A"), "C2": ("B", "PL-B")},
    people={"+919000000001"},
    roles={"approver:1", "sales_rep"},
)


def faults(**rules: object) -> dict[str, bool]:
    """The faults of a book with these rules: code → whether it refuses."""
    return {fault.code.split(" ")[0]: fault.refused for fault in check(replace(BOOK, **rules))}  # type: ignore[arg-type]


def test_sound_rules_have_no_fault() -> None:
    contract = CustomerPrice(customer="C1", sku="TEA", uom="CASE", price=Decimal(90))
    floors = [Floor(sku="TEA", floor_price=Decimal(80)), Floor(absolute=True, max_discount_percent=Decimal(30))]
    limit = Limit(role="sales_rep", max_discount_percent=Decimal(1))
    assert faults(contracts=[contract], floors=floors, limits=[limit], levels=[LEVEL]) == {}


def test_two_prices_for_one_day_are_refused_and_a_successor_is_not() -> None:
    ends = replace(LISTED, valid_from=date(2026, 11, 1), valid_to=date(2026, 12, 31))
    begins = replace(LISTED, valid_from=date(2026, 12, 1), price=Decimal(110))
    assert faults(prices=[ends, begins]) == {"overlap": True}
    assert faults(prices=[replace(ends, valid_to=date(2026, 11, 30)), begins]) == {}
    assert faults(prices=[replace(ends, valid_to=None), begins]) == {}
    assert faults(prices=[ends, replace(begins, price=ends.price)]) == {}
    assert faults(prices=[ends, replace(begins, min_qty=Decimal(50))]) == {}


def test_what_overlapped_in_the_past_is_left_alone() -> None:
    over = replace(LISTED, valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 31))
    also = replace(over, valid_from=date(2026, 2, 1), price=Decimal(110))
    assert faults(prices=[over, also, LISTED]) == {}


def test_a_floor_above_every_list_price_is_refused_and_above_some_is_told() -> None:
    assert faults(floors=[Floor(sku="TEA", floor_price=Decimal(101))]) == {"above_list": True}
    dearer = replace(LISTED, price_list="PL-B", price=Decimal(200))
    assert faults(prices=[LISTED, dearer], floors=[Floor(sku="TEA", floor_price=Decimal(101))]) == {"above_list": False}
    assert faults(floors=[Floor(group="hot", min_margin_percent=Decimal(70))]) == {"above_list": True}
    assert faults(floors=[Floor(customer="C2", sku="TEA", floor_price=Decimal(101))]) == {}


def test_a_floor_below_the_absolute_one_is_refused_and_below_cost_is_told() -> None:
    floor = Floor(sku="TEA", floor_price=Decimal(70))
    assert faults(floors=[floor, Floor(sku="TEA", floor_price=Decimal(75), absolute=True)]) == {"below_absolute": True}
    assert faults(floors=[replace(floor, floor_price=Decimal(59))]) == {"below_absolute": False}


def test_a_contract_below_the_absolute_floor_is_refused() -> None:
    contract = CustomerPrice(customer="C1", sku="TEA", uom="CASE", price=Decimal("59.99"))
    assert faults(contracts=[contract]) == {"below_absolute": True}
    lower = Floor(customer="C1", sku="TEA", floor_price=Decimal(50), absolute=True)
    assert faults(contracts=[contract], floors=[lower]) == {}


def test_an_item_without_cost_and_absolute_floor_is_told() -> None:
    tea = replace(BOOK.items["TEA"], cost=None)
    assert faults(items={"TEA": tea}) == {"no_absolute": False}
    assert faults(prices=[replace(LISTED, price=Decimal(50))]) == {"below_cost": False}


def test_schemes_that_meet_are_told_unless_they_stack() -> None:
    one = Scheme(code="TEA5", sku="TEA", percent=Decimal(5))
    other = Scheme(code="HOT3", group="hot", percent=Decimal(3))
    assert faults(schemes=[one, other]) == {"meets": False}
    assert faults(schemes=[one, replace(other, stacks=True)]) == {}
    assert faults(schemes=[replace(one, tier="A"), replace(other, tier="B")]) == {}
    assert (
        faults(schemes=[replace(one, valid_to=date(2026, 11, 30)), replace(other, valid_from=date(2026, 12, 1))]) == {}
    )


def test_an_amount_off_as_large_as_the_price_is_refused() -> None:
    assert faults(schemes=[Scheme(code="OFF", sku="TEA", amount=Decimal(100))]) == {"amount": True}
    assert faults(schemes=[Scheme(code="OFF", sku="TEA", amount=Decimal(99))]) == {}


def test_rules_about_nobody_are_told() -> None:
    nobody = Limit(person="+919000000009", max_amount=Decimal(1))
    assert faults(limits=[nobody]) == {"nobody": False}
    assert "9000000009" not in check(replace(BOOK, limits=[nobody]))[0].text
    assert faults(levels=[replace(LEVEL, approvers=("approver:3",))]) == {"nobody": False}


def test_gaps_of_the_matrix_are_told() -> None:
    assert faults(levels=[replace(LEVEL, group="hot")]) == {"gap": False}
    assert faults(levels=[replace(LEVEL, min_discount_percent=Decimal(3))]) == {"gap": False}
    later = replace(LEVEL, level=2, min_discount_percent=Decimal(3))
    assert faults(levels=[replace(LEVEL, min_discount_percent=Decimal(0)), later]) == {}


def test_a_level_twice_on_one_day_is_refused() -> None:
    ends = replace(LEVEL, valid_from=date(2026, 11, 1), valid_to=date(2026, 12, 31))
    again = replace(LEVEL, valid_from=date(2026, 12, 1), expiry_minutes=60)
    assert faults(levels=[ends, again])["overlap"] is True


def test_what_one_row_shows_by_itself_is_refused() -> None:
    rows = [
        replace(LISTED, currency="USD"),
        replace(LISTED, floor=Decimal(101)),
        replace(LISTED, valid_from=TODAY, valid_to=date(2026, 11, 20)),
        Scheme(code="X", sku="TEA"),
        Scheme(code="X", sku="TEA", percent=Decimal(100)),
        Scheme(code="X", sku="TEA", free_qty=Decimal(1)),
        Scheme(code="X", sku="TEA", percent=Decimal(5), cap_order=Decimal(0)),
        Floor(sku="TEA"),
        Floor(tier="A", floor_price=Decimal(5)),
        Limit(max_amount=Decimal(5)),
        Limit(role="boss", max_amount=Decimal(5)),
        replace(LEVEL, level=4),
        replace(LEVEL, approvers=("buyer",)),
        replace(LEVEL, expiry_minutes=0),
    ]
    assert [len(faults_of(row)) for row in rows] == [1] * len(rows)
    assert faults_of(LISTED) == faults_of(LEVEL) == []
