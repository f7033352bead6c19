"""What stands still after a restore or a pause, and what goes on."""

from datetime import timedelta

from sqlalchemy import text

from store.clock import ManualClock
from store.database import Database
from store.holds import (
    LOOK_AGAIN,
    held,
    hold_everything,
    pause,
    pauses,
    release_everything,
    resume,
    standstill,
)
from store.queue import Again, JobRegistry, Queue, defer, drain


def test_after_a_restore_everything_stands_still_until_it_is_released(database: Database) -> None:
    with database.transaction() as session:
        assert not standstill(session)
        hold_everything(session, reason="restored from last night")
        hold_everything(session, reason="again")
        stands = standstill(session)
        assert stands.everything
        assert stands.stops(["C001"])
        assert stands.stops([])
        hold = held(session)
        assert hold is not None
        assert hold.reason == "again"
        assert release_everything(session)
        assert not release_everything(session)
        assert held(session) is None
        assert not standstill(session)


def test_a_paused_customer_stops_only_what_concerns_nobody_else(database: Database) -> None:
    with database.transaction() as session:
        assert pause(session, customer="C001", by="Asha", reason="credit talk")
        assert not pause(session, customer="C001", by="Ravi")
        stands = standstill(session)
        assert not stands.everything
        assert stands.stops(["C001"])
        assert not stands.stops(["C001", "C002"])
        assert not stands.stops([]), "who buys for nobody is not a paused customer"
        assert pause(session, by="Asha")
        assert standstill(session).stops(["C002"])
        assert [one.customer for one in pauses(session)] == ["", "C001"]
        assert resume(session)
        assert standstill(session).stops(["C001"]), "resuming everybody leaves a customer's own pause"
        assert resume(session, customer="C001")
        assert not resume(session, customer="C001")


def test_jobs_that_found_the_way_barred_go_on_in_their_order_once_it_is_free(
    database: Database, clock: ManualClock
) -> None:
    jobs, seen = JobRegistry(), []

    @jobs.job("note", queue=Queue.TALK)
    def note(app: object, *, word: str) -> None:
        with database.transaction() as session:
            if standstill(session).everything:
                raise Again(LOOK_AGAIN)
        seen.append(word)

    class App:
        def __init__(self) -> None:
            self.database = database

    def put(word: str) -> None:
        with database.transaction() as session:
            defer(session, "note", queue=Queue.TALK, lock="a", word=word)

    with database.transaction() as session:
        pause(session, by="Asha")
    put("first")
    drain(jobs, App())
    put("second")
    drain(jobs, App())
    clock.push(timedelta(seconds=10))
    with database.transaction() as session:
        resume(session)
        put("third")
    drain(jobs, App())
    assert seen == ["first", "second", "third"]
    with database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
