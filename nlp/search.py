"""The joint search: which stretches are lines, which number is the quantity, which item is meant, at once.

A Viterbi pass over the atoms. At each place it keeps, for every candidate item side by side, the best way to be inside
a line whose quantity is still to come (`opened`), has been said before any word (`bare`) or beside words (`filled`);
quantities are jumps over their atoms. A line ends only when some word has spoken for its item; habit counts from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from nlp.evidence import Evidence
from nlp.quantities import Quantity

Vector = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]

LINE_COST, QUANTITY_GAIN, NO_QUANTITY, TORN, SHARED_QUANTITY = -1.9, 0.9, -1.3, -2.3, 0.2
AGAINST_LAYOUT, CHANGE_OF_LAYOUT = -0.7, -0.8
BEYOND_A_COMMA = -1.5
NEVER = -1e9


class Layout(Enum):
    """Where this writer puts quantities: mostly a habit of the whole message."""

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
    """The segmentation of atoms `start` to `end` under the other layout, and by how much it lost."""

    segments: tuple[Segment, ...]
    gap: float
    start: int
    end: int


@dataclass(slots=True)
class _Track:
    """The best way to be somewhere, for all candidates side by side."""

    score: Vector
    start: Places
    quantity: Places

    @classmethod
    def empty(cls, places: int, width: int) -> list[_Track]:
        """One for each place, cut out of three arrays."""
        scores = np.full((places, width), NEVER)
        starts = np.zeros((places, width), dtype=np.int32)
        quantities = np.full((places, width), -1, dtype=np.int32)
        return [cls(*rows) for rows in zip(scores, starts, quantities, strict=True)]

    def offer(self, score: Vector, start: Places | int, quantity: Places | int) -> None:
        better = score > self.score
        if better.any():
            np.copyto(self.score, score, where=better)
            np.copyto(self.start, start, where=better)
            np.copyto(self.quantity, quantity, where=better)


@dataclass(frozen=True, slots=True)
class _Step:
    """How the best covering of the atoms before a place ends: by a skipped atom, a line, or a change of layout."""

    before: int
    segment: Segment | None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The best segmentation, its score, the layout of its last line, and what the other layout makes of each part."""

    segments: tuple[Segment, ...]
    score: float
    layout: Layout
    rivals: tuple[Rival, ...]


def best_lines(
    evidence: Evidence,
    quantities: list[Quantity],
    habit: Vector,
    fit: Callable[[Quantity], Vector],
    *,
    shared: Sequence[bool],
) -> Found:
    """The best segmentation: under one layout for the whole message, or with a change between lines of text.

    Before the places that are `shared`, a line may end without a quantity: the next one's is said for several items.
    """
    fits = [quantity.score + QUANTITY_GAIN + fit(quantity) for quantity in quantities]
    ends = [True, *evidence.parts[1:], True] if evidence.parts else [True]
    without = [
        SHARED_QUANTITY if each else NO_QUANTITY if end else TORN for each, end in zip(shared, ends, strict=True)
    ]
    pure = [_Lattice(evidence, quantities, habit, fits, layout, without) for layout in Layout]
    for lattice in pure:
        _run(lattice)
    winner, loser = sorted(pure, key=lambda lattice: -lattice.score)
    whole = Rival(tuple(loser.trace()), winner.score - loser.score, 0, len(evidence.text))
    best = Found(tuple(winner.trace()), winner.score, winner.layout, (whole,))
    if not any(evidence.breaks):
        return best
    mixed = [_Lattice(evidence, quantities, habit, fits, layout, without) for layout in Layout]
    _run(*mixed)
    last = max(mixed, key=lambda lattice: lattice.score)
    if last.score <= winner.score:
        return best
    other = mixed[0] if last is mixed[1] else mixed[1]
    segments, parts = _trace_mixed(last, other)
    by_layout = {lattice.layout: lattice for lattice in pure}
    rivals = [_rival_of_part(by_layout, layout, start, end) for layout, start, end in parts]
    return Found(tuple(segments), last.score, last.layout, tuple(rivals))


def _rival_of_part(pure: Mapping[Layout, _Lattice], layout: Layout, start: int, end: int) -> Rival:
    mine, other = pure[layout], pure[Layout.FIRST if layout is Layout.LAST else Layout.LAST]
    gap = float((mine.closed[end] - mine.closed[start]) - (other.closed[end] - other.closed[start]))
    inside = [segment for segment in other.trace() if start <= segment.start < end]
    return Rival(tuple(inside), gap, start, end)


