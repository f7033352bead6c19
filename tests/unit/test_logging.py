"""What a process says of itself, and what it keeps to itself."""

import io
import json
import logging as standard
from collections.abc import Iterator

import pytest
import structlog

from bot import logging


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What is logged while a test runs; the configuration of the run comes back afterwards."""
    root, handlers, level = standard.getLogger(), standard.getLogger().handlers[:], standard.getLogger().level
    before = structlog.get_config()
    yield io.StringIO()
    root.handlers[:], root.level = handlers, level
    structlog.configure(**before)


def configure(said: io.StringIO, form: str = "console") -> None:
    logging.configure("worker", form=form)  # type: ignore[arg-type]
    (handler,) = standard.getLogger().handlers
    handler.setStream(said)  # type: ignore[attr-defined]


def test_an_event_is_one_readable_line(said: io.StringIO) -> None:
    configure(said)
    structlog.get_logger().info("order_posted", order="M26000123", lines=2, empty="")
    assert said.getvalue()[8:] == " worker  order posted  order=M26000123  lines=2\n"


def test_a_warning_is_marked_and_a_trace_follows_its_line(said: io.StringIO) -> None:
    configure(said)
    try:
        int("broken")
    except ValueError:
        structlog.get_logger().warning("job_failed", job_id=7, exc_info=True)
    first, *trace = said.getvalue().splitlines()
    assert first[8:] == " worker  warning: job failed  job_id=7"
    assert trace[-1] == "ValueError: invalid literal for int() with base 10: 'broken'"


def test_as_json_each_event_is_an_object(said: io.StringIO) -> None:
    configure(said, "json")
    structlog.get_logger().info("order_posted", order="M26000123")
    event = json.loads(said.getvalue())
    assert (event["event"], event["order"], event["process"]) == ("order_posted", "M26000123", "worker")
    assert event["timestamp"].endswith("Z")


@pytest.mark.parametrize("form", ["console", "json"])
def test_neither_a_messages_text_nor_a_whole_number_is_ever_logged(said: io.StringIO, form: str) -> None:
    configure(said, form)
    structlog.get_logger().info(
        "heard", text="20 peti maggi", lock="talk:whatsapp:+919812345678", phone="+919812345678"
    )
    assert "maggi" not in said.getvalue()
    assert "98123" not in said.getvalue()
    assert "talk:whatsapp:…678" in said.getvalue()


def test_other_libraries_are_heard_only_when_something_is_wrong(said: io.StringIO) -> None:
    configure(said)
    standard.getLogger("alembic.runtime").info("Will assume transactional DDL")
    standard.getLogger("sqlalchemy.pool").warning("a connection was lost")
    assert said.getvalue()[8:] == " worker  warning: a connection was lost\n"
