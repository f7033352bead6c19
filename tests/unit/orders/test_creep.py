"""Silent creep in what was sold: what is called a habit, what is not yet one, and what counts once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from orders.creep import (
    Bought,
    Counted,
    Customer,
    Earned,
    Finding,
    Ground,
    Part,
    Pattern,
    Row,
    better_tiers,
    counted,
    habits,
    lists_earned,
    other_firms,
    stacked,
)

MONDAY = date(2026, 11, 16)
VALUES = {f"M{number}": Decimal(2000) for number in range(9)}


def bought(number: int, *parts: tuple[Ground, str, str], price: str = "100", **more: Any) -> Bought:
    """Ten cases at a list price of 100, in the order of this number, one order a day."""
    known: dict[str, Any] = {
        "order": f"M{number}",
        "line": 1,
        "day": MONDAY - timedelta(days=40 - number),
        "customer": "C1",
        "person_id": 1,
        "sku": "A",
        "uom": "CASE",
        "quantity": Decimal(10),
        "list_price": Decimal(100),
        "price": Decimal(price),
        "parts": tuple(Part(ground=ground, name=name, rupees=Decimal(rupees)) for ground, name, rupees in parts),
    }
    return Bought(**(known | more))


def granted(number: int, price: str = "95", **more: Any) -> Bought:
    off = (100 - Decimal(price)) * 10
    return bought(number, (Ground.APPROVAL, "Rajesh", str(off)), price=price, **more)


def test_a_price_granted_in_three_of_the_last_six_orders_is_a_habit_with_its_rows() -> None:
    lines = [granted(1), bought(2), granted(3), bought(4), granted(5), bought(6), bought(7)]
    assert habits(lines) == [], "the first one is no longer among the last six"
    (finding,) = habits(lines[:6])
    assert (finding.pattern, finding.customer, finding.sku) == (Pattern.HABIT, "C1", "A")
    assert [(row.order, row.rupees) for row in finding.rows] == [("M1", 50), ("M3", 50), ("M5", 50)]
    assert (finding.facts["times"], finding.facts["orders"]) == (3, 6)


def test_granted_in_the_last_three_in_a_row_and_never_dearer_it_is_the_new_normal() -> None:
    lines = [bought(1), granted(2), granted(3, "94"), granted(4, "95.3")]
    assert [one.pattern for one in habits(lines)] == [Pattern.NEW_NORMAL]
    assert [one.pattern for one in habits([*lines[:3], granted(4, "99")])] == [Pattern.HABIT]


def test_small_numbers_other_items_and_what_schemes_give_are_no_habit() -> None:
    assert habits([granted(1), granted(2)]) == []
    assert habits([granted(1), granted(2), granted(3, sku="B"), granted(4, customer="C2")]) == []
    assert habits([granted(1), granted(1, line=2), granted(2)]) == [], "two lines of an order are one order"
    assert habits([bought(n, (Ground.SCHEME, "S", "50"), price="95") for n in range(6)]) == []


def test_discounts_stacked_on_three_lines_count_with_what_the_deepest_alone_would_not_give() -> None:
    both = [(Ground.SCHEME, "S", "30"), (Ground.APPROVAL, "Rajesh", "20")]
    (finding,) = stacked([bought(n, *both) for n in range(3)], VALUES)
    assert (finding.pattern, [row.rupees for row in finding.rows]) == (Pattern.STACKED, [20, 20, 20])
    assert stacked([bought(n, *both) for n in range(2)], VALUES) == []
    assert stacked([bought(n, both[0], (Ground.APPROVAL, "Rajesh", "9")) for n in range(9)], VALUES) == [], (
        "below a point"
    )
    assert stacked([bought(n, both[0], (Ground.SCHEME, "S", "20")) for n in range(9)], VALUES) == [], (
        "the same one twice"
    )


def test_an_order_whose_lines_have_different_discounts_is_stacked_from_two_points_on() -> None:
    def order(number: int, rupees: str) -> list[Bought]:
        one = bought(number, (Ground.SCHEME, "S", "100"))
        return [one, bought(number, (Ground.OWN_LIMIT, "Vikas", rupees), line=2, sku="B")]

    (finding,) = stacked([line for n in range(3) for line in order(n, "40")], VALUES)
    assert [(row.order, row.line, row.rupees) for row in finding.rows] == [("M0", 1, 40), ("M1", 1, 40), ("M2", 1, 40)]
    assert stacked([line for n in range(9) for line in order(n, "39")], VALUES) == []


def customer(code: str, tier: str, price_list: str, value: int, *, new: bool = False) -> Customer:
    return Customer(code=code, tier=tier, price_list=price_list, value=Decimal(value), new=new)


CUSTOMERS = [
    *(customer(f"S{n}", "SS", "PL-SS", 1000) for n in range(3)),
    *(customer(f"D{n}", "DIST", "PL-DIST", 400) for n in range(3)),
]


def test_a_price_list_is_earned_by_tier_or_by_volume() -> None:
    odd = customer("D9", "DIST", "PL-SS", 400)
    small = customer("S9", "SS", "PL-SS", 249)
    enough, fresh = customer("S8", "SS", "PL-SS", 250), customer("S7", "SS", "PL-SS", 1, new=True)
    lone = customer("R1", "RET", "PL-SS", 1)
    found = lists_earned([*CUSTOMERS, odd, small, enough, fresh, lone])
    assert found == {
        "D9": Earned(price_list="PL-DIST", by_volume=False),
        "S9": Earned(price_list="PL-DIST", by_volume=True, middle=Decimal(1000)),
    }, "nobody knows the list of a tier of one customer"


def test_a_better_tier_costs_the_difference_to_the_list_earned_from_three_orders_on() -> None:
    lines = [bought(n, customer="D9", earned_price=Decimal(120)) for n in range(3)]
    (finding,) = better_tiers([*lines, bought(9, customer="D8")], {"D9": Earned(price_list="PL-DIST", by_volume=False)})
    assert [row.rupees for row in finding.rows] == [200, 200, 200]
    assert (finding.customer, finding.facts["by"]) == ("D9", "tier")
    assert better_tiers(lines[:2], {}) == []


def test_an_item_that_moved_to_the_persons_firm_with_the_better_list_is_found() -> None:
    before = [bought(n, customer="C2", list_price=Decimal(110)) for n in (1, 2, 3)]
    lately = [bought(n, customer="C1") for n in (30, 31)]
    firms = {1: ("C1", "C2")}
    (finding,) = other_firms([*before, *lately], firms, until=MONDAY)
    assert (finding.customer, finding.facts["other"], [row.rupees for row in finding.rows]) == ("C1", "C2", [100, 100])
    still = bought(32, customer="C2", list_price=Decimal(110))
    assert other_firms([*before, *lately, still], firms, until=MONDAY) == [], "the other firm still buys it"
    assert other_firms([*before, *lately[:1]], firms, until=MONDAY) == []
    assert other_firms([*before, *lately], {2: ("C1", "C2")}, until=MONDAY) == [], "another person ordered it"


def test_a_row_counts_for_the_first_pattern_alone_and_is_named_in_both() -> None:
    rows = tuple(Row(order=f"M{n}", line=1, day=MONDAY - timedelta(days=7 * n), rupees=Decimal(10)) for n in range(3))
    habit = Finding(pattern=Pattern.HABIT, customer="C1", rows=rows)
    yes = Finding(
        pattern=Pattern.QUICK_YES, person_id=2, rows=(*rows, Row(order="M9", line=1, day=MONDAY, rupees=Decimal(1)))
    )
    assert counted([yes, habit], week=MONDAY) == [
        Counted(finding=habit, rupees=Decimal(30), week_rupees=Decimal(10), elsewhere=0),
        Counted(finding=yes, rupees=Decimal(1), week_rupees=Decimal(1), elsewhere=3),
    ]
