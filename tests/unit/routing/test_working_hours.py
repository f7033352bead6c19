"""When a plant works, and when its people are left in peace."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from erp.records import CalendarDay
from routing.quiet import by_day, quiet_until
from routing.working_hours import WorkingHours, working_hours

INDIA = ZoneInfo("Asia/Kolkata")
SATURDAY, SUNDAY, MONDAY, TUESDAY = (date(2026, 11, day) for day in (21, 22, 23, 24))


def week(*more: CalendarDay, days: range = range(1, 7)) -> WorkingHours:
    rows = [CalendarDay(calendar="C", weekday=day, opens=time(9), closes=time(18, 30)) for day in days]
    return working_hours([*rows, *more], timezone="Asia/Kolkata")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=INDIA)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(SATURDAY, 8, 59), False),
        (at(SATURDAY, 9), True),
        (at(SATURDAY, 18, 29), True),
        (at(SATURDAY, 18, 30), False),
        (at(SUNDAY, 12), False),
        (at(SATURDAY, 10).astimezone(ZoneInfo("UTC")), True),
    ],
)
def test_a_plant_is_open_within_its_hours_on_its_own_clock(moment: datetime, is_open: bool) -> None:
    assert week().is_open(moment) is is_open


def test_a_holiday_goes_before_its_weekday_and_so_do_short_hours() -> None:
    holiday = CalendarDay(calendar="C", date=TUESDAY, name="Guru Nanak Jayanti")
    short = CalendarDay(calendar="C", date=MONDAY, opens=time(9), closes=time(13))
    open_sunday = CalendarDay(calendar="C", date=SUNDAY, opens=time(10), closes=time(12))
    hours = week(holiday, short, open_sunday)
    assert not hours.is_open(at(TUESDAY, 12))
    assert hours.names[TUESDAY] == "Guru Nanak Jayanti"
    assert not hours.is_open(at(MONDAY, 14))
    assert hours.is_open(at(SUNDAY, 11))


def test_a_calendar_of_holidays_alone_is_open_on_all_other_days() -> None:
    hours = working_hours([CalendarDay(calendar="C", date=TUESDAY)], timezone="Asia/Kolkata")
    assert hours.is_open(at(SUNDAY, 3))
    assert not hours.is_open(at(TUESDAY, 12))


def test_a_weekday_named_without_hours_is_closed() -> None:
    hours = working_hours([CalendarDay(calendar="C", weekday=7)], timezone="Asia/Kolkata")
    assert not hours.is_open(at(SUNDAY, 12))


def test_work_up_to_midnight_is_open_to_the_end_of_the_day() -> None:
    night = CalendarDay(calendar="C", weekday=6, opens=time(20), closes=time(0))
    hours = working_hours([night], timezone="Asia/Kolkata")
    assert hours.is_open(at(SATURDAY, 23, 59))
    assert not hours.is_open(at(SUNDAY, 0))


def test_quiet_ends_with_the_next_opening_over_sunday_and_holiday() -> None:
    hours = week(CalendarDay(calendar="C", date=MONDAY, name="Strike"))
    assert quiet_until(hours, at(SATURDAY, 12)) is None
    assert quiet_until(hours, at(SATURDAY, 8)) == at(SATURDAY, 9)
    assert quiet_until(hours, at(SATURDAY, 19)) == at(TUESDAY, 9)


def test_a_plant_that_never_opens_keeps_nobody_waiting_for_ever() -> None:
    hours = working_hours([CalendarDay(calendar="C", weekday=day) for day in range(1, 8)], timezone="Asia/Kolkata")
    assert quiet_until(hours, at(SATURDAY, 12)) is None


def test_without_a_calendar_the_night_is_quiet_and_sunday_is_not() -> None:
    assert quiet_until(by_day("Asia/Kolkata"), at(SUNDAY, 12)) is None
    assert quiet_until(by_day("Asia/Kolkata"), at(SATURDAY, 21)) == at(SUNDAY, 8)
    assert quiet_until(by_day("Asia/Kolkata"), at(SUNDAY, 7, 59)) == at(SUNDAY, 8)


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        (at(SATURDAY, 10), at(SATURDAY, 10, 20), 20),
        (at(SATURDAY, 18, 20), at(MONDAY, 9, 5), 15),
        (at(SUNDAY, 10), at(SUNDAY, 22), 0),
        (at(SATURDAY, 23, 10), at(MONDAY, 9, 29), 29),
        (at(SATURDAY, 10), at(MONDAY, 18), 30),
    ],
)
def test_how_long_people_were_at_work_is_counted_over_nights_and_sundays(
    since: datetime, until: datetime, minutes: int
) -> None:
    assert week().worked(since, until, at_most=timedelta(minutes=30)) == timedelta(minutes=minutes)
