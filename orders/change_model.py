"""The table of confirmed changes and cancellations of sales orders."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from erp.documents import Source
from orders.model import OrderState
from store.base import Base

ON_ITS_WAY = (OrderState.CONFIRMED.value, OrderState.ACCEPTED.value, OrderState.HELD.value)
"""States of a change of which the ERP has not said the last word."""


class OrderChange(Base):
    """One change of an order its sender confirmed, or its cancellation. The order becomes it when the ERP has it."""

    __tablename__ = "order_changes"

    number: Mapped[str] = mapped_column(primary_key=True)
    """Of its document; orders and changes are counted together."""
    order_number: Mapped[str] = mapped_column(ForeignKey("sales_orders.number"), index=True)
    revision: Mapped[int]
    draft_id: Mapped[int] = mapped_column(ForeignKey("order_drafts.id"), unique=True)
    draft_version: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    on_behalf: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default=Source.CHAT.value, server_default=Source.CHAT.value)
    cancels: Mapped[bool] = mapped_column(default=False)
    """Nothing of the order is left by it."""
    state: Mapped[str] = mapped_column(default=OrderState.CONFIRMED.value)
    """Confirmed: it goes as soon as the ERP has the order and all changes before it."""
    erp: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    """What the ERP said when it refused; for the office only."""
    diff: Mapped[list[Any]] = mapped_column(default=list)
    """What the document says (`erp.documents.DiffLine`)."""
    before: Mapped[list[Any]] = mapped_column(default=list)
    lines: Mapped[list[Any]] = mapped_column(default=list)
    """The order's lines as they were, and as they are to be (`orders.amended.StandingLine`)."""
    total: Mapped[Decimal]
    tax_estimate: Mapped[Decimal | None]
    value_with_tax: Mapped[Decimal]
    """What the order is worth with it, in rupees."""
    more: Mapped[Decimal]
    """By how much it raises what the order reserves of the customer's credit; 0 when it lowers it."""
    approvals: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    """Who let which line pass below its floor (`erp.documents.ApprovalDocument`)."""
    message_ids: Mapped[list[Any]] = mapped_column(default=list)
    inbound_id: Mapped[int | None]
    confirmed_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]
    simulated: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("order_number", "revision"),
        Index(
            "ix_order_changes_unfinished",
            "order_number",
            postgresql_where=text("state IN ('confirmed', 'accepted', 'held')"),
        ),
    )
