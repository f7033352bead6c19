"""Measures by week, plant and customer, as charts and tables; each number opens the orders it is made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.measures import Figures, Measure, Span, behind, figures, per_order, week_of
from erp import mirror
from orders.register import EVERY_PLANT
from people.model import Party
from store.database import now
from web.pages.accounts import named_customer
from web.pages.charts import HEIGHT, WIDTH, bars
from web.pages.guard import May, asks, munshi, pages, transaction
from web.pages.measure_words import MEANINGS, TITLES, figure, one_order
from web.pages.wording import money
from web.pages.zones import house_zone

blueprint = pages("measures", __name__, url_prefix="/measures")

A_PAGE = 60
PERIODS = (4, 8, 13, 26)
DEFAULT_WEEKS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A number as it is shown, and what its link asks for."""

    shown: str
    args: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A week, a plant or a customer with its numbers, in the order of the measures; then rupees an order."""

    name: str
    cells: tuple[Cell | None, ...]
    rupees: str


@blueprint.get("/")
@asks(May.LOOK)
def measures() -> ResponseReturnValue:
    """Charts by week, and the tables."""
    weeks = _weeks(request.args.get("weeks", ""))
    with transaction() as session:
        span = _span(session, weeks=weeks)
        found = figures(session, span)
        names = {plant.code: plant.name or plant.code for plant in mirror.plants(session)}
        codes, following = _customers(found, request.args.get("after", ""))
        firms = _names(session, codes)
        return render_template(
            "measures/page.html",
            charts=[_chart(found, span, measure) for measure in Measure],
            by_week=[_of_week(found, span, week) for week in reversed(span.weeks)],
            by_plant=[
                _row(names.get(code) or code or "No plant", of, _args(span, plant=code))
                for code, of in sorted(found.plants.items())
            ],
            by_customer=[_row(firms.get(c) or c or "–", found.customers[c], _args(span, customer=c)) for c in codes],
            following=following,
            titles=TITLES,
            meanings=MEANINGS,
            price=munshi().settings.message_price,
            span=span,
            weeks=weeks,
            periods=PERIODS,
            plants=names,
            every_plant=EVERY_PLANT,
            width=WIDTH,
            height=HEIGHT,
        )


@blueprint.get("/<measure>")
@asks(May.LOOK)
def orders(measure: str) -> ResponseReturnValue:
    """What a number is made of, newest first."""
    if measure not in set(Measure):
        abort(404)
    wanted = Measure(measure)
    with transaction() as session:
        span = _span(session, weeks=DEFAULT_WEEKS)
        found = behind(session, span, wanted, after=_after(request.args.get("after", "")), most=A_PAGE + 1)
        shown = found[:A_PAGE]
        last = shown[-1] if len(found) > A_PAGE else None
        firms = _names(session, [*(fact.customer for fact in shown), span.customer])
        template = "measures/rows.html" if request.headers.get("HX-Request") else "measures/orders.html"
        return render_template(
            template,
            facts=[(fact, firms.get(fact.customer, fact.customer), one_order(wanted, fact.value)) for fact in shown],
            following=f"{last.day.isoformat()}|{last.reference}" if last else "",
            measure=measure,
            title=TITLES[wanted],
            meaning=MEANINGS[wanted],
            args=_args(span),
            span=span,
            last_day=span.until - timedelta(days=1),
            firm=firms.get(span.customer) or span.customer,
            every_plant=EVERY_PLANT,
        )


def _chart(found: Figures, span: Span, measure: Measure) -> dict[str, Any]:
    numbers = [_number(measure, found.weeks.get(week, {})) for week in span.weeks]
    most = Decimal(1) if measure is Measure.STRAIGHT_THROUGH else None
    drawn = bars(numbers, most=most)
    return {
        "measure": measure.value,
        "title": TITLES[measure],
        "bars": [
            (bar, week, figure(measure, found.weeks.get(week, {})), _week_args(span, week))
            for bar, week in zip(drawn, span.weeks, strict=True)
            if bar is not None
        ],
        "latest": next(
            (figure(measure, found.weeks[week]) for week in reversed(span.weeks) if week in found.weeks), ""
        ),
    }


def _number(measure: Measure, of: Mapping[Measure, Decimal]) -> Decimal | None:
    """What counts nothing in a week in which there was anything at all is 0; an average of nothing is none."""
    if measure is Measure.MESSAGES:
        return per_order(of)
    averaged = measure in (Measure.STRAIGHT_THROUGH, Measure.QUESTIONS, Measure.MESSAGE_TO_ERP)
    return of.get(measure, None if averaged or not of else Decimal(0))


def _of_week(found: Figures, span: Span, week: date) -> Row:
    last = week + timedelta(days=6)
    return _row(f"{week:%-d %b} – {last:%-d %b}", found.weeks.get(week, {}), _week_args(span, week))


def _row(name: str, of: Mapping[Measure, Decimal], args: Mapping[str, str]) -> Row:
    each, price = per_order(of), munshi().settings.message_price
    return Row(
        name=name,
        cells=tuple(Cell(shown=shown, args=args) if (shown := figure(one, of)) else None for one in Measure),
        rupees=money(each * price) if each is not None and price is not None else "",
    )


def _customers(found: Figures, after: str) -> tuple[list[str], str]:
    """A page of them, those with the most orders first; and after whom the next page begins."""
    ranked = sorted(found.customers, key=lambda code: (-found.customers[code].get(Measure.ORDERS, 0), code))
    start = ranked.index(after) + 1 if after in ranked else 0
    shown = ranked[start : start + A_PAGE]
    return shown, shown[-1] if len(ranked) > start + A_PAGE else ""


def _names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    parties = session.scalars(select(Party).where(Party.code.in_(set(codes))))
    return {party.code: party.name for party in parties}


def _span(session: Session, *, weeks: int) -> Span:
    """The days named; else so many weeks, this one included."""
    zone = house_zone()
    monday = week_of(now(session).astimezone(zone).date())
    first = _date("from", monday - timedelta(days=7 * (weeks - 1)))
    until = _date("until", monday + timedelta(days=7))
    if not first < until <= first + timedelta(days=7 * PERIODS[-1]):
        abort(400)
    return Span(
        first=first,
        until=until,
        zone=zone,
        plant=request.args.get("plant", EVERY_PLANT),
        customer=named_customer(session),
    )


def _date(name: str, default: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, "") or default.isoformat())
    except ValueError:
        abort(400)


def _weeks(text: str) -> int:
    return int(text) if text.isdecimal() and int(text) in PERIODS else DEFAULT_WEEKS


def _after(text: str) -> tuple[date, str] | None:
    if not text:
        return None
    day, _, reference = text.partition("|")
    try:
        return date.fromisoformat(day), reference
    except ValueError:
        abort(400)


def _args(span: Span, **other: str) -> dict[str, str]:
    """As it stands in addresses."""
    given = {"from": span.first.isoformat(), "until": span.until.isoformat(), "plant": span.plant}
    return {**given, "customer": span.customer, **other}


def _week_args(span: Span, week: date) -> dict[str, str]:
    return _args(span, **{"from": week.isoformat(), "until": (week + timedelta(days=7)).isoformat()})
