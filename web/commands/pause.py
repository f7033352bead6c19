"""`pause` and `resume`: stop answering, sending and posting at once, for everybody or one customer."""

import click
from sqlalchemy.orm import Session

from people.model import Party
from store import holds
from store.holds import EVERYBODY
from web import cli

CUSTOMER = click.option("--customer", metavar="CODE", default=EVERYBODY, help="Only this customer, by the ERP's code.")


@click.command("pause")
@CUSTOMER
@click.option("--reason", default="", help="Shown on every page.")
def pause(customer: str, reason: str) -> None:
    """Stop answering, sending and posting at once; what people write is stored.

    A person of several firms, or a sales rep, is answered as long as one of them is not paused; an order for the
    paused one then waits before the ERP.
    """
    with cli.composed("pause") as munshi, munshi.database.transaction() as session:
        _require_customer(session, customer)
        new = holds.pause(session, customer=customer, by=cli.whoever(), reason=reason)
    click.echo(f"{_whom(customer)} {'is' if new else 'was already'} paused.")


@click.command("resume")
@CUSTOMER
def resume(customer: str) -> None:
    """Go on: everything stored meanwhile is worked through in order."""
    with cli.composed("resume") as munshi, munshi.database.transaction() as session:
        ended = holds.resume(session, customer=customer)
        left = holds.pauses(session)
        held = holds.held(session)
    click.echo(f"{_whom(customer)} {'goes on' if ended else 'was not paused'}.")
    for one in left:
        click.echo(f"Still paused: {_whom(one.customer)}.")
    if held is not None:
        click.echo(f"Still held: {held.reason}; `flask --app wsgi reconcile`.")


def _require_customer(session: Session, customer: str) -> None:
    if customer != EVERYBODY and session.get(Party, customer) is None:
        raise click.ClickException(f"There is no customer {customer}.")


def _whom(customer: str) -> str:
    return f"Customer {customer}" if customer != EVERYBODY else "Everybody"


COMMANDS = (pause, resume)
