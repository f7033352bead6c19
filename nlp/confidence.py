"""How sure a line is: a calibrated probability that it is wholly right, from what the search and the habits show.

A logistic regression over some thirty signs of one line (how far the next item is behind, how often this customer
takes it, how its words were recognised), fitted by `python -m nlp.train_confidence` on the labelled corpora. A line
that nothing speaks against is posted only if it is at least as sure as the budget for wrong lines asks.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nlp.amount_doubts import amount_for
from nlp.found import Found, Setting, own_atoms
from nlp.search import Rival
from nlp.tokens import Kind
from nlp.units import Fit, Resolved

FITTED = Path(__file__).parent / "data" / "confidence.json"
SPEAKS, NEAR, FAR_ENOUGH, MOST_SCORE, MOST_GAP = 0.6, 1.6, 3.0, 8.0, 4.0
UNSURE, UNKNOWN = 0.5, 0.2
"""A line in doubt is at most half as sure; one that names nothing sold here is not."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of the signs, an `always` among them, and the least confidence with which a line is posted."""

    weights: Mapping[str, float]
    least: float


_other: ContextVar[Fitted | None] = ContextVar("other_confidence", default=None)


@cache
def _shipped() -> Fitted:
    table = json.loads(FITTED.read_text(encoding="utf-8"))
    return Fitted(table["weights"], table["least"])


def fitted() -> Fitted:
    """The shipped table, or that of an evaluation that leaves a plant out."""
    return _other.get() or _shipped()


@contextmanager
def fitted_elsewhere(table: Fitted) -> Iterator[None]:
    """Reads with another table than the shipped one: for leave-one-plant-out figures and for fitting only."""
    token = _other.set(table)
    try:
        yield
    finally:
        _other.reset(token)


