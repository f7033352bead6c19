"""The commands of operation, as somebody types them."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from store.database import Database
from store.holds import held
from web.serve import commands_alone


@pytest.fixture
def bare() -> Flask:
    """The commands, without an application."""
    return commands_alone()


def run(app: Flask, *words: str, **environment: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words), env=environment)


def test_help_needs_no_setting(bare: Flask) -> None:
    done = run(bare, "--help", PORT="many")
    assert done.exit_code == 0
    for name in ("worker", "clock", "migrate", "check", "backup", "restore"):
        assert name in done.output


def test_check_needs_no_setting_and_starts_no_database(bare: Flask, tmp_path: Path) -> None:
    done = run(bare, "check", MUNSHI_VAR=str(tmp_path / "var"))
    assert done.exit_code == 0, done.output
    assert "database               embedded, not running" in done.output
    assert "channel console        is set up" in done.output
    assert not (tmp_path / "var").exists()


def test_check_tells_every_setting_but_no_secret(bare: Flask, tmp_path: Path) -> None:
    done = run(bare, "check", MUNSHI_VAR=str(tmp_path / "var"), SECRET_KEY="hunter2" * 8, ALERT_URL="https://a.example")
    assert "ok    SECRET_KEY             set\n" in done.output
    assert "hunter2" not in done.output
    assert "note  ALERT_URL              https://a.example; this release does nothing with it yet" in done.output
    assert "ok    TIMEZONE               Asia/Kolkata (default)" in done.output


def test_check_fails_with_every_wrong_setting(bare: Flask) -> None:
    done = run(bare, "check", PORT="many", TIMEZONE="Mars")
    assert done.exit_code == 1
    assert "FAIL  settings               PORT=many" in done.output
    assert "FAIL  settings               TIMEZONE=Mars: no such time zone" in done.output
    assert "2 to mend." in done.output


def test_check_fails_when_the_database_is_away_or_behind(bare: Flask, empty_database_url: str) -> None:
    behind = run(bare, "check", DATABASE_URL=empty_database_url)
    assert behind.exit_code == 1
    assert "FAIL  database               is not at this release; run `flask --app wsgi migrate`" in behind.output
    away = run(bare, "check", DATABASE_URL=empty_database_url.replace("/test_", "/absent_"))
    assert away.exit_code == 1
    assert "FAIL  database               cannot be used" in away.output


def test_check_passes_after_migrate(bare: Flask, empty_database_url: str) -> None:
    assert run(bare, "migrate", DATABASE_URL=empty_database_url).output == "The database is at this release.\n"
    done = run(bare, "check", DATABASE_URL=empty_database_url)
    assert done.exit_code == 0, done.output
    assert "ok    database               answers and is at this release" in done.output
    assert "note  readiness              worker: none has been heard of for 15 s" in done.output


@pytest.mark.parametrize("process", ["worker", "clock"])
def test_a_part_on_its_own_needs_a_database_that_lasts(bare: Flask, process: str, tmp_path: Path) -> None:
    done = run(bare, process, MUNSHI_VAR=str(tmp_path))
    assert done.exit_code == 1
    assert "DATABASE_URL is missing; without it, all starts together: python wsgi.py" in done.output


def test_a_restored_database_sends_nothing_until_somebody_has_compared(
    bare: Flask, database: Database, tmp_path: Path
) -> None:
    file = str(tmp_path / "munshi.backup")
    assert run(bare, "backup", file, DATABASE_URL=database.url).output.startswith(f"{file}: 0.")
    restored = run(bare, "restore", file, DATABASE_URL=database.url)
    assert restored.exit_code == 0, restored.output
    assert "Nothing is sent or posted until `flask --app wsgi restore --go-on`." in restored.output
    with database.transaction() as session:
        assert set(held(session)) == {"send", "erp"}
    assert "on hold: restored from a backup" in run(bare, "check", DATABASE_URL=database.url).output
    assert run(bare, "restore", "--go-on", DATABASE_URL=database.url).output == "Everything goes out again.\n"
    with database.transaction() as session:
        assert held(session) == {}


def test_restore_without_a_file_says_what_is_wanted(bare: Flask, database_url: str) -> None:
    done = run(bare, "restore", DATABASE_URL=database_url)
    assert done.exit_code == 2
    assert "Give a FILE to restore, or --go-on" in done.output
