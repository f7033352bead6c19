"""From words at places on a page to rows of cells: what stands in one line, and what is set apart in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.papers.values import PlacedRow

APART = 0.45
"""A gap wider than this, in heights of the line, ends a cell; a space is half as wide."""
SAME_LINE = 0.5


@dataclass(frozen=True, slots=True)
class Word:
    """Some letters and their box; `top` grows down the page."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return max(self.bottom - self.top, 1.0)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def rows_from(words: Iterable[Word], *, apart: float = APART) -> tuple[PlacedRow, ...]:
    """The rows of a page from top to bottom. `apart`: the gap that ends a cell, in heights of its words' boxes."""
    lines: list[list[Word]] = []
    for word in sorted((word for word in words if word.text.strip()), key=lambda one: one.middle):
        line = lines[-1] if lines else None
        if line is not None and abs(word.middle - _middle(line)) < SAME_LINE * max(word.height, line[0].height):
            line.append(word)
        else:
            lines.append([word])
    return tuple(_cells(sorted(line, key=lambda one: one.left), apart) for line in lines)


def _middle(line: list[Word]) -> float:
    return sum(word.middle for word in line) / len(line)


def _cells(line: list[Word], apart: float) -> PlacedRow:
    cells: list[list[Word]] = []
    for word in line:
        before = cells[-1][-1] if cells else None
        if before is not None and word.left - before.right < apart * max(before.height, word.height):
            cells[-1].append(word)
        else:
            cells.append([word])
    return tuple(
        (" ".join(word.text.strip() for word in cell), cell[0].left, cell[-1].right, _middle(line)) for cell in cells
    )
