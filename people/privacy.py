"""Whose data is asked for, and the record of every act on people's data, which itself holds none of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from people.model import Account, Identity, Person, PrivacyAct, PrivacyEntry
from store.database import now

PERSON, ACCOUNT = "person:", "account:"
ERASED = "erased:"
"""Before a row's own id, where a number stood that must be there."""
INDIA = "+91"
DIGITS = 10


class NobodyFound(Exception):  # noqa: N818  (an answer)
    """Nobody, or more than one, is known by these words; the text says which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """One human as we know him: a person with all his accounts, or a stranger's account alone."""

    person_id: int | None
    account_ids: tuple[int, ...]

    @property
    def reference(self) -> str:
        """As the record names him."""
        return f"{PERSON}{self.person_id}" if self.person_id is not None else f"{ACCOUNT}{self.account_ids[0]}"


def subject(session: Session, words: str) -> Subject:
    """Who is meant: a number, a business-scoped user id, `person:17`, `account:9`, or a whole name.

    Raises NobodyFound.
    """
    words = words.strip()
    if words.startswith((PERSON, ACCOUNT)):
        return _by_reference(session, words)
    values = {words, INDIA + words} if words.isdecimal() and len(words) == DIGITS else {words}
    known = session.scalars(
        select(Account).join(Identity, Identity.account_id == Account.id).where(Identity.value.in_(values))
    ).all()
    found = {account.person_id for account in known if account.person_id is not None}
    found |= set(session.scalars(select(Person.id).where(or_(Person.phone.in_(values), Person.name == words))))
    if len(found) == 1:
        return _of_person(session, found.pop())
    if not found and len(known) == 1:
        return Subject(person_id=None, account_ids=(known[0].id,))
    several = ", ".join(f"{PERSON}{one}" for one in sorted(found))
    raise NobodyFound(f"Several are known so: {several}. Name one of them." if found else "Nobody is known so.")


def _by_reference(session: Session, words: str) -> Subject:
    kind, _, number = words.partition(":")
    if number.isdecimal() and f"{kind}:" == PERSON and session.get(Person, int(number)) is not None:
        return _of_person(session, int(number))
    account = session.get(Account, int(number)) if number.isdecimal() and f"{kind}:" == ACCOUNT else None
    if account is None:
        raise NobodyFound("Nobody is known so.")
    if account.person_id is not None:
        return _of_person(session, account.person_id)
    return Subject(person_id=None, account_ids=(account.id,))


def _of_person(session: Session, person_id: int) -> Subject:
    ids = session.scalars(select(Account.id).where(Account.person_id == person_id).order_by(Account.id))
    return Subject(person_id=person_id, account_ids=tuple(ids))


def names_of(session: Session, whose: Subject) -> tuple[set[str], set[str]]:
    """By which numbers, ids or addresses, and by which names, he may stand in other people's texts."""
    accounts = session.scalars(select(Account).where(Account.id.in_(whose.account_ids))).all()
    person = session.get(Person, whose.person_id) if whose.person_id is not None else None
    numbers = {identity.value for account in accounts for identity in account.identities}
    names = {account.profile_name for account in accounts}
    if person is not None:
        numbers |= {person.phone, *person.emails}
        names.add(person.name)
    return {one for one in numbers if one and not one.startswith(ERASED)}, {one for one in names if one}


def begin_forgetting(session: Session) -> None:
    """To the end of this transaction names and words may be taken out of rows that do not change otherwise."""
    session.execute(text("SET LOCAL munshi.forgetting = 'on'"))


def note(
    session: Session, what: PrivacyAct, *, by: str, subject: str = "", counts: Mapping[str, int] | None = None
) -> None:
    """Keep that it was done."""
    session.add(PrivacyEntry(what=what.value, at=now(session), by=by, subject=subject, counts=dict(counts or {})))


def acts_since(session: Session, since: datetime) -> list[PrivacyEntry]:
    """What was done with people's data from then on, oldest first."""
    found = select(PrivacyEntry).where(PrivacyEntry.at >= since).order_by(PrivacyEntry.id)
    return list(session.scalars(found))
