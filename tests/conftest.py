"""What every test stands on: one PostgreSQL a run, one database a test, a still clock, no network."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
import structlog
from sqlalchemy import make_url

from store.clock import ManualClock
from store.database import Database, plain_url
from store.migrate import migrate
from store.server import Server

KEPT = ("PATH", "HOME", "LANG", "LC_", "TMPDIR", "CI", "PYTEST_", "PLAYWRIGHT_", "VIRTUAL_ENV", "COVERAGE_", "FUZZ_")
KEPT += ("STEPS", "EXAMPLES", "SEED")
TEMPLATE = "template_munshi"
START = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
# What a power cut loses matters to no test.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
# A database cannot be copied while its vacuum begins: both wait for each other, for up to five seconds.
FAST["autovacuum"] = "off"
ROOM = 4 * 2**30
if sys.platform == "linux":
    # With it and STRATEGY FILE_COPY a copied database costs a sixth of what it costs by default.
    FAST["file_copy_method"] = "clone"


def _scrub_environment() -> None:
    for name in list(os.environ):
        if not name.startswith(KEPT):
            del os.environ[name]
    os.environ["TZ"] = "UTC"


_scrub_environment()

# The default shows every local variable of a trace, which took a minute for some.
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

_connect = socket.socket.connect


def _connect_to_loopback(self: socket.socket, address: object) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])  # type: ignore[index]
        if not (host.startswith("127.") or host in ("localhost", "::1")):
            raise AssertionError(f"a test tried to reach {host}")
    _connect(self, address)  # type: ignore[arg-type]


socket.socket.connect = _connect_to_loopback  # type: ignore[method-assign]


def _in_memory() -> Path | None:
    """Where files are made and forgotten fastest, if there is room: a database is hundreds of them; None: anywhere."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else None


@dataclass(kw_only=True)
class TestServer:
    """The run's PostgreSQL; with xdist the controlling process holds it and workers get its address."""

    __test__ = False

    url: str = ""
    server: Server | None = None
    folder: Path | None = None

    def start(self) -> None:
        """Start it once, with the migrated template every test's database is copied from."""
        if self.url:
            return
        self.folder = Path(tempfile.mkdtemp(prefix="munshi-test-", dir=_in_memory()))
        # As root the server runs as another account, which must be able to pass.
        self.folder.chmod(0o711)
        self.server = Server(self.folder, settings=FAST)
        try:
            url = self.server.start()
            self.execute(f"CREATE DATABASE {TEMPLATE}", url=url)
            migrate(self.url_of(TEMPLATE, url=url))
        except BaseException:
            self.stop()
            raise
        self.url = url

    def stop(self) -> None:
        """Stop it, if it is ours."""
        if self.server:
            self.server.stop()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def url_of(self, name: str, *, url: str = "") -> str:
        """The address of one of its databases."""
        return plain_url(make_url(url or self.url).set(database=name).render_as_string(hide_password=False))

    def execute(self, statement: str, *, url: str = "") -> None:
        """Run one statement outside any test's database."""
        with psycopg.connect(url or self.url, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


_server = TestServer()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        _server.url = config.workerinput["server_url"]
    elif config.getoption("numprocesses", default=None):
        _server.start()


def pytest_configure_node(node: object) -> None:
    """With xdist: tell each worker where the server is."""
    node.workerinput["server_url"] = _server.url  # type: ignore[attr-defined]


def pytest_unconfigure() -> None:
    _server.stop()


@pytest.fixture(scope="session")
def server() -> TestServer:
    """The run's PostgreSQL, started."""
    _server.start()
    return _server


@pytest.fixture
def database_url() -> Iterator[str]:
    """A database of this test's own, with every table and no row."""
    _server.start()
    name = f"test_{uuid4().hex[:12]}"
    _server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    yield _server.url_of(name)
    _server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_database_url() -> Iterator[str]:
    """A database without any table."""
    _server.start()
    name = f"test_{uuid4().hex[:12]}"
    _server.execute(f"CREATE DATABASE {name}")
    yield _server.url_of(name)
    _server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clock() -> ManualClock:
    """It is ten in the morning of Saturday, 21 November 2026 in India, until the test pushes it."""
    return ManualClock(START)


@pytest.fixture
def database(database_url: str, clock: ManualClock) -> Iterator[Database]:
    """Transactions on the test's database, judged by its clock."""
    database = Database(url=database_url, clock=clock)
    yield database
    database.dispose()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: begun last, the longest of them would leave the other worker idle for minutes."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
