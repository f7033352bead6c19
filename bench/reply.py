"""From the webhook's 200 to the reply at the stand-in, and from the yes to the order's file in the ERP."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.figures import histogram, median, ms, percentile, table
from bench.house import House
from bench.plant import Bench, make
from bench.traffic import Crowd, Traffic

GOAL = 1.0
"""Seconds that 99 of 100 replies should take at most at the goal's rate."""
PEOPLE_A_MESSAGE_A_SECOND = 12
"""With so many people a message a second, nobody writes more often than every twelve seconds."""
UNANSWERED = 0.02
"""Held: at most so many messages without any reply; Munshi falls silent on purpose after three useless ones."""
RAW_WRITES = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How long and how hard."""

    rate: float = 20.0
    seconds: float = 120.0
    warm_up: float = 15.0
    steps: Sequence[float] = (30.0, 40.0, 50.0, 60.0, 80.0, 100.0)
    lower: Sequence[float] = (16.0, 13.0, 10.0, 7.0, 5.0)
    """Tried one after another when the goal's rate was not held."""
    step_seconds: float = 30.0
    open_orders: int = 10_000
    years: int = 2


def measure(folder: Path, plan: Plan, say: Callable[[str], None]) -> str:
    """Everything measured with the product's own processes."""
    bench = make(folder / "plant", today=date.today(), open_orders=plan.open_orders, years=plan.years)  # noqa: DTZ011
    say(f"plant: {bench.described}")
    house = House(folder, bench.folder)
    try:
        say(f"ready, master data pulled, after {house.wait_until_ready():.0f} s")
        crowd = Crowd(house, bench)
        drive = _Driver(crowd, bench, say)
        drive(plan.rate / 2, plan.warm_up)
        traffic = drive(plan.rate, plan.seconds)
        steps = _climb(drive, plan) if held(traffic) else _descend(drive, plan)
    finally:
        house.stop()
    return "\n".join([*_told(traffic), "", *_to_erp(bench, traffic, folder), "", *_highest(traffic, steps)])


class _Driver:
    def __init__(self, crowd: Crowd, bench: Bench, say: Callable[[str], None]) -> None:
        self._crowd, self._most, self._say = crowd, len(bench.buyers), say

    def __call__(self, rate: float, seconds: float) -> Traffic:
        people = min(max(200, int(rate * PEOPLE_A_MESSAGE_A_SECOND)), self._most)
        traffic = self._crowd.drive(rate=rate, seconds=seconds, people=people)
        worst = ms(percentile(traffic.latencies, 0.99))
        self._say(f"{rate:g} messages a second for {seconds:g} s from {people} people: p99 {worst}")
        return traffic


def _climb(drive: _Driver, plan: Plan) -> list[Traffic]:
    steps = []
    for rate in plan.steps:
        steps.append(drive(rate, plan.step_seconds))
        if not held(steps[-1]):
            break
    return steps


def _descend(drive: _Driver, plan: Plan) -> list[Traffic]:
    steps = []
    for rate in plan.lower:
        steps.append(drive(rate, plan.step_seconds))
        if held(steps[-1]):
            break
    return steps


def held(traffic: Traffic) -> bool:
    """Whether a rate was held: in time, nearly all answered, nothing refused."""
    return (
        percentile(traffic.latencies, 0.99) <= GOAL
        and traffic.unanswered <= UNANSWERED * len(traffic.asked)
        and not traffic.late
        and not traffic.refused
    )


def _told(traffic: Traffic) -> list[str]:
    texts = [one.latency for one in traffic.asked if not one.tap and one.latency is not None]
    rows: list[tuple[object, ...]] = [("message to reply", "messages", "p50", "p95", "p99", "longest")]
    for name, values in (("all", traffic.latencies), ("texts", texts), ("taps", traffic.of_taps)):
        shares = (ms(percentile(values, share)) for share in (0.5, 0.95, 0.99, 1.0))
        rows.append((name, len(values), *shares))
    return [
        table(rows),
        (
            f"at {traffic.rate:g} a second for {traffic.seconds:g} s; goal: p99 under {GOAL:g} s; "
            f"no reply: {traffic.unanswered} of {len(traffic.asked)}; refused: {traffic.refused}; "
            f"could not be written in time: {traffic.late}"
        ),
        histogram(traffic.latencies),
    ]


def _to_erp(bench: Bench, traffic: Traffic, folder: Path) -> list[str]:
    """From the confirming tap's 200 to the order's file, beside writing such a file and nothing else."""
    # The stand-in counts monotonic seconds, files are dated by the clock on the wall.
    offset = time.time() - time.monotonic()
    took = []
    for one in traffic.asked:
        path = bench.folder / "out" / "sales_orders" / f"{one.number}.json"
        if one.tap and one.number and one.accepted is not None and path.exists():
            took.append(max(path.stat().st_mtime - offset - one.accepted, 0.0))
    raw = _raw_write(folder)
    half = median(took)
    return [
        (
            f"message to ERP: {len(took)} orders, p50 {ms(half)}, p95 {ms(percentile(took, 0.95))}; a bare file of "
            f"that size, written, synced and renamed: p50 {ms(raw)} (ratio {half / raw:,.0f})"
        ),
    ]


def _raw_write(folder: Path) -> float:
    took = []
    text = json.dumps({"number": "M26000001", "lines": [{"sku": "A" * 12, "qty": "5", "uom": "CASE"}] * 8})
    for number in range(RAW_WRITES):
        started = time.monotonic()
        aside = folder / "aside.json"
        with aside.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(folder / f"raw-{number % 10}.json")
        took.append(time.monotonic() - started)
    return median(took)


def _highest(traffic: Traffic, steps: Sequence[Traffic]) -> list[str]:
    rows: list[tuple[object, ...]] = [("messages a second", "p50", "p99", "no reply", "late", "held")]
    for one in (traffic, *steps):
        shares = (ms(percentile(one.latencies, share)) for share in (0.5, 0.99))
        rows.append((f"{one.rate:g}", *shares, one.unanswered, one.late, "yes" if held(one) else "no"))
    most = max((one.rate for one in (traffic, *steps) if held(one)), default=0.0)
    return [table(rows), f"highest rate held: {most:g} messages a second"]
