"""Credit as functions of values: overdue bills, raises that end, and what was let go once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from orders.credit import Credit, Raise, Standing, judge, limit_in_force

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
LIMIT = Decimal(100_000)


def standing(**given: object) -> Standing:
    usual = {
        "limit": LIMIT,
        "exposure": Decimal(60_000),
        "order_value": Decimal(30_000),
        "balance_as_of": None,
        "overdue_days": 0,
        "overdue_allowed": 15,
    }
    return judge(**(usual | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({}, Credit.WITHIN),
        ({"order_value": Decimal(40_000)}, Credit.WITHIN),
        ({"order_value": Decimal("40000.01")}, Credit.OVER_LIMIT),
        ({"limit": None}, Credit.NOT_CONFIGURED),
        ({"limit": Decimal(0)}, Credit.CASH_ONLY),
        ({"overdue_days": 15}, Credit.WITHIN),
        ({"overdue_days": 16}, Credit.OVERDUE),
        ({"overdue_days": 1, "overdue_allowed": 0}, Credit.OVERDUE),
        ({"overdue_days": 400, "overdue_allowed": None}, Credit.WITHIN),
        ({"overdue_days": 16, "order_value": Decimal(50_000)}, Credit.OVER_LIMIT),
        ({"limit": None, "most_released": Decimal(30_000)}, Credit.WITHIN),
        ({"overdue_days": 16, "most_released": Decimal(30_000)}, Credit.WITHIN),
        ({"limit": Decimal(0), "most_released": Decimal("29999.99")}, Credit.CASH_ONLY),
    ],
)
def test_limit_bills_and_what_was_released_decide_in_this_order(given: dict[str, object], verdict: Credit) -> None:
    assert standing(**given).verdict == verdict


def test_what_would_fit_is_what_the_limit_leaves_and_nothing_where_bills_are_late() -> None:
    assert standing(order_value=Decimal(50_000)).fits == 40_000
    assert standing(exposure=Decimal(130_000)).fits == 0
    assert standing(limit=None).fits == 0
    assert standing(overdue_days=16).fits == 0


def raised(to: int, *, days: int = 1, limit_then: int | None = 100_000) -> Raise:
    then = None if limit_then is None else Decimal(limit_then)
    return Raise(to=Decimal(to), until=NOW + timedelta(days=days), limit_then=then)


@pytest.mark.parametrize(
    ("limit", "raises", "holds"),
    [
        (100_000, [], 100_000),
        (100_000, [raised(150_000)], 150_000),
        (100_000, [raised(150_000, days=0)], 100_000),
        (100_000, [raised(120_000), raised(150_000)], 120_000),
        (100_000, [raised(150_000, days=0), raised(130_000)], 130_000),
        (200_000, [raised(150_000)], 200_000),
        (90_000, [raised(150_000)], 90_000),
        (0, [raised(150_000)], 0),
        (0, [raised(150_000, limit_then=0)], 150_000),
        (None, [raised(150_000)], None),
        (None, [raised(150_000, limit_then=None)], 150_000),
        (50_000, [raised(150_000, limit_then=None)], 50_000),
    ],
)
def test_a_raise_holds_to_its_end_unless_the_erp_has_decided_anew(
    limit: int | None, raises: list[Raise], holds: int | None
) -> None:
    known = None if limit is None else Decimal(limit)
    expected = None if holds is None else Decimal(holds)
    assert limit_in_force(known, raises, at=NOW) == expected
