"""Which of the production orders that a message names is to come first."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.atoms import Atom
from nlp.cues import find_cues
from nlp.references import production_orders
from nlp.tokens import Kind
from nlp.vocabulary import vocabulary
from nlp.work import Work

ENDS = frozenset(",;.!?।")


@dataclass(frozen=True, slots=True)
class Named:
    """A production order and its first atom."""

    number: str
    at: int


def moved_up(work: Work) -> str | None:
    """The first one named that is not put off: `PO-1 se pehle PO-2`, `PO-1 baad me, PO-2 pehle`."""
    named = _named(work)
    first = {end for name, _, end in find_cues(work.atoms) if name == "first"}
    wanted = [order for order in named if first & set(_clause(work.atoms, order.at))] or named
    chosen = next((order for order in (*wanted, *named) if not _is_put_off(work, order, named)), None)
    return (chosen or wanted[0]).number if wanted else None


def _named(work: Work) -> list[Named]:
    found = []
    for number, start in production_orders(work.text, work.speaker.production_orders):
        at = next((at for at, atom in enumerate(work.atoms) if atom.end > start), None)
        if at is not None:
            found.append(Named(number, at))
    return found


def _clause(atoms: list[Atom], at: int) -> range:
    start = next((place + 1 for place in range(at, -1, -1) if _ends(atoms[place])), 0)
    end = next((place for place in range(at, len(atoms)) if _ends(atoms[place])), len(atoms))
    return range(start, end)


def _ends(atom: Atom) -> bool:
    return atom.kind is Kind.BREAK or atom.text in ENDS


def _is_put_off(work: Work, order: Named, named: list[Named]) -> bool:
    """A word for later in its clause, or `se pehle` behind it and before the next order."""
    grammar = vocabulary().grammar
    clause = _clause(work.atoms, order.at)
    following = min((other.at for other in named if other.at > order.at), default=clause.stop)
    behind = range(order.at, min(clause.stop, following))
    first = {start for name, start, _ in find_cues(work.atoms) if name == "first"}
    later = any(work.atoms[at].fold in grammar["later"] for at in behind)
    return later or any(
        work.atoms[at].fold in grammar["from_to"] and at + 1 in first
        for at in range(order.at, clause.stop)
        if at < following
    )
