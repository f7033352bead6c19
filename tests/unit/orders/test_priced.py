"""What a line costs: lists, contracts, schemes, grants, effective prices and floors, by example."""

from datetime import date
from decimal import Decimal

import pytest

from erp.records import Price
from orders.price_values import PricedLine, Used
from tests.unit.orders.price_world import PRICES, D, contract, floor, one, price, scheme, wanted


def free(line: PricedLine) -> list[tuple[str, str, str, str]]:
    return [(goods.scheme, str(goods.qty.normalize()), goods.uom, goods.sku) for goods in line.free]


def codes(line: PricedLine) -> list[str]:
    return [given.code for given in line.schemes]


TEN_ONE = {"sku": "WF", "buy_qty": "10", "buy_uom": "CASE", "free_qty": "1"}


@pytest.mark.parametrize(
    ("said", "price_of_it", "note"),
    [
        ("49 CASE PG", "576", ""),
        ("50 CASE PG", "570", ""),
        ("8 BOX PG", "72", "by_uom"),
        ("96 PKT PG", "6", "by_uom"),
        ("3 BOX WF", "120", "converted"),
        ("100 PKT CR", "5", "converted"),
    ],
)
def test_the_price_is_of_the_ordered_unit_else_of_what_divides_it_else_converted_and_marked(
    said: str, price_of_it: str, note: str
) -> None:
    line = one(said)
    assert (line.list_price, line.note) == (D(price_of_it), note)
    assert line.price == line.effective == line.list_price


def test_a_slab_counts_the_line_and_not_the_order() -> None:
    priced = price(wanted("30 CASE PG", "30 CASE PG", "60 CASE PG"))
    assert [line.price for line in priced.lines] == [576, 576, 570]


def test_what_is_converted_is_rounded_once_half_up() -> None:
    odd = (Price(price_list="PL", sku="PG", uom="CASE", price=D("100.00"), floor=D("98.40")),)
    line = one("5 BOX PG", prices=odd)
    assert (line.price, line.floor) == (D("12.50"), D("12.30"))
    assert one("7 PKT PG", prices=odd).price == D("1.04")
    odd = (Price(price_list="PL", sku="PG", uom="CASE", price=D("0.48")),)
    assert one("7 PKT PG", prices=odd).price == D("0.01")


def test_a_row_of_the_customers_own_plant_goes_before_one_for_all_and_another_plants_is_not_his() -> None:
    rows = (*PRICES, Price(price_list="PL", sku="WF", uom="CASE", price=D(950), plant="PTH"))
    assert one("1 CASE WF", prices=rows).price == 950
    rows = (*PRICES, Price(price_list="PL", sku="WF", uom="CASE", price=D(900), plant="BTB"))
    assert one("1 CASE WF", prices=rows).price == 960


def test_a_contract_is_asked_alone_and_its_slab_of_the_list_is_not() -> None:
    line = one("60 CASE PG", contracts=[contract("PG", "CASE", "572")])
    assert (line.price, line.floor) == (572, 545)
    assert one("60 BOX PG", contracts=[contract("PG", "CASE", "572")]).price == D("71.50")


def test_of_two_contracts_the_one_that_began_last_holds_and_one_that_has_ended_does_not() -> None:
    old = contract("PG", "CASE", "560", valid_from=date(2026, 1, 1))
    new = contract("PG", "CASE", "566", valid_from=date(2026, 6, 1))
    over = contract("PG", "CASE", "500", valid_from=date(2026, 7, 1), valid_to=date(2026, 11, 20))
    assert one("1 CASE PG", contracts=[new, old, over]).price == 566


def test_the_floor_of_the_list_never_passes_an_agreed_price_but_one_that_names_the_customer_does() -> None:
    agreed = [contract("PG", "CASE", "540")]
    line = one("1 CASE PG", contracts=agreed)
    assert (line.price, line.floor, line.below_floor) == (540, 540, False)
    named = one("1 CASE PG", contracts=agreed, floors=[floor(customer="C101", floor_price="545")])
    assert (named.floor, named.below_floor) == (545, True)


