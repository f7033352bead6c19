"""What one day's messages come to without anybody answering them: lines added, edited, taken back, repeated."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from nlp.values import Change, ChangeOp, Context, DraftLine, Intent, PastOrder, Reading, ReadLine, Status

ADDING = frozenset({Intent.ORDER, Intent.REPEAT_ORDER, Intent.CHANGE_ORDER})


@dataclass(slots=True)
class DraftOfTheDay:
    """The lines so far. `last` is the order that "same as last time" means."""

    last: PastOrder | None = None
    lines: list[ReadLine] = field(default_factory=list)

    def context(self, orders: Sequence[PastOrder]) -> Context:
        """What stands around the next message."""
        shown = tuple(
            DraftLine(sku=line.sku, quantity=line.quantity, uom=line.uom, source=line.source) for line in self.lines
        )
        return Context(draft=shown, orders=tuple(orders))

    def take(self, text: str, reading: Reading) -> None:
        """Take in one message as it was read."""
        if reading.intent is Intent.CANCEL_ORDER:
            self.lines.clear()
        if reading.intent not in ADDING:
            return
        if reading.intent is Intent.REPEAT_ORDER and self.last is not None and not reading.lines:
            self.lines += [_repeated(line, text) for line in self.last.lines]
        for change in reading.changes:
            self._change(change)
        self.lines += reading.lines

    def _change(self, change: Change) -> None:
        for at, line in enumerate(self.lines):
            if line.sku is not None and line.sku == change.sku:
                changed = _changed(line, change)
                self.lines[at : at + 1] = [changed] if changed is not None else []
                return


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
