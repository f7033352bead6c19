"""Use cases on orders whose ERP does not say what it booked: looked for in its list before their senders are told."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from erp.documents import BookedLine
from erp.listed_orders import lines_of
from erp.mirror_model import MirroredOrderLine
from orders.amended import StandingLine
from orders.model import OrderState, SalesOrder
from orders.read_back import Apart, ReadBack, differences
from store.database import now


def waits(session: Session, order: SalesOrder, wait: timedelta) -> bool:
    """Whether its sender is told later: the ERP says nothing itself, and has listed orders of ours before."""
    if not wait or order.state != OrderState.POSTED.value or order.read_back != ReadBack.NOT_TOLD:
        return False
    lists = select(SalesOrder.number).where(SalesOrder.erp == order.erp, SalesOrder.seen_in_mirror_at.is_not(None))
    if session.scalars(lists.limit(1)).first() is None:
        return False
    order.read_back_due = now(session) + wait
    return True


def due(session: Session) -> list[str]:
    """Orders that wait, and are listed now or have waited long enough."""
    listed = select(MirroredOrderLine.our_number).where(MirroredOrderLine.our_number == SalesOrder.number)
    found = select(SalesOrder.number).where(
        SalesOrder.read_back_due.is_not(None), or_(SalesOrder.read_back_due <= now(session), listed.exists())
    )
    return list(session.scalars(found.order_by(SalesOrder.number)))


def looked_up(session: Session, order: SalesOrder) -> Sequence[Apart] | None:
    """What the list holds otherwise; nothing where it holds the same, or nothing in time; None: it waits no more.

    The order is locked.
    """
    if order.read_back_due is None:
        return None
    order.read_back_due = None
    told = lines_of(session, our_number=order.number, erp_number=order.erp_number or "")
    if not told:
        return ()
    rows = [one.line for one in told]
    booked = [
        BookedLine(line=row.line, sku=row.sku, qty=row.ordered - row.cancelled, uom=row.uom, price=row.price)
        for row in rows
    ]
    apart = differences([StandingLine.of(line) for line in order.lines], booked)
    order.read_back = (ReadBack.DIFFERS if apart else ReadBack.EQUAL).value
    return apart
