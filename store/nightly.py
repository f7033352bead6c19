"""The nightly backup: one a day, whichever clock is first; each is tried out by restoring it beside; old ones go."""

import shutil
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.backup import BackupFailed, backup, try_out
from store.base import Base
from store.database import Database, now

log = structlog.get_logger()

PREFIX, SUFFIX, BAD = "munshi-", ".dump", ".bad"
KEPT = 14
AGAIN_AFTER = timedelta(hours=1)
"""After a failure, or when whoever began it has died."""
OVERDUE = timedelta(hours=26)


class Backup(Base):
    """The backup of one day: who made it, where, and whether it can be restored."""

    __tablename__ = "backups"

    day: Mapped[date] = mapped_column(primary_key=True)
    machine: Mapped[str]
    began_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    """Written, and restored in trial."""
    file: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Nights:
    """When and where backups are made."""

    at: time
    zone: ZoneInfo
    folder: Path
    kept: int = KEPT


def back_up_tonight(database: Database, nights: Nights) -> bool:
    """Make today's backup if its hour has come and nobody has made it; whether one was made. Failures are rows."""
    local = database.clock.now().astimezone(nights.zone)
    if local.time() < nights.at:
        return False
    with database.transaction() as session:
        if not _claim(session, local.date()):
            return False
    file = nights.folder / f"{PREFIX}{local:%Y-%m-%d}{SUFFIX}"
    try:
        size = _write(database.url, file)
    except (BackupFailed, OSError) as error:
        log.error("backup_failed", reason=str(error))
        with database.transaction() as session:
            session.execute(update(Backup).where(Backup.day == local.date()).values(failure=str(error)[:500]))
        return False
    with database.transaction() as session:
        done = {"done_at": now(session), "file": str(file), "size": size, "failure": ""}
        session.execute(update(Backup).where(Backup.day == local.date()).values(**done))
    _drop_old(nights)
    log.info("backup_made", file=str(file), bytes=size)
    return True


def _claim(session: Session, day: date) -> bool:
    """Whether it is ours to make: nobody's yet, or of somebody who failed or died an hour ago."""
    row = {"day": day, "machine": socket.gethostname(), "began_at": now(session), "file": "", "size": 0, "failure": ""}
    mine = insert(Backup).values(row)
    taken_over = mine.on_conflict_do_update(
        index_elements=["day"],
        set_={"machine": mine.excluded.machine, "began_at": mine.excluded.began_at, "failure": ""},
        where=Backup.done_at.is_(None) & (Backup.began_at <= now(session) - AGAIN_AFTER),
    )
    return session.execute(taken_over.returning(Backup.day)).first() is not None


def _write(url: str, file: Path) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        file.parent.chmod(0o700)
    size = backup(url, file)
    try:
        try_out(url, file)
    except BackupFailed:
        for older in file.parent.glob(f"{PREFIX}*{BAD}"):
            older.unlink(missing_ok=True)  # one is enough to be looked at; each is as large as the database
        file.rename(file.with_suffix(BAD))
        raise
    return size


def _drop_old(nights: Nights) -> None:
    """Only files of ours, by their names; the newest stay."""
    for old in sorted(nights.folder.glob(f"{PREFIX}????-??-??{SUFFIX}"))[: -nights.kept]:
        old.unlink(missing_ok=True)
    for left in nights.folder.glob(f"{PREFIX}*{SUFFIX}.partial"):
        left.unlink(missing_ok=True)


def last_backup(session: Session) -> Backup | None:
    """The newest that can be restored."""
    return session.scalars(select(Backup).where(Backup.done_at.is_not(None)).order_by(Backup.day.desc())).first()


def trouble(session: Session) -> str:
    """Why there is no good backup of the last day; empty while there is, and on the first day."""
    newest = session.scalars(select(Backup).order_by(Backup.day.desc()).limit(1)).first()
    if newest is not None and newest.failure:
        return f"the backup of {newest.day} failed: {newest.failure}"
    good = last_backup(session)
    first = session.scalar(select(Backup.began_at).order_by(Backup.day).limit(1))
    since = good.done_at if good is not None else first
    if since is not None and since < now(session) - OVERDUE:
        return f"the last good backup is of {good.day}" if good is not None else "no backup was ever finished"
    return ""


def free_bytes(folder: Path) -> tuple[int, int]:
    """Free and total bytes of the disk a folder is on."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total
