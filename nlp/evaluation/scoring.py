"""What is right and wrong in a reading, message by message, by the rules of `tests/corpus/score.py`.

That script knows nothing of the reader and stays as it was given; its rules for one line are imported from it, and a
test holds the sums made here to the sums it prints.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from nlp.evaluation.corpus import CORPUS, Message, Plant, reading_of
from nlp.values import Intent, Reading

Label = Mapping[str, Any]
FIGURES: Mapping[str, tuple[str, str]] = {
    "right": ("right", "lines"),
    "wrong": ("wrong", "posted"),
    "lost": ("lost", "lines"),
    "asked": ("asked", "definite"),
    "due": ("due_right", "due"),
    "terms": ("terms_right", "terms"),
    "whole": ("whole", "orders"),
    "intent": ("intent", "messages"),
    "dates": ("dates_right", "dates"),
    "slots": ("slots_right", "slots"),
    "spare": ("spare", "slots_given"),
}
"""Each figure with what it counts and what it is a share of; docs/reading.md says what they mean."""
SAID_ANYWAY = frozenset({"reason", "severity"})


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def rate(self) -> float:
        return self.count / self.of if self.of else 0.0

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """Wilson's interval, 95 % unless another `z` is asked for."""
        if not self.of:
            return 0.0, 1.0
        spread = 1 + z * z / self.of
        centre = (self.rate + z * z / (2 * self.of)) / spread
        half = z * math.sqrt(self.rate * (1 - self.rate) / self.of + (z / (2 * self.of)) ** 2) / spread
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Judged:
    """One message with its reading, what is counted in it, what is wrong in words, and each matched line's luck."""

    plant: str
    message: Message
    reading: Reading
    counts: Counter[str]
    problems: tuple[str, ...]
    matched: tuple[tuple[float, bool], ...]
    """For every line given as `matched`: its confidence, and whether it is right."""

    @property
    def length(self) -> str:
        """The class of length of an order message, empty for other messages."""
        lines = len(self.message["expect"].get("lines", []))
        if self.message["expect"]["intent"] != Intent.ORDER:
            return ""
        return "1-2" if lines < 3 else "3-5" if lines < 6 else "6+"


@cache
def rules_for(folder: Path) -> ModuleType:
    """`score.py` with the pack ladder of one plant: each gets its own copy, as the script keeps it in the module."""
    spec = spec_from_file_location(f"score_{folder.name}", CORPUS / "score.py")
    assert spec is not None
    assert spec.loader is not None
    rules = module_from_spec(spec)
    spec.loader.exec_module(rules)
    with (folder / "uoms.csv").open(encoding="utf-8", newline="") as handle:
        rules.FACTOR.update({(row["sku"], row["uom"]): Decimal(row["factor"]) for row in csv.DictReader(handle)})
    return rules


def judged(plant: Plant, messages: Iterable[Message] | None = None) -> Iterator[Judged]:
    """Each message of the plant (or each given) read and judged."""
    rules = rules_for(plant.folder)
    for message in plant.messages if messages is None else messages:
        yield judge(plant.name, message, reading_of(plant, message), rules)


def judge(plant: str, message: Message, reading: Reading, rules: ModuleType) -> Judged:
    made = _Tally(rules, message["expect"], reading.as_json())
    made.judge()
    return Judged(plant, message, reading, made.counts, tuple(made.problems), tuple(made.matched))


