"""The names of those that leakage and creep are about: customers, persons and items, by one look-up each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from orders.creep import Counted
from people.model import Party, Person


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """Names by code, id and SKU; who or what is not there is called by its key."""

    customers: Mapping[str, str] = field(default_factory=dict)
    persons: Mapping[int, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)

    def customer(self, code: str) -> str:
        return self.customers.get(code) or code

    def person(self, person_id: int) -> str:
        return self.persons.get(person_id) or (f"person {person_id}" if person_id else "")

    def item(self, sku: str) -> str:
        return self.items.get(sku) or sku


def names_of(
    session: Session, *, customers: Iterable[str] = (), persons: Iterable[int] = (), skus: Iterable[str] = ()
) -> Names:
    """The names of these."""
    firms = select(Party.code, Party.name).where(Party.code.in_(set(customers)))
    people = select(Person.id, Person.name).where(Person.id.in_(set(persons)))
    return Names(
        customers={row.code: row.name for row in session.execute(firms)},
        persons={row.id: row.name for row in session.execute(people)},
        items={sku: item.name for sku, item in mirror.items(session, set(skus)).items()},
    )


def names_in(
    session: Session,
    found: Iterable[Counted],
    *,
    customers: Iterable[str] = (),
    persons: Iterable[int] = (),
    skus: Iterable[str] = (),
) -> Names:
    """The names that findings mention, and those of others."""
    findings = [one.finding for one in found]
    others = [str(one.facts["other"]) for one in findings if "other" in one.facts]
    return names_of(
        session,
        customers=[*customers, *others, *(one.customer for one in findings)],
        persons=[*persons, *(one.person_id for one in findings)],
        skus=[*skus, *(one.sku for one in findings)],
    )
