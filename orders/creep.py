"""Silent creep in what was sold: prices granted once that became habits, discounts stacked, tiers misused.

Functions of values; lines come oldest first. Every threshold is a constant with its reason: a small number is not
called a habit. What requests and approvals show is in `orders/creep_asked.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Facts = Mapping[str, Decimal | int | str]
ZERO = Decimal(0)
A_WEEK = timedelta(days=7)
WEEKS = 13
"""A quarter: long enough for a customer who orders every other week to show a habit."""

HABIT_OF, HABIT_TIMES = 6, 3
"""Granted in three of the last six orders of the item: twice may be one bargain delivered in two loads."""
SAME_PRICE = Decimal("0.005")
"""Prices within half a percent are the same price, asked with other rounding."""
STACKED_POINTS, STACKED_LINES = Decimal(1), 3
"""One point of the list value beyond the deepest single discount, on three lines: less is rounding or chance."""
STACKED_ORDER_POINTS = Decimal(2)
"""Of a whole order twice as much, since its lines may have different discounts of good right."""
LEAST_CUSTOMERS = 3
"""So many customers of a tier make an ordinary price list, or a middle volume; two are two cases."""
LEAST_ORDERS, LEAST_RUPEES = 3, Decimal(500)
"""Below so many orders, or rupees in thirteen weeks, a price list above one's tier is not looked into."""
VOLUME_SHARE = Decimal("0.25")
"""Under a quarter of the middle volume of his tier, and under the middle one of the next tier: not earned."""
OTHER_FIRM_WEEKS = 4
OTHER_FIRM_BEFORE, OTHER_FIRM_NOW = 3, 2
"""An item the one firm bought three times before and never in the last four weeks, while the other began to, twice."""


class Ground(StrEnum):
    """By what right a line is below the list price."""

    SCHEME = "scheme"
    CONTRACT = "contract"
    APPROVAL = "approval"
    OWN_LIMIT = "own_limit"
    NONE = "none"
    """No scheme, contract or grant is on record for it."""


GRANTS = frozenset({Ground.APPROVAL, Ground.OWN_LIMIT, Ground.NONE})
"""What somebody gave for once, unlike schemes and contracts."""


class Pattern(StrEnum):
    """What kind of creep was found; a row that shows several counts for the first of them."""

    NEW_NORMAL = "new_normal"
    HABIT = "habit"
    CLAIMED_SCHEME = "claimed_scheme"
    SPLIT = "split"
    JUST_BELOW = "just_below"
    OTHER_FIRM = "other_firm"
    BETTER_TIER = "better_tier"
    STACKED = "stacked"
    QUICK_YES = "quick_yes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of what a line gave away: rupees, by what right, and the name of it (scheme's code, approver)."""

    ground: Ground
    name: str
    rupees: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Bought:
    """A line of a confirmed order; prices a UoM, without tax."""

    order: str
    line: int
    day: date
    customer: str
    person_id: int
    sku: str
    uom: str
    quantity: Decimal
    list_price: Decimal
    price: Decimal
    parts: tuple[Part, ...] = ()
    earned_price: Decimal | None = None
    """What the price list he has earned asks for it, where that is another than his (`lists_earned`)."""

    @property
    def value(self) -> Decimal:
        return self.list_price * self.quantity

    @property
    def granted(self) -> Decimal:
        """Rupees that somebody gave for once."""
        return sum((part.rupees for part in self.parts if part.ground in GRANTS), ZERO)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line behind a finding, with what it cost. Without an order: request `request`, which led to none."""

    order: str
    line: int
    day: date
    rupees: Decimal
    request: int | None = None

    @property
    def key(self) -> tuple[str, int, int | None]:
        """What makes it the same row in two findings."""
        return self.order, self.line, None if self.order else self.request


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One pattern found: at which customer, by whom, of what item; empty or 0 where it is about no single one."""

    pattern: Pattern
    customer: str = ""
    person_id: int = 0
    sku: str = ""
    rows: tuple[Row, ...]
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """A finding with its rupees over the thirteen weeks and in the last of them, no row counted twice."""

    finding: Finding
    rupees: Decimal
    week_rupees: Decimal
    elsewhere: int
    """Rows of it whose rupees count for a finding before it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """What decides which price list a customer has earned; `value` at list prices, in thirteen weeks."""

    code: str
    tier: str
    price_list: str
    value: Decimal
    new: bool
    """First bought within the thirteen weeks: its volume says nothing yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Earned:
    """The price list a customer would have by his tier, or by what he buys."""

    price_list: str
    by_volume: bool
    middle: Decimal = ZERO
    """The middle volume of his tier, where volume is the reason."""


