"""Alias libraries as CSV: read with every bad row named, written so that no spreadsheet runs a cell, and checked."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from erp import mirror
from erp.files.single import read_single
from erp.port import Finding, Level, Problem, Tally, Unreadable
from erp.records import AliasRow, RecordKind
from orders import aliases
from orders.alias_rules import fold, phrase_problem, target_problem
from orders.aliases import Wish
from orders.model import Alias, AliasState
from people.model import Party

COLUMNS = ("customer", "alias", "sku", "uom")
# A cell that begins so is run as a formula by spreadsheets; a quote before it keeps it text, and is taken off again.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Progress = Callable[[int, int | None], None]


@dataclass(kw_only=True, slots=True)
class Import:
    """What came of a file; problems name the row and what to do."""

    added: int = 0
    changed: int = 0
    there_already: int = 0
    problems: list[Problem] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    """Of what was added or changed, for undo."""


def import_file(session: Session, path: Path, *, name: str, by: str, progress: Progress | None = None) -> Import:
    """Add every sound row of a CSV file, approved; what is wrong with the others is in `problems`."""
    done, tally = Import(), Tally()
    known = _Known.of(session)
    try:
        for count, (row, record) in enumerate(read_single(path, RecordKind.ALIASES, tally), 1):
            _import_row(session, done, cast(AliasRow, record), row=row, known=known, name=name, by=by)
            if progress:
                progress(count, tally.expected)
    except Unreadable as refused:
        done.problems.append(replace(refused.problem, source=name))
    done.problems.extend(replace(problem, source=name) for problem in tally.problems)
    done.problems.sort(key=lambda problem: problem.row)
    return done


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What rows may speak of."""

    parties: frozenset[str]
    ladders: dict[str, set[str]]

    @classmethod
    def of(cls, session: Session) -> "_Known":
        ladders: dict[str, set[str]] = {item.sku: set() for item in mirror.all_items(session)}
        for rung in mirror.all_uoms(session):
            ladders.setdefault(rung.sku, set()).add(rung.uom)
        return cls(parties=frozenset(session.scalars(select(Party.code))), ladders=ladders)


def _import_row(
    session: Session, done: Import, record: AliasRow, *, row: int, known: _Known, name: str, by: str
) -> None:
    phrase = fold(_plain(record.alias))
    problem = (
        phrase_problem(phrase)
        or target_problem(sku=record.sku, uom=record.uom, known=known.ladders, ladder=known.ladders.get(record.sku, ()))
        or _customer_problem(record.customer, known)
    )
    if problem:
        done.problems.append(
            Problem(source=name, row=row, column=problem.field, text=problem.text, remedy=problem.remedy)
        )
        return
    wish = Wish(party_code=record.customer, phrase=phrase, sku=record.sku, uom=record.uom)
    made = aliases.take_wish(session, wish, by=by)
    if made is None:
        done.there_already += 1
        return
    alias, is_new = made
    done.ids.append(alias.id)
    if is_new:
        done.added += 1
    else:
        done.changed += 1


def _customer_problem(code: str, known: _Known) -> aliases.AliasProblem | None:
    if not code or code in known.parties:
        return None
    return aliases.AliasProblem(
        field="customer",
        text=f"there is no customer {code}",
        remedy="use a code of the customer list, or leave it empty for everyone",
    )


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def safe(cell: str) -> str:
    """The cell, so that no spreadsheet runs it."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def export_file(session: Session, file: TextIO) -> int:
    """Write every alias that matches as CSV; how many. What is read in again means the same."""
    rows = session.scalars(
        select(Alias)
        .where(Alias.state == AliasState.APPROVED.value)
        .order_by(Alias.party_code, Alias.phrase, Alias.sku)
        .execution_options(yield_per=1000)
    )
    return write_rows(
        file,
        (AliasRow(customer=row.party_code, alias=row.phrase, sku=row.sku, uom=row.uom or "") for row in rows),
    )


def write_rows(file: TextIO, rows: Iterable[AliasRow]) -> int:
    """Write rows as CSV; how many."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow([safe(cell) for cell in (row.customer, row.alias, row.sku, row.uom)])
        count += 1
    return count


def check(session: Session) -> Sequence[Finding]:
    """What is wrong with the aliases that match: items gone, units gone, two items for the same words, overrides."""
    known = _Known.of(session)
    findings = []
    live = session.scalars(select(Alias).where(Alias.state == AliasState.APPROVED.value).order_by(Alias.id))
    for alias in live:
        problem = target_problem(
            sku=alias.sku, uom=alias.uom or "", known=known.ladders, ladder=known.ladders.get(alias.sku, ())
        )
        if problem:
            findings.append(_finding(alias, problem.text, problem.remedy))
    findings += _ambiguous(session)
    for alias in aliases.overridden(session):
        findings.append(
            _finding(alias, f"{alias.changed_by} decided otherwise than the ERP's file", "correct the file, or undo it")
        )
    return findings


def _finding(alias: Alias, text: str, remedy: str) -> Finding:
    return Finding(
        level=Level.WARNING, subject=f"alias “{alias.phrase}” {alias.party_code}".strip(), text=text, remedy=remedy
    )


def _ambiguous(session: Session) -> list[Finding]:
    doubled = session.execute(
        select(Alias.party_code, Alias.phrase, func.string_agg(Alias.sku, ", "))
        .where(Alias.state == AliasState.APPROVED.value)
        .group_by(Alias.party_code, Alias.phrase)
        .having(func.count() > 1)
    )
    return [
        Finding(
            level=Level.WARNING,
            subject=f"alias “{phrase}” {party_code}".strip(),
            text=f"it means {skus}, so it is asked each time",
            remedy="take all but one out of use, or give customers their own",
        )
        for party_code, phrase, skus in doubled
    ]
