"""A small plant with its database: pulled once a run, then copied, since pulling costs more than copying."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from bot.app import Munshi
from bot.channels.console import ConsoleChannel
from bot.pull import OWNERS
from bot.settings import read
from erp import pull as erp_pull
from erp.files.adapter import FilesErp
from store.clock import Clock, ManualClock
from store.database import Database, plain_url
from store.migrate import migrate
from tests.plain_files import PlainFiles
from tests.web.visitors import make_administrators


@dataclass(kw_only=True)
class Pulled:
    """The database to copy, once there is one, and an address on its server."""

    name: str = ""
    url: str = ""


_pulled = Pulled()


def small_plant(folder: Path) -> Path:
    """Its files."""
    files = PlainFiles.sound(folder)
    files.append("people.csv", "+919000000007,Nitin Bharat,C004,buyer,,,en")
    return files.folder


def composed(url: str, clock: Clock, plant: Path) -> Munshi:
    """The application on a copy of the small plant's database."""
    settings = read({"ERP_URL": f"files:{plant}", "MUNSHI_VAR": str(plant.parent / "var"), "FILES_ANSWER": "self"})
    erp = FilesErp(plant, name="main", file_settles_in=timedelta())
    database = Database(url=url, clock=clock)
    return Munshi(settings=settings, database=database, channels={"console": ConsoleChannel()}, erps={"main": erp})


@contextmanager
def copied(empty: Callable[[], str]) -> Iterator[str]:
    """A database with the small plant pulled and one administrator of each page role, for as long as the block.

    `empty` gives an empty database on the server; it is asked for once a run.
    """
    if not _pulled.name:
        _make(empty())
    name = f"web_{uuid4().hex[:12]}"
    _sql(f"CREATE DATABASE {name} TEMPLATE {_pulled.name} STRATEGY FILE_COPY")
    yield _named(name)
    _sql(f"DROP DATABASE {name} WITH (FORCE)")


def _make(url: str) -> None:
    migrate(url)
    clock = ManualClock(datetime(2026, 11, 21, 4, 30, tzinfo=UTC))
    database = Database(url=url, clock=clock)
    with TemporaryDirectory() as folder:
        erp = FilesErp(small_plant(Path(folder) / "plant"), name="main", file_settles_in=timedelta())
        erp_pull.pull(database, erp, OWNERS)
    make_administrators(database)
    database.dispose()
    _pulled.url, name = url, f"small_{uuid4().hex[:12]}"
    _sql(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database} STRATEGY FILE_COPY")
    _pulled.name = name


def _named(name: str) -> str:
    return plain_url(make_url(_pulled.url).set(database=name).render_as_string(hide_password=False))


def _sql(statement: str) -> None:
    with psycopg.connect(_named("postgres"), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
