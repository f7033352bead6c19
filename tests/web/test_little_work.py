"""What requests must not do: the webhook nothing beside storing, an open page no waiting."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import event, inspect, text
from twilio.request_validator import RequestValidator
from werkzeug.serving import make_server

from bot.app import Munshi
from bot.settings import read
from store.database import Database
from tests.plain_files import PlainFiles
from web.app import create_app

TOKEN = "the account's secret"
PUBLIC = "https://orders.example.com/wa"
PATH = "/webhooks/twilio"
STORED = {"inbound", "procrastinate_jobs", "procrastinate_events"}
"""The message, its job, and what the queue notes of it."""
RAMESH = "+919000000001"


@dataclass(kw_only=True)
class Watch:
    """What happens below Python's own library while it is on; the interpreter tells, and cannot be told to stop."""

    on: bool = False
    seen: list[str] = field(default_factory=list)

    def hook(self, name: str, args: tuple[Any, ...]) -> None:
        if self.on and name in ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
            self.seen.append(f"{name} {args[:1]}")


_watch = Watch()
sys.addaudithook(_watch.hook)


@pytest.fixture
def watch() -> Iterator[Watch]:
    yield _watch
    _watch.on = False
    _watch.seen.clear()


@pytest.fixture
def webhook(database: Database, tmp_path: Path) -> Callable[..., int]:
    """Deliver a signed message with these parameters; the answer's status."""
    settings = read(
        {
            "WHATSAPP_CHANNEL": "twilio",
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": "whatsapp:+912240001234",
            "PUBLIC_URL": PUBLIC,
            "ERP_URL": f"files:{PlainFiles.sound(tmp_path / 'plant').folder}",
            "MUNSHI_VAR": str(tmp_path / "var"),
        }
    )
    client: FlaskClient = create_app(Munshi(settings=settings, database=database, channels={}, erps={})).test_client()

    def deliver(sid: str, **params: str) -> int:
        sent = {"MessageSid": sid, "From": f"whatsapp:{RAMESH}", "Body": "20 peti parle g", "NumMedia": "0"} | params
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC + PATH, sent)
        return client.post(PATH, data=sent, headers={"X-Twilio-Signature": signature}).status_code

    return deliver


PICTURE = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/1", "MediaContentType0": "image/jpeg"}


@pytest.mark.parametrize("params", [{}, PICTURE, {"Body": "kal ka maal kharab nikla\n" * 200}])
def test_the_webhook_makes_one_statement_and_reads_calls_and_opens_nothing(
    webhook: Callable[..., int], database: Database, watch: Watch, params: dict[str, str]
) -> None:
    webhook("SM0", **params)
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    watch.on = True
    status = webhook("SM1", **params)
    watch.on = False
    assert status == 200
    assert len(statements) == 1, statements
    assert watch.seen == []


def test_behind_the_webhook_there_is_the_message_with_its_job_and_nothing_else(
    webhook: Callable[..., int], database: Database
) -> None:
    def filled() -> dict[str, int]:
        with database.transaction() as session:
            counts = {
                table: session.scalar(text(f'SELECT count(*) FROM "{table}"'))
                for table in inspect(session.connection()).get_table_names()
            }
        return {table: count for table, count in counts.items() if count}

    before = filled()
    assert webhook("SM1") == 200
    after = filled()
    assert {table for table in after if after[table] != before.get(table, 0)} <= STORED
    assert after["inbound"] == after["procrastinate_jobs"] == 1


@pytest.fixture
def single(munshi: Munshi) -> Iterator[str]:
    """The application behind a server that can do one thing at a time; its address."""
    server = make_server("127.0.0.1", 0, create_app(munshi), threaded=False)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_open_pages_leave_the_only_worker_free(single: str) -> None:
    """Twenty pages listen; if one of them held the worker, nobody else would be answered."""
    listening = [
        requests.get(
            f"{single}/console/feed",
            params={"a": RAMESH},
            headers={"Accept": "text/event-stream"},
            stream=True,
            timeout=5,
        )
        for _ in range(20)
    ]
    try:
        assert {page.status_code for page in listening} == {200}
        assert requests.get(f"{single}/healthz", timeout=5).status_code == 200
        assert all(b"retry: " in page.content for page in listening), "told when to come back, and closed"
    finally:
        for page in listening:
            page.close()