def confidence(seen: Mapping[str, float], table: Fitted) -> float:
    """The probability in (0, 1) that a line with these signs is right in item, quantity and unit."""
    score = sum(table.weights.get(name, 0.0) * value for name, value in seen.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def signs(found: Found, setting: Setting, others: Sequence[Found], rivals: Sequence[Rival]) -> dict[str, float]:
    """What one line shows of how sure it is; only the signs that are not 0. Empty for a line that names nothing."""
    if found.unknown or not found.ties:
        return {}
    column = found.chosen if found.chosen is not None else found.ties[0]
    made = {"always": 1.0, "settled": float(found.chosen is not None), "lines": math.log1p(len(others))}
    made |= _of_the_item(found, column, setting)
    made |= _of_the_words(found, column, setting)
    made |= _of_the_amount(found, column, setting)
    made |= _of_the_rival(found, rivals)
    made |= _of_the_neighbours(found, setting, others)
    return {name: round(value, 4) for name, value in made.items() if value}


def _of_the_item(found: Found, column: int, setting: Setting) -> dict[str, float]:
    text = found.text
    score = float(text[column])
    rest = [float(value) for place, value in enumerate(text) if place not in (0, column)]
    gap = score - max(rest, default=0.0)
    near = [place for place in range(1, len(text)) if place != column and float(text[place]) > score - NEAR]
    bought = [place for place in found.ties if setting.habit(place)]
    total = sum(habit.orders for place in bought if (habit := setting.habit(place)))
    habit = setting.habit(column)
    by_others = max(
        (other.orders for place in bought if place != column and (other := setting.habit(place))), default=0
    )
    return {
        "ahead": min(max(gap, 0.0), FAR_ENOUGH),
        "behind": max(min(gap, 0.0), -FAR_ENOUGH),
        "score": min(found.best, MOST_SCORE),
        "ties": math.log(max(1, len(found.ties))),
        "near": math.log1p(len(near)),
        "near bought": float(any(setting.habit(place) for place in near)),
        "none bought": float(not bought),
        "several bought": float(len(bought) > 1),
        "bought": float(habit is not None),
        "orders": math.log(habit.orders) if habit else 0.0,
        "share": habit.orders / total if habit and column in bought else 0.0,
        "share of another": by_others / total if total else 0.0,
        f"why: {found.why}": float(found.chosen is not None),
    }


def _of_the_words(found: Found, column: int, setting: Setting) -> dict[str, float]:
    evidence, places = setting.evidence, own_atoms(found.segment)
    content = [at for at in places if evidence.content[at]]
    speaking = [at for at in places if float(evidence.text[at, column]) >= SPEAKS]
    likeness = [evidence.likeness[at] for at in speaking if setting.atoms[at].wordlike]
    inside = [hit for hit in setting.hits if found.segment.start <= hit.start < found.segment.end]
    mine = [hit for hit in inside if int(evidence.rows[column - 1]) == hit.row]
    return {
        "content": float(len(content)),
        "score a word": found.best / max(1, len(content)),
        "least likeness": min(likeness, default=0.0),
        "most likeness": max(likeness, default=0.0),
        "words": float(min(3, len(likeness))),
        "speaking": float(min(4, len(speaking))),
        "unexplained": float(sum(1 for at in content if float(evidence.text[at, column]) <= 0)),
        "own alias": float(any(hit.own for hit in mine)),
        "everyone's alias": float(any(not hit.own for hit in mine)),
        "another's alias": float(len(mine) < len(inside)),
    }


def _of_the_amount(found: Found, column: int, setting: Setting) -> dict[str, float]:
    quantity = found.segment.quantity
    if quantity is None:
        return {"no quantity": 1.0}
    resolved = amount_for(column, found, setting)
    made = {
        "unit": float(quantity.unit is not None),
        "natural": quantity.score,
        "figures": math.log10(max(1.0, float(quantity.value))),
        "no rung": float(resolved is None),
    }
    return made if resolved is None else made | _of_the_unit(found, column, resolved, setting)


def _of_the_unit(found: Found, column: int, resolved: Resolved, setting: Setting) -> dict[str, float]:
    quantity = found.segment.quantity
    assert quantity is not None
    sku, habit = setting.sku(column), setting.habit(column)
    item = setting.catalogue.item(sku)
    made = {
        "scaled": float(resolved.fit is Fit.SCALED),
        "loose": float(resolved.fit is Fit.LOOSE),
        "order unit": float(item is not None and resolved.uom == item.order_uom),
    }
    rung = setting.catalogue.ladders.get(sku, {}).get(resolved.uom or "")
    if habit is None or rung is None or habit.median <= 0 or quantity.value <= 0:
        return made
    distance = math.log(float(quantity.value * resolved.factor * rung.factor / habit.median))
    most = dict(habit.most).get(resolved.uom or "")
    bare = quantity.unit is None
    return made | {
        "above": max(0.0, distance),
        "below": max(0.0, -distance),
        "above, bare": max(0.0, distance) * bare,
        "below, bare": max(0.0, -distance) * bare,
        "usual unit": float(resolved.uom == habit.usual_uom),
        "above the most": max(0.0, math.log(float(quantity.value * resolved.factor / most))) if most else 0.0,
        "unit never taken": float(most is None),
    }


def _of_the_rival(found: Found, rivals: Sequence[Rival]) -> dict[str, float]:
    """What the other layout makes of the same words, and how far behind it is."""
    mine, segment = found.segment.quantity, found.segment
    rival = next((rival for rival in rivals if rival.start <= segment.start < rival.end), None)
    if rival is None:
        return {"rival behind": MOST_GAP}
    gap = max(0.0, rival.gap)
    made = {"rival behind": min(MOST_GAP, gap)}
    for other in rival.segments:
        overlaps = other.start < segment.end and segment.start < other.end and other.column
        if overlaps and mine is not None and other.quantity is not None and other.quantity.start != mine.start:
            made["another quantity"] = 1 / (1 + gap)
    return made


def _of_the_neighbours(found: Found, setting: Setting, others: Sequence[Found]) -> dict[str, float]:
    """Content words that no line has taken, left and right of this one in its clause."""
    covered = {at for line in others for at in range(line.segment.start, line.segment.end)}
    made: dict[str, float] = {}
    for step, edge, side in ((-1, found.segment.start - 1, "left"), (1, found.segment.end, "right")):
        at = edge
        while 0 <= at < len(setting.atoms) and at not in covered:
            atom = setting.atoms[at]
            if atom.kind is Kind.BREAK or atom.text in ",;.।":
                break
            if setting.evidence.content[at] and atom.taken is None:
                made[f"{side} unexplained"] = made.get(f"{side} unexplained", 0.0) + 1.0
            at += step
    return made
