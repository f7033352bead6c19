"""What is told of each public reference: where it is from, what was compared, and how often it agreed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from nlp.evaluation.scoring import Share

_Example = TypeVar("_Example")


@dataclass(frozen=True, slots=True)
class Score:
    """One figure with its source, or a `figure` that is no share (milliseconds)."""

    source: str
    what: str
    share: Share | None = None
    figure: str = ""


Row = dict[str, Any]


def json_lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as handle:
        yield from map(json.loads, handle)


def json_file(path: Path) -> list[Row]:
    found: list[Row] = json.loads(path.read_text(encoding="utf-8-sig"))
    return found


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def agreeing(found: Iterable[_Example], agrees: Callable[[_Example], bool]) -> Share:
    kept = list(found)
    return Share(sum(map(agrees, kept)), len(kept))
