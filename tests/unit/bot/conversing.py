"""Accounts and bubbles for the tests of what is said."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.bubbles import Bubble
from bot.model import Outbound
from bot.outgoing import deliver, queue
from people.model import Account, Identity
from routing.model import Matter
from store.database import Database, now
from store.jobs import JobRegistry
from store.queue import Queue, drain
from tests.unit.bot.fake_channel import App

PHONE = "+919800000001"


def account(database: Database, *identities: str, **facts: Any) -> int:
    """An account known by these identities, who wrote a minute ago."""
    with database.transaction() as session:
        heard = now(session) - timedelta(minutes=1)
        made = Account(**{"first_seen_at": heard, "last_heard_at": heard, **facts})
        session.add(made)
        session.flush()
        for value in identities or (PHONE,):
            kind = "phone" if value.startswith("+") else "bsuid"
            session.add(Identity(value=value, account_id=made.id, kind=kind))
        return made.id


def say(database: Database, account_id: int, *lines: str, **how: Any) -> str:
    """Queue a bubble; its id."""
    of_bubble = {name: how.pop(name) for name in ("kind", "topic", "buttons", "rows", "rows_title") if name in how}
    bubble = Bubble(**{"kind": "reply", "language": "en", "lines": lines, **of_bubble})
    with database.transaction() as session:
        return queue(session, account_id=account_id, channel="fake", bubble=bubble, **how).id


def run_jobs(app: App) -> int:
    """Run what is due, as the workers would."""
    registry = JobRegistry()
    registry.job("send.bubble", queue=Queue.SEND, attempts=3)(deliver)
    return drain(registry, app)


def row(database: Database, outbound_id: str) -> Outbound:
    with database.transaction() as session:
        return session.get_one(Outbound, outbound_id)


def states(database: Database) -> list[str]:
    """Of all bubbles, in the order they were written."""
    with database.transaction() as session:
        return list(session.scalars(select(Outbound.state).order_by(Outbound.position)))


def matters(database: Database) -> list[Matter]:
    with database.transaction() as session:
        return list(session.scalars(select(Matter).order_by(Matter.id)))


@pytest.fixture
def app(database: Database) -> App:
    return App(database=database)
