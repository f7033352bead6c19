"""When people at work are left in peace: outside their plant's hours; without a calendar, at night."""

from datetime import datetime, time

from routing.working_hours import Hours, WorkingHours

DAY_BEGINS, DAY_ENDS = time(8), time(21)
MOST_SEVERE = 1
"""What is of this severity is told at any hour."""
ORDINARY = 2


def by_day(timezone: str) -> WorkingHours:
    """08:00 to 21:00 on every day: when one may write to people of whose calendar nothing is known."""
    return WorkingHours(timezone=timezone, weekly=dict.fromkeys(range(1, 8), Hours(opens=DAY_BEGINS, closes=DAY_ENDS)))


def quiet_until(hours: WorkingHours, moment: datetime) -> datetime | None:
    """When the quiet that holds this moment ends; None: there is none, or no end of it is in sight."""
    return None if hours.is_open(moment) else hours.next_opening(moment)
