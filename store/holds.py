"""Queues whose jobs wait: after a restore nothing goes out until a person has compared."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.database import now
from store.jobs import Queue

OUTGOING = (Queue.SEND, Queue.ERP)


class Hold(Base):
    """One queue that no worker takes jobs from."""

    __tablename__ = "queue_holds"

    queue: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    reason: Mapped[str]


def hold_outgoing(session: Session, *, reason: str) -> None:
    """Let nothing be sent or posted; what people write is still taken in and read."""
    rows = [{"queue": queue.value, "since": now(session), "reason": reason} for queue in OUTGOING]
    session.execute(insert(Hold).values(rows).on_conflict_do_nothing())


def release_outgoing(session: Session) -> int:
    """Let everything go out again; how many queues were held."""
    return len(session.execute(delete(Hold).returning(Hold.queue)).all())


def held(session: Session) -> dict[str, str]:
    """The held queues with the reason."""
    return {hold.queue: hold.reason for hold in session.scalars(select(Hold))}
