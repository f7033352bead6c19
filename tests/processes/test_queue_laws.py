"""The laws of the queue, each with real processes that are really killed."""

import os
import signal
import time
from datetime import timedelta
from statistics import median

import pytest
from sqlalchemy import text

from store.queue import Queue, sweep
from tests.processes.conftest import Plant, kill, until


@pytest.mark.slow
def test_a_killed_workers_jobs_run_again_within_20_s(plant: Plant) -> None:
    first = plant.start("worker")
    plant.put("hang once", word="order")
    plant.put("short", word="next of the same person")
    until(lambda: plant.marks("begin order"), within=5)
    plant.start("worker")
    plant.start("clock")
    kill(first)
    killed = time.monotonic()
    until(lambda: plant.marks("end order"), within=20)
    assert time.monotonic() - killed < 20
    until(lambda: plant.marks("end next of the same person"), within=1)
    assert len(plant.marks("begin order")) == 2


def test_a_persons_second_message_starts_within_0_3_s_of_the_first_ones_end(plant: Plant) -> None:
    plant.start("worker")
    for n in range(5):
        plant.put("short", lock=f"person {n}", word=f"{n} first")
        plant.put("short", lock=f"person {n}", word=f"{n} second")
    until(lambda: all(plant.marks(f"end {n} second") for n in range(5)), within=10)
    gaps = [plant.marks(f"begin {n} second")[0] - plant.marks(f"end {n} first")[0] for n in range(5)]
    assert all(gap > timedelta() for gap in gaps)
    assert median(gap.total_seconds() for gap in gaps) < 0.3


def test_hanging_jobs_of_the_erp_delay_no_chat(plant: Plant) -> None:
    plant.start("worker")
    for n in range(12):
        plant.put("hang", queue=Queue.ERP, lock=f"document {n}", word=f"document {n}")
    until(lambda: plant.count("SELECT count(*) FROM marks") == 4, within=5)
    asked = time.monotonic()
    plant.put("short", lock="person", word="chat")
    until(lambda: plant.marks("end chat"), within=2)
    assert time.monotonic() - asked < 2


def test_a_job_that_runs_twice_at_the_same_time_takes_effect_once(plant: Plant) -> None:
    with plant.database.transaction() as session:
        session.execute(text("INSERT INTO rows (id) VALUES (1)"))
    stopped = plant.start("worker")
    plant.put("once", row=1)
    until(lambda: plant.marks("locked 1"), within=5)
    os.kill(stopped.pid, signal.SIGSTOP)
    assert sweep(plant.database, silence=timedelta(0)) == 1
    plant.start("worker")
    until(lambda: len(plant.marks("begin 1")) == 2, within=5)
    os.kill(stopped.pid, signal.SIGCONT)
    until(lambda: plant.count("SELECT count(*) FROM procrastinate_jobs") == 0, within=10)
    until(lambda: plant.marks("end 1"), within=5)  # the one that waited may have ended the job before the other says so
    assert plant.count("SELECT times FROM rows") == 1
    assert len(plant.marks("end 1")) == 1


def test_a_worker_that_was_stopped_for_long_works_again_when_it_goes_on(plant: Plant) -> None:
    worker = plant.start("worker")
    os.kill(worker.pid, signal.SIGSTOP)
    with plant.database.transaction() as session:
        session.execute(text("DELETE FROM procrastinate_workers"))  # as who starts a worker does with silent ones
    plant.put("short", word="meanwhile")
    os.kill(worker.pid, signal.SIGCONT)
    until(lambda: plant.marks("end meanwhile"), within=10)


def test_a_job_that_ends_its_worker_five_times_is_parked_for_a_person(plant: Plant) -> None:
    plant.put("deadly", word="poison")
    plant.put("short", word="behind it")
    for run in range(1, 6):
        worker = plant.start("worker")
        assert worker.wait(10) == -signal.SIGKILL
        assert len(plant.marks("begin poison")) == run
        sweep(plant.database, silence=timedelta(0))
        with plant.database.transaction() as session:
            session.execute(text("DELETE FROM procrastinate_workers"))
    plant.start("worker")
    until(lambda: plant.marks("end behind it"), within=10)
    assert len(plant.marks("begin poison")) == 5
    assert len(plant.marks("gave up poison")) == 1
    assert plant.count("SELECT count(*) FROM parked_jobs WHERE name = 'deadly'") == 1


def test_two_clocks_set_each_job_back_once(plant: Plant) -> None:
    for n in range(50):
        plant.put("short", lock=f"person {n}", word=str(n))
    with plant.database.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    clocks = [plant.start("clock"), plant.start("clock")]
    until(lambda: plant.count("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'") == 50, within=15)
    until(lambda: all(clock.poll() is None for clock in clocks), within=1)
    assert plant.count("SELECT max((args ->> 'set_backs')::int) FROM procrastinate_jobs") == 1


def test_no_job_is_lost_when_the_database_ends_all_connections(plant: Plant) -> None:
    plant.start("worker")
    for n in range(200):
        plant.put("short", lock=f"person {n % 20}", word=str(n))
        if n in (50, 120):
            plant.count(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    until(lambda: sweep(plant.database) + plant.count("SELECT count(*) FROM procrastinate_jobs") == 0, within=25)
    assert plant.count("SELECT count(DISTINCT word) FROM marks WHERE word LIKE 'end %'") == 200


def test_a_worker_told_to_stop_ends_its_jobs_and_leaves_the_rest(plant: Plant) -> None:
    worker = plant.start("worker")
    with plant.database.transaction() as session:
        session.execute(text("INSERT INTO rows (id) VALUES (1)"))
    plant.put("once", row=1)
    until(lambda: plant.marks("locked 1"), within=5)
    worker.terminate()
    assert worker.wait(5) == 0
    assert plant.count("SELECT times FROM rows") == 1
    assert plant.count("SELECT count(*) FROM procrastinate_jobs") == 0
    assert plant.workers() == 0


def test_a_worker_told_to_stop_does_not_wait_for_a_hanging_job_which_is_run_again(plant: Plant) -> None:
    worker = plant.start("worker")
    plant.put("hang once", word="order")
    until(lambda: plant.marks("begin order"), within=5)
    worker.terminate()
    assert worker.wait(10) == 0
    plant.start("worker")
    until(lambda: plant.marks("end order"), within=5)
