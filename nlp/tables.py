"""Order sheets and purchase orders: rows of cells, wherever they come from, to the order lines that stand in them.

Columns are found by what stands over them, in any order and language; sums and what follows them are left out.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from itertools import pairwise

from nlp.vocabulary import DATA, Role, vocabulary

NUMBER = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?|\.\d+)")
MOST_LINES = 1000
"""No order has more; beyond, a person looks."""
LONGEST_HEADING = 5
"""Words over a column; more are a sentence."""
LEAST_COLUMNS, LEAST_LETTERS = 2, 2
WIDER = 1.15
"""A gap so much wider than another is one between two rows, not within a name."""
MARKS = re.compile(r"[^\w\s#\u0900-\u097f]+|_+")


class Column(StrEnum):
    """What a column holds."""

    SERIAL = "serial"
    CODE = "code"
    ITEM = "item"
    QUANTITY = "quantity"
    UNIT = "unit"
    RATE = "rate"
    FREE = "free"
    DAY = "day"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """What stands in one cell, and from where to where it reaches across the sheet or page."""

    text: str
    left: float
    right: float
    top: float = 0.0
    """How far down the page, or the row of the sheet."""


Row = tuple[Cell, ...]
BESIDE_GOODS = frozenset({Column.UNIT, Column.RATE, Column.OTHER})


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLine:
    """One order line of a table: each value as its column gives it."""

    source: str
    """The row as it is shown to people."""
    code: str = ""
    name: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    rate: Decimal | None = None
    free: Decimal | None = None
    day: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The order lines of one file, and the text above the first of them."""

    head: str
    lines: tuple[TableLine, ...]
    cut: bool = False
    """There were more lines than are taken."""


@dataclass(frozen=True, slots=True)
class _Heading:
    column: Column
    left: float
    right: float
    unit: str = ""
    """Of a quantity column: the unit its heading names (`Qty (Cs)`, or `Case` alone)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    """One row under the headings; without amounts it is a part of a name alone."""

    top: float
    name: str
    code: str
    cells: Mapping[Column, str]
    amounts: Sequence[tuple[str, str]]
    """What each column of quantities holds, and the unit its heading names."""


def row_of(cells: Sequence[str]) -> Row:
    """A row of a sheet: each cell in its own column."""
    return tuple(
        Cell(text=text.strip(), left=float(place), right=place + 0.9)
        for place, text in enumerate(cells)
        if text.strip()
    )


def table_of(rows: Sequence[Row], *, wraps: bool) -> Table | None:
    """The order lines of a sheet or of a document's pages; None when no heading of an order stands in it.

    `wraps`: a long name may go on in the next row, as on paper; a sheet's cell holds all of it.
    """
    found: list[TableLine] = []
    first: int | None = None
    headings: Sequence[_Heading] = ()
    under: list[_Entry] = []
    at = 0
    while at < len(rows):
        heading = _headings(rows, at)
        if heading is not None or (headings and _ends(rows[at])):
            found += _lines_of(under)
            under = []
            headings, used = heading or ((), 1)
            first = at if first is None else first
            at += used
            continue
        if headings and (entry := _entry(rows[at], headings, wraps=wraps)) is not None:
            under.append(entry)
        at += 1
    if first is None:
        return None
    found += _lines_of(under)
    return Table(head=text_of(rows[:first]), lines=tuple(found[:MOST_LINES]), cut=len(found) > MOST_LINES)


def text_of(rows: Sequence[Row]) -> str:
    """The rows as lines of text."""
    return "\n".join("  ".join(cell.text for cell in row) for row in rows if row)


# --- headings ---


def folded(text: str) -> str:
    """Lower case, digits of any script as ours, signs as spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(MARKS.sub(" ", plain).split())


