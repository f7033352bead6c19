"""The worst errors with a short trace: per line the item that won and the one behind it, and what was in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nlp.evaluation.scoring import Judged
from nlp.values import Reading, plain

WRONG, LOST, NOT_AN_ORDER, ASKED = 100, 30, 10, 3
"""What a fault costs in this order: goods nobody wanted, goods that never come, no order at all, a question."""


def cost(one: Judged) -> int:
    counts = one.counts
    missed = counts["messages"] - counts["intent"]
    return WRONG * counts["wrong"] + LOST * counts["lost"] + NOT_AN_ORDER * missed + ASKED * counts["asked"]


def worst(found: Iterable[Judged], most: int) -> list[Judged]:
    """The messages whose faults cost most, dearest first."""
    ranked = sorted(found, key=lambda one: (-cost(one), one.message["id"]))
    return [one for one in ranked[:most] if cost(one)]


def told(one: Judged) -> Iterator[str]:
    """A message's text, what is wrong with its reading, and how that came about."""
    yield f"{one.plant} {one.message['id']}: {one.message['text']!r}"
    yield from (f"    {problem}" for problem in one.problems)
    yield from (f"      | {line}" for line in short_trace(one.reading))


def short_trace(reading: Reading) -> Iterator[str]:
    """What `explain` shows, without the steps that decided nothing about the lines."""
    yield f"intent {reading.intent.value} ({reading.confidence:.2f})"
    for line in reading.lines:
        item = next((part for part in line.parts if part.name == "item"), None)
        won = f"{item.value or '-'} {item.score}, then {item.runner_up or '-'}" if item else "no item"
        doubts = ", ".join(doubt.value for doubt in line.doubt) or "no doubt"
        amount = f"{plain(line.quantity)} {line.uom}"
        yield f"{line.source!r}: {line.status.value} {amount} ({line.confidence}); {won}; {doubts}"
    for entry in reading.trace:
        if entry.step in ("lines", "vetoes"):
            yield from (f"{entry.step}: {fact}" for fact in entry.facts)
