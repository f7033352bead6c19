"""How pages put values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from web.pages import wording
from web.pages.placeholders import Placeholder, address, content

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "places", "shown"),
    [
        ("0", None, "0"),
        ("999", None, "999"),
        ("1000", None, "1,000"),
        ("100000.500000", None, "1,00,000.5"),
        ("12345678.9", 2, "1,23,45,678.90"),
        ("-1234567", None, "-12,34,567"),
        ("20.000000", None, "20"),
    ],
)
def test_numbers_are_grouped_as_india_writes_them(number: str, places: int | None, shown: str) -> None:
    assert wording.indian(Decimal(number), places) == shown


def test_money_names_its_currency_and_none_is_a_dash() -> None:
    assert wording.money(Decimal(1250)) == "₹\u202f1,250.00"
    assert wording.money(Decimal(1250), "NPR") == "NPR\u202f1,250.00"
    assert wording.money(None) == "–"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*Total* _today_ ~old~", "<strong>Total</strong> <em>today</em> <s>old</s>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("*<i>*", "<strong>&lt;i&gt;</strong>"),
    ],
)
def test_whatsapps_marks_are_shown_and_everything_else_is_text(text: str, shown: str) -> None:
    assert wording.chat(text) == shown


@pytest.mark.parametrize(
    ("past", "shown"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (200_000, "2 d"), (-5, "0 s")]
)
def test_ages_are_said_in_one_unit(past: int, shown: str) -> None:
    assert wording.age(NOON - timedelta(seconds=past), NOON) == shown


def test_times_and_days_are_the_zones() -> None:
    india = ZoneInfo("Asia/Kolkata")
    assert wording.clock_time(NOON, india) == "17:30"
    assert wording.full_time(NOON, india) == "21 Nov 2026, 17:30"
    assert wording.full_time(None, india) == "–"
    assert [wording.day_name(date(2026, 11, day), date(2026, 11, 21)) for day in (21, 20, 1)] == [
        "Today",
        "Yesterday",
        "1 November 2026",
    ]


def test_an_unknown_kind_of_matter_keeps_its_name() -> None:
    assert wording.matter_kind("something_new") == "Something new"


@pytest.mark.parametrize(
    ("kind", "starts"), [(Placeholder.PHOTO, b"\x89PNG"), (Placeholder.VOICE, b"RIFF"), (Placeholder.DOCUMENT, b"%PDF")]
)
def test_placeholders_are_small_files_of_their_kind(kind: Placeholder, starts: bytes) -> None:
    assert content(kind).startswith(starts)
    assert len(address(kind)) < 10_000
