"""Figures as printed tables: a row a group, every share with its Wilson interval."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from nlp.evaluation.scoring import FIGURES, Judged, Share, share, total

WIDTH = 18


def say(line: str = "") -> None:
    """One line of what is printed."""
    sys.stdout.write(line + "\n")


def in_per_cent(found: Share) -> str:
    """`81.5 [78.1-84.4]`; a dash where there is nothing to count."""
    if not found.of:
        return "-"
    low, high = found.interval()
    return f"{100 * found.rate:.1f} [{100 * low:.1f}-{100 * high:.1f}]"


def row(name: str, cells: Iterable[str]) -> str:
    return f"{name:14s}" + "".join(f"{cell:>{WIDTH}s}" for cell in cells)


def figures(counts: Mapping[str, int], names: Iterable[str] = FIGURES) -> list[str]:
    return [in_per_cent(share(counts, name)) for name in names]


def grouped(found: Iterable[Judged], group: Callable[[Judged], str]) -> dict[str, list[Judged]]:
    """The judged messages by group, groups in order, without those of no group."""
    groups: dict[str, list[Judged]] = {}
    for one in found:
        if name := group(one):
            groups.setdefault(name, []).append(one)
    return dict(sorted(groups.items()))


def table(title: str, groups: Mapping[str, Iterable[Judged]], *, sized: bool = False) -> None:
    """A row a group; with `sized` the groups with most lines first, and how many lines those are."""
    counts = {name: total(found) for name, found in groups.items()}
    order = sorted(counts, key=lambda name: -counts[name]["lines"]) if sized else list(counts)
    say(row(title, ["lines", *FIGURES]))
    for name in order:
        say(row(name, [str(counts[name]["lines"]), *figures(counts[name])]))
    say()
