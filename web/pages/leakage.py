"""What went below list, in rupees: by week, customer, rep, item and right, and what is becoming a habit.

Each figure opens the order lines it is made of. Costs, floors, margins and how people work are shown to those who may
change rules.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.replies import words
from bot.replies.leakage import finding
from erp import mirror
from orders.creep import A_WEEK, ZERO, Counted, Ground, Pattern
from orders.creep_facts import creep
from orders.creep_names import Names, names_in, names_of
from orders.goods import Goods, goods_of
from orders.leakage import NO_REP, Leak, Leakage, Place, Span, leakage, leaks
from orders.leakage_file import as_csv
from orders.register import EVERY_PLANT
from store.database import now
from web.pages.accounts import named_customer
from web.pages.charts import HEIGHT, WIDTH, length, stacks
from web.pages.guard import May, asks, munshi, pages, transaction, visitor
from web.pages.leakage_words import ABOUT_STAFF, GROUNDS, MEANINGS, OVER, PATTERNS, THRESHOLDS
from web.pages.wording import indian
from web.pages.zones import house_zone, zone_of

blueprint = pages("leakage", __name__, url_prefix="/leakage")

A_PAGE = 60
MOST_RANKED, MOST_ROWS = 10, 12
PERIODS = (4, 8, 13, 26)
DEFAULT_WEEKS = 13
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """One bar of a chart that lies: a customer, rep or item with its rupees, and what its link asks for."""

    name: str
    rupees: str
    length: int
    args: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A finding as it is shown, with the first of its rows."""

    title: str
    said: str
    rupees: str
    week_rupees: str
    elsewhere: int
    rows: Sequence[tuple[str, date, str]]
    """Order number (empty: a request that led to none), day, rupees."""
    more: int


@blueprint.get("/")
@asks(May.LOOK)
def leaked() -> ResponseReturnValue:
    """Charts, tables, and the findings."""
    weeks = _weeks(request.args.get("weeks", ""))
    with transaction() as session:
        span = _span(session, weeks=weeks)
        if span.first.weekday() or span.until.weekday():
            abort(400)  # whole weeks alone
        found = leakage(session, span)
        names = names_of(session, customers=[*found.customers, span.customer], persons=found.reps, skus=found.skus)
        plants = {plant.code: plant.name or plant.code for plant in mirror.plants(session)}
    return render_template(
        "leakage/page.html",
        found=found,
        span=span,
        weeks=weeks,
        periods=PERIODS,
        plants=plants,
        every_plant=EVERY_PLANT,
        firm=names.customers.get(span.customer) or span.customer,
        bars=_bars(found, span),
        legend=[(ground, title) for ground, title in GROUNDS.items() if _total(found, ground)],
        by_week=[_of_week(found, span, week) for week in reversed(span.weeks)],
        rankings=[
            ("Customers", _ranked(found.customers, span, "customer", names.customer)),
            ("Reps", _ranked(found.reps, span, "rep", lambda rep: names.person(rep) if rep != NO_REP else "No rep")),
            ("Items", _ranked(found.skus, span, "sku", names.item)),
        ],
        by_right=[
            (GROUNDS[ground], name, rupees, _args(span, ground=ground.value, by=name))
            for (ground, name), rupees in sorted(found.grounds.items(), key=lambda one: -one[1])
            if rupees
        ],
        below=[
            (name, one, _args(span, by=name, below="yes"))
            for name, one in sorted(found.below.items(), key=lambda one: -one[1].rupees)
            if _sees_costs()  # a floor could be worked out from it
        ],
        share=share(found.total, found.value),
        args=_args(span),
        grounds=GROUNDS,
        meanings=MEANINGS,
        patterns=[(PATTERNS[pattern], text) for pattern, text in THRESHOLDS.items() if _may_see(pattern)],
        over=OVER,
        width=WIDTH,
        height=HEIGHT,
    )


@blueprint.get("/creep")
@asks(May.LOOK)
def crept() -> ResponseReturnValue:
    """What is becoming a habit: fetched by the page when it is there, since it costs more than the figures."""
    with transaction() as session:
        span = _span(session, weeks=DEFAULT_WEEKS)
        found = _shown(creep(session, until=span.until, zone=span.zone, plant=span.plant), span)
        names = names_in(session, found)
    more = request.headers.get("HX-Request")
    return render_template(
        "leakage/found.html" if more else "leakage/creep.html", crept=[_found(one, names) for one in found], over=OVER
    )


