"""For which of its days or weeks a plant is owed a message: functions of values."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.working_hours import WorkingHours

LOOKED_BACK = 7
"""So many days back one may still be owed: whoever was away for longer is told of today."""


def day_owed(hours: WorkingHours, *, at: time, moment: datetime, last: date | None) -> date | None:
    """The latest working day whose time `at` has come and that is after `last`; None: none is owed.

    Days between are not told one by one. Before the first one (`last` is None) only today is looked at.
    """
    local = moment.astimezone(ZoneInfo(hours.timezone))
    for back in range(LOOKED_BACK if last is not None else 1):
        day = local.date() - timedelta(days=back)
        if last is not None and day <= last:
            return None
        if hours.on(day) is not None and datetime.combine(day, at, tzinfo=local.tzinfo) <= local:
            return day
    return None


def week_owed(hours: WorkingHours, *, weekday: int, moment: datetime, last: date | None) -> date | None:
    """The Monday of the week before this one, if it is owed from this weekday (1 is Monday) on; None: none is owed.

    It is told while the plant is open: on a day it is closed, the next one of the week it works. `last` is the Monday
    of the week told of last; weeks between are not told one by one.
    """
    local = moment.astimezone(ZoneInfo(hours.timezone))
    this_week = local.date() - timedelta(days=local.weekday())
    week = this_week - timedelta(days=7)
    if local.isoweekday() < weekday or (last is not None and week <= last):
        return None
    return week if hours.is_open(moment) else None
