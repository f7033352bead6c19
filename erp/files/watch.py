"""Whether a file has changed, and whether it has stopped changing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path

SETTLES_IN = timedelta(seconds=1)
Look = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    look: Look
    since: float
    """By the monotonic clock: when this look was first met."""


class Watch:
    """Looks at files without reading them; reads one only to tell whether its content differs."""

    def __init__(self, *, settles_in: timedelta = SETTLES_IN, wall: Callable[[], float] = time.time) -> None:
        self._settles_in = settles_in.total_seconds()
        self._wall = wall
        self._seen: dict[Path, _Seen] = {}
        self._digests: dict[Path, tuple[Look, str]] = {}

    def look(self, path: Path) -> Look | None:
        """What changes when the file does: time, size and place on the disk; None when there is no file."""
        try:
            stat = path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def has_settled(self, path: Path) -> bool:
        """Whether nothing was written to it for a while: by its own time or, if that lies, by our looking."""
        look = self.look(path)
        if look is None:
            return True
        seen = self._seen.get(path)
        if seen is None or seen.look != look:
            seen = self._seen[path] = _Seen(look=look, since=time.monotonic())
        age = self._wall() - look[0] / 1e9
        return age >= self._settles_in or time.monotonic() - seen.since >= self._settles_in

    def digest(self, path: Path) -> str:
        """The content's stamp. A file that looks as it did is not read again."""
        look = self.look(path)
        known = self._digests.get(path)
        if look is not None and known is not None and known[0] == look:
            return known[1]
        found = blake2b(digest_size=12)
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                found.update(chunk)
        if look is not None and self.look(path) == look:
            self._digests[path] = look, found.hexdigest()
        return found.hexdigest()