@blueprint.get("/lines")
@asks(May.LOOK)
def lines() -> ResponseReturnValue:
    """What a figure is made of, newest first."""
    with transaction() as session:
        span = _span(session, weeks=DEFAULT_WEEKS)
        found = list(leaks(session, span, after=_place(request.args.get("after", "")), most=A_PAGE + 1))
        shown = found[:A_PAGE]
        names = names_of(
            session,
            customers=[span.customer, *(leak.customer for leak in shown)],
            persons=[span.rep or NO_REP, *(leak.rep for leak in shown)],
            skus=[span.sku, *(leak.sku for leak in shown)],
        )
        goods = goods_of(session, {leak.sku for leak in shown}, price_list="") if _sees_costs() else None
    more = request.headers.get("HX-Request")
    return render_template(
        "leakage/rows.html" if more else "leakage/lines.html",
        leaks=[(leak, margin(leak, goods)) for leak in shown],
        names=names,
        grounds={ground.value: title for ground, title in GROUNDS.items()},
        following=_as_text(shown[-1].place) if len(found) > A_PAGE else "",
        args=_args(span),
        span=span,
        last_day=span.until - timedelta(days=1),
        every_plant=EVERY_PLANT,
        no_rep=NO_REP,
        sees_costs=_sees_costs(),
    )


