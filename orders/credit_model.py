"""The table of credit releases: what finance let go beyond the limit, once for an order or for a while."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base


class Basis(StrEnum):
    """Once: this order at this value, whatever the limit says. Raise: another limit until a day."""

    ONCE = "once"
    RAISE = "raise"


class CreditRelease(Base):
    """One decision on credit, with what it was decided on. The database refuses to change it; only its end is added."""

    __tablename__ = "credit_releases"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("parties.code"))
    order_number: Mapped[str | None] = mapped_column(ForeignKey("sales_orders.number"), index=True)
    """Which it lets go; of a raise: the order it was asked for."""
    change_number: Mapped[str | None] = mapped_column(ForeignKey("order_changes.number"), index=True)
    """The change of that order which it lets go, and not the order itself."""
    basis: Mapped[str]
    most_value: Mapped[Decimal]
    """Rupees with tax: once, what the order may come to, or the change add; of a raise, the limit that holds now."""
    until: Mapped[datetime | None]
    """When a raise ends."""
    limit_then: Mapped[Decimal | None]
    """The ERP's limit when it was decided; None: not configured."""
    exposure: Mapped[Decimal]
    """Then, before the order."""
    overdue_days: Mapped[int]
    """Then."""
    reason: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    """The name of whoever decided."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """None: a clerk, in the pages."""
    for_person_id: Mapped[int | None]
    """Whose place he took, as a stand-in."""
    ask_id: Mapped[int | None]
    """The question it answers; None: decided in the pages without one."""
    inbound_id: Mapped[int | None]
    """The message it was decided in."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What whoever decided had before him."""
    at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    """When the order went by it."""
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    __table_args__ = (
        Index("ix_credit_releases_live", "party_code", "basis", postgresql_where=text("ended_at IS NULL")),
        Index("uq_credit_releases_ask", "ask_id", "basis", unique=True, postgresql_where=text("ask_id IS NOT NULL")),
        Index("ix_credit_releases_at", "at", "id"),
    )
