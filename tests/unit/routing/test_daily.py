"""A plant is owed one message a working day, from its time on, and none for days that have gone by."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from routing.daily import day_owed, week_owed
from routing.working_hours import Hours, WorkingHours

INDIA = "Asia/Kolkata"
WEEK = WorkingHours(
    timezone=INDIA,
    weekly=dict.fromkeys(range(1, 7), Hours(opens=time(9), closes=time(18))),
    dated={date(2026, 11, 24): None},
)
AT = time(16, 30)


@pytest.mark.parametrize(
    ("day", "hour", "last", "owed"),
    [
        (20, "16:29", 19, None),
        (20, "16:30", 19, 20),
        (20, "23:00", 20, None),
        (21, "09:00", 19, 20),
        (22, "17:00", 21, None),
        (22, "17:00", 20, 21),
        (24, "17:00", 23, None),
        (25, "16:31", 19, 25),
        (20, "10:00", None, None),
        (20, "17:00", None, 20),
        (22, "17:00", None, None),
    ],
)
def test_what_is_owed(day: int, hour: str, last: int | None, owed: int | None) -> None:
    moment = datetime.combine(date(2026, 11, day), time.fromisoformat(hour), tzinfo=ZoneInfo(INDIA))
    found = day_owed(WEEK, at=AT, moment=moment, last=None if last is None else date(2026, 11, last))
    assert found == (None if owed is None else date(2026, 11, owed))


@pytest.mark.parametrize(
    ("day", "hour", "weekday", "last", "owed"),
    [
        (16, "08:59", 1, None, None),
        (16, "09:00", 1, None, 9),
        (16, "09:00", 1, 9, None),
        (18, "11:00", 1, 2, 9),
        (17, "11:00", 3, None, None),
        (24, "11:00", 1, 9, None),
        (25, "09:00", 2, 9, 16),
        (22, "11:00", 7, None, None),
    ],
    ids=[
        "not open",
        "open",
        "told",
        "once, of the last",
        "too early",
        "holiday",
        "the day after",
        "a sunday nobody works",
    ],
)
def test_which_week_is_owed(day: int, hour: str, weekday: int, last: int | None, owed: int | None) -> None:
    moment = datetime.combine(date(2026, 11, day), time.fromisoformat(hour), tzinfo=ZoneInfo(INDIA))
    told = None if last is None else date(2026, 11, last)
    found = week_owed(WEEK, weekday=weekday, moment=moment, last=told)
    assert found == (None if owed is None else date(2026, 11, owed))
