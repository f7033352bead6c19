"""Dispatches in the ERP's list of open orders as news: each is handed on once, by a row that says what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from erp.mirror import lists_open_orders
from erp.mirror_model import DispatchTold, DispatchWatch, MirroredOrderLine
from store.database import now

CHUNK = 1000
ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispatched:
    """News of one line: so much more has left (0: only its papers are new), under which papers."""

    erp_number: str
    our_number: str
    line: int
    sku: str
    uom: str
    left: Decimal
    invoice: str
    vehicle: str
    lr_no: str


def begin(session: Session, erp: str) -> int:
    """Watch an ERP that lists open orders. The first time, what has left already is known: how many lines."""
    if not lists_open_orders(session, erp):
        return 0
    watch = insert(DispatchWatch).values(erp=erp, since=now(session)).on_conflict_do_nothing()
    if session.execute(watch.returning(DispatchWatch.erp)).scalar_one_or_none() is None:
        return 0
    lines = session.scalars(_news().where(MirroredOrderLine.erp == erp)).all()
    _note(session, lines)
    return len(lines)


def forget(session: Session) -> None:
    """What leaves until the watch begins anew is no news: after a restore nobody knows what was told."""
    session.execute(delete(DispatchWatch))


def customers_with_news(session: Session) -> list[str]:
    """Of the ERPs that are watched. Reads the open lines of which something has left, by an index."""
    watched = MirroredOrderLine.erp.in_(select(DispatchWatch.erp))
    news = _news().with_only_columns(MirroredOrderLine.customer).where(watched)
    return list(session.scalars(news.distinct().order_by(MirroredOrderLine.customer)))


def take(session: Session, customer: str) -> list[Dispatched]:
    """The news of one customer, from now on known. Call it with the customer's row locked."""
    watched = MirroredOrderLine.erp.in_(select(DispatchWatch.erp))
    statement = _news().where(watched, MirroredOrderLine.customer == customer)
    lines = session.scalars(statement.order_by(MirroredOrderLine.erp_number, MirroredOrderLine.line)).all()
    before = _told_before(session, lines)
    _note(session, lines)
    return [
        Dispatched(
            erp_number=line.erp_number,
            our_number=line.our_number,
            line=line.line,
            sku=line.sku,
            uom=line.uom,
            left=max(ZERO, line.dispatched - before.get((line.erp_number, line.line), ZERO)),
            invoice=line.invoice,
            vehicle=line.vehicle,
            lr_no=line.lr_no,
        )
        for line in lines
    ]


def _news() -> Select[MirroredOrderLine]:
    """Lines of which more has left than was told, or under other papers. Papers that are taken back are no news."""
    line, told = MirroredOrderLine, DispatchTold
    same = (told.erp_number == line.erp_number) & (told.line == line.line)
    other_papers = _differs(line.invoice, told.invoice) | _differs(line.vehicle, told.vehicle)
    news = told.line.is_(None) | (line.dispatched > told.dispatched) | other_papers | _differs(line.lr_no, told.lr_no)
    return select(line).outerjoin(told, same).where(line.listed, line.dispatched > 0, news)


def _differs(present: InstrumentedAttribute[str], told: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return (present != "") & (present != told)


def _told_before(session: Session, lines: Sequence[MirroredOrderLine]) -> dict[tuple[str, int], Decimal]:
    numbers = {line.erp_number for line in lines}
    rows = session.execute(
        select(DispatchTold.erp_number, DispatchTold.line, DispatchTold.dispatched).where(
            DispatchTold.erp_number.in_(numbers)
        )
    )
    return {(number, line): dispatched for number, line, dispatched in rows}


def _note(session: Session, lines: Sequence[MirroredOrderLine]) -> None:
    """A quantity that is taken back stays told, so that it is not told again when it comes back."""
    present = now(session)
    for start in range(0, len(lines), CHUNK):
        rows = [
            {
                "erp_number": line.erp_number,
                "line": line.line,
                "dispatched": line.dispatched,
                "invoice": line.invoice,
                "vehicle": line.vehicle,
                "lr_no": line.lr_no,
                "told_at": present,
            }
            for line in lines[start : start + CHUNK]
        ]
        statement = insert(DispatchTold).values(rows)
        new = statement.excluded
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["erp_number", "line"],
                set_={
                    "dispatched": func.greatest(DispatchTold.dispatched, new.dispatched),
                    "invoice": new.invoice,
                    "vehicle": new.vehicle,
                    "lr_no": new.lr_no,
                    "told_at": new.told_at,
                },
            )
        )
