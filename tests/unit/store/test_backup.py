"""The whole database into a file and back."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from store.backup import BackupFailed, backup, restore, try_out
from store.database import Database
from store.queue import JobRegistry, Queue, defer, drain


def put(database: Database, word: str) -> None:
    with database.transaction() as session:
        defer(session, "note", queue=Queue.TALK, lock="a", word=word)


def words(database: Database) -> list[str]:
    with database.transaction() as session:
        return list(session.scalars(text("SELECT args -> 'ids' ->> 'word' FROM procrastinate_jobs ORDER BY id")))


def test_what_was_backed_up_comes_back_and_what_came_later_is_gone(database: Database, tmp_path: Path) -> None:
    put(database, "kept")
    assert backup(database.url, tmp_path / "copy") > 10_000
    put(database, "later")
    database.dispose()
    restore(database.url, tmp_path / "copy")
    assert words(database) == ["kept"]
    put(database, "next")
    database.dispose()
    backup(database.url, tmp_path / "copy")
    restore(database.url, tmp_path / "copy")
    assert words(database) == ["kept", "next"]


def test_a_restored_queue_works(database: Database, tmp_path: Path) -> None:
    put(database, "kept")
    backup(database.url, tmp_path / "copy")
    database.dispose()
    restore(database.url, tmp_path / "copy")
    seen: list[str] = []
    jobs = JobRegistry()
    jobs.job("note", queue=Queue.TALK)(lambda _app, word: seen.append(word))

    class App:
        def __init__(self) -> None:
            self.database = database

    assert drain(jobs, App()) == 1
    assert seen == ["kept"]


def test_a_backup_is_for_its_owners_eyes_and_leaves_nothing_half_written(database: Database, tmp_path: Path) -> None:
    backup(database.url, tmp_path / "copy")
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    with pytest.raises(BackupFailed, match="does not exist"):
        backup(database.url.replace("/test_", "/absent_"), tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_a_database_in_use_is_not_replaced(database: Database, tmp_path: Path) -> None:
    backup(database.url, tmp_path / "copy")
    with database.transaction() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(BackupFailed, match="in use; stop Munshi first"):
            restore(database.url, tmp_path / "copy")


def test_a_file_that_is_no_backup_changes_nothing(database: Database, tmp_path: Path) -> None:
    put(database, "kept")
    database.dispose()
    (tmp_path / "letter").write_text("Dear all")
    with pytest.raises(BackupFailed, match="is no backup"):
        restore(database.url, tmp_path / "letter")
    assert words(database) == ["kept"]


def test_a_backup_is_tried_out_beside_and_a_cut_one_is_found_out(database: Database, tmp_path: Path) -> None:
    backup(database.url, tmp_path / "copy")
    for _ in range(2):
        try_out(database.url, tmp_path / "copy")
    content = (tmp_path / "copy").read_bytes()
    (tmp_path / "cut").write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupFailed):
        try_out(database.url, tmp_path / "cut")
    with database.transaction() as session:
        beside = "SELECT datname FROM pg_database WHERE datname = current_database() || '_trial'"
        left = session.scalars(text(beside)).all()
    assert left == []