class _Lattice:
    """A Viterbi pass under one layout; `close` and `go_on` for each place in turn."""

    def __init__(
        self,
        evidence: Evidence,
        quantities: list[Quantity],
        habit: Vector,
        fits: list[Vector],
        layout: Layout,
        without: list[float],
    ) -> None:
        self.evidence, self.quantities, self.habit, self.fits = evidence, quantities, habit, fits
        self.layout, self.without = layout, without
        self.length, width = evidence.text.shape
        self.opened = _Track.empty(self.length + 1, width)
        self.bare = _Track.empty(self.length + 1, width)
        self.filled = _Track.empty(self.length + 1, width)
        self.closed = np.full(self.length + 1, NEVER)
        self.closed[0] = 0.0
        self.steps: list[_Step | None] = [None] * (self.length + 1)
        self.late = AGAINST_LAYOUT if layout is Layout.FIRST else 0.0
        self.early = AGAINST_LAYOUT if layout is Layout.LAST else 0.0
        self.starting: dict[int, list[int]] = defaultdict(list)
        for number, quantity in enumerate(quantities):
            self.starting[quantity.start].append(number)

    @property
    def score(self) -> float:
        return float(self.closed[self.length])

    def close(self, at: int) -> None:
        """End a line at this place if that is the best covering of what is before it."""
        for track, cost in ((self.filled[at], 0.0), (self.opened[at], self.without[at])):
            column = int(track.score.argmax())
            score = float(track.score[column]) + cost
            if score > self.closed[at]:
                start, number = int(track.start[column]), int(track.quantity[column])
                quantity = self.quantities[number] if number >= 0 else None
                self.closed[at] = score
                segment = Segment(start, at, column, quantity, score - float(self.closed[start]))
                self.steps[at] = _Step(start, segment)

    def change_from(self, other: _Lattice, at: int) -> None:
        """Go on from what the other layout has made of the lines of text before."""
        score = float(other.closed[at]) + CHANGE_OF_LAYOUT
        if score > self.closed[at]:
            self.closed[at] = score
            self.steps[at] = _Step(at, None, changed=True)

    def go_on(self, at: int) -> None:
        """Take the atom at this place into the lines that are open, begin one with it, or skip it."""
        says = self.evidence.text[at]
        speaks = says > 0
        fresh = self.closed[at] + LINE_COST
        opened, bare, filled = self.opened, self.bare, self.filled
        opened[at + 1].offer(opened[at].score + says, opened[at].start, -1)
        opened[at + 1].offer(np.where(speaks, fresh + self.habit + says, NEVER), at, -1)
        after = says + np.where(speaks, self.early, 0.0) + (self.evidence.parts[at] * BEYOND_A_COMMA)
        filled[at + 1].offer(filled[at].score + after, filled[at].start, filled[at].quantity)
        begun = np.where(speaks, bare[at].score + self.habit + after, NEVER)
        filled[at + 1].offer(begun, bare[at].start, bare[at].quantity)
        bare[at + 1].offer(np.where(speaks, NEVER, bare[at].score + says), bare[at].start, bare[at].quantity)
        for number in self.starting.get(at, ()):
            end = self.quantities[number].end
            filled[end].offer(opened[at].score + self.late + self.fits[number], opened[at].start, number)
            bare[end].offer(fresh + self.fits[number], at, number)
        skipped = self.closed[at] + self.evidence.skip[at]
        if skipped > self.closed[at + 1]:
            self.closed[at + 1] = skipped
            self.steps[at + 1] = _Step(at, None)

    def trace(self) -> list[Segment]:
        """The lines of the best covering."""
        found: list[Segment] = []
        at = self.length
        while at > 0:
            step = self.steps[at]
            if step is None:
                break
            if step.segment is not None:
                found.append(step.segment)
            at = step.before
        return found[::-1]


def _run(*lattices: _Lattice) -> None:
    """Take the lattices through the message side by side; behind a line break one may go on from the other."""
    length = lattices[0].length
    for at in range(length + 1):
        for lattice in lattices:
            lattice.close(at)
        if at and len(lattices) > 1 and lattices[0].evidence.breaks[at - 1]:
            first, second = lattices
            first.change_from(second, at)
            second.change_from(first, at)
        if at < length:
            for lattice in lattices:
                lattice.go_on(at)


def _trace_mixed(last: _Lattice, other: _Lattice) -> tuple[list[Segment], list[tuple[Layout, int, int]]]:
    """The lines of the best covering with changes of layout, and from where to where each layout holds."""
    found: list[Segment] = []
    parts: list[tuple[Layout, int, int]] = []
    here, there = last, other
    at = end = here.length
    while at > 0:
        step = here.steps[at]
        if step is None:
            break
        if step.changed:
            parts.append((here.layout, at, end))
            here, there, end = there, here, at
            continue
        if step.segment is not None:
            found.append(step.segment)
        at = step.before
    parts.append((here.layout, 0, end))
    return found[::-1], parts
