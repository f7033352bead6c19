"""Takes parties, addresses and persons over from what an ERP hands out; what an admin changed in the pages stays."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from erp.records import Address as AddressRecord
from erp.records import Customer as CustomerRecord
from erp.records import Person as PersonRecord
from people.model import Account, Address, Identity, Party, Person
from people.roles import functions_of

CHUNK = 500

Key = tuple[str, ...]

Spared = Collection[tuple[str, ...]]
"""Keys of rows that could not be read this time: not news, and not gone either."""

PARTY_COLUMNS = [column.name for column in Party.__table__.columns if column.name != "active"]
ADDRESS_COLUMNS = [column.name for column in Address.__table__.columns if column.name != "party_code"]


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _upsert(session: Session, model: Any, rows: Iterable[dict[str, Any]], *, key: tuple[str, ...]) -> None:
    """Insert or update; a row that says what is there already is not written again."""
    for chunk in _chunks(rows):
        statement = insert(model).values(chunk)
        new = {name: statement.excluded[name] for name in chunk[0] if name not in key}
        table = model.__table__
        changed = None
        for name, value in new.items():
            differs = table.c[name].is_distinct_from(value)
            changed = differs if changed is None else changed | differs
        session.execute(statement.on_conflict_do_update(index_elements=key, set_=new, where=changed))


def take_customers(session: Session, records: Iterable[CustomerRecord], *, complete: bool, spared: Spared = ()) -> None:
    """Write parties; in a complete listing whoever is missing is deactivated, never deleted."""
    seen = {code for (code,) in spared}

    def rows() -> Iterator[dict[str, Any]]:
        for record in records:
            seen.add(record.code)
            row = {name: getattr(record, name) for name in PARTY_COLUMNS}
            yield row | {"short_rule": str(row["short_rule"]), "mode": str(row["mode"]), "active": True}

    _upsert(session, Party, rows(), key=("code",))
    if complete:
        session.execute(update(Party).where(Party.code.not_in(seen), Party.active).values(active=False))


def take_addresses(session: Session, records: Iterable[AddressRecord], *, complete: bool, spared: Spared = ()) -> None:
    """Write ship-to places; one that left the listing is deactivated."""
    seen = {(customer, code) for customer, code in spared}
    known = set(session.scalars(select(Party.code)))

    def rows() -> Iterator[dict[str, Any]]:
        for record in records:
            if record.customer in known:
                seen.add((record.customer, record.code))
                yield {name: getattr(record, name) for name in ADDRESS_COLUMNS} | {"party_code": record.customer}

    _upsert(session, Address, rows(), key=("party_code", "code"))
    if complete:
        for party_code, code in session.execute(select(Address.party_code, Address.code).where(Address.active)).all():
            if (party_code, code) not in seen:
                session.execute(
                    update(Address).where(Address.party_code == party_code, Address.code == code).values(active=False)
                )


def person_row(record: PersonRecord) -> dict[str, Any]:
    """The columns of `persons` that a row of the ERP's people gives."""
    return {
        "phone": record.phone,
        "name": record.name,
        "parties": list(record.firms),
        "roles": list(record.roles),
        "functions": functions_of(record.roles, record.functions),
        "customers": list(record.customers),
        "plant": record.plant,
        "language": record.language,
        "active": record.active,
        "until": record.until,
        "shared": record.shared,
        "sees_money": record.sees_money,
        "main": record.main,
        "emails": [address.strip().casefold() for address in record.email if "@" in address],
    }


def take_people(session: Session, records: Iterable[PersonRecord], *, complete: bool, spared: Spared = ()) -> None:
    """Write persons by phone, but for those an admin made or changed; whoever left the listing loses access."""
    kept = set(session.scalars(select(Person.phone).where(Person.from_pages)))
    seen = {phone for (phone,) in spared}

    def rows() -> Iterator[dict[str, Any]]:
        for record in records:
            seen.add(record.phone)
            if record.phone not in kept:
                yield person_row(record)

    _upsert(session, Person, rows(), key=("phone",))
    if complete:
        session.execute(
            update(Person)
            .where(Person.phone.not_in(seen), Person.active, Person.from_pages.is_(False))
            .values(active=False)
        )
    link_accounts(session)


def link_accounts(session: Session) -> None:
    """Give each account whose phone is now somebody's to that person; an address that several share is nobody's."""
    session.flush()
    other = aliased(Person)
    shared = exists().where(other.emails.contains(func.jsonb_build_array(Identity.value)), other.id != Person.id)
    session.execute(
        update(Account)
        .where(
            Account.person_id.is_(None),
            Account.id == Identity.account_id,
            or_(
                Identity.value == Person.phone,
                and_(Person.emails.contains(func.jsonb_build_array(Identity.value)), ~shared),
            ),
        )
        .values(person_id=Person.id)
        .execution_options(synchronize_session=False)
    )
