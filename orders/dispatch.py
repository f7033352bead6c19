"""The first day on which goods can leave, as a function of calendar, route, cut-off and the day asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from routing.working_hours import MIDNIGHT, WorkingHours

LOOKED_AHEAD = 120
"""So many days ahead a vehicle is looked for: what runs more rarely is nobody's route."""


class Hindrance(StrEnum):
    """Why nothing leaves on the day asked for."""

    CLOSED = "closed"
    NO_ROUTE = "no_route"
    CUTOFF = "cutoff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Timetable:
    """What is known of a plant and of the route to a place."""

    timezone: str
    hours: WorkingHours | None = None
    """None: it works every day."""
    runs: Mapping[int, time | None] | None = None
    """Weekday (1 is Monday) → that day's own cut-off; None: no route, any working day."""
    cutoff: time | None = None

    def cutoff_on(self, day: date) -> time | None:
        """Until when an order can still leave on this day: the route's time, the plant's, or when the plant closes."""
        told = (self.runs or {}).get(day.isoweekday()) or self.cutoff
        if told is not None or self.hours is None:
            return told
        hours = self.hours.on(day)
        return None if hours is None or hours.closes == MIDNIGHT else hours.closes


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispatch:
    """The day on which goods leave, counted from a day; and what keeps them from leaving on that one."""

    on: date
    counted_from: date
    hindrance: Hindrance | None = None
    name: str = ""
    """The holiday's."""
    cutoff: time | None = None


def next_dispatch(timetable: Timetable, *, requested_on: date | None, moment: datetime) -> Dispatch | None:
    """The first day at or after the one asked for (else today) that the plant works and the route runs.

    None: no vehicle in sight.
    """
    local = moment.astimezone(ZoneInfo(timetable.timezone))
    first = max(requested_on or local.date(), local.date())
    hindrance = _hindrance(timetable, first, local)
    for ahead in range(LOOKED_AHEAD):
        day = first + timedelta(days=ahead)
        if _hindrance(timetable, day, local) is None:
            names = timetable.hours.names if timetable.hours is not None else {}
            return Dispatch(
                on=day,
                counted_from=first,
                hindrance=hindrance,
                name=names.get(first, "") if hindrance == Hindrance.CLOSED else "",
                cutoff=timetable.cutoff_on(first) if hindrance == Hindrance.CUTOFF else None,
            )
    return None


def _hindrance(timetable: Timetable, day: date, local: datetime) -> Hindrance | None:
    if timetable.hours is not None and timetable.hours.on(day) is None:
        return Hindrance.CLOSED
    if timetable.runs is not None and day.isoweekday() not in timetable.runs:
        return Hindrance.NO_ROUTE
    cutoff = timetable.cutoff_on(day)
    if day == local.date() and cutoff is not None and local.time() > cutoff:
        return Hindrance.CUTOFF
    return None
