"""The parent process: the embedded database, and web, worker and clock as children it starts again."""

import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.settings import ROOT, Settings
from store.migrate import migrate
from store.server import AlreadyRunning, Server, ServerRefused
from web.child import BEAT, PARENT

log = structlog.get_logger()

BACKOFF = (0.5, 1.0, 2.0, 5.0, 10.0)
SETTLED_SECONDS = 60.0
# The first sign of life takes as long as starting Python and its libraries on a busy machine.
START_SECONDS = 40.0
SILENCE_SECONDS = 10.0
CHILDREN_STOP_SECONDS = 7.0
LOOK_SECONDS = 0.25
PROBE_SECONDS = 1.0
PROBE_PATIENCE = 2.0


@dataclass(kw_only=True)
class Child:
    """One child process: what runs it, and how it has fared."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    beats: int = -1
    """The reading end of the pipe it beats into."""
    started: float = 0.0
    heard: float | None = None
    """When it last gave a sign of life; None before the first."""
    failures: int = 0
    start_at: float = 0.0

    def start(self) -> None:
        """Start it, in a session of its own: Ctrl-C is for the parent."""
        self.beats, writing = os.pipe()
        os.set_blocking(self.beats, False)
        environment = {**self.environment, PARENT: str(os.getpid()), BEAT: str(writing)}
        self.process = subprocess.Popen(
            self.command, env=environment, cwd=ROOT, pass_fds=[writing], start_new_session=True
        )
        os.close(writing)
        self.started, self.heard = time.monotonic(), None

    def forget(self) -> None:
        """It has ended: let go of its pipe and decide when to start it again."""
        os.close(self.beats)
        lived = time.monotonic() - self.started
        self.process = None
        self.failures = 1 if lived > SETTLED_SECONDS else self.failures + 1
        self.start_at = time.monotonic() + self.pause

    @property
    def pause(self) -> float:
        """How long to wait before it is started again."""
        return BACKOFF[min(self.failures, len(BACKOFF)) - 1]

    def is_silent(self) -> bool:
        """Whether it lives and yet has given no sign of life for too long: stopped, or hanging."""
        if self.process is None:
            return False
        if self.heard is None:
            return time.monotonic() - self.started > START_SECONDS
        return time.monotonic() - self.heard > SILENCE_SECONDS

    def signal(self, sign: signal.Signals) -> None:
        """Send a signal; SIGKILL goes to its children too."""
        if self.process is None or self.process.poll() is not None:
            return
        if sign is signal.SIGKILL:
            os.killpg(self.process.pid, sign)
        else:
            self.process.send_signal(sign)


@dataclass(kw_only=True)
class Parent:
    """Everything of one machine. `run` returns once all of it has stopped."""

    settings: Settings
    ready: Callable[[str], None]
    """Called with the database's URL once the pages can be opened."""
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    _stop: threading.Event = field(default_factory=threading.Event)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _children: list[Child] = field(default_factory=list)
    _server: Server | None = None
    _database_heard: float = 0.0
    _said_ready: bool = False

    def run(self) -> int:
        """Start everything, keep it running, stop it when told; the exit status."""
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, self._told_to_stop)
        if taken := _port_taken(self.settings):
            log.error("cannot_start", reason=taken)
            return 1
        try:
            url = self._start_database()
            if self._stop.is_set():
                return 0
            self._start_children(url)
            self._keep(url)
        except (ServerRefused, AlreadyRunning) as refusal:
            log.error("cannot_start", reason=str(refusal))
            return 1
        except SQLAlchemyError as error:
            log.error("cannot_start", reason=f"the database could not be brought to this release: {error.args[0]}")
            return 1
        finally:
            self._stop_everything()
        return 0

    def _told_to_stop(self, *_: object) -> None:
        if self._stop.is_set():
            for child in self._children:
                child.signal(signal.SIGKILL)
        self._stop.set()

    def _start_database(self) -> str:
        url = self.settings.database_url
        if not url:
            self._server = Server(self.settings.munshi_var)
            url = self._server.start()
            log.info("database_ready", folder=str(self._server.data))
        migrate(url)
        self._database_heard = time.monotonic()
        return url

    def _start_children(self, url: str) -> None:
        environment = {**self.environment, "DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
        for name, command in {**commands(self.settings.workers), **demonstration(self.settings)}.items():
            child = Child(name=name, command=command, environment=environment)
            self._children.append(child)
            self._start(child)

    def _start(self, child: Child) -> None:
        child.start()
        self._selector.register(child.beats, selectors.EVENT_READ, child)
        log.info("started", child=child.name, pid=child.process and child.process.pid)

    def _keep(self, url: str) -> None:
        threading.Thread(target=self._probe, args=(url,), daemon=True).start()
        while not self._stop.is_set():
            self._listen()
            self._look_at_database()
            for child in self._children:
                self._look_at(child)

    def _listen(self) -> None:
        for key, _ in self._selector.select(LOOK_SECONDS):
            child: Child = key.data
            if os.read(child.beats, 4096):
                child.heard = time.monotonic()
            else:  # closed: it has ended, or is about to
                self._selector.unregister(child.beats)

    def _look_at(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.start_at:
                self._start(child)
            return
        status = child.process.poll()
        if status is None:
            if child.is_silent():
                log.warning("silent", child=child.name, pid=child.process.pid)
                child.signal(signal.SIGKILL)
            return
        # What it had started itself goes with it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        if child.beats in self._selector.get_map():
            self._selector.unregister(child.beats)
        child.forget()
        log.warning("ended", child=child.name, how=_how(status), again_in=f"{child.pause} s")

    def _look_at_database(self) -> None:
        if self._server is None:
            return
        if self._server.running() and time.monotonic() - self._database_heard > SILENCE_SECONDS:
            log.warning("silent", child="database", pid=self._server.pid)
            self._server.kill()
        if not self._server.running():
            log.warning("ended", child="database", how="starting it again")
            self._restart_database(self._server)

    def _restart_database(self, server: Server) -> None:
        try:
            server.restart()
        except ServerRefused as refusal:
            log.error("database_not_ready", reason=str(refusal))
            self._stop.wait(BACKOFF[-1])
            return
        self._database_heard = time.monotonic()
        log.info("database_ready", folder=str(server.data))

    def _probe(self, url: str) -> None:
        """Ask web and database whether they live; in a thread of its own, as both may hang."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        base = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{self.settings.port}"  # noqa: S104
        web = next(child for child in self._children if child.name == "web")
        while not self._stop.wait(PROBE_SECONDS):
            if _answers(f"{base}/healthz"):
                web.heard = time.monotonic()
            if _database_answers(url):
                self._database_heard = time.monotonic()
            if not self._said_ready and _answers(f"{base}/readyz"):
                self._said_ready = True
                self.ready(url)

    def _stop_everything(self) -> None:
        log.info("stopping")
        for child in self._children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + CHILDREN_STOP_SECONDS
        for child in self._children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("killed", child=child.name)
                child.signal(signal.SIGKILL)
                child.process.wait()
        if self._server:
            self._server.stop()
        log.info("stopped")


def commands(workers: int, app: str = "wsgi") -> dict[str, list[str]]:
    """How each child is run; `app` is the module it imports."""
    flask = [sys.executable, "-m", "flask", "--app", app]
    names = ["worker", *(f"worker-{number}" for number in range(2, workers + 1))]
    return {
        "web": [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), f"{app}:app"],
        **{name: [*flask, "worker"] for name in names},
        "clock": [*flask, "clock"],
    }


def _port_taken(settings: Settings) -> str:
    """Why the pages could not be served here; empty when they can."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            return f"{settings.host}:{settings.port} cannot be used ({error.strerror}); set PORT to another"
    return ""


def demonstration(settings: Settings) -> dict[str, list[str]]:
    """With the demo plant, and unless its files count as posted by themselves, somebody must answer them."""
    if not settings.demo_erp or settings.files_answer != "results":
        return {}
    return {"erp": [sys.executable, "-m", "flask", "--app", "wsgi", "stand-in"]}


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=PROBE_PATIENCE) as response:  # noqa: S310
            return bool(response.status == 200)
    except (URLError, OSError, ValueError):
        return False


def _database_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=int(PROBE_PATIENCE), autocommit=True) as connection:
            connection.execute("SET statement_timeout = 2000")
            connection.execute("SELECT 1")
            return True
    except psycopg.Error:
        return False
