"""The order desk's list: open matters by age, filtered, a page at a time by key: the last costs what the first does.

The filters have their indexes (`ix_matters_open…`); no count runs over the whole table.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from erp.mirror_model import MirroredWarehouse
from people.model import Account, Party
from routing.model import Matter

NOBODY = "nobody"
MOST_COUNTED = 1000
Rows = TypeVarTuple("Rows")


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """What of the matters is shown, and in which order."""

    kind: str = ""
    owner: str = ""
    """A clerk's name, or `nobody`; empty: anybody's."""
    plant: str = ""
    words: str = ""
    closed: bool = False
    newest_first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """Where a page ended."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One matter with whom it is about."""

    matter: Matter
    party: Party | None
    account: Account | None

    @property
    def who(self) -> str:
        """The customer, else whoever wrote."""
        if self.party:
            return self.party.name
        if self.account is None:
            return "Munshi itself"
        return self.account.person.name if self.account.person else self.account.profile_name or "Unknown sender"

    @property
    def key(self) -> Key:
        """Where the next page begins behind this row."""
        return Key(at=self.matter.closed_at or self.matter.opened_at, id=self.matter.id)


def key_of(text: str) -> Key | None:
    """A key as an address carries it; None for anything else."""
    at, _, number = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Key(at=moment, id=int(number)) if moment.tzinfo and number.isdecimal() and len(number) < 18 else None


def page_of(session: Session, chosen: Filter, *, after: Key | None = None, size: int) -> list[Row]:
    """So many rows behind a key; what is closed comes newest first always."""
    query = (
        select(Matter, Party, Account)
        .outerjoin(Party, Party.code == Matter.party_code)
        .outerjoin(Account, Account.id == Matter.account_id)
        .where(*_wanted(chosen))
        .limit(size)
    )
    for word in chosen.words.split():
        query = query.where(_mentions(word))
    found = session.execute(_in_order(query, chosen, after))
    return [Row(matter=matter, party=party, account=account) for matter, party, account in found]


def _wanted(chosen: Filter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [Matter.closed_at.is_not(None) if chosen.closed else Matter.closed_at.is_(None)]
    if chosen.kind:
        wanted.append(Matter.kind == chosen.kind)
    if chosen.owner:
        wanted.append(Matter.owner.is_(None) if chosen.owner == NOBODY else Matter.owner == chosen.owner)
    if chosen.plant:
        supplied = select(MirroredWarehouse.code).where(MirroredWarehouse.plant == chosen.plant)
        wanted.append(Matter.party_code.in_(select(Party.code).where(Party.warehouse.in_(supplied))))
    return wanted


def _in_order(query: Select[*Rows], chosen: Filter, after: Key | None) -> Select[*Rows]:
    moment = Matter.closed_at if chosen.closed else Matter.opened_at
    if chosen.closed or chosen.newest_first:
        query = query.order_by(moment.desc(), Matter.id.desc())
        return query if after is None else query.where(tuple_(moment, Matter.id) < (after.at, after.id))
    query = query.order_by(moment, Matter.id)
    return query if after is None else query.where(tuple_(moment, Matter.id) > (after.at, after.id))


def _mentions(word: str) -> ColumnElement[bool]:
    like = f"%{word}%"
    number = word.upper().removeprefix("N")
    found = (
        Party.name.ilike(like)
        | Party.code.ilike(like)
        | Matter.reference.ilike(like)
        | Account.profile_name.ilike(like)
    )
    return found | (Matter.id == int(number)) if number.isdecimal() and len(number) < 15 else found


def open_count(session: Session, *, most: int = MOST_COUNTED) -> int:
    """How many are open, counted no further than `most`."""
    some = select(Matter.id).where(Matter.closed_at.is_(None)).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
