"""An upgrade: the release before keeps taking orders while the database is migrated under it, and after it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine, text

from store.database import driver_url
from store.migrate import Standing, migrate, standing

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = "store/migrations/versions"
LOOKED_BACK = 500
SENDER = "+919000041029"
SAY = """
import sys
from bot.intake import Incoming, take_in_alone
from store.database import Database
database = Database(url=sys.argv[1])
take_in_alone(database, Incoming(channel="console", sid=sys.argv[2], sender=sys.argv[3], body=sys.argv[4],
                                 payload=sys.argv[5], quoted_sid=sys.argv[6]))
"""


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def release_before() -> str:
    """The last tag before this commit; without tags, the newest state that has all migrations but the newest."""
    try:
        git("rev-parse", "HEAD~1")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no history of this code is here")
    tags = git("tag", "--merged", "HEAD~1", "--sort=-creatordate").splitlines()
    if tags:
        return tags[0]
    # Branches may have brought migrations under the same number: a state of their own is no release before this one.
    *before, _ = sorted(f"{VERSIONS}/{path.name}" for path in (ROOT / VERSIONS).glob("[0-9]*.py"))
    for commit in git("rev-list", f"--max-count={LOOKED_BACK}", "HEAD").splitlines():
        if sorted(git("ls-tree", "--name-only", commit, f"{VERSIONS}/").splitlines()) == before:
            return commit
    pytest.skip("the newest migration is as old as the history that is here")


@dataclass
class Release:
    """The code of one release at work on the database."""

    code: Path
    url: str
    plant: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        settings = {
            "DATABASE_URL": self.url,
            "ERP_URL": f"files:{self.plant}",
            "FILES_ANSWER": "self",
            "MUNSHI_VAR": str(self.plant.parent / "var"),
            "PYTHONPATH": str(self.code),
        }
        return {**os.environ, **settings}

    def command(self, *words: str) -> None:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        subprocess.run(command, cwd=self.code, env=self.environment, check=True, capture_output=True, timeout=180)

    def start(self) -> None:
        for kind in ("worker", "clock"):
            command = [sys.executable, "-m", "flask", "--app", "wsgi", kind]
            log = (self.plant.parent / "log.txt").open("ab")
            self.processes.append(
                subprocess.Popen(command, cwd=self.code, env=self.environment, stdout=log, stderr=log)
            )
            log.close()

    def takes_in(self, sid: str, body: str, *, payload: str = "", quoted: str = "") -> None:
        """Store a message as this release's webhook does."""
        command = [sys.executable, "-c", SAY, self.url, sid, SENDER, body, payload, quoted]
        subprocess.run(command, cwd=self.code, env=self.environment, check=True, timeout=60)

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()


@pytest.fixture
def before(tmp_path: Path, empty_database_url: str) -> Iterator[Release]:
    code = tmp_path / "before"
    git("worktree", "add", "--detach", str(code), release_before())
    plant = tmp_path / "plant"
    plant.mkdir()
    for file in (ROOT / "demo" / "plant").glob("*.csv"):
        shutil.copy(file, plant)
    release = Release(code=code, url=empty_database_url, plant=plant)
    yield release
    release.stop()
    git("worktree", "remove", "--force", str(code))


def told(url: str, after: int, *, within: float = 60) -> tuple[int, str, list[dict[str, str]]]:
    """The next bubble that was delivered: its place, what it says, its buttons."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT position, lines, buttons, sid FROM outbound"
                " WHERE position > %s AND state = 'delivered' ORDER BY position LIMIT 1",
                (after,),
            ).fetchone()
        if row:
            return int(row[0]), "\n".join(row[1]), [*row[2], {"sid": row[3]}]
        time.sleep(0.1)
    raise AssertionError("nobody was answered")


def confirm(buttons: list[dict[str, str]]) -> tuple[str, str]:
    payload = next(one["payload"] for one in buttons if one.get("payload", "").startswith("confirm:"))
    return payload, buttons[-1]["sid"]


def orders(release: Release) -> int:
    return len(list((release.plant / "out" / "sales_orders").glob("*.json")))


def test_the_release_before_takes_orders_while_and_after_the_database_is_migrated(before: Release) -> None:
    before.command("migrate")
    before.command("pull")
    before.start()
    before.takes_in("A1", "8 case marie 120")
    place, said, buttons = told(before.url, 0)
    assert "8 CASE" in said

    migrate(before.url)
    payload, quoted = confirm(buttons)
    before.takes_in("A2", "Confirm", payload=payload, quoted=quoted)
    place, said, _ = told(before.url, place)
    assert "✅" in said, "what was shown before is confirmed after, by the release before"
    before.takes_in("A3", "3 case glucose 50")
    place, said, buttons = told(before.url, place)
    assert "3 CASE" in said
    assert all(process.poll() is None for process in before.processes), "nothing of it has ended"
    before.stop()

    # The new release goes on where the one before stopped.
    now = Release(code=ROOT, url=before.url, plant=before.plant)
    now.start()
    try:
        payload, quoted = confirm(buttons)
        now.takes_in("B1", "Confirm", payload=payload, quoted=quoted)
        _, said, _ = told(before.url, place)
        assert "✅" in said
    finally:
        now.stop()
    assert orders(before) == 2


def test_a_database_of_a_newer_release_is_left_as_it_is_and_worked_on(database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.begin() as connection:
        assert standing(connection) is Standing.CURRENT
        connection.execute(text("UPDATE alembic_version SET version_num = 'of the next release'"))
        assert standing(connection) is Standing.AHEAD
    migrate(database_url)
    with engine.begin() as connection:
        assert standing(connection) is Standing.AHEAD
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        assert standing(connection) is Standing.BEHIND
    engine.dispose()


def test_a_migration_gives_way_to_whoever_is_at_work_and_tries_again(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store import migrate as module

    migrate(empty_database_url)
    engine = create_engine(driver_url(empty_database_url))
    waits: list[float] = []
    with psycopg.connect(empty_database_url) as busy:
        with engine.begin() as connection:
            command.downgrade(module._config(connection), "-1")
        busy.execute("LOCK TABLE alembic_version IN ACCESS SHARE MODE")
        busy.execute("LOCK TABLE alembic_version IN ROW EXCLUSIVE MODE")
        busy.execute("SELECT 1 FROM alembic_version FOR UPDATE")

        def pause(seconds: float) -> None:
            waits.append(seconds)
            busy.rollback()

        monkeypatch.setattr(module, "LOCK_PATIENCE", "200ms")
        monkeypatch.setattr(module, "sleep", pause)
        migrate(empty_database_url)
    assert waits == [0.5]
    with engine.connect() as connection:
        assert standing(connection) is Standing.CURRENT
    engine.dispose()
