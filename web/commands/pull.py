"""Master data on request: pull what changed, agree to what was refused, say what could not be used."""

import sys
from collections.abc import Sequence

import click

from bot.app import Munshi
from bot.pull import OWNERS
from erp.files import FilesErp
from erp.mirror_apply import Applied, Verdict
from erp.port import Erp, ErpError
from erp.pull import agree, forget, listings
from erp.pull import pull as pull_from
from erp.records import RecordKind
from web import cli

BY = "command line"
MOST_PROBLEMS_SAID = 20
KINDS = click.Choice([kind.value for kind in RecordKind])


@click.command("pull")
@click.option("--agree", "agreed", multiple=True, type=KINDS, help="Take this listing although much of it has gone.")
@click.option("--everything", is_flag=True, help="Look at every listing again, changed or not.")
@click.option("--problems", is_flag=True, help="Pull nothing; list every problem of the last pulls.")
def pull(agreed: Sequence[str], *, everything: bool, problems: bool) -> None:
    """Pull master data from the ERP now. Exit status 1 when a listing was refused or the ERP did not answer."""
    with cli.composed() as munshi:
        if problems:
            raise SystemExit(_say_problems(munshi))
        # Every one, also after one that failed.
        failed = [erp for erp in munshi.erps.values() if not _pull(munshi, erp, agreed, everything=everything)]
    if failed:
        raise SystemExit(1)


def _pull(munshi: Munshi, erp: Erp, agreed: Sequence[str], *, everything: bool) -> bool:
    with munshi.database.transaction() as session:
        for kind in agreed:
            if not agree(session, erp=erp.name, kind=RecordKind(kind), by=BY):
                click.echo(f"{kind}: nothing to agree to, the last version was not refused", err=True)
        if everything:
            forget(session, erp=erp.name)
    if isinstance(erp, FilesErp):
        erp.settle()
    try:
        done = pull_from(munshi.database, erp, OWNERS, progress=_progress)
    except ErpError as error:
        click.echo(f"{erp.name}: {error}", err=True)
        return False
    for applied in done:
        _say(applied)
    if not done:
        click.echo(f"{erp.name}: nothing has changed since the last pull.")
    return all(applied.verdict is Verdict.TAKEN for applied in done)


def _progress(kind: RecordKind, rows: int, expected: int | None) -> None:
    of = f" of about {expected}" if expected and expected > rows else ""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{kind.value}: {rows}{of} rows", err=True, nl=False)
    elif rows and rows % 50_000 == 0:
        click.echo(f"{kind.value}: {rows}{of} rows", err=True)


def _say(applied: Applied) -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
    if applied.verdict is Verdict.TAKEN:
        told = f"{applied.rows} rows, {applied.written} new or changed, {applied.deactivated} gone"
    else:
        told = "refused, the previous state is kept"
    click.echo(f"{applied.kind.value}: {told}")
    for problem in applied.problems[:MOST_PROBLEMS_SAID]:
        click.echo(f"  {problem}", err=True)
    if len(applied.problems) > MOST_PROBLEMS_SAID:
        click.echo("  and more: flask --app wsgi pull --problems", err=True)


def _say_problems(munshi: Munshi) -> int:
    count = 0
    with munshi.database.transaction() as session:
        for erp in munshi.erps.values():
            for listing in listings(session, erp.name):
                for problem in listing.problems:
                    click.echo(f"{problem}")
                    count += 1
    click.echo(f"{count} problems." if count else "No problems.")
    return 1 if count else 0


COMMANDS = (pull,)
