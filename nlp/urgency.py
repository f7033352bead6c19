"""Whether a message says that it is urgent, in the words of every language."""

from __future__ import annotations

from nlp.tokens import Kind
from nlp.vocabulary import vocabulary
from nlp.work import Work

NEAR = 2
"""So many words before or behind it, a no makes it not urgent (`urgent nahi hai`)."""


def is_urgent(work: Work) -> bool:
    """One of the words for it stands in the text, and is neither denied nor part of the name of goods."""
    words = [atom for atom in work.atoms if atom.kind is Kind.WORD]
    said = vocabulary().grammar["urgent"]
    for at, atom in enumerate(words):
        if atom.fold not in said or (atom.noise is None and _within_goods(work, atom.start)):
            continue
        near = words[max(0, at - NEAR) : at + NEAR + 1]
        if not any(one.fold in vocabulary().negations for one in near):
            return True
    return False


def _within_goods(work: Work, place: int) -> bool:
    """`emergency light 5 pcs`."""
    return any(line.span[0] <= place < line.span[1] for line in work.lines)