@dataclass(slots=True)
class _Tally:
    """The counts of one message in the making."""

    rules: ModuleType
    expect: Label
    got: Label
    counts: Counter[str]
    problems: list[str]
    matched: list[tuple[float, bool]]

    def __init__(self, rules: ModuleType, expect: Label, got: Label) -> None:
        self.rules, self.expect, self.got = rules, expect, got
        self.counts, self.problems, self.matched = Counter(), [], []

    def judge(self) -> None:
        self._intent()
        self._lines(self.expect.get("lines", []), self.got["lines"])
        self._date()
        if self.expect["intent"] == Intent.ORDER:
            self.counts["orders"] += 1
            self.counts["whole"] += not self.problems
        self._slots()

    def _intent(self) -> None:
        right = self.got["intent"] == self.expect["intent"]
        self.counts["messages"] += 1
        self.counts["intent"] += right
        if not right:
            self.problems.append(f"intent {self.got['intent']} for {self.expect['intent']}")

    def _lines(self, labels: Sequence[Label], lines: Sequence[Label]) -> None:
        chosen, extra = self.rules.pair(labels, lines)
        for place, label in enumerate(labels):
            self._line(label, lines[chosen[place]] if place in chosen else None)
        for at in extra:
            self.problems.append(f"extra line: {_shown(lines[at])}")
            if lines[at]["status"] == "matched":
                self.counts["wrong"] += 1
                self.matched.append((lines[at]["confidence"], False))
        self.counts["posted"] += sum(line["status"] == "matched" for line in lines)

    def _line(self, label: Label, line: Label | None) -> None:
        verdict = self.rules.judge(label, line) if line else "lost"
        definite = not (label.get("ask") or label.get("unknown"))
        self.counts["lines"] += 1
        self.counts[verdict] += 1
        self.counts["definite"] += definite
        self.counts["asked"] += definite and verdict == "question"
        self.counts["due"] += not definite
        self.counts["due_right"] += not definite and verdict == "right"
        if line is not None and line["status"] == "matched":
            self.matched.append((line["confidence"], verdict == "right"))
        if verdict == "right" and definite:
            kept = self.rules.terms_right(label, line)
            self.counts["terms"] += 1
            self.counts["terms_right"] += kept
            verdict = "right" if kept else "terms"
        if verdict != "right":
            self.problems.append(f"{verdict}: wanted {_wanted(label)}, got {_shown(line)}")

    def _date(self) -> None:
        wanted, got = self.expect.get("requested_on"), self.got["requested_on"]
        self.counts["dates"] += wanted is not None or wanted != got
        self.counts["dates_right"] += wanted is not None and wanted == got
        if wanted != got and self.expect["intent"] == Intent.ORDER:
            self.problems.append(f"date {got} for {wanted}")

    def _slots(self) -> None:
        wanted = self.expect.get("slots", {})
        given = {name: value for name, value in self.got["slots"].items() if value not in (None, "", [])}
        for name, label in wanted.items():
            right = self.rules.same_slot(name, label, given.get(name))
            self.counts["slots"] += 1
            self.counts["slots_right"] += right
            if not right:
                self.problems.append(f"slot {name}: wanted {label}, got {given.get(name)}")
        self.counts["spare"] += len(set(given) - set(wanted) - SAID_ANYWAY)
        self.counts["slots_given"] += len(given)


def _wanted(label: Label) -> str:
    if label.get("unknown"):
        return f"nothing sold here ({label.get('source')!r})"
    if label.get("ask"):
        return f"a question about {', '.join(label.get('candidates', []))} ({label.get('why')})"
    return " ".join(f"{label[name]}" for name in ("sku", "quantity", "uom"))


def _shown(line: Label | None) -> str:
    if line is None:
        return "nothing"
    doubts = f" about {', '.join(line['doubt'])}" if line["doubt"] else ""
    offered = ", ".join(candidate["sku"] for candidate in line["candidates"][:4])
    item = line["sku"] or (f"[{offered}]" if offered else "-")
    return f"{line['status']}{doubts} {item} {line['quantity']} {line['uom']} ({line['confidence']})"


def total(found: Iterable[Judged]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in found:
        counts.update(one.counts)
    return counts


def share(counts: Mapping[str, int], figure: str) -> Share:
    part, whole = FIGURES[figure]
    return Share(counts.get(part, 0), counts.get(whole, 0))
