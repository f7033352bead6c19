"""The first day on which goods can leave."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.records import CalendarDay
from orders.dispatch import Hindrance, Timetable, next_dispatch
from routing.working_hours import working_hours

INDIA = ZoneInfo("Asia/Kolkata")
SATURDAY, SUNDAY, MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in range(21, 26))
WEEK = [CalendarDay(calendar="C", weekday=day, opens=time(9), closes=time(18, 30)) for day in range(1, 7)]
HOLIDAY = CalendarDay(calendar="C", date=TUESDAY, name="Guru Nanak Jayanti")
HOURS = working_hours([*WEEK, HOLIDAY], timezone="Asia/Kolkata")
PLANT = Timetable(timezone="Asia/Kolkata", hours=HOURS, cutoff=time(16))
DAILY = dict.fromkeys(range(1, 8))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=INDIA)


@pytest.mark.parametrize(
    ("requested_on", "moment", "leaves", "why"),
    [
        (None, at(SATURDAY, 10), SATURDAY, None),
        (None, at(SATURDAY, 16), SATURDAY, None),
        (None, at(SATURDAY, 16, 1), MONDAY, Hindrance.CUTOFF),
        (None, at(SUNDAY, 1), MONDAY, Hindrance.CLOSED),
        (SUNDAY, at(SATURDAY, 10), MONDAY, Hindrance.CLOSED),
        (MONDAY, at(SATURDAY, 17), MONDAY, None),
        (TUESDAY, at(SATURDAY, 10), WEDNESDAY, Hindrance.CLOSED),
        (date(2026, 11, 16), at(SATURDAY, 10), SATURDAY, None),
        (MONDAY, at(SUNDAY, 23, 59), MONDAY, None),
    ],
)
def test_the_first_working_day_at_or_after_the_day_asked_for(
    requested_on: date | None, moment: datetime, leaves: date, why: Hindrance | None
) -> None:
    found = next_dispatch(PLANT, requested_on=requested_on, moment=moment)
    assert found is not None
    assert (found.on, found.hindrance) == (leaves, why)


def test_a_holiday_is_named() -> None:
    found = next_dispatch(PLANT, requested_on=TUESDAY, moment=at(SATURDAY, 10))
    assert found is not None
    assert found.name == "Guru Nanak Jayanti"


def test_the_route_must_run_on_a_day_on_which_the_plant_works() -> None:
    tuesdays_and_saturdays = replace(PLANT, runs={2: None, 6: None})
    found = next_dispatch(tuesdays_and_saturdays, requested_on=MONDAY, moment=at(SATURDAY, 10))
    assert found is not None
    assert (found.on, found.hindrance) == (date(2026, 11, 28), Hindrance.NO_ROUTE)


def test_a_routes_own_cut_off_goes_before_the_plants() -> None:
    early = replace(PLANT, runs=DAILY | {6: time(11)})
    found = next_dispatch(early, requested_on=None, moment=at(SATURDAY, 11, 30))
    assert found is not None
    assert (found.on, found.cutoff) == (MONDAY, time(11))


def test_without_a_cut_off_a_day_ends_when_the_plant_closes() -> None:
    found = next_dispatch(replace(PLANT, cutoff=None), requested_on=None, moment=at(SATURDAY, 19))
    assert found is not None
    assert found.on == MONDAY


def test_the_cut_off_is_on_the_plants_own_clock() -> None:
    in_dubai = Timetable(timezone="Asia/Dubai", hours=replace(HOURS, timezone="Asia/Dubai"), cutoff=time(16))
    found = next_dispatch(in_dubai, requested_on=None, moment=at(SATURDAY, 17))
    assert found is not None
    assert found.on == SATURDAY


def test_a_route_that_runs_on_no_working_day_has_no_day() -> None:
    assert next_dispatch(replace(PLANT, runs={7: None}), requested_on=None, moment=at(SATURDAY, 10)) is None


@given(
    runs=st.none() | st.dictionaries(st.integers(1, 7), st.none() | st.times(), min_size=1),
    requested=st.none() | st.dates(date(2026, 11, 1), date(2027, 2, 1)),
    # Its bounds are naive by contract.
    moment=st.datetimes(datetime(2026, 11, 1), datetime(2027, 1, 1), timezones=st.just(INDIA)),  # noqa: DTZ001
    cutoff=st.none() | st.times(),
)
def test_a_day_that_is_named_is_never_closed_nor_over_nor_before_the_day_asked_for(
    runs: dict[int, time | None] | None, requested: date | None, moment: datetime, cutoff: time | None
) -> None:
    timetable = replace(PLANT, runs=runs, cutoff=cutoff)
    found = next_dispatch(timetable, requested_on=requested, moment=moment)
    if found is None:
        assert runs is not None
        assert set(runs) <= {7}
        return
    assert found.on >= max(requested or moment.date(), moment.date())
    assert HOURS.on(found.on) is not None
    assert runs is None or found.on.isoweekday() in runs
    until = timetable.cutoff_on(found.on)
    assert found.on > moment.date() or until is None or moment.time() <= until
    earlier = [found.on - timedelta(days=n) for n in range(1, (found.on - found.counted_from).days + 1)]
    assert found.hindrance is None if not earlier else found.hindrance is not None
