"""When an ask is seen and expires by working minutes, and who stands in for whom: functions of values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from routing.working_hours import LOOKED_AHEAD, MIDNIGHT, WorkingHours

DEFAULT_MINUTES = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Whom to ask together, and how long of their working time to wait. `approvers`: roles (`finance`) or phones."""

    level: int
    approvers: tuple[str, ...]
    minutes: int = DEFAULT_MINUTES

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"level": self.level, "approvers": list(self.approvers), "minutes": self.minutes}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Step":
        """As it was kept."""
        return cls(level=kept["level"], approvers=tuple(kept["approvers"]), minutes=kept["minutes"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Stint:
    """One delegation: who, in whose stead, from when until before when."""

    of: int
    by: int
    starts_at: datetime
    ends_at: datetime
    made_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether it counts at a moment."""
        return self.starts_at <= at < self.ends_at


def holder_of(person: int, stints: Iterable[Stint], *, at: datetime, able: Callable[[int], bool]) -> int:
    """Who decides in somebody's place at a moment: himself, or whoever stands in, however often that is handed on.

    It is handed on only to people who are able to decide, and to nobody twice: a circle ends where it would begin
    again, and whoever has left leaves it with the one before.
    """
    holding = sorted((stint for stint in stints if stint.holds(at)), key=lambda stint: stint.made_at)
    stands_in = {stint.of: stint.by for stint in holding}
    passed = [person]
    while (following := stands_in.get(passed[-1])) is not None and following not in passed and able(following):
        passed.append(following)
    return passed[-1]


def seen_at(hours: WorkingHours, moment: datetime) -> datetime:
    """When somebody with these hours sees what reaches him now: at once, or when his plant opens.

    Of a plant that never opens nothing can be said: at once.
    """
    return moment if hours.is_open(moment) else hours.next_opening(moment) or moment


def expires_at(hours: WorkingHours, since: datetime, minutes: int) -> datetime:
    """When so many minutes of these hours have gone by since a moment; where they never will, of any hours.

    Counted in real time, so that a clock that is put forward or back neither lengthens nor shortens them.
    """
    left = timedelta(minutes=minutes)
    day = since.astimezone(ZoneInfo(hours.timezone)).date()
    for ahead in range(LOOKED_AHEAD):
        span = _span(hours, day + timedelta(days=ahead))
        if span is None:
            continue
        begins, ends = max(span[0], since.astimezone(UTC)), span[1]
        if ends - begins >= left:
            return begins + left
        left -= max(ends - begins, timedelta())
    return since + timedelta(minutes=minutes)


def _span(hours: WorkingHours, day: date) -> tuple[datetime, datetime] | None:
    """From opening to closing in UTC; None: closed."""
    on = hours.on(day)
    if on is None:
        return None
    closes_on = day + timedelta(days=1) if on.closes == MIDNIGHT else day
    return _moment(day, on.opens, hours.timezone), _moment(closes_on, on.closes, hours.timezone)


def _moment(day: date, at: time, timezone: str) -> datetime:
    return datetime.combine(day, at, tzinfo=ZoneInfo(timezone)).astimezone(UTC)
