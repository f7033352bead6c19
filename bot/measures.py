"""What the office measures itself by, per week, plant and customer: each figure is made of the rows it opens.

A measure is one statement that yields its facts (day, plant, customer, order, value); the figures sum them up and the
lists show them, so that there is no second truth. It costs what reading the rows of the weeks asked for costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Numeric, Subquery, Text, bindparam, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from bot.measured import FACTS, NAMED
from orders.register import EVERY_PLANT
from store.database import now

STILL_TALKING = timedelta(hours=1)
"""A draft begun within it may still be confirmed: nobody calls it unconfirmed."""
A_WEEK = timedelta(days=7)
MOMENT = TIMESTAMP(timezone=True)
TYPES: Mapping[str, TypeEngine[Any]] = {
    "since": MOMENT,
    "until": MOMENT,
    "settled": MOMENT,
    "zone": Text(),
    "first": Date(),
    "last": Date(),
}


class Measure(StrEnum):
    """What is measured; the words of the page's addresses."""

    ORDERS = "orders"
    STRAIGHT_THROUGH = "straight_through"
    QUESTIONS = "questions"
    MESSAGE_TO_ERP = "message_to_erp"
    UNCONFIRMED = "unconfirmed"
    DUPLICATES = "duplicates"
    WRONG_POSTS = "wrong_posts"
    BY_HAND = "by_hand"
    MESSAGES = "messages"


class Summed(StrEnum):
    """How a measure's facts become one figure."""

    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    MEDIAN = "median"


SUMMED: Mapping[Measure, Summed] = {
    Measure.ORDERS: Summed.COUNT,
    Measure.STRAIGHT_THROUGH: Summed.AVERAGE,
    Measure.QUESTIONS: Summed.AVERAGE,
    Measure.MESSAGE_TO_ERP: Summed.MEDIAN,
    Measure.UNCONFIRMED: Summed.COUNT,
    Measure.DUPLICATES: Summed.COUNT,
    Measure.WRONG_POSTS: Summed.SUM,
    Measure.BY_HAND: Summed.COUNT,
    Measure.MESSAGES: Summed.SUM,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The days from `first` up to before `until`, of one plant or every one, of one customer or all."""

    first: date
    until: date
    zone: ZoneInfo
    plant: str = EVERY_PLANT
    customer: str = ""

    @property
    def weeks(self) -> list[date]:
        """The Mondays of its weeks."""
        return [self.first + A_WEEK * number for number in range((self.until - self.first).days // 7)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Every measure by week, by plant and by customer; what has no fact is not there."""

    weeks: Mapping[date, Mapping[Measure, Decimal]]
    plants: Mapping[str, Mapping[Measure, Decimal]]
    customers: Mapping[str, Mapping[Measure, Decimal]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One row behind a figure. `kind`: `order`, `draft`, `erp` (keyed there), or empty for messages of no order."""

    day: date
    plant: str
    customer: str
    kind: str
    reference: str
    value: Decimal


def week_of(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


def figures(session: Session, span: Span) -> Figures:
    """All measures at once: one statement a measure."""
    weeks: dict[date, dict[Measure, Decimal]] = {}
    plants: dict[str, dict[Measure, Decimal]] = {}
    customers: dict[str, dict[Measure, Decimal]] = {}
    for measure in Measure:
        for week, plant, customer, value in _summed(session, span, measure):
            if week is not None:
                weeks.setdefault(week, {})[measure] = value
            elif plant is not None:
                plants.setdefault(plant, {})[measure] = value
            elif customer is not None:
                customers.setdefault(customer, {})[measure] = value
    return Figures(weeks=weeks, plants=plants, customers=customers)


def behind(
    session: Session, span: Span, measure: Measure, *, after: tuple[date, str] | None = None, most: int
) -> Sequence[Fact]:
    """The facts behind a figure, newest day first; at most so many after a day and reference."""
    facts = _facts(session, span, measure)
    wanted = select(facts).order_by(facts.c.day.desc(), facts.c.reference.desc()).limit(most)
    if after is not None:
        day, reference = after
        wanted = wanted.where(tuple_(facts.c.day, facts.c.reference) < tuple_(day, reference))
    return [Fact(**row) for row in session.execute(wanted).mappings()]


def per_order(of: Mapping[Measure, Decimal]) -> Decimal | None:
    """Messages an order; None where no order was confirmed."""
    orders = of.get(Measure.ORDERS)
    return of.get(Measure.MESSAGES, Decimal(0)) / orders if orders else None


def _summed(
    session: Session, span: Span, measure: Measure
) -> Sequence[tuple[date | None, str | None, str | None, Decimal]]:
    """By week, by plant and by customer; the other two are None."""
    facts = _facts(session, span, measure)
    week = cast(func.date_trunc("week", facts.c.day), Date)
    value = {
        Summed.COUNT: func.count(),
        Summed.SUM: func.sum(facts.c.value),
        Summed.AVERAGE: func.avg(facts.c.value),
        Summed.MEDIAN: func.percentile_cont(0.5).within_group(facts.c.value),
    }[SUMMED[measure]]
    grouped = select(week, facts.c.plant, facts.c.customer, cast(value, Numeric)).group_by(
        func.grouping_sets(tuple_(week), tuple_(facts.c.plant), tuple_(facts.c.customer))
    )
    return [tuple(row) for row in session.execute(grouped)]


def _facts(session: Session, span: Span, measure: Measure) -> Subquery:
    given = {
        "since": _begins(span.first, span.zone),
        "until": _begins(span.until, span.zone),
        "zone": span.zone.key,
        "first": span.first,
        "last": span.until,
        "settled": now(session) - STILL_TALKING,
    }
    statement, names = FACTS[measure.value], NAMED[measure.value]
    rows = (
        statement.bindparams(*(bindparam(name, given[name], type_=TYPES[name]) for name in names))
        .columns(day=Date, plant=Text, customer=Text, kind=Text, reference=Text, value=Numeric)
        .subquery("facts")
    )
    wanted = select(rows)
    if span.plant != EVERY_PLANT:
        wanted = wanted.where(rows.c.plant == span.plant)
    if span.customer:
        wanted = wanted.where(rows.c.customer == span.customer)
    return wanted.subquery("wanted")


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
