"""What a customer in shadow wrote beside what was keyed: which order belongs to which day, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from orders.comparison import Compared, KeyedLine, ReadLine, Reason, compare

KEYED_WITHIN = timedelta(days=2)
"""An order written in the evening, or before a Sunday, may be keyed so much later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A day on which a customer wrote: what would have stood in the draft at its end."""

    on: date
    read: tuple[ReadLine, ...] = ()
    no_text: bool = False
    """Whether something came that is no text: a person alone reads it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyedOrder:
    """An order as it was keyed in the ERP."""

    number: str
    on: date
    lines: tuple[KeyedLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OfDay:
    """One line of the comparison, and the day it was written on."""

    day: date
    line: Compared


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Of one customer."""

    lines: tuple[OfDay, ...] = ()
    waiting: tuple[date, ...] = ()
    """Days for which something may still be keyed."""
    other_ways: int = 0
    """Orders keyed on days near which nothing was written: by telephone, it may be."""


def compare_days(days: Sequence[Day], keyed: Iterable[KeyedOrder], *, known_until: date) -> Comparison:
    """Compare what a customer wrote with what was keyed. `known_until`: the day of which the ERP last told."""
    by_day = {day.on: day for day in days}
    of_day: dict[date, list[KeyedOrder]] = {}
    other_ways = 0
    for order in keyed:
        written_on = _written_on(by_day, order)
        if written_on is None:
            other_ways += 1
        else:
            of_day.setdefault(written_on, []).append(order)
    lines: list[OfDay] = []
    waiting: list[date] = []
    for day in sorted(days, key=lambda one: one.on):
        orders = of_day.get(day.on, [])
        if _waits(day, orders, known_until):
            waiting.append(day.on)
        else:
            lines += (OfDay(day=day.on, line=line) for line in _compare_day(day, orders))
    return Comparison(lines=tuple(lines), waiting=tuple(waiting), other_ways=other_ways)


def _waits(day: Day, orders: Sequence[KeyedOrder], known_until: date) -> bool:
    """The day itself is not over, or nothing was keyed for it and something still may be."""
    return day.on >= known_until or (bool(day.read) and not orders and day.on + KEYED_WITHIN >= known_until)


def _written_on(days: Mapping[date, Day], order: KeyedOrder) -> date | None:
    """The day whose messages an order was keyed from: the one with most of its lines, the latest of several."""
    near = [order.on - timedelta(days=back) for back in range(KEYED_WITHIN.days + 1)]
    wrote = [days[day] for day in near if day in days]
    best = max(wrote, key=lambda day: (_shared(day, order), day.on), default=None)
    if best is None or (best.on != order.on and not _shared(best, order)):
        return None
    return best.on


def _shared(day: Day, order: KeyedOrder) -> int:
    """How many lines of the order were spoken of: by their item, or by their amount where the item was in doubt."""
    skus = {sku for line in day.read for sku in (line.sku, *line.choices) if sku}
    amounts = {(line.quantity, line.uom or "") for line in day.read if not line.settled}
    return sum(
        line.sku in skus or bool({(line.quantity, line.uom), (line.quantity, "")} & amounts) for line in order.lines
    )


def _compare_day(day: Day, orders: Sequence[KeyedOrder]) -> list[Compared]:
    found = compare(day.read, [line for order in orders for line in order.lines])
    return [_because(day, orders, line) for line in found]


def _because(day: Day, orders: Sequence[KeyedOrder], line: Compared) -> Compared:
    """With what more is known of the day."""
    if line.reason == Reason.NOT_READ and day.no_text:
        return replace(line, reason=Reason.NO_TEXT)
    if line.reason == Reason.NOT_KEYED and not orders:
        return replace(line, reason=Reason.NO_ORDER)
    return line
