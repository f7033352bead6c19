"""The present, and transactions."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.clock import FileClock, ManualClock, SystemClock
from store.database import Database, driver_url, now, plain_url


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_file_shifts_the_present_and_is_read_at_each_use(tmp_path: Path) -> None:
    clock = FileClock(tmp_path / "clock")
    for content, shift in (("3600", 3600), (" -60.5\n", -60.5), ("soon", 0), ("1e400", 0), ("nan", 0), ("", 0)):
        (tmp_path / "clock").write_text(content)
        assert abs(clock.now() - datetime.now(UTC) - timedelta(seconds=shift)) < timedelta(seconds=5)
    (tmp_path / "clock").unlink()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_pacing_knows_no_shift_since_workers_compare_with_the_databases_time(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("86400")
    assert abs(FileClock(tmp_path / "clock").pacing() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_session_is_judged_by_its_databases_clock(database: Database, clock: ManualClock) -> None:
    clock.push(timedelta(hours=1))
    with database.transaction() as session:
        assert now(session) == clock.now() == datetime(2026, 11, 21, 5, 30, tzinfo=UTC)


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        session.execute(text("CREATE TABLE t (n int)"))
        raise ZeroDivisionError
    with database.transaction() as session:
        assert session.scalar(text("SELECT to_regclass('t')")) is None


def test_two_that_lock_crosswise_both_get_done(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("CREATE TABLE t AS SELECT n, 0 AS times FROM generate_series(1, 2) n"))
    both = Barrier(2)

    def add(first: int, second: int) -> None:
        tried = 0

        def work(session: Session) -> None:
            nonlocal tried
            tried += 1
            session.execute(text("UPDATE t SET times = times + 1 WHERE n = :n"), {"n": first})
            if tried == 1:
                both.wait(5)
            session.execute(text("UPDATE t SET times = times + 1 WHERE n = :n"), {"n": second})

        database.retrying(work)

    threads = [Thread(target=add, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction() as session:
        assert list(session.scalars(text("SELECT times FROM t"))) == [2, 2]


def test_other_faults_are_not_repeated(database: Database) -> None:
    tried = []

    def work(session: Session) -> None:
        tried.append(1)
        session.execute(text("CREATE TABLE t (n int PRIMARY KEY)"))
        session.execute(text("INSERT INTO t VALUES (1), (1)"))

    with pytest.raises(IntegrityError):
        database.retrying(work)
    assert len(tried) == 1


def test_an_error_does_not_repeat_what_people_wrote(database: Database) -> None:
    with pytest.raises(Exception, match="does not exist") as caught, database.transaction() as session:
        session.execute(text("SELECT CAST(:word AS text) FROM nowhere"), {"word": "20 peti maggi"})
    assert "maggi" not in str(caught.value)


def test_quantities_come_back_as_they_went_in(database: Database) -> None:
    with database.transaction() as session:
        assert session.scalar(text("SELECT CAST(:q AS numeric(20, 6))"), {"q": Decimal("0.1")}) == Decimal("0.1")


def test_addresses_are_read_whatever_driver_they_name() -> None:
    assert plain_url("postgresql+psycopg2://u:p%40ss@h/d?host=/a%20b") == "postgresql://u:p%40ss@h/d?host=%2Fa+b"
    assert driver_url("postgresql://u:p%40ss@h/d") == "postgresql+psycopg://u:p%40ss@h/d"
