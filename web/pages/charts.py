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
