"""The present: every decision about time asks a `Clock`, so that a test or a trial can push it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Two times: `now` is the business's present, `pacing` what technical delays of jobs are counted in."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""

    def pacing(self) -> datetime:
        """The queue's present. The database's own time outside tests: workers compare with that."""


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)

    def pacing(self) -> datetime:
        """The same time."""
        return datetime.now(UTC)


class FileClock(SystemClock):
    """The machine's time plus the seconds a file holds, re-read at each use; an unreadable one adds 0."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The present, aware, in UTC, as the file shifts it."""
        return datetime.now(UTC) + self._shift()

    def _shift(self) -> timedelta:
        try:
            return timedelta(seconds=float(self._path.read_text(encoding="ascii")))
        except (OSError, ValueError, OverflowError):
            return timedelta()


class ManualClock:
    """A clock that stands still until pushed: the fake for tests, in which jobs are paced by it too."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Where the clock stands."""
        return self._now

    def pacing(self) -> datetime:
        """Where the clock stands."""
        return self._now

    def push(self, by: timedelta) -> None:
        """Move the clock on."""
        self._now += by
