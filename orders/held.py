"""Use cases on an order kept back from the ERP: hold it, let it go, or cancel it, by a person and with a reason."""

from sqlalchemy.orm import Session

from erp import outbox
from erp.documents import DocumentKind
from orders import drafts
from orders.credit_asks import withdraw
from orders.model import OrderDraft, OrderState, SalesOrder
from orders.post import locked, post
from orders.schedule import again


def hold(session: Session, number: str, *, by: str, reason: str) -> bool:
    """Keep an order from the ERP; False when the ERP has it (or may have it) already."""
    order = locked(session, number)
    if order.state == OrderState.HELD.value:
        return True
    if order.state != OrderState.CONFIRMED.value:
        return False
    if not outbox.hold(session, erp=order.erp, kind=DocumentKind.SALES_ORDER, number=number):
        return False
    order.state = OrderState.HELD.value
    _note(session, order, "held", by=by, reason=reason)
    return True


def release(session: Session, number: str, *, by: str, reason: str, timezone: str) -> bool:
    """Let a held order go to the ERP as it was confirmed; False when it is not held any more."""
    order = locked(session, number)
    if order.state != OrderState.HELD.value:
        return False
    order.state = OrderState.CONFIRMED.value
    _note(session, order, "released", by=by, reason=reason)
    session.flush()
    if not outbox.release(session, erp=order.erp, kind=DocumentKind.SALES_ORDER, number=number):
        again(session, order, timezone=timezone)
        post(session, order)
    return True


def cancel(session: Session, number: str, *, by: str, reason: str) -> bool:
    """Cancel an order the ERP never had: a held one, or one the ERP refused."""
    order = locked(session, number)
    if order.state not in (OrderState.HELD.value, OrderState.REJECTED.value):
        return False
    order.state = OrderState.CANCELLED.value
    order.reason = reason
    withdraw(session, number, f"cancelled by {by}")
    _note(session, order, "cancelled", by=by, reason=reason)
    return True


def _note(session: Session, order: SalesOrder, what: str, *, by: str, reason: str) -> None:
    drafts.note(session, session.get_one(OrderDraft, order.draft_id), what, by=by, reason=reason)
