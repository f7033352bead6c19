"""`check`: every setting, the database, the ERP and the WhatsApp sender, one line each."""

from collections.abc import Iterator
from typing import NamedTuple

import click
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.alarms import ends_soon
from bot.app import Munshi, compose
from bot.channels.port import Channel, Expiring
from bot.leakage_digest import unread as leakage_unread
from bot.plant_digest import unread
from bot.settings import OFF, Settings, SettingsError, read
from bot.unreachable import Reason, Unreachable, unreachable
from erp.check import findings
from erp.port import Finding, Level
from orders import rule_judge
from orders.approver_gaps import approver_gaps
from people.modes import differences
from store.alarms import standing
from store.holds import held, pauses
from store.migrate import is_current
from store.nightly import last_backup, trouble
from store.parked import parked
from store.server import Server
from web.commands.mode import in_words
from web.health import CHECKS


class Line(NamedTuple):
    """What was looked at, how it stands, what to do."""

    level: Level
    subject: str
    text: str


NAMED = 10
MARKS = {Level.OK: "ok", Level.WARNING: "note", Level.ERROR: "FAIL"}


@click.command("check")
def check() -> None:
    """Look at every setting, the database, the ERP and the WhatsApp sender; exit status 1 if any fails.

    Nothing is started, made or changed; an embedded database that does not run is only said to be so.
    """
    failed = 0
    for line in lines():
        click.echo(f"{MARKS[line.level]:<5} {line.subject:<22} {line.text}")
        failed += line.level is Level.ERROR
    if failed:
        click.echo(f"{failed} to mend.", err=True)
        raise SystemExit(1)


def lines() -> Iterator[Line]:
    """Every line, in order; with wrong settings only those."""
    try:
        settings = read()
    except SettingsError as error:
        yield from (Line(Level.ERROR, "settings", problem) for problem in error.problems)
        return
    yield from settings_lines(settings)
    url = settings.database_url or Server(settings.munshi_var).url
    munshi = compose(settings, database_url=url, application_name="munshi-check")
    try:
        yield from _database_and_erp(munshi)
        yield from _channel_lines(munshi)
        yield _papers(munshi)
        if munshi.mailbox is not None:
            problem = munshi.mailbox.check()
            yield Line(Level.ERROR if problem else Level.OK, "mailbox", problem or "can be read")
    finally:
        munshi.database.dispose()


def settings_lines(settings: Settings) -> Iterator[Line]:
    """Each setting with its value; a secret only as set or not."""
    unused = settings.without_effect()
    for field in Settings.model_fields:
        name, value = field.upper(), getattr(settings, field)
        if isinstance(value, SecretStr):
            shown = "set" if value.get_secret_value() else "not set"
        elif field == "database_url":
            shown = "set" if value else "not set"
        else:
            shown = "not set" if value in ("", None) else str(value)
        if name in unused:
            yield Line(Level.WARNING, name, f"{shown}; this release does nothing with it yet")
        else:
            yield Line(Level.OK, name, shown + ("" if field in settings.model_fields_set else " (default)"))


def _database_and_erp(munshi: Munshi) -> Iterator[Line]:
    settings = munshi.settings
    embedded = Server(settings.munshi_var)
    if not settings.database_url and not (embedded.data / "postmaster.pid").exists():
        yield Line(Level.OK, "database", "embedded, not running; `python wsgi.py` starts it")
        yield from map(_line, findings(munshi.erps))
        return
    try:
        current = is_current(munshi.database.engine)
        found = list(_in_database(munshi)) if current else []
    except SQLAlchemyError as error:
        yield Line(Level.ERROR, "database", f"cannot be used ({type(error).__name__}); see DATABASE_URL")
        yield from map(_line, findings(munshi.erps))
        return
    if not current:
        yield Line(Level.ERROR, "database", "is not at this release; run `flask --app wsgi migrate`")
        found = [_line(finding) for finding in findings(munshi.erps)]
    yield from found


def _in_database(munshi: Munshi) -> Iterator[Line]:
    with munshi.database.transaction() as session:
        yield Line(Level.OK, "database", "answers and is at this release")
        for looked in CHECKS:
            if missing := looked(session):
                yield Line(Level.WARNING, "readiness", missing)
        yield from _standing_still(session)
        yield from (Line(Level.WARNING, "override", in_words(one)) for one in differences(session))
        yield from _backups(munshi, session)
        yield from _digests(munshi, session)
        for gap in approver_gaps(session, timezone=munshi.settings.timezone):
            yield Line(Level.WARNING, "approvals", gap)
        for alarm in standing(session):
            yield Line(Level.WARNING, "alarm", f"{alarm.text}, since {alarm.began_at:%Y-%m-%d %H:%M} UTC")
        yield from _unreachable(munshi, session)
        if jobs := parked(session):
            yield Line(Level.WARNING, "failed jobs", f"{len(jobs)} wait at the order desk")
        yield from map(_line, findings(munshi.erps, session))
        yield from map(_line, rule_judge.findings(session, timezone=munshi.settings.timezone))


