"""What of the master data orders cannot be taken with, before anybody writes: each gap with its remedy."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import Item, ItemUom
from orders.alike_names import Name, alike
from people.model import Party, Person
from people.who import has_access
from store.database import now


class GapKind(StrEnum):
    """What is missing or doubtful; the heading of its part of the report."""

    NO_FACTOR = "items without a UoM factor"
    NO_PRICE = "items without a price"
    NO_PRICE_LIST = "customers without a price list"
    NO_PHONE = "customers without a phone"
    NO_CREDIT_LIMIT = "customers without a credit limit"
    BLOCKED = "blocked customers"
    SHARED_PHONE = "duplicate phones"
    ALIKE_CUSTOMERS = "customers whose names look alike"
    ALIKE_ITEMS = "items whose names look alike"


REMEDIES: dict[GapKind, str] = {
    GapKind.NO_FACTOR: "give the order UoM's factor in the ERP (uoms.csv)",
    GapKind.NO_PRICE: "price it, or leave it if it is not sold; its lines are put before a person",
    GapKind.NO_PRICE_LIST: "give the customer a price list that has rows",
    GapKind.NO_PHONE: "add a buyer with his WhatsApp number (people.csv, or flask --app wsgi people import)",
    GapKind.NO_CREDIT_LIMIT: "set one (0: cash only); until then every order goes to finance",
    GapKind.BLOCKED: "nothing, if it is meant; orders are put before finance",
    GapKind.SHARED_PHONE: "one row a phone; put several firms into it with ; between them",
    GapKind.ALIKE_CUSTOMERS: "merge doubles in the ERP; reps are asked which of them is meant",
    GapKind.ALIKE_ITEMS: "make names tell the items apart, or retire one; people are asked which is meant",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """One thing to put right. `serious`: somebody orders it, so it will come up."""

    kind: GapKind
    code: str
    name: str
    text: str
    serious: bool = True

    @property
    def remedy(self) -> str:
        return REMEDIES[self.kind]


def gaps(session: Session, *, timezone: str) -> list[Gap]:
    """Everything that is missing or doubtful, in the order of its kinds."""
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    items = [item for item in mirror.all_items(session) if item.active]
    parties = session.scalars(select(Party).where(Party.active).order_by(Party.code)).all()
    return [
        *_items(session, items, today),
        *_parties(session, parties, today),
        *_phones(session),
        *_alike(GapKind.ALIKE_CUSTOMERS, [(party.code, f"{party.name} {party.city}") for party in parties]),
        *_alike(GapKind.ALIKE_ITEMS, [(item.sku, item.name) for item in items]),
    ]


def _items(session: Session, items: Sequence[Item], today: date) -> Iterator[Gap]:
    ladders: dict[str, dict[str, ItemUom]] = {}
    for rung in mirror.all_uoms(session):
        ladders.setdefault(rung.sku, {})[rung.uom] = rung
    priced = {sku for _, sku in mirror.prices_on(session, today)}
    ever_priced = mirror.priced_skus(session)
    bought = mirror.bought_by_anybody(session)
    for item in items:
        ladder = ladders.get(item.sku, {})
        if item.order_uom != item.base_uom and item.order_uom not in ladder:
            text = f"ordered in {item.order_uom}, of which nobody says how many {item.base_uom} it is"
            yield Gap(
                kind=GapKind.NO_FACTOR, code=item.sku, name=item.name, text=text, serious=_sold(item, priced, bought)
            )
    for item in items:
        if item.sku not in priced:
            text = "every price of it is over or not yet begun" if item.sku in ever_priced else "in no price list"
            text += ", and it has been bought" if item.sku in bought else ""
            yield Gap(kind=GapKind.NO_PRICE, code=item.sku, name=item.name, text=text, serious=item.sku in bought)


def _sold(item: Item, priced: set[str], bought: set[str]) -> bool:
    return item.sku in priced or item.sku in bought


def _parties(session: Session, parties: Sequence[Party], today: date) -> Iterator[Gap]:
    lists = {price_list for price_list, _ in mirror.prices_on(session, today)}
    writing = {
        code
        for person in session.scalars(select(Person))
        if has_access(person, today) and person.phone
        for code in person.parties
    }
    for party in parties:
        if party.price_list not in lists:
            text = f"price list {party.price_list} has no row that holds today" if party.price_list else "has none"
            yield _of_party(GapKind.NO_PRICE_LIST, party, text)
    for party in parties:
        if party.code not in writing:
            yield _of_party(GapKind.NO_PHONE, party, "no person with access buys for it", serious=not party.blocked)
    for party in parties:
        if party.credit_limit is None:
            yield _of_party(GapKind.NO_CREDIT_LIMIT, party, "not configured")
    for party in parties:
        if party.blocked:
            yield _of_party(GapKind.BLOCKED, party, "blocked in the ERP", serious=False)


def _of_party(kind: GapKind, party: Party, text: str, *, serious: bool = True) -> Gap:
    return Gap(kind=kind, code=party.code, name=party.name, text=text, serious=serious)


LAST_DIGITS = 10


def _phones(session: Session) -> Iterator[Gap]:
    """Numbers that differ in the country's code alone; equal ones are one person here, and told as rows not taken."""
    by_end: dict[str, list[Person]] = {}
    for person in session.scalars(select(Person).where(Person.active).order_by(Person.phone)):
        if person.phone.startswith("+"):
            by_end.setdefault(person.phone[-LAST_DIGITS:], []).append(person)
    for end, found in by_end.items():
        if len(found) > 1:
            names = ", ".join(person.name for person in found)
            yield Gap(
                kind=GapKind.SHARED_PHONE, code=f"…{end[-4:]}", name=names, text="differ in the country code alone"
            )


def _alike(kind: GapKind, names: Iterable[Name]) -> Iterator[Gap]:
    for group in alike(names, firms=kind is GapKind.ALIKE_CUSTOMERS):
        (code, name), *others = group
        text = "; ".join(f"{other_code} {other}" for other_code, other in others)
        yield Gap(kind=kind, code=code, name=name, text=f"beside {text}", serious=False)
