"""Amounts that no line has taken: each becomes a line to be asked, because an order line must never be lost."""

from __future__ import annotations

from decimal import Decimal

from nlp.atoms import Atom
from nlp.evidence import parts_clauses
from nlp.fold import is_size
from nlp.found import Found
from nlp.quantities import MEASURES
from nlp.tokens import Kind, tokens
from nlp.values import Candidate, Doubt, Intent, ReadLine, Status
from nlp.vocabulary import vocabulary
from nlp.work import Work

MOST_CHOICES = 10
UNSURE = 0.2


def add_rest(work: Work) -> None:
    """Lines for the amounts left in an order, with the items of the line before as choices."""
    if work.intent is not Intent.ORDER:
        return
    added = []
    for start, end in [*_stretches(work), *_swallowed(work)]:
        line = _line(work, start, end)
        if line is not None:
            added.append(line)
    added += _sizes_between(work)
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
    return [(first, last) for first, last in runs if any(_counts(work.atoms, at) for at in range(first, last))]


def _counts(atoms: list[Atom], at: int) -> bool:
    """An amount, and no number of days or hours."""
    lasts = at + 1 < len(atoms) and atoms[at + 1].fold in vocabulary().grammar["lasting"] and not atoms[at + 1].unit
    return _amount(atoms[at]) and not lasts


def _swallowed(work: Work) -> list[tuple[int, int]]:
    """Amounts inside a line whose quantity is another: `grey 3dz kerchief 5dz`, `brief 95 1 aur vest 95 3`.

    Such an amount has a counting unit, or something parts it from what follows, or another size does (`M10 L10`).
    """
    runs = []
    for found in work.found:
        held = found.segment.quantity
        for at in range(found.segment.start, found.segment.end - 1):
            inside = held is not None and held.start <= at < held.end
            following = work.atoms[at + 1]
            counted = following.unit is not None and following.unit not in MEASURES
            ended = counted or parts_clauses(following) or following.noise == "joiners" or is_size(following.plain)
            explained = work.evidence is not None and found.ties and work.evidence.text[at, found.ties[0]] > 0
            parted = parts_clauses(following) and not (at + 2 < len(work.atoms) and work.atoms[at + 2].glued)
            explained = explained and not parted  # `torch 10, light 10` may be two lines of goods, `2,4-D` is one
            if not inside and not explained and ended and _amount(work.atoms[at]):
                runs.append((at, at + 1 + counted))
    return runs


def _amount(atom: Atom) -> bool:
    return (
        atom.number is not None and atom.taken is None and (atom.noise is None or not atom.worded) and atom.number > 0
    )


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


def _sizes_between(work: Work) -> list[ReadLine]:
    """`80 se 100 tak har size 2-2`: the sizes between the two that were said, each to be confirmed."""
    added = []
    for at, atom in enumerate(work.atoms[:-2]):
        last = work.atoms[at + 2].number
        if atom.number is None or last is None or atom.number >= last:
            continue
        if work.atoms[at + 1].fold not in vocabulary().grammar["from_to"]:
            continue
        for found in work.found:
            if found.segment.start <= at < found.segment.end and found.ties:
                added += _siblings(work, found, atom.number, last)
    return added


def _siblings(work: Work, found: Found, first: Decimal, last: Decimal) -> list[ReadLine]:
    assert work.setting is not None
    named = work.catalogue.item(work.setting.sku(found.ties[0]))
    if named is None:
        return []
    kind = {token.fold for token in tokens(named.name) if token.kind is Kind.WORD}
    span = (work.atoms[found.segment.start].start, work.atoms[found.segment.end - 1].end)
    added = []
    for item, features in zip(work.catalogue.items, work.catalogue.features, strict=True):
        if item.category != named.category or not item.active or not any(first < n < last for n in features.numbers):
            continue
        if {token.fold for token in tokens(item.name) if token.kind is Kind.WORD} == kind:
            choice = Candidate(
                sku=item.sku, quantity=found.quantity, uom=found.uom, confidence=UNSURE, why="between the sizes said"
            )
            added.append(
                ReadLine(
                    source=work.text[span[0] : span[1]],
                    span=span,
                    quantity=found.quantity,
                    uom=found.uom,
                    sku=None,
                    status=Status.ASK,
                    confidence=UNSURE,
                    doubt=(Doubt.ITEM,),
                    candidates=(choice,),
                )
            )
    return added


def _choices(work: Work, start: int, amount: Atom) -> tuple[Candidate, ...]:
    before = [line for line in work.lines if line.span[1] <= work.atoms[start].start]
    offered = before[-1].candidates[:MOST_CHOICES] if before else ()
    return tuple(
        Candidate(sku=c.sku, quantity=amount.number, uom=c.uom, confidence=UNSURE, why="like the line before")
        for c in offered
    )
