"""The parts of a running Munshi, and bringing its database to this release."""

import os
import signal
import sys
import threading

import click

from bot import clock as duties
from bot.jobs import jobs
from store import migrate as migrations
from store.heartbeat import Heart
from store.worker import run_worker
from web import cli
from web.child import attach


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    return stop


def _end() -> None:
    """End at once: a job that hangs in a thread would keep the interpreter, and taking it down costs a second."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


@click.command("worker")
def worker() -> None:
    """Run jobs until stopped. Any number of workers on any number of machines."""
    beat = attach()
    stop = _stop_on_signals()
    with cli.composed("worker", lasting=True) as munshi:
        run_worker(jobs, munshi, stop=stop, beat=beat)
    _end()


@click.command("clock")
def clock() -> None:
    """Run the duties until stopped. A second clock does no harm."""
    beat = attach()
    stop = _stop_on_signals()
    with cli.composed("clock", lasting=True) as munshi, Heart(munshi.database, "clock").beating():
        duties.run(munshi, stop, beat=beat)
    _end()


@click.command("migrate")
def migrate() -> None:
    """Bring the database to this release."""
    settings = cli.settings_or_exit()
    with cli.database_url(settings) as url:
        migrations.migrate(url)
    click.echo("The database is at this release.")


COMMANDS = (worker, clock, migrate)
