"""When a plant works: its weekly hours and dated exceptions, as functions of values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from erp.records import CalendarDay

MIDNIGHT = time(0)
LOOKED_AHEAD = 400
"""So many days ahead an opening is looked for: a plant that is closed for a year does not open."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """From opening to closing on one day; closing at 00:00 is the end of the day."""

    opens: time
    closes: time

    def holds(self, moment: time) -> bool:
        """Whether the plant is open at this time of the day."""
        return self.opens <= moment and (self.closes == MIDNIGHT or moment < self.closes)


ALL_DAY = Hours(opens=MIDNIGHT, closes=MIDNIGHT)


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkingHours:
    """A plant's calendar in its time zone. A weekday that is not named is closed."""

    timezone: str
    weekly: Mapping[int, Hours]
    """1 is Monday, 7 is Sunday."""
    dated: Mapping[date, Hours | None] = field(default_factory=dict)
    """Exceptions, which go before the weekday; None: closed."""
    names: Mapping[date, str] = field(default_factory=dict)
    hours_told: bool = True
    """Else only its holidays are known: goods may leave at any hour, but nobody said that people are there at night."""

    def on(self, day: date) -> Hours | None:
        """The hours of a day; None: closed."""
        return self.dated[day] if day in self.dated else self.weekly.get(day.isoweekday())

    def is_open(self, moment: datetime) -> bool:
        """Whether people are at work."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        hours = self.on(local.date())
        return hours is not None and hours.holds(local.time())

    def worked(self, since: datetime, until: datetime, *, at_most: timedelta) -> timedelta:
        """How long people were at work between two moments; counted no further than `at_most`."""
        zone, total = ZoneInfo(self.timezone), timedelta()
        since, until = since.astimezone(zone), until.astimezone(zone)
        for ahead in range(min((until.date() - since.date()).days, LOOKED_AHEAD) + 1):
            day = since.date() + timedelta(days=ahead)
            hours = self.on(day)
            if hours is None:
                continue
            opens = datetime.combine(day, hours.opens, tzinfo=zone)
            closes_on = day + timedelta(days=1) if hours.closes == MIDNIGHT else day
            closes = datetime.combine(closes_on, hours.closes, tzinfo=zone)
            total += max(min(closes, until) - max(opens, since), timedelta())
            if total >= at_most:
                return at_most
        return total

    def next_opening(self, moment: datetime) -> datetime | None:
        """When the plant opens next after this moment, at which it is closed; None: not within a year."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        for ahead in range(LOOKED_AHEAD):
            day = local.date() + timedelta(days=ahead)
            hours = self.on(day)
            opens = datetime.combine(day, hours.opens, tzinfo=local.tzinfo) if hours is not None else None
            if opens is not None and opens > local:
                return opens
        return None


def working_hours(days: Iterable[CalendarDay], *, timezone: str) -> WorkingHours:
    """The calendar these rows make; one that names holidays only is open on every other day."""
    weekly: dict[int, Hours] = {}
    dated: dict[date, Hours | None] = {}
    names: dict[date, str] = {}
    names_weekdays = False
    for row in days:
        hours = _hours(row)
        if row.date is not None:
            dated[row.date] = hours
            names[row.date] = row.name
        elif row.weekday is not None:
            names_weekdays = True
            if hours is not None:
                weekly[row.weekday] = hours
    if not names_weekdays:
        weekly = dict.fromkeys(range(1, 8), ALL_DAY)
    return WorkingHours(timezone=timezone, weekly=weekly, dated=dated, names=names, hours_told=names_weekdays)


def _hours(row: CalendarDay) -> Hours | None:
    if row.opens is None or row.closes is None:
        return None
    return Hours(opens=row.opens, closes=row.closes)
