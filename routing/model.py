"""The table of matters: everything that Munshi could not finish and a person must."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base

MATTER_VERSION = Sequence("matter_version", metadata=Base.metadata)


class MatterKind(StrEnum):
    """Why something needs a person."""

    UNCONFIRMED_DRAFT = "unconfirmed_draft"
    DRAFT_TO_CONFIRM = "draft_to_confirm"
    HELD_ORDER = "held_order"
    REJECTED_ORDER = "rejected_order"
    REJECTED_CHANGE = "rejected_change"
    HELD_CHANGE = "held_change"
    POSTED_DIFFERS = "posted_differs"
    LATE_RESULT = "late_result"
    NOT_OURS = "not_ours"
    URGENT = "urgent"
    CHECK_FAILED = "check_failed"
    MEDIA = "media"
    MAIL = "mail"
    DESK_DRAFT = "desk_draft"
    TAKEN_OVER = "taken_over"
    UNANSWERED = "unanswered"
    LEFT_OVER = "left_over"
    FURTHER = "further"
    QUESTION = "question"
    NOT_UNDERSTOOD = "not_understood"
    UNKNOWN_SENDER = "unknown_sender"
    NUMBER_CHANGED = "number_changed"
    FAILED_MESSAGE = "failed_message"
    FAILED_JOB = "failed_job"
    UNSENT = "unsent"
    WINDOW_CLOSED = "window_closed"
    MASTER_DATA = "master_data"
    AFTER_RESTORE = "after_restore"


class Matter(Base):
    """One thing that needs a person. At most one is open per kind and reference."""

    __tablename__ = "matters"

    id: Mapped[int] = mapped_column(Identity(start=101), primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(index=True)
    """What it is about: `draft:17`, `order:M26000123`, `inbound:9`, `account:4`."""
    function: Mapped[str]
    party_code: Mapped[str | None] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    inbound_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opened_at: Mapped[datetime]
    owner: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    close_reason: Mapped[str | None]
    announced_at: Mapped[datetime | None]
    """When commercial was told that it waits; that is done once."""
    version: Mapped[int] = mapped_column(MATTER_VERSION, server_default=MATTER_VERSION.next_value())
    """Taken anew from one sequence with every change: what somebody looks at is compared with it before he acts."""

    __table_args__ = (
        Index(
            "uq_matters_open",
            "kind",
            "reference",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_matters_open", "opened_at", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_matters_open_owner", "owner", "opened_at", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_matters_open_kind", "kind", "opened_at", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_matters_closed", "closed_at", "id", postgresql_where=text("closed_at IS NOT NULL")),
        Index("ix_matters_version", "version"),
    )

    @property
    def number(self) -> str:
        """The reference told to people."""
        return f"N{self.id}"
