"""Rules as CSV, with the columns of the plain files: read whole before any of it holds, written for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import rule_edit
from erp.files.single import read_single
from erp.files.tables import TABLES
from erp.mirror_apply import MODELS
from erp.port import Problem, Tally, Unreadable
from erp.record import Key, RecordKind
from erp.records import plain
from erp.rule_edit import Write
from erp.rule_records import Rule
from erp.rule_versions import Origin, rule_of
from orders.alias_files import FORMULA_STARTS, safe
from orders.rule_changes import put
from orders.rule_references import Known

MOST_ROWS = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Import:
    """What came of a file: a version with so many rules, or every problem and nothing written."""

    version: int = 0
    changed: int = 0
    there_already: int = 0
    problems: Sequence[Problem] = ()
    warnings: Sequence[str] = ()


def import_rules(
    session: Session, path: Path, kind: RecordKind, *, name: str, by: str, admin: bool, today: date, dry: bool = False
) -> Import:
    """Put every row of a file in force as one version, or none of them; what is not in the file stays as it is.

    `dry`: say what would come of it, and write nothing.
    """
    rows, problems = _read(path, kind, name)
    known = Known(session, [rule for _, rule in rows])
    for row, rule in rows:
        problems += [
            Problem(source=name, row=row, column=fault.column, text=fault.text, remedy=fault.remedy)
            for fault in known.faults_of(rule)
        ]
    if problems or not rows:
        problems = problems or [Problem(source=name, text="there is no row in it", remedy="fill it in")]
        return Import(problems=sorted(problems, key=lambda problem: problem.row))
    standing = _standing(session, kind)
    writes = [Write(kind=kind, key=rule.key, after=rule) for _, rule in rows if standing.get(rule.key) != rule]
    there = len(rows) - len(writes)
    if not writes:
        return Import(there_already=there)
    attempt = session.begin_nested()
    done = put(session, writes, by=by, admin=admin, today=today, origin=Origin.IMPORT, reason=name)
    if done.refused or dry:
        attempt.rollback()
    else:
        attempt.commit()
    if done.refused:
        return Import(problems=[Problem(source=name, text=one.text, remedy=one.remedy) for one in done.problems])
    return Import(
        version=0 if dry else done.version,
        changed=len(writes),
        there_already=there,
        warnings=[fault.text for fault in done.warnings],
    )


def _read(path: Path, kind: RecordKind, name: str) -> tuple[list[tuple[int, Rule]], list[Problem]]:
    tally, rows = Tally(), []
    problems: list[Problem] = []
    try:
        for row, record in read_single(_unquoted(path), kind, tally):
            rows.append((row, cast(Rule, record)))
    except Unreadable as refused:
        problems.append(replace(refused.problem, source=name))
    problems += [replace(problem, source=name) for problem in tally.problems]
    if len(rows) > MOST_ROWS:
        problems.append(Problem(source=name, text=f"more than {MOST_ROWS} rows", remedy="send it in parts"))
    return rows, problems


def _unquoted(path: Path) -> Path:
    """A copy without the quotes that keep a spreadsheet from running cells; what is no CSV is left to its reading."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        head = text.partition("\n")[0]
        separator = ";" if head.count(";") > head.count(",") else ","
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return path
    aside = path.with_name(f"plain-{path.name}")
    with aside.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator, lineterminator="\n").writerows([map(_plain, row) for row in rows])
    return aside


def _plain(value: str) -> str:
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA_STARTS) else value


def _standing(session: Session, kind: RecordKind) -> dict[Key, Rule]:
    model: Any = MODELS[kind]
    rows = session.scalars(select(model).where(model.listed).execution_options(yield_per=1000))
    rules = (rule_of(kind, rule_edit.values_of(kind, row)) for row in rows)
    return {rule.key: rule for rule in rules}


def export_rules(session: Session, file: TextIO, kind: RecordKind, *, floors: bool = True) -> None:
    """Write every rule of a kind, whatever its dates, as CSV; read in again it means the same.

    Without `floors` the column of that name is left out; such a file is not taken in again.
    """
    columns = [column for column in TABLES[kind].columns if floors or column.field != "floor"]
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    model: Any = MODELS[kind]
    rows = session.scalars(select(model).where(model.listed).order_by(model.row_key).execution_options(yield_per=1000))
    for row in rows:
        rule = rule_of(kind, rule_edit.values_of(kind, row))
        writer.writerow([cell(getattr(rule, column.field)) for column in columns])


def cell(value: object) -> str:
    """As the plain files have it, and so that no spreadsheet runs it; a phone keeps its plus behind a quote."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return safe(";".join(value))
    return safe(str(value))
