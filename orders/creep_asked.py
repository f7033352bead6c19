"""Silent creep in what was asked and decided: schemes claimed, requests just below a threshold, yes within seconds.

Functions of values, thresholds written as in `orders/creep.py`. A draft that was asked for several times counts with
its last request alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from orders.creep import ZERO, Facts, Finding, Pattern, Row, grouped

CLAIMED_TIMES = 3
"""Free goods that no scheme gives, claimed in three orders of a quarter: twice somebody remembered an old one."""
CLOSE = Decimal("0.9")
"""From nine tenths of a threshold on, a request is just below it."""
CLOSE_TIMES, CLOSE_SHARE = 5, Decimal("0.5")
"""Five times in a quarter, and at least half of all that the person asked."""
SPLIT_DAYS = 2
"""On two days: one day with two orders is nothing unusual."""
QUICK_SECONDS = 20
QUICK_TIMES, QUICK_SHARE = 10, Decimal("0.95")
"""Ten decisions, nineteen of twenty a yes, the middle one within twenty seconds: shorter than reading the message."""
APPROVED = "approve"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A line of a price request, and what came of it."""

    request: int
    draft: int
    day: date
    customer: str
    person_id: int
    line: int
    sku: str
    value: Decimal
    """At list price, in rupees."""
    off: Decimal
    """What was asked to be taken off it, in rupees, free goods included."""
    claims_free: bool
    """Free goods were asked for that no scheme gives."""
    by_own_limit: bool
    """Granted at once, within the requester's own limit."""
    order: str = ""
    order_line: int = 0
    rupees: Decimal = ZERO
    """What the order line it led to gave away of it."""

    @property
    def depth(self) -> Decimal:
        """In percent of the list value."""
        return self.off * 100 / self.value if self.value else ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """What a request may be kept below, in percent: own limits by person, and the depths at which levels begin."""

    own: Mapping[int, Decimal]
    depths: tuple[Decimal, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A request as one approver answered it; `rows` are the lines that went by his yes."""

    person_id: int
    seconds: float
    """From when he could see it, within his working hours, to his answer."""
    answer: str
    rows: tuple[Row, ...] = ()


def last_asked(asked: Iterable[Asked]) -> list[Asked]:
    """Of each draft's lines what was asked last, oldest first."""
    last = {(one.draft, one.line): one for one in sorted(asked, key=lambda one: one.request)}
    return sorted(last.values(), key=lambda one: (one.day, one.request, one.line))


def claimed_schemes(asked: Iterable[Asked]) -> list[Finding]:
    """Who claims free goods again and again that no scheme in force gives."""
    claims = grouped((one for one in asked if one.claims_free), lambda one: (one.person_id, one.customer))
    return [
        Finding(
            pattern=Pattern.CLAIMED_SCHEME,
            customer=customer,
            person_id=person,
            rows=tuple(map(_row, of_person)),
            facts={"times": times, "granted": len({one.draft for one in of_person if one.rupees > 0})},
        )
        for (person, customer), of_person in claims.items()
        if (times := len({one.draft for one in of_person})) >= CLAIMED_TIMES
    ]


def just_below(asked: Iterable[Asked], thresholds: Thresholds) -> list[Finding]:
    """Who keeps half of his requests within a tenth below his own limit, or below where the next level begins."""
    found = []
    for person, of_person in grouped(asked, lambda one: one.person_id).items():
        close = [one for one in of_person if _below(one, thresholds) is not None]
        if len(close) >= CLOSE_TIMES and len(close) >= CLOSE_SHARE * len(of_person):
            at = max(_below(one, thresholds) or ZERO for one in close)
            facts: Facts = {"times": len(close), "asked": len(of_person), "below": at}
            found.append(
                Finding(pattern=Pattern.JUST_BELOW, person_id=person, rows=tuple(map(_row, close)), facts=facts)
            )
    return found


def _below(one: Asked, thresholds: Thresholds) -> Decimal | None:
    """The threshold, in percent, that it lies just below; an own limit may be reached."""
    own = thresholds.own.get(one.person_id)
    if one.by_own_limit:
        return own if own and CLOSE * own <= one.depth <= own else None
    return next((depth for depth in thresholds.depths if depth and CLOSE * depth <= one.depth < depth), None)


def split_orders(asked: Iterable[Asked], amounts: Sequence[Decimal]) -> list[Finding]:
    """Who on several days asked for a customer in several orders, each below where a level begins, together above."""
    found = []
    for (person, customer), of_pair in grouped(asked, lambda one: (one.person_id, one.customer)).items():
        days = [of_day for of_day in grouped(of_pair, lambda one: one.day).values() if _is_split(of_day, amounts)]
        if len(days) >= SPLIT_DAYS:
            found.append(
                Finding(
                    pattern=Pattern.SPLIT,
                    customer=customer,
                    person_id=person,
                    rows=tuple(_row(one) for of_day in days for one in of_day),
                    facts={"times": len(days)},
                )
            )
    return found


def _is_split(of_day: Sequence[Asked], amounts: Sequence[Decimal]) -> bool:
    off = [sum((one.off for one in lines), ZERO) for lines in grouped(of_day, lambda one: one.draft).values()]
    return len(off) > 1 and any(max(off) < amount <= sum(off, ZERO) for amount in amounts)


def quick_yes(decisions: Iterable[Decision]) -> list[Finding]:
    """Approvers who say yes to nearly everything, in less time than it takes to read what they are shown."""
    found = []
    for person, of_person in grouped(decisions, lambda one: one.person_id).items():
        yes = [one for one in of_person if one.answer == APPROVED]
        middle = median(one.seconds for one in of_person)
        if len(of_person) >= QUICK_TIMES and len(yes) >= QUICK_SHARE * len(of_person) and middle <= QUICK_SECONDS:
            facts: Facts = {"times": len(of_person), "yes": len(yes), "seconds": int(middle)}
            rows = tuple(row for one in yes for row in one.rows)
            found.append(Finding(pattern=Pattern.QUICK_YES, person_id=person, rows=rows, facts=facts))
    return found


def _row(one: Asked) -> Row:
    return Row(order=one.order, line=one.order_line, day=one.day, rupees=one.rupees, request=one.request)
