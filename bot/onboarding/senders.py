"""For whom the senders of an exported chat speak: told by their number, else proposed by their name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from people.model import Party, Person, Role
from people.who import has_access
from store.database import now

OURS, REP, NOBODY = "ours", "rep", ""
"""Our own staff, whose words are no orders; a rep, who names the firm in his messages; left out."""
SEVERAL = ";"
LAST_DIGITS = 10
MOST_FOUND = 8
NUMBER = re.compile(r"[+\d][\d\s().\-–]{8,}")


class Told(StrEnum):
    """What a proposal rests on."""

    NUMBER = "number"
    PERSON = "name of a person"
    FIRM = "name of a firm"
    CHAT = "name of the chat"
    REMAINS = "the other side of the chat"


@dataclass(frozen=True, kw_only=True, slots=True)
class Guess:
    """For whom a sender seems to speak. Only a number, or the full name of one person, is sure."""

    speaks_for: str
    by: Told

    @property
    def sure(self) -> bool:
        return self.by in (Told.NUMBER, Told.PERSON)


@dataclass(frozen=True, slots=True)
class Known:
    """The people and firms a sender can be."""

    persons: tuple[Person, ...]
    parties: tuple[Party, ...]

    def firm(self, code: str) -> Party | None:
        return next((party for party in self.parties if party.code.casefold() == code.casefold()), None)

    def firms_like(self, words: str) -> Sequence[Party]:
        """The firms whose code is this, or whose name holds every word of it."""
        exact = self.firm(words)
        if exact is not None:
            return [exact]
        wanted = _words(words)
        found = [party for party in self.parties if wanted and wanted <= _words(f"{party.name} {party.city}")]
        return found[:MOST_FOUND] or self._starting_like(words)

    def _starting_like(self, words: str) -> Sequence[Party]:
        folded = words.strip().casefold()
        return [party for party in self.parties if folded and folded in party.name.casefold()][:MOST_FOUND]


def known(session: Session, *, timezone: str) -> Known:
    """Everybody with access, and every active firm."""
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    persons = session.scalars(select(Person).order_by(Person.id)).all()
    parties = session.scalars(select(Party).where(Party.active).order_by(Party.code)).all()
    return Known(tuple(person for person in persons if has_access(person, today)), tuple(parties))


def guess(sender: str, *, chat: str, others: Sequence[str], known: Known) -> Guess | None:
    """The best guess, or None. `others` are the other senders of the chat; of two, one is ours."""
    if is_number(sender):
        digits = "".join(filter(str.isdigit, sender))[-LAST_DIGITS:]
        same = [person for person in known.persons if person.phone.endswith(digits)]
        return (
            Guess(speaks_for=_of_person(same[0]), by=Told.NUMBER) if len(same) == 1 else _by_chat(chat, others, known)
        )
    named = [person for person in known.persons if _words(person.name) == _words(sender)]
    if len(named) == 1:
        return Guess(speaks_for=_of_person(named[0]), by=Told.PERSON)
    if firm := _firm_in(sender, known):
        return Guess(speaks_for=firm.code, by=Told.FIRM)
    return _by_chat(chat, others, known) if _words(sender) == _words(chat) else None


def other_side(decided: dict[str, str], sender: str, senders: Sequence[str]) -> Guess | None:
    """Of two senders, the one who is not the customer is ours."""
    others = [one for one in senders if one != sender]
    if len(others) == 1 and decided.get(others[0]) not in (None, OURS, NOBODY):
        return Guess(speaks_for=OURS, by=Told.REMAINS)
    return None


def is_number(sender: str) -> bool:
    """Whether a sender is shown by his number, not being in the phone's contacts."""
    return bool(NUMBER.fullmatch(sender))


def valid(answer: str, known: Known) -> str | None:
    """What somebody typed as it is kept; None when it is no firm and no word of ours."""
    word = answer.strip()
    if word.casefold() in (OURS, REP):
        return word.casefold()
    if word in ("-", ""):
        return NOBODY
    codes = [known.firm(code.strip()) for code in word.split(SEVERAL)]
    return SEVERAL.join(firm.code for firm in codes if firm is not None) if all(codes) else None


def _by_chat(chat: str, others: Sequence[str], known: Known) -> Guess | None:
    firm = _firm_in(chat, known)
    return Guess(speaks_for=firm.code, by=Told.CHAT) if firm is not None and len(others) <= 1 else None


def _firm_in(text: str, known: Known) -> Party | None:
    """The one firm all of whose name stands in the text."""
    said = _words(text)
    found = [party for party in known.parties if _words(party.name) and _words(party.name) <= said]
    return found[0] if len(found) == 1 else None


def _of_person(person: Person) -> str:
    if person.parties:
        return SEVERAL.join(person.parties)
    return REP if Role.SALES_REP.value in person.roles else OURS


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", name.casefold()))
