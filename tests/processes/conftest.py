"""Real workers and clocks around the test's database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import text

from store.clock import SystemClock
from store.database import Database
from store.queue import Queue, defer
from tests.processes import program

ROOT = Path(__file__).resolve().parents[2]


def until(condition: Callable[[], Any], *, within: float) -> Any:
    """What the condition gives once it is true; fails when it is not within so many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {within} s")


@dataclass
class Plant:
    """The test's database and the processes at work on it."""

    database: Database
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, kind: str, *, queues: int = 3) -> subprocess.Popen[bytes]:
        """Start a `worker` or a `clock`; a worker is waited for."""
        before = self.workers()
        process = subprocess.Popen(
            [sys.executable, "-m", program.__name__, kind],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.database.url},
        )
        self.processes.append(process)
        if kind == "worker":
            until(lambda: self.workers() >= before + queues, within=30)
        return process

    def workers(self) -> int:
        """How many queues' workers are registered."""
        with self.database.transaction() as session:
            return session.scalar(text("SELECT count(*) FROM procrastinate_workers")) or 0

    def put(self, name: str, *, queue: Queue = Queue.TALK, lock: str = "a", **ids: int | str) -> None:
        """Defer a job."""
        with self.database.transaction() as session:
            defer(session, name, queue=queue, lock=lock, **ids)

    def marks(self, word: str) -> list[datetime]:
        """When the jobs left this mark."""
        with self.database.transaction() as session:
            return list(session.scalars(text("SELECT at FROM marks WHERE word = :word ORDER BY id"), {"word": word}))

    def count(self, sql: str) -> int:
        """What a counting query gives."""
        with self.database.transaction() as session:
            return session.scalar(text(sql)) or 0

    def end(self) -> None:
        """End what this plant started, the stopped ones too."""
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def plant(database_url: str) -> Iterator[Plant]:
    database = Database(url=database_url, clock=SystemClock())
    with database.transaction() as session:
        session.execute(text(program.MARKS))
        session.execute(text(program.ROWS))
    plant = Plant(database)
    yield plant
    plant.end()
    database.dispose()


def kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9`, proved by the pid."""
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(5) == -signal.SIGKILL
    assert not psutil.pid_exists(process.pid)
