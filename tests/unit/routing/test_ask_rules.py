"""When an ask is seen and expires, and who stands in for whom."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.ask_rules import Stint, expires_at, holder_of, seen_at
from routing.quiet import by_day
from routing.working_hours import Hours, WorkingHours

INDIA = "Asia/Kolkata"
NINE_TO_SIX = Hours(opens=time(9), closes=time(18))
NIGHT = Hours(opens=time(22), closes=time(0))
EARLY = Hours(opens=time(1), closes=time(4))
WEEK = WorkingHours(
    timezone=INDIA,
    weekly=dict.fromkeys(range(1, 7), NINE_TO_SIX),
    dated={date(2026, 11, 24): None},
)
"""Monday to Saturday; Tuesday, 24 November 2026 is a holiday."""


def at(day: int, hour: int, minute: int = 0, *, zone: str = INDIA, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(zone))


def test_within_the_day_the_minutes_run_on_the_clock() -> None:
    assert expires_at(WEEK, at(21, 10), 30) == at(21, 10, 30)


def test_what_is_left_of_the_minutes_at_closing_runs_from_the_next_opening() -> None:
    assert expires_at(WEEK, at(20, 17, 50), 30) == at(21, 9, 20)


def test_a_sunday_and_a_holiday_do_not_count() -> None:
    assert expires_at(WEEK, at(21, 17, 50), 30) == at(23, 9, 20)
    assert expires_at(WEEK, at(23, 17, 50), 30) == at(25, 9, 20)


def test_asked_at_night_the_minutes_begin_when_it_is_seen() -> None:
    assert seen_at(WEEK, at(21, 20)) == at(23, 9)
    assert expires_at(WEEK, at(21, 20), 30) == at(23, 9, 30)


def test_to_the_last_minute_of_a_day_is_still_that_day() -> None:
    assert expires_at(WEEK, at(21, 17, 30), 30) == at(21, 18)


def test_without_a_calendar_it_is_by_day() -> None:
    assert expires_at(by_day(INDIA), at(22, 20, 50), 30) == at(23, 8, 20)


def test_a_shift_to_midnight_counts_to_midnight() -> None:
    hours = WorkingHours(timezone=INDIA, weekly=dict.fromkeys(range(1, 8), NIGHT))
    assert expires_at(hours, at(21, 23, 40), 30) == at(22, 22, 10)


def test_a_clock_that_is_put_forward_or_back_changes_no_minute() -> None:
    hours = WorkingHours(timezone="Europe/Berlin", weekly=dict.fromkeys(range(1, 8), EARLY))
    spring = at(29, 1, 30, zone="Europe/Berlin", month=3)
    autumn = at(25, 1, 30, zone="Europe/Berlin", month=10)
    assert expires_at(hours, spring, 60) == spring.astimezone(UTC) + timedelta(minutes=60)
    assert expires_at(hours, autumn, 120) == autumn.astimezone(UTC) + timedelta(minutes=120)


def test_a_plant_that_never_opens_keeps_nobody_waiting_for_ever() -> None:
    closed = WorkingHours(timezone=INDIA, weekly={})
    assert seen_at(closed, at(21, 10)) == at(21, 10)
    assert expires_at(closed, at(21, 10), 30) == at(21, 10, 30)


weeks = st.dictionaries(
    st.integers(1, 7),
    st.tuples(st.integers(0, 20), st.integers(1, 4)).map(
        lambda one: Hours(opens=time(one[0]), closes=time((one[0] + one[1]) % 24))
    ),
    min_size=1,
)
zones = st.sampled_from([INDIA, "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
days = st.datetimes(datetime.min.replace(year=2026), datetime.min.replace(year=2027))  # noqa: DTZ901
moments = days.map(lambda one: one.replace(tzinfo=UTC))


@settings(max_examples=80, deadline=None)
@given(weekly=weeks, zone=zones, since=moments, minutes=st.integers(1, 600))
def test_exactly_so_many_minutes_lie_between_asking_and_expiry(
    weekly: dict[int, Hours], zone: str, since: datetime, minutes: int
) -> None:
    hours = WorkingHours(timezone=zone, weekly=weekly)
    due = expires_at(hours, since, minutes)
    opens = seen_at(hours, since)
    assert since <= opens < due
    assert hours.is_open(opens)
    assert hours.is_open(due - timedelta(microseconds=1))
    assert expires_at(hours, since, minutes + 1) > due
    # The same minutes counted in two goes are the same minutes.
    half = expires_at(hours, since, max(minutes // 2, 1))
    assert expires_at(hours, half, minutes - max(minutes // 2, 1)) == due or minutes == 1


def stint(of: int, by: int, *, begins: int = 0, ends: int = 24, made: int = 0) -> Stint:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    return Stint(
        of=of,
        by=by,
        starts_at=start + timedelta(hours=begins),
        ends_at=start + timedelta(hours=ends),
        made_at=start + timedelta(minutes=made),
    )


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def holder(person: int, *stints: Stint, gone: tuple[int, ...] = (), moment: datetime = NOON) -> int:
    return holder_of(person, stints, at=moment, able=lambda one: one not in gone)


def test_a_delegate_of_a_delegate_decides() -> None:
    assert holder(1, stint(1, 2), stint(2, 3)) == 3


def test_it_holds_from_its_beginning_until_before_its_end() -> None:
    one = stint(1, 2, begins=6, ends=18)
    assert holder(1, one, moment=one.starts_at) == 2
    assert holder(1, one, moment=one.ends_at) == 1
    assert holder(1, one, moment=one.starts_at - timedelta(microseconds=1)) == 1


def test_the_newest_counts_while_it_holds() -> None:
    assert holder(1, stint(1, 2, made=1), stint(1, 3, made=2)) == 3
    assert holder(1, stint(1, 2, made=1), stint(1, 3, made=2, ends=6)) == 2


def test_a_circle_is_harmless() -> None:
    assert holder(1, stint(1, 2), stint(2, 1)) == 2
    assert holder(1, stint(1, 2), stint(2, 3), stint(3, 2)) == 3


def test_nothing_is_handed_to_somebody_who_cannot_decide() -> None:
    assert holder(1, stint(1, 2), stint(2, 3), gone=(3,)) == 2
    assert holder(1, stint(1, 2), gone=(2,)) == 1