@cache
def words_of_tables() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The word lists of `nlp/data/tables.toml`."""
    return tomllib.loads((DATA / "tables.toml").read_text(encoding="utf-8"))


@cache
def _headed() -> dict[str, Column]:
    columns = words_of_tables()["columns"]
    listed = {phrase: Column(name) for name, phrases in columns.items() for phrase in phrases}
    # PDFs of Indian scripts have spaces within words: such a heading is known by its letters alone.
    joined = {phrase.replace(" ", ""): column for phrase, column in listed.items() if not phrase.isascii()}
    return joined | listed


def _headings(rows: Sequence[Row], at: int) -> tuple[Sequence[_Heading], int] | None:
    """The columns if an order's headings stand in this row, or in it and the next one; and how many rows they take."""
    alone = _all_headings(rows[at])
    if alone or at + 1 == len(rows):
        return (alone, 1) if alone else None
    if len(rows[at]) < LEAST_COLUMNS or _all_headings(rows[at + 1]):
        return None
    both = _all_headings(_joined(rows[at], rows[at + 1]))
    return (both, 2) if both else None


def _all_headings(row: Row) -> Sequence[_Heading]:
    """The columns of a row that is an order's headings: at least goods and their quantity, and mostly headings."""
    found = [heading for cell in row if (heading := _heading(cell)) is not None]
    kinds = {heading.column for heading in found}
    if Column.QUANTITY in kinds and kinds & {Column.ITEM, Column.CODE} and 2 * len(found) > len(row):
        return _settled(found)
    return ()


def _joined(upper: Row, lower: Row) -> Row:
    """Two rows as one: what stands under a cell belongs to it."""
    joined = list(upper)
    for cell in lower:
        over = next((place for place, one in enumerate(joined) if _overlap(one, cell) > 0), None)
        if over is None:
            joined.append(cell)
        else:
            one = joined[over]
            joined[over] = Cell(
                text=f"{one.text} {cell.text}", left=min(one.left, cell.left), right=max(one.right, cell.right)
            )
    return tuple(sorted(joined, key=lambda cell: cell.left))


def _heading(cell: Cell) -> _Heading | None:
    """The column under a cell; with its unit, if its words name one."""
    words = folded(cell.text).split()
    if not words or len(words) > LONGEST_HEADING:
        return None
    column = _by_phrase(words)
    units = [word for word in words if is_unit(word)]
    if column is None and len(units) == len(words):
        column = Column.QUANTITY  # `Case`, `Pcs`: so many of each
    if column is None:
        return None
    unit = units[-1] if column is Column.QUANTITY and units else ""
    return _Heading(column=column, left=cell.left, right=cell.right, unit=unit)


def _by_phrase(words: list[str]) -> Column | None:
    """By the longest phrase its words hold; of equals the one nearest to the beginning. What is of no use wins."""
    known = _headed()
    if column := known.get("".join(words)):
        return column
    if known.get(words[0]) is Column.OTHER and len(words) > 1 and " ".join(words) not in known:
        return Column.OTHER
    for length in range(min(len(words), LONGEST_HEADING), 0, -1):
        for start in range(len(words) - length + 1):
            if column := known.get(" ".join(words[start : start + length])):
                return column
    return None


def is_unit(word: str) -> bool:
    """Whether a word is a unit of measure in any language we know."""
    return Role.UNIT in vocabulary().roles(word)


def _settled(found: Sequence[_Heading]) -> Sequence[_Heading]:
    """A column `Unit` of whole words beside no price is what it says; of two names or codes the first one is."""
    seen: set[Column] = set()
    settled = []
    for heading in found:
        single = heading.column in (Column.CODE, Column.ITEM, Column.UNIT, Column.RATE)
        settled.append(replace(heading, column=Column.OTHER) if single and heading.column in seen else heading)
        seen.add(heading.column)
    return settled


# --- rows ---


def _overlap(one: Cell | _Heading, other: Cell | _Heading) -> float:
    return min(one.right, other.right) - max(one.left, other.left)


def _column_of(cell: Cell, headings: Sequence[_Heading]) -> _Heading:
    """The heading a cell stands under, else the nearest; words are no serial number, however near that is."""
    words = sum(map(str.isalpha, cell.text)) >= LEAST_LETTERS
    fitting = [one for one in headings if not (words and one.column is Column.SERIAL)]
    return max(fitting or headings, key=lambda heading: _overlap(cell, heading))


def _ends(row: Row) -> bool:
    """Whether sums begin here: its first words say so."""
    first = next((folded(cell.text) for cell in row if any(map(str.isalpha, cell.text))), "")
    sums = words_of_tables()["rows"]["sums"]
    return any(first == word or first.startswith(word.rstrip() + " ") for word in sums)


