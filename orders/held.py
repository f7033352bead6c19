"""Use cases on an order kept back from the ERP: hold it, let it go, or cancel it, by a person and with a reason."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import outbox
from erp.documents import DocumentKind
from orders import credit_asks, drafts
from orders.model import OrderDraft, OrderState, SalesOrder, TrailEntry
from orders.post import document_of, locked, post
from orders.schedule import again

BY_CREDIT = "credit"
"""In the trail: who keeps an order back that its customer's credit does not bear."""


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


def kept_from_the_erp(session: Session, order: SalesOrder) -> bool:
    """Whether the ERP has nothing of it, and will get nothing before this transaction ends. The order is locked."""
    if order.state == OrderState.HELD.value:
        return True
    if order.state != OrderState.CONFIRMED.value:
        return False
    return outbox.hold(session, erp=order.erp, kind=DocumentKind.SALES_ORDER, number=order.number)


def held_by(session: Session, order: SalesOrder) -> str:
    """Who kept it back last; `credit`, when nobody did in person."""
    last = select(TrailEntry.by).where(TrailEntry.draft_id == order.draft_id, TrailEntry.what == "held")
    return session.scalars(last.order_by(TrailEntry.id.desc()).limit(1)).first() or ""


def let_go(session: Session, order: SalesOrder, *, timezone: str) -> None:
    """Send it to the ERP as it is now; what waits in the outbox for it says the same. The order is locked."""
    order.state = OrderState.CONFIRMED.value
    again(session, order, timezone=timezone)
    session.flush()
    outbox.amend(session, erp=order.erp, document=document_of(session, order))
    if not outbox.release(session, erp=order.erp, kind=DocumentKind.SALES_ORDER, number=order.number):
        post(session, order)


def give_up(session: Session, order: SalesOrder, *, reason: str) -> None:
    """Nothing of a cancelled order that waits in the outbox goes to the ERP."""
    outbox.withdraw(session, erp=order.erp, kind=DocumentKind.SALES_ORDER, number=order.number, reason=reason)


def release(session: Session, number: str, *, by: str, reason: str, timezone: str) -> bool:
    """Let a held order go to the ERP as it was confirmed; False when it is not held any more."""
    order = locked(session, number)
    if order.state != OrderState.HELD.value:
        return False
    credit_asks.withdraw(session, number, f"released by {by}")
    _note(session, order, "released", by=by, reason=reason)
    let_go(session, order, timezone=timezone)
    return True


def cancel(session: Session, number: str, *, by: str, reason: str) -> bool:
    """Cancel an order the ERP never had: a held one, or one the ERP refused."""
    order = locked(session, number)
    if order.state not in (OrderState.HELD.value, OrderState.REJECTED.value):
        return False
    order.state = OrderState.CANCELLED.value
    order.reason = reason
    credit_asks.withdraw(session, number, f"cancelled by {by}")
    _note(session, order, "cancelled", by=by, reason=reason)
    return True


def _note(session: Session, order: SalesOrder, what: str, *, by: str, reason: str) -> None:
    drafts.note(session, session.get_one(OrderDraft, order.draft_id), what, by=by, reason=reason)
