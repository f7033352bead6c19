"""`mode`: how far Munshi goes for each customer, from a terminal, for one or many."""

from collections import Counter

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from erp.records import Mode
from people import modes
from people.model import Party
from web import cli

WHOM = click.argument("codes", nargs=-1, metavar="[CODE]...")
TERRITORY = click.option("--territory", default="", help="Every customer of this territory.")
EVERYBODY = click.option("--all", "everybody", is_flag=True, help="Every customer.")
REASON = click.option("--reason", required=True, help="Kept with the change and shown on the page Roll-out.")
ERP = "erp"


@click.group("mode")
def mode() -> None:
    """How far Munshi goes for each customer: shadow, assist or live, before what the ERP says."""


@mode.command("list")
def list_modes() -> None:
    """How many customers are in each mode, and where an admin's word differs from the ERP's."""
    with cli.composed("mode") as munshi, munshi.database.transaction() as session:
        codes = session.scalars(select(Party.code).where(Party.active)).all()
        terms = modes.terms_of(session, codes).values()
        found = modes.differences(session)
    counted = Counter(one.mode for one in terms)
    for one in Mode:
        click.echo(f"{one.value:<8} {counted[one]}")
    click.echo(f"{'auto':<8} {sum(one.auto_confirm for one in terms)} are posted for by themselves")
    for difference in found:
        click.echo(in_words(difference))


@mode.command("set")
@click.argument("value", type=click.Choice([*(one.value for one in Mode), ERP]))
@WHOM
@TERRITORY
@EVERYBODY
@REASON
def set_mode(value: str, codes: tuple[str, ...], territory: str, everybody: bool, reason: str) -> None:  # noqa: FBT001
    """Put customers into a mode; `erp` lets what the ERP says hold again."""
    _override(modes.MODE, None if value == ERP else value, codes, territory, everybody=everybody, reason=reason)


@mode.command("auto-confirm")
@click.argument("value", type=click.Choice([modes.YES, modes.NO, ERP]))
@WHOM
@TERRITORY
@EVERYBODY
@REASON
def auto_confirm(value: str, codes: tuple[str, ...], territory: str, everybody: bool, reason: str) -> None:  # noqa: FBT001
    """Let orders nobody objects to post by themselves, or not; `erp` lets what the ERP says hold again."""
    said = None if value == ERP else value
    _override(modes.AUTO_CONFIRM, said, codes, territory, everybody=everybody, reason=reason)


def _override(
    column: str, value: str | None, codes: tuple[str, ...], territory: str, *, everybody: bool, reason: str
) -> None:
    with cli.composed("mode") as munshi, munshi.database.transaction() as session:
        wanted = _customers(session, codes, territory, everybody=everybody)
        news = modes.override(session, wanted, column, value, by=cli.whoever(), reason=reason)
    click.echo(f"Changed for {len(news)} of {len(wanted)}.")


def _customers(session: Session, codes: tuple[str, ...], territory: str, *, everybody: bool) -> list[str]:
    query = select(Party.code).where(Party.active).order_by(Party.code)
    known = session.scalars(select(Party.code).where(Party.code.in_(codes))).all()
    if unknown := sorted(set(codes) - set(known)):
        raise click.ClickException(f"There is no customer {', '.join(unknown)}.")
    if everybody:
        return list(session.scalars(query))
    of_territory = session.scalars(query.where(Party.territory == territory)).all() if territory else []
    if territory and not of_territory:
        raise click.ClickException(f"There is no customer in the territory {territory}.")
    wanted = sorted({*known, *of_territory})
    if not wanted:
        raise click.ClickException("Name customers by code, --territory, or --all.")
    return wanted


def in_words(one: modes.Difference) -> str:
    """Where an admin's word stands before the ERP's."""
    what = one.column.replace("_", " ")
    said = f"{one.by} on {one.at:%Y-%m-%d}: {one.reason}"
    return f"{one.party_code}: {what} is {one.holds} ({said}), the ERP says {one.told}"


COMMANDS = (mode,)
