"""Bars of a chart as places on a plane; the template draws them, so that no script and no library is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 300, 96
GAP = 4
LEAST_HEIGHT = 2
"""Even nothing is seen: a week of which nothing is known has no bar at all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar from the ground up, of whole units."""

    x: int
    y: int
    width: int
    height: int


def bars(values: Sequence[Decimal | None], *, most: Decimal | None = None) -> list[Bar | None]:
    """A bar for each value, the tallest as high as the chart, or as `most`; None where there is no value."""
    if not values:
        return []
    top = max(
        [value for value in values if value is not None] + ([most] if most is not None else []), default=Decimal(0)
    )
    step = WIDTH / len(values)
    return [None if value is None else _bar(place, value, top=top, step=step) for place, value in enumerate(values)]


def _bar(place: int, value: Decimal, *, top: Decimal, step: float) -> Bar:
    share = float(value / top) if top > 0 else 0.0
    height = max(round(share * HEIGHT), LEAST_HEIGHT)
    return Bar(x=round(place * step + GAP / 2), y=HEIGHT - height, width=max(round(step - GAP), 2), height=height)


def stacks(values: Sequence[Sequence[Decimal]]) -> list[list[Bar | None]]:
    """Bars made of several values one above the other, the tallest sum as high as the chart; None for a value of 0."""
    sums = [sum(of_one, Decimal(0)) for of_one in values]
    top = max(sums, default=Decimal(0))
    step = WIDTH / len(values) if values else 0.0
    return [_stack(place, of_one, top=top, step=step) for place, of_one in enumerate(values)]


def _stack(place: int, values: Sequence[Decimal], *, top: Decimal, step: float) -> list[Bar | None]:
    found: list[Bar | None] = []
    below, edge = Decimal(0), HEIGHT
    for value in values:
        below += value
        upper = HEIGHT - (max(round(float(below / top) * HEIGHT), LEAST_HEIGHT) if below else 0)
        found.append(
            Bar(x=round(place * step + GAP / 2), y=upper, width=max(round(step - GAP), 2), height=edge - upper)
            if value and edge > upper
            else None
        )
        edge = min(edge, upper)
    return found


def length(value: Decimal, *, most: Decimal) -> int:
    """How long a bar is that lies, of the chart's width."""
    return max(round(float(value / most) * WIDTH), LEAST_HEIGHT) if most > 0 else 0
