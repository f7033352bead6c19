"""The webhook against a bare view on the same server and pool settings: interleaved pairs, median and spread."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import requests

from bench.client import Rate, load
from bench.figures import median, table
from bench.machine import ROOT, free_port, quiet_environment
from store.migrate import migrate
from store.server import Server

TOKEN = "token-of-the-bench"
WARM_UP = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """One application behind gunicorn."""

    url: str
    public_url: str

    def load(self, seconds: float) -> Rate:
        return load(f"{self.url}/webhooks/twilio", public_url=self.public_url, token=TOKEN, seconds=seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Both measured one right after the other."""

    product: Rate
    bare: Rate

    @property
    def ratio(self) -> float:
        return self.product.per_second / self.bare.per_second


def measure(folder: Path, *, pairs: int, seconds: float) -> str:
    """The table of all pairs, with the median ratio and its spread."""
    found = list(_pairs(folder, pairs=pairs, seconds=seconds))
    ratios = [pair.ratio for pair in found]
    rows: list[tuple[object, ...]] = [("pair", "munshi/s", "bare/s", "ratio")]
    for number, pair in enumerate(found, 1):
        rates = (f"{pair.product.per_second:,.0f}", f"{pair.bare.per_second:,.0f}")
        rows.append((number, *rates, f"{pair.ratio:.2f}"))
    failed = sum(pair.product.failed + pair.bare.failed for pair in found)
    return "\n".join(
        [
            table(rows),
            (
                f"ratio: median {median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}"
                f" (at least 0.50 wanted); requests not answered with 200: {failed}"
            ),
        ]
    )


def _pairs(folder: Path, *, pairs: int, seconds: float) -> Iterator[Pair]:
    server = Server(folder / "webhook")
    url = server.start()
    try:
        migrate(url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE bare (sid text PRIMARY KEY, body text)")
        with ExitStack() as stack:
            product = stack.enter_context(_served("wsgi:app", url, folder))
            bare = stack.enter_context(_served("bench.bare:app", url, folder))
            for served in (product, bare):
                served.load(WARM_UP)
            for number in range(pairs):
                order = (product, bare) if number % 2 == 0 else (bare, product)
                rates = {served.url: served.load(seconds) for served in order}
                yield Pair(product=rates[product.url], bare=rates[bare.url])
    finally:
        server.stop()


@contextmanager
def _served(application: str, database_url: str, folder: Path) -> Iterator[Served]:
    """Gunicorn with the product's own configuration: the same workers, threads and pool for both."""
    port = free_port()
    public_url = "https://orders.example.com"
    plant = folder / "plant"
    plant.mkdir(exist_ok=True)
    environment = {
        **quiet_environment(),
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "PUBLIC_URL": public_url,
        "WHATSAPP_CHANNEL": "twilio",
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_FROM": "whatsapp:+14155550100",
        "ERP_URL": f"files:{plant}",
        "MUNSHI_VAR": str(folder / "webhook"),
        "SECRET_KEY": "k" * 40,
    }
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), application]
    with (folder / f"{application.partition(':')[0]}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/", process)
        yield Served(url=f"http://127.0.0.1:{port}", public_url=public_url)
    finally:
        process.terminate()
        process.wait(15)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            requests.get(url, timeout=2)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} does not answer; see {os.fspath(url)}")
