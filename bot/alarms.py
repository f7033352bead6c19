"""Alarms: what is looked at, how long it may be wrong, and telling it once, and once when it is over."""

import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.alarm_ways import NotTold, Telling
from bot.app import Munshi
from bot.channels.port import Expiring
from bot.channels.shapes import FORMS, form_key
from bot.model import ContentShape, Mailbox, Outbound
from bot.sending import OPEN, stands_still
from bot.settings import Settings
from bot.templates import BARRED
from erp.circuit import down_since
from store import alarms
from store.alarms import Alarm
from store.database import Database, now
from store.heartbeat import alive
from store.holds import standstill
from store.nightly import free_bytes, trouble
from store.queue import stalled

log = structlog.get_logger()

READS, TAKES = "erp", "erp_takes"
DOWN_FOR = timedelta(minutes=5)
DATABASE_AWAY_FOR = timedelta(minutes=1)
UNSENT_FOR = timedelta(minutes=2)
STALLED_FOR = timedelta(minutes=2)
LEAST_FREE, AMPLE = 1_000_000_000, 10_000_000_000
LEAST_SHARE = 20
"""A disk with less than one part in so many free is too full, unless that is ample still."""
EXPIRES_WITHIN = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """Something wrong now. `patience`: told once it has been so for that long."""

    key: str
    text: str
    patience: timedelta = timedelta()


def watch(app: Munshi) -> int:
    """The duty: look at everything in our own records, note what began and what is over, and tell it."""
    try:
        with app.database.transaction() as session:
            for kind, look in LOOKS.items():
                note(session, app, kind, list(look(app, session)))
    except OperationalError:
        _database_is_away(app)
        raise
    _database_is_back(app)
    return tell(app)


def note(session: Session, app: Munshi, kind: str, found: list[Wrong]) -> None:
    """What is wrong now of one kind; all else of that kind is over."""
    for one in found:
        alarms.begins(session, one.key, one.text, patience=one.patience)
    keys = {one.key for one in found}
    of_kind = (Alarm.key == kind) | Alarm.key.startswith(f"{kind}:", autoescape=True)
    noted = session.scalars(select(Alarm.key).where(of_kind).order_by(Alarm.key)).all()
    for key in noted:
        if key not in keys:
            alarms.ends(session, key, ways=app.alarm_ways)


# --- what is looked at ---


def _erps(app: Munshi, session: Session) -> Iterator[Wrong]:
    """That it takes no documents, unless it is known not to let itself be read either: told once, not twice."""
    for name in app.erps:
        silent = session.get(Alarm, f"{READS}:{name}")
        if silent is None and down_since(session, name) is not None:
            yield Wrong(key=f"{TAKES}:{name}", text=f"the ERP {name} takes no documents; they wait", patience=DOWN_FOR)


def erp_read(app: Munshi, name: str, *, failure: str) -> None:
    """Whether an ERP could be read just now: noted by whoever reads it."""
    text = f"the ERP {name} does not answer: {failure}; orders for it wait"
    found = [Wrong(key=f"{READS}:{name}", text=text, patience=DOWN_FOR)] if failure else []
    with app.database.transaction() as session:
        note(session, app, f"{READS}:{name}", found)


def _unsent(_: Munshi, session: Session) -> Iterator[Wrong]:
    """Bubbles that should have gone, but for those of whoever is paused; one put back is as old as it is."""
    if standstill(session).everything:
        return
    since = now(session) - UNSENT_FOR
    late = (
        select(Outbound.account_id)
        .where(
            Outbound.state.in_(OPEN),
            func.coalesce(Outbound.released_at, Outbound.created_at) <= since,
            (Outbound.not_before <= since) | (Outbound.error != ""),
        )
        .distinct()
    )
    # The first that is not paused is enough; of those who are, however many, the rest is looked at too.
    if any(not stands_still(session, account_id) for account_id in session.scalars(late).all()):
        yield Wrong(key="unsent", text=f"messages wait unsent for more than {_minutes(UNSENT_FOR)}")


def _queue(_: Munshi, session: Session) -> Iterator[Wrong]:
    if not alive(session, "worker"):
        yield Wrong(key="queue:workers", text="no worker is running", patience=timedelta(minutes=1))
    for queue in stalled(session, STALLED_FOR):
        yield Wrong(key=f"queue:{queue}", text=f"jobs of the queue {queue} wait for more than {_minutes(STALLED_FOR)}")


