"""Brings a database to this release, and says whether it is there.

`python -m store.migrate "what changes"` writes a new migration.
"""

import sys
import tempfile
from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, create_engine, text

from store.database import driver_url
from store.server import attached

# Any number will do, so long as no other program of the database uses it.
MIGRATION_LOCK = 0x4D554E53


def migrate(url: str) -> None:
    """Apply every migration that is missing. Two at once wait for each other."""
    engine = create_engine(driver_url(url))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly this release's migrations."""
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(_scripts().get_heads())


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
