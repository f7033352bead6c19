"""The words of a message that name an item, for learning: where a reader that does not know them saw only some."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.values import Reading, ReadLine, Span

PARTING = re.compile(r"[\n,;]")


@dataclass(frozen=True, slots=True)
class Naming:
    """What was written of one line."""

    words: str
    said: str
    """The row of the message it stands in, if nothing else does."""


def naming(text: str, line: ReadLine, reading: Reading) -> Naming:
    """The words that name the line's item, those beside them that nobody understood included.

    Of `hara wala ado` a reader that does not know it may have understood `hara` alone.
    """
    item = next((part.span for part in line.parts if part.name == "item" and part.text), None)
    taken = [part.span for part in line.parts if part.name == "quantity"]
    others = [other.span for other in reading.lines if other is not line]
    start, end = item or (taken[0][1:] * 2 if taken else line.span)
    first = max((found.end() for found in PARTING.finditer(text, 0, line.span[0])), default=0)
    parted = PARTING.search(text, line.span[1])
    last = parted.start() if parted else len(text)
    for left, right in sorted(reading.left_over, reverse=True):
        if first <= left and right <= start and not _between([*taken, *others], right, start):
            start = left
    for left, right in sorted(reading.left_over):
        if end <= left and right <= last and not _between([*taken, *others], end, left):
            end = right
    alone = not _between(others, first, last)
    return Naming(text[start:end].strip(), text[first:last].strip() if alone else line.source)


def _between(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(left < end and right > start for left, right in spans)
