"""How every process says what happens: a readable line per event, or JSON; no message's text, no number."""

import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any, Literal

import structlog
from structlog.typing import Processor

Event = MutableMapping[str, Any]

# What people write and where they can be reached is kept in rows, for those who may see it.
PRIVATE = frozenset({"text", "body", "name", "phone", "to", "sender", "profile_name"})
NUMBER = re.compile(r"\+?\d{7,}(?=\d{3}\b)")
# Theirs is worth a line only when something is wrong.
QUIET = ("alembic", "gunicorn", "sqlalchemy", "urllib3", "werkzeug", "procrastinate", "twilio")


_processors: list[Processor] = []
"""One list for the life of the process: loggers keep the one they were first used with."""


def configure(process: str, *, form: Literal["console", "json"] = "console") -> None:
    """Set up this process's log, on standard output. `process` is the word each line begins with."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(process),
        discreet,
    ]
    _processors[:] = [
        structlog.stdlib.filter_by_level,
        *shared,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ]
    structlog.configure(
        processors=_processors,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        last += [structlog.processors.format_exc_info, readable]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns whenever a duty takes longer than its interval, which is no fault.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # Every attempt to reach a database that is away; that it is away is said by whoever needs it.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


def _named(process: str) -> Processor:
    def add(_logger: object, _method: str, event: Event) -> Event:
        event["process"] = process
        return event

    return add


def discreet(_logger: object, method: str, event: Event) -> Event:
    """Leave out what is private and shorten whatever looks like a telephone number, unless debugging."""
    if method == "debug":
        return event
    for key in list(event):
        if key in PRIVATE:
            del event[key]
        elif isinstance(event[key], str) and key not in ("timestamp", "event"):
            event[key] = NUMBER.sub("…", event[key])
    return event


def readable(_logger: object, _method: str, event: Event) -> str:
    """`10:31:02 worker  order posted  order=M26000123`."""
    at = datetime.fromisoformat(event.pop("timestamp")).astimezone()
    trace, level = event.pop("exception", ""), event.pop("level", "info")
    process, what = event.pop("process", ""), str(event.pop("event", "")).replace("_", " ")
    mark = "" if level in ("info", "debug") else f"{level}: "
    facts = "  ".join(f"{key}={value}" for key, value in event.items() if value not in (None, ""))
    line = f"{at:%H:%M:%S} {process:<7} {mark}{what}" + (f"  {facts}" if facts else "")
    return f"{line}\n{trace}" if trace else line
