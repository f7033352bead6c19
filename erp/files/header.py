"""The first line of a plain file: encoding, separator, and which column stands where."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from erp.files.tables import Column, Table
from erp.port import Problem, Unreadable


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """How to read the rows of one file."""

    separator: str
    width: int
    columns: tuple[tuple[int, Column], ...]
    """Those the format knows, with where they stand."""
    further: tuple[tuple[int, str], ...]
    """Those it does not."""


def read_header(path: Path, table: Table) -> Header:
    """Raises Unreadable, with the remedy, for what is no such file at all."""
    line = _first_line(path, table)
    separator = max(",;", key=lambda mark: len(_known(_cells(line, mark), table)))
    names = _cells(line, separator)
    while names and not names[-1]:
        names.pop()
    _refuse_double_names(names, table)
    _refuse_missing_columns(names, table, line=line)
    by_name = {column.name: column for column in table.columns}
    return Header(
        separator=separator,
        width=len(names),
        columns=tuple((at, by_name[name]) for at, name in enumerate(names) if name in by_name),
        further=tuple((at, name) for at, name in enumerate(names) if name and name not in by_name),
    )


def _first_line(path: Path, table: Table) -> str:
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if start.startswith(b"PK"):
        raise _unreadable(table, "this is a workbook, not a CSV file", "save it as CSV UTF-8")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in start[:200]:
        raise _unreadable(table, "this is UTF-16 or no text at all", "save it as CSV UTF-8")
    try:
        # Up to the line's end only: further bytes are judged as their rows are read.
        return start.split(b"\n", 1)[0].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(table, "its first line is not UTF-8", "save it as CSV UTF-8") from None


def _cells(line: str, separator: str) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        row = []
    return [name.strip().casefold() for name in row]


def _known(names: Sequence[str], table: Table) -> set[str]:
    return set(names) & {column.name for column in table.columns}


def _refuse_double_names(names: Sequence[str], table: Table) -> None:
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise _unreadable(table, f"the column {', '.join(doubled)} stands twice in the header", "remove one of them")


def _refuse_missing_columns(names: Sequence[str], table: Table, *, line: str) -> None:
    missing = [column.name for column in table.columns if not column.optional and column.name not in names]
    if not missing:
        return
    if not line.strip():
        raise _unreadable(table, "the file is empty", f"it begins with the columns {_expected(table)}")
    if "\t" in line:
        raise _unreadable(table, "its columns are separated by tabs", "save it with commas or semicolons")
    plural = "columns" if len(missing) > 1 else "column"
    verb = "are" if len(missing) > 1 else "is"
    raise _unreadable(table, f"the {plural} {', '.join(missing)} {verb} missing", f"expected: {_expected(table)}")


def _expected(table: Table) -> str:
    return ",".join(column.name for column in table.columns if not column.optional)


def _unreadable(table: Table, text: str, remedy: str) -> Unreadable:
    return Unreadable(Problem(source=table.file, row=1, text=text, remedy=remedy))
