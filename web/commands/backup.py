"""`backup` and `restore`: the whole database into one file and back."""

from pathlib import Path

import click

from bot.app import clock_of
from bot.restored import after_restore
from bot.settings import Settings
from store.backup import BackupFailed
from store.backup import backup as write
from store.backup import restore as read_back
from store.database import Database
from store.migrate import migrate
from web import cli


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write the whole database to FILE. Munshi may be running meanwhile."""
    settings = cli.settings_or_exit()
    with cli.database_url(settings) as url:
        try:
            size = write(url, file)
        except (BackupFailed, OSError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {size / 1e6:.1f} MB")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Put FILE in place of the database. Stop Munshi first.

    Afterwards messages are stored, but none is answered or sent and nothing is posted until `reconcile` has
    compared with the ERP and the WhatsApp provider.
    """
    settings = cli.settings_or_exit()
    with cli.database_url(settings) as url:
        try:
            read_back(url, file)
        except (BackupFailed, OSError) as error:
            raise click.ClickException(str(error)) from error
        migrate(url)
        _hold(settings, url)
    click.echo(f"Restored {file}. Nothing is answered, sent or posted until `flask --app wsgi reconcile` agrees.")


def _hold(settings: Settings, url: str) -> None:
    database = Database(url=url, clock=clock_of(settings), pool_size=1, application_name="munshi-restore")
    try:
        with database.transaction() as session:
            after_restore(session)
    finally:
        database.dispose()


COMMANDS = [backup, restore]
