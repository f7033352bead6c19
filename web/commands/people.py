"""Persons, phones and roles as CSV, for ERPs that do not hold them."""

from pathlib import Path

import click

from people import files, privacy
from people.model import PrivacyAct
from web import cli


@click.group("people")
def people() -> None:
    """Persons, phones and roles (the columns of people.csv)."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_people(file: Path) -> None:
    """Write every sound row of FILE; name every other one with its remedy. Exit status 1 when there were any."""
    with cli.composed() as munshi, munshi.database.transaction() as session:
        done = files.import_file(session, file, name=file.name)
    for problem in done.problems:
        click.echo(str(problem), err=True)
    click.echo(f"{done.added} added, {done.changed} changed, {len(done.problems)} problems.")
    if done.problems:
        raise SystemExit(1)


@people.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export_people(file: Path) -> None:
    """Write every person to FILE."""
    with (
        cli.composed() as munshi,
        munshi.database.transaction() as session,
        file.open("w", encoding="utf-8", newline="") as out,
    ):
        count = files.export_file(session, out)
        privacy.note(session, PrivacyAct.EXPORT, by=cli.whoever(), counts={"persons": count})
    click.echo(f"{count} persons written to {file}.")


COMMANDS = (people,)