def _standing_still(session: Session) -> Iterator[Line]:
    if hold := held(session):
        since = f"{hold.since:%Y-%m-%d %H:%M} UTC"
        yield Line(Level.WARNING, "on hold", f"{hold.reason}, since {since}; `flask --app wsgi reconcile`")
    for one in pauses(session):
        of, option = (f"customer {one.customer}", f" --customer {one.customer}") if one.customer else ("everybody", "")
        why = f" ({one.reason})" if one.reason else ""
        text = f"{of} by {one.by} since {one.since:%Y-%m-%d %H:%M} UTC{why}; `flask --app wsgi resume{option}`"
        yield Line(Level.WARNING, "paused", text)


def _unreachable(munshi: Munshi, session: Session) -> Iterator[Line]:
    """Staff one by one; customers as many as they are, with the first of them by name."""
    found = list(unreachable(session, munshi.channel, timezone=munshi.settings.timezone))
    for one in found:
        if one.staff:
            yield Line(Level.WARNING, "unreachable", f"{one.name} (staff): {_why(one)}")
    customers: dict[str, list[str]] = {}
    for one in found:
        if not one.staff:
            customers.setdefault(_why(one), []).append(one.name)
    for why, names in customers.items():
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield Line(Level.WARNING, "unreachable", f"{', '.join(names[:NAMED])}{more}: {why}")


def _why(one: Unreachable) -> str:
    return f"{one.reason} ({one.language})" if one.reason is Reason.WINDOW_SHUT else one.reason


def _backups(munshi: Munshi, session: Session) -> Iterator[Line]:
    if munshi.nights is None:
        yield Line(Level.OK, "backups", "none is made here; BACKUP_AT=02:00 makes them, or your PostgreSQL's own tools")
        return
    if said := trouble(session):
        yield Line(Level.WARNING, "backups", said)
    elif last := last_backup(session):
        yield Line(Level.OK, "backups", f"{last.file} of {last.day}, {last.size / 1e6:.1f} MB, restored in trial")
    else:
        yield Line(Level.OK, "backups", f"the first is made at {munshi.nights.at:%H:%M} into {munshi.nights.folder}")


def _digests(munshi: Munshi, session: Session) -> Iterator[Line]:
    timezone = munshi.settings.timezone
    for plant in unread(session, timezone=timezone) if munshi.settings.digest_at != OFF else ():
        yield Line(Level.WARNING, "digest", f"nobody of planning or dispatch hears that of {plant or 'the plant'}")
    for plant in leakage_unread(session, timezone=timezone) if munshi.settings.leakage_day != OFF else ():
        yield Line(
            Level.WARNING,
            "leakage digest",
            f"nobody hears that of {plant or 'the plant'}; give somebody the role approver:3 or plant_head",
        )


def _line(finding: Finding) -> Line:
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    return Line(finding.level, finding.subject, finding.text + remedy)


def _channel_lines(munshi: Munshi) -> Iterator[Line]:
    for name, channel in munshi.channels.items():
        problems = [*channel.check(), *_ending_access(munshi, channel)]
        for problem in problems:
            yield Line(Level.ERROR, f"channel {name}", problem)
        if not problems:
            yield Line(Level.OK, f"channel {name}", "is set up")


def _papers(munshi: Munshi) -> Line:
    pictures = "photos are read" if munshi.reads_pictures else "photos are a person's (tesseract-ocr is not installed)"
    if munshi.settings.ocr == OFF:
        pictures = "photos are a person's (OCR=off)"
    voices = "voice notes are read" if munshi.transcriber else "voice notes are a person's (TRANSCRIBER_URL)"
    return Line(Level.OK, "papers", f"PDFs and sheets are read; {pictures}; {voices}")


def _ending_access(munshi: Munshi, channel: Channel) -> Iterator[str]:
    ends_at = channel.access_ends_at() if isinstance(channel, Expiring) else None
    if ends_at is not None and ends_soon(ends_at, munshi.clock.now()):
        yield f"the access token ends on {ends_at:%d %b %Y at %H:%M} UTC; set one without an end (README, WhatsApp)"


COMMANDS = [check]
