"""The audit of decisions as a file to hand over."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TextIO, TypeVar

import click

from orders.audit import Wish
from orders.audit import audit as entries_of
from orders.audit_files import as_csv
from web import cli

EVERY = 1000
Row = TypeVar("Row")


@click.group("audit")
def audit() -> None:
    """Who asked, who decided, on what facts, through which message."""


@audit.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-")
@click.option("--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day.")
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day.")
@click.option("--customer", default="", help="Of one customer, by code.")
@click.option("--order", "number", default="", help="Of one order, by our number or the ERP's.")
@click.option("--no-costs", is_flag=True, help="Without costs, margins and floors, to be handed on.")
def export_audit(file: Path, first: datetime, last: datetime, customer: str, number: str, *, no_costs: bool) -> None:
    """Write every entry of these days as CSV, newest first: to FILE, for its owner alone, or to the terminal."""
    if last < first:
        raise click.BadParameter("it is before --from", param_hint="--to")
    with cli.composed() as munshi, munshi.database.transaction() as session:
        zone = munshi.settings.zone
        wish = Wish(
            since=datetime.combine(first.date(), time(), tzinfo=zone),
            until=datetime.combine(last.date() + timedelta(days=1), time(), tzinfo=zone),
            customer=customer,
            number=number,
        )
        counted = _Counted()
        with _opened(file) as out:
            out.writelines(as_csv(counted.told(entries_of(session, wish, costs=not no_costs)), zone))
    click.echo(f"{counted.rows} entries written.", err=True)


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    if str(file) == "-":
        yield sys.stdout
        return
    mode = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(file, mode, 0o600), "w", encoding="utf-8", newline="") as out:
        yield out


class _Counted:
    """How many rows have gone by; it is told every so many."""

    def __init__(self) -> None:
        self.rows = 0

    def told(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows as they are."""
        for row in rows:
            self.rows += 1
            if self.rows % EVERY == 0:
                click.echo(f"{self.rows} entries", err=True)
            yield row


COMMANDS = [audit]
