"""Silent creep in what was asked and decided: from how many on it is called so, and below which thresholds."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from orders.creep import Pattern, Row
from orders.creep_asked import (
    Asked,
    Decision,
    Thresholds,
    claimed_schemes,
    just_below,
    last_asked,
    quick_yes,
    split_orders,
)

DAY = date(2026, 11, 16)
THRESHOLDS = Thresholds(own={7: Decimal(1)}, depths=(Decimal(0), Decimal(3)))
AMOUNTS = (Decimal(10000),)


def asked(number: int, off: str = "0", **more: Any) -> Asked:
    """So many rupees off a line of 10,000, in the draft of this number."""
    known: dict[str, Any] = {
        "request": number,
        "draft": number,
        "day": DAY + timedelta(days=number),
        "customer": "C1",
        "person_id": 7,
        "line": 1,
        "sku": "A",
        "value": Decimal(10000),
        "off": Decimal(off),
        "claims_free": False,
        "by_own_limit": False,
    }
    return Asked(**(known | more))


def test_free_goods_claimed_in_three_orders_that_no_scheme_gives_are_named_with_what_they_cost() -> None:
    claims = [
        asked(n, claims_free=True, order=f"M{n}" if n == 1 else "", rupees=Decimal(50 * (n == 1))) for n in (1, 2, 3)
    ]
    (finding,) = claimed_schemes([*claims, asked(4)])
    assert (finding.pattern, finding.person_id, finding.customer) == (Pattern.CLAIMED_SCHEME, 7, "C1")
    assert [(row.order, row.request, row.rupees) for row in finding.rows] == [("M1", 1, 50), ("", 2, 0), ("", 3, 0)]
    assert finding.facts == {"times": 3, "granted": 1}
    assert claimed_schemes([*claims[:2], asked(9, claims_free=True, draft=2)]) == [], "of one draft it is one claim"


def test_a_draft_that_was_asked_for_again_counts_as_it_was_asked_last() -> None:
    assert [one.off for one in last_asked([asked(2, "200", draft=1, day=DAY), asked(1, "100")])] == [200]


def test_half_of_the_requests_just_below_the_own_limit_or_the_next_level_are_named() -> None:
    own = [asked(n, "100", by_own_limit=True) for n in range(3)]
    level = [asked(n, "270") for n in (3, 4)]
    others = [asked(n, off) for n, off in enumerate(("300", "269", "90", "800", "500"), 5)]
    (finding,) = just_below([*own, *level, *others], THRESHOLDS)
    assert (finding.pattern, finding.person_id, len(finding.rows)) == (Pattern.JUST_BELOW, 7, 5)
    assert finding.facts == {"times": 5, "asked": 10, "below": 3}
    assert just_below([*own, *level, *others, asked(20, "1")], THRESHOLDS) == [], "five of eleven are no half"
    assert just_below([*own, level[0]], THRESHOLDS) == [], "four are too few"


def test_orders_of_a_day_that_are_below_a_level_each_and_above_it_together_are_a_split_on_the_second_day() -> None:
    def of_day(day: int, *off: str) -> list[Asked]:
        return [
            asked(10 * day + n, one, day=DAY + timedelta(days=day), value=Decimal(10**6)) for n, one in enumerate(off)
        ]

    (finding,) = split_orders([*of_day(1, "6000", "5000"), *of_day(2, "9999", "1")], AMOUNTS)
    assert (finding.pattern, len(finding.rows), finding.facts["times"]) == (Pattern.SPLIT, 4, 2)
    assert split_orders(of_day(1, "6000", "5000"), AMOUNTS) == []
    assert split_orders([*of_day(1, "10000", "5000"), *of_day(2, "4000", "5000")], AMOUNTS) == []


def test_an_approver_who_says_yes_within_seconds_to_nearly_everything_is_named() -> None:
    row = Row(order="M1", line=1, day=DAY, rupees=Decimal(5))
    quick = [Decision(person_id=9, seconds=8, answer="approve", rows=(row,) if n == 0 else ()) for n in range(20)]
    (finding,) = quick_yes(quick)
    assert (finding.person_id, finding.rows, finding.facts["seconds"]) == (9, (row,), 8)
    assert quick_yes(quick[:9]) == []
    assert quick_yes([*quick, *(Decision(person_id=9, seconds=8, answer="reject") for _ in range(2))]) == []
    assert quick_yes([Decision(person_id=9, seconds=21, answer="approve")] * 20) == []
