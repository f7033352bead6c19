"""Wakes workers once jobs are committed, so that they need not wait for their next look.

Not from inside the transaction: PostgreSQL lets one transaction at a time commit a NOTIFY, its wait for the disk
included. A call that gets lost costs a worker's next look at most.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from threading import Event as Signal
from threading import Lock, Thread
from time import sleep

import psycopg

from store.addresses import plain_url

CALL = json.dumps({"type": "job_inserted", "job_id": 0})
# What comes within this time is one call.
GATHER_SECONDS = 0.003
# Nothing here is worth a wait for the disk.
OPTIONS = "-c synchronous_commit=off"


class Waker:
    """A thread that calls the workers of queues; begun with the first call, so that a fork does not lose it."""

    def __init__(self, url: str) -> None:
        self._url = plain_url(url)
        self._waiting: set[str] = set()
        self._lock = Lock()
        self._called = Signal()
        self._thread: Thread | None = None
        self._stopped = False

    def call(self, queues: Iterable[str]) -> None:
        """Have the workers of these queues look now; returns at once."""
        with self._lock:
            self._waiting.update(queues)
            if self._thread is None and not self._stopped:
                self._thread = Thread(target=self._run, name="waker", daemon=True)
                self._thread.start()
        self._called.set()

    def stop(self) -> None:
        """Call nobody any more."""
        self._stopped = True
        self._called.set()
        if self._thread:
            self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stopped:
            # While the database is away, workers find the jobs themselves when it is back.
            with suppress(psycopg.Error), self._connect() as connection:
                self._call_all(connection)
            sleep(GATHER_SECONDS)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            self._url, autocommit=True, options=OPTIONS, application_name="munshi-waker", connect_timeout=5
        )

    def _call_all(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        while not self._stopped:
            self._called.wait()
            sleep(GATHER_SECONDS)
            self._called.clear()
            with self._lock:
                queues, self._waiting = self._waiting, set()
            for queue in queues:
                connection.execute("SELECT pg_notify(%s, %s)", (f"procrastinate_queue_v1#{queue}", CALL))
