"""Reads the rules as they stand, with what they speak of, and has them checked."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror, rule_mirror
from erp.port import Finding, Level
from erp.records import RecordKind
from erp.rule_edit import Disagreement, disagreements
from erp.rule_faults import Fault
from orders.rule_check import check, named, refused
from orders.rule_words import said_of
from orders.rules import Book
from people.model import Party, Person
from people.who import has_access
from store.database import now

OF_PEOPLE = (RecordKind.LIMITS, RecordKind.APPROVAL_MATRIX)
"""Rules that speak of people and not of prices."""


def today(session: Session, timezone: str) -> date:
    """The day on which a change made now begins to hold."""
    return now(session).astimezone(ZoneInfo(timezone)).date()


def judging(timezone: str) -> Callable[[Session, RecordKind], Sequence[Fault]]:
    """For a pull: what keeps a listing of one kind out of force."""

    def judge(session: Session, kind: RecordKind) -> Sequence[Fault]:
        return refused(book_of(session, kinds=[kind], day=today(session, timezone)))

    return judge


def book_of(session: Session, *, kinds: Iterable[RecordKind], day: date, skus: Iterable[str] | None = None) -> Book:
    """The rules that rules of these kinds can be at odds with; with `skus` those of these items and of all items."""
    wanted = set(kinds)
    if wanted <= set(OF_PEOPLE):
        return _of_people(session, day)
    codes = None if skus is None else list(skus)
    found = {item.sku: item for item in mirror.all_items(session)} if codes is None else mirror.items(session, codes)
    ladders: dict[str, dict[str, Decimal]] = {}
    if codes is None:
        for rung in mirror.all_uoms(session):
            ladders.setdefault(rung.sku, {})[rung.uom] = rung.factor
    else:
        ladders = {
            sku: {uom: rung.factor for uom, rung in rungs.items()} for sku, rungs in mirror.uoms(session, codes).items()
        }
    groups = None if codes is None else {item.group for item in found.values()}
    people = _of_people(session, day) if wanted & set(OF_PEOPLE) else Book(day=day)
    return Book(
        day=day,
        prices=rule_mirror.standing_prices(session, since=day, skus=codes),
        contracts=rule_mirror.standing_contracts(session, since=day, skus=codes),
        schemes=rule_mirror.standing_schemes(session, since=day, skus=codes, groups=groups),
        floors=rule_mirror.standing_floors(session, since=day, skus=codes, groups=groups),
        items=found,
        ladders=ladders,
        customers={
            code: (tier, price_list)
            for code, tier, price_list in session.execute(
                select(Party.code, Party.tier, Party.price_list).where(Party.active)
            )
        },
        limits=people.limits,
        levels=people.levels,
        people=people.people,
        roles=people.roles,
    )


def _of_people(session: Session, day: date) -> Book:
    there = [person for person in session.scalars(select(Person).where(Person.active)) if has_access(person, day)]
    return Book(
        day=day,
        limits=rule_mirror.limits(session),
        levels=rule_mirror.levels(session),
        people={person.phone for person in there},
        roles={role for person in there for role in person.roles},
    )


def findings(session: Session, *, timezone: str) -> list[Finding]:
    """What is wrong with the rules in force, and where an admin and the ERP's files disagree; for `check`."""
    book = book_of(session, kinds=RecordKind, day=today(session, timezone))
    return [
        *(
            Finding(level=Level.WARNING, subject=f"{fault.kind.value}.csv", text=fault.text, remedy=fault.remedy)
            for fault in check(book)
        ),
        *(_disagreement(one) for one in disagreements(session)),
    ]


def _disagreement(one: Disagreement) -> Finding:
    said = "has no such row" if one.told is None else f"says {said_of(one.told)}"
    holds = said_of(one.holds) if one.holds else "nothing holds"
    why = f" ({one.reason})" if one.reason else ""
    return Finding(
        level=Level.WARNING,
        subject=f"{one.kind.value}.csv",
        text=f"{named(one.kind, one.key)}: {one.by} decided on {one.at:%Y-%m-%d}{why}: {holds}; the ERP's file {said}",
        remedy="correct the file, or give the rule back to it on the page Rules",
    )
