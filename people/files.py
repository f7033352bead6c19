"""Persons as CSV in the columns of `people.csv`: for ERPs that do not hold them."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO, cast

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp.files.single import read_single
from erp.port import Problem, Tally, Unreadable
from erp.records import Person as PersonRecord
from erp.records import RecordKind
from people.model import Party, Person
from people.sync import link_accounts, person_row

TERRITORY = "territory:"
COLUMNS = (
    "phone", "name", "customer", "roles", "functions", "plant", "language", "customers", "active", "until", "shared",
    "sees_money", "main", "email",
)  # fmt: skip


@dataclass(kw_only=True, slots=True)
class Import:
    """What came of a file; problems name the row and what to do."""

    added: int = 0
    changed: int = 0
    problems: list[Problem] = field(default_factory=list)


def import_file(session: Session, path: Path, *, name: str) -> Import:
    """Write every sound row by phone; it is ours from then on and survives re-reads of the ERP's file."""
    done, tally = Import(), Tally()
    parties = set(session.scalars(select(Party.code)))
    known = set(session.scalars(select(Person.phone)))
    try:
        for row, record in read_single(path, RecordKind.PEOPLE, tally):
            _import_row(session, done, cast(PersonRecord, record), row=row, name=name, parties=parties, known=known)
    except Unreadable as refused:
        done.problems.append(replace(refused.problem, source=name))
    done.problems.extend(replace(problem, source=name) for problem in tally.problems)
    done.problems.sort(key=lambda problem: problem.row)
    link_accounts(session)
    return done


def _import_row(
    session: Session, done: Import, record: PersonRecord, *, row: int, name: str, parties: set[str], known: set[str]
) -> None:
    strange = _strange(record, parties)
    if strange:
        done.problems.append(
            Problem(
                source=name,
                row=row,
                column="customer",
                text=f"there is no customer {', '.join(strange)}",
                remedy="use codes of the customer list",
            )
        )
        return
    values = person_row(record) | {"from_pages": True}
    updated = {column: value for column, value in values.items() if column != "phone"}
    session.execute(insert(Person).values(values).on_conflict_do_update(index_elements=["phone"], set_=updated))
    if record.phone in known:
        done.changed += 1
    else:
        done.added += 1


def _strange(record: PersonRecord, parties: set[str]) -> Sequence[str]:
    codes = (*record.firms, *(code for code in record.customers if not code.startswith(TERRITORY)))
    return [code for code in codes if code not in parties]


def export_file(session: Session, file: TextIO) -> int:
    """Write every person; how many. What is read in again means the same."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for person in session.scalars(select(Person).order_by(Person.name, Person.phone)):
        writer.writerow(_cells(person))
        count += 1
    return count


def _cells(person: Person) -> list[str]:
    return [
        person.phone,
        person.name,
        ";".join(person.parties),
        ";".join(person.roles),
        ";".join(person.functions),
        person.plant,
        person.language,
        ";".join(person.customers),
        _word(yes=person.active),
        person.until.isoformat() if person.until else "",
        _word(yes=person.shared),
        _word(yes=person.sees_money),
        _word(yes=person.main),
        ";".join(person.emails),
    ]


def _word(*, yes: bool) -> str:
    return "yes" if yes else "no"
