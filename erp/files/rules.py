"""What single cells cannot show: rows at odds with themselves, each other, or the closed lists of words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from types import MappingProxyType

from erp.files.references import KeySet, References
from erp.files.tables import KEY_COLUMNS, TABLES, Keys, Reference, Table
from erp.port import Problem
from erp.records import CalendarDay, HistoryLine, Item, ItemUom, OpenOrderLine, Person, Record, RecordKind
from erp.rule_records import RULE_KINDS
from erp.rule_rows import faults_of
from erp.words import FUNCTIONS, ROLES


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """What is wrong with a row as a whole; a fatal one costs the row."""

    column: str
    text: str
    remedy: str
    fatal: bool = False
    about_others: bool = False
    """Whether another file's change may settle it."""


Judge = Callable[[Record, References], tuple[Record, list[Complaint]]]


def dangling(table: Table, *, row: int, reference: Reference, key: tuple[str, ...], known: KeySet) -> Problem:
    """The problem of a row that speaks of what no other file has."""
    target = TABLES[KEY_COLUMNS[reference.keys][0]].file
    twin = known.lookalike(key)
    said = " in ".join(reversed(key))
    if twin is not None:
        said_there = " in ".join(reversed(twin))
        text = f"{said} is not in {target}, which has {said_there}: a spreadsheet has taken leading zeros away"
        remedy = "format the column as Text in the spreadsheet, enter the code in full and export again"
    else:
        text = f"{said} is not in {target}"
        remedy = f"add it to {target}, or correct it here"
    return Problem(
        source=table.file,
        row=row,
        column=", ".join(reference.fields),
        text=text,
        remedy=remedy,
        skipped=reference.fatal,
    )


MIDNIGHT = time(0)


def _judge_calendar_day(record: Record, _: References) -> tuple[Record, list[Complaint]]:
    assert isinstance(record, CalendarDay)
    if (record.weekday is None) == (record.date is None):
        text = "a row is about a weekday or about a date" + ("" if record.date is None else ", not both")
        return record, [_calendar_complaint("weekday, date", text, "fill in one of the two")]
    if (record.opens is None) != (record.closes is None):
        remedy = "write both, or leave both empty for a closed day"
        return record, [_calendar_complaint("open, close", "hours have a beginning and an end", remedy)]
    if record.opens is not None and record.closes is not None and MIDNIGHT != record.closes <= record.opens:
        text = f"closes at {record.closes:%H:%M}, before it opens at {record.opens:%H:%M}"
        remedy = "correct the hours; work past midnight closes at 00:00 and goes on in the next day's row"
        return record, [_calendar_complaint("close", text, remedy)]
    return record, []


def _calendar_complaint(column: str, text: str, remedy: str) -> Complaint:
    return Complaint(column=column, text=text, remedy=remedy, fatal=True)


def _judge_item(record: Record, references: References) -> tuple[Record, list[Complaint]]:
    assert isinstance(record, Item)
    complaints = []
    ladders = references.of(Keys.UOM_SKUS)
    if record.sku.isdigit() and ladders is not None and (record.sku,) not in ladders.keys:
        twin = ladders.lookalike((record.sku,))
        if twin is not None:
            complaints.append(
                Complaint(
                    column="sku",
                    text=f"{record.sku} has lost its leading zeros: uoms.csv has {twin[0]}",
                    remedy="format the column as Text in the spreadsheet, enter it in full and export again",
                    fatal=True,
                    about_others=True,
                )
            )
    if record.replaced_by == record.sku:
        complaints.append(
            Complaint(column="replaced_by", text="an item does not replace itself", remedy="leave the cell empty")
        )
    return record, complaints


def _judge_uom(record: Record, references: References) -> tuple[Record, list[Complaint]]:
    assert isinstance(record, ItemUom)
    base = references.of(Keys.BASE_UOMS)
    if record.factor == 1 or base is None or (record.sku, record.uom) not in base.keys:
        return record, []
    text = f"{record.uom} is the base UoM of {record.sku}, so its factor is 1, not {record.factor}"
    remedy = "write 1 here, or correct base_uom in items.csv"
    return record, [Complaint(column="factor", text=text, remedy=remedy, fatal=True, about_others=True)]


def _judge_rule(record: Record, _: References) -> tuple[Record, list[Complaint]]:
    return record, [
        Complaint(column=fault.column, text=fault.text, remedy=fault.remedy, fatal=fault.refused)
        for fault in faults_of(record)
    ]


def _judge_order(record: Record, _: References) -> tuple[Record, list[Complaint]]:
    assert isinstance(record, OpenOrderLine)
    if record.dispatched + record.cancelled <= record.ordered:
        return record, []
    text = "more is dispatched and cancelled than was ordered"
    return record, [Complaint(column="dispatched", text=text, remedy="check the order in the ERP")]


def _judge_history(record: Record, _: References) -> tuple[Record, list[Complaint]]:
    assert isinstance(record, HistoryLine)
    if record.returned <= record.qty:
        return record, []
    return record, [Complaint(column="returned", text="more came back than was sold", remedy="correct the row")]


def _judge_person(record: Record, references: References) -> tuple[Record, list[Complaint]]:
    """Words that are no role or function are told and left out."""
    assert isinstance(record, Person)
    complaints = [
        Complaint(
            column=column,
            text=f"{word!r} is no {what}, ignored",
            remedy=f"write one of {', '.join(sorted(known))}",
        )
        for column, what, known, words in (
            ("roles", "role", ROLES, record.roles),
            ("functions", "function", FUNCTIONS, record.functions),
        )
        for word in words
        if word not in known
    ]
    cleaned = replace(
        record,
        roles=tuple(word for word in record.roles if word in ROLES),
        functions=tuple(word for word in record.functions if word in FUNCTIONS),
    )
    if not cleaned.roles:
        complaints.append(
            Complaint(column="roles", text="no role, so this person may do nothing", remedy="write a role")
        )
    return cleaned, complaints + _unknown_firms(cleaned, references)


def _unknown_firms(person: Person, references: References) -> list[Complaint]:
    known = references.of(Keys.CUSTOMERS)
    if known is None:
        return []
    remedy = "add it to customers.csv, or correct it here"
    return [
        Complaint(
            column=column,
            text=f"{code} is not in customers.csv",
            remedy=remedy,
            fatal=fatal,
            about_others=True,
        )
        for column, codes, fatal in (("customer", person.firms, True), ("customers", person.customers, False))
        for code in codes
        if (code,) not in known.keys and not code.startswith("territory:")
    ]


JUDGES: Mapping[RecordKind, Judge] = MappingProxyType(
    {
        RecordKind.CALENDAR: _judge_calendar_day,
        RecordKind.ITEMS: _judge_item,
        RecordKind.UOMS: _judge_uom,
        RecordKind.ORDERS: _judge_order,
        RecordKind.HISTORY: _judge_history,
        RecordKind.PEOPLE: _judge_person,
        **dict.fromkeys(RULE_KINDS, _judge_rule),
    }
)
"""Gives the row as it may be used, and what is to be said about it."""
