"""`python wsgi.py`: what ends is started again, and nothing is left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil
import psycopg
import pytest

from store.server import Server
from tests.processes.conftest import ROOT, until

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class House:
    """One parent process with a data folder of its own."""

    var: Path
    port: int = field(default_factory=free_port)
    parent: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.var / "terminal.txt"

    def start(self) -> None:
        settings = {"MUNSHI_VAR": str(self.var), "PORT": str(self.port), "WEB_CONCURRENCY": "1", "WORKERS": "1"}
        with self.log.open("ab") as terminal:
            self.parent = subprocess.Popen(
                [sys.executable, "wsgi.py"], cwd=ROOT, env={**os.environ, **settings}, stdout=terminal, stderr=terminal
            )
        try:
            until(self.is_ready, within=90)
        except AssertionError as error:
            raise AssertionError(self.said()) from error

    def is_ready(self) -> bool:
        assert self.parent is not None
        assert self.parent.poll() is None, self.said()
        return self.get("/readyz") == 200

    def get(self, path: str) -> int:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                return int(response.status)
        except HTTPError as error:
            return error.code
        except (URLError, OSError):
            return 0

    def said(self) -> str:
        return self.log.read_text()

    def pids(self, child: str) -> list[int]:
        """The pids a child has had, the present one last."""
        return [int(pid) for pid in re.findall(rf"started  child={child}  pid=(\d+)", self.said())]

    def family(self) -> list[psutil.Process]:
        assert self.parent is not None
        return psutil.Process(self.parent.pid).children(recursive=True)

    def postmaster(self) -> psutil.Process:
        (found,) = [p for p in self.family() if p.name() == "postgres" and p.ppid() == self.parent.pid]  # type: ignore[union-attr]
        return found

    def stop(self) -> None:
        if self.parent and self.parent.poll() is None:
            self.parent.terminate()
            self.parent.wait(20)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="munshi-house-") as folder:
        Path(folder).chmod(0o711)
        house = House(Path(folder))
        house.start()
        yield house
        house.stop()


def ended(processes: list[psutil.Process]) -> bool:
    """Whether all have ended; what no one has reaped yet has."""
    psutil.wait_procs(processes, timeout=1)
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def started_again(house: House, child: str, before: int) -> bool:
    return len(house.pids(child)) > before and house.is_ready()


@pytest.mark.parametrize("child", ["worker", "clock", "web"])
def test_a_killed_child_is_started_again(house: House, child: str) -> None:
    pids = house.pids(child)
    os.kill(pids[-1], signal.SIGKILL)
    until(lambda: started_again(house, child, len(pids)), within=60)
    assert f"ended  child={child}  how=killed by SIGKILL" in house.said()
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_worker_that_stands_still_is_killed_and_started_again(house: House) -> None:
    pids = house.pids("worker")
    os.kill(pids[-1], signal.SIGSTOP)
    until(lambda: len(house.pids("worker")) > len(pids), within=40)
    assert f"silent  child=worker  pid={pids[-1]}" in house.said()
    until(house.is_ready, within=60)


def test_a_killed_database_is_started_again_and_work_goes_on(house: House) -> None:
    house.postmaster().kill()
    until(lambda: house.said().count("database ready") > 1, within=30)
    until(house.is_ready, within=60)
    assert house.get("/sign-in") == 200


def test_the_terminal_says_where_everything_is(house: House) -> None:
    said = house.said()
    assert f"Chat console  http://127.0.0.1:{house.port}/console" in said
    link = re.search(r"http://127.0.0.1:\d+(/sign-in/once/\S+)", said)
    assert link
    assert house.get(link[1]) == 200


def test_a_second_parent_of_the_same_folder_is_refused(house: House) -> None:
    second = subprocess.run(
        [sys.executable, "wsgi.py"],
        cwd=ROOT,
        env={**os.environ, "MUNSHI_VAR": str(house.var), "PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert "is held by another process" in second.stdout
    assert house.get("/healthz") == 200


def test_after_kill_9_no_process_is_left_and_the_next_start_keeps_the_data(house: House) -> None:
    assert house.parent is not None
    with psycopg.connect(Server(house.var).url) as connection:
        before = connection.execute("SELECT count(*) FROM items").fetchone()
    family = house.family()
    house.parent.kill()
    house.parent.wait()
    until(lambda: ended(family), within=10)
    house.start()
    with psycopg.connect(Server(house.var).url) as connection:
        assert connection.execute("SELECT count(*) FROM items").fetchone() == before


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_within_15_s(house: House, sign: signal.Signals) -> None:
    if house.parent is None or house.parent.poll() is not None:
        house.start()
    assert house.parent is not None
    family = house.family()
    asked = time.monotonic()
    house.parent.send_signal(sign)
    assert house.parent.wait(15) == 0
    assert time.monotonic() - asked < 15
    assert ended(family)


def test_it_stops_within_15_s_even_when_its_children_stand_still(house: House) -> None:
    if house.parent is None or house.parent.poll() is not None:
        house.start()
    assert house.parent is not None
    family = house.family()
    for child in ("web", "worker"):
        os.kill(house.pids(child)[-1], signal.SIGSTOP)
    asked = time.monotonic()
    house.parent.terminate()
    assert house.parent.wait(15) == 0
    assert time.monotonic() - asked < 15
    assert ended(family)


def test_wrong_settings_stop_the_start_with_every_problem(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "wsgi.py"],
        cwd=ROOT,
        env={**os.environ, "PORT": "x", "TIMEZONE": "Mars", "MUNSHI_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 2
    assert "PORT=x" in refused.stderr
    assert "no such time zone" in refused.stderr
    assert list(tmp_path.iterdir()) == []
