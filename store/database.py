"""Sessions and transactions on one PostgreSQL, each carrying the clock it is to be judged by."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar, cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from store.addresses import driver_url, plain_url
from store.clock import Clock, SystemClock
from store.wake import Waker

__all__ = ["Database", "call_after_commit", "clock_of", "driver_url", "is_collision", "now", "plain_url"]

CLOCK, CALLED = "clock", "called"
SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"
PAUSE_SECONDS = 0.05
# A machine that loses its power says no goodbye: its locks are to be free again within half a minute. Keepalives
# notice who is silent, the time-out who takes no answer any more (else retried for a quarter of an hour).
NOTICE_THE_DEAD = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000"
)

Result = TypeVar("Result")


def now(session: Session) -> datetime:
    """The present of this session's clock, aware, in UTC."""
    return clock_of(session).now()


def clock_of(session: Session) -> Clock:
    """The clock the session was opened with."""
    return cast(Clock, session.info[CLOCK])


def call_after_commit(session: Session, queue: str) -> None:
    """Have the workers of a queue look once this session's transaction is committed."""
    session.info.setdefault(CALLED, set()).add(queue)


class Database:
    """One pool of connections and the transactions made on it."""

    def __init__(
        self,
        *,
        url: str,
        clock: Clock | None = None,
        pool_size: int = 10,
        application_name: str = "munshi",
    ) -> None:
        self.url = url
        self.clock: Clock = clock or SystemClock()
        self.engine = _engine(url, pool_size=pool_size, application_name=application_name)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info={CLOCK: self.clock})
        self._waker: Waker | None = None

    def wake_workers(self) -> None:
        """From now on, call workers as soon as jobs for them are committed."""
        if self._waker is None:
            self._waker = Waker(self.url)
            event.listen(self._sessions, "after_commit", self._after_commit)

    def call_workers(self, *queues: str) -> None:
        """Have the workers of these queues look now, if they are to be called at all."""
        if self._waker:
            self._waker.call(queues)

    def _after_commit(self, session: Session) -> None:
        if queues := session.info.pop(CALLED, None):
            self.call_workers(*queues)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it raises."""
        with self._sessions.begin() as session:
            yield session

    def retrying(self, work: Callable[[Session], Result], attempts: int = 3) -> Result:
        """What `work` returns, in its own transaction; repeated after a deadlock or serialisation failure."""
        for attempt in range(1, attempts):
            try:
                return self._once(work)
            except DBAPIError as error:
                if not is_collision(error):
                    raise
                time.sleep(PAUSE_SECONDS * attempt)
        return self._once(work)

    def _once(self, work: Callable[[Session], Result]) -> Result:
        with self.transaction() as session:
            return work(session)

    def dispose(self) -> None:
        """Close every pooled connection, and call no one any more."""
        if self._waker:
            self._waker.stop()
        self.engine.dispose()


def is_collision(error: BaseException) -> bool:
    """Whether two transactions got in each other's way, so that the same work may simply be done again."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in (SERIALIZATION_FAILURE, DEADLOCK)


def _engine(url: str, *, pool_size: int, application_name: str) -> Engine:
    return create_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=5,
        # An error's text reaches logs and pages: the parameters may hold what people wrote.
        hide_parameters=True,
        # A restarted database leaves dead connections in the pool; the ping costs a tenth of a millisecond.
        pool_pre_ping=True,
        connect_args={
            "application_name": application_name,
            "options": f"-c TimeZone=UTC {NOTICE_THE_DEAD}",
            "connect_timeout": 10,
        },
    )
