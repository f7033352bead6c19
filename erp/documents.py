"""The typed documents that cross the port, and their JSON as promised to whoever exchanges files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from erp.records import plain

Json = dict[str, Any]


class DocumentKind(StrEnum):
    """The kinds of document we post; the values are the folders of the plain-file ERP."""

    SALES_ORDER = "sales_orders"
    ORDER_CHANGE = "order_changes"
    ORDER_CANCELLATION = "order_cancellations"


class Source(StrEnum):
    """Where an order came from."""

    CHAT = "chat"
    DESK = "desk"


class DiffOp(StrEnum):
    """What happens to one line of a posted order."""

    ADD = "add"
    SET = "set"
    REMOVE = "remove"


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLineDocument:
    """One line; `price` is the net price a `uom` without tax, `free` goods name the line they come with."""

    line: int
    sku: str
    qty: Decimal
    uom: str
    price: Decimal
    list_price: Decimal
    free: bool = False
    scheme: str = ""
    base_line: int | None = None
    requested_on: date | None = None
    original_text: str = ""

    def as_json(self) -> Json:
        """As promised: numbers as text, days and moments in ISO form."""
        return {
            "line": self.line,
            "sku": self.sku,
            "qty": plain(self.qty),
            "uom": self.uom,
            "price": plain(self.price),
            "list_price": plain(self.list_price),
            "free": self.free,
            "scheme": self.scheme,
            "base_line": self.base_line,
            "requested_on": _day(self.requested_on),
            "original_text": self.original_text,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> OrderLineDocument:
        """The inverse of `as_json`."""
        return cls(
            line=data["line"],
            sku=data["sku"],
            qty=Decimal(data["qty"]),
            uom=data["uom"],
            price=Decimal(data["price"]),
            list_price=Decimal(data["list_price"]),
            free=data["free"],
            scheme=data["scheme"],
            base_line=data["base_line"],
            requested_on=_read_day(data["requested_on"]),
            original_text=data["original_text"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalDocument:
    """Who let a line pass below its floor, at which price, when."""

    line: int
    by: str
    price: Decimal
    at: datetime

    def as_json(self) -> Json:
        """As promised: numbers as text, days and moments in ISO form."""
        return {"line": self.line, "by": self.by, "price": plain(self.price), "at": self.at.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ApprovalDocument:
        """The inverse of `as_json`."""
        at = datetime.fromisoformat(data["at"])
        return cls(line=data["line"], by=data["by"], price=Decimal(data["price"]), at=at)


@dataclass(frozen=True, kw_only=True, slots=True)
class SalesOrderDocument:
    """A confirmed sales order; `number` is ours and is the client reference in every ERP."""

    kind: ClassVar[DocumentKind] = DocumentKind.SALES_ORDER

    number: str
    customer: str
    ship_to: str = ""
    plant: str = ""
    warehouse: str = ""
    customer_reference: str = ""
    requested_on: date | None = None
    next_dispatch_on: date | None = None
    ordered_by: str
    on_behalf_of: str = ""
    source: Source = Source.CHAT
    currency: str = "INR"
    total: Decimal
    """Net of tax, the sum of qty × price."""
    tax_estimate: Decimal | None = None
    """None: some rate is unknown, the tax is extra."""
    message_ids: tuple[str, ...] = ()
    confirmed_at: datetime
    approvals: tuple[ApprovalDocument, ...] = ()
    remarks: str = ""
    lines: tuple[OrderLineDocument, ...]

    @property
    def party(self) -> str:
        """The customer's code, by which most ERPs want to be searched."""
        return self.customer

    def as_json(self) -> Json:
        """As promised: numbers as text, days and moments in ISO form."""
        return {
            "number": self.number,
            "customer": self.customer,
            "ship_to": self.ship_to,
            "plant": self.plant,
            "warehouse": self.warehouse,
            "customer_reference": self.customer_reference,
            "requested_on": _day(self.requested_on),
            "next_dispatch_on": _day(self.next_dispatch_on),
            "ordered_by": self.ordered_by,
            "on_behalf_of": self.on_behalf_of,
            "source": self.source.value,
            "currency": self.currency,
            "total": plain(self.total),
            "tax_estimate": None if self.tax_estimate is None else plain(self.tax_estimate),
            "message_ids": list(self.message_ids),
            "confirmed_at": self.confirmed_at.isoformat(),
            "approvals": [approval.as_json() for approval in self.approvals],
            "remarks": self.remarks,
            "lines": [line.as_json() for line in self.lines],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SalesOrderDocument:
        """The inverse of `as_json`."""
        return cls(
            number=data["number"],
            customer=data["customer"],
            ship_to=data["ship_to"],
            plant=data["plant"],
            warehouse=data["warehouse"],
            customer_reference=data["customer_reference"],
            requested_on=_read_day(data["requested_on"]),
            next_dispatch_on=_read_day(data["next_dispatch_on"]),
            ordered_by=data["ordered_by"],
            on_behalf_of=data["on_behalf_of"],
            source=Source(data["source"]),
            currency=data["currency"],
            total=Decimal(data["total"]),
            tax_estimate=None if data["tax_estimate"] is None else Decimal(data["tax_estimate"]),
            message_ids=tuple(data["message_ids"]),
            confirmed_at=datetime.fromisoformat(data["confirmed_at"]),
            approvals=tuple(ApprovalDocument.from_json(approval) for approval in data["approvals"]),
            remarks=data["remarks"],
            lines=tuple(OrderLineDocument.from_json(line) for line in data["lines"]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffLine:
    """One difference; a removed line needs neither quantity nor price. `free` goods name the line they come with."""

    line: int
    op: DiffOp
    sku: str
    qty: Decimal | None = None
    uom: str = ""
    price: Decimal | None = None
    list_price: Decimal | None = None
    free: bool = False
    scheme: str = ""
    base_line: int | None = None
    requested_on: date | None = None
    original_text: str = ""

    def as_json(self) -> Json:
        """As promised: numbers as text, days and moments in ISO form."""
        return {
            "line": self.line,
            "op": self.op.value,
            "sku": self.sku,
            "qty": _plain(self.qty),
            "uom": self.uom,
            "price": _plain(self.price),
            "list_price": _plain(self.list_price),
            "free": self.free,
            "scheme": self.scheme,
            "base_line": self.base_line,
            "requested_on": _day(self.requested_on),
            "original_text": self.original_text,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DiffLine:
        """The inverse of `as_json`."""
        return cls(
            line=data["line"],
            op=DiffOp(data["op"]),
            sku=data["sku"],
            qty=_read_amount(data["qty"]),
            uom=data["uom"],
            price=_read_amount(data["price"]),
            # What an earlier release left in the outbox says no more than that.
            list_price=_read_amount(data.get("list_price")),
            free=data.get("free", False),
            scheme=data.get("scheme", ""),
            base_line=data.get("base_line"),
            requested_on=_read_day(data.get("requested_on")),
            original_text=data.get("original_text", ""),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _OrderAmendment:
    number: str
    order: str
    """Our number of the order that is amended."""
    revision: int
    diff: tuple[DiffLine, ...] = ()
    reason: str = ""
    ordered_by: str = ""
    message_ids: tuple[str, ...] = ()
    approvals: tuple[ApprovalDocument, ...] = ()
    party: str = ""
    """The customer's code; not part of the JSON, ERPs need it for the look-up."""

    def as_json(self) -> Json:
        """As promised: numbers as text, days and moments in ISO form."""
        return {
            "number": self.number,
            "order": self.order,
            "revision": self.revision,
            "diff": [line.as_json() for line in self.diff],
            "reason": self.reason,
            "ordered_by": self.ordered_by,
            "message_ids": list(self.message_ids),
            "approvals": [approval.as_json() for approval in self.approvals],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderChangeDocument(_OrderAmendment):
    """What is to change in a posted order."""

    kind: ClassVar[DocumentKind] = DocumentKind.ORDER_CHANGE


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCancellationDocument(_OrderAmendment):
    """A posted order, or the rest of it, is not wanted any more."""

    kind: ClassVar[DocumentKind] = DocumentKind.ORDER_CANCELLATION


@dataclass(frozen=True, kw_only=True, slots=True)
class BookedLine:
    """One line as the ERP says it holds it; `price` is net a `uom`, without tax. None: it does not say."""

    line: int | None = None
    sku: str
    qty: Decimal
    uom: str = ""
    price: Decimal | None = None

    def as_json(self) -> Json:
        """Numbers as text."""
        return {
            "line": self.line, "sku": self.sku, "qty": plain(self.qty), "uom": self.uom, "price": _plain(self.price),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> BookedLine:
        """The inverse of `as_json`; what an ERP leaves out is not known."""
        return cls(
            line=data.get("line"),
            sku=data["sku"],
            qty=Decimal(data["qty"]),
            uom=data.get("uom") or "",
            price=_read_amount(data.get("price")),
        )


Document = SalesOrderDocument | OrderChangeDocument | OrderCancellationDocument


def document_from_json(kind: DocumentKind, data: Mapping[str, Any], *, party: str = "") -> Document:
    """The inverse of `as_json`; `party` restores what an amendment's JSON leaves out."""
    if kind is DocumentKind.SALES_ORDER:
        return SalesOrderDocument.from_json(data)
    cls = OrderChangeDocument if kind is DocumentKind.ORDER_CHANGE else OrderCancellationDocument
    return cls(
        number=data["number"],
        order=data["order"],
        revision=data["revision"],
        diff=tuple(DiffLine.from_json(line) for line in data["diff"]),
        reason=data["reason"],
        ordered_by=data["ordered_by"],
        message_ids=tuple(data["message_ids"]),
        approvals=tuple(ApprovalDocument.from_json(approval) for approval in data.get("approvals", ())),
        party=party,
    )


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _read_amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