def _entry(row: Row, headings: Sequence[_Heading], *, wraps: bool) -> _Entry | None:
    """What a row says; None when it is of no line: a heading in a sheet, or something beside the columns.

    On paper a row with goods and more, but no amount, is a line whose amount is asked; in a sheet it is not ordered.
    """
    under: dict[int, list[str]] = {}
    for cell in row:
        under.setdefault(headings.index(_column_of(cell, headings)), []).append(cell.text)
    said = {place: " ".join(texts) for place, texts in under.items()}
    cells: dict[Column, str] = {}
    for place, text in said.items():
        cells.setdefault(headings[place].column, text)
    amounts = [
        (text, headings[place].unit) for place, text in said.items() if headings[place].column is Column.QUANTITY
    ]
    if not amounts and number(cells.get(Column.UNIT, "")) is not None:
        amounts = [(cells.pop(Column.UNIT), "")]  # `20 ctn`, nearer to the unit's heading
    name, code = cells.get(Column.ITEM, ""), cells.get(Column.CODE, "")
    if not amounts and wraps and (name or code) and set(cells) & BESIDE_GOODS:
        amounts = [("", "")]
    if not amounts and not (wraps and (name or code) and set(cells) <= {Column.ITEM, Column.CODE}):
        return None
    return _Entry(top=row[0].top, name=name, code=code, cells=cells, amounts=amounts)


def _lines_of(entries: Sequence[_Entry]) -> Iterator[TableLine]:
    """The lines under one heading: each amount with its name, of which parts may stand above and below it."""
    places = [place for place, entry in enumerate(entries) if entry.amounts]
    starts = [0, *(_split(entries, one, other) for one, other in pairwise(places)), len(entries)]
    for number, place in enumerate(places):
        parts = entries[starts[number] : starts[number + 1]]
        name = " ".join(part.name for part in parts if part.name)
        code = "".join(part.code for part in parts)
        if name or code:
            yield from _lines(entries[place].cells, entries[place].amounts, name=name, code=code)


def _split(entries: Sequence[_Entry], one: int, other: int) -> int:
    """Where, between two amounts, the names that stand alone begin to be the second's: at the widest gap."""
    if other == one + 1:
        return other
    gaps = [entries[at + 1].top - entries[at].top for at in range(one, other)]
    widest = max(gaps)
    if widest > WIDER * min(gaps):
        return one + 1 + gaps.index(widest)
    between = other - one - 1
    return other if entries[other].name else one + 1 + between // 2


def _lines(
    cells: Mapping[Column, str], amounts: Sequence[tuple[str, str]], *, name: str, code: str
) -> Iterator[TableLine]:
    """One line for each amount in the row: of cases and of pieces there are two. Nothing ordered, no line."""
    rate = number(cells.get(Column.RATE, ""))
    free = number(cells.get(Column.FREE, ""))
    for text, headed in amounts:
        quantity = number(text)
        if quantity == 0 or text.strip() in ("-", "–", "nil", "NIL"):
            continue
        unit = _unit_in(text) or cells.get(Column.UNIT, "") or headed
        said = " ".join(part for part in (code, name, text.strip(), "" if _unit_in(text) else unit) if part)
        yield TableLine(
            source=said,
            code=code,
            name=name,
            quantity=quantity,
            unit=unit,
            rate=rate if len(amounts) == 1 else None,
            free=free or None,
            day=cells.get(Column.DAY, ""),
        )


def _unit_in(text: str) -> str:
    """The unit written beside an amount: `20 ctn`."""
    words = [word for word in re.split(r"[\s\d.,/()]+", text) if is_unit(folded(word))]
    return words[0] if words else ""


def number(text: str) -> Decimal | None:
    """The number in a cell: `1,200.00`, `२०`, `20 ctn`; None when there is none, or more than one."""
    plain = "".join(str(unicodedata.digit(one)) if one.isdigit() and not one.isascii() else one for one in text)
    found = NUMBER.findall(re.sub(r"(?<=\d)(?=[^\W\d_])", " ", plain))
    if len(found) != 1:
        return None
    try:
        value = Decimal(found[0].replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
