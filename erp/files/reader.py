"""Reads one plain file: sound rows become records, every other row is told with its remedy and skipped."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from erp.files import rules
from erp.files.cells import Damage, Parser, moment_in
from erp.files.header import Header, read_header
from erp.files.references import KeySet, References
from erp.files.rules import Complaint
from erp.files.tables import Column, Reference, Table
from erp.port import Problem, Tally, Unreadable
from erp.records import RECORD_CLASSES, Record, RecordKind

Values = dict[str, Any]
Check = tuple[Reference, KeySet, Callable[[Record], tuple[str, ...]]]
_FIRST_ROW = 2
MOST_REMEMBERED = 20_000
"""Values a column, so that a file of any length is read in the same memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where a column stands in this file, and what makes its value."""

    at: int
    field: str
    name: str
    parse: Parser
    needed: bool
    known: dict[str, object]
    """Values made before: the same codes, days and figures come again and again."""


class FileReader:
    """One reading of one file. Iterate once; `tally` is complete afterwards."""

    def __init__(self, path: Path, table: Table, *, references: References, zone: tzinfo, tally: Tally) -> None:
        self._path = path
        self._table = table
        self._references = references
        self._zone = zone
        self._tally = tally
        self._cls: Callable[..., Record] = RECORD_CLASSES[table.kind]
        self._lines: dict[str, int] = {}
        self.unresolved = False
        """Whether a row spoke of something that other files do not have (yet)."""
        self.row = 1
        """Where the reading is, counted as a spreadsheet counts."""

    def __iter__(self) -> Iterator[Record]:
        header = read_header(self._path, self._table)
        self._tell_further_columns(header)
        places = [self._place(at, column) for at, column in header.columns]
        checks = self._reference_checks()
        numbers_lines = self._table.kind is RecordKind.HISTORY
        judge = rules.JUDGES.get(self._table.kind)
        for row, cells in self._rows(header):
            self.row = row
            try:
                values = _values(places, cells)
                if self._table.attributes:
                    values["attributes"] = _attributes(header, cells)
                if numbers_lines:
                    values["line"] = self._next_line(values["order"])
                record = self._cls(**values)
            except Damage:
                self._tell_damage(row, places, cells)
                continue
            if not numbers_lines and not self._is_first(record, row):
                continue
            if not self._refers_soundly(record, row, checks):
                continue
            if judge is not None:
                record, complaints = judge(record, self._references)
                if complaints and self._tell_complaints(record, row, complaints):
                    continue
            yield record

    def _rows(self, header: Header) -> Iterator[tuple[int, Sequence[str]]]:
        """The rows that are not blank, counted as a spreadsheet counts them."""
        row = 1
        self._tally.expected = _rows_expected(self._path)
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file, delimiter=header.separator, strict=True)
                next(reader, None)
                for row, cells in enumerate(reader, _FIRST_ROW):
                    if not any(cells):
                        continue
                    self._tally.rows += 1
                    if len(cells) != header.width and not _padded(cells, header.width):
                        self._tell_width(row, cells, header)
                        continue
                    yield row, cells
        except UnicodeDecodeError:
            problem = self._problem(row + 1, "", "this is not UTF-8 from here on", "save the file as CSV UTF-8")
            raise Unreadable(problem) from None
        except csv.Error as error:
            text = f"the quotes do not match ({error})"
            remedy = "close the quote, or double the one that is part of the text"
            raise Unreadable(self._problem(row + 1, "", text, remedy)) from None

    def _place(self, at: int, column: Column) -> _Place:
        parse = column.parse or moment_in(self._zone)
        return _Place(at=at, field=column.field, name=column.name, parse=parse, needed=column.needed, known={})

    def _next_line(self, order: str) -> int:
        line = self._lines[order] = self._lines.get(order, 0) + 1
        return line

    # --- what is told ---

    def _problem(self, row: int, column: str, text: str, remedy: str, *, skipped: bool = True) -> Problem:
        return Problem(source=self._table.file, row=row, column=column, text=text, remedy=remedy, skipped=skipped)

    def _tell_further_columns(self, header: Header) -> None:
        if self._table.attributes or not header.further:
            return
        names = ", ".join(name for _, name in header.further)
        known = ", ".join(column.name for column in self._table.columns)
        self._tally.note(self._problem(1, names, "unknown column, not read", f"known are {known}", skipped=False))

    def _tell_width(self, row: int, cells: Sequence[str], header: Header) -> None:
        self._tally.bad += 1
        self._tally.unidentified += 1
        text = f"{len(cells)} cells where the header has {header.width}"
        self._tally.note(self._problem(row, "", text, "put quotes around a cell that holds the separator"))

    def _tell_damage(self, row: int, places: Sequence[_Place], cells: Sequence[str]) -> None:
        """All that is wrong with a row at once; its key is spared if it can be read."""
        self._tally.bad += 1
        sound: Values = {}
        for place in places:
            try:
                sound.update(_values([place], cells))
            except Damage as damage:
                self._tally.note(self._problem(row, place.name, damage.text, damage.remedy))
        key = RECORD_CLASSES[self._table.kind].key_of(sound)
        if key is None:
            self._tally.unidentified += 1
        else:
            self._tally.spared.add(key)

    def _is_first(self, record: Record, row: int) -> bool:
        first = self._tally.rows_of.setdefault(record.key, row)
        if first == row:
            return True
        self._tally.bad += 1
        what = ", ".join(f"{name} {part}" for name, part in zip(record.key_fields, record.key, strict=True) if part)
        if record.kind is RecordKind.PEOPLE:
            what, remedy = "this phone", "one row a phone; put several firms into it with ; between them"
        else:
            remedy = "remove one of the two"
        self._tally.note(self._problem(row, "", f"{what} stands in row {first} already", remedy))
        return False

    # --- what rows say of each other ---

    def _reference_checks(self) -> list[Check]:
        found = ((reference, self._references.of(reference.keys)) for reference in self._table.references)
        return [(reference, known, _key_maker(reference)) for reference, known in found if known is not None]

    def _tell_complaints(self, record: Record, row: int, complaints: Sequence[Complaint]) -> bool:
        """True when one of them costs the row."""
        for said in complaints:
            self.unresolved = self.unresolved or said.about_others
            self._tally.note(self._problem(row, said.column, said.text, said.remedy, skipped=said.fatal))
        fatal = any(said.fatal for said in complaints)
        if fatal:
            self._skip(record)
        return fatal

    def _refers_soundly(self, record: Record, row: int, checks: Sequence[Check]) -> bool:
        for reference, known, key_of in checks:
            key = key_of(record)
            if key not in known.keys and all(key):
                self.unresolved = True
                self._tally.note(rules.dangling(self._table, row=row, reference=reference, key=key, known=known))
                if reference.fatal:
                    self._skip(record)
                    return False
        return True

    def _skip(self, record: Record) -> None:
        self._tally.bad += 1
        self._tally.spared.add(record.key)


def _values(places: Sequence[_Place], cells: Sequence[str]) -> Values:
    """The values of the cells that are not empty; an empty one means the record's own default."""
    values: Values = {}
    for place in places:
        cell = cells[place.at].strip()
        if not cell:
            if place.needed:
                raise Damage("the cell is empty", "fill it in, or remove the row")
            continue
        value = place.known.get(cell)
        if value is None:
            value = place.parse(cell)
            if len(place.known) < MOST_REMEMBERED:
                place.known[cell] = value
        values[place.field] = value
    return values


def _key_maker(reference: Reference) -> Callable[[Record], tuple[str, ...]]:
    get: Callable[[Record], Any] = attrgetter(*reference.fields)
    return get if len(reference.fields) > 1 else lambda record: (get(record),)


def _attributes(header: Header, cells: Sequence[str]) -> Mapping[str, str]:
    found = {name: cells[at].strip() for at, name in header.further}
    return MappingProxyType({name: cell for name, cell in found.items() if cell})


def _rows_expected(path: Path) -> int:
    """A guess from the length of the first lines."""
    with path.open("rb") as file:
        start = file.read(1 << 16)
        return int(start.count(b"\n") * path.stat().st_size / max(1, len(start)))


def _padded(cells: Sequence[str], width: int) -> bool:
    """Whether there are only empty cells too many: spreadsheets add them."""
    return len(cells) > width and not any(cell.strip() for cell in cells[width:])
