"""Workers are called once jobs are there, and never from inside a transaction."""

import json
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from store.database import Database
from store.queue import Queue, defer


@pytest.fixture
def listener(database: Database) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(database.url, autocommit=True) as connection:
        for queue in Queue:
            connection.execute(f'LISTEN "procrastinate_queue_v1#{queue}"')
        yield connection


def put(database: Database, queue: Queue, after: timedelta | None = None) -> None:
    with database.transaction() as session:
        defer(session, "any", queue=queue, lock="a", after=after)


def test_a_queues_workers_are_called_once_its_job_is_committed(
    database: Database, listener: psycopg.Connection[tuple[object, ...]]
) -> None:
    database.wake_workers()
    put(database, Queue.SEND)
    (call,) = listener.notifies(timeout=5, stop_after=1)
    assert call.channel == "procrastinate_queue_v1#send"
    assert json.loads(call.payload)["type"] == "job_inserted"


def test_many_jobs_at_once_are_few_calls(database: Database, listener: psycopg.Connection[tuple[object, ...]]) -> None:
    database.wake_workers()
    for _ in range(50):
        put(database, Queue.TALK)
    put(database, Queue.ERP)
    calls = []
    for call in listener.notifies(timeout=5):
        calls.append(call.channel)
        if call.channel.endswith("erp"):
            break
    assert 2 <= len(calls) < 51


def test_nobody_is_called_for_what_was_rolled_back_or_is_due_later(
    database: Database, listener: psycopg.Connection[tuple[object, ...]]
) -> None:
    database.wake_workers()
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        defer(session, "any", queue=Queue.TALK, lock="a")
        raise ZeroDivisionError
    put(database, Queue.TALK, after=timedelta(seconds=6))
    put(database, Queue.ERP)
    assert next(iter(listener.notifies(timeout=5, stop_after=1))).channel == "procrastinate_queue_v1#erp"


def test_calls_go_on_after_the_database_ended_the_connection(
    database: Database, listener: psycopg.Connection[tuple[object, ...]]
) -> None:
    database.wake_workers()
    put(database, Queue.TALK)
    assert list(listener.notifies(timeout=5, stop_after=1))
    listener.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'munshi-waker'")
    put(database, Queue.TALK)
    for _ in range(50):
        put(database, Queue.SEND)
        if any(call.channel.endswith("send") for call in listener.notifies(timeout=0.1, stop_after=1)):
            return
    raise AssertionError("nobody was called")