def counted(findings: Iterable[Finding], *, week: date) -> list[Counted]:
    """Each with its rupees, most first; a row counts for the pattern that stands first. `week` begins on that day."""
    ranks = list(Pattern)
    found: list[Counted] = []
    seen: set[tuple[str, int, int | None]] = set()
    for finding in sorted(findings, key=lambda one: (ranks.index(one.pattern), -_sum(one.rows))):
        own = [row for row in finding.rows if row.key not in seen]
        seen.update(row.key for row in own)
        in_week = [row for row in own if week <= row.day < week + A_WEEK]
        found.append(
            Counted(
                finding=finding,
                rupees=_sum(own),
                week_rupees=_sum(in_week),
                elsewhere=len(finding.rows) - len(own),
            )
        )
    return sorted(found, key=lambda one: (-one.rupees, ranks.index(one.finding.pattern), one.finding.customer))


def _sum(rows: Iterable[Row]) -> Decimal:
    return sum((row.rupees for row in rows), ZERO)


def habits(lines: Iterable[Bought]) -> list[Finding]:
    """Prices granted in three of the last six orders of an item; in the last three in a row they are the new normal."""
    found = []
    for (customer, sku), of_pair in grouped(lines, lambda line: (line.customer, line.sku)).items():
        orders = list(grouped(of_pair, lambda line: line.order).values())[-HABIT_OF:]
        granted = [any(line.granted > 0 for line in order) for order in orders]
        if sum(granted) < HABIT_TIMES:
            continue
        rows = [line for order in orders for line in order if line.granted > 0]
        pattern = Pattern.NEW_NORMAL if _is_normal(orders[-HABIT_TIMES:]) else Pattern.HABIT
        last = rows[-1]
        facts: Facts = {
            "times": sum(granted),
            "orders": len(orders),
            "price": last.price,
            "list": last.list_price,
            "uom": last.uom,
        }
        found.append(
            Finding(
                pattern=pattern,
                customer=customer,
                sku=sku,
                rows=tuple(_row(line, line.granted) for line in rows),
                facts=facts,
            )
        )
    return found


def _is_normal(orders: Sequence[Sequence[Bought]]) -> bool:
    """Whether each was granted, and none at a share of the list above that of the first."""
    shares = [[line.price / line.list_price for line in order if line.granted > 0] for order in orders]
    return all(shares) and all(min(share) <= min(shares[0]) * (1 + SAME_PRICE) for share in shares)


def stacked(lines: Iterable[Bought], values: Mapping[str, Decimal]) -> list[Finding]:
    """Customers on whose lines several discounts came together; what the deepest alone would not give counts.

    `lines`: those below list; `values`: of whole orders, at list prices.
    """
    found = []
    for customer, of_customer in grouped(lines, lambda line: line.customer).items():
        rows = [_row(line, excess) for line in of_customer if (excess := _excess([line], line.value * STACKED_POINTS))]
        on_line = {row.order for row in rows}
        for number, of_order in grouped(of_customer, lambda line: line.order).items():
            excess = ZERO if number in on_line else _excess(of_order, values[number] * STACKED_ORDER_POINTS)
            if excess:
                last = max(of_order, key=lambda line: _sum_of(line.parts))
                rows.append(_row(last, excess))
        if len(rows) >= STACKED_LINES:
            found.append(
                Finding(pattern=Pattern.STACKED, customer=customer, rows=tuple(rows), facts={"times": len(rows)})
            )
    return found


def _excess(lines: Sequence[Bought], least: Decimal) -> Decimal:
    """Rupees beyond the deepest single discount, if they are at least so many paise; else 0."""
    parts = grouped((part for line in lines for part in line.parts), lambda part: (part.ground, part.name))
    given = [rupees for of_name in parts.values() if (rupees := _sum_of(of_name)) > 0]
    if len(given) < 2:
        return ZERO
    excess = sum(given, ZERO) - max(given)
    return excess if excess * 100 >= least else ZERO


def _sum_of(parts: Iterable[Part]) -> Decimal:
    return sum((part.rupees for part in parts), ZERO)


def ordinary_lists(customers: Iterable[Customer]) -> dict[str, str]:
    """The price list of a tier: that of most of its customers, if there are three of them and more than half."""
    found = {}
    for tier, of_tier in grouped((one for one in customers if one.tier), lambda one: one.tier).items():
        lists = Counter(one.price_list for one in of_tier)
        name, times = lists.most_common(1)[0]
        if times >= LEAST_CUSTOMERS and times * 2 > len(of_tier):
            found[tier] = name
    return found


