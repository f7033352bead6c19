"""What an approval covers, who is asked for one, and what somebody may grant himself."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from erp.records import ApprovalLevel, LevelMode, Limit
from orders.approval_rules import (
    Deal,
    Granted,
    LineFacts,
    LineVerdict,
    Verdict,
    WhyNot,
    answer_facts,
    covers,
    depth,
    given_away,
    steps_for,
    valid_until,
    verdicts,
    why_not_covered,
    with_a_second,
    within_own_limit,
)
from routing.ask_rules import Step
from routing.working_hours import Hours, WorkingHours

D = Decimal
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
GRANTED = Granted(
    party_code="C101",
    ship_to="MAIN",
    sku="KG-050",
    uom="CASE",
    least_quantity=D(20),
    price=D("235"),
    least_price=D("235"),
    most_free=D(0),
    payment_term=21,
    list_price=D("250"),
    floor=D("240"),
    expires_at=NOW + timedelta(hours=1),
)
LINE = LineFacts(
    party_code="C101",
    ship_to="MAIN",
    sku="KG-050",
    uom="CASE",
    quantity=D(20),
    effective=D("235"),
    free=D(0),
    payment_term=21,
    list_price=D("250"),
    floor=D("240"),
    absolute=D("200"),
)


def why(**changed: object) -> WhyNot | None:
    return why_not_covered(GRANTED, replace(LINE, **changed), at=NOW)  # type: ignore[arg-type]


def test_the_line_that_was_decided_on_is_covered() -> None:
    assert why() is None
    assert covers(GRANTED, LINE, at=NOW)


def test_more_of_it_or_a_higher_price_is_covered_too() -> None:
    assert why(quantity=D(21), effective=D("236")) is None


def test_whatever_lies_outside_is_not() -> None:
    assert why(party_code="C102") is WhyNot.CUSTOMER
    assert why(ship_to="OTHER") is WhyNot.SHIP_TO
    assert why(sku="KG-070") is WhyNot.ITEM
    assert why(uom="PCS") is WhyNot.UOM
    assert why(quantity=D("19.999999")) is WhyNot.QUANTITY
    assert why(effective=D("234.99")) is WhyNot.PRICE
    assert why(free=D("0.01")) is WhyNot.FREE_GOODS
    assert why(payment_term=30) is WhyNot.PAYMENT_TERM
    assert why(payment_term=None) is WhyNot.PAYMENT_TERM


def test_it_expires_at_its_moment() -> None:
    assert why_not_covered(GRANTED, LINE, at=GRANTED.expires_at) is WhyNot.EXPIRED
    assert covers(GRANTED, LINE, at=GRANTED.expires_at - timedelta(microseconds=1))


def test_rules_that_changed_judge_it_again() -> None:
    assert why(floor=D("241")) is WhyNot.FLOOR_ROSE
    assert why(floor=D("230")) is None
    assert why(list_price=D("251")) is WhyNot.LIST_ROSE
    assert why(list_price=D("245")) is None
    assert why(absolute=D("236")) is WhyNot.ABSOLUTE
    assert why(list_price=D("235"), floor=D("230")) is WhyNot.MOOT


def test_an_approval_of_the_list_price_below_its_floor_is_not_moot() -> None:
    at_list = replace(GRANTED, price=D("238"), least_price=D("238"), list_price=D("238"))
    line = replace(LINE, effective=D("238"), list_price=D("238"))
    assert why_not_covered(at_list, line, at=NOW) is None


def test_a_floor_that_rose_but_stays_below_the_price_changes_nothing() -> None:
    above = replace(GRANTED, floor=D("200"))
    assert why_not_covered(above, replace(LINE, floor=D("235")), at=NOW) is None
    assert why_not_covered(above, replace(LINE, floor=D("235.01")), at=NOW) is WhyNot.FLOOR_ROSE
    assert why_not_covered(replace(GRANTED, floor=None), replace(LINE, floor=D("236")), at=NOW) is WhyNot.FLOOR_ROSE


amounts = st.decimals(min_value=1, max_value=500, places=2)


@settings(max_examples=120, deadline=None)
@given(quantity=amounts, effective=amounts, free=amounts, list_price=amounts, floor=amounts, absolute=amounts)
def test_what_is_covered_is_never_worse_than_what_was_decided_on(
    quantity: Decimal, effective: Decimal, free: Decimal, list_price: Decimal, floor: Decimal, absolute: Decimal
) -> None:
    line = replace(
        LINE,
        quantity=quantity,
        effective=effective,
        free=free - 1,
        list_price=list_price,
        floor=floor,
        absolute=absolute,
    )
    if covers(GRANTED, line, at=NOW):
        assert line.quantity >= GRANTED.least_quantity
        assert line.effective >= GRANTED.least_price
        assert line.free <= GRANTED.most_free
        assert line.effective >= absolute
        assert depth(line.list_price, line.effective) <= depth(GRANTED.list_price, GRANTED.least_price)
    for field in ("party_code", "ship_to", "sku", "uom"):
        assert field in {one.name for one in fields(LineFacts)}
        assert not covers(GRANTED, replace(line, **{field: "another"}), at=NOW)


def level(number: int, percent: int = 0, amount: int = 0, **more: object) -> ApprovalLevel:
    approvers = more.pop("approvers", (f"approver:{number}",))
    return ApprovalLevel(
        level=number,
        min_discount_percent=D(percent),
        min_amount=D(amount),
        approvers=approvers,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


MATRIX = [level(1), level(2, 3, 10_000), level(3, 6, 40_000)]


def deal(*depths: str, amount: int = 100, group: str = "", tier: str = "", customer: str = "C101") -> Deal:
    return Deal(lines=[(group, D(one)) for one in depths], amount=D(amount), tier=tier, customer=customer, plant="PTH")


def levels_asked(rows: list[ApprovalLevel], asked: Deal) -> list[int]:
    return [step.level for step in steps_for(rows, asked)]


def test_the_lowest_level_that_may_decide_is_asked_then_those_above() -> None:
    assert levels_asked(MATRIX, deal("2.99")) == [1, 2, 3]
    assert levels_asked(MATRIX, deal("3")) == [2, 3]
    assert levels_asked(MATRIX, deal("6")) == [3]


def test_depth_or_amount_is_enough() -> None:
    assert levels_asked(MATRIX, deal("1", amount=10_000)) == [2, 3]
    assert levels_asked(MATRIX, deal("1", amount=40_000)) == [3]


def test_the_deepest_line_decides_for_all() -> None:
    assert levels_asked(MATRIX, deal("1", "6.5")) == [3]


def test_the_most_specific_row_holds() -> None:
    rows = [*MATRIX, level(1, tier="gold", approvers=("+910000000001",)), level(1, customer="C101", approvers=("own",))]
    assert steps_for(rows, deal("1", tier="gold"))[0].approvers == ("own",)
    assert steps_for(rows, deal("1", tier="gold", customer="C9"))[0].approvers == ("+910000000001",)
    assert steps_for(rows, deal("1", customer="C9"))[0].approvers == ("approver:1",)


def test_a_row_of_another_plant_or_group_is_none() -> None:
    rows = [level(1, plant="BTB"), level(2, group="cream"), level(3)]
    assert levels_asked(rows, deal("1")) == [3]


def test_who_decides_is_named_for_every_line() -> None:
    rows = [level(1, approvers=("a", "b")), level(1, group="cream", approvers=("b", "c")), level(2, 5)]
    mixed = Deal(lines=[("", D(1)), ("cream", D(1))], amount=D(1), tier="", customer="C101", plant="PTH")
    assert [step.approvers for step in steps_for(rows, mixed)] == [("b",), ("approver:2",)]
    nobody = [level(1, approvers=("a",)), level(1, group="cream", approvers=("c",))]
    assert [step.approvers for step in steps_for(nobody, mixed)] == [("a", "c")]


def test_a_level_in_parallel_is_asked_together_with_the_one_before() -> None:
    rows = [level(1), level(2, 3, mode=LevelMode.PARALLEL, expiry_minutes=60), level(3, 6)]
    together, top = steps_for(rows, deal("1"))
    assert together == Step(level=2, approvers=("approver:1", "approver:2"), minutes=60)
    assert top.level == 3
    assert levels_asked(rows, deal("4")) == [2, 3]


def test_a_deal_below_every_threshold_is_still_decided_by_somebody() -> None:
    assert levels_asked([level(2, 3, 1000), level(3, 6)], deal("1")) == [2, 3]
    assert levels_asked([], deal("1")) == []


@settings(max_examples=60, deadline=None)
@given(percent=st.integers(0, 20), amount=st.integers(0, 100_000))
def test_a_deeper_deal_is_never_put_to_a_lower_level(percent: int, amount: int) -> None:
    first = levels_asked(MATRIX, deal(str(percent), amount=amount))[0]
    assert levels_asked(MATRIX, deal(str(percent + 1), amount=amount))[0] >= first
    assert levels_asked(MATRIX, deal(str(percent), amount=amount + 5000))[0] >= first


def test_finance_is_the_second_where_one_is_alone_at_the_top() -> None:
    steps = steps_for(MATRIX, deal("6"))
    assert [step.approvers for step in with_a_second(steps, alone_at_the_top=True)] == [("approver:3",), ("finance",)]
    assert with_a_second(steps, alone_at_the_top=False) == steps
    assert with_a_second([], alone_at_the_top=True) == []


LIMITS = [
    Limit(role="sales_rep", max_discount_percent=D(1), max_amount=D(1500)),
    Limit(role="sales_rep", group="gift", max_discount_percent=D(0), max_amount=D(0)),
    Limit(person="+91", role="sales_rep", max_discount_percent=D(2), max_amount=D(4000)),
]


def may(percent: str, amount: int, *, phone: str = "+92", role: str = "sales_rep", group: str = "") -> bool:
    return within_own_limit(LIMITS, phone=phone, roles=[role], group=group, at=D(percent), amount=D(amount))


def test_within_the_own_limit_both_depth_and_amount_must_be() -> None:
    assert may("1", 1500)
    assert not may("1.01", 10)
    assert not may("0.5", 1501)


def test_ones_own_row_goes_before_the_roles_and_a_group_before_all() -> None:
    assert may("2", 4000, phone="+91")
    assert not may("0.5", 10, group="gift")
    assert not may("0.1", 1, role="buyer")


def test_depth_and_amount_are_counted_from_list() -> None:
    assert depth(D(250), D(235)) == D(6)
    assert depth(D(250), D(260)) == 0
    assert given_away(D(250), D(235), D(20)) == D(300)


def test_what_is_answered_is_read_as_it_was_written() -> None:
    said = {
        1: LineVerdict(verdict=Verdict.APPROVE),
        2: LineVerdict(verdict=Verdict.COUNTER, price=D("240.50")),
        3: LineVerdict(verdict=Verdict.REJECT, reason="too_deep"),
    }
    assert verdicts(answer_facts(said)) == said


def test_an_approval_may_be_used_to_the_end_of_the_next_working_day() -> None:
    hours = WorkingHours(
        timezone="Asia/Kolkata",
        weekly=dict.fromkeys(range(1, 7), Hours(opens=time(9), closes=time(18))),
        dated={date(2026, 11, 23): None},
    )
    friday = NOW - timedelta(days=1)
    assert valid_until(hours, friday).isoformat() == "2026-11-22T00:00:00+05:30"
    assert valid_until(hours, NOW).isoformat() == "2026-11-25T00:00:00+05:30"
