"""Whether `confidence` says how often a matched line is right: expected calibration error, table and plot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlp.evaluation.scoring import Share

Luck = tuple[float, bool]
"""The confidence of a line given as `matched`, and whether it is right."""
BINS = 10
SIDE, EDGE = 420, 50
PADDING = 0.005


@dataclass(frozen=True, slots=True)
class Bin:
    """Lines of about the same confidence."""

    confidence: float
    """Their mean."""
    right: Share

    @property
    def gap(self) -> float:
        return abs(self.confidence - self.right.rate)


def bins(lines: Iterable[Luck], wanted: int = BINS) -> list[Bin]:
    """The lines by confidence in bins of about equal count; lines of one confidence are never torn apart."""
    ordered = sorted(lines)
    full = len(ordered) / wanted
    made: list[Bin] = []
    start = 0
    for at, (confidence, _) in enumerate(ordered, 1):
        last = at == len(ordered)
        if last or (at >= full * (len(made) + 1) and ordered[at][0] != confidence):
            made.append(_bin(ordered[start:at]))
            start = at
    return made


def _bin(lines: Sequence[Luck]) -> Bin:
    mean = math.fsum(confidence for confidence, _ in lines) / len(lines)
    return Bin(mean, Share(sum(right for _, right in lines), len(lines)))


def calibration_error(found: Iterable[Bin]) -> float:
    """Expected calibration error: the mean distance between confidence and share right, bins weighted by their lines.

    Source: Naeini, Cooper, Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015,
    with bins of equal count instead of equal width, because nearly all matched lines have a high confidence.
    """
    kept = list(found)
    lines = sum(one.right.of for one in kept)
    return math.fsum(one.gap * one.right.of for one in kept) / lines if lines else 0.0


def error_by_chance(found: Iterable[Bin]) -> float:
    """The error that a perfectly calibrated reader would show on as many lines: mean absolute binomial scatter."""
    kept = list(found)
    lines = sum(one.right.of for one in kept)
    scatter = (math.sqrt(2 / math.pi * one.confidence * (1 - one.confidence) * one.right.of) for one in kept)
    return math.fsum(scatter) / lines if lines else 0.0


def text_table(found: Sequence[Bin]) -> list[str]:
    out = [f"{'confidence':>12s}{'right':>9s}{'interval':>16s}{'lines':>8s}"]
    for one in found:
        low, high = one.right.interval()
        interval = f"{100 * low:.1f}-{100 * high:.1f}"
        out.append(f"{100 * one.confidence:12.1f}{100 * one.right.rate:9.1f}{interval:>16s}{one.right.of:8d}")
    return out


def plot(found: Sequence[Bin], title: str) -> str:
    """A reliability plot as SVG: share right with its interval over confidence, and the line where both agree."""
    lowest = min((min(one.confidence, one.right.interval()[0]) for one in found), default=0.0)
    low = max(0.0, math.floor((lowest - PADDING) * 20) / 20)

    def across(value: float) -> float:
        return EDGE + SIDE * (value - low) / (1 - low)

    def down(value: float) -> float:
        return EDGE + SIDE * (1 - value) / (1 - low)

    size = SIDE + 2 * EDGE
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="11">',
        f'<rect width="{size}" height="{size}" fill="white"/>',
        f'<text x="{EDGE}" y="{EDGE - 25}" font-size="13">{title}</text>',
        f'<path d="M{across(low):.1f} {down(low):.1f}L{across(1):.1f} {down(1):.1f}" stroke="#999"/>',
        f'<rect x="{EDGE}" y="{EDGE}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#444"/>',
    ]
    for step in range(6):
        value = low + (1 - low) * step / 5
        out.append(f'<text x="{across(value):.1f}" y="{size - EDGE + 16}" text-anchor="middle">{value:.2f}</text>')
        out.append(f'<text x="{EDGE - 6}" y="{down(value) + 4:.1f}" text-anchor="end">{value:.2f}</text>')
    out.append(f'<text x="{size / 2:.0f}" y="{size - 12}" text-anchor="middle">confidence of matched lines</text>')
    out.append(f'<text x="12" y="{EDGE - 8}">share right</text>')
    for one in found:
        least, most = one.right.interval()
        place = across(one.confidence)
        out.append(f'<path d="M{place:.1f} {down(least):.1f}V{down(most):.1f}" stroke="#2a6f97"/>')
        out.append(f'<circle cx="{place:.1f}" cy="{down(one.right.rate):.1f}" r="4" fill="#2a6f97"/>')
    return "\n".join([*out, "</svg>"]) + "\n"
