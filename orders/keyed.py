"""Lines as a clerk keys them in: new ones, and those that are there changed or taken out. The draft must be locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from erp.documents import Source
from orders.drafts import Changed, NewLine, add_lines, settle
from orders.model import DraftLine, LineStatus, OrderDraft


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyedLine:
    """One line of the form: `no` is the number it has in the draft, None that it is new."""

    no: int | None = None
    sku: str | None = None
    quantity: Decimal | None = None
    uom: str | None = None
    out: bool = False
    """Taken out of the draft."""

    @property
    def is_settled(self) -> bool:
        """Item, quantity and unit are said."""
        return bool(self.sku and self.quantity and self.uom)


def key_in(draft: OrderDraft, lines: Sequence[KeyedLine]) -> Changed:
    """Put lines into the draft as a clerk has them; a line that says the same as before is left as it is."""
    changed = Changed()
    by_number = {line.no: line for line in draft.lines}
    for keyed in lines:
        line = by_number.get(keyed.no) if keyed.no is not None else None
        if line is not None:
            _change(draft, line, keyed, changed)
    new = [_new(keyed) for keyed in lines if keyed.no is None and keyed.sku and not keyed.out]
    changed.lines |= add_lines(draft, new).lines
    if changed.lines or changed.removed:
        draft.source = Source.DESK.value
    return changed


def _change(draft: OrderDraft, line: DraftLine, keyed: KeyedLine, changed: Changed) -> None:
    if keyed.out:
        draft.lines.remove(line)
        changed.removed.append(line.source or str(line.sku))
        return
    same = (line.sku, line.quantity, line.uom) == (keyed.sku, keyed.quantity, keyed.uom)
    if same and (line.status == LineStatus.MATCHED.value or not keyed.is_settled):
        return
    line.sku, line.quantity, line.uom = keyed.sku, keyed.quantity, keyed.uom
    if keyed.is_settled:
        settle(line)
    else:
        line.status = LineStatus.ASK.value if line.sku or line.candidates else LineStatus.UNKNOWN.value
    changed.lines.add(line.no)


def _new(keyed: KeyedLine) -> NewLine:
    return NewLine(
        status=LineStatus.MATCHED if keyed.is_settled else LineStatus.ASK,
        sku=keyed.sku,
        quantity=keyed.quantity,
        uom=keyed.uom,
        source="",
        # What a clerk keys in a second time of the same item is more of it, and shown so in the summary.
        adds=True,
    )
