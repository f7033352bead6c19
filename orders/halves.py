"""Divides lines of a draft between two days: “half now, half Monday”."""

from collections.abc import Collection
from datetime import date
from decimal import ROUND_CEILING, Decimal

from orders.drafts import Changed
from orders.model import DraftLine, LineStatus, OrderDraft
from orders.shortage import restore

LEAST = Decimal(2)


def halve(draft: OrderDraft, numbers: Collection[int], *, later: date, changed: Changed) -> list[int]:
    """Leave the first half of these lines to the order's own day, put the second half on the later one.

    Returns the numbers of lines that stay whole: those in doubt, and single packs.
    """
    whole = []
    for line in [line for line in draft.lines if line.no in numbers]:
        restore(line)
        first = _first_half(line)
        if first is None or line.quantity is None:
            whole.append(line.no)
            continue
        rest = _rest(line, no=max(one.no for one in draft.lines) + 1, quantity=line.quantity - first, day=later)
        line.quantity, line.requested_on = first, None
        draft.lines.append(rest)
        changed.lines |= {line.no, rest.no}
    return whole


def _first_half(line: DraftLine) -> Decimal | None:
    """The larger one where whole packs do not come out even; None when it cannot be divided."""
    if line.status != LineStatus.MATCHED.value or line.quantity is None:
        return None
    if line.quantity != line.quantity.to_integral_value():
        return line.quantity / 2
    return None if line.quantity < LEAST else (line.quantity / 2).to_integral_value(ROUND_CEILING)


def _rest(line: DraftLine, *, no: int, quantity: Decimal, day: date) -> DraftLine:
    return DraftLine(
        no=no,
        status=line.status,
        sku=line.sku,
        quantity=quantity,
        uom=line.uom,
        source=line.source,
        item_words=line.item_words,
        doubts=list(line.doubts),
        candidates=[],
        requested_price=line.requested_price,
        requested_on=day,
        picked=line.picked,
    )
