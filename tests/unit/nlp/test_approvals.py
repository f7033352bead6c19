"""What approvers type: decisions are told from everything else, and nothing unclear is one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.approvals import asks_what_is_open, decisions
from nlp.delegation import delegating

TODAY = date(2026, 11, 21)


def said(text: str, numbered: int) -> str:
    """Its decisions, written shortly: `approve 1,3; counter 2 @240`."""
    return "; ".join(
        " ".join(
            part
            for part in (
                one.decision.value,
                ",".join(map(str, one.numbers)),
                f"@{one.price}" if one.price else f"{one.percent}%" if one.percent else "",
                f"({one.reason})" if one.reason else "",
            )
            if part
        )
        for one in decisions(text, numbered=numbered)
    )


@pytest.mark.parametrize(
    ("text", "numbered", "decided"),
    [
        ("ok", 1, "approve"),
        ("haan ji", 1, "approve"),
        ("de do", 1, "approve"),
        ("मंजूर है", 1, "approve"),
        ("👍🏽", 1, "approve"),
        ("nahi", 1, "reject"),
        ("mat do", 1, "reject"),
        ("नहीं", 1, "reject"),
        ("nahi, credit kharab hai", 1, "reject (credit kharab)"),
        ("240 kar do", 1, "counter @240"),
        ("240 कर दो", 1, "counter @240"),
        ("₹240.50", 1, "counter @240.50"),
        ("thik hai 240 pe kar do", 1, "counter @240"),
        ("235 nahi 240 kar do", 1, "counter @240"),
        ("nahi, 240", 1, "counter @240"),
        ("2% de do", 1, "counter 2%"),
        ("1 3 5 ok, 2 nahi", 5, "approve 1,3,5; reject 2"),
        ("1,3,5 ok 2 nahi", 5, "approve 1,3,5; reject 2"),
        ("1-3 ok", 3, "approve 1,2,3"),
        ("1 3 ok, baaki nahi", 4, "approve 1,3; reject 2,4"),
        ("approve 1 and 3, reject 2", 3, "approve 1,3; reject 2"),
        ("1 ok 2 240 kar do", 3, "approve 1; counter 2 @240"),
        ("1 ok, 2 ka 3 kar do", 3, "approve 1; counter 2 @3"),
        ("2 nahi stock nahi hai, 1 ok", 2, "reject 2 (stock nahi); approve 1"),
        ("2% sabko", 3, "counter 2%"),
    ],
)
def test_a_decision_is_read(text: str, numbered: int, decided: str) -> None:
    assert said(text, numbered) == decided


@pytest.mark.parametrize(
    ("text", "numbered"),
    [
        ("ok lekin payment ke baad", 1),  # a condition
        ("ok nahi", 1),
        ("not ok", 1),
        ("240 nahi", 1),
        ("235 240", 1),
        ("kal batata hun", 1),
        ("5 peti maggi", 1),
        ("1 3", 3),  # what of them?
        ("6 ok", 3),  # there is no sixth
        ("₹240", 3),  # for which?
        ("1 ok 1 nahi", 2),
        ("ok 1, sab nahi", 3),
        ("haan 1 3 5 ok 2 nahi", 5),
        ("", 1),
    ],
)
def test_what_is_unclear_decides_nothing(text: str, numbered: int) -> None:
    assert decisions(text, numbered=numbered) == ()


@given(st.text(max_size=60), st.integers(0, 12))
def test_whatever_is_typed_a_number_is_decided_once_and_was_shown(text: str, numbered: int) -> None:
    numbers = [number for one in decisions(text, numbered=numbered) for number in one.numbers]
    assert len(numbers) == len(set(numbers))
    assert all(1 <= number <= max(numbered, 1) for number in numbers)


@pytest.mark.parametrize(
    ("text", "asks"), [("pending", True), ("pending approvals dikhao", True), ("पेंडिंग", True), ("pending Sharma", False)]
)
def test_what_is_open_is_asked_for(text: str, *, asks: bool) -> None:
    assert asks_what_is_open(text) is asks


@pytest.mark.parametrize(
    ("text", "name", "first", "last"),
    [
        ("kal se 3 din Sneha dekhegi", "Sneha", "2026-11-22", "2026-11-24"),
        ("delegate to Sneha till Friday", "Sneha", "None", "2026-11-27"),
        ("aaj se Monday tak Arvind ji dekhenge", "Arvind", "2026-11-21", "2026-11-23"),
        ("Sneha Gokhale will decide from 25/11 to 28/11", "Sneha Gokhale", "2026-11-25", "2026-11-28"),
        ("kal Sneha dekhegi", "Sneha", "2026-11-22", "2026-11-22"),
        ("कल से तीन दिन स्नेहा देखेगी", "स्नेहा", "2026-11-22", "2026-11-24"),
        ("delegate to Arvind for 2 weeks", "Arvind", "None", "2026-12-04"),
        ("Sneha dekhegi", "Sneha", "None", "None"),
    ],
)
def test_who_decides_instead_is_read_with_its_days(text: str, name: str, first: str, last: str) -> None:
    found = delegating(text, today=TODAY)
    assert found is not None
    assert (" ".join(found.words), str(found.first), str(found.last)) == (name, first, last)


def test_the_end_of_a_delegation_is_read_and_an_order_is_none() -> None:
    ends = delegating("delegation band karo", today=TODAY)
    assert ends is not None
    assert ends.ends
    assert delegating("20 peti kutku g chota kal bhejo", today=TODAY) is None
