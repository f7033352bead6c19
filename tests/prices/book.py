"""The plant's files as somebody outside the product reads them: rows as text, numbers as Decimal, days as days.

Own code on purpose: nothing here knows how the product reads, so that both can be wrong only apart.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

Row = Mapping[str, str]
FILES = (
    "items",
    "uoms",
    "customers",
    "people",
    "prices",
    "customer_prices",
    "schemes",
    "floors",
    "limits",
    "approval_matrix",
    "orders",
    "warehouses",
)
"""All that prices, floors, approvals and exposure hang on; those that are not there are empty."""


def number(text: str | None) -> Decimal | None:
    """A cell that may be empty."""
    return Decimal(text) if text not in (None, "") else None


def amount(text: str | None) -> Decimal:
    """A cell that counts as nothing when it is empty."""
    return number(text) or Decimal(0)


def says_yes(text: str | None, *, default: bool = False) -> bool:
    """A yes/no cell."""
    return default if not text else text.strip().lower() in ("yes", "y", "true", "1")


def in_force(row: Row, day: date) -> bool:
    """Both days included; an empty one is open."""
    begins, ends = row.get("valid_from") or "", row.get("valid_to") or ""
    return (not begins or date.fromisoformat(begins) <= day) and (not ends or day <= date.fromisoformat(ends))


@dataclass(frozen=True, kw_only=True)
class Book:
    """One state of the files."""

    files: Mapping[str, Sequence[Row]]
    _found: dict[str, dict[str, list[Row]]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Book":
        return cls(files={name: _rows(folder / f"{name}.csv") for name in FILES})

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Book":
        """From the text of files, for tests by hand."""
        return cls(files={name: list(csv.DictReader(texts.get(name, "").splitlines())) for name in FILES})

    def where(self, file: str, column: str, value: str) -> Sequence[Row]:
        """The rows of a file with this value in that column."""
        key = f"{file}.{column}"
        if key not in self._found:
            by_value: dict[str, list[Row]] = defaultdict(list)
            for row in self.files[file]:
                by_value[row.get(column) or ""].append(row)
            self._found[key] = by_value
        return self._found[key].get(value, [])

    def one(self, file: str, column: str, value: str) -> Row:
        """The row with this code."""
        rows = self.where(file, column, value)
        if not rows:
            raise LookupError(f"{file}.csv has no {column} {value!r}")
        return rows[0]

    def factor(self, sku: str, uom: str) -> Decimal | None:
        """Base units in one `uom` of an item."""
        for row in self.where("uoms", "sku", sku):
            if row["uom"] == uom:
                return Decimal(row["factor"])
        return Decimal(1) if self.one("items", "sku", sku)["base_uom"] == uom else None


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(kw_only=True)
class Library:
    """Dated copies: which state of the files was in force at a moment."""

    copies: list[tuple[datetime | None, Book]] = field(default_factory=list)
    """Since when; None: always."""

    @classmethod
    def of(cls, book: Book) -> "Library":
        """One book that has always been in force."""
        return cls(copies=[(None, book)])

    def keep(self, since: datetime, folder: Path) -> None:
        """From now on the files say this."""
        self.copies.append((since, Book.read(folder)))

    def at(self, moment: datetime) -> Book:
        """What was in force then; of several copies of one moment the last."""
        found = [book for since, book in self.copies if since is None or since <= moment]
        return found[-1]


def names(rows: Iterable[Row]) -> set[str]:
    """The names people are told and documents carry."""
    return {row["name"] for row in rows}
