"""The codes that rows of one file may use because another file has them."""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from erp.files.header import read_header
from erp.files.tables import KEY_COLUMNS, TABLES, Keys
from erp.port import Unreadable

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeySet:
    """All codes of one kind, those of bad rows included: a fault is told once, not wherever referred to."""

    keys: frozenset[Key]
    digest: int
    """The same for the same codes in whatever order."""
    _bare: dict[Key, Key] = field(default_factory=dict)

    def lookalike(self, key: Key) -> Key | None:
        """The code that differs in leading zeros only."""
        if not self._bare:
            self._bare.update((_without_zeros(known), known) for known in self.keys)
        found = self._bare.get(_without_zeros(key))
        return None if found == key else found


def _without_zeros(key: Key) -> Key:
    return tuple(part.lstrip("0") if part.isdigit() else part for part in key)


class References:
    """The key sets of one folder, each read when first asked for and again only after its file changed."""

    def __init__(self, folder: Path | None) -> None:
        """None: there are no other files, so nothing is said about them."""
        self._folder = folder
        self._sets: dict[Keys, tuple[tuple[int, int, int], KeySet]] = {}

    def of(self, keys: Keys) -> KeySet | None:
        """None where there is no such file, so that nothing can be said."""
        if self._folder is None:
            return None
        kind, _ = KEY_COLUMNS[keys]
        path = self._folder / TABLES[kind].file
        try:
            stat = path.stat()
        except OSError:
            return None
        look = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        known = self._sets.get(keys)
        if known is None or known[0] != look:
            found = _read_keys(path, keys)
            if found is None:
                return None
            known = self._sets[keys] = (look, found)
        return known[1]


def _read_keys(path: Path, keys: Keys) -> KeySet | None:
    kind, columns = KEY_COLUMNS[keys]
    try:
        header = read_header(path, TABLES[kind])
    except (Unreadable, OSError):
        return None
    places = {column.name: at for at, column in header.columns}
    if not places.keys() >= set(columns):
        return None
    at = [places[name] for name in columns]
    found: set[Key] = set()
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for row in csv.reader(file, delimiter=header.separator):
                if len(row) > max(at):
                    found.add(tuple(row[place].strip() for place in at))
    except (csv.Error, OSError):
        # The file's own reading says what is wrong with it.
        return None
    found.discard(columns)
    digest = sum(zlib.crc32("\x1f".join(key).encode()) for key in found)
    return KeySet(frozenset(key for key in found if all(key)), digest)
