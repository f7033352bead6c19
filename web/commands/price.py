"""`price explain`: every rule that made a price and its floor, in order."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from erp.records import plain
from orders.draft_prices import book_for
from orders.price_values import Step, WantedLine
from people.model import Party
from store.database import now
from web import cli


@click.group("price")
def price() -> None:
    """What things cost, and why."""


@price.command("explain")
@click.argument("customer")
@click.argument("sku")
@click.argument("quantity", metavar="QTY")
@click.argument("uom")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="As if ordered on that day; without it, today.")
def explain(customer: str, sku: str, quantity: str, uom: str, day: datetime | None) -> None:
    """Say every rule that made the price and the floor of QTY × UOM of SKU for CUSTOMER, as an order of its own.

    Caps and budgets count what was confirmed so far. Exit status 1 when it has no price.
    """
    amount = _amount(quantity)
    with cli.composed() as munshi, munshi.database.transaction() as session:
        today = day.date() if day else now(session).astimezone(ZoneInfo(munshi.settings.timezone)).date()
        for line in _explained(session, customer, sku, WantedLine(no=1, sku=sku, quantity=amount, uom=uom), today):
            click.echo(line)


def _amount(said: str) -> Decimal:
    try:
        found = Decimal(said)
    except InvalidOperation:
        found = Decimal(0)
    if not found.is_finite() or found <= 0:
        raise click.ClickException(f"{said} is no quantity: write it like 20 or 2.5.")
    return found


def _explained(session: Session, customer: str, sku: str, wanted: WantedLine, day: date) -> list[str]:
    party = session.get(Party, customer)
    if party is None:
        raise click.ClickException(f"There is no customer {customer}.")
    book = book_for(session, party, [sku], day=day)
    item = book.goods.items.get(sku)
    if item is None:
        raise click.ClickException(f"There is no item {sku}.")
    if wanted.uom not in book.goods.ladders.get(sku, {}):
        units = ", ".join(book.goods.ladders.get(sku, {})) or "none"
        raise click.ClickException(f"{sku} has no unit {wanted.uom}; it has: {units}.")
    (line,) = book.price([wanted], explain=True).lines
    if line.price is None:
        raise click.ClickException(
            f"{party.name} has no price for {item.name} on {day}: neither contract nor price list."
        )
    head = f"{party.name} ({party.code}, tier {party.tier or 'none'}, list {party.price_list or 'none'})"
    what = (
        f"{plain(wanted.quantity)} {wanted.uom} of {item.name} on {day}, by version {book.rules.version} of the rules"
    )
    width = max(len(step.rule) for step in line.trace)
    return [head, what, *(_step(step, width) for step in line.trace)]


def _step(step: Step, width: int) -> str:
    facts = "; ".join(f"{name} {value}" for name, value in step.facts.items())
    return f"  {step.rule:<{width}}  {step.outcome}" + (f"  ({facts})" if facts else "")


COMMANDS = [price]
