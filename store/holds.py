"""What stands still: everything after a restore, or what a person has paused. What is sent in is stored meanwhile.

Whoever answers, sends or posts asks `standstill` in the transaction in which it claims the row: so it takes
effect at once, in every process, and nothing is taken out of the queue.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.database import now
from store.jobs import Queue
from store.queue import hurry

LOOK_AGAIN = timedelta(seconds=30)
"""How soon a job that found its way barred looks again by itself; whoever ends the standstill hurries it."""
EVERYBODY = ""


class Hold(Base):
    """One queue held by a restore; a worker of the release before takes no jobs from it."""

    __tablename__ = "queue_holds"

    queue: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    reason: Mapped[str]


class Pause(Base):
    """Somebody stopped us: for one customer, or (an empty code) for everybody."""

    __tablename__ = "pauses"

    customer: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Standstill:
    """What must wait now."""

    everything: bool
    customers: frozenset[str]
    """Codes of the customers that are paused by themselves."""

    def stops(self, firms: Collection[str]) -> bool:
        """Whether what concerns these firms, and no other, must wait."""
        return self.everything or (bool(firms) and self.customers.issuperset(firms))

    def __bool__(self) -> bool:
        return self.everything or bool(self.customers)


def standstill(session: Session) -> Standstill:
    """What must wait, in one trip to the database."""
    found = session.scalars(union_all(select(literal(EVERYBODY)).select_from(Hold), select(Pause.customer))).all()
    return Standstill(everything=EVERYBODY in found, customers=frozenset(found) - {EVERYBODY})


# --- after a restore ---


CUT_SHORT = "a restore that was cut short: run it again"
HELD_ANEW = f"""
INSERT INTO public.queue_holds (queue, since, reason)
SELECT queue, now(), '{CUT_SHORT}' FROM unnest(ARRAY['{"', '".join(queue.value for queue in Queue)}']) AS queue
    ON CONFLICT (queue) DO UPDATE SET since = excluded.since, reason = excluded.reason;
"""  # noqa: S608 (our own words alone)
"""What a restore puts behind the backup's own content, in the same transaction: it is held from the first moment."""


def hold_everything(session: Session, *, reason: str) -> None:
    """Let nothing be answered, sent or posted until `release_everything`; what people write is stored."""
    rows = insert(Hold).values([{"queue": queue.value, "since": now(session), "reason": reason} for queue in Queue])
    anew = {"since": rows.excluded.since, "reason": rows.excluded.reason}
    session.execute(rows.on_conflict_do_update(index_elements=["queue"], set_=anew))


def release_everything(session: Session) -> bool:
    """End the hold of a restore; whether there was one."""
    released = session.execute(delete(Hold).returning(Hold.queue)).all()
    hurry(session)
    return bool(released)


def held(session: Session) -> Hold | None:
    """The hold of a restore, if there is one."""
    return session.scalars(select(Hold).order_by(Hold.since).limit(1)).first()


# --- by a person ---


def pause(session: Session, *, customer: str = EVERYBODY, by: str, reason: str = "") -> bool:
    """Stop answering, sending and posting at once; False when that was so already."""
    row = {"customer": customer, "since": now(session), "by": by, "reason": reason}
    made = session.execute(insert(Pause).values(row).on_conflict_do_nothing().returning(Pause.customer))
    return made.first() is not None


def resume(session: Session, *, customer: str = EVERYBODY) -> bool:
    """Go on; what was stored is worked through in order. False when there was no such pause."""
    ended = session.execute(delete(Pause).where(Pause.customer == customer).returning(Pause.customer)).first()
    hurry(session)
    return ended is not None


def pauses(session: Session) -> list[Pause]:
    """What is paused, that of everybody first."""
    return list(session.scalars(select(Pause).order_by(Pause.customer)))
