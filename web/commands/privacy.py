"""What the law gives people: all that is kept of them, its erasure, no more messages; and the report of a breach."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.breach import Report, report, write_people
from bot.erasure import erase
from bot.privacy_export import export
from people import consent
from people.model import Account, PrivacyAct
from people.privacy import NobodyFound, Subject, note, subject
from store.nightly import KEPT as NIGHTS_KEPT
from web import cli

PERSON = click.argument("person", metavar="PERSON")
FORMS = "PERSON is a phone number, `person:17` or `account:9` as the pages and reports show it, or a whole name."


@click.group("privacy")
def privacy() -> None:
    """Export, erase, stop writing to a person; report a breach."""


@privacy.command("export", epilog=FORMS)
@PERSON
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export_person(person: str, file: Path) -> None:
    """Write all that is kept of PERSON to FILE, a ZIP archive to be handed over."""
    with _about(person) as (_, session, whose):
        try:
            counts = export(session, whose, file, by=cli.whoever())
        except FileExistsError:
            raise click.ClickException(f"{file} is there already; name another one.") from None
        except OSError as error:
            raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
    click.echo(f"{file}: {counts['inbound']} messages, {counts['outbound']} replies, {counts['sales_orders']} orders.")
    click.echo("It holds everything of this person: hand it over safely, and delete it here.")


@privacy.command("erase", epilog=FORMS)
@PERSON
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_person(person: str, *, yes: bool) -> None:
    """Erase PERSON: messages, photos, name and number go; orders stay without them. Not to be undone."""
    if not yes:
        click.confirm("This cannot be undone. Export first if it is asked for. Erase?", abort=True)
    with _about(person) as (munshi, session, whose):
        counts = erase(session, whose, by=cli.whoever())
    click.echo(f"Erased as {whose.reference}: {counts['inbound']} messages, {counts['outbound']} replies.")
    for line in left_elsewhere(munshi):
        click.echo(line)


def left_elsewhere(munshi: Munshi) -> Iterator[str]:
    """Where the person still stands, which is not ours to erase."""
    if munshi.nights is not None:
        files = sorted(munshi.nights.folder.glob("munshi-*"))
        named = f" ({files[0].name} to {files[-1].name})" if files else ""
        yield (
            f"Still in the nightly backups in {munshi.nights.folder}{named}, the last of which goes after"
            f" {NIGHTS_KEPT} nights, and in copies of them. After restoring one, erase again."
        )
    else:
        yield "Still in the backups of your PostgreSQL until they go. After restoring one, erase again."
    yield "Still in the ERP: take the person out of its people list, or the next pull brings him back as a new one."
    yield "Still at the WhatsApp provider, by its own rules."


@privacy.command("stop", epilog=FORMS)
@PERSON
def stop(person: str) -> None:
    """Say nothing to PERSON any more but answers, as if he had written STOP."""
    _said_to_the_office(person, stops=True)


@privacy.command("start", epilog=FORMS)
@PERSON
def start(person: str) -> None:
    """Write to PERSON again, who has said so to you."""
    _said_to_the_office(person, stops=False)


def _said_to_the_office(person: str, *, stops: bool) -> None:
    with _about(person) as (_, session, whose):
        accounts = session.scalars(select(Account).where(Account.id.in_(whose.account_ids))).all()
        act = consent.stop if stops else consent.start
        changed = [act(session, one, source=consent.OFFICE, by=cli.whoever()) for one in accounts]
    if not accounts:
        raise click.ClickException("He never wrote and was never written to; deactivate him in the people list.")
    said = "Only answers go to him" if stops else "He is written to"
    click.echo(f"{said} from now on." if any(changed) else f"{said} already.")


@privacy.command("report")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="In UTC.")
@click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False), help="Everybody, one a row.")
def report_breach(since: datetime, file: Path | None) -> None:
    """Whose data of which kinds was in reach since then, to be reported within 72 hours of a breach."""
    with cli.composed() as munshi, munshi.database.transaction() as session:
        found = report(session, since.replace(tzinfo=UTC))
        if file is not None:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as out:
                write_people(out, found.people)
        for line in said(found, since):
            click.echo(line)
        note(session, PrivacyAct.REPORT, by=cli.whoever(), counts={"persons": len(found.people)})
    if file is not None:
        click.echo(f"Everybody by name and number: {file}")


def said(found: Report, since: datetime) -> Iterator[str]:
    """The report in lines, without a name."""
    staff = sum(one.staff for one in found.people)
    yield f"In reach since {since:%Y-%m-%d %H:%M} UTC, what stood here before included:"
    yield f"  persons: {len(found.people)} ({staff} of the staff), each with number, name and firms"
    yield f"  messages of theirs: {found.total('messages')}, of them written since: {found.total('new_messages')}"
    yield f"  messages to them: {found.total('said')}"
    yield f"  photos, voice notes and documents: {found.total('attachments')}"
    yield f"  orders with goods and prices: {found.total('orders')}"
    yield "Meanwhile:"
    for act in found.acts:
        subject_of = act.subject or "everybody"
        yield f"  {act.at:%Y-%m-%d %H:%M} UTC {act.what} of {subject_of} by {act.by}: {_counts(act.counts)}"
    for backup in found.backups:
        yield f"  backup with all of it: {backup.file or 'failed'} of {backup.day} on {backup.machine}"
    yield f"  refused sign-ins: {found.sign_ins_refused}"
    yield "India's Data Protection Board and the persons are to be told without delay, in detail within 72 hours."


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"


@contextmanager
def _about(person: str) -> Iterator[tuple[Munshi, Session, Subject]]:
    with cli.composed("privacy") as munshi, munshi.database.transaction() as session:
        try:
            whose = subject(session, person)
        except NobodyFound as nobody:
            raise click.ClickException(str(nobody)) from None
        yield munshi, session, whose


COMMANDS = [privacy]
