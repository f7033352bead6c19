"""The commands: `flask --app wsgi COMMAND`. Those of one matter are a module of `web/commands/`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from getpass import getuser
from importlib import import_module
from pkgutil import iter_modules

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from bot import logging
from bot.app import Munshi, compose
from bot.settings import Settings, SettingsError, read
from store.migrate import is_current, migrate
from store.server import AlreadyRunning, ServerRefused, attached
from web import commands


def register(app: Flask) -> None:
    """Add every command: each module of `web/commands/` lists its own in `COMMANDS`."""
    for module in iter_modules(commands.__path__):
        found: Iterable[click.Command] = import_module(f"{commands.__name__}.{module.name}").COMMANDS
        for command in found:
            app.cli.add_command(command)


def settings_or_exit() -> Settings:
    """The settings; when they are wrong, every problem on the terminal and exit status 2."""
    try:
        return read()
    except SettingsError as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from None


def whoever() -> str:
    """Who gave the command, as far as the machine knows."""
    try:
        return f"{getuser()} (command line)"
    except OSError:
        return "command line"


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The settings' database, else the embedded one: the running one, or one for as long as the block."""
    if settings.database_url:
        yield settings.database_url
        return
    try:
        with attached(settings.munshi_var) as url:
            yield url
    except (ServerRefused, AlreadyRunning) as refusal:
        raise click.ClickException(str(refusal)) from refusal


@contextmanager
def composed(process: str = "command", *, lasting: bool = False, first: bool = False) -> Iterator[Munshi]:
    """The application for a command, as the settings say; its connections are closed at the end.

    The database answers and is at this release, or one line says what to do. What is lasting, being one process
    of several, needs a database that lasts: DATABASE_URL. What may be the first command ever brings the embedded one
    to this release itself, as starting does.
    """
    settings = settings_or_exit()
    if lasting and not settings.database_url:
        raise click.ClickException("DATABASE_URL is missing; without it, all starts together: python wsgi.py")
    logging.configure(process, form=settings.log_format)
    with database_url(settings) as url:
        if first and not settings.database_url:
            migrate(url)
        munshi = compose(settings, database_url=url, application_name=f"munshi-{process}")
        munshi.database.wake_workers()
        try:
            _need_this_release(munshi)
            yield munshi
        finally:
            munshi.database.dispose()


def _need_this_release(munshi: Munshi) -> None:
    try:
        current = is_current(munshi.database.engine)
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from error
    if not current:
        raise click.ClickException("The database is not at this release: run `flask --app wsgi migrate` first.")
