"""What is kept of a measurement: a row a change in `docs/accuracy.csv`, and what went wrong message by message.

The second file, `tests/corpus/outcomes.csv`, is that of the last row: with it the next change is compared message by
message, which sees a drop ten times smaller than comparing two percentages.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from nlp.evaluation.corpus import CORPUS
from nlp.evaluation.scoring import Judged, share, total

ROWS = CORPUS.parents[1] / "docs" / "accuracy.csv"
OUTCOMES = CORPUS / "outcomes.csv"
POOLED = ("right", "wrong", "lost", "asked", "due", "whole", "intent", "dates", "slots")
LEFT_OUT = ("right", "wrong", "lost", "whole")
COLUMNS = ("date", "change", *POOLED, *(f"left_out_{name}" for name in LEFT_OUT), "left_out_calibration")
FAULTS = ("broken", "wrong", "lost", "asked")
"""What must not grow: orders that are not whole, and lines wrong, lost and needlessly asked."""
BY_CHANCE = 0.01

Outcomes = Mapping[str, Mapping[str, int]]
"""By message the number of its faults of each kind; a message without any is left out."""


@dataclass(frozen=True, slots=True)
class Drop:
    """How one kind of fault went between two measurements of the same messages."""

    fault: str
    before: int
    now: int
    worse: int
    """Messages with more of it than before."""
    better: int

    @property
    def chance(self) -> float:
        """How likely at least so many of the changed messages change for the worse, if either were as likely.

        The one-sided sign test on messages; for orders broken or mended it is McNemar's exact test.
        """
        changed = self.worse + self.better
        ways = sum(math.comb(changed, worse) for worse in range(self.worse, changed + 1))
        return float(Fraction(ways, 2**changed))

    @property
    def beyond_noise(self) -> bool:
        return self.worse > self.better and self.chance < BY_CHANCE


def faults(found: Iterable[Judged]) -> dict[str, dict[str, int]]:
    """The faults of each message that has any."""
    made = {}
    for one in found:
        counts = {name: one.counts[name] for name in FAULTS[1:]}
        counts["broken"] = one.counts["orders"] - one.counts["whole"]
        if any(counts.values()):
            made[one.message["id"]] = counts
    return made


def drops(before: Outcomes, now: Outcomes) -> list[Drop]:
    """Each kind of fault before and now, over the same messages."""
    made = []
    for fault in FAULTS:
        pairs = [(before.get(name, {}).get(fault, 0), now.get(name, {}).get(fault, 0)) for name in {*before, *now}]
        made.append(
            Drop(
                fault=fault,
                before=sum(old for old, _ in pairs),
                now=sum(new for _, new in pairs),
                worse=sum(new > old for old, new in pairs),
                better=sum(new < old for old, new in pairs),
            )
        )
    return made


def write_outcomes(found: Outcomes, target: Path = OUTCOMES) -> None:
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["message", *FAULTS])
        for name, counts in sorted(found.items()):
            writer.writerow([name, *(counts[fault] for fault in FAULTS)])


def read_outcomes(source: Path = OUTCOMES) -> dict[str, dict[str, int]]:
    with source.open(encoding="utf-8", newline="") as handle:
        return {row["message"]: {fault: int(row[fault]) for fault in FAULTS} for row in csv.DictReader(handle)}


def row_of(
    change: str, day: date, *, shipped: Iterable[Judged], left_out: Iterable[Judged], calibration: float
) -> dict[str, str]:
    """One row of the table, shares in per cent; the calibration error as it is."""
    pooled, honest = total(shipped), total(left_out)
    return {
        "date": day.isoformat(),
        "change": change,
        **{name: f"{100 * share(pooled, name).rate:.2f}" for name in POOLED},
        **{f"left_out_{name}": f"{100 * share(honest, name).rate:.2f}" for name in LEFT_OUT},
        "left_out_calibration": f"{calibration:.4f}",
    }


def rows(source: Path = ROWS) -> list[dict[str, str]]:
    with source.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def append(row: Mapping[str, str], target: Path = ROWS) -> None:
    """Adds the row, below the head if the file is new."""
    new = not target.exists()
    with target.open("a", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)
