"""Amounts that no line has taken: each becomes a line to be asked, because an order line must never be lost."""

from __future__ import annotations

from nlp.atoms import Atom
from nlp.evidence import parts_clauses
from nlp.tokens import Kind
from nlp.values import Candidate, Doubt, Intent, ReadLine, Status
from nlp.work import Work

MOST_CHOICES = 10
UNSURE = 0.2


def add_rest(work: Work) -> None:
    """Lines for the amounts left in an order, with the items of the line before as choices."""
    if work.intent is not Intent.ORDER:
        return
    added = []
    for start, end in _stretches(work):
        line = _line(work, start, end)
        if line is not None:
            added.append(line)
    work.lines = sorted([*work.lines, *added], key=lambda line: line.span)
    work.note("rest", f"{len(added)} amounts no line has taken", *(line.source for line in added))


def _stretches(work: Work) -> list[tuple[int, int]]:
    """Runs of atoms outside all lines, within one clause, with an amount in them."""
    covered = {at for found in work.found for at in range(found.segment.start, found.segment.end)}
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for at in range(len(work.atoms) + 1):
        outside = at < len(work.atoms) and at not in covered and not parts_clauses(work.atoms[at])
        if outside and start is None:
            start = at
        elif not outside and start is not None:
            runs.append((start, at))
            start = None
    return [(first, last) for first, last in runs if any(_amount(atom) for atom in work.atoms[first:last])]


def _amount(atom: Atom) -> bool:
    return atom.number is not None and atom.taken is None and (atom.noise is None or not atom.worded) and atom.number > 0


def _line(work: Work, start: int, end: int) -> ReadLine | None:
    atoms = [atom for atom in work.atoms[start:end] if atom.taken is None]
    said = [atom for atom in atoms if atom.kind is not Kind.SIGN]
    amounts = [at for at, atom in enumerate(said) if _amount(atom)]
    if not amounts:
        return None
    unit = said[amounts[-1] + 1].unit if amounts[-1] + 1 < len(said) else None
    span = (said[0].start, said[-1].end)
    return ReadLine(
        source=work.text[span[0] : span[1]],
        span=span,
        quantity=said[amounts[-1]].number,
        uom=None,
        sku=None,
        status=Status.ASK,
        confidence=UNSURE,
        doubt=(Doubt.ITEM, Doubt.UOM) if unit else (Doubt.ITEM,),
        candidates=_choices(work, start, said[amounts[-1]]),
    )


def _choices(work: Work, start: int, amount: Atom) -> tuple[Candidate, ...]:
    before = [line for line in work.lines if line.span[1] <= work.atoms[start].start]
    offered = before[-1].candidates[:MOST_CHOICES] if before else ()
    return tuple(Candidate(sku=c.sku, quantity=amount.number, uom=c.uom, confidence=UNSURE, why="like the line before") for c in offered)
