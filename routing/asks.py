"""Use cases on asks: put a question to whoever may decide it, take the first answer, move on when nobody gives one.

It knows nothing of prices or credit. Who may answer is judged anew with every answer: by what he may do at that moment,
not by the message he has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from people.model import Function, Person
from routing.ask_model import Answer, Ask, AskedPerson, AskKind, AskState
from routing.ask_rules import Step
from routing.asked import Deciders, ask_again, put
from store.database import now
from store.queue import Queue, defer


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """It was asked; `asked` are to be told. Nobody to ask: it has lapsed already."""

    ask: Ask
    asked: Sequence[AskedPerson]
    seen_at: datetime | None
    """When the first of them is at work; None: somebody is now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """It is decided. `others` had been asked too and are to be told who decided, each once."""

    ask: Ask
    others: Sequence[AskedPerson]


@dataclass(frozen=True, kw_only=True, slots=True)
class TooLate:
    """Nothing happened: it is not open any more. `by` decided it at `at`; None: it lapsed or was withdrawn."""

    ask: Ask
    by: Person | None
    at: datetime | None
    answer: Answer | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NotAsked:
    """Nothing happened: this person may not decide it, or not any more."""

    ask: Ask


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """Nothing happened: it is with the next level, or stands otherwise than what he looked at."""

    ask: Ask


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn:
    """It is over before anybody answered; those who were asked last can be told."""

    ask: Ask
    others: Sequence[AskedPerson]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tended:
    """What became of an open ask by the passing of time: `asked` are new and to be told; or it has lapsed."""

    ask: Ask
    asked: Sequence[AskedPerson]
    lapsed: bool = False
    moved_on: bool = False
    """Those asked are of the next level."""


def open_ask(
    session: Session,
    *,
    kind: AskKind,
    reference: str,
    party_code: str | None,
    plant: str,
    function: Function,
    steps: Sequence[Step],
    asked_by: int | None,
    then: str,
    facts: Mapping[str, Any],
    timezone: str,
    simulated: bool = False,
) -> Opened:
    """Put a question to the first step that has somebody: never the asker, nor whoever has left or is not reached.

    `then` is the job that follows its answer or lapse, with `ask_id`. With nobody left at any step it lapses at once.
    """
    moment = now(session)
    ask = Ask(
        kind=kind.value,
        reference=reference,
        party_code=party_code,
        plant=plant,
        function=function.value,
        steps=[step.as_json() for step in steps],
        asked_by=asked_by,
        then=then,
        facts=dict(facts),
        simulated=simulated,
        opened_at=moment,
        step_opened_at=moment,
        version=0,
    )
    session.add(ask)
    session.flush()
    asked = _open_step(session, ask, 0, timezone=timezone)
    seen = min((row.sees_at for row in asked), default=moment)
    return Opened(ask=ask, asked=asked, seen_at=seen if seen > moment else None)


def locked(session: Session, ask_id: int) -> Ask:
    """An ask by its id, locked."""
    return session.get_one(Ask, ask_id, with_for_update=True, populate_existing=True)


def answer(
    session: Session,
    ask_id: int,
    *,
    person_id: int,
    version: int | None,
    answer: Answer,
    facts: Mapping[str, Any],
    inbound_id: int | None,
    timezone: str,
) -> Answered | TooLate | NotAsked | Changed:
    """Decide an ask, under its lock: the first answer counts, and the job `then` follows it.

    One that comes after the time was over counts as long as nobody else was asked meanwhile. `version` is that of the
    ask as he saw it; None: he looked at no step of it in particular.
    """
    ask = locked(session, ask_id)
    if ask.state != AskState.OPEN.value:
        return too_late(session, ask)
    deciders = Deciders(session, ask, timezone=timezone)
    right = deciders.right_of(person_id)
    if right is None:
        return Changed(ask=ask) if deciders.was_asked_before(person_id) else NotAsked(ask=ask)
    if version is not None and version != ask.version:
        return Changed(ask=ask)
    ask.answer, ask.answer_facts = answer.value, dict(facts)
    ask.answered_by, ask.for_person = person_id, right.for_person
    ask.inbound_id = inbound_id
    ask.answered_at = now(session)
    _end(session, ask, AskState.ANSWERED, reason=answer.value)
    return Answered(ask=ask, others=_told_of_the_end(session, ask, but=person_id))


