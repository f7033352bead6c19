"""What one day's messages come to without anybody answering them: lines added, edited, taken back, repeated."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from nlp.values import Change, ChangeOp, Context, DraftLine, Intent, PastOrder, Reading, ReadLine, Span, Status

PARTING = re.compile(r"[\n,;]")
ADDING = frozenset({Intent.ORDER, Intent.REPEAT_ORDER, Intent.CHANGE_ORDER})


@dataclass(frozen=True, slots=True)
class DayLine:
    """A line as it stands, with the words of its message that name the item."""

    line: ReadLine
    words: str
    """Empty where nobody can say what they meant."""
    said: str
    """The row of the message it stands in, if nothing else does."""


@dataclass(slots=True)
class DraftOfTheDay:
    """The lines so far. `last` is the order that "same as last time" means."""

    last: PastOrder | None = None
    lines: list[DayLine] = field(default_factory=list)

    def context(self, orders: Sequence[PastOrder]) -> Context:
        """What stands around the next message."""
        shown = tuple(
            DraftLine(sku=line.sku, quantity=line.quantity, uom=line.uom, source=line.source)
            for line in (one.line for one in self.lines)
        )
        return Context(draft=shown, orders=tuple(orders))

    def take(self, text: str, reading: Reading) -> None:
        """Take in one message as it was read."""
        if reading.intent is Intent.CANCEL_ORDER:
            self.lines.clear()
        if reading.intent not in ADDING:
            return
        if reading.intent is Intent.REPEAT_ORDER and self.last is not None and not reading.lines:
            self.lines += [DayLine(_repeated(line, text), "", text) for line in self.last.lines]
        for change in reading.changes:
            self._change(change)
        self.lines += [as_written(text, line, reading) for line in reading.lines]

    def _change(self, change: Change) -> None:
        for at, one in enumerate(self.lines):
            if one.line.sku is not None and one.line.sku == change.sku:
                changed = _changed(one.line, change)
                self.lines[at : at + 1] = [DayLine(changed, "", one.said)] if changed is not None else []
                return


def as_written(text: str, line: ReadLine, reading: Reading) -> DayLine:
    """The line with the words that name its item, those beside them that nobody understood included.

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
    said = text[first:last].strip() if alone else line.source
    return DayLine(line, text[start:end].strip(), said)


def _between(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(left < end and right > start for left, right in spans)


def _changed(line: ReadLine, change: Change) -> ReadLine | None:
    """The line after an edit; None when nothing is left of it."""
    if change.op is ChangeOp.REMOVE:
        return None
    if change.op is ChangeOp.REPLACE:
        return replace(line, sku=change.with_sku, quantity=change.quantity or line.quantity, uom=change.uom or line.uom)
    if change.quantity is None:
        return line
    if change.op is ChangeOp.SET:
        return replace(line, quantity=change.quantity, uom=change.uom or line.uom)
    sign = 1 if change.op is ChangeOp.ADD else -1
    quantity = (line.quantity or Decimal(0)) + sign * change.quantity
    return replace(line, quantity=quantity) if quantity > 0 else None


def _repeated(line: DraftLine, text: str) -> ReadLine:
    return ReadLine(
        source=text,
        span=(0, len(text)),
        quantity=line.quantity,
        uom=line.uom,
        sku=line.sku,
        status=Status.MATCHED,
        confidence=1.0,
    )
