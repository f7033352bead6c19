"""`python -m bench [--quick] [PART …]`: speed in ratios, with the absolute times beside them."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from bench import desk, leakage, names, ocr, parse, prices, register, reply, rollout, stock, webhook
from bench.machine import described

PARTS = ("webhook", "reply", "parse", "register", "rollout", "stock", "names", "ocr", "desk", "prices", "leakage")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; nothing: all of it")
    parser.add_argument("--quick", action="store_true", help="a short look; the figures mean less")
    given = parser.parse_args()
    parts = given.parts or PARTS
    print(described(), flush=True)
    with tempfile.TemporaryDirectory(prefix="munshi-bench-") as name:
        folder = Path(name)
        # As root the embedded database runs as another account, which must be able to pass.
        folder.chmod(0o711)
        for part in parts:
            print(f"\n== {part}", flush=True)
            print(_measured(part, folder, quick=given.quick), flush=True)


def _measured(part: str, folder: Path, *, quick: bool) -> str:
    if part == "webhook":
        return webhook.measure(folder, pairs=5, seconds=1.0 if quick else 6.0)
    if part == "ocr":
        return ocr.measure(9 if quick else 36)
    if part == "parse":
        return parse.measure(messages=200 if quick else 2000)
    if part == "names":
        return names.measure(most=2 if quick else 10)
    if part == "rollout":
        return rollout.measure(folder, customers=200 if quick else 2000, weeks=8)
    if part == "register":
        return register.measure(folder, lines=100_000 if quick else 1_000_000)
    if part == "stock":
        return stock.measure(folder, most=10_000 if quick else 100_000)
    if part == "prices":
        return prices.measure(folder, rules=10_000, looks=10 if quick else 40)
    if part == "leakage":
        return leakage.measure(folder, lines=20_000 if quick else 200_000)
    if part == "desk":
        return desk.measure(folder, talks=10_000 if quick else 100_000)
    plan = reply.Plan()
    if quick:
        plan = replace(
            plan, seconds=20.0, warm_up=5.0, steps=(30.0,), lower=(10.0,), step_seconds=10.0, open_orders=1000, years=1
        )
    return reply.measure(folder, plan, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
