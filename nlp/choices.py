"""The choices that a question about a line offers, best first."""

from __future__ import annotations

import math

import numpy as np

from nlp.alike import alike
from nlp.amount_doubts import amount_for
from nlp.found import MOST_CANDIDATES, Found, Setting
from nlp.values import Candidate, Doubt


def candidates(found: Found, setting: Setting) -> tuple[Candidate, ...]:
    """The choices of a question, best first: what fits the text, what is bought before the rest."""
    if found.unknown:
        return ()
    if found.chosen is not None and Doubt.ITEM not in found.doubts:
        columns = [found.chosen]
    else:
        columns = _choices(found, setting)
    best = max((float(found.text[column]) for column in columns), default=0.0)
    made = _successors(columns, found, setting)
    if columns and not made and not any(setting.active(column) for column in columns if column in found.ties):
        made += _in_its_place(columns[0], found, setting)
    for column in columns[: MOST_CANDIDATES - len(made)]:
        if any(candidate.sku == setting.sku(column) for candidate in made):
            continue
        resolved = amount_for(column, found, setting)
        said = found.segment.quantity
        value = said.value * (resolved.factor if resolved else 1) if said else None
        habit = setting.habit(column)
        why = f"text {found.text[column]:.2f}" + (f", bought {habit.orders} times" if habit else "")
        likely = round(math.exp(min(0.0, float(found.text[column]) - best)) * (0.9 if habit else 0.5), 3)
        made.append(
            Candidate(
                sku=setting.sku(column),
                quantity=value,
                uom=resolved.uom if resolved else None,
                confidence=likely,
                why=why,
            )
        )
    return tuple(made)


def _successors(columns: list[int], found: Found, setting: Setting) -> list[Candidate]:
    """What replaces a discontinued item that fits, in its order unit: offered first, never put in."""
    made = []
    for column in columns:
        item = setting.item(column)
        heir = setting.catalogue.item(item.replaced_by or "")
        if item.active or heir is None or not heir.active or column not in found.ties:
            continue
        said = found.segment.quantity
        made.append(
            Candidate(
                sku=heir.sku,
                quantity=said.value if said else None,
                uom=heir.order_uom,
                confidence=0.5,
                why=f"replaces {item.sku}",
            )
        )
    return made[:2]


def _in_its_place(column: int, found: Found, setting: Setting) -> list[Candidate]:
    """What is like a discontinued item and still made, for when nothing that fits is."""
    gone = setting.item(column)
    said = found.segment.quantity
    made = []
    for item in alike(gone, setting.catalogue, setting.habits):
        uom = found.uom if found.uom in setting.catalogue.ladders.get(item.sku, {}) else item.order_uom
        amount = said.value if said else None
        made.append(Candidate(sku=item.sku, quantity=amount, uom=uom, confidence=0.3, why=f"in place of {gone.sku}"))
    return made


def _choices(found: Found, setting: Setting) -> list[int]:
    def rank(column: int) -> tuple[float, float]:
        habit = setting.habit(column)
        return (-(1 if habit else 0), -float(found.text[column]) - (0.2 * math.log1p(habit.orders) if habit else 0))

    near = [int(at) + 1 for at in np.flatnonzero(found.text[1:] >= found.best - 1.6)]
    alive = [column for column in near if setting.active(column)]
    tied = sorted((c for c in alive if c in found.ties), key=rank)
    rest = sorted((c for c in alive if c not in found.ties), key=lambda c: -float(found.text[c]))
    gone = [c for c in near if not setting.active(c) and c in found.ties]
    return (tied + gone[:2] + rest)[:MOST_CANDIDATES]
