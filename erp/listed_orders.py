"""Single orders in the ERP's list of open orders: what it holds of them, and what it held before it let them go."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from erp.mirror_model import MirroredOrderLine
from erp.records import OpenOrderLine, field_names

NAMES = field_names(OpenOrderLine)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedLine:
    """A line the list holds, or held before it was finished."""

    line: OpenOrderLine
    listed: bool


def lines_of(session: Session, *, our_number: str, erp_number: str) -> list[ListedLine]:
    """The lines of one order of ours: under our number, or where the ERP does not keep it, under its own."""
    row = MirroredOrderLine
    theirs = (row.erp_number == erp_number) & (row.our_number == "") & (row.erp_number != "")
    return _lines(session, (row.our_number == our_number) | theirs)


def keyed_lines(session: Session, erp_number: str) -> list[ListedLine]:
    """The lines of an order by the ERP's number."""
    return _lines(session, MirroredOrderLine.erp_number == erp_number)


def _lines(session: Session, which: ColumnElement[bool]) -> list[ListedLine]:
    row = MirroredOrderLine
    statement = select(*(getattr(row, name) for name in NAMES), row.listed).where(which)
    statement = statement.order_by(row.erp_number, row.line)
    return [
        ListedLine(line=OpenOrderLine(**dict(zip(NAMES, values, strict=True))), listed=listed)
        for *values, listed in session.execute(statement)
    ]


def ending_in(session: Session, tail: str, *, customers: Collection[str]) -> list[tuple[str, str, str]]:
    """Orders of these customers whose number, the ERP's or ours, ends so: the ERP's, ours, the customer."""
    row = MirroredOrderLine
    ends = or_(row.erp_number.iendswith(tail, autoescape=True), row.our_number.iendswith(tail, autoescape=True))
    statement = select(row.erp_number, row.our_number, row.customer).where(ends, row.customer.in_(customers))
    newest = func.max(row.date).desc()
    grouped = statement.group_by(row.erp_number, row.our_number, row.customer).order_by(newest)
    return [(erp_number, ours, customer) for erp_number, ours, customer in session.execute(grouped)]
