"""Tables of asks: questions that one of several people must decide by tap, whom they were put to, and delegations."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base


class AskKind(StrEnum):
    """What is asked."""

    PRICE = "price"
    CREDIT = "credit"


class AskState(StrEnum):
    """Where an ask stands. Lapsed: nobody is left to ask. Withdrawn: what it was about is not wanted any more."""

    OPEN = "open"
    ANSWERED = "answered"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What was answered. Mixed: each line in its own way, as the answer's facts say."""

    APPROVE = "approve"
    REJECT = "reject"
    COUNTER = "counter"
    MIXED = "mixed"


class Ask(Base):
    """One question with its steps. Its row is locked by whoever answers, moves or ends it; the first counts."""

    __tablename__ = "asks"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reference: Mapped[str] = mapped_column(index=True)
    """What it is about, in the words of whoever asked: `price:17`, `order:M26000123`."""
    party_code: Mapped[str | None] = mapped_column(index=True)
    plant: Mapped[str] = mapped_column(default="")
    """Whose people are asked, if it has any of those named."""
    function: Mapped[str] = mapped_column(default="")
    """Before whom it comes when nobody answers."""
    then: Mapped[str]
    """The job that follows its answer or lapse, with its id."""
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """On which it is decided, as they were when it was asked."""
    steps: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """`[{"level", "approvers", "minutes"}]` (`routing.ask_rules.Step`), in the order in which they are asked."""
    step: Mapped[int] = mapped_column(default=0)
    """The place in `steps` of the one that is asked now."""
    state: Mapped[str] = mapped_column(default=AskState.OPEN.value)
    version: Mapped[int] = mapped_column(default=1)
    """Raised with every step: buttons are bound to it."""
    simulated: Mapped[bool] = mapped_column(default=False, server_default=false())
    opened_at: Mapped[datetime]
    step_opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """When the working minutes of those asked are over; None: it is not open."""
    answer: Mapped[str | None]
    answer_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    for_person: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    """In whose stead, when he who answered stands in for somebody."""
    answered_at: Mapped[datetime | None]
    inbound_id: Mapped[int | None]
    """The message that answered it."""
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index("ix_asks_open", "due_at", "id", postgresql_where=text("state = 'open'")),
        Index("uq_asks_open", "kind", "reference", unique=True, postgresql_where=text("state = 'open'")),
    )


class AskedPerson(Base):
    """One person to whom a step of an ask was put."""

    __tablename__ = "asked_persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    ask_id: Mapped[int] = mapped_column(ForeignKey("asks.id"), index=True)
    step: Mapped[int]
    level: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    for_person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    """In whose stead; None: in his own right."""
    asked_at: Mapped[datetime]
    sees_at: Mapped[datetime]
    """When he is at work first: at once, or at the next opening of his plant."""
    due_at: Mapped[datetime]
    """When his working minutes are over."""
    told_at: Mapped[datetime | None]
    """When he was told that he is asked."""
    told_end_at: Mapped[datetime | None]
    """When he was told that somebody else decided, or that it is over."""

    __table_args__ = (
        Index("ix_asked_persons_untold", "sees_at", "person_id", postgresql_where=text("told_at IS NULL")),
    )


class Delegation(Base):
    """Somebody decides in another's stead from a moment to a moment. Of several that hold at once the newest counts."""

    __tablename__ = "delegations"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_person: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    to_person: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """From this moment on it holds no longer."""
    made_at: Mapped[datetime]
    inbound_id: Mapped[int | None]
    """The tap that made it."""
    revoked_at: Mapped[datetime | None]