def _disk(app: Munshi, _: Session) -> Iterator[Wrong]:
    """Of this machine alone; each clock looks at its own."""
    for folder in {app.settings.munshi_var, app.settings.backups}:
        free, total = free_bytes(folder)
        if free < max(LEAST_FREE, min(total // LEAST_SHARE, AMPLE)):
            text = f"the disk of {folder} on {socket.gethostname()} has {free / 1e9:.1f} GB left"
            yield Wrong(key=f"{_disk_kind()}:{folder}", text=text)


def _disk_kind() -> str:
    return f"disk:{socket.gethostname()}"


def _templates(app: Munshi, session: Session) -> Iterator[Wrong]:
    """Of the channels that are set up; another one's are sent by nobody."""
    ours = tuple(form_key(name, FORMS) for name in app.channels)
    columns = (ContentShape.key, ContentShape.approval, ContentShape.reason)
    barred = select(*columns).where(ContentShape.approval.in_(BARRED))
    for key, approval, reason in session.execute(barred):
        if key.startswith(ours):
            why = f" ({reason})" if reason else ""
            yield Wrong(key=f"template:{key}", text=f"WhatsApp has {approval} the template {key}{why}")


def _backups(_: Munshi, session: Session) -> Iterator[Wrong]:
    if said := trouble(session):
        yield Wrong(key="backup", text=said)


def _mailbox(app: Munshi, session: Session) -> Iterator[Wrong]:
    trouble = app.mailbox and session.scalar(select(Mailbox.trouble).where(Mailbox.name == app.mailbox.name))
    if trouble:
        yield Wrong(key="mailbox", text=f"the mailbox cannot be read ({trouble})", patience=DOWN_FOR)


LOOKS: Mapping[str, Callable[[Munshi, Session], Iterator[Wrong]]] = {
    TAKES: _erps,
    "unsent": _unsent,
    "queue": _queue,
    _disk_kind(): _disk,
    "template": _templates,
    "backup": _backups,
    "mailbox": _mailbox,
}
"""Kind → what of it is wrong now. A kind is the first part of its alarms' keys."""


def probe(app: Munshi) -> int:
    """The duty: ask each provider whether it lets us in, and until when."""
    for name, channel in app.channels.items():
        problems = channel.check()
        ends_at = channel.access_ends_at() if isinstance(channel, Expiring) and not problems else None
        found = [
            Wrong(key=f"provider:{name}", text=f"{name} cannot be used: {problem}", patience=DOWN_FOR)
            for problem in problems[:1]
        ]
        with app.database.transaction() as session:
            note(session, app, f"provider:{name}", found)
            if isinstance(channel, Expiring) and not problems:
                note(session, app, f"token:{name}", _ends_soon(name, ends_at, now(session)))
    return 0


def _ends_soon(name: str, ends_at: datetime | None, present: datetime) -> list[Wrong]:
    if ends_at is None or not ends_soon(ends_at, present):
        return []
    return [Wrong(key=f"token:{name}", text=f"the access token of {name} ends on {ends_at:%d %b %Y at %H:%M} UTC")]


def ends_soon(ends_at: datetime, present: datetime) -> bool:
    """Whether an access that ends then must be renewed now."""
    return ends_at - present < EXPIRES_WITHIN


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f} minutes"


# --- the database itself ---


@dataclass(kw_only=True, slots=True)
class _Away:
    """Since when this process cannot reach the database; no row can hold it."""

    since: datetime
    told: bool = False


_away: WeakKeyDictionary[Database, _Away] = WeakKeyDictionary()


def _database_is_away(app: Munshi) -> None:
    away = _away.setdefault(app.database, _Away(since=app.clock.now()))
    if not away.told and app.clock.now() - away.since >= DATABASE_AWAY_FOR:
        away.told = _tell_at_once(app, over=False)


def _database_is_back(app: Munshi) -> None:
    away = _away.get(app.database)
    if away is not None and (not away.told or _tell_at_once(app, over=True)):
        del _away[app.database]


def _tell_at_once(app: Munshi, *, over: bool) -> bool:
    """Whether at least one way worked, or none is set up."""
    said = telling(app.settings, key="database", text="the database does not answer; nothing works", over=over)
    reached = not app.alarm_ways
    for name, way in app.alarm_ways.items():
        try:
            way.tell(said)
            reached = True
        except NotTold as error:
            log.warning("alarm_not_told", way=name, key="database", reason=str(error))
    return reached


# --- telling ---


def tell(app: Munshi) -> int:
    """Tell what is due, by every way that is set up; how many times."""
    with app.database.transaction() as session:
        alarms.ripen(session, ways=app.alarm_ways)
    told = 0
    for way in app.alarm_ways:
        while _tell_next(app, way):
            told += 1
    return told


def _tell_next(app: Munshi, way: str) -> bool:
    """Claimed and committed before the call, recorded after it, as everything that leaves the house."""
    with app.database.transaction() as session:
        claimed = alarms.claim_note(session, way)
    if claimed is None:
        return False
    try:
        app.alarm_ways[way].tell(telling(app.settings, key=claimed.key, text=claimed.text, over=claimed.over))
    except NotTold as error:
        log.warning("alarm_not_told", way=way, key=claimed.key, reason=str(error))
        return False
    with app.database.transaction() as session:
        alarms.told(session, claimed.id)
    log.info("alarm_told", way=way, key=claimed.key, over=claimed.over)
    return True


def telling(settings: Settings, *, key: str, text: str, over: bool) -> Telling:
    """An alarm in the words in which it goes out."""
    return Telling(key=key, text=text, over=over, source=settings.public_url or socket.gethostname())
