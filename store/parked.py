"""Jobs that were given up and wait for a person."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.database import now


class ParkedJob(Base):
    """One job given up. `closed_at` is set once it was put back in the queue or dismissed by a person."""

    __tablename__ = "parked_jobs"
    __table_args__ = (Index("ix_parked_jobs_open", "id", postgresql_where=text("closed_at IS NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    queue: Mapped[str]
    lock: Mapped[str]
    ids: Mapped[dict[str, Any]]
    error: Mapped[str]
    parked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


def parked(session: Session) -> list[ParkedJob]:
    """Those no one has dealt with, oldest first."""
    return list(session.scalars(select(ParkedJob).where(ParkedJob.closed_at.is_(None)).order_by(ParkedJob.id)))


def close(session: Session, parked_id: int) -> ParkedJob | None:
    """Take one off the list; None when it is gone or somebody else was first."""
    row = session.get(ParkedJob, parked_id, with_for_update=True)
    if row is None or row.closed_at is not None:
        return None
    row.closed_at = now(session)
    return row
