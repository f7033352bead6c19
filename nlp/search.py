"""The joint search: which stretches are lines, which number is the quantity, which item is meant, at once.

A Viterbi pass over the atoms. At each place it keeps, for every candidate item side by side, the best way to be inside
a line whose quantity is still to come (`opened`), has been said before any word (`bare`) or beside words (`filled`);
quantities are jumps over their atoms. A line ends only when some word has spoken for its item; habit counts from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from nlp.evidence import Evidence
from nlp.quantities import Quantity

Vector = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]

LINE_COST, QUANTITY_GAIN, NO_QUANTITY, SHARED_QUANTITY = -1.9, 0.9, -1.3, 0.2
AGAINST_LAYOUT = -0.7
BEYOND_A_COMMA = -1.5
NEVER = -1e9


class Layout(Enum):
    """Where this writer puts quantities: a habit of the whole message, so each is tried for all of it."""

    LAST = "last"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Segment:
    """One line as found: atoms `start` to `end`, the winning column, and its quantity if any."""

    start: int
    end: int
    column: int
    quantity: Quantity | None
    score: float


@dataclass(frozen=True, slots=True)
class Rival:
    """The segmentation under the other layout, and by how much it lost."""

    segments: tuple[Segment, ...]
    gap: float


@dataclass(slots=True)
class _Track:
    """The best way to be somewhere, for all candidates side by side."""

    score: Vector
    start: Places
    quantity: Places

    @classmethod
    def empty(cls, width: int) -> _Track:
        return cls(np.full(width, NEVER), np.zeros(width, dtype=np.int32), np.full(width, -1, dtype=np.int32))

    def offer(self, score: Vector, start: Places | int, quantity: Places | int) -> None:
        better = score > self.score
        if better.any():
            np.copyto(self.score, score, where=better)
            np.copyto(self.start, start, where=better)
            np.copyto(self.quantity, quantity, where=better)


@dataclass(frozen=True, slots=True)
class _Step:
    """How the best covering of the atoms before a place ends: by a skipped atom or by a line."""

    before: int
    segment: Segment | None


def best_lines(
    evidence: Evidence,
    quantities: list[Quantity],
    habit: Vector,
    fit: Callable[[Quantity], Vector],
    *,
    shared: bool = False,
) -> tuple[list[Segment], float, Layout, Rival]:
    """The best segmentation over both layouts, its score, the layout that won, and the other layout's best.

    With `shared`, some quantity of the message is said for several items.
    """
    fits = [quantity.score + QUANTITY_GAIN + fit(quantity) for quantity in quantities]
    found = [
        (*_viterbi(evidence, quantities, habit, fits, layout, SHARED_QUANTITY if shared else NO_QUANTITY), layout)
        for layout in Layout
    ]
    winner, loser = sorted(found, key=lambda result: -result[1])
    return *winner, Rival(tuple(loser[0]), winner[1] - loser[1])


def _viterbi(
    evidence: Evidence, quantities: list[Quantity], habit: Vector, fits: list[Vector], layout: Layout, without: float
) -> tuple[list[Segment], float]:
    length, width = evidence.text.shape
    starting: dict[int, list[int]] = defaultdict(list)
    for number, quantity in enumerate(quantities):
        starting[quantity.start].append(number)
    opened = [_Track.empty(width) for _ in range(length + 1)]
    bare = [_Track.empty(width) for _ in range(length + 1)]
    filled = [_Track.empty(width) for _ in range(length + 1)]
    closed = np.full(length + 1, NEVER)
    closed[0] = 0.0
    steps: list[_Step | None] = [None] * (length + 1)
    late = AGAINST_LAYOUT if layout is Layout.FIRST else 0.0
    early = AGAINST_LAYOUT if layout is Layout.LAST else 0.0
    for at in range(length + 1):
        _close(at, opened[at], filled[at], closed, steps, quantities, without)
        if at == length:
            break
        says = evidence.text[at]
        speaks = says > 0
        fresh = closed[at] + LINE_COST
        opened[at + 1].offer(opened[at].score + says, opened[at].start, -1)
        opened[at + 1].offer(np.where(speaks, fresh + habit + says, NEVER), at, -1)
        after = says + np.where(speaks, early, 0.0) + (evidence.parts[at] * BEYOND_A_COMMA)
        filled[at + 1].offer(filled[at].score + after, filled[at].start, filled[at].quantity)
        filled[at + 1].offer(np.where(speaks, bare[at].score + habit + after, NEVER), bare[at].start, bare[at].quantity)
        bare[at + 1].offer(np.where(speaks, NEVER, bare[at].score + says), bare[at].start, bare[at].quantity)
        for number in starting.get(at, ()):
            end = quantities[number].end
            filled[end].offer(opened[at].score + late + fits[number], opened[at].start, number)
            bare[end].offer(fresh + fits[number], at, number)
        skipped = closed[at] + evidence.skip[at]
        if skipped > closed[at + 1]:
            closed[at + 1] = skipped
            steps[at + 1] = _Step(at, None)
    return _trace(steps, length), float(closed[length])


def _close(
    at: int,
    opened: _Track,
    filled: _Track,
    closed: npt.NDArray[np.float64],
    steps: list[_Step | None],
    quantities: list[Quantity],
    without: float,
) -> None:
    for track, cost in ((filled, 0.0), (opened, without)):
        column = int(track.score.argmax())
        score = float(track.score[column]) + cost
        if score > closed[at]:
            start, number = int(track.start[column]), int(track.quantity[column])
            quantity = quantities[number] if number >= 0 else None
            closed[at] = score
            steps[at] = _Step(start, Segment(start, at, column, quantity, score - float(closed[start])))


def _trace(steps: list[_Step | None], length: int) -> list[Segment]:
    found: list[Segment] = []
    at = length
    while at > 0:
        step = steps[at]
        if step is None:
            break
        if step.segment is not None:
            found.append(step.segment)
        at = step.before
    return found[::-1]
