"""How well photos are read: made slips, each line as it was written beside what was recognised."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher

from bench.figures import table
from bench.slips import slips
from bot.papers import pictures
from bot.papers.values import CannotRead


@dataclass(slots=True)
class _Score:
    lines: int = 0
    exact: int = 0
    digits: int = 0
    left: int = 0
    """Lines of slips that are left to a person."""


def measure(count: int) -> str:
    """So many slips by kind: lines read to the letter, lines whose numbers are right, lines left to a person."""
    scores: dict[tuple[str, str], _Score] = defaultdict(_Score)
    began = time.monotonic()
    for slip in slips(count):
        score = scores[slip.kind, "rough" if slip.rough else "clean"]
        score.lines += len(slip.lines)
        try:
            rows = pictures.rows_on([pictures.opened(slip.content)])
        except CannotRead:
            score.left += len(slip.lines)
            continue
        said = [_folded(" ".join(cell[0] for cell in row)) for row in rows]
        for line in map(_folded, slip.lines):
            best = max(said, key=lambda one: SequenceMatcher(None, one, line).ratio(), default="")
            score.exact += best == line
            score.digits += re.findall(r"\d+", best) == re.findall(r"\d+", line)
    rows = [
        [*kind, str(one.lines), _share(one.exact, one), _share(one.digits, one), _share(one.left, one)]
        for kind, one in sorted(scores.items())
    ]
    head = ["slips", "", "lines", "to the letter", "numbers", "left to a person"]
    return f"{table([head, *rows])}\n{(time.monotonic() - began) / count:.1f} s a slip"


def _folded(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s\u0900-\u097f]", " ", text.casefold()).split())


def _share(part: int, score: _Score) -> str:
    return f"{100 * part / score.lines:.0f} %"
