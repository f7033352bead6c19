"""`reconcile`: what outbox, ERP and provider disagree on; and the end of the hold after a restore."""

from collections.abc import Sequence

import click

from bot.reconcile import Report
from bot.reconcile import reconcile as compare
from erp.reconcile import CannotCompare
from web import cli


@click.command("reconcile")
@click.option(
    "--in-spite-of",
    "named",
    multiple=True,
    metavar="NAME",
    help="Go on although this differs: a difference's name (order:M26000123), or that of its kind (order).",
)
def reconcile(named: Sequence[str]) -> None:
    """Compare with the ERP's orders and the provider's message list, and say what differs.

    After a restore this ends the hold once nothing differs but what was named. Exit status 1 while something does.
    """
    with cli.composed("reconcile") as munshi:
        try:
            report = compare(munshi, in_spite_of=named, by=cli.whoever())
        except CannotCompare as error:
            raise click.ClickException(f"{error}. Nothing was decided; try again.") from error
    for line in _told(report):
        click.echo(line)
    if not report.agrees:
        raise SystemExit(1)


def _told(report: Report) -> list[str]:
    lines = [f"set right  {done}" for done in report.done]
    lines += [f"accepted   {one.name}: {one.text}" for one in report.accepted]
    lines += [f"differs    {one.name}: {one.text}" for one in report.differences]
    if report.lifted:
        return [*lines, "It agrees: everything goes on."]
    if report.agrees:
        return [*lines, "It agrees."]
    last = f"{len(report.differences)} differences."
    if report.held:
        last += " Nothing goes on until they are gone, or named: reconcile --in-spite-of NAME."
    return [*lines, last]


COMMANDS = (reconcile,)
