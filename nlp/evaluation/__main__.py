"""Prints how well the labelled messages are read, and records it: `python -m nlp.evaluation --help`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from nlp.evaluation import calibration, record
from nlp.evaluation.corpus import Plant, load, own_plants, plants, unread_plants
from nlp.evaluation.left_out import LeftOut
from nlp.evaluation.long_orders import LENGTHS, TOGETHER, LongOrder, once, own
from nlp.evaluation.scoring import Judged, judged, share, total
from nlp.evaluation.tables import figures, grouped, in_per_cent, row, say, table
from nlp.evaluation.taught import taught_by_history, untaught
from nlp.evaluation.worst import told, worst

PLOT = record.ROWS.with_name("reading-reliability.svg")
LONG = ("right", "wrong", "lost", "asked", "whole")
GOALS = {"right": 0.95, "whole": 0.90, "wrong": 0.005, "lost": 0.002}
GOAL_OF_A_LANGUAGE, LANGUAGE_COUNTS = 0.90, 50
GOAL_OF_CALIBRATION = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m nlp.evaluation", description=__doc__)
    parser.add_argument(
        "plants", nargs="*", help="folders of tests/corpus or tests/corpus_own; all of the former when none is named"
    )
    parser.add_argument("--errors", type=int, default=20, help="how many of the worst messages are shown")
    parser.add_argument("--leave-one-out", action="store_true", help="only readings fitted without the plant scored")
    parser.add_argument(
        "--quick", action="store_true", help="only readings with the shipped weights; a third of the time"
    )
    parser.add_argument("--record", metavar="CHANGE", help="add a row to docs/accuracy.csv, said to be of this change")
    args = parser.parse_args()
    whole = not (args.plants or args.quick or args.leave_one_out)
    if args.record and not whole:
        parser.error("--record needs all plants and both ways of fitting")
    given, own_ones = [load(folder) for folder in plants()], [load(folder) for folder in own_plants()]
    every = [*given, *own_ones]
    chosen = [plant for plant in every if plant.name in args.plants] if args.plants else given
    left_out = None if args.quick else [*_left_out(every, chosen)]
    shipped = [*_shipped(chosen)] if left_out is None or not args.leave_one_out else left_out
    _print_tables(shipped)
    if left_out is not None and shipped is not left_out:
        table("left out", {"all": left_out})
    if not args.plants:
        table("our own", grouped(_shipped(own_ones), lambda one: one.plant))
        table("unread", {"all": [*_shipped([load(folder) for folder in unread_plants()])]})
    if not args.quick:
        _print_taught(shipped if shipped is not left_out else [*_shipped(chosen)], chosen)
    _print_long_orders(chosen)
    for one in worst(shipped, args.errors):
        say("\n".join(told(one)) + "\n")
    error = _print_calibration(shipped if left_out is None else left_out, left_out is not None, keep=whole)
    _print_goals(shipped, error)
    if args.record and left_out is not None:
        day = datetime.now(UTC).date()
        record.append(record.row_of(args.record, day, shipped=shipped, left_out=left_out, calibration=error))
        record.write_outcomes(record.faults(shipped))


def _shipped(chosen: Sequence[Plant]) -> Iterator[Judged]:
    for plant in chosen:
        yield from judged(plant)


def _left_out(every: Sequence[Plant], chosen: Sequence[Plant]) -> Iterator[Judged]:
    fitted = LeftOut(every)
    for plant in chosen:
        with fitted.without(plant.name):
            yield from judged(plant)


def _print_tables(found: Sequence[Judged]) -> None:
    table("plant", grouped(found, lambda one: one.plant))
    table("language", grouped(found, _language), sized=True)
    table("order's lines", grouped(found, lambda one: one.length))
    table("", {"all": found})


def _print_taught(given: Sequence[Judged], chosen: Sequence[Plant]) -> None:
    """Shipped weights each time: only the names differ."""
    table("names taught", {"given": given})
    table("from history", {"alone": [*taught_by_history(chosen)]})
    table("none", {"at all": [*untaught(chosen)]})


def _print_long_orders(chosen: Sequence[Plant]) -> None:
    """Under each kind and length the same messages read one by one: what is lost by length alone stands between."""
    say(row("joined lines", ["", "messages", "lines", *LONG]))
    known: dict[str, Judged] = {}
    for kind in (own, once):
        for lines in LENGTHS:
            orders = [order for plant in chosen for order in kind(plant, lines)]
            if orders:
                long = [one for order in orders for one in judged(order.plant, [order.message])]
                _print_long(f"{lines} {kind.__name__}", "joined", long)
                _print_long("", "one by one", [*_apart(orders, known)])
    say()


def _apart(orders: Sequence[LongOrder], known: dict[str, Judged]) -> Iterator[Judged]:
    """Every message of these orders by itself; one customer's message is read once, however often it stands there."""
    for order in orders:
        for part in order.parts:
            name = f"{part['id']} {order.message['id'] if part['customer'] == TOGETHER else ''}"
            if name not in known:
                known[name] = next(judged(order.plant, [part]))
            yield known[name]


def _print_long(name: str, way: str, found: Sequence[Judged]) -> None:
    counts = total(found)
    say(row(name, [way, str(len(found)), str(counts["lines"]), *figures(counts, LONG)]))


def _print_calibration(found: Sequence[Judged], honest: bool, *, keep: bool) -> float:  # noqa: FBT001
    bins = calibration.bins(luck for one in found for luck in one.matched)
    error, chance = calibration.calibration_error(bins), calibration.error_by_chance(bins)
    fitted = "fitted without the plant scored" if honest else "shipped weights"
    say(f"calibration of matched lines, {fitted}: error {error:.4f} (by chance alone {chance:.4f})")
    say("\n".join(calibration.text_table(bins)) + "\n")
    if keep:
        PLOT.write_text(calibration.plot(bins, f"Matched lines, {fitted}: error {error:.4f}"), encoding="utf-8")
    return error


def _print_goals(found: Sequence[Judged], error: float) -> None:
    counts = total(found)
    for name, goal in GOALS.items():
        at_most = goal < GOALS["whole"]
        rate = share(counts, name).rate
        bound = "at most" if at_most else "at least"
        said = in_per_cent(share(counts, name))
        say(f"{name:12s} {said:>18s}  goal {bound} {100 * goal:g}: {_said(rate <= goal if at_most else rate >= goal)}")
    reached = _said(error <= GOAL_OF_CALIBRATION)
    say(f"{'calibration':12s} {error:18.4f}  goal at most {GOAL_OF_CALIBRATION:g}: {reached}")
    languages = {name: share(total(of), "right") for name, of in grouped(found, _language).items()}
    below = [
        f"{name} {100 * right.rate:.1f}"
        for name, right in languages.items()
        if right.of >= LANGUAGE_COUNTS and right.rate < GOAL_OF_A_LANGUAGE
    ]
    goal_of = f"languages of {LANGUAGE_COUNTS} lines and more below {100 * GOAL_OF_A_LANGUAGE:g}"
    say(f"{goal_of}: {', '.join(below) or 'none'}")


def _language(one: Judged) -> str:
    return str(one.message.get("language", "?"))


def _said(reached: bool) -> str:  # noqa: FBT001
    return "reached" if reached else "not reached"


if __name__ == "__main__":
    main()
