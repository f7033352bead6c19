"""Edits of a draft or an order: `20 ki jagah 30`, `maggi hata do`, `5 aur jod do`, `number 2 wali 30 kar do`."""

from __future__ import annotations

from decimal import Decimal

from nlp.cues import find_cues
from nlp.lines import Found
from nlp.values import Change, ChangeOp
from nlp.work import Work


def find_changes(work: Work) -> None:
    """Fills `work.changes`; what cannot be tied to an item stays in the lines as it was read."""
    cues = find_cues(work.atoms)
    for found in work.found:
        change = _change(found, cues, work)
        if change is not None:
            work.changes.append(change)


def _change(found: Found, cues: list[tuple[str, int, int]], work: Work) -> Change | None:
    assert work.setting is not None
    if found.chosen is None or found.unknown:
        return None
    sku = work.setting.sku(found.chosen)
    op = _operation(found, cues)
    if op is ChangeOp.REMOVE:
        return Change(op=op, sku=sku)
    if found.quantity is None:
        return None
    return Change(op=op, sku=sku, quantity=found.quantity, uom=found.uom)


def _operation(found: Found, cues: list[tuple[str, int, int]]) -> ChangeOp:
    near = {concept for concept, at, _ in cues if found.segment.start - 2 <= at <= found.segment.end + 3}
    if "remove" in near:
        return ChangeOp.REMOVE
    if "add" in near:
        return ChangeOp.ADD
    return ChangeOp.SET


ZERO = Decimal(0)
