"""The audit as CSV: written row by row, and no cell of it is ever run as a formula."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from orders.alias_files import safe
from orders.audit import Entry
from orders.register_files import BYTE_ORDER_MARK, ROWS_AT_ONCE

COLUMNS = (
    *("at", "what", "customer", "firm", "order", "draft", "asked_by", "by", "in_stead_of", "reason", "message"),
    *("facts", "source", "id"),
)


def as_csv(entries: Iterable[Entry], zone: ZoneInfo) -> Iterator[str]:
    """The file in pieces, the header first; times with their offset."""
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for position, entry in enumerate(entries, 1):
        writer.writerow(map(safe, _cells(entry, zone)))
        if position % ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _cells(entry: Entry, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        entry.at.astimezone(zone).isoformat(sep=" ", timespec="seconds"),
        entry.what,
        entry.customer,
        entry.firm,
        entry.number,
        str(entry.draft_id or ""),
        entry.asked_by,
        entry.by,
        entry.in_stead_of,
        entry.reason,
        entry.message,
        json.dumps(entry.facts, ensure_ascii=False, sort_keys=True) if entry.facts else "",
        entry.source,
        entry.id,
    )


def _taken(buffer: io.StringIO) -> str:
    piece = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return piece
