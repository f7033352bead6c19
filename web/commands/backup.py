"""`backup` and `restore`: the whole database into one file and back."""

from pathlib import Path

import click

from store.backup import BackupFailed
from store.backup import backup as write
from store.backup import restore as read_back
from store.database import Database
from store.holds import hold_outgoing, release_outgoing
from store.migrate import migrate
from web import cli

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command("backup")
@FILE
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
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=False)
@click.option("--go-on", is_flag=True, help="You have compared: let messages and documents go out again.")
def restore(file: Path | None, *, go_on: bool) -> None:
    """Put FILE in place of the database. Stop Munshi first.

    Afterwards messages are taken in and read, but none is sent and nothing is posted until you have compared
    the open orders with the ERP and said so with --go-on.
    """
    if (file is None) is not go_on:
        raise click.UsageError("Give a FILE to restore, or --go-on once you have compared.")
    settings = cli.settings_or_exit()
    with cli.database_url(settings) as url:
        if file is None:
            held = _with_database(url, on_hold=False)
            click.echo("Everything goes out again." if held else "Nothing was held.")
            return
        try:
            read_back(url, file)
        except (BackupFailed, OSError) as error:
            raise click.ClickException(str(error)) from error
        migrate(url)
        _with_database(url, on_hold=True)
    click.echo(f"Restored {file}. Nothing is sent or posted until `flask --app wsgi restore --go-on`.")


def _with_database(url: str, *, on_hold: bool) -> int:
    database = Database(url=url, pool_size=1, application_name="munshi-restore")
    try:
        with database.transaction() as session:
            if on_hold:
                hold_outgoing(session, reason="restored from a backup")
                return 0
            return release_outgoing(session)
    finally:
        database.dispose()


COMMANDS = [backup, restore]
