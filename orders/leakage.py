"""What confirmed orders gave away below the price lists, in rupees: by week, customer, rep, item and by what right.

A fact is a part of one order line: what one scheme, a contract or a grant took off it. Figures sum facts up, lists show
them, so that there is no second truth. Each costs what reading the orders and lines of its days costs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Numeric,
    Subquery,
    Text,
    TextClause,
    bindparam,
    cast,
    func,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session

from orders.creep import A_WEEK, GRANTS, ZERO, Ground
from orders.leaked import FACTS, SOLD
from orders.register import EVERY_PLANT

NO_REP = 0
FETCHED = 500
MOMENT = TIMESTAMP(timezone=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The days from `first` up to before `until`; of one plant, customer, rep, item, right, or of all (empty, None).

    `name`: the scheme, contract or decider of a right; `below`: lines under their floor alone.
    """

    first: date
    until: date
    zone: ZoneInfo
    plant: str = EVERY_PLANT
    customer: str = ""
    rep: int | None = None
    sku: str = ""
    ground: Ground | None = None
    name: str | None = None
    below: bool = False

    @property
    def weeks(self) -> list[date]:
        """The Mondays of its weeks."""
        return [self.first + A_WEEK * number for number in range((self.until - self.first).days // 7)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sold:
    """What was sold in a week: at list prices, in so many orders."""

    value: Decimal = ZERO
    orders: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Below:
    """Lines that went below their floor by somebody's approval, and by how many rupees."""

    lines: int
    rupees: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Leakage:
    """Rupees below list: by week and right, by customer, rep (0: none), item, and by right with its name."""

    weeks: Mapping[date, Mapping[Ground, Decimal]]
    customers: Mapping[str, Decimal]
    reps: Mapping[int, Decimal]
    skus: Mapping[str, Decimal]
    grounds: Mapping[tuple[Ground, str], Decimal]
    below: Mapping[str, Below]
    """By who approved."""
    sold: Mapping[date, Sold]

    @property
    def total(self) -> Decimal:
        return sum(self.customers.values(), ZERO)

    @property
    def value(self) -> Decimal:
        """Of all that was sold, at list prices."""
        return sum((week.value for week in self.sold.values()), ZERO)

    def of_week(self, week: date) -> Decimal:
        """All that leaked in it."""
        return sum(self.weeks.get(week, {}).values(), ZERO)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a fact stands in the list, newest first: what a page goes on after."""

    day: date
    number: str
    line: int
    ground: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Leak:
    """One fact: what one right took off an order line. Prices a UoM, without tax."""

    day: date
    plant: str
    customer: str
    rep: int
    number: str
    line: int
    sku: str
    uom: str
    quantity: Decimal
    list_price: Decimal
    effective: Decimal
    floor: Decimal | None
    ground: str
    name: str
    rupees: Decimal
    below: Decimal
    """Rupees below the floor; 0: it is not."""

    @property
    def place(self) -> Place:
        return Place(day=self.day, number=self.number, line=self.line, ground=self.ground, name=self.name)


def leakage(session: Session, span: Span) -> Leakage:
    """All figures: one statement for what leaked, one for what was sold."""
    facts = _facts(span)
    week = cast(func.date_trunc("week", facts.c.day), Date)
    sets = (
        tuple_(week, facts.c.ground),
        tuple_(facts.c.customer),
        tuple_(facts.c.rep),
        tuple_(facts.c.sku),
        tuple_(facts.c.ground, facts.c.name),
    )
    which = func.grouping(facts.c.customer, facts.c.rep, facts.c.sku, facts.c.name)
    weeks: dict[date, dict[Ground, Decimal]] = {}
    customers: dict[str, Decimal] = {}
    reps: dict[int, Decimal] = {}
    skus: dict[str, Decimal] = {}
    grounds: dict[tuple[Ground, str], Decimal] = {}
    below: dict[str, Below] = {}
    for one in session.execute(
        select(
            which.label("which"),
            week.label("week"),
            *(facts.c[name] for name in ("ground", "customer", "rep", "sku", "name")),
            func.sum(facts.c.rupees).label("rupees"),
            func.sum(facts.c.below).label("below"),
            func.count().filter(facts.c.below > 0).label("lines"),
        ).group_by(func.grouping_sets(*sets))
    ):
        match one.which:
            case 0b1111:
                weeks.setdefault(one.week, {})[Ground(one.ground)] = one.rupees
            case 0b0111:
                customers[one.customer] = one.rupees
            case 0b1011:
                reps[one.rep] = one.rupees
            case 0b1101:
                skus[one.sku] = one.rupees
            case _:
                grounds[Ground(one.ground), one.name] = one.rupees
                if one.lines:
                    known = below.get(one.name, Below(lines=0, rupees=ZERO))
                    below[one.name] = Below(lines=known.lines + one.lines, rupees=known.rupees + one.below)
    return Leakage(
        weeks=weeks, customers=customers, reps=reps, skus=skus, grounds=grounds, below=below, sold=_sold(session, span)
    )


def leaks(session: Session, span: Span, *, after: Place | None = None, most: int | None = None) -> Iterator[Leak]:
    """The facts, newest first, as they are read; at most so many after a place."""
    facts = _facts(span)
    columns = (facts.c.day, facts.c.number, facts.c.line, facts.c.ground, facts.c.name)
    wanted = select(facts).order_by(*(column.desc() for column in columns)).limit(most)
    if after is not None:
        place = (after.day, after.number, after.line, after.ground, after.name)
        wanted = wanted.where(tuple_(*columns) < tuple_(*place))
    for row in session.execute(wanted.execution_options(yield_per=FETCHED)).mappings():
        yield Leak(**row)


def leaks_of_note(session: Session, span: Span) -> Iterator[Leak]:
    """The facts that creep is looked for in: grants, and all of orders in which several rights came together."""
    facts = _facts(span)
    which = func.concat(facts.c.ground, ":", facts.c.name)
    several = func.min(which).over(partition_by=facts.c.number) != func.max(which).over(partition_by=facts.c.number)
    marked = select(facts, several.label("several")).where(facts.c.rupees > 0).subquery("marked")
    wanted = select(*(marked.c[column.name] for column in facts.c)).where(
        or_(marked.c.several, marked.c.ground.in_([ground.value for ground in GRANTS]))
    )
    for row in session.execute(wanted.execution_options(yield_per=FETCHED)).mappings():
        yield Leak(**row)


def _sold(session: Session, span: Span) -> dict[date, Sold]:
    rows = (
        _given(SOLD, span)
        .columns(day=Date, plant=Text, customer=Text, rep=BigInteger, number=Text, sku=Text, value=Numeric)
        .subquery("sold")
    )
    week = cast(func.date_trunc("week", rows.c.day), Date)
    wanted = (
        select(week, func.sum(rows.c.value), func.count(rows.c.number.distinct()))
        .where(*_chosen(rows, span))
        .group_by(week)
    )
    return {monday: Sold(value=value, orders=orders) for monday, value, orders in session.execute(wanted)}


def _facts(span: Span) -> Subquery:
    rows = (
        _given(FACTS, span)
        .columns(
            day=Date,
            plant=Text,
            customer=Text,
            rep=BigInteger,
            number=Text,
            line=Integer,
            sku=Text,
            uom=Text,
            quantity=Numeric,
            list_price=Numeric,
            effective=Numeric,
            floor=Numeric,
            ground=Text,
            name=Text,
            rupees=Numeric,
            below=Numeric,
        )
        .subquery("facts")
    )
    conditions = _chosen(rows, span)
    if span.ground is not None:
        conditions.append(rows.c.ground == span.ground.value)
    if span.name is not None:
        conditions.append(rows.c.name == span.name)
    if span.below:
        conditions.append(rows.c.below > 0)
    return select(rows).where(*conditions).subquery("wanted")


def _given(statement: str, span: Span) -> TextClause:
    return text(statement).bindparams(
        bindparam("since", _begins(span.first, span.zone), type_=MOMENT),
        bindparam("until", _begins(span.until, span.zone), type_=MOMENT),
        bindparam("zone", span.zone.key, type_=Text()),
    )


def _chosen(rows: Subquery, span: Span) -> list[ColumnElement[bool]]:
    conditions = []
    if span.plant != EVERY_PLANT:
        conditions.append(rows.c.plant == span.plant)
    if span.customer:
        conditions.append(rows.c.customer == span.customer)
    if span.rep is not None:
        conditions.append(rows.c.rep == span.rep)
    if span.sku:
        conditions.append(rows.c.sku == span.sku)
    return conditions


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
