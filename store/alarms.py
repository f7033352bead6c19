"""Alarms: what is wrong for too long, told once, and once when it is over. Rows, so that any clock may tell them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Index, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.database import now

AGAIN_AFTER = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600))
"""How long to wait before a note that could not be delivered is tried again."""
KEPT = timedelta(days=30)
TRIED_FOR = timedelta(days=1)


class Alarm(Base):
    """Something is wrong. Told only from `tell_from` on: what passes before is nobody's trouble."""

    __tablename__ = "alarms"

    key: Mapped[str] = mapped_column(primary_key=True)
    """What it is about: `erp:main`, `provider:twilio`, `unsent` …"""
    text: Mapped[str]
    began_at: Mapped[datetime]
    tell_from: Mapped[datetime]
    told_at: Mapped[datetime | None]


class AlarmNote(Base):
    """One telling by one way. Claimed by pushing `due_at` on, so that a killed clock's note is told by another."""

    __tablename__ = "alarm_notes"
    __table_args__ = (Index("ix_alarm_notes_open", "id", postgresql_where=text("told_at IS NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    way: Mapped[str]
    over: Mapped[bool]
    text: Mapped[str]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]


def begins(session: Session, key: str, said: str, *, patience: timedelta = timedelta()) -> None:
    """Note that something is wrong; it is told once it has been so for as long as `patience`."""
    present = now(session)
    row = {"key": key, "text": said, "began_at": present, "tell_from": present + patience}
    session.execute(insert(Alarm).values(row).on_conflict_do_nothing())


def ends(session: Session, key: str, *, ways: Iterable[str]) -> bool:
    """It is over; whoever was told that it began is told so. Whether there was such an alarm."""
    ended = session.execute(delete(Alarm).where(Alarm.key == key).returning(Alarm.text, Alarm.told_at)).first()
    if ended is not None and ended.told_at is not None:
        _note(session, key, ended.text, ways=ways, over=True)
    return ended is not None


def ripen(session: Session, *, ways: Iterable[str]) -> int:
    """Leave a note for each way about every alarm that is old enough to be told; how many alarms."""
    ways = tuple(ways)
    ripe = session.execute(
        update(Alarm)
        .where(Alarm.told_at.is_(None), Alarm.tell_from <= now(session))
        .values(told_at=now(session))
        .returning(Alarm.key, Alarm.text)
    ).all()
    for key, said in ripe:
        _note(session, key, said, ways=ways, over=False)
    return len(ripe)


def _note(session: Session, key: str, said: str, *, ways: Iterable[str], over: bool) -> None:
    present = now(session)
    session.add_all(
        AlarmNote(key=key, way=way, over=over, text=said, made_at=present, due_at=present, attempts=0) for way in ways
    )


def claim_note(session: Session, way: str) -> AlarmNote | None:
    """The oldest note to be told by this way, if it is due: ours for a while. One that failed keeps its place."""
    present = now(session)
    session.execute(delete(AlarmNote).where(AlarmNote.made_at < present - KEPT))
    note = session.scalars(
        select(AlarmNote)
        .where(AlarmNote.way == way, AlarmNote.told_at.is_(None), AlarmNote.made_at > present - TRIED_FOR)
        .order_by(AlarmNote.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if note is None or note.due_at > present:
        return None
    note.due_at = present + AGAIN_AFTER[min(note.attempts, len(AGAIN_AFTER) - 1)]
    note.attempts += 1
    return note


def told(session: Session, note_id: int) -> None:
    """A note has been delivered."""
    session.execute(update(AlarmNote).where(AlarmNote.id == note_id).values(told_at=now(session)))


def standing(session: Session) -> list[Alarm]:
    """What has been wrong for long enough to be told, oldest first."""
    return list(session.scalars(select(Alarm).where(Alarm.told_at.is_not(None)).order_by(Alarm.began_at, Alarm.key)))
