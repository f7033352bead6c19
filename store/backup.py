"""The whole database into one file and back, with PostgreSQL's own programs."""

import os
import subprocess
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from store.database import plain_url
from store.server import programs

EMPTIED = b"DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


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
    """Put the file's content in place of the database's, in one transaction. Nothing else may be connected."""
    script = subprocess.run(
        [programs() / "pg_restore", "--no-owner", "--no-privileges", "--file=-", file], capture_output=True, check=False
    )
    if script.returncode:
        raise BackupFailed(f"{file} is no backup: {script.stderr.decode(errors='replace').strip()}")
    with psycopg.connect(url) as connection:
        others = connection.execute(OTHERS).fetchone()
    if others and others[0]:
        raise BackupFailed("the database is in use; stop Munshi first (and whatever else is connected)")
    psql = [str(programs() / "psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    loaded = subprocess.run(
        [*psql, f"--dbname={_named(url)}", "--output=/dev/null"],
        input=EMPTIED + _without_the_schema_itself(script.stdout),
        capture_output=True,
        check=False,
        env=_environment(url),
    )
    if loaded.returncode:
        raise BackupFailed(loaded.stderr.decode(errors="replace").strip())


def _without_the_schema_itself(script: bytes) -> bytes:
    """A dump of a database whose `public` was once made anew makes it again, which is done already."""
    return script.replace(b"CREATE SCHEMA public;\n", b"")


def _named(url: str) -> str:
    """The address without its password, which other accounts could read from the list of processes."""
    return plain_url(make_url(url).set(password=None).render_as_string(hide_password=False))


def _environment(url: str) -> dict[str, str]:
    password = make_url(url).password
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
