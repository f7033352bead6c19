"""`stand-in`: the other side of the demonstration's plain files, as a process beside the others."""

import signal
from pathlib import Path
from threading import Event

import click
import structlog

from bot import logging
from bot.settings import FILES
from erp.files.stand_in import LOOKS_EVERY_SECONDS, StandIn
from web.child import attach
from web.cli import settings_or_exit

log = structlog.get_logger()


@click.command("stand-in", short_help="Answer the plain files' documents, for demonstrations.")
def stand_in() -> None:
    """Answer every document in the folder of ERP_URL until stopped.

    It can be told to reject, to be silent, to dispatch and to invoice: `python -m erp.files.stand_in --help`.
    """
    settings = settings_or_exit()
    if not settings.files_erp:
        raise click.ClickException("ERP_URL is no folder of plain files; there is nothing to stand in for")
    logging.configure("erp", form=settings.log_format)
    other_side, stop, beat = StandIn(Path(settings.erp_url.removeprefix(FILES))), Event(), attach()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    while not stop.wait(LOOKS_EVERY_SECONDS):
        for said in other_side.answer():
            log.info("answered", document=said)
        beat()


COMMANDS = [stand_in]
