"""The whole database into one file and back, with PostgreSQL's own programs."""

import os
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import psycopg
from sqlalchemy import make_url

from store.database import plain_url
from store.holds import HELD_ANEW
from store.server import programs

EMPTIED = b"DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"
MADE_AGAIN = b"CREATE SCHEMA public;\n"
OTHERS = """SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
LEAVE_WITHIN = 5.0
"""Seconds in which the server lets go of connections that were closed just now."""


class BackupFailed(Exception):  # noqa: N818
    """The file was not written, or the database is as it was before; the text says why."""


def backup(url: str, file: Path) -> int:
    """Write the database to `file`, whole or not at all; its size in bytes. Munshi may be running meanwhile."""
    unfinished = file.with_name(f"{file.name}.partial")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        dumped = subprocess.run(
            [programs() / "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--dbname={_named(url)}"],
            stdout=target,
            stderr=subprocess.PIPE,
            check=False,
            env=_environment(url),
        )
    if dumped.returncode:
        unfinished.unlink()
        raise BackupFailed(dumped.stderr.decode(errors="replace").strip())
    unfinished.replace(file)
    return file.stat().st_size


def restore(url: str, file: Path) -> None:
    """Put the file's content in place of the database's, held, in one transaction. Nothing else may be connected."""
    with TemporaryFile() as script:
        _write_script(file, script)
        script.write(HELD_ANEW.encode())
        if _is_in_use(url):
            raise BackupFailed("the database is in use; stop Munshi first (and whatever else is connected)")
        _load(url, script)


def _is_in_use(url: str) -> bool:
    """Whether somebody else stays connected."""
    until = time.monotonic() + LEAVE_WITHIN
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(OTHERS).fetchone() != (0,):
            if time.monotonic() > until:
                return True
            time.sleep(0.1)
    return False


def try_out(url: str, file: Path) -> None:
    """Restore the file into a database beside and drop that again. Raises BackupFailed if it cannot be restored.

    Where we may make no database, the file is only read through to its end.
    """
    with TemporaryFile(dir=file.parent) as script:
        _write_script(file, script)
        trial = f"{make_url(url).database}_trial"
        try:
            # One of a trial that was cut short may still be there.
            _run_apart(url, f'DROP DATABASE IF EXISTS "{trial}" WITH (FORCE)')
            _run_apart(url, f'CREATE DATABASE "{trial}" TEMPLATE template0')
        except psycopg.errors.InsufficientPrivilege:
            return
        try:
            beside = plain_url(make_url(url).set(database=trial).render_as_string(hide_password=False))
            _load(beside, script)
            with psycopg.connect(beside) as connection:
                if connection.execute("SELECT 1 FROM alembic_version").fetchone() is None:
                    raise BackupFailed(f"{file} holds no migrated database")
        finally:
            _run_apart(url, f'DROP DATABASE IF EXISTS "{trial}" WITH (FORCE)')


def _run_apart(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _write_script(file: Path, script: IO[bytes]) -> None:
    """The file as SQL, on disk: a database of years does not fit into memory."""
    script.write(EMPTIED)
    command = [str(programs() / "pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(file)]
    with TemporaryFile() as complaints:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints) as reading:
            assert reading.stdout is not None
            # A dump of a database whose `public` was once made anew makes it again, which is done already.
            script.writelines(line for line in reading.stdout if line != MADE_AGAIN)
        if reading.returncode:
            complaints.seek(0)
            raise BackupFailed(f"{file} is no backup: {complaints.read().decode(errors='replace').strip()}")


def _load(url: str, script: IO[bytes]) -> None:
    script.seek(0)
    psql = [str(programs() / "psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    loaded = subprocess.run(
        [*psql, f"--dbname={_named(url)}", "--output=/dev/null"],
        stdin=script,
        stderr=subprocess.PIPE,
        check=False,
        env=_environment(url),
    )
    if loaded.returncode:
        raise BackupFailed(loaded.stderr.decode(errors="replace").strip())


def _named(url: str) -> str:
    """The address without its password, which other accounts could read from the list of processes."""
    return plain_url(make_url(url).set(password=None).render_as_string(hide_password=False))


def _environment(url: str) -> dict[str, str]:
    password = make_url(url).password
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
