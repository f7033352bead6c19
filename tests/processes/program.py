"""A worker, or a clock that only sweeps, as a process of its own, with jobs whose course tests can follow.

`program.py worker|clock`, with DATABASE_URL in the environment. What jobs do is left as rows of `marks`.
"""

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass

from sqlalchemy import text

from store.database import Database
from store.jobs import JobRegistry, Queue
from store.queue import SWEEP_EVERY, sweep
from store.worker import run_worker

MARKS = "CREATE TABLE marks (id bigserial PRIMARY KEY, word text, pid int, at timestamptz DEFAULT clock_timestamp())"
ROWS = "CREATE TABLE rows (id bigint PRIMARY KEY, done boolean NOT NULL DEFAULT false, times int NOT NULL DEFAULT 0)"

jobs = JobRegistry()


@dataclass
class App:
    database: Database


def mark(app: App, word: str) -> None:
    with app.database.transaction() as session:
        session.execute(text("INSERT INTO marks (word, pid) VALUES (:word, :pid)"), {"word": word, "pid": os.getpid()})


@jobs.job("short", queue=Queue.TALK)
def short(app: App, *, word: str) -> None:
    mark(app, f"begin {word}")
    mark(app, f"end {word}")


@jobs.job("hang", queue=Queue.ERP)
def hang(app: App, *, word: str) -> None:
    mark(app, f"begin {word}")
    time.sleep(3600)


@jobs.job("hang once", queue=Queue.TALK)
def hang_once(app: App, *, word: str) -> None:
    """The first time it hangs; run again it ends."""
    with app.database.transaction() as session:
        before = session.scalar(text("SELECT count(*) FROM marks WHERE word = :word"), {"word": f"begin {word}"})
    mark(app, f"begin {word}")
    if not before:
        time.sleep(3600)
    mark(app, f"end {word}")


@jobs.job("deadly", queue=Queue.TALK, gives_up="buried")
def deadly(app: App, *, word: str) -> None:
    mark(app, f"begin {word}")
    os.kill(os.getpid(), signal.SIGKILL)


@jobs.last_word("buried")
def buried(app: App, error: str, *, word: str) -> None:
    mark(app, f"gave up {word}")


@jobs.job("once", queue=Queue.TALK)
def once(app: App, *, row: int) -> None:
    """As every job should be: lock the row, return if it is done, write the outcome in the same transaction."""
    with app.database.transaction() as session:
        mark(app, f"begin {row}")
        done = session.scalar(text("SELECT done FROM rows WHERE id = :row FOR UPDATE"), {"row": row})
        if done:
            return
        mark(app, f"locked {row}")
        time.sleep(0.5)
        session.execute(text("UPDATE rows SET done = true, times = times + 1 WHERE id = :row"), {"row": row})
    mark(app, f"end {row}")


def clock(app: App, stop: threading.Event) -> None:
    while not stop.wait(SWEEP_EVERY.total_seconds()):
        sweep(app.database)


def main(kind: str) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    app = App(Database(url=os.environ["DATABASE_URL"], application_name=f"test-{kind}"))
    if kind == "clock":
        clock(app, stop)
    else:
        run_worker(jobs, app, stop=stop)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
