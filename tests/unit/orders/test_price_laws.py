"""What must hold of every priced order, whatever the rules and lines."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from erp.records import Price, Scheme
from orders.price_values import Priced, Used, WantedLine
from orders.pricing import money
from tests.unit.orders.price_world import LADDER, D, contract, price, scheme

SKUS, UOMS = ("PG", "WF", "CR"), tuple(LADDER)
UP_TO_40 = st.integers(1, 40).map(Decimal)
RUPEES = st.integers(1, 200_000).map(lambda paise: Decimal(paise) / 100)
LAWS = settings(max_examples=80, deadline=None)


@st.composite
def lines(draw: st.DrawFn, most: int = 6) -> list[WantedLine]:
    return [
        WantedLine(
            no=no,
            sku=draw(st.sampled_from(SKUS)),
            quantity=draw(UP_TO_40),
            uom=draw(st.sampled_from(UOMS)),
            granted_price=draw(st.none() | RUPEES),
            granted_free=draw(st.none() | UP_TO_40),
        )
        for no in range(1, draw(st.integers(1, most)) + 1)
    ]


@st.composite
def schemes(draw: st.DrawFn) -> list[Scheme]:
    found = []
    for code in ("A", "B", "C")[: draw(st.integers(0, 3))]:
        about = draw(st.sampled_from([{"sku": "PG"}, {"sku": "WF"}, {"group": "wafer"}]))
        gives = draw(st.sampled_from([{"percent": "3"}, {"amount": "7.77"}, {"percent": "60"}, {"free_qty": "1"}]))
        if "free_qty" in gives:
            gives = gives | {"free_sku": draw(st.sampled_from(["PG", "WF"])) if "group" in about else ""}
        more = {
            name: str(draw(st.integers(1, 300)))
            for name in ("cap_order", "cap_customer", "budget")
            if draw(st.booleans())
        }
        buy = {"buy_qty": str(draw(st.integers(1, 12))), "buy_uom": draw(st.sampled_from(UOMS))}
        if not gives.get("free_qty") and draw(st.booleans()):
            buy = {}
        found.append(scheme(code, stacks=draw(st.booleans()), **about, **gives, **buy, **more))
    return found


@st.composite
def price_lists(draw: st.DrawFn) -> list[Price]:
    rows = []
    for sku in SKUS:
        for uom in draw(st.lists(st.sampled_from(UOMS), min_size=1, unique=True)):
            amount = draw(RUPEES)
            rows.append(Price(price_list="PL", sku=sku, uom=uom, price=amount, min_qty=D(1)))
            if draw(st.booleans()):
                rows.append(Price(price_list="PL", sku=sku, uom=uom, price=amount * D("0.97"), min_qty=D(10)))
    return rows


def as_set(priced: Priced) -> list[tuple[Any, ...]]:
    """Whatever the order, and whatever number a line bears."""
    return sorted(
        (line.list_price, line.price, line.effective, len(line.free)) for line in priced.lines if line.price is not None
    )


def rupees(priced: Priced, code: str) -> Decimal:
    return sum((one.rupees for line in priced.lines for one in line.schemes if one.code == code), Decimal(0))


@LAWS
@given(lines(), schemes(), price_lists())
def test_no_price_is_below_nothing_above_its_list_or_below_what_it_comes_to(
    wanted: list[WantedLine], rules: list[Scheme], listed: list[Price]
) -> None:
    for line in price(wanted, schemes=rules, prices=listed).lines:
        assert line.price is None or 0 <= line.effective <= line.price <= line.list_price


@LAWS
@given(lines(), schemes(), price_lists(), st.randoms())
def test_the_order_of_lines_does_not_matter(
    wanted: list[WantedLine], rules: list[Scheme], listed: list[Price], random: object
) -> None:
    mixed = list(wanted)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    mixed = [replace(line, no=no) for no, line in enumerate(mixed, 1)]
    assert as_set(price(mixed, schemes=rules, prices=listed)) == as_set(price(wanted, schemes=rules, prices=listed))


@LAWS
@given(lines(), schemes(), price_lists(), st.integers(0, 400))
def test_no_cap_and_no_budget_is_passed(
    wanted: list[WantedLine], rules: list[Scheme], listed: list[Price], before: int
) -> None:
    used = Used(quantity=Decimal(before), rupees=Decimal(before), rupees_all=Decimal(before))
    priced = price(wanted, schemes=rules, prices=listed, used={row.code: used for row in rules})
    for row in rules:
        spent = rupees(priced, row.code)
        goods = [free for line in priced.lines for free in line.free if free.scheme == row.code]
        given_away = sum((free.qty for free in goods), Decimal(0)) if row.free_qty else spent
        in_unit = sum((free.base_quantity / free.qty for free in goods[:1]), Decimal(0)) or Decimal(1)
        so_far = Decimal(before) / in_unit if row.free_qty else Decimal(before)
        if given_away and row.cap_order is not None:
            assert given_away <= row.cap_order
        if given_away and row.cap_customer is not None:
            assert given_away + so_far <= row.cap_customer
        if spent and row.budget is not None:
            assert spent + before <= row.budget


@LAWS
@given(st.sampled_from(SKUS), st.sampled_from(UOMS), UP_TO_40, UP_TO_40, schemes())
def test_two_lines_made_one_never_cost_more_and_without_slabs_and_thresholds_the_same(
    sku: str, uom: str, first: Decimal, second: Decimal, rules: list[Scheme]
) -> None:
    def cost(*quantities: Decimal, schemes: list[Scheme]) -> tuple[Decimal, Decimal]:
        wanted = [WantedLine(no=no, sku=sku, quantity=each, uom=uom) for no, each in enumerate(quantities, 1)]
        priced = price(wanted, schemes=schemes)
        paid = sum(
            (money(line.quantity * done.price) for line, done in zip(wanted, priced.lines, strict=True)), Decimal(0)
        )
        return paid, sum((free.base_quantity for line in priced.lines for free in line.free), Decimal(0))

    plain_rules = [replace(row, cap_order=None, cap_customer=None, budget=None) for row in rules]
    only_money = [row for row in plain_rules if not row.free_qty and not row.buy_qty]
    whole, whole_free = cost(first + second, schemes=plain_rules[:1])
    split, split_free = cost(first, second, schemes=plain_rules[:1])
    assert whole <= split
    assert whole_free >= split_free
    if sku != "PG":
        assert cost(first + second, schemes=only_money) == cost(first, second, schemes=only_money)


@LAWS
@given(UP_TO_40, st.booleans(), schemes())
def test_the_same_goods_in_another_unit_cost_the_same_but_for_the_paisa_of_each_unit(
    cases: Decimal, by_contract: bool, rules: list[Scheme]
) -> None:
    rules = [replace(row, cap_order=None, cap_customer=None, budget=None) for row in rules if not row.amount]
    agreed = [contract("PG", "CASE", "561.37")] if by_contract else []

    def effective(uom: str) -> Decimal:
        quantity = cases * LADDER["CASE"] / LADDER[uom]
        wanted = [WantedLine(no=1, sku="PG", quantity=quantity, uom=uom)]
        (line,) = price(wanted, schemes=rules, contracts=agreed).lines
        return line.effective * LADDER["CASE"] / LADDER[uom]

    for uom in ("BOX", "PKT"):
        paise_of_a_case = LADDER["CASE"] / LADDER[uom] * D("0.02")
        assert abs(effective(uom) - effective("CASE")) <= paise_of_a_case
