"""Whom Munshi cannot reach before anything has happened: staff without an open way to them, functions nobody fills."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from people.model import Account, Function, Person, Role
from people.who import has_access
from store.database import now


class Why(StrEnum):
    """Why somebody is not reached."""

    NO_PHONE = "no phone"
    NEVER_WROTE = "never wrote: only an approved template may open the conversation"
    OPTED_OUT = "asked for no messages"
    UNREACHABLE = "WhatsApp cannot deliver"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreached:
    """One member of staff."""

    name: str
    functions: tuple[str, ...]
    plant: str
    phone: str
    why: Why


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfilled:
    """A function of a plant with nobody who is reached; `elsewhere` are those of other plants who are asked instead."""

    plant: str
    function: Function
    elsewhere: int
    people: int
    """Of the plant, none of whom is reached."""


def unreached(session: Session, *, timezone: str) -> list[Unreached]:
    """Staff with access who would not get a message now, with the first reason why."""
    accounts = _accounts(session)
    return [
        Unreached(name=person.name, functions=tuple(person.functions), plant=person.plant, phone=person.phone, why=why)
        for person in _staff(session, timezone)
        if (why := _why(person, accounts.get(person.id)))
    ]


def is_reached(session: Session, person: Person) -> bool:
    """Whether a message finds this person at all; who never wrote counts, for a template opens the conversation."""
    accounts = session.scalars(select(Account).where(Account.person_id == person.id).order_by(Account.id)).all()
    return _why(person, list(accounts)) in (None, Why.NEVER_WROTE)


def unfilled(session: Session, plants: Sequence[str], *, timezone: str) -> list[Unfilled]:
    """The functions of each plant that no one fills, or no one who is reached; who has no plant is of all of them.

    Who never wrote counts as reached: a template opens the conversation.
    """
    accounts = _accounts(session)
    staff = _staff(session, timezone)
    barred = {
        person.id
        for person in staff
        if _why(person, accounts.get(person.id)) in (Why.NO_PHONE, Why.OPTED_OUT, Why.UNREACHABLE)
    }
    return list(_unfilled(staff, barred, plants))


def _unfilled(staff: Sequence[Person], barred: set[int], plants: Sequence[str]) -> Iterator[Unfilled]:
    for plant in plants:
        for function in Function:
            able = [person for person in staff if function.value in person.functions]
            here = [person for person in able if person.plant in (plant, "")]
            if all(person.id in barred for person in here):
                elsewhere = [person for person in able if person not in here and person.id not in barred]
                yield Unfilled(plant=plant, function=function, elsewhere=len(elsewhere), people=len(here))


def _staff(session: Session, timezone: str) -> list[Person]:
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    people = session.scalars(select(Person).order_by(Person.plant, Person.name, Person.id))
    return [person for person in people if _works_here(person, today)]


def _works_here(person: Person, today: date) -> bool:
    return has_access(person, today) and bool(person.functions) and set(person.roles) != {Role.BUYER.value}


def _accounts(session: Session) -> dict[int, list[Account]]:
    found: dict[int, list[Account]] = {}
    for account in session.scalars(select(Account).where(Account.person_id.is_not(None)).order_by(Account.id)):
        found.setdefault(account.person_id or 0, []).append(account)
    return found


def _why(person: Person, accounts: list[Account] | None) -> Why | None:
    if not person.phone:
        return Why.NO_PHONE
    heard = [account for account in accounts or () if account.last_heard_at is not None]
    if any(account.opted_out_at is not None for account in accounts or ()):
        return Why.OPTED_OUT
    if accounts and all(account.unreachable_reason for account in accounts):
        return Why.UNREACHABLE
    return None if heard else Why.NEVER_WROTE
