"""*Roll-out*: how far Munshi goes for each customer, and what it read in shadow beside what the office keyed."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.model import Inbound
from erp import mirror
from erp.records import Mode
from orders import readiness, shadow
from orders.comparison import Verdict
from orders.model import OrderDraft
from orders.readiness import Score, by_week, hindrances, week_of
from orders.rollout import Comparison, OfDay
from people import modes
from people.model import Party
from people.modes import Terms
from store.database import now
from web.pages.guard import May, asks, munshi, pages, transaction, visitor
from web.pages.rollout_figures import Figures, Rollout, figures
from web.pages.zones import house_zone

blueprint = pages("rollout", __name__, url_prefix="/rollout")

A_PAGE = 200
WEEKS = (2, 4, 8, 12)
READ, ALL = "read", "all"
TONES = {Verdict.RIGHT: "good", Verdict.WRONG: "bad", Verdict.ASKED: "calm", Verdict.LOST: "warn"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One customer with what holds for it and what was found."""

    party: Party
    terms: Terms
    figures: Figures = field(default_factory=Figures)

    @property
    def score(self) -> Score:
        """Of all weeks shown."""
        return self.figures.score

    @property
    def hindrances(self) -> tuple[str, ...]:
        """Why it is not ready; nothing where nothing was compared."""
        return hindrances(self.score) if self.score.lines else ()

    @property
    def ready(self) -> bool:
        """By the written thresholds; whether it goes live, a person decides."""
        return bool(self.score.lines) and not self.hindrances


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Which customers, over how many weeks."""

    words: str = ""
    mode: str = READ
    weeks: int = 4

    def since(self, today: date) -> date:
        """The Monday it begins with."""
        return week_of(today) - timedelta(weeks=self.weeks - 1)


def _chosen() -> Filter:
    weeks = request.values.get("weeks", 4, type=int)
    return Filter(
        words=request.values.get("words", "").strip()[:80],
        mode=request.values.get("show", READ),
        weeks=weeks if weeks in WEEKS else 4,
    )


@blueprint.get("/")
@asks(May.LOOK)
def customers() -> ResponseReturnValue:
    """Every customer that is read or not live, with its figures and whether it is ready."""
    chosen = _chosen()
    with transaction() as session:
        found = _figures(session, chosen)
        rows = _rows(session, chosen, found)
        return render_template(
            "rollout/list.html",
            rows=rows[:A_PAGE],
            fitting=len(rows),
            chosen=chosen,
            weeks=WEEKS,
            by_mode=_by_mode(session),
            by_week=found.weeks,
            found=found,
            readiness=readiness,
            verdicts=list(Verdict),
            modes=list(Mode),
        )


def _figures(session: Session, chosen: Filter) -> Rollout:
    today = _today(session)
    return figures(munshi(), session, since=chosen.since(today), until=today)


def _lines(session: Session, chosen: Filter, codes: Iterable[str] | None) -> Iterator[tuple[str, Comparison]]:
    today = _today(session)
    zone = munshi().settings.timezone
    return shadow.compared(
        session, munshi().erp.name, since=chosen.since(today), until=today, timezone=zone, codes=codes
    )


def _today(session: Session) -> date:
    return now(session).astimezone(house_zone()).date()


def _parties(session: Session, words: str) -> Sequence[Party]:
    query = select(Party).where(Party.active).order_by(Party.name, Party.code)
    for word in words.split():
        like = f"%{word}%"
        fits = Party.name.ilike(like) | Party.code.ilike(like) | Party.city.ilike(like) | Party.territory.ilike(like)
        query = query.where(fits)
    return session.scalars(query).all()


def _rows(session: Session, chosen: Filter, found: Rollout) -> list[Row]:
    parties = _parties(session, chosen.words)
    terms = modes.terms_of(session, [party.code for party in parties])
    return [
        Row(party=party, terms=terms[party.code], figures=found.customers.get(party.code, Figures()))
        for party in parties
        if _is_shown(party, terms[party.code], chosen.mode, found)
    ]


def _is_shown(party: Party, terms: Terms, show: str, found: Rollout) -> bool:
    if show == READ:
        return party.code in found.customers or terms.mode != Mode.LIVE
    return show == ALL or terms.mode == show


def _by_mode(session: Session) -> dict[Mode, int]:
    codes = session.scalars(select(Party.code).where(Party.active)).all()
    counted = dict.fromkeys(Mode, 0)
    for terms in modes.terms_of(session, codes).values():
        counted[terms.mode] += 1
    return counted


# --- one customer ---


@blueprint.get("/<code>")
@asks(May.LOOK)
def customer(code: str) -> ResponseReturnValue:
    """One customer's lines, each with the message it was read in and the order it was keyed as."""
    chosen, verdict = _chosen(), request.args.get("verdict", "")
    week = request.args.get("week", "")
    with transaction() as session:
        party = session.get(Party, code)
        if party is None:
            abort(404)
        comparison = next((one for _, one in _lines(session, chosen, [code])), Comparison())
        lines = comparison.lines
        weeks = by_week(lines)
        row = Row(
            party=party,
            terms=modes.terms_for(session, code),
            figures=Figures(weeks=weeks, waiting=len(comparison.waiting), other_ways=comparison.other_ways),
        )
        shown = [line for line in lines if _fits(line, week, verdict)]
        return render_template(
            "rollout/one.html",
            row=row,
            chosen=chosen,
            weeks=WEEKS,
            by_week=list(weeks.items()),
            lines=shown,
            week=week,
            verdict=verdict,
            verdicts=list(Verdict),
            tones=TONES,
            items=mirror.items(session, _skus(shown)),
            messages=_messages(session, shown),
            waiting=comparison.waiting,
            known_until=shadow.known_until(session, munshi().erp.name, timezone=munshi().settings.timezone),
            history=modes.history(session, code),
            open_drafts=_open_drafts(session, [code]),
            modes=list(Mode),
            differences=[one for one in modes.differences(session) if one.party_code == code],
        )