def test_ten_and_one_is_free_goods_and_what_is_judged_counts_them() -> None:
    line = one("20 CASE WF", schemes=[scheme("WIN", **TEN_ONE)])
    assert free(line) == [("WIN", "2", "CASE", "WF")]
    assert (line.price, line.effective) == (960, D("872.73"))
    assert free(one("9 CASE WF", schemes=[scheme("WIN", **TEN_ONE)])) == []


def test_ten_and_one_counts_in_its_own_unit_whatever_unit_is_ordered() -> None:
    line = one("80 BOX WF", schemes=[scheme("WIN", **TEN_ONE)])
    assert free(line) == [("WIN", "1", "CASE", "WF")]
    assert line.effective == D("109.09")


def test_free_goods_of_another_item_are_its_base_units_and_count_by_their_list_price() -> None:
    line = one("8 CASE WF", schemes=[scheme(sku="WF", buy_qty="8", buy_uom="CASE", free_sku="CR", free_qty="12")])
    assert free(line) == [("S", "12", "PKT", "CR")]
    assert line.effective == D("952.50")


def test_a_scheme_holds_for_its_customer_item_and_day_alone() -> None:
    for other in ({"customer": "C102"}, {"tier": "RET"}, {"price_list": "PL-RET"}, {"sku": "PG"}):
        assert codes(one("10 CASE WF", schemes=[scheme(**(TEN_ONE | other))])) == []
    ended = scheme(**TEN_ONE, valid_to=date(2026, 11, 20))
    begins = scheme(**TEN_ONE, valid_from=date(2026, 11, 22))
    assert codes(one("10 CASE WF", schemes=[ended, begins])) == []
    last_day = scheme(**TEN_ONE, valid_from=date(2026, 11, 21), valid_to=date(2026, 11, 21))
    assert codes(one("10 CASE WF", schemes=[last_day])) == ["S"]


def test_of_schemes_that_do_not_stack_the_one_worth_most_is_given_and_those_that_stack_add_up() -> None:
    two, three = scheme("TWO", group="wafer", percent="2"), scheme("THREE", sku="WF", percent="3")
    assert codes(one("1 CASE WF", schemes=[two, three])) == ["THREE"]
    two = scheme("TWO", group="wafer", percent="2", stacks=True)
    two_more = scheme("ALSO", group="wafer", amount="24", stacks=True)
    line = one("1 CASE WF", schemes=[two, two_more, three])
    assert (codes(line), line.price) == (["ALSO", "TWO"], D("916.80"))


def test_rows_of_one_code_are_slabs_of_one_scheme() -> None:
    rows = [scheme("WIN", **TEN_ONE), scheme("WIN", **(TEN_ONE | {"buy_qty": "50", "free_qty": "7"}))]
    assert free(one("60 CASE WF", schemes=rows)) == [("WIN", "7", "CASE", "WF")]
    assert free(one("40 CASE WF", schemes=rows)) == [("WIN", "4", "CASE", "WF")]


def test_a_group_counts_together_and_its_goods_go_with_the_line_worth_most() -> None:
    combination = [scheme("MIX", group="wafer", buy_qty="10", buy_uom="CASE", free_sku="PG", free_qty="96")]
    first, second, third = price(wanted("6 CASE WF", "4 CASE CR", "9 CASE PG"), schemes=combination).lines
    assert (free(first), free(second), free(third)) == ([("MIX", "96", "PKT", "PG")], [], [])
    # ₹576 over lines of ₹5,760 and ₹1,920.
    assert (first.effective, second.effective) == (D("888.00"), D("444.00"))
    assert all(not free(line) for line in price(wanted("6 CASE WF", "3 CASE CR"), schemes=combination).lines)


