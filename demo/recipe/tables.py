"""The frame of every recipe: the present, chance per topic, and tables that become CSV."""

import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """The plant's present and its seed: everything that may differ between two runs."""

    seed: int
    today: date

    def chance(self, topic: str) -> random.Random:
        """Open a source of chance per topic, so that a change in one table leaves the others alone."""
        return random.Random(f"{self.seed}:{topic}")

    def ago(self, days: int) -> date:
        """Return the day so many days before the present."""
        return self.today - timedelta(days=days)

    def ahead(self, days: int) -> date:
        """Return the day so many days after the present."""
        return self.today + timedelta(days=days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One file of the plant: its columns and rows, in the order in which they are written."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Row]

    def as_csv(self) -> bytes:
        """UTF-8 with unix line ends on every platform, so that equal tables are equal bytes."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.rows:
            unknown = set(row) - set(self.columns)
            if unknown:
                raise ValueError(f"{self.name}: no column for {sorted(unknown)}")
            writer.writerow([cell(row.get(column)) for column in self.columns])
        return text.getvalue().encode("utf-8")


def table(name: str, columns: str, rows: Iterable[Row]) -> Table:
    """Make a table from a comma-separated head, as the file formats are documented."""
    return Table(name=name, columns=tuple(columns.split(",")), rows=tuple(rows))


def cell(value: object) -> str:
    """How a value stands in a CSV cell: yes/no, plain decimals, ISO dates, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        raise TypeError(f"a float would differ between machines: {value!r}")
    return str(value)


def rupees(value: Decimal) -> Decimal:
    """Round to paise."""
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def rupees_down(value: Decimal) -> Decimal:
    """Round down to paise: a floor never passes what it was derived from."""
    return value.quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def up_to(value: Decimal, step: int) -> Decimal:
    """Return the next multiple of a step at or above a value."""
    return (value / step).quantize(Decimal("1"), rounding=ROUND_UP) * step


def share(percent: int) -> Decimal:
    """Turn a percentage into a factor, exactly."""
    return Decimal(percent) / 100