def lists_earned(customers: Sequence[Customer]) -> dict[str, Earned]:
    """By customer, the price list he has earned where it is another than his.

    By tier: that of his tier. By volume: that of the tier below, where he buys under a quarter of the middle volume of
    his own and less than the middle one below; tiers stand in the order of their middle volumes.
    """
    ordinary = ordinary_lists(customers)
    middles = _middles(customers, ordinary)
    found = {}
    for one in customers:
        tier_list = ordinary.get(one.tier)
        if tier_list is not None and one.price_list != tier_list:
            found[one.code] = Earned(price_list=tier_list, by_volume=False)
            continue
        below = _tier_below(one.tier, middles)
        if one.new or below is None or tier_list is None:
            continue
        if one.value < middles[one.tier] * VOLUME_SHARE and one.value < middles[below]:
            found[one.code] = Earned(price_list=ordinary[below], by_volume=True, middle=middles[one.tier])
    return found


def _middles(customers: Iterable[Customer], ordinary: Mapping[str, str]) -> dict[str, Decimal]:
    known = (one for one in customers if one.value > 0 and not one.new and one.tier in ordinary)
    buying = grouped(known, lambda one: one.tier)
    return {
        tier: Decimal(median(one.value for one in of_tier))
        for tier, of_tier in buying.items()
        if len(of_tier) >= LEAST_CUSTOMERS
    }


def _tier_below(tier: str, middles: Mapping[str, Decimal]) -> str | None:
    ranked = sorted(middles, key=lambda name: -middles[name])
    place = ranked.index(tier) + 1 if tier in ranked else len(ranked)
    return ranked[place] if place < len(ranked) else None


def better_tiers(lines: Iterable[Bought], earned: Mapping[str, Earned]) -> list[Finding]:
    """Customers who bought at a price list they have not earned; rupees against the one they have."""
    found = []
    for customer, of_customer in grouped(lines, lambda line: line.customer).items():
        rows = [
            _row(line, (line.earned_price - line.list_price) * line.quantity)
            for line in of_customer
            if line.earned_price is not None and line.earned_price > line.list_price
        ]
        if len({row.order for row in rows}) < LEAST_ORDERS or _sum(rows) < LEAST_RUPEES:
            continue
        why = earned[customer]
        facts: Facts = {
            "earned": why.price_list,
            "by": "volume" if why.by_volume else "tier",
            "middle": why.middle,
            "value": sum((line.value for line in of_customer), ZERO),
        }
        found.append(Finding(pattern=Pattern.BETTER_TIER, customer=customer, rows=tuple(rows), facts=facts))
    return found


def other_firms(lines: Iterable[Bought], firms: Mapping[int, Sequence[str]], *, until: date) -> list[Finding]:
    """Items that a person of several firms has moved from the one to the one with the better price list.

    `firms`: by person, the customers he buys for. The four weeks end before `until`.
    """
    since = until - OTHER_FIRM_WEEKS * A_WEEK
    bought = grouped(lines, lambda line: (line.customer, line.sku, line.uom))
    found = []
    for person, codes in firms.items():
        for sku, uom in sorted({(sku, uom) for code, sku, uom in bought if code in codes}):
            of_firm = {code: bought.get((code, sku, uom), []) for code in codes}
            for better, lately in of_firm.items():
                for other, before in of_firm.items():
                    if better != other and _has_moved(before, lately, person=person, since=since):
                        found.append(_moved(before, lately, person=person))
    return found


def _has_moved(before: Sequence[Bought], lately: Sequence[Bought], *, person: int, since: date) -> bool:
    return (
        len({line.order for line in before}) >= OTHER_FIRM_BEFORE
        and len({line.order for line in lately}) >= OTHER_FIRM_NOW
        and all(line.day < since for line in before)
        and all(line.day >= since and line.person_id == person for line in lately)
        and lately[-1].list_price < before[-1].list_price
    )


def _moved(before: Sequence[Bought], lately: Sequence[Bought], *, person: int) -> Finding:
    dear = before[-1].list_price
    return Finding(
        pattern=Pattern.OTHER_FIRM,
        customer=lately[-1].customer,
        person_id=person,
        sku=lately[-1].sku,
        rows=tuple(_row(line, max(dear - line.list_price, ZERO) * line.quantity) for line in lately),
        facts={
            "other": before[-1].customer,
            "list": lately[-1].list_price,
            "other_list": dear,
            "uom": lately[-1].uom,
            "before": len({line.order for line in before}),
        },
    )


def _row(line: Bought, rupees: Decimal) -> Row:
    return Row(order=line.order, line=line.line, day=line.day, rupees=rupees)


def grouped(values: Iterable[Value], key: Callable[[Value], Key]) -> dict[Key, list[Value]]:
    """In the order in which they came."""
    found: dict[Key, list[Value]] = defaultdict(list)
    for value in values:
        found[key(value)].append(value)
    return found
