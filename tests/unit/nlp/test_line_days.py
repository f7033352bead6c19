"""Days of single lines, words for a day that move at midnight, and urgency."""

from datetime import date

import pytest

from nlp import names_other_place
from nlp.values import Context as Around
from nlp.values import DayWord, DraftLine, Intent
from tests.unit.nlp.plant import reading

TODAY, TOMORROW, MONDAY, WEDNESDAY = (date(2026, 11, day) for day in (21, 22, 23, 25))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("10 case marie 120 aaj aur 5 case marie 120 monday", [TODAY, MONDAY]),
        ("10 case marie 120 abhi\n5 case rusk monday ko", [TODAY, MONDAY]),
        ("monday ko 10 case marie 120, wednesday ko 5 case rusk", [MONDAY, WEDNESDAY]),
        ("10 case marie 120 kal, 5 case rusk monday ko", [TOMORROW, MONDAY]),
    ],
)
def test_lines_wanted_on_different_days_have_their_own(text: str, days: list[date]) -> None:
    found = reading(text)
    assert [line.requested_on for line in found.lines] == days
    assert found.requested_on == min(days)


def test_the_day_of_a_payment_is_no_lines_day() -> None:
    found = reading("10 case marie 120 monday ko, 5 case rusk, paise wednesday ko")
    assert [line.requested_on for line in found.lines] == [None, None]
    assert found.requested_on == MONDAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("order 20/11\n10 case marie 120\n5 case rusk\nby Monday", MONDAY),
        ("10 case marie 120\n5 case rusk monday ko", MONDAY),
        ("10 case marie 120 aur 5 case rusk monday ko", MONDAY),
        ("10 case marie 120\n5 case rusk\nmonday ko bhejna, abhi nahi", MONDAY),
    ],
)
def test_one_day_is_the_whole_orders(text: str, day: date) -> None:
    found = reading(text)
    assert found.requested_on == day
    assert {line.requested_on for line in found.lines} == {None}


@pytest.mark.parametrize(
    "text",
    [
        "10 case marie 120, half now half monday",
        "10 case marie 120 aadha abhi aadha somvar ko",
        "10 case marie 120, half today, rest on Monday",
        "10 case marie 120\nabhi aadha, monday ko baaki",
    ],
)
def test_half_now_half_monday_is_two_days_and_no_goods(text: str) -> None:
    found = reading(text)
    assert found.halves == (TODAY, MONDAY)
    assert found.requested_on == TODAY
    assert [(line.sku, str(line.quantity)) for line in found.lines] == [("MR-120", "10")]
    assert found.left_over == ()


def test_half_now_half_monday_alone_is_about_the_open_draft() -> None:
    draft = (DraftLine(sku="MR-120", uom="CASE"),)
    found = reading("half now, half monday", context=Around(draft=draft))
    assert (found.intent, found.halves, found.lines) == (Intent.CHANGE_ORDER, (TODAY, MONDAY), ())


@pytest.mark.parametrize(
    "text", ["half case marie 120 abhi", "aadhi peti marie 120 monday ko", "10 case marie 120 kal"]
)
def test_a_half_that_counts_goods_divides_nothing(text: str) -> None:
    assert reading(text).halves is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("10 case marie 120 kal bhej do", DayWord.TOMORROW),
        ("10 case marie 120 aaj hi bhej do", DayWord.TODAY),
        ("10 case marie 120 parso tak", DayWord.DAY_AFTER),
        ("10 case marie 120 monday ko", None),
        ("10 case marie 120", None),
        ("aaj ka order: 10 case marie 120", None),
    ],
)
def test_the_word_that_named_the_day_is_told(text: str, word: DayWord | None) -> None:
    assert reading(text).day_word == word


@pytest.mark.parametrize(
    "text",
    ["10 case marie 120 urgent", "turant bhejo 10 case marie 120", "अर्जेंट है", "10 case marie 120 ASAP", "urgent hai"],
)
def test_urgent_is_heard(text: str) -> None:
    assert reading(text).urgent


@pytest.mark.parametrize(
    "text", ["10 case marie 120", "urgent nahi hai, 10 case marie 120", "10 case marie 120 not urgent"]
)
def test_what_is_not_urgent_is_not_heard_as_such(text: str) -> None:
    assert not reading(text).urgent


def test_only_who_asks_for_it_is_written_to_no_more() -> None:
    assert reading("jaldi bhejo urgent hai").intent is not Intent.OPT_OUT
    assert reading("message band karo").intent is Intent.OPT_OUT


@pytest.mark.parametrize("said", ["second address", "doosre pate", "other godown", "दूसरे पते"])
def test_the_other_place_is_told_by_its_slot(said: str) -> None:
    found = reading(f"10 case marie 120 {said}")
    assert names_other_place(found.slots["ship_to"])
    assert [line.sku for line in found.lines] == ["MR-120"]


def test_a_place_with_a_name_is_not_just_the_other_one() -> None:
    assert not names_other_place("Sagar godown")
