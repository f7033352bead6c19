"""Whom a step of an ask is put to, and who may decide it at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from people.model import Person
from people.reach import is_reached
from people.who import has_access, named
from routing.ask_model import Ask, AskedPerson
from routing.ask_rules import Step, Stint, expires_at, holder_of, seen_at
from routing.delegations import stints
from routing.staff_hours import hours_of
from store.database import now


@dataclass(frozen=True, kw_only=True, slots=True)
class Right:
    """To decide: in his own name, or in another's stead."""

    for_person: int | None = None


class Deciders:
    """Who may decide an ask at this moment: whoever was asked in its present step and may still do so."""

    def __init__(self, session: Session, ask: Ask, *, timezone: str) -> None:
        self.session, self.ask, self.moment = session, ask, now(session)
        self.today = self.moment.astimezone(ZoneInfo(timezone)).date()
        self.step = Step.of(ask.steps[ask.step])
        self.stints: list[Stint] = stints(session, self.moment)
        self.rows = list(
            session.scalars(select(AskedPerson).where(AskedPerson.ask_id == ask.id).order_by(AskedPerson.id))
        )

    def right_of(self, person_id: int) -> Right | None:
        """By what right somebody may decide; None: he may not."""
        if not self.able(person_id):
            return None
        for row in self.standing():
            if person_id == (row.for_person_id or row.person_id):
                return Right()
            if person_id == row.person_id:
                return Right(for_person=row.for_person_id)
        return None

    def was_asked_before(self, person_id: int) -> bool:
        """Whether he was asked in a step that is over, and could still decide for his part."""
        earlier = [row for row in self.rows if row.person_id == person_id and row.step < self.ask.step]
        return bool(earlier) and self.able(person_id)

    def standing(self) -> list[AskedPerson]:
        """The rows of the present step that count: neither has left, and who stands in for another still does."""
        return [row for row in self.rows if row.step == self.ask.step and self._stands(row)]

    def is_waited_for(self, row: AskedPerson) -> bool:
        """Whether an answer is expected of somebody: a message finds him, and he has not handed it on meanwhile."""
        handed_on = row.for_person_id is None and self._holder(row.person_id) != row.person_id
        return self.reached(row.person_id) and not handed_on

    def able(self, person_id: int) -> bool:
        """Whether somebody has access and did not ask himself."""
        person = self.session.get(Person, person_id)
        return person is not None and person_id != self.ask.asked_by and has_access(person, self.today)

    def reached(self, person_id: int) -> bool:
        """The same, and a message finds him."""
        return self.able(person_id) and is_reached(self.session, self.session.get_one(Person, person_id))

    def _stands(self, row: AskedPerson) -> bool:
        whose = row.for_person_id or row.person_id
        if not (self._entitled(whose) and self.able(row.person_id)):
            return False
        return row.for_person_id is None or self._holder(whose) == row.person_id

    def _entitled(self, person_id: int) -> bool:
        """Whether the step still names him; roles may have been taken from him meanwhile."""
        person = self.session.get_one(Person, person_id)
        words = set(self.step.approvers)
        return self.able(person_id) and not person.shared and bool(words & {person.phone, *person.roles})

    def _holder(self, person_id: int) -> int:
        return holder_of(person_id, self.stints, at=self.moment, able=self.reached)


def put(session: Session, ask: Ask, place: int, *, timezone: str) -> list[AskedPerson]:
    """Ask everybody a step names, or who stands in for them, if a message finds them; the rows made."""
    return _ask_whoever(session, ask, place, already=(), timezone=timezone)


def ask_again(session: Session, ask: Ask, *, timezone: str) -> tuple[list[AskedPerson], datetime | None]:
    """Whoever the present step means by now and was not asked is; and when its time is over: None, nobody is left.

    The time is that of the first whose working minutes are over, of those who are still there.
    """
    deciders = Deciders(session, ask, timezone=timezone)
    already = {(row.person_id, row.for_person_id) for row in deciders.rows if row.step == ask.step}
    new = _ask_whoever(session, ask, ask.step, already=already, timezone=timezone)
    waited_for = [row for row in deciders.standing() if deciders.is_waited_for(row)]
    return new, min((row.due_at for row in (*waited_for, *new)), default=None)


def _ask_whoever(
    session: Session, ask: Ask, place: int, *, already: Iterable[tuple[int, int | None]], timezone: str
) -> list[AskedPerson]:
    step = Step.of(ask.steps[place])
    moment = now(session)
    known = set(already)
    wanted = _wanted(session, ask, step, moment, timezone=timezone)
    return [
        _asked(session, ask, place, person_id, whose, timezone=timezone)
        for person_id, whose in wanted.items()
        if (person_id, whose) not in known
    ]


def _wanted(session: Session, ask: Ask, step: Step, moment: datetime, *, timezone: str) -> dict[int, int | None]:
    """Person → in whose stead; somebody who is meant himself is asked as himself."""
    deciders = Deciders(session, ask, timezone=timezone)
    wanted: dict[int, int | None] = {}
    for person in named(session, step.approvers, plant=ask.plant, timezone=timezone):
        if person.id == ask.asked_by:
            continue
        holder = holder_of(person.id, deciders.stints, at=moment, able=deciders.reached)
        if not deciders.reached(holder):
            continue
        if holder == person.id or holder not in wanted:
            wanted[holder] = None if holder == person.id else person.id
    return wanted


def _asked(session: Session, ask: Ask, place: int, person_id: int, whose: int | None, *, timezone: str) -> AskedPerson:
    step, moment = Step.of(ask.steps[place]), now(session)
    hours = hours_of(session, session.get_one(Person, person_id), plant=ask.plant, timezone=timezone)
    row = AskedPerson(
        ask_id=ask.id,
        step=place,
        level=step.level,
        person_id=person_id,
        for_person_id=whose,
        asked_at=moment,
        sees_at=seen_at(hours, moment),
        due_at=expires_at(hours, moment, step.minutes),
    )
    session.add(row)
    session.flush()
    return row
