"""What was keyed in the ERP: the lines of its open, closed and past orders, each once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp.mirror import as_of
from erp.mirror_model import MirroredHistoryLine, MirroredOrderLine, MirrorState
from erp.records import RecordKind


@dataclass(frozen=True, slots=True)
class EnteredLine:
    """One line as it was ordered, what was cancelled later included: the office keyed it for the customer."""

    customer: str
    number: str
    day: date
    sku: str
    quantity: Decimal
    uom: str


def lines(session: Session, customers: Iterable[str], *, since: date, until: date) -> list[EnteredLine]:
    """The lines of these customers' orders that did not come from us, from one day to another.

    An order that is in the list of open ones, or was, counts as it stood there; else as history has it.
    """
    wanted = list(customers)
    order, past = MirroredOrderLine, MirroredHistoryLine
    open_ones = session.execute(
        select(order.customer, order.erp_number, order.date, order.sku, order.ordered, order.uom)
        .where(order.customer.in_(wanted), order.date.between(since, until), order.our_number == "")
        # What stands there at 0 went free with another line.
        .where(order.price.is_distinct_from(0))
        .order_by(order.erp_number, order.line)
    ).all()
    known = {row[1] for row in open_ones}
    bought = session.execute(
        select(past.customer, past.order, past.date, past.sku, past.qty, past.uom)
        .where(past.customer.in_(wanted), past.date.between(since, until), past.listed, ~past.free)
        .order_by(past.order, past.line)
    ).all()
    rows = [*open_ones, *(row for row in bought if row[1] not in known)]
    return [EnteredLine(*row) for row in rows if row[4] > 0]


def known_until(session: Session, erp: str) -> datetime | None:
    """When the ERP last told orders; None: it told none yet."""
    told = [moment for kind in (RecordKind.ORDERS, RecordKind.HISTORY) if (moment := as_of(session, erp, kind))]
    return max(told, default=None)


def versions(session: Session) -> tuple[datetime | None, ...]:
    """When orders, history and pack ladders were last taken over."""
    kinds = [kind.value for kind in (RecordKind.ORDERS, RecordKind.HISTORY, RecordKind.UOMS)]
    state = select(MirrorState.pulled_at).where(MirrorState.kind.in_(kinds)).order_by(MirrorState.erp, MirrorState.kind)
    return tuple(session.scalars(state))
