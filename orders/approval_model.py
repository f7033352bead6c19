"""Tables of price requests, what became of their lines, and approvals."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.base import Base


class RequestState(StrEnum):
    """Where a price request stands; its ask knows who is being asked."""

    OPEN = "open"
    DECIDED = "decided"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What became of a line. Granted: within its requester's own limit. Countered: he must accept the price first."""

    GRANTED = "granted"
    APPROVED = "approved"
    REJECTED = "rejected"
    COUNTERED = "countered"


class Basis(StrEnum):
    """By what right a price below the rules holds."""

    OWN_LIMIT = "own_limit"
    APPROVER = "approver"
    COUNTER = "counter"
    """Named by an approver and accepted by whoever had asked."""


class PriceRequest(Base):
    """A price or free goods that the rules do not give, asked for a draft. At most one is open for a draft."""

    __tablename__ = "price_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("order_drafts.id"), index=True)
    draft_version: Mapped[int]
    order_number: Mapped[str | None]
    """Once a line of it has gone into an order at the price it was given."""
    party_code: Mapped[str] = mapped_column(index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    """Who asked."""
    reason: Mapped[str] = mapped_column(default="")
    """In his words."""
    ship_to: Mapped[str] = mapped_column(default="")
    payment_term: Mapped[int | None]
    """Days of credit."""
    rules_version: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=RequestState.OPEN.value)
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")
    ask_id: Mapped[int | None] = mapped_column(ForeignKey("asks.id"), index=True)
    """None: all of it was within his own limit."""
    inbound_id: Mapped[int | None]

    lines: Mapped[list["RequestedLine"]] = relationship(
        order_by="RequestedLine.line_no", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (
        Index("uq_price_requests_open", "draft_id", unique=True, postgresql_where=text("state = 'open'")),
    )


class RequestedLine(Base):
    """One line of a request: what was asked, the price snapshot it was asked against, and what was decided."""

    __tablename__ = "price_request_lines"

    request_id: Mapped[int] = mapped_column(ForeignKey("price_requests.id"), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sku: Mapped[str]
    uom: Mapped[str]
    quantity: Mapped[Decimal]
    list_price: Mapped[Decimal]
    price: Mapped[Decimal]
    """What the rules gave: net of schemes, before anything asked for. All prices are of one ordered UoM."""
    wished_price: Mapped[Decimal] = mapped_column(server_default=text("0"))
    """The net price it would have."""
    asked_price: Mapped[Decimal | None]
    asked_free: Mapped[Decimal | None]
    """In the ordered UoM; what the schemes give included."""
    own_free: Mapped[Decimal] = mapped_column(server_default=text("0"))
    """Free goods of the item itself that schemes would give with it, in the ordered UoM."""
    effective: Mapped[Decimal]
    """What a UoM would come to as asked."""
    floor: Mapped[Decimal | None]
    absolute: Mapped[Decimal | None]
    decision: Mapped[str | None]
    decided_price: Mapped[Decimal | None]
    decided_free: Mapped[Decimal | None]
    reason: Mapped[str] = mapped_column(default="")
    """Why it was rejected: `too_deep`, `credit`, `stock`, or words."""
    accepted_at: Mapped[datetime | None]
    """When a counter was accepted."""


class Approval(Base):
    """One decision that lets a line go below the rules: what it covers, and what it was used for, once."""

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(primary_key=True)
    basis: Mapped[str]
    request_id: Mapped[int] = mapped_column(ForeignKey("price_requests.id"), index=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("order_drafts.id"), index=True)
    draft_version: Mapped[int]
    line_no: Mapped[int]
    party_code: Mapped[str] = mapped_column(index=True)
    ship_to: Mapped[str]
    sku: Mapped[str]
    uom: Mapped[str]
    least_quantity: Mapped[Decimal]
    price: Mapped[Decimal]
    """The net price that was granted; the line is priced by it while this approval covers it."""
    free: Mapped[Decimal | None]
    least_price: Mapped[Decimal]
    """The effective price it may not fall below."""
    most_free: Mapped[Decimal] = mapped_column(default=Decimal(0))
    """Free goods of any kind that may go with it, in the ordered UoM of the line."""
    payment_term: Mapped[int | None]
    rules_version: Mapped[int] = mapped_column(default=0)
    list_price: Mapped[Decimal]
    floor: Mapped[Decimal | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    """Who decided."""
    by: Mapped[str]
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_order: Mapped[str | None] = mapped_column(index=True)
    used_line: Mapped[int | None]
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")
