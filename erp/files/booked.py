"""What the other side shows of a booked order in `orders.csv`, looked up there at once: the pull may come later."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from erp.documents import BookedLine

FILE = "orders.csv"


def booked_lines(folder: Path, number: str, *, since: datetime | None = None) -> tuple[BookedLine, ...] | None:
    """The lines under our order number; None where the file does not hold it, or cannot be read as it stands.

    With `since` only rows that speak of a later moment count: before, the order was another one.
    """
    try:
        content = (folder / FILE).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    head, _, body = content.partition("\n")
    rows = [line for line in body.splitlines() if number in line]
    if not rows:
        return None
    separator = ";" if head.count(";") > head.count(",") else ","
    found = csv.DictReader(io.StringIO("\n".join([head.strip(), *rows])), delimiter=separator)
    try:
        lines = [_line(row) for row in found if row.get("our_number") == number and _is_newer(row, since)]
    except (InvalidOperation, KeyError, TypeError, ValueError, csv.Error):
        return None
    return tuple(lines) or None


def _line(row: dict[str, str]) -> BookedLine:
    return BookedLine(
        line=int(row["line"]) if row.get("line") else None,
        sku=row["sku"],
        qty=Decimal(row["ordered"]) - Decimal(row.get("cancelled") or 0),
        uom=row.get("uom") or "",
        price=Decimal(row["price"]) if row.get("price") else None,
    )


def _is_newer(row: dict[str, str], since: datetime | None) -> bool:
    if since is None:
        return True
    said = row.get("as_of") or ""
    moment = datetime.fromisoformat(said) if said else None
    return moment is not None and (moment if moment.tzinfo else moment.replace(tzinfo=since.tzinfo)) >= since