def _fits(line: OfDay, week: str, verdict: str) -> bool:
    return (not week or week_of(line.day).isoformat() == week) and (not verdict or line.line.verdict == verdict)


def _skus(lines: Iterable[OfDay]) -> set[str]:
    both = [(one.line.read, one.line.keyed) for one in lines]
    return {side.sku for pair in both for side in pair if side is not None and side.sku}


def _messages(session: Session, lines: Iterable[OfDay]) -> dict[int, Inbound]:
    ids = {number for one in lines if one.line.read is not None for number in one.line.read.messages}
    return {row.id: row for row in session.scalars(select(Inbound).where(Inbound.id.in_(ids)))}


def _open_drafts(session: Session, codes: Sequence[str]) -> int:
    open_ones = select(OrderDraft.id).where(OrderDraft.party_code.in_(codes), OrderDraft.state == "open")
    return len(session.scalars(open_ones).all())


# --- an admin's word ---


@blueprint.post("/modes")
@asks(May.ADMIN)
def change() -> ResponseReturnValue:
    """Put one or many customers into a mode, or let automatic confirmation be on or off; the ERP's word comes after."""
    column, _, value = request.form.get("what", "").partition(":")
    reason = " ".join(request.form.get("reason", "").split())[:300]
    chosen = _chosen()
    back = redirect(request.form.get("back", "") or url_for("rollout.customers"))
    if not back.location.startswith("/") or back.location.startswith("//"):
        abort(422)
    if not _is_known(column, value):
        abort(422)
    if not reason:
        flash("Say in a few words why; it stays with the change.", "bad")
        return back
    with transaction() as session:
        codes = request.form.getlist("id")
        if request.form.get("all_that_fit"):
            codes = [row.party.code for row in _rows(session, chosen, _figures(session, chosen))]
        news = modes.override(session, codes, column, value or None, by=visitor().name, reason=reason)
        left = _open_drafts(session, news) if value in (Mode.SHADOW, Mode.ASSIST) else 0
    flash(f"Changed for {len(news)} customer{'' if len(news) == 1 else 's'}.", "good" if news else "warn")
    if left:
        flash(_about_open_drafts(left, value), "warn")
    return back


def _is_known(column: str, value: str) -> bool:
    if column == modes.MODE:
        return value in ("", *Mode)
    return column == modes.AUTO_CONFIRM and value in ("", modes.YES, modes.NO)


def _about_open_drafts(count: int, mode: str) -> str:
    if mode == Mode.SHADOW:
        return f"Drafts still open: {count}. Nobody is reminded of them, and they post no more: deal with them by hand."
    return f"Drafts still open: {count}. They come to the desk when their sender answers, or would be reminded."


# --- for a spreadsheet ---


@blueprint.get("/weeks.csv")
@asks(May.LOOK)
def weeks_csv() -> ResponseReturnValue:
    """Counts by customer and week."""
    header = ["customer", "name", "mode", "week", "lines", "right", "wrong", "asked", "lost", "wrong_from", "wrong_to"]
    with transaction() as session:
        chosen = _chosen()
        found = _figures(session, chosen)
        rows = [
            [
                *(row.party.code, row.party.name, row.terms.mode.value, week.isoformat(), counted.lines),
                *(getattr(counted, verdict.value) for verdict in Verdict),
                *(f"{edge:.4f}" for edge in counted.interval(Verdict.WRONG) or ()),
            ]
            for row in _rows(session, chosen, found)
            for week, counted in row.figures.weeks.items()
        ]
    return _csv("rollout-weeks.csv", header, rows)


@blueprint.get("/lines.csv")
@asks(May.LOOK)
def lines_csv() -> ResponseReturnValue:
    """Every line of the comparison, of one customer or of all."""
    header = ["customer", "day", "verdict", "reason", "written", "read_sku", "read", "order", "keyed_sku", "keyed"]
    code = request.args.get("customer", "")
    with transaction() as session:
        rows = [
            [customer, one.day.isoformat(), one.line.verdict.value, one.line.reason.value, *_both(one)]
            for customer, comparison in _lines(session, _chosen(), [code] if code else None)
            for one in comparison.lines
        ]
    return _csv("rollout-lines.csv", header, rows)


def _both(one: OfDay) -> list[object]:
    read, keyed = one.line.read, one.line.keyed
    return [
        *((read.text, read.sku or "", f"{read.quantity or '?'} {read.uom or ''}".strip()) if read else ("", "", "")),
        *((keyed.order, keyed.sku, f"{keyed.quantity} {keyed.uom}".strip()) if keyed else ("", "", "")),
    ]


def _csv(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return Response(
        "\ufeff" + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
