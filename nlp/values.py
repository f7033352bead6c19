"""The values that cross nlp's border: what it is given (records, speaker, moment, context) and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

Span = tuple[int, int]
"""Start and end offsets in characters of the message's text, end excluded."""


class Intent(StrEnum):
    """What a message is about; the closed list promised to users of `parse`."""

    ORDER = "order"
    REPEAT_ORDER = "repeat_order"
    CHANGE_ORDER = "change_order"
    CANCEL_ORDER = "cancel_order"
    ORDER_STATUS = "order_status"
    STOCK_QUERY = "stock_query"
    PRICE_QUERY = "price_query"
    DISCOUNT_REQUEST = "discount_request"
    COMPLAINT = "complaint"
    RETURN_REQUEST = "return_request"
    DELIVERY_REPORT = "delivery_report"
    PAYMENT_REPORT = "payment_report"
    YES = "yes"
    NO = "no"
    BREAKDOWN = "breakdown"
    BACK_UP = "back_up"
    QUALITY_HOLD = "quality_hold"
    QUALITY_RELEASE = "quality_release"
    PRODUCTION_REPORT = "production_report"
    CONSUMPTION_REPORT = "consumption_report"
    SHORTAGE = "shortage"
    PRIORITY_CHANGE = "priority_change"
    ACKNOWLEDGE = "acknowledge"
    APPROVE = "approve"
    DECLINE = "decline"
    COUNTER_OFFER = "counter_offer"
    GREETING = "greeting"
    HELP = "help"
    OPT_OUT = "opt_out"
    OTHER = "other"


class Status(StrEnum):
    """How sure a line is: as it stands, after one question, or not sold here."""

    MATCHED = "matched"
    ASK = "ask"
    UNKNOWN = "unknown"


class Doubt(StrEnum):
    """What a question must settle."""

    ITEM = "item"
    QUANTITY = "quantity"
    UOM = "uom"
    PRICE = "price"
    DATE = "date"


