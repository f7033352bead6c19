"""Percentiles, tables and plots in plain text."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all are not above; nan for none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(math.ceil(share * len(ordered)), len(ordered)) - 1]


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def ms(seconds: float) -> str:
    return "–" if math.isnan(seconds) else f"{seconds * 1000:,.1f} ms"


def histogram(values: Sequence[float], *, width: int = 50, bars: int = 12) -> str:
    """Seconds on a logarithmic scale, one bar a line."""
    if not values:
        return "(nothing measured)"
    low, high = math.log(max(min(values), 1e-6)), math.log(max(*values, 2e-6))
    step = (high - low) / bars or 1.0
    counts = [0] * bars
    for value in values:
        counts[min(int((math.log(max(value, 1e-6)) - low) / step), bars - 1)] += 1
    return "\n".join(
        f"{ms(math.exp(low + (place + 1) * step)):>12} {'█' * math.ceil(width * count / max(counts))} {count}"
        for place, count in enumerate(counts)
    )


def table(rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as they need be; the first is left, the others right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in texts) for column in range(len(texts[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in texts
    )