def test_a_line_that_takes_something_better_does_not_help_the_group_to_its_goods() -> None:
    combination = scheme("MIX", group="wafer", buy_qty="10", buy_uom="CASE", free_sku="PG", free_qty="1")
    better = scheme("BETTER", sku="WF", percent="5")
    first, second = price(wanted("6 CASE WF", "4 CASE CR"), schemes=[combination, better]).lines
    assert (codes(first), codes(second), free(second)) == (["BETTER"], [], [])


def test_caps_are_of_the_order_and_of_the_customer_in_all_his_orders() -> None:
    capped = [scheme("WIN", **TEN_ONE, cap_order="5", cap_customer="7")]
    assert free(one("90 CASE WF", schemes=capped)) == [("WIN", "5", "CASE", "WF")]
    lines = price(wanted("30 CASE WF", "40 CASE WF"), schemes=capped).lines
    assert [free(line) for line in lines] == [[("WIN", "3", "CASE", "WF")], [("WIN", "2", "CASE", "WF")]]
    before = {"WIN": Used(quantity=D(96 * 6))}
    assert free(one("90 CASE WF", schemes=capped, used=before)) == [("WIN", "1", "CASE", "WF")]


def test_a_cap_on_money_is_never_passed_by_rounding() -> None:
    line = one("7 CASE WF", schemes=[scheme(sku="WF", percent="10", cap_order="100")])
    assert line.price == D("945.72")
    assert (D(960) - line.price) * 7 <= 100


def test_a_budget_is_of_all_customers_and_goods_count_at_their_list_price() -> None:
    budget = [scheme("WIN", **TEN_ONE, budget="2000")]
    assert free(one("50 CASE WF", schemes=budget)) == [("WIN", "2", "CASE", "WF")]
    assert free(one("50 CASE WF", schemes=budget, used={"WIN": Used(rupees_all=D(1500))})) == []


def test_a_gift_without_a_price_is_given_all_the_same() -> None:
    gift = scheme("GIFT", sku="PG", buy_qty="5", free_sku="WF", free_qty="2")
    line = one("5 CASE PG", schemes=[gift], prices=PRICES[:2])
    assert free(line) == [("GIFT", "2", "PKT", "WF")]
    # At cost, ₹5 a packet.
    assert line.effective == D("574.00")


def test_a_granted_price_holds_where_it_is_lower_and_keeps_free_goods_but_no_money_off() -> None:
    assert one("1 CASE PG", granted_price=D(540)).price == 540
    assert one("1 CASE PG", granted_price=D(600)).price == 576
    line = one("10 CASE WF", granted_price=D(900), schemes=[scheme("PC", sku="WF", percent="2", cap_order="100")])
    assert (line.price, codes(line)) == (900, [])
    line = one("10 CASE WF", granted_price=D(900), schemes=[scheme("WIN", **TEN_ONE)])
    assert (line.price, free(line), line.effective) == (900, [("WIN", "1", "CASE", "WF")], D("818.18"))


def test_what_a_granted_price_leaves_of_a_cap_another_line_gets() -> None:
    rules = [scheme("PC", sku="WF", percent="2", cap_order="100")]
    first, second = price(wanted(("10 CASE WF", {"granted_price": D(900)}), "5 CASE WF"), schemes=rules).lines
    assert (first.price, second.price) == (900, D("940.80"))


