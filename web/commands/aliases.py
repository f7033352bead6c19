"""Alias libraries as CSV: import, export, check, and proposals from what was ordered."""

from pathlib import Path

import click

from bot.app import Munshi
from erp.port import Finding
from orders import alias_files, alias_learning
from web import cli

BY = "command line"
EVERY = 1000


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
def check_aliases(file: Path | None) -> None:
    """Say what is wrong with the aliases in use, or with the rows of FILE. Exit status 1 when anything is."""
    with cli.composed() as munshi:
        lines = _check_file(munshi, file) if file else _check_all(munshi)
    for line in lines:
        click.echo(line)
    if lines:
        raise SystemExit(1)
    click.echo("Nothing is wrong with the aliases.")


def _check_file(munshi: Munshi, file: Path) -> list[str]:
    with munshi.database.transaction() as session:
        done = alias_files.import_file(session, file, name=file.name, by=BY)
        session.rollback()
    return [str(problem) for problem in done.problems]


def _check_all(munshi: Munshi) -> list[str]:
    with munshi.database.transaction() as session:
        return [_line(finding) for finding in alias_files.check(session)]


def _line(finding: Finding) -> str:
    return f"{finding.subject}: {finding.text}. Remedy: {finding.remedy}."


@aliases.command("learn")
@click.argument("file", required=False, type=click.Path(dir_okay=False, writable=True, path_type=Path))
def learn_aliases(file: Path | None) -> None:
    """Propose the words customers used more than once for one item, for an admin to approve; list them in FILE."""
    with cli.composed() as munshi, munshi.database.transaction() as session:
        proposed = alias_learning.learn(session)
        if file is not None:
            with file.open("w", encoding="utf-8", newline="") as out:
                alias_files.write_rows(out, proposed)
    click.echo(f"{len(proposed)} aliases proposed.")


COMMANDS = (aliases,)
