"""Brings a database to this release, and says whether it is there.

`python -m store.migrate "what changes"` writes a new migration.
"""

import sys
import tempfile
from enum import StrEnum
from importlib import resources
from pathlib import Path
from time import sleep

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from store.database import driver_url
from store.server import attached

# Any number will do, so long as no other program of the database uses it.
MIGRATION_LOCK = 0x4D554E53
LOCK_PATIENCE, LOCK_NOT_AVAILABLE, DEADLOCK = "3s", "55P03", "40P01"
LOCK_PAUSES = (0.5, 1.0, 2.0, 5.0, 5.0, 10.0, 10.0, 20.0, 20.0)


def migrate(url: str) -> None:
    """Apply every migration that is missing. Two at once wait for each other; a newer release's stay as they are.

    The release before may be at work meanwhile: a lock that is not there at once is given up and tried for again,
    since whoever comes after one that waits would wait too. So is one that each waits for of the other.
    """
    engine = create_engine(driver_url(url))
    try:
        for pause in (*LOCK_PAUSES, None):
            try:
                return _migrate(engine)
            except OperationalError as error:
                if pause is None or getattr(error.orig, "sqlstate", None) not in (LOCK_NOT_AVAILABLE, DEADLOCK):
                    raise
            sleep(pause)
    finally:
        engine.dispose()


def _migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        if standing(connection) is Standing.AHEAD:
            return
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE}'"))
        command.upgrade(_config(connection), "head")


class Standing(StrEnum):
    """Where a database stands, seen from this release."""

    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"
    """Migrated by a newer release, with which this one still works."""


def standing(connection: Connection) -> Standing:
    """Where it stands. What this release does not know is a newer one's: each works with the one before at work."""
    present, known = set(MigrationContext.configure(connection).get_current_heads()), _scripts()
    if present == set(known.get_heads()):
        return Standing.CURRENT
    ours = {script.revision for script in known.walk_revisions()}
    return Standing.AHEAD if present and not present & ours else Standing.BEHIND


def is_current(engine: Engine) -> bool:
    """Whether this release can work on the database: it has all of its migrations."""
    with engine.connect() as connection:
        return standing(connection) is not Standing.BEHIND


def procrastinate_schema() -> str:
    """The queue's own schema as the installed release brings it, per cents doubled for the driver."""
    return SchemaManager.get_schema().replace("%", "%%")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _folder() -> Path:
    return Path(str(resources.files("store.migrations")))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def revise(message: str) -> None:
    """Write the migration that leads from the last one to the models: a developer's tool, to be read and mended.

    Tables and indexes are compared; sequences, and changes of procrastinate's schema, are written by hand.
    """
    with tempfile.TemporaryDirectory(prefix="munshi-revise-") as folder:
        Path(folder).chmod(0o711)
        with attached(Path(folder)) as url:
            migrate(url)
            engine = create_engine(driver_url(url))
            with engine.connect() as connection:
                number = f"{len(list(_scripts().walk_revisions())) + 1:04d}"
                command.revision(_config(connection), message=message, autogenerate=True, rev_id=number)
            engine.dispose()


if __name__ == "__main__":
    revise(sys.argv[1])