def test_granted_free_goods_are_the_price_worth_the_same_and_a_schemes_own_count_towards_them() -> None:
    line = one("10 CASE PG", granted_free=D(1))
    assert (line.price, line.effective, free(line)) == (D("523.64"), D("523.64"), [])
    line = one("10 CASE WF", granted_free=D(1), schemes=[scheme("WIN", **TEN_ONE)])
    assert (line.price, free(line)) == (960, [("WIN", "1", "CASE", "WF")])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "550"),
        ([floor(tier="DIST", floor_price="570")], "550"),
        ([floor(group="glucose", floor_price="570")], "550"),
        ([floor(sku="PG", floor_price="540")], "550"),
        ([floor(sku="PG", floor_price="560")], "560"),
        ([floor(sku="PG", tier="DIST", floor_price="500")], "500"),
        ([floor(customer="C101", floor_price="400"), floor(sku="PG", tier="DIST", floor_price="500")], "400"),
        ([floor(customer="C102", floor_price="400"), floor(sku="WF", floor_price="1"), floor(tier="X")], "550"),
        ([floor(customer="C101", max_discount_percent="10")], "518.40"),
        ([floor(customer="C101", min_margin_percent="25")], "480"),
        ([floor(customer="C101", min_margin_percent="25", max_discount_percent="10", floor_price="1")], "518.40"),
        (
            [
                floor(customer="C101", floor_price="400", valid_from=date(2026, 1, 1)),
                floor(customer="C101", floor_price="390", valid_from=date(2026, 2, 1)),
                floor(customer="C101", floor_price="380", valid_from=date(2026, 12, 1)),
            ],
            "390",
        ),
    ],
)  # fmt: skip
def test_the_most_specific_floor_holds_and_of_equals_the_highest(rows: list[object], expected: str) -> None:
    assert one("1 CASE PG", floors=rows).floor == Decimal(expected)


def test_a_floors_price_is_of_one_order_unit() -> None:
    assert one("3 BOX PG", floors=[floor(sku="PG", tier="DIST", floor_price="500")]).floor == D("62.50")


def test_the_absolute_floor_is_a_rules_else_the_cost_else_none() -> None:
    assert one("1 CASE PG").absolute == 384
    assert one("1 CASE CR").absolute is None
    assert one("1 CASE PG", floors=[floor(sku="PG", absolute=True, floor_price="300")]).absolute == 300
    assert one("1 CASE PG", floors=[floor(sku="PG", absolute=True, floor_price="300")]).floor == 550
    rows = [floor(tier="DIST", absolute=True, max_discount_percent="20"), floor(absolute=True, floor_price="1")]
    assert one("1 CASE PG", floors=rows).absolute == D("460.80")


def test_what_is_stacked_is_judged_together() -> None:
    rows = [scheme("A", sku="PG", percent="3", stacks=True), scheme("B", group="glucose", percent="3", stacks=True)]
    line = one("1 CASE PG", schemes=rows)
    assert (line.effective, line.below_floor, line.below_absolute) == (D("541.44"), True, False)
    line = one("1 CASE PG", schemes=[scheme(sku="PG", percent="40")])
    assert (line.below_floor, line.below_absolute) == (True, True)


def test_a_price_is_never_below_nothing() -> None:
    line = one("1 CASE CR", schemes=[scheme(sku="CR", amount="10000")])
    assert (line.price, line.effective) == (0, 0)


def test_what_no_list_knows_has_no_price() -> None:
    assert [line.price for line in price(wanted("1 CASE XX", "1 DRUM PG", "1 CASE PG")).lines] == [None, None, 576]


def test_every_rule_that_made_the_price_and_the_floor_is_told_in_order() -> None:
    line = one(
        "10 CASE WF",
        contracts=[contract("WF", "CASE", "950", reference="letter of June")],
        schemes=[
            scheme("WIN", **TEN_ONE),
            scheme("TWO", group="wafer", percent="2"),
            scheme("BIG", sku="WF", buy_qty="99", percent="9"),
        ],
        floors=[floor(sku="WF", floor_price="900"), floor(tier="DIST", max_discount_percent="1")],
        explain=True,
    )
    told = [(step.rule, step.outcome) for step in line.trace]
    assert told == [
        ("contract price", "950 a CASE"),
        ("price list PL", "960 a CASE; the contract goes before it"),
        ("scheme WIN", "1 CASE WF free"),
        ("scheme BIG", "nothing: from 99 CASE on"),
        ("scheme TWO", "nothing: used up, or something else gives more"),
        ("net price", "950 a CASE"),
        ("effective price", "863.64 a CASE"),
        ("floor, sku WF", "900 a CASE"),
        ("floor, tier DIST", "940.5 a CASE, passed over"),
        ("absolute floor, cost", "480 a CASE"),
        ("verdict", "below the floor: needs an approval"),
    ]
