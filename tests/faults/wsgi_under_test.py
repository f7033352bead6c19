"""The product as the fault run starts it: the ERP stand-in's adapter, short waits, and what BREAK takes away.

Every process of the run imports this module in place of `wsgi`; as a program it is the parent.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import bot.app
import bot.clock
import bot.listing
import bot.settling
import erp.deliver
import web.parent
from erp.build import MAIN
from erp.port import Erp
from tests.faults.erp_over_http import ErpOverHttp

MODULE = "tests.faults.wsgi_under_test"
own_commands = web.parent.commands


def stand_in_erp(settings: object) -> Mapping[str, Erp]:
    return {MAIN: replace(ErpOverHttp.from_url(os.environ["FAULTS_ERP"]), name=MAIN)}


def commands(workers: int) -> dict[str, list[str]]:
    """As the parent's own, of this module."""
    return own_commands(workers, MODULE)


def shorten_waits() -> None:
    """Waits that are laws of the outside, shortened to what the stand-ins keep."""
    bot.listing.OLDER_THAN = timedelta(seconds=10)
    bot.settling.SILENCE = timedelta(seconds=8)
    bot.settling.FORGOTTEN = timedelta(seconds=20)
    every = {"take_missing": timedelta(seconds=5), "settle_sending": timedelta(seconds=2)}
    for name, period in every.items():
        bot.clock.DUTIES[name] = (bot.clock.DUTIES[name][0], period)


def nothing_found(*args: Any, **facts: Any) -> None:
    """In place of the look-up: the document is not there, so it is posted again."""


def break_what_is_asked(what: str) -> None:
    """`inbox-key` is taken away in the database, see `house.py`."""
    if what == "lookup":
        erp.deliver._look_up = nothing_found


web.parent.commands = commands
# The composition root takes another factory as an argument; here every process is to have it.
defaults = bot.app.compose.__kwdefaults__ or {}
defaults["erps"] = stand_in_erp
shorten_waits()
break_what_is_asked(os.environ.get("FAULTS_BREAK", ""))

if __name__ == "__main__":
    from web.start import main

    raise SystemExit(main())

from web.serve import application  # noqa: E402 - what is changed above must be changed before

app = application()
