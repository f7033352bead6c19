"""A draft below the least value of an order may wait for more: it stays open, and is reminded of a day later."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from orders.drafts import is_ready
from orders.model import OrderDraft
from orders.pricing import totals
from people.model import Party
from store.database import now

WAITS = timedelta(hours=24)


def gap_to_least(draft: OrderDraft, least: Decimal | None) -> Decimal:
    """Rupees without tax by which what is ready of a draft stays below the least value; 0 when it does not."""
    ready = [line for line in draft.lines if is_ready(line)]
    net = totals([(line.quantity or Decimal(0), line.price or Decimal(0), None) for line in ready]).net
    return max(Decimal(0), (least or Decimal(0)) - net)


def wait(session: Session, draft: OrderDraft) -> Decimal:
    """Leave a draft open for more to come; the rupees it is short of the least value."""
    draft.waits_for_more = True
    draft.reminder_due_at, draft.reminded_at = now(session) + WAITS, None
    return gap_to_least(draft, session.get_one(Party, draft.party_code).min_order_value)


def reminder(session: Session, draft: OrderDraft, *, usual: timedelta) -> timedelta:
    """How long after its last change a draft is reminded of; one that has come to the least value waits no more."""
    gap = gap_to_least(draft, session.get_one(Party, draft.party_code).min_order_value)
    draft.waits_for_more = draft.waits_for_more and gap > 0
    return max(usual, WAITS) if draft.waits_for_more else usual
