"""Munshi as one program: every process of one machine, and where to find them."""

import click

from bot import logging
from bot.settings import Settings, SettingsError, read
from people.administrators import first_link
from store.database import Database
from web.parent import Parent


def main() -> int:
    """Run all processes of one machine until told to stop; the exit status."""
    try:
        settings = read()
    except SettingsError as error:
        click.echo(str(error), err=True)
        return 2
    logging.configure("munshi", form=settings.log_format)
    for name in settings.without_effect():
        click.echo(f"{name} is set, but this release does nothing with it yet.", err=True)
    return Parent(settings=settings, ready=lambda url: welcome(settings, url)).run()


def welcome(settings: Settings, url: str) -> None:
    """Say where everything is; with the demo plant, with a link that signs in once."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    lines = ["", "Munshi is ready.", f"  Chat console  {base}/console", f"  Admin pages   {base}/"]
    if settings.console_open:
        lines.append(f"  Sign in once  {base}/sign-in/once/{_link(url)}")
    else:
        lines.append("  To sign in    flask --app wsgi admin create NAME")
    click.echo("\n".join([*lines, "  Ctrl-C stops everything.", ""]))


def _link(url: str) -> str:
    database = Database(url=url, pool_size=1, application_name="munshi-welcome")
    try:
        with database.transaction() as session:
            return first_link(session)
    finally:
        database.dispose()
