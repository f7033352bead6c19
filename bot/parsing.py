"""`parse` and `explain`: texts read with the master data of a plain-file folder, without a database or settings."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.catalogue import catalogue_of, history_of
from erp.files import read_folder
from erp.port import Problem
from erp.records import RecordKind
from nlp import Catalogue, explain_text, named_firm, read
from nlp.values import AliasRecord, Context, DraftLine, HistoryLine, Moment, PastOrder, Reading, Speaker

NEEDED = (
    RecordKind.ITEMS,
    RecordKind.UOMS,
    RecordKind.CUSTOMERS,
    RecordKind.ALIASES,
    RecordKind.WORK_CENTRES,
    RecordKind.PRODUCTION_ORDERS,
    RecordKind.HISTORY,
    RecordKind.PRICES,
)


class BadMessageError(ValueError):
    """A line of the input that is no message; says what is wrong with it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """A folder's master data, ready to read with."""

    catalogue: Catalogue
    aliases: Mapping[str, tuple[AliasRecord, ...]]
    history: Mapping[str, tuple[HistoryLine, ...]]
    production_orders: tuple[str, ...]
    timezone: str
    problems: tuple[Problem, ...]

    def speaker(self, customer: str | None, role: str) -> Speaker:
        """Who writes: the firm's own aliases and everybody's, and its past orders."""
        return Speaker(
            customer=customer,
            role=role,
            aliases=self.aliases.get(customer or "-", ()) + self.aliases.get("", ()),
            history=self.history.get(customer or "", ()),
            production_orders=self.production_orders,
        )

    def read(self, message: Mapping[str, Any]) -> Reading:
        """One message of the shape that `parse` promises. Raises BadMessageError."""
        text, customer, role = message.get("text"), message.get("customer"), message.get("role") or "buyer"
        if not isinstance(text, str):
            raise BadMessageError("`text` must be a string")
        if customer is None:
            customer = named_firm(text, self.catalogue, ())
        moment = Moment(now=_moment(message.get("sent_at"), self.timezone), timezone=self.timezone)
        return read(text, self.catalogue, self.speaker(customer, role), moment, _context(message.get("context") or {}))


def reader_of(folder: Path, *, timezone: str) -> Reader:
    """Read a folder's master data. Raises NotADirectoryError."""
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder; give --erp the folder that holds items.csv")
    data = read_folder(folder, kinds=NEEDED, zone=ZoneInfo(timezone))
    aliases: dict[str, list[AliasRecord]] = defaultdict(list)
    for row in data.aliases:
        aliases[row.customer].append(
            AliasRecord(customer=row.customer or None, phrase=row.alias, sku=row.sku, uom=row.uom or None)
        )
    history: dict[str, list[HistoryLine]] = defaultdict(list)
    for line in history_of(data.history):
        history[line.customer].append(line)
    priced = {row.sku for row in data.prices}
    largest: dict[tuple[str, str], Decimal] = {}
    for past in data.history:
        largest[past.sku, past.uom] = max(past.qty, largest.get((past.sku, past.uom), past.qty))
    return Reader(
        catalogue=catalogue_of(
            1, data.items, data.uoms, data.customers, data.work_centres, priced=priced, largest=largest
        ),
        aliases={code: tuple(found) for code, found in aliases.items()},
        history={code: tuple(found) for code, found in history.items()},
        production_orders=tuple(order.number for order in data.production_orders),
        timezone=timezone,
        problems=data.problems,
    )


def explanation(reader: Reader, message: Mapping[str, Any]) -> str:
    """Every step of reading one message, for people. Raises BadMessageError."""
    return explain_text(reader.read(message))


def _moment(text: object, timezone: str) -> datetime:
    if text is None:
        return datetime.now(ZoneInfo(timezone))
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise BadMessageError("`sent_at` must look like 2026-11-21T10:00:00+05:30") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))


def _context(given: Mapping[str, Any]) -> Context:
    return Context(
        quoted=given.get("quoted"),
        draft=tuple(_line(line) for line in given.get("draft") or ()),
        orders=tuple(
            PastOrder(
                number=str(order.get("number") or ""),
                placed_on=date.fromisoformat(str(order.get("placed_on") or order.get("date") or "1970-01-01")[:10]),
                lines=tuple(_line(line) for line in order.get("lines") or ()),
            )
            for order in given.get("orders") or ()
            if isinstance(order, Mapping)
        ),
        pending={str(name): str(value) for name, value in (given.get("pending") or {}).items()},
    )


def _line(given: Mapping[str, Any]) -> DraftLine:
    quantity = given.get("quantity")
    return DraftLine(
        sku=given.get("sku"),
        quantity=None if quantity in (None, "") else Decimal(str(quantity)),
        uom=given.get("uom"),
        source=str(given.get("source") or ""),
    )
