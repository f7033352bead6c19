"""Days of single lines: `20 peti X aaj, 20 peti X monday`, `half now, half Monday`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from nlp.atoms import Atom
from nlp.dates import today
from nlp.tokens import Kind
from nlp.values import ReadLine
from nlp.vocabulary import vocabulary
from nlp.wanted import wanted_days
from nlp.work import Work

HALF = Decimal("0.5")
HALVES = re.compile(r"h\.{0,3}[nd]\.{0,4}[hr]\.{0,3}d|[nd]\.{0,3}h\.{0,4}d\.{0,3}[hr]")
"""A letter an atom: half, the rest, now, a day, noise and signs."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place in the text that names a day."""

    day: date
    start: int


def claim_halves(work: Work) -> None:
    """`half now, half Monday`, `aadha abhi baaki somvar ko`: two days for each line, and no goods."""
    letters = "".join(_letter(atom) for atom in work.atoms)
    for found in HALVES.finditer(letters):
        atoms = work.atoms[found.start() : found.end()]
        first, second = [*_days(work, atoms), None, None][:2]
        if first is None or second is None or first == second:
            continue
        work.halves = (first, second)
        for atom in atoms:
            if atom.kind is not Kind.BREAK:
                atom.taken = atom.taken or "halves"
        return


def _letter(atom: Atom) -> str:
    words = vocabulary().grammar
    if atom.taken == "date":
        return "d"
    if atom.taken is None and atom.number == HALF and atom.worded:
        return "h"
    if atom.taken is None and atom.fold in words["remainder"]:
        return "r"
    if atom.taken is None and atom.fold in words["now"]:
        return "n"
    plain = atom.kind in (Kind.SIGN, Kind.BREAK) or atom.noise is not None
    return "." if plain and atom.taken is None else "x"


def _days(work: Work, atoms: list[Atom]) -> list[date | None]:
    """The days these atoms name, each once, in their order."""
    days: dict[date, None] = {}
    for atom in atoms:
        if atom.taken is None and atom.fold in vocabulary().grammar["now"]:
            days[today(work.moment)] = None
        for found in work.dates:
            if found.start <= atom.start < found.end:
                days[found.day] = None
    return list(days)


def assign(work: Work) -> None:
    """Give each line the day named beside it, when the lines of an order are wanted on different ones."""
    if work.halves is not None:
        work.requested_on = work.halves[0]
        return
    marks = _marks(work)
    days = [_day_of(line, marks, work) for line in work.lines]
    if None in days or len(set(days)) < 2:
        return
    work.lines = [replace(line, requested_on=day) for line, day in zip(work.lines, days, strict=True)]
    work.requested_on = min(day for day in days if day is not None)
    work.note("line days", ", ".join(str(day) for day in days))


def _marks(work: Work) -> list[_Mark]:
    named = [_Mark(found.day, found.start) for found in wanted_days(work)]
    now = [_Mark(today(work.moment), atom.start) for atom in work.atoms if _says_now(atom, work)]
    return sorted([*named, *now], key=lambda mark: mark.start)


def _says_now(atom: Atom, work: Work) -> bool:
    """`abhi`, `now`; but no word of goods that sounds like it, and no date that was found already."""
    inside = any(line.span[0] <= atom.start < line.span[1] for line in work.lines)
    return atom.taken is None and not inside and atom.fold in vocabulary().grammar["now"]


def _day_of(line: ReadLine, marks: list[_Mark], work: Work) -> date | None:
    """Of the days named in its row of the text: the one before it if the row begins with one, else the one behind."""
    start, end = _row(work.text, line.span[0])
    here = [mark for mark in marks if start <= mark.start < end]
    first_line = min(other.span[0] for other in work.lines if start <= other.span[0] < end)
    if here and here[0].start < first_line:
        return [mark for mark in here if mark.start < line.span[0]][-1].day
    return next((mark.day for mark in here if mark.start >= line.span[0]), None)


def _row(text: str, place: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    return start, len(text) if end < 0 else end
