"""Alias libraries as CSV: import, export, check, and proposals from what was ordered."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot import replay
from bot.app import Munshi
from erp.port import Finding
from orders import alias_files, alias_learning
from orders.aliases import Wish
from orders.model import Alias, AliasState
from web import cli

BY = "command line"
EVERY = 1000
REPLAYED_EVERY = 10
TEXT_SHOWN = 120


@click.group("aliases")
def aliases() -> None:
    """Alias libraries as CSV (customer, alias, sku, uom)."""


@aliases.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_aliases(file: Path) -> None:
    """Take every sound row of FILE; name every other one with its remedy. Exit status 1 when there were any."""
    with cli.composed() as munshi, munshi.database.transaction() as session:
        done = alias_files.import_file(session, file, name=file.name, by=BY, progress=_tell)
    for problem in done.problems:
        click.echo(str(problem), err=True)
    told = f"{done.added} added, {done.changed} changed, {done.there_already} there already"
    click.echo(f"{told}, {len(done.problems)} problems.")
    if done.problems:
        raise SystemExit(1)


def _tell(done: int, of: int | None) -> None:
    if done % EVERY == 0:
        click.echo(f"{done}{f' of about {of}' if of else ''} rows", err=True)


@aliases.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export_aliases(file: Path) -> None:
    """Write every alias in use to FILE."""
    with (
        cli.composed() as munshi,
        munshi.database.transaction() as session,
        file.open("w", encoding="utf-8", newline="") as out,
    ):
        count = alias_files.export_file(session, out)
    click.echo(f"{count} aliases written to {file}.")


@aliases.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replay", "replayed", is_flag=True, help="Also read past messages again, as now and as then.")
@click.option("--last", type=click.IntRange(1, 5000), default=replay.MOST_READ, help="So many messages an alias.")
def check_aliases(file: Path | None, *, replayed: bool, last: int) -> None:
    """Say what is wrong with the aliases in use, or with the rows of FILE. Exit status 1 when anything is.

    With --replay also what the new rows of FILE, or the proposals that wait, would have changed: how many past
    messages hold the words, and what their lines are read as now and would be read as then. Writes nothing.
    """
    with cli.composed() as munshi:
        lines, wishes = _check_file(munshi, file) if file else (_check_all(munshi), _proposed(munshi))
        for line in lines:
            click.echo(line)
        if replayed:
            _replay(munshi, wishes, last=last)
    if lines:
        raise SystemExit(1)
    click.echo("Nothing is wrong with the aliases.")


def _check_file(munshi: Munshi, file: Path) -> tuple[list[str], list[Wish]]:
    """What is wrong, and the rows that would be new."""
    with munshi.database.transaction() as session:
        done = alias_files.import_file(session, file, name=file.name, by=BY)
        wishes = [_wish(alias) for alias in _by_id(session, Alias.id.in_(done.ids))]
        session.rollback()
    return [str(problem) for problem in done.problems], wishes


def _proposed(munshi: Munshi) -> list[Wish]:
    with munshi.database.transaction() as session:
        return [_wish(alias) for alias in _by_id(session, Alias.state == AliasState.PROPOSED.value)]


def _by_id(session: Session, which: ColumnElement[bool]) -> Sequence[Alias]:
    return session.scalars(select(Alias).where(which).order_by(Alias.id)).all()


def _wish(alias: Alias) -> Wish:
    return Wish(party_code=alias.party_code, phrase=alias.phrase, sku=alias.sku, uom=alias.uom or "")


def _replay(munshi: Munshi, wishes: Sequence[Wish], *, last: int) -> None:
    """A transaction for each alias: many of them take a while."""
    before: replay.Readings = {}
    changed = 0
    for count, wish in enumerate(wishes, 1):
        with munshi.database.transaction() as session:
            seen = replay.preview(munshi, session, wish, last=last, before=before)
        changed += bool(seen.changed)
        click.echo(f"“{wish.phrase}” {wish.party_code or 'everyone'} → {wish.sku}: {_counted(seen)}")
        for one in seen.changed:
            click.echo(f"    {one.at:%Y-%m-%d} {one.party_code} “{' '.join(one.text.split())[:TEXT_SHOWN]}”")
            for told, read in (("now", one.before), ("then", one.after)):
                click.echo(f"      {told + ':':<5} {'; '.join(map(_read_line, read)) or 'nothing of it'}")
        if count % REPLAYED_EVERY == 0:
            click.echo(f"{count} of {len(wishes)} aliases", err=True)
    click.echo(f"{len(wishes)} aliases, {changed} of which would change what past messages are read as.")


def _counted(seen: replay.Preview) -> str:
    if not seen.read:
        return "no past message holds these words"
    held = f"{seen.read} past message{'s hold' if seen.read > 1 else ' holds'} words of it"
    return f"{held}, {len(seen.changed)} would be read differently"


def _read_line(line: replay.Line) -> str:
    return f"“{line.source}” {f'{line.quantity} {line.sku}' if line.sku else 'not settled'} ({line.status})"


def _check_all(munshi: Munshi) -> list[str]:
    with munshi.database.transaction() as session:
        return [_line(finding) for finding in alias_files.check(session)]


def _line(finding: Finding) -> str:
    return f"{finding.subject}: {finding.text}. Remedy: {finding.remedy}."


@aliases.command("learn")
@click.argument("file", required=False, type=click.Path(dir_okay=False, writable=True, path_type=Path))
def learn_aliases(file: Path | None) -> None:
    """Propose words that mean one item by what was ordered in the end, for an admin to approve; list them in FILE.

    Learnt from: confirmed lines (twice the same), lines corrected by their sender (once), and lines that were set
    aside or declined where the ERP's history shows what was sold instead (twice).
    """
    with cli.composed() as munshi, munshi.database.transaction() as session:
        proposed = alias_learning.learn(session)
        if file is not None:
            with file.open("w", encoding="utf-8", newline="") as out:
                alias_files.write_rows(out, proposed)
    click.echo(f"{len(proposed)} aliases proposed.")


COMMANDS = (aliases,)
