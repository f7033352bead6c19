"""Goods named only to say that none are wanted: `choto balm ekhon lagbe na`, `half chart venda`."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.atoms import Atom
from nlp.search import Segment
from nlp.tokens import Kind
from nlp.values import Intent
from nlp.vocabulary import vocabulary
from nlp.work import Work

CLAUSE_ENDS = frozenset(",;.।/")


def leave_out(work: Work) -> None:
    """Takes goods that are refused out of an order; its other lines have amounts. They stay in what is left over.

    In edits they take a line back, and alone they are no order; who reads those needs them.
    """
    if work.intent is not Intent.ORDER or work.context.draft:
        return
    segments = [line.segment for line in work.found]
    if not any(segment.quantity is not None for segment in segments):
        return
    refused = [segment for segment in segments if is_refused(segment, work.atoms)]
    spans = [(work.atoms[segment.start].start, work.atoms[segment.end - 1].end) for segment in refused]
    kept = [line for line in work.lines if not any(start <= line.span[0] < end for start, end in spans)]
    work.note("unwanted", f"{len(work.lines) - len(kept)} lines of goods refused")
    work.lines = kept


def is_refused(segment: Segment, atoms: Sequence[Atom]) -> bool:
    """A clause of its own without a number that ends with a negation and at most verbs: `lal nahi bhejna`."""
    words = vocabulary()
    start, end = segment.start, segment.end
    while start and not _parts(atoms[start - 1]):
        start -= 1
    while end < len(atoms) and not _parts(atoms[end]):
        end += 1
    if segment.quantity is not None:
        return False
    clause = atoms[start:end]
    if any(atom.number is not None and atom.taken is None and not (atom.worded and atom.noise) for atom in clause):
        return False
    refused = [at for at, atom in enumerate(clause) if words.negates(atom.text)]
    behind = clause[refused[-1] + 1 :] if refused else ()
    return bool(refused) and refused[-1] > segment.start - start and all(_says_nothing(atom) for atom in behind)


def _says_nothing(atom: Atom) -> bool:
    return atom.kind is Kind.SIGN or atom.noise is not None or atom.taken is not None


def _parts(atom: Atom) -> bool:
    return atom.kind is Kind.BREAK or atom.text in CLAUSE_ENDS
