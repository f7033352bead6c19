"""Deferring, draining, giving up and setting back, without processes."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import text

from store.clock import ManualClock
from store.database import Database
from store.parked import parked
from store.queue import Again, JobRegistry, Park, Queue, defer, depths, drain, retry_parked, sweep


@dataclass
class App:
    database: Database
    seen: list[str] = field(default_factory=list)


@pytest.fixture
def app(database: Database) -> App:
    return App(database)


@pytest.fixture
def jobs() -> JobRegistry:
    jobs = JobRegistry()

    @jobs.job("note", queue=Queue.TALK)
    def note(app: App, *, word: str) -> None:
        app.seen.append(word)

    @jobs.job("fail", queue=Queue.TALK, attempts=3, gives_up="gave_up")
    def fail(app: App, *, word: str) -> None:
        app.seen.append(f"tried {word}")
        raise RuntimeError("broken")

    @jobs.job("hopeless", queue=Queue.TALK, gives_up="gave_up")
    def hopeless(app: App, *, word: str) -> None:
        raise Park("never")

    @jobs.job("wait", queue=Queue.TALK, attempts=2, gives_up="gave_up")
    def wait(app: App, *, word: str) -> None:
        app.seen.append(f"waited {word}")
        if len(app.seen) == 5:
            raise RuntimeError("once")
        if len(app.seen) < 8:
            raise Again(timedelta(seconds=6))

    @jobs.last_word("gave_up")
    def gave_up(app: App, error: str, *, word: str) -> None:
        app.seen.append(f"gave up {word}: {error}")

    return jobs


def put(app: App, name: str, word: str, *, lock: str = "a", after: timedelta | None = None) -> None:
    with app.database.transaction() as session:
        defer(session, name, queue=Queue.TALK, lock=lock, after=after, word=word)


def test_a_job_deferred_in_a_transaction_that_fails_was_never_there(app: App, jobs: JobRegistry) -> None:
    with pytest.raises(ZeroDivisionError), app.database.transaction() as session:
        defer(session, "note", queue=Queue.TALK, lock="a", word="one")
        raise ZeroDivisionError
    assert drain(jobs, app) == 0
    assert app.seen == []


def test_jobs_run_in_the_order_they_were_deferred(app: App, jobs: JobRegistry) -> None:
    for word in ("one", "two", "three"):
        put(app, "note", word)
    assert drain(jobs, app) == 3
    assert app.seen == ["one", "two", "three"]


def test_a_paced_job_runs_when_the_clock_has_reached_it(app: App, jobs: JobRegistry, clock: ManualClock) -> None:
    put(app, "note", "later", after=timedelta(seconds=6))
    put(app, "note", "other", lock="b")
    assert drain(jobs, app) == 1
    clock.push(timedelta(seconds=6))
    assert drain(jobs, app) == 1
    assert app.seen == ["other", "later"]


def test_a_failed_job_keeps_its_place_and_is_parked_after_its_last_attempt(
    app: App, jobs: JobRegistry, clock: ManualClock
) -> None:
    put(app, "fail", "x")
    put(app, "note", "behind")
    for _ in range(3):
        drain(jobs, app)
        clock.push(timedelta(seconds=1))
    assert app.seen == ["tried x"] * 3 + ["gave up x: RuntimeError: broken", "behind"]
    with app.database.transaction() as session:
        (row,) = parked(session)
        assert (row.name, row.lock, row.ids, row.error) == (
            "fail",
            "a",
            {"word": "x"},
            "RuntimeError: broken",
        )
        assert depths(session) == {}


def test_a_job_that_parks_itself_is_not_tried_again(app: App, jobs: JobRegistry) -> None:
    put(app, "hopeless", "x")
    assert drain(jobs, app) == 1
    assert app.seen == ["gave up x: Park: never"]


def test_a_job_may_ask_for_a_pause_however_often_without_using_up_its_attempts(
    app: App, jobs: JobRegistry, clock: ManualClock
) -> None:
    put(app, "wait", "x")
    for _ in range(9):
        drain(jobs, app)
        clock.push(timedelta(seconds=6))
    assert app.seen == ["waited x"] * 8


def test_a_parked_job_can_be_put_back_once(app: App, jobs: JobRegistry) -> None:
    put(app, "hopeless", "x")
    drain(jobs, app)
    with app.database.transaction() as session:
        (row,) = parked(session)
        assert retry_parked(session, row.id) is not None
        assert retry_parked(session, row.id) is None
        assert parked(session) == []
    assert drain(jobs, app) == 1
    assert app.seen == ["gave up x: Park: never"] * 2


def test_a_job_this_release_does_not_know_waits_for_a_newer_one_and_is_never_lost(
    app: App, jobs: JobRegistry, clock: ManualClock
) -> None:
    put(app, "of the next release", "x")
    for _ in range(6):
        drain(jobs, app)
        clock.push(timedelta(minutes=11))
    with app.database.transaction() as session:
        (row,) = parked(session)
        assert row.name == "of the next release"


def test_a_last_word_that_fails_still_leaves_the_parked_job(app: App) -> None:
    jobs = JobRegistry()

    @jobs.job("hopeless", queue=Queue.TALK, gives_up="gave_up")
    def hopeless(app: App, *, word: str) -> None:
        raise Park("never")

    @jobs.last_word("gave_up")
    def gave_up(app: App, error: str, *, word: str) -> None:
        raise RuntimeError("no words")

    put(app, "hopeless", "x")
    assert drain(jobs, app) == 1
    with app.database.transaction() as session:
        (row,) = parked(session)
        assert row.error == "Park: never; then RuntimeError: no words"


def test_a_job_without_a_registered_last_word_is_refused_at_start() -> None:
    jobs = JobRegistry()
    jobs.job("hopeless", queue=Queue.TALK, gives_up="nobody")(print)
    with pytest.raises(ValueError, match="hopeless"):
        jobs.check()


def take(app: App, *, silent_for: timedelta | None) -> None:
    """Have a worker, last heard of so long ago, hold every job; None: a worker that was forgotten."""
    with app.database.transaction() as session:
        worker = None
        if silent_for is not None:
            statement = text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - :ago) RETURNING id")
            worker = session.scalar(statement, {"ago": silent_for})
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"), {"worker": worker})


@pytest.mark.parametrize("silent_for", [timedelta(seconds=16), None], ids=["silent", "forgotten"])
def test_the_jobs_of_a_silent_worker_are_set_back_once(
    app: App, jobs: JobRegistry, silent_for: timedelta | None
) -> None:
    put(app, "note", "x")
    take(app, silent_for=silent_for)
    assert drain(jobs, app) == 0
    assert (sweep(app.database), sweep(app.database)) == (1, 0)
    assert drain(jobs, app) == 1
    assert app.seen == ["x"]


def test_the_jobs_of_a_living_worker_are_left_alone(app: App) -> None:
    put(app, "note", "x")
    take(app, silent_for=timedelta(seconds=12))
    assert sweep(app.database) == 0


def test_a_job_that_ended_five_workers_is_parked_for_a_person(app: App, jobs: JobRegistry) -> None:
    put(app, "fail", "x")
    for _ in range(5):
        take(app, silent_for=timedelta(minutes=1))
        sweep(app.database)
    assert drain(jobs, app) == 1
    assert app.seen == ["gave up x: its worker ended 5 times while running it"]
