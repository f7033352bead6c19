"""How far the walk has come: each step's outcome as a row, each chat with its senders; kept as soon as it is known."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.model import OnboardingChat, OnboardingStep
from store.database import now

Outcome = Mapping[str, Any]


class Step(StrEnum):
    """The steps in their order; the values are what `--from` takes."""

    ERP = "erp"
    DATA = "data"
    HISTORY = "history"
    CHATS = "chats"
    PEOPLE = "people"
    SHADOW = "shadow"


TITLES: Mapping[Step, str] = {
    Step.ERP: "ERP connection",
    Step.DATA: "Master data",
    Step.HISTORY: "Names from past orders",
    Step.CHATS: "Names from exported chats",
    Step.PEOPLE: "People",
    Step.SHADOW: "Shadow run",
}


def keep(session: Session, step: Step, outcome: Outcome, *, by: str) -> None:
    """Remember a step as done, with what came of it."""
    plain = json.loads(json.dumps(outcome, default=_as_text))
    row = insert(OnboardingStep).values(step=step.value, done_at=now(session), by=by, outcome=plain)
    new = {name: row.excluded[name] for name in ("done_at", "by", "outcome")}
    session.execute(row.on_conflict_do_update(index_elements=["step"], set_=new))


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an outcome")


def done(session: Session) -> dict[Step, OnboardingStep]:
    """The steps that are done, in their order."""
    rows = {row.step: row for row in session.scalars(select(OnboardingStep))}
    return {step: rows[step.value] for step in Step if step.value in rows}


def outcome_of(session: Session, step: Step) -> Outcome:
    """What came of a step; empty while it is not done."""
    row = session.get(OnboardingStep, step.value)
    return row.outcome if row is not None else {}


def forget(session: Session) -> None:
    """Forget every step and chat; what was accepted or taken over stays."""
    session.execute(delete(OnboardingStep))
    session.execute(delete(OnboardingChat))


def add_chat(session: Session, *, name: str, path: Path, dates: str) -> str:
    """Take a chat in; the path of the file of its name that it takes the place of, whose senders stay."""
    row = session.get(OnboardingChat, name, with_for_update=True)
    if row is not None:
        before = row.path
        row.path, row.dates, row.added_at = str(path), dates or row.dates, now(session)
        return before
    fresh = insert(OnboardingChat).values(name=name, path=str(path), dates=dates, added_at=now(session), senders={})
    session.execute(fresh.on_conflict_do_nothing())
    return ""


def chats(session: Session) -> Sequence[OnboardingChat]:
    """The chats given so far."""
    return session.scalars(select(OnboardingChat).order_by(OnboardingChat.name)).all()


def keep_sender(session: Session, *, chat: str, sender: str, speaks_for: str) -> None:
    """Remember for whom a sender of a chat speaks."""
    row = session.get_one(OnboardingChat, chat, with_for_update=True)
    row.senders = {**row.senders, sender: speaks_for}
    session.flush()
