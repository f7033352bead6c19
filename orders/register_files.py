"""The register as CSV and as a workbook: written row by row, and no cell of it is ever run as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import IO
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook

from orders.alias_files import safe
from orders.register import Entry

Cell = str | Decimal | datetime | None
COLUMNS = (
    "our_number",
    "erp_number",
    "state",
    "plant",
    "customer",
    "name",
    "gstin",
    "ship_to",
    "currency",
    "value",
    "tax",
    "ordered_by",
    "for_the_firm",
    "confirmed_by",
    "confirmed_at",
    "approved_by",
    "messages",
    "difference",
    "erp_value",
    "goods_that_differ",
)
BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets read the file in the machine's old code page."""
ROWS_AT_ONCE = 200
LONGEST_CELL = 32_000
"""A workbook's cell holds 32,767 characters."""


def cells(entry: Entry, zone: ZoneInfo) -> tuple[Cell, ...]:
    """An order in the order of the columns; its time without a zone, on the clock of the plant."""
    return (
        entry.number,
        entry.erp_number,
        entry.state,
        entry.plant,
        entry.customer,
        entry.name,
        entry.gstin,
        entry.ship_to,
        entry.currency,
        entry.total,
        entry.tax,
        entry.ordered_by,
        "yes" if entry.for_the_firm else "",
        entry.confirmed_by,
        entry.confirmed_at.astimezone(zone).replace(tzinfo=None, microsecond=0),
        entry.approved_by,
        " ".join(entry.messages),
        entry.compared,
        entry.erp_total,
        entry.unlike,
    )


def as_csv(entries: Iterable[Entry], zone: ZoneInfo) -> Iterator[str]:
    """The file in pieces, the header first."""
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for position, entry in enumerate(entries, 1):
        writer.writerow([_as_text(cell) for cell in cells(entry, zone)])
        if position % ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    piece = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return piece


def _as_text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return safe(cell or "")


def write_workbook(file: IO[bytes], entries: Iterable[Entry], zone: ZoneInfo) -> int:
    """The same as a workbook into this file; how many orders. Memory does not grow with their number."""
    workbook = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, money = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "#,##0.00"})
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = workbook.add_worksheet("Register")
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    sheet.write_row(0, 0, [name.replace("_", " ") for name in COLUMNS], bold)
    count = 0
    for count, entry in enumerate(entries, 1):
        for column, cell in enumerate(cells(entry, zone)):
            if isinstance(cell, Decimal):
                sheet.write_number(count, column, round(cell, 2), money)
            elif isinstance(cell, datetime):
                sheet.write_datetime(count, column, cell, moment)
            elif cell:
                sheet.write_string(count, column, cell[:LONGEST_CELL])
    workbook.close()
    return count
