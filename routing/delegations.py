"""Use cases on delegations: somebody decides in another's stead, from a moment to a moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from people.model import Person, Role
from people.who import has_access
from routing.ask_model import Delegation
from routing.ask_rules import Stint
from store.database import now

DECIDES = frozenset({Role.APPROVER_1, Role.APPROVER_2, Role.APPROVER_3, Role.FINANCE, Role.PLANT_HEAD, Role.ADMIN})
"""Who may see what a decision is made on; nobody else is handed one."""


class WhyNot(StrEnum):
    """Why a delegation was not made."""

    NOTHING_TO_DECIDE = "nothing_to_decide"
    """He decides nothing himself."""
    TO_HIMSELF = "to_himself"
    NOT_ALLOWED = "not_allowed"
    """The other may not see what decisions are made on, or has no access."""
    OVER = "over"
    """It ends before it begins, or has ended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Nothing happened."""

    why: WhyNot


def delegate(
    session: Session,
    *,
    from_person: int,
    to_person: int,
    starts_at: datetime,
    ends_at: datetime,
    inbound_id: int | None,
    timezone: str,
) -> Delegation | Refused:
    """From `starts_at` until before `ends_at` the one decides in the other's stead; the same tap makes it once.

    He himself may still decide. Both rows of `persons` stay as they are: what was asked already is handed on by the
    duty that tends asks.
    """
    moment = now(session)
    # Two runs of one tap stand behind each other here.
    giver = session.scalars(select(Person).where(Person.id == from_person).with_for_update()).one()
    made = select(Delegation).where(Delegation.from_person == from_person, Delegation.inbound_id == inbound_id)
    if inbound_id is not None and (before := session.scalars(made).first()) is not None:
        return before
    taker = session.get(Person, to_person)
    why = _why_not(giver, taker, timezone=timezone, moment=moment)
    if why is None and not max(starts_at, moment) < ends_at:
        why = WhyNot.OVER
    if why is not None:
        return Refused(why=why)
    row = Delegation(
        from_person=from_person,
        to_person=to_person,
        starts_at=starts_at,
        ends_at=ends_at,
        made_at=moment,
        inbound_id=inbound_id,
    )
    session.add(row)
    session.flush()
    return row


def _why_not(giver: Person, taker: Person | None, *, timezone: str, moment: datetime) -> WhyNot | None:
    today = moment.astimezone(ZoneInfo(timezone)).date()
    if not DECIDES.intersection(giver.roles):
        return WhyNot.NOTHING_TO_DECIDE
    if taker is not None and taker.id == giver.id:
        return WhyNot.TO_HIMSELF
    if taker is None or taker.shared or not has_access(taker, today) or not DECIDES.intersection(taker.roles):
        return WhyNot.NOT_ALLOWED
    return None


def revoke(session: Session, *, from_person: int) -> int:
    """Whoever handed his decisions on takes them back, those not begun yet included; how many rows that ends."""
    moment = now(session)
    ended = session.execute(
        update(Delegation)
        .where(Delegation.from_person == from_person, Delegation.revoked_at.is_(None), Delegation.ends_at > moment)
        .values(revoked_at=moment)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def of_person(session: Session, person_id: int) -> list[Delegation]:
    """What somebody has handed on that holds or will hold, by its beginning."""
    return list(
        session.scalars(
            select(Delegation)
            .where(
                Delegation.from_person == person_id,
                Delegation.revoked_at.is_(None),
                Delegation.ends_at > now(session),
            )
            .order_by(Delegation.starts_at, Delegation.id)
        )
    )


def stints(session: Session, at: datetime) -> list[Stint]:
    """Every delegation that holds at a moment."""
    holding = select(Delegation).where(
        Delegation.revoked_at.is_(None), Delegation.starts_at <= at, Delegation.ends_at > at
    )
    return [
        Stint(of=row.from_person, by=row.to_person, starts_at=row.starts_at, ends_at=row.ends_at, made_at=row.made_at)
        for row in session.scalars(holding.order_by(Delegation.made_at, Delegation.id))
    ]


def able(session: Session, *, timezone: str) -> list[Person]:
    """Everybody to whom decisions may be handed on, by name."""
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    found = session.scalars(select(Person).where(~Person.shared).order_by(Person.name, Person.id))
    return [person for person in found if has_access(person, today) and DECIDES.intersection(person.roles)]
