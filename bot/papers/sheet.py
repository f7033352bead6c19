"""Spreadsheets and delimited text, in the process made for them: cells as they are shown; no formula, no macro runs."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from itertools import islice
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from bot.papers.values import CannotRead, PlacedRow, Refusal

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 5000, 60, 10
LARGEST_UNPACKED = 64 * 1024 * 1024
LONGEST_CELL = 300
ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")


def workbook_rows(content: bytes) -> tuple[PlacedRow, ...]:
    """The rows of the sheets that are seen, one sheet after the other. Raises CannotRead."""
    _require_small(content)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            seen = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
            rows = [row for name in seen[:MOST_SHEETS] for row in _sheet(book, name)]
    except PasswordError as error:
        raise CannotRead(Refusal.LOCKED) from error
    except CalamineError as error:
        locked = "password" in str(error).casefold() or "encrypt" in str(error).casefold()
        raise CannotRead(Refusal.LOCKED if locked else Refusal.BROKEN) from error
    return _required(rows)


def _require_small(content: bytes) -> None:
    """What says of itself that it unpacks to too much is not unpacked."""
    if not zipfile.is_zipfile(BytesIO(content)):
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
    except zipfile.BadZipFile as error:
        raise CannotRead(Refusal.BROKEN) from error
    if unpacked > LARGEST_UNPACKED:
        raise CannotRead(Refusal.TOO_LARGE)


def _sheet(book: CalamineWorkbook, name: str) -> Iterator[PlacedRow]:
    for cells in islice(book.get_sheet_by_name(name).iter_rows(), MOST_ROWS + 1):
        yield row_of([_shown(cell) for cell in cells[:MOST_COLUMNS]])


def row_of(cells: Sequence[str]) -> PlacedRow:
    """A row of a sheet: each cell in its own column."""
    return tuple((text.strip(), float(at), at + 0.9, 0.0) for at, text in enumerate(cells) if text.strip())


def _shown(cell: Any) -> str:
    """A cell as a person sees it: whole numbers without a fraction, days as days."""
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, float):
        return format(cell, ".10g") if abs(cell) < 1e15 else format(cell, ".0f")
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return ""
    return " ".join(str(cell).split())[:LONGEST_CELL]


def delimited_rows(content: bytes) -> tuple[PlacedRow, ...]:
    """The rows of a CSV, whatever its separator and encoding. Raises CannotRead."""
    text = _decoded(content)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4096], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        read = [[cell[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]] for cells in _up_to(StringIO(text), dialect)]
    except csv.Error as error:
        raise CannotRead(Refusal.BROKEN) from error
    return _required([row_of(cells) for cells in read])


def _up_to(lines: Iterable[str], dialect: type[csv.Dialect] | csv.Dialect) -> Iterator[list[str]]:
    return islice(csv.reader(lines, dialect), MOST_ROWS + 1)


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CannotRead(Refusal.BROKEN)


def _required(rows: list[PlacedRow]) -> tuple[PlacedRow, ...]:
    """Not more than a person would look through, and not nothing."""
    if len(rows) > MOST_ROWS:
        raise CannotRead(Refusal.TOO_LARGE)
    if not any(rows):
        raise CannotRead(Refusal.EMPTY)
    return tuple(row for row in rows if row)
