"""Which of the days that a message names are those on which its goods are wanted."""

from __future__ import annotations

from datetime import date

from nlp.atoms import Atom
from nlp.cues import find_cues
from nlp.dates import FoundDate, ends_clause
from nlp.work import Work


def wanted_on(work: Work) -> date | None:
    """The last day said for goods."""
    wanted = wanted_days(work)
    return wanted[-1].day if wanted else None


def wanted_days(work: Work) -> list[FoundDate]:
    """The days said, but not the one of a payment: `paise somvari`, `kal paisa dal denge`."""
    paid = [start for name, start, _ in find_cues(work.atoms) if name == "paid"]
    return [found for found in work.dates if not any(at in _clause(work.atoms, found) for at in paid)]


def _clause(atoms: list[Atom], found: FoundDate) -> range:
    """The atoms between the signs or breaks around a day."""
    first = next(at for at, atom in enumerate(atoms) if atom.end > found.start)
    start = next((at + 1 for at in range(first - 1, -1, -1) if ends_clause(atoms[at])), 0)
    end = next((at for at in range(first, len(atoms)) if ends_clause(atoms[at])), len(atoms))
    return range(start, end)
