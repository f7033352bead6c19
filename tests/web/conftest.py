"""Page tests: the real application on a database of its own, with a small plant's master data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url

from bot.app import Munshi
from bot.channels.console import ConsoleChannel
from bot.jobs import jobs
from bot.pull import OWNERS
from bot.settings import read
from erp import pull as erp_pull
from erp.files.adapter import FilesErp
from store.clock import ManualClock
from store.database import Database, plain_url
from store.queue import drain
from tests.plain_files import PlainFiles
from tests.web.visitors import Visitor, make_administrators
from web.app import create_app


@dataclass(kw_only=True)
class Pulled:
    """A database with the small plant pulled, copied for every later test: pulling costs more than copying."""

    name: str = ""


_pulled = Pulled()


def _server_of(url: str) -> str:
    return plain_url(make_url(url).set(database="postgres").render_as_string(hide_password=False))


def _sql(url: str, statement: str) -> None:
    with psycopg.connect(_server_of(url), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A small plant's folder."""
    files = PlainFiles.sound(tmp_path / "plant")
    files.append("people.csv", "+919000000007,Nitin Bharat,C004,buyer,,,en")
    return files.folder


@pytest.fixture
def munshi(database_url: str, clock: ManualClock, plant: Path, tmp_path: Path) -> Iterator[Munshi]:
    """The composed application with the plant pulled and one administrator of each role."""
    settings = read({"ERP_URL": f"files:{plant}", "MUNSHI_VAR": str(tmp_path / "var"), "FILES_ANSWER": "self"})
    erp = FilesErp(plant, name="main", file_settles_in=timedelta())
    database = Database(url=_filled(database_url, erp, clock), clock=clock)
    yield Munshi(settings=settings, database=database, channels={"console": ConsoleChannel()}, erps={"main": erp})
    database.dispose()


def _filled(url: str, erp: FilesErp, clock: ManualClock) -> str:
    """The test's database with everything in it, made once in a run."""
    name = make_url(url).database
    if not _pulled.name:
        _fill(url, erp, clock)
        _pulled.name = f"web_{uuid4().hex[:8]}"
        _sql(url, f"CREATE DATABASE {_pulled.name} TEMPLATE {name}")
        return url
    _sql(url, f"DROP DATABASE {name}")
    _sql(url, f"CREATE DATABASE {name} TEMPLATE {_pulled.name}")
    return url


def _fill(url: str, erp: FilesErp, clock: ManualClock) -> None:
    database = Database(url=url, clock=clock)
    erp_pull.pull(database, erp, OWNERS)
    make_administrators(database)
    database.dispose()


@pytest.fixture
def with_settings(munshi: Munshi, plant: Path, tmp_path: Path) -> Callable[..., Munshi]:
    """The same with other settings."""

    def change(**values: str) -> Munshi:
        given = {"ERP_URL": f"files:{plant}", "MUNSHI_VAR": str(tmp_path / "var")} | values
        return replace(munshi, settings=read(given))

    return change


@pytest.fixture
def app(munshi: Munshi) -> Flask:
    """The web application."""
    return create_app(munshi)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Nobody signed in."""
    return Visitor(client=app.test_client())


@pytest.fixture
def visitor(app: Flask) -> Callable[[str], Visitor]:
    """Somebody signed in with a page role."""

    def sign_in(role: str) -> Visitor:
        one = Visitor(client=app.test_client())
        one.signs_in(role)
        return one

    return sign_in


@pytest.fixture
def run(munshi: Munshi) -> Iterator[Callable[[], int]]:
    """Let every job run that is due."""
    yield lambda: drain(jobs, munshi)