@blueprint.get("/export.csv")
@asks(May.LOOK)
def export_csv() -> ResponseReturnValue:
    """All of these lines, streamed as they are read."""
    with transaction() as session:
        span = _span(session, weeks=DEFAULT_WEEKS)
    database, sees_floors = munshi().database, _sees_costs()

    def pieces() -> Iterator[str]:
        with database.transaction() as session:
            yield from as_csv(session, leaks(session, span), floors=sees_floors)

    name = f"leakage-{span.first}-{span.until - timedelta(days=1)}.csv"
    return Response(
        pieces(),
        mimetype="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _sees_costs() -> bool:
    return visitor().may(May.RULES)


def _may_see(pattern: Pattern) -> bool:
    return pattern not in ABOUT_STAFF or _sees_costs()


def _shown(found: Iterable[Counted], span: Span) -> list[Counted]:
    """Those this visitor may see; of one customer, those that are about it."""
    return [
        one
        for one in found
        if _may_see(one.finding.pattern) and (not span.customer or one.finding.customer == span.customer)
    ]


def _found(one: Counted, names: Names) -> Found:
    rows = sorted(one.finding.rows, key=lambda row: (row.day, row.order, row.line), reverse=True)
    return Found(
        title=PATTERNS[one.finding.pattern],
        said=finding(words("en"), one, names),
        rupees=whole(one.rupees),
        week_rupees=whole(one.week_rupees),
        elsewhere=one.elsewhere,
        rows=[(row.order, row.day, whole(row.rupees)) for row in rows[:MOST_ROWS]],
        more=max(len(rows) - MOST_ROWS, 0),
    )


def _bars(found: Leakage, span: Span) -> list[dict[str, Any]]:
    """A bar a week, made of what each right took off."""
    drawn = stacks([[found.weeks.get(week, {}).get(ground, ZERO) for ground in Ground] for week in span.weeks])
    return [
        {
            "week": week,
            "rupees": whole(found.of_week(week)),
            "parts": [(ground.value, bar) for ground, bar in zip(Ground, of_week, strict=True) if bar is not None],
            "args": _week_args(span, week),
        }
        for week, of_week in zip(span.weeks, drawn, strict=True)
    ]


def _of_week(found: Leakage, span: Span, week: date) -> dict[str, Any]:
    sold, of_week = found.sold.get(week), found.weeks.get(week, {})
    value = sold.value if sold else ZERO
    return {
        "name": f"{week:%-d %b} – {week + timedelta(days=6):%-d %b}",
        "sold": whole(value) if sold else "",
        "orders": sold.orders if sold else 0,
        "total": whole(found.of_week(week)) if of_week else "",
        "share": share(found.of_week(week), value),
        "grounds": [(ground.value, whole(of_week[ground]) if ground in of_week else "") for ground in Ground],
        "args": _week_args(span, week),
    }


def _ranked(of: Mapping[Any, Decimal], span: Span, argument: str, name: Any) -> list[Ranked]:
    ranked = sorted((key for key in of if of[key]), key=lambda key: (-of[key], str(key)))[:MOST_RANKED]
    most = of[ranked[0]] if ranked else ZERO
    return [
        Ranked(
            name=name(key),
            rupees=whole(of[key]),
            length=length(of[key], most=most),
            args=_args(span, **{argument: str(key)}),
        )
        for key in ranked
    ]


def _total(found: Leakage, ground: Ground) -> Decimal:
    return sum((rupees for (of, _), rupees in found.grounds.items() if of is ground), ZERO)


def whole(amount: Decimal) -> str:
    """In whole rupees."""
    return f"₹\u202f{indian(amount, 0)}"


def share(leaked_rupees: Decimal, value: Decimal) -> str:
    """Of the value at list prices, in percent; empty of nothing."""
    return f"{leaked_rupees * HUNDRED / value:.1f} %" if value else ""


def margin(leak: Leak, goods: Goods | None) -> str:
    """What is left of the effective price above cost, in percent of it; empty where it is not known or not shown."""
    item = goods.items.get(leak.sku) if goods is not None else None
    if goods is None or item is None or item.cost is None or leak.effective <= 0:
        return ""
    cost = item.cost * goods.factors(leak.sku).get(leak.uom, Decimal(1))
    return f"{(leak.effective - cost) * HUNDRED / leak.effective:.1f} %"


def _span(session: Session, *, weeks: int) -> Span:
    """The days named, else so many weeks, this one included; on the clock of the plant named."""
    plant = request.args.get("plant", EVERY_PLANT)
    zone = zone_of(session, plant) if plant not in ("", EVERY_PLANT) else house_zone()
    today = now(session).astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    until = _date("until", monday + A_WEEK)
    first = _date("from", until - A_WEEK * weeks)
    if not first < until <= first + A_WEEK * PERIODS[-1]:
        abort(400)
    return Span(
        first=first,
        until=until,
        zone=zone,
        plant=plant,
        customer=named_customer(session),
        rep=_rep(request.args.get("rep", "")),
        sku=request.args.get("sku", "").strip()[:120],
        ground=_ground(request.args.get("ground", "")),
        name=request.args.get("by"),
        below="below" in request.args and _sees_costs(),
    )


def _date(name: str, default: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, "") or default.isoformat())
    except ValueError:
        abort(400)


def _rep(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 12 else None


def _ground(text: str) -> Ground | None:
    if not text:
        return None
    if text not in set(Ground):
        abort(400)
    return Ground(text)


def _weeks(text: str) -> int:
    return int(text) if text.isdecimal() and int(text) in PERIODS else DEFAULT_WEEKS


def _place(text: str) -> Place | None:
    if not text:
        return None
    try:
        day, number, line, ground, name = text.split("|", 4)
        return Place(day=date.fromisoformat(day), number=number, line=int(line), ground=ground, name=name)
    except ValueError:
        abort(400)


def _as_text(place: Place) -> str:
    return f"{place.day.isoformat()}|{place.number}|{place.line}|{place.ground}|{place.name}"


def _args(span: Span, **other: str) -> dict[str, str]:
    """As it stands in addresses; what names nothing is left out."""
    given = {
        "from": span.first.isoformat(),
        "until": span.until.isoformat(),
        "plant": span.plant,
        "customer": span.customer,
        "rep": "" if span.rep is None else str(span.rep),
        "sku": span.sku,
        "ground": span.ground.value if span.ground else "",
        "below": "yes" if span.below else "",
    }
    by = {} if span.name is None else {"by": span.name}
    return {name: value for name, value in {**given, **by, **other}.items() if value or name in ("plant", "by")}


def _week_args(span: Span, week: date) -> dict[str, str]:
    return _args(span, **{"from": week.isoformat(), "until": (week + A_WEEK).isoformat()})
