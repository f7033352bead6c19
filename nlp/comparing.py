"""Words that compare (`chota`, `boro`) beside the lines that the search has found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nlp.atoms import Atom
from nlp.relative import direction
from nlp.search import Segment
from nlp.vocabulary import Vocabulary


def taken_in(segments: Sequence[Segment], atoms: Sequence[Atom], words: Vocabulary) -> list[Segment]:
    """The lines with words that compare and that no line holds: that of the goods behind it, or else of those before.

    `boro glucose 8 chhoto glucose 20`: no name says big, so the search passes over such words.
    """
    held = {at for segment in segments for at in range(segment.start, segment.end)}
    free = {at for at, atom in enumerate(atoms) if at not in held and atom.taken is None and direction(atom, words)}
    made = []
    for segment in segments:
        start = segment.start
        if start - 1 in free:
            start -= 1
            free.discard(start)
        made.append(replace(segment, start=start))
    for at, segment in enumerate(made):
        if segment.end in free:
            made[at] = replace(segment, end=segment.end + 1)
    return made
