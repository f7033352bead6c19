"""Every damage that spreadsheets do to a cell is caught by name, with its remedy."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from erp.files import cells
from erp.files.cells import Damage, Parser
from erp.records import Mode


@pytest.mark.parametrize(
    ("parse", "cell", "words"),
    [
        (cells.phone, "9.19E+11", "shortened a long number"),
        (cells.code, "9.19E+11", "last digits are lost"),
        (cells.number, "1.2E+05", "shortened"),
        (cells.phone, "919812345678", "lost its plus"),
        (cells.phone, "09812345678", "lost its plus"),
        (cells.phone, "12345", "no telephone number"),
        (cells.code, "12-Nov", "into the date"),
        (cells.code, "Mar-26", "into the date"),
        (cells.code, "#REF!", "error value"),
        (cells.code, "#######", "error value"),
        (cells.day, "11/12/26", "which is the day, which the month"),
        (cells.day, "11-12-2026", "which is the day"),
        (cells.day, "46347", "count of days"),
        (cells.day, "21-Nov-26", "YYYY-MM-DD"),
        (cells.day, "2026-02-30", "no day of the calendar"),
        (cells.number, "1,00,000", "commas between its digits"),
        (cells.number, "1,000.50", "commas between its digits"),
        (cells.number, "12,5", "decimal point"),
        (cells.number, "18%", "percent sign"),
        (cells.number, "₹ 240", "not a number"),
        (cells.number, "240/-", "not a number"),
        (cells.number, "१२", "not a number"),
        (cells.number, "NaN", "not a number"),
        (cells.number, "1" * 15, "larger than any"),
        (cells.not_negative, "-4", "negative"),
        (cells.positive, "0", "not above zero"),
        (cells.percent, "180", "no percentage"),
        (cells.whole, "2.5", "whole number"),
        (cells.yes_no, "maybe", "neither yes nor no"),
        (cells.clock_time, "4 pm", "time of day"),
        (cells.weekday, "someday", "day of the week"),
        (cells.one_of(Mode), "Loud", "not known here"),
        (cells.text, "a\x00b", "zero byte"),
        (cells.text, "x" * 3000, "3000 characters"),
        (cells.code, "x" * 300, "300 characters"),
    ],
)
def test_a_damaged_cell_is_named_with_a_remedy(parse: Parser, cell: str, words: str) -> None:
    with pytest.raises(Damage) as caught:
        parse(cell)
    assert words in caught.value.text
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (cells.phone, "+919812345678", "+919812345678"),
        (cells.phone, "98123 45678", "+919812345678"),
        (cells.code, "2E3", "2E3"),
        (cells.code, "00123", "00123"),
        (cells.number, "62.000000000001", Decimal("62.000000")),
        (cells.number, "-12.5", Decimal("-12.5")),
        (cells.whole, "5.0", 5),
        (cells.yes_no, "TRUE", True),
        (cells.yes_no, "No", False),
        (cells.day, "2026-11-21", date(2026, 11, 21)),
        (cells.clock_time, "9:30", time(9, 30)),
        (cells.weekday, "Saturday", 6),
        (cells.weekday, "1", 1),
        (cells.several, "buyer; approver:1 ;buyer", ("buyer", "approver:1")),
        (cells.one_of(Mode), "Live", Mode.LIVE),
    ],
)
def test_a_sound_cell_gives_its_value(parse: Parser, cell: str, value: object) -> None:
    assert parse(cell) == value


def test_a_moment_without_an_offset_is_meant_in_the_plants_time_zone() -> None:
    zone = ZoneInfo("Asia/Kolkata")
    moment = cells.moment_in(zone)
    assert moment("2026-11-21 10:00") == datetime(2026, 11, 21, 10, tzinfo=zone)
    assert moment("2026-11-21T10:00:00+00:00") == datetime(2026, 11, 21, 15, 30, tzinfo=zone)


def test_a_telephone_number_is_not_repeated_in_what_is_said_about_it() -> None:
    with pytest.raises(Damage) as caught:
        cells.phone("12345")
    assert "12345" not in caught.value.text
