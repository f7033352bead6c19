"""What the head of sales is told of prices below list: rupees and by what right, the largest, and creep by name.

No cost and no margin is in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.replies.words import Words, rupees, short
from orders.creep import Counted, Ground, Pattern
from orders.creep_names import Names
from orders.leakage import NO_REP, Leakage

MOST_NAMED, MOST_FOUND = 3, 5
LONGEST_NAME = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """A plant's week as it is told: its leakage, the rupees of the week before, and the creep of the quarter."""

    plant: str
    monday: date
    leakage: Leakage
    before: Decimal
    creep: Sequence[Counted]
    names: Names
    link: str


def said_of(said: Words, week: Week) -> list[str]:
    """A line each."""
    return [
        _heading(said, week),
        *([_by_right(said, week.leakage)] if week.leakage.total else []),
        *([_below(said, week.leakage)] if week.leakage.below else []),
        *_largest(said, week),
        *_creep(said, week),
        said("leakage.page", link=week.link),
    ]


def finding(said: Words, found: Counted, names: Names) -> str:
    """One finding in a sentence, with its threshold's own numbers; its rupees are not in it."""
    one = found.finding
    facts = {name: _shown(value) for name, value in one.facts.items()}
    facts |= {
        "customer": short(names.customer(one.customer), LONGEST_NAME),
        "person": short(names.person(one.person_id), LONGEST_NAME),
        "item": short(names.item(one.sku), LONGEST_NAME),
    }
    if "other" in one.facts:
        facts["other"] = short(names.customer(str(one.facts["other"])), LONGEST_NAME)
    if one.pattern is Pattern.BETTER_TIER and one.facts["by"] == "volume":
        return said("creep.better_volume", **facts)
    return said(f"creep.{one.pattern.value}", **facts)


def _heading(said: Words, week: Week) -> str:
    sold, value = week.leakage.sold.get(week.monday), week.leakage.value
    facts = {"plant": week.plant, "day": said.day(week.monday), "orders": sold.orders if sold else 0}
    if not week.leakage.total:
        return said("leakage.nothing", **facts, sold=whole(value))
    return said(
        "leakage.heading",
        **facts,
        rupees=whole(week.leakage.total),
        percent=f"{week.leakage.total * 100 / value:.1f}" if value else "–",
        sold=whole(value),
        before=whole(week.before),
    )


def _by_right(said: Words, leakage: Leakage) -> str:
    of_right: dict[Ground, Decimal] = {}
    for (ground, _), amount in leakage.grounds.items():
        of_right[ground] = of_right.get(ground, Decimal(0)) + amount
    ranked = sorted((ground for ground in of_right if of_right[ground]), key=lambda ground: -of_right[ground])
    named = [(said(f"leakage.by_{ground.value}"), whole(of_right[ground])) for ground in ranked]
    return ", ".join(f"{name} {amount}" for name, amount in named)


def _below(said: Words, leakage: Leakage) -> str:
    return said(
        "leakage.below",
        lines=sum(one.lines for one in leakage.below.values()),
        rupees=whole(sum((one.rupees for one in leakage.below.values()), Decimal(0))),
        names=", ".join(sorted(short(name, LONGEST_NAME) for name in leakage.below if name)) or "–",
    )


def _largest(said: Words, week: Week) -> list[str]:
    names, leaked = week.names, week.leakage
    reps = {names.person(rep): amount for rep, amount in leaked.reps.items() if rep != NO_REP}
    return [
        said(key, names=_ranked(of))
        for key, of in (
            ("leakage.customers", {names.customer(code): amount for code, amount in leaked.customers.items()}),
            ("leakage.reps", reps),
            ("leakage.items", {names.item(sku): amount for sku, amount in leaked.skus.items()}),
        )
        if any(of.values())
    ]


def _ranked(of: Mapping[str, Decimal]) -> str:
    ranked = sorted(of, key=lambda name: (-of[name], name))[:MOST_NAMED]
    return ", ".join(f"{short(name, LONGEST_NAME)} {whole(of[name])}" for name in ranked if of[name])


def _creep(said: Words, week: Week) -> list[str]:
    """What went on in this week first."""
    if not week.creep:
        return []
    ranked = sorted(week.creep, key=lambda found: (-found.week_rupees, -found.rupees))
    lines = [said("leakage.creep")]
    for found in ranked[:MOST_FOUND]:
        costs = said("leakage.costs", rupees=whole(found.rupees), week=whole(found.week_rupees))
        lines.append(f"• {finding(said, found, week.names)} {costs}")
    if len(ranked) > MOST_FOUND:
        lines.append(said("leakage.more_creep", count=len(ranked) - MOST_FOUND))
    return lines


def whole(amount: Decimal) -> str:
    """In whole rupees."""
    return rupees(amount.quantize(Decimal(1)))


def _shown(value: Decimal | int | str) -> str:
    return rupees(value) if isinstance(value, Decimal) else str(value)
