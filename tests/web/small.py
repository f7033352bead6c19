"""A small plant with its database: pulled once a run, then copied, since pulling costs more than copying."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from bot.app import Munshi
from bot.channels.console import ConsoleChannel
from bot.pull import OWNERS
from bot.settings import read
from erp import pull as erp_pull
from erp.files.adapter import FilesErp
from store.clock import Clock
from store.database import Database, plain_url
from tests.plain_files import PlainFiles
from tests.web.visitors import make_administrators


@dataclass(kw_only=True)
class Pulled:
    """The database to copy, once there is one."""

    name: str = ""


_pulled = Pulled()


def small_plant(folder: Path) -> Path:
    """Its files."""
    files = PlainFiles.sound(folder)
    files.append("people.csv", "+919000000007,Nitin Bharat,C004,buyer,,,en")
    return files.folder


def composed(url: str, clock: Clock, plant: Path) -> Munshi:
    """The application on the database `url`, which is filled, with one administrator of each page role."""
    settings = read({"ERP_URL": f"files:{plant}", "MUNSHI_VAR": str(plant.parent / "var"), "FILES_ANSWER": "self"})
    erp = FilesErp(plant, name="main", file_settles_in=timedelta())
    database = Database(url=_filled(url, erp, clock), clock=clock)
    return Munshi(settings=settings, database=database, channels={"console": ConsoleChannel()}, erps={"main": erp})


def _filled(url: str, erp: FilesErp, clock: Clock) -> str:
    name = make_url(url).database
    if not _pulled.name:
        _fill(url, erp, clock)
        _pulled.name = f"web_{uuid4().hex[:8]}"
        _sql(url, f"CREATE DATABASE {_pulled.name} TEMPLATE {name}")
        return url
    _sql(url, f"DROP DATABASE {name}")
    _sql(url, f"CREATE DATABASE {name} TEMPLATE {_pulled.name}")
    return url


def _fill(url: str, erp: FilesErp, clock: Clock) -> None:
    database = Database(url=url, clock=clock)
    erp_pull.pull(database, erp, OWNERS)
    make_administrators(database)
    database.dispose()


def _sql(url: str, statement: str) -> None:
    server = plain_url(make_url(url).set(database="postgres").render_as_string(hide_password=False))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
