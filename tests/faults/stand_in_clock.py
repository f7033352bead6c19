"""The clock of the stand-ins: the present plus the seconds in the file that `MUNSHI_CLOCK` names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class StandInClock:
    """Without a file, or while it holds no number, the present."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead())

    def _ahead(self) -> float:
        if self.path is None:
            return 0.0
        try:
            return float(self.path.read_text() or 0)
        except (OSError, ValueError):
            return 0.0
