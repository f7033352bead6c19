"""The nightly backup: once a night, tried out, the newest kept, and trouble said."""

from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from store import nightly
from store.backup import BackupFailed, restore
from store.clock import ManualClock
from store.database import Database
from store.nightly import Backup, Nights, back_up_tonight, last_backup, trouble

INDIA = ZoneInfo("Asia/Kolkata")


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(at=time(2), zone=INDIA, folder=tmp_path / "backups", kept=3)


def files(nights: Nights) -> list[str]:
    return sorted(path.name for path in nights.folder.iterdir())


def test_a_backup_is_made_once_after_its_hour_and_can_be_restored(database: Database, nights: Nights) -> None:
    assert back_up_tonight(database, nights), "at ten in the morning its hour has come"
    assert not back_up_tonight(database, nights), "a second clock finds it made"
    assert files(nights) == ["munshi-2026-11-21.dump"]
    with database.transaction() as session:
        made = last_backup(session)
        assert made is not None
        assert made.size > 10_000
        assert trouble(session) == ""
        session.execute(text("DELETE FROM backups"))
    database.dispose()
    restore(database.url, nights.folder / "munshi-2026-11-21.dump")
    with database.transaction() as session:
        assert session.get(Backup, made.day) is not None, "as it was when it was being written"


def test_before_its_hour_none_is_made(database: Database, clock: ManualClock, nights: Nights) -> None:
    clock.push(timedelta(hours=15))
    assert not back_up_tonight(database, nights), "one in the night"
    clock.push(timedelta(hours=2))
    assert back_up_tonight(database, nights)


def test_only_so_many_are_kept_and_no_file_of_anybody_elses_goes(
    database: Database, clock: ManualClock, nights: Nights
) -> None:
    nights.folder.mkdir()
    (nights.folder / "letter.dump").touch()
    for _ in range(5):
        assert back_up_tonight(database, nights)
        clock.push(timedelta(days=1))
    assert files(nights) == ["letter.dump", *(f"munshi-2026-11-{day}.dump" for day in (23, 24, 25))]


def test_a_failed_backup_is_said_and_made_again_an_hour_later(
    database: Database, clock: ManualClock, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(url: str, file: Path) -> None:
        raise BackupFailed("the file is cut")

    monkeypatch.setattr(nightly, "try_out", cut)
    assert not back_up_tonight(database, nights)
    with database.transaction() as session:
        assert "the file is cut" in trouble(session)
    monkeypatch.undo()
    clock.push(timedelta(minutes=30))
    assert not back_up_tonight(database, nights)
    clock.push(timedelta(minutes=31))
    assert back_up_tonight(database, nights)
    with database.transaction() as session:
        assert trouble(session) == ""
    assert files(nights) == ["munshi-2026-11-21.bad", "munshi-2026-11-21.dump"]


def test_a_folder_that_cannot_be_written_is_said(database: Database, nights: Nights) -> None:
    nights.folder.parent.joinpath("backups").touch()
    assert not back_up_tonight(database, nights)
    with database.transaction() as session:
        assert trouble(session)


def test_no_good_backup_for_over_a_day_is_trouble(database: Database, clock: ManualClock, nights: Nights) -> None:
    back_up_tonight(database, nights)
    clock.push(timedelta(hours=25))
    with database.transaction() as session:
        assert trouble(session) == ""
    clock.push(timedelta(hours=2))
    with database.transaction() as session:
        assert "2026-11-21" in trouble(session)
