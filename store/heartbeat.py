"""Signs of life of workers and clocks, with what they counted: rows, so that any process may read them."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.database import Database

log = structlog.get_logger()

BEAT_EVERY = timedelta(seconds=3)
ALIVE_WITHIN = timedelta(seconds=15)
FORGET_AFTER = timedelta(days=1)


class Heartbeat(Base):
    """One process. Times are the database's own, not the business's."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    beat_at: Mapped[datetime] = mapped_column(server_default=func.now())
    counts: Mapped[dict[str, Any]]


class Heart:
    """The beating side: one per process."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind
        # The random end keeps a recycled pid from speaking for the dead.
        self._process = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"

    def beat(self, **counts: int) -> None:
        """Say that this process lives, and what it counted since it started."""
        values = {"process": self._process, "kind": self._kind, "counts": counts}
        statement = insert(Heartbeat).values(values)
        with self._database.transaction() as session:
            session.execute(
                statement.on_conflict_do_update(
                    index_elements=["process"],
                    set_={"beat_at": func.now(), "counts": statement.excluded.counts},
                )
            )
            session.execute(delete(Heartbeat).where(Heartbeat.beat_at < func.now() - FORGET_AFTER))

    @contextmanager
    def beating(self, counts: Callable[[], Mapping[str, int]] = dict) -> Iterator[None]:
        """Beat as long as the block runs, from a thread: nobody waits for a database that is away."""
        stop = Event()
        thread = Thread(target=self._keep, args=(counts, stop), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(timeout=1)

    def _keep(self, counts: Callable[[], Mapping[str, int]], stop: Event) -> None:
        while True:
            try:
                self.beat(**counts())
            except SQLAlchemyError as error:
                log.debug("heartbeat_missed", error=type(error).__name__)
            if stop.wait(BEAT_EVERY.total_seconds()):
                break
        with suppress(SQLAlchemyError), self._database.transaction() as session:
            session.execute(delete(Heartbeat).where(Heartbeat.process == self._process))


def alive(session: Session, kind: str) -> int:
    """How many processes of this kind have beaten lately."""
    recent = Heartbeat.beat_at >= func.now() - ALIVE_WITHIN
    return session.scalar(select(func.count()).where(Heartbeat.kind == kind, recent)) or 0


def counted(session: Session, kind: str) -> dict[str, int]:
    """What the processes of this kind have counted, the ended ones of the last day included."""
    totals: dict[str, int] = {}
    for counts in session.scalars(select(Heartbeat.counts).where(Heartbeat.kind == kind)):
        for name, count in counts.items():
            totals[name] = totals.get(name, 0) + count
    return totals
