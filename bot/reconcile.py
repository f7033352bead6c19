"""Compares outbox, ERP and the provider's message list, says what differs, and ends the hold of a restore.

What is plain is written down: an order the ERP has is posted, a message nobody answered is heard once we go on. What
was answered by what a restore forgot is put before a person; orders we know nothing of are named.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import settling
from bot.app import Munshi
from bot.provider_list import compare_lists, take_gap
from bot.pull import pull
from erp import mirror
from erp import reconcile as with_erp
from erp.documents import DocumentKind
from erp.outbox_model import OutboxRow
from erp.port import ErpError
from erp.reconcile import CannotCompare, Difference
from orders import held as kept_back
from orders import restored
from orders.numbers import as_number
from people.model import Function
from routing import matters
from routing.model import MatterKind
from store.database import now
from store.holds import CUT_SHORT, Hold, held, release_everything

log = structlog.get_logger()

LOOK_BACK = timedelta(days=2)
"""So far before the last thing we know of, booked documents are looked up again."""
MISSES = 50
"""After so many numbers in a row that an ERP does not know, it has no later one."""


@dataclass(kw_only=True, slots=True)
class Report:
    """What was compared, written down and found to differ."""

    held: bool
    done: list[str] = field(default_factory=list)
    """What was set right, in words."""
    differences: list[Difference] = field(default_factory=list)
    accepted: list[Difference] = field(default_factory=list)
    """Differences in spite of which a person goes on."""
    lifted: bool = False

    @property
    def agrees(self) -> bool:
        """Whether nothing differs but what was accepted."""
        return not self.differences


def reconcile(app: Munshi, *, in_spite_of: Collection[str] = (), by: str) -> Report:
    """Compare now. `in_spite_of`: names of differences, or of their kinds. Raises CannotCompare.

    Without a hold nothing is changed. With one, and once nothing else differs, everything goes on.
    """
    with app.database.transaction() as session:
        hold = held(session)
    if hold is not None and hold.reason == CUT_SHORT:
        raise CannotCompare(f"it is held by {CUT_SHORT}")
    report = Report(held=hold is not None)
    _refresh(app)
    if hold is not None:
        _set_right(app, hold, report)
    found = [*_forgotten_orders(app, report), *_gone(app, hold), *compare_lists(app, hold)]
    for one in found:
        named = one.name in in_spite_of or one.kind in in_spite_of
        (report.accepted if named else report.differences).append(one)
    if hold is not None and report.agrees:
        app.database.retrying(lambda session: _go_on(session, report, by=by))
    return report


def _refresh(app: Munshi) -> None:
    try:
        pull(app)
    except ErpError as error:
        raise CannotCompare(f"the ERP gave no answer: {error}") from error


# --- what is plain ---


def _set_right(app: Munshi, hold: Hold, report: Report) -> None:
    released = _released_since(app)
    booked = with_erp.take_over_outcomes(app.database, app.erps)
    if booked:
        report.done.append(f"{len(booked)} orders were in the ERP already: {', '.join(booked)}")
    if released:
        report.done.append(f"{len(released)} orders on hold had been released: {', '.join(released)}")
    if settled := settling.settle(app):
        report.done.append(f"{settled} bubbles on their way were looked up in the provider's list")
    report.done += take_gap(app, hold)


def _released_since(app: Munshi) -> list[str]:
    with app.database.transaction() as session:
        waiting = restored.held_orders(session)
    released = []
    for number, erp, party in waiting:
        if with_erp.found(app.erps, erp, DocumentKind.SALES_ORDER, number, party=party) is None:
            continue
        with app.database.transaction() as session:
            if kept_back.release(
                session, number, by="restore", reason="found in the ERP", timezone=app.settings.timezone
            ):
                matters.close_about(session, f"order:{number}", by="restore", reason="found in the ERP")
                released.append(number)
    return released


# --- what differs ---


def _forgotten_orders(app: Munshi, report: Report) -> Iterator[Difference]:
    """Orders in an ERP under numbers after our last, of which we know nothing. Such a number is given to nobody."""
    with app.database.transaction() as session:
        listed = mirror.our_numbers(session)
        start, years = restored.last_position(session), restored.years(session, app.settings.timezone)
    numbers = list(_found_beyond(app, start, years, listed))
    with app.database.transaction() as session:
        if report.held:
            restored.give_none_up_to(session, max([start, *map(restored.position_of, numbers)]))
        for number in numbers:
            lines = mirror.lines_of_order(session, number)
            of = f", of {lines[0].customer} as {lines[0].erp_number}" if lines else ""
            yield Difference(name=f"order:{number}", text=f"the ERP has {number}{of}; we know nothing of it")


def _found_beyond(app: Munshi, start: int, years: tuple[int, int], listed: Collection[str]) -> Iterator[str]:
    """One after the other: numbers are given in a row, but for those of transactions that failed."""
    position, misses = start, 0
    while misses < MISSES:
        position += 1
        numbers = [as_number(year, position) for year in years]
        there = [number for number in numbers if number in listed or _is_there(app, number)]
        misses = 0 if there else misses + 1
        yield from there


def _is_there(app: Munshi, number: str) -> bool:
    return any(with_erp.found(app.erps, name, DocumentKind.SALES_ORDER, number) is not None for name in app.erps)


def _gone(app: Munshi, hold: Hold | None) -> Iterator[Difference]:
    with app.database.transaction() as session:
        newest = select(OutboxRow.created_at).order_by(OutboxRow.id.desc()).limit(1)
        last = session.scalar(newest) or (hold.since if hold else now(session))
    yield from with_erp.gone(app.database, app.erps, since=last - LOOK_BACK)


# --- going on ---


def _go_on(session: Session, report: Report, *, by: str) -> None:
    """Everything in one transaction: what was accepted stands before a person, and the hold is over."""
    for one in report.accepted:
        matters.open_matter(
            session,
            kind=MatterKind.AFTER_RESTORE,
            reference=one.name,
            function=Function.COMMERCIAL,
            facts={"said": one.text, "accepted_by": by},
        )
    report.lifted = release_everything(session)
    log.info("reconciled", by=by, accepted=[one.name for one in report.accepted])