def withdraw(session: Session, ask_id: int, reason: str) -> Withdrawn | TooLate:
    """What it was about is not wanted any more. No job follows: whoever withdraws knows."""
    ask = locked(session, ask_id)
    if ask.state != AskState.OPEN.value:
        return too_late(session, ask)
    _close(session, ask, AskState.WITHDRAWN, reason=reason)
    return Withdrawn(ask=ask, others=_told_of_the_end(session, ask, only_step=ask.step))


def too_late(session: Session, ask: Ask) -> TooLate:
    """How an ask ended."""
    by = session.get(Person, ask.answered_by) if ask.answered_by is not None else None
    return TooLate(ask=ask, by=by, at=ask.ended_at, answer=Answer(ask.answer) if ask.answer else None)


def open_for(session: Session, person_id: int, *, timezone: str) -> list[Ask]:
    """What somebody may decide at this moment, oldest first."""
    mine = select(AskedPerson.ask_id).where(
        or_(AskedPerson.person_id == person_id, AskedPerson.for_person_id == person_id)
    )
    found = session.scalars(select(Ask).where(Ask.state == AskState.OPEN.value, Ask.id.in_(mine)).order_by(Ask.id))
    return [ask for ask in found.all() if Deciders(session, ask, timezone=timezone).right_of(person_id) is not None]


def open_ids(session: Session) -> list[int]:
    """Every open ask, the first due first."""
    return list(session.scalars(select(Ask.id).where(Ask.state == AskState.OPEN.value).order_by(Ask.due_at, Ask.id)))


def tend(session: Session, ask_id: int, *, timezone: str) -> Tended | None:
    """Look after an open ask: who stands in now is asked, who left is not waited for, and what is due moves on.

    Run twice at once or again it does nothing more. None: it is not open any more.
    """
    ask = locked(session, ask_id)
    if ask.state != AskState.OPEN.value:
        return None
    new, due_at = ask_again(session, ask, timezone=timezone)
    ask.due_at = due_at
    if due_at is not None and due_at > now(session):
        return Tended(ask=ask, asked=new)
    asked = _open_step(session, ask, ask.step + 1, timezone=timezone)
    return Tended(ask=ask, asked=asked, lapsed=not asked, moved_on=bool(asked))


def _open_step(session: Session, ask: Ask, first: int, *, timezone: str) -> list[AskedPerson]:
    """Ask the first step from here on that has somebody; with none left the ask lapses."""
    for place in range(first, len(ask.steps)):
        if asked := put(session, ask, place, timezone=timezone):
            ask.step = place
            ask.version += 1
            ask.step_opened_at = now(session)
            ask.due_at = min(row.due_at for row in asked)
            session.flush()
            return asked
    _end(session, ask, AskState.LAPSED, reason="nobody left to ask")
    return []


def _end(session: Session, ask: Ask, state: AskState, *, reason: str) -> None:
    _close(session, ask, state, reason=reason)
    defer(session, ask.then, queue=Queue.TALK, lock=f"ask:{ask.id}", ask_id=ask.id)


def _close(session: Session, ask: Ask, state: AskState, *, reason: str) -> None:
    ask.state, ask.end_reason = state.value, reason
    ask.ended_at = now(session)
    ask.due_at = None
    session.flush()


def _told_of_the_end(
    session: Session, ask: Ask, *, but: int | None = None, only_step: int | None = None
) -> list[AskedPerson]:
    """Those to be told that it is over, one row a person; claimed here, so that each is told once."""
    rows = select(AskedPerson).where(AskedPerson.ask_id == ask.id, AskedPerson.told_end_at.is_(None))
    if only_step is not None:
        rows = rows.where(AskedPerson.step == only_step)
    others: dict[int, AskedPerson] = {}
    for row in session.scalars(rows.order_by(AskedPerson.id)):
        row.told_end_at = now(session)
        if row.person_id != but:
            others.setdefault(row.person_id, row)
    return list(others.values())
