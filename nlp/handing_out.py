"""The line as it is handed out, with the place of each of its parts, and as the trace describes it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nlp.atoms import Atom
from nlp.choices import candidates
from nlp.found import Found, Setting, own_atoms
from nlp.search import Segment
from nlp.tokens import Kind
from nlp.values import Doubt, Part, ReadLine, Status


def as_line(found: Found, setting: Setting) -> ReadLine:
    """The value handed out, with the place of each of its parts."""
    start, end = trimmed(found.segment, setting.atoms)
    span = (setting.atoms[start].start, setting.atoms[end - 1].end)
    status = Status.UNKNOWN if found.unknown else Status.ASK if found.doubts else Status.MATCHED
    settled = found.chosen is not None and Doubt.ITEM not in found.doubts
    line = ReadLine(
        source=setting.text[span[0] : span[1]],
        span=span,
        quantity=found.quantity,
        uom=found.uom if settled else (found.uom if found.segment.quantity and found.segment.quantity.unit else None),
        sku=setting.sku(found.chosen) if settled and found.chosen is not None else None,
        status=status,
        confidence=found.confidence,
        requested_price=found.price,
        free_quantity=found.free,
        doubt=tuple(found.doubts) or ((Doubt.QUANTITY,) if found.unusual else ()),
        candidates=candidates(found, setting),
    )
    return replace(line, parts=_parts(found, setting))


def trimmed(segment: Segment, atoms: list[Atom]) -> tuple[int, int]:
    """The segment without signs, breaks and noise at its ends."""
    start, end = segment.start, segment.end
    held = segment.quantity

    def idle(at: int) -> bool:
        if held is not None and held.start <= at < held.end:
            return False
        return atoms[at].kind in (Kind.SIGN, Kind.BREAK) or (atoms[at].noise is not None and atoms[at].number is None)

    while start < end - 1 and idle(start):
        start += 1
    while end > start + 1 and idle(end - 1):
        end -= 1
    return start, end


def _parts(found: Found, setting: Setting) -> tuple[Part, ...]:
    made = []
    order = [int(place) + 1 for place in np.argsort(-found.text[1:])[:2]]
    runner = next((setting.sku(column) for column in order if column != found.chosen), None)
    places = [at for at in own_atoms(found.segment) if setting.atoms[at].kind not in (Kind.SIGN, Kind.BREAK)]
    if places:
        span = (setting.atoms[places[0]].start, setting.atoms[places[-1]].end)
        named = setting.sku(found.chosen) if found.chosen is not None else ""
        made.append(
            Part(
                name="item",
                text=setting.text[span[0] : span[1]],
                span=span,
                value=named,
                score=round(found.best, 3),
                runner_up=runner,
            )
        )
    quantity = found.segment.quantity
    if quantity is not None:
        span = (setting.atoms[quantity.start].start, setting.atoms[quantity.end - 1].end)
        made.append(
            Part(
                name="quantity",
                text=setting.text[span[0] : span[1]],
                span=span,
                value=str(quantity.value),
                score=round(quantity.score, 3),
            )
        )
        if quantity.unit:
            made.append(
                Part(name="uom", text=quantity.unit, span=span, value=found.uom or "", score=round(quantity.score, 3))
            )
    return tuple(made)


def describe(found: Found, setting: Setting) -> str:
    """One line of the trace: the winner, its score, and the items that came closest."""
    order = [int(column) + 1 for column in np.argsort(-found.text[1:])[:3]]
    rivals = ", ".join(f"{setting.sku(column)} {found.text[column]:.2f}" for column in order)
    notes = "; ".join(found.notes)
    return f"{setting.atoms[found.segment.start].text}…: {found.why} [{rivals}] {notes}"