class DayWord(StrEnum):
    """A word for a day that means another one at every midnight."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    DAY_AFTER = "day_after"


class ChangeOp(StrEnum):
    """What is to happen to one line of a draft or an order."""

    SET = "set"
    ADD = "add"
    SUBTRACT = "subtract"
    REMOVE = "remove"
    REPLACE = "replace"


# --- what the reader is given -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemRecord:
    """One row of the item master; further columns of the ERP are `attributes`."""

    sku: str
    name: str
    brand: str = ""
    category: str = ""
    base_uom: str
    order_uom: str
    mrp: Decimal | None = None
    active: bool = True
    sold: bool = True
    """Whether customers can buy it: raw and packing material is known here too, but is no goods of an order."""
    replaced_by: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class UomRecord:
    """One rung of an item's pack ladder: one `uom` is `factor` base units."""

    sku: str
    uom: str
    factor: Decimal
    decimals: bool = True
    sales: bool = True
    largest: Decimal | None = None
    """The most that any customer ordered at once in this unit; None: nobody did."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerRecord:
    """A firm that reps and staff may name in a message."""

    code: str
    name: str
    city: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkCentreRecord:
    """A line or machine that the floor names in a message."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasRecord:
    """A name people use for an item; `customer` None means everyone's, `uom` None leaves the unit to the message."""

    customer: str | None
    phrase: str
    sku: str
    uom: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryLine:
    """One line of a past order of the speaker's firm."""

    order: str
    customer: str
    date: date
    sku: str
    quantity: Decimal
    uom: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Speaker:
    """Who is writing: the firm spoken for (None for staff), its aliases together with everyone's, and its history.

    For a rep who has not named the firm yet, `customer` is None; read again with the firm's own aliases and history
    once `slots["customer"]` is known (see `needs_firm`).
    """

    customer: str | None = None
    role: str = "buyer"
    aliases: tuple[AliasRecord, ...] = ()
    history: tuple[HistoryLine, ...] = ()
    language: str = ""
    may_order_for: tuple[str, ...] = ()
    production_orders: tuple[str, ...] = ()
    """The numbers people of the floor may speak of, with or without their prefix."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """When the message was sent, aware, and the plant's time zone by IANA name."""

    now: datetime
    timezone: str = "Asia/Kolkata"


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftLine:
    """A line of the open draft or of a past order, in the order in which it was numbered to the speaker."""

    sku: str | None
    quantity: Decimal | None = None
    uom: str | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PastOrder:
    """An order of this firm that may be meant by 'that order' or 'same as last time'."""

    number: str
    placed_on: date
    lines: tuple[DraftLine, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What stands around the message: the quoted text, the open draft, the last five orders, the open question."""

    quoted: str | None = None
    draft: tuple[DraftLine, ...] = ()
    orders: tuple[PastOrder, ...] = ()
    pending: Mapping[str, str] = field(default_factory=dict)


NO_CONTEXT = Context()


# --- what the reader returns --------------------------------------------------------------------------------------


def plain(number: Decimal | None) -> str | None:
    """The number as people write it: no exponent, no trailing zeros."""
    if number is None:
        return None
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One possible meaning of a line, with its score and why it is on the list."""

    sku: str
    quantity: Decimal | None
    uom: str | None
    confidence: float
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"sku": self.sku, "quantity": plain(self.quantity), "uom": self.uom, "confidence": self.confidence}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Where one value of a line came from: its words, their place, how well they fit and what came second."""

    name: str
    text: str
    span: Span
    value: str
    score: float
    runner_up: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadLine:
    """One order line as read. `sku` is None while the item is in doubt; `parts` says where each value came from.

    A matched line with a doubt about its quantity is an unusual amount: taken, and shown as such.
    """

    source: str
    span: Span
    quantity: Decimal | None
    uom: str | None
    sku: str | None
    status: Status
    confidence: float
    requested_price: Decimal | None = None
    free_quantity: Decimal | None = None
    requested_on: date | None = None
    doubt: tuple[Doubt, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    parts: tuple[Part, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "span": list(self.span),
            "quantity": plain(self.quantity),
            "uom": self.uom,
            "sku": self.sku,
            "status": self.status.value,
            "confidence": self.confidence,
            "requested_price": plain(self.requested_price),
            "free_quantity": plain(self.free_quantity),
            "requested_on": self.requested_on.isoformat() if self.requested_on else None,
            "doubt": [doubt.value for doubt in self.doubt],
            "candidates": [candidate.as_json() for candidate in self.candidates],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One edit of a draft or an order; `quantity` is the new one for `set`, the difference for `add`, `subtract`."""

    op: ChangeOp
    sku: str | None
    quantity: Decimal | None = None
    uom: str | None = None
    with_sku: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "op": self.op.value,
            "sku": self.sku,
            "quantity": plain(self.quantity),
            "uom": self.uom,
            "with_sku": self.with_sku,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """A further matter in the same message: a complaint beside an order, a payment told, a question."""

    intent: Intent
    span: Span
    slots: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[ReadLine, ...] = ()
    """The goods of a question about stock, each as an order line would be read; spans within its own text."""

    def as_json(self) -> dict[str, Any]:
        return {"intent": self.intent.value, "span": list(self.span), "slots": dict(self.slots)}


@dataclass(frozen=True, kw_only=True, slots=True)
class TraceEntry:
    """One step of the reading in the order it ran: what it decided, and the facts behind it."""

    step: str
    decided: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What one message means. `slots` holds strings only; edits stand typed in `changes`."""

    intent: Intent
    language: str
    confidence: float
    lines: tuple[ReadLine, ...] = ()
    asked: tuple[ReadLine, ...] = ()
    """The goods of a question about stock, each as an order line would be read: nothing of them is ordered."""
    requested_on: date | None = None
    day_word: DayWord | None = None
    """The word that named `requested_on`, when it counts from the day it is said on."""
    urgent: bool = False
    """It is wanted quickly; that is no day."""
    halves: tuple[date, date] | None = None
    """Half of each line, or of the open draft's, is wanted on the one day and half on the other."""
    slots: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    also: tuple[Matter, ...] = ()
    left_over: tuple[Span, ...] = ()
    revision: int = 0
    trace: tuple[TraceEntry, ...] = field(default=(), compare=False)

    def as_json(self) -> dict[str, Any]:
        """The JSON shape of `parse`; the caller adds the message's id."""
        slots: dict[str, Any] = dict(self.slots)
        if self.changes:
            slots["changes"] = [change.as_json() for change in self.changes]
        return {
            "intent": self.intent.value,
            "language": self.language,
            "confidence": self.confidence,
            "lines": [line.as_json() for line in self.lines],
            "requested_on": self.requested_on.isoformat() if self.requested_on else None,
            "slots": slots,
            "also": [matter.as_json() for matter in self.also],
            "left_over": [list(span) for span in self.left_over],
        }
