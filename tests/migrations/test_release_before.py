"""What the release before writes and reads keeps working while the database is migrated, and after it.

Its statements are made from its own schema: a row into every table with all that it must give, every column read
and written again. That schema is the one of the newest tag before this commit; without a tag, of BEFORE.
"""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from alembic import command
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Time,
    create_engine,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import OperationalError

from store import migrate as module
from store.database import driver_url
from store.migrate import migrate

ROOT = Path(__file__).resolve().parents[2]
BEFORE = "0004"
"""What the last release had that was given out without a tag."""
NOT_OURS = ("procrastinate", "alembic")
MOMENT = datetime(2026, 11, 21, 10, tzinfo=UTC)


def revision_before() -> str:
    """The last migration of the newest tag, else BEFORE."""
    try:
        tags = _git("tag", "--merged", "HEAD~1", "--sort=-creatordate").splitlines()
        listed = _git("ls-tree", "--name-only", tags[0], "store/migrations/versions/") if tags else ""
    except (OSError, subprocess.CalledProcessError):
        return BEFORE
    numbers = [Path(line).name[:4] for line in listed.splitlines() if Path(line).name[:4].isdecimal()]
    return max(numbers, default=BEFORE)


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """A database as the release before left it."""
    engine = create_engine(driver_url(empty_database_url))
    with engine.begin() as connection:
        command.upgrade(module._config(connection), revision_before())
    yield engine
    engine.dispose()


def tables_of(engine: Engine) -> list[Table]:
    """As the release before knows them, those that others point to first."""
    known = MetaData()
    known.reflect(engine)
    return [table for table in known.sorted_tables if not table.name.startswith(NOT_OURS)]


def works(engine: Engine, tables: list[Table], numbers: Iterator[int]) -> None:
    """One round of work: into every table a row, then every column of it written again and read."""
    made: dict[str, dict[str, Any]] = {}
    for table in tables:
        row = {column.name: _value(column, next(numbers), made) for column in table.columns if column.identity is None}
        with engine.begin() as connection:
            written = connection.execute(table.insert().values(row).returning(*table.columns)).one()
            made[table.name] = dict(written._mapping)
            mine = [column == made[table.name][column.name] for column in table.primary_key.columns]
            rest = {name: value for name, value in row.items() if name not in table.primary_key.columns}
            if rest:
                assert connection.execute(table.update().where(*mine).values(rest)).rowcount == 1, table.name
            assert dict(connection.execute(select(table).where(*mine)).one()._mapping) == made[table.name]


def _value(column: Column[Any], number: int, made: dict[str, dict[str, Any]]) -> Any:
    for key in column.foreign_keys:
        return made[key.column.table.name][key.column.name]
    kinds: list[tuple[type, Any]] = [
        (Boolean, False),
        (BigInteger, number),
        (Numeric, Decimal(number)),
        (DateTime, MOMENT),
        (Date, MOMENT.date() + timedelta(days=number)),
        (Time, MOMENT.time()),
        (JSONB, []),
        (LargeBinary, b"x"),
    ]
    return next((value for kind, value in kinds if isinstance(column.type, kind)), f"{column.name} {number}")


def test_what_the_release_before_writes_and_reads_works_after_the_migration(
    engine: Engine, empty_database_url: str
) -> None:
    tables, numbers = tables_of(engine), count(1_000)
    works(engine, tables, numbers)
    migrate(empty_database_url)
    works(engine, tables, numbers)


def test_and_while_the_database_is_migrated_under_it(engine: Engine, empty_database_url: str) -> None:
    tables, numbers, over = tables_of(engine), count(1_000), Event()
    rounds: list[int] = []
    failed: list[Exception] = []

    def work() -> None:
        while not over.wait(0.05):
            try:
                works(engine, tables, numbers)
                rounds.append(1)
            except OperationalError as error:
                # As the release before does itself: `Database.retrying`.
                if getattr(error.orig, "sqlstate", "") != module.DEADLOCK:
                    failed.append(error)
                    return
            except Exception as error:
                failed.append(error)
                return

    worker = Thread(target=work)
    worker.start()
    try:
        migrate(empty_database_url)
    finally:
        over.set()
        worker.join()
    assert not failed, failed
    assert rounds


def test_a_row_of_the_release_before_is_whole_for_this_one(engine: Engine, empty_database_url: str) -> None:
    """What a migration adds, old rows have too."""
    works(engine, tables_of(engine), count(1_000))
    migrate(empty_database_url)
    known = MetaData()
    known.reflect(engine)
    with engine.begin() as connection:
        for table in known.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                missing = [one.name for one in table.columns if not one.nullable and row[one.name] is None]
                assert not missing, (table.name, missing)
