"""Tables of the outbox: what is to be in the ERP, what became of it, and which ERP is away."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base


class OutboxState(StrEnum):
    """Where a document stands.

    `sending`: a worker has it. `unknown`: the ERP may have it; it is looked up before anything else is tried.
    `withdrawn`: a person decided that it shall never reach the ERP.
    """

    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    POSTED = "posted"
    REJECTED = "rejected"
    HELD = "held"
    WITHDRAWN = "withdrawn"


UNFINISHED = (OutboxState.WAITING, OutboxState.SENDING, OutboxState.UNKNOWN)


class OutboxRow(Base):
    """One document on its way. This row alone says whether it is posted."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    erp: Mapped[str]
    kind: Mapped[str]
    number: Mapped[str]
    party: Mapped[str] = mapped_column(default="")
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=OutboxState.WAITING.value)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    queued_until: Mapped[datetime | None]
    """A job for it is in the queue; until then no second one is made."""
    claim: Mapped[str] = mapped_column(default="")
    """Whose hands it is in; nobody else may write an outcome."""
    claimed_until: Mapped[datetime | None]
    first_sent_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    """When the last request that may have had an effect was begun; some time after that absence is proven."""
    erp_number: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    """In the ERP's words, or what keeps it from going on."""
    booked: Mapped[list[Any] | None]
    """The lines the ERP says it holds, as it was read back (`erp.documents.BookedLine`); None: it did not say."""
    then: Mapped[str]
    reference: Mapped[str]
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    overdue_told_at: Mapped[datetime | None]
    simulated: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("erp", "kind", "number"),
        Index(
            "ix_outbox_due",
            "next_attempt_at",
            postgresql_where=text("state IN ('waiting', 'sending', 'unknown')"),
        ),
        Index("ix_outbox_accepted", "accepted_at", postgresql_where=text("state = 'accepted'")),
    )


class ErpCircuit(Base):
    """Whether an ERP answers. Open (`since` is set), nothing is sent to it but one probe at a time."""

    __tablename__ = "erp_circuits"

    erp: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime | None]
    next_probe_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Calls in a row that brought no answer."""
    probes: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
