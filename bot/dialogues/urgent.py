"""“Urgent”: a request that dispatch gets, and never a promise to whoever made it."""

from datetime import timedelta

from bot import urgency
from bot.dialogues import show
from bot.turn import Turn
from nlp.values import Intent, Reading
from orders import drafts
from orders.drafts import Changed
from orders.model import OrderState, SalesOrder
from orders.post import locked
from store.database import now

STILL_MEANT = timedelta(days=7)
"""So long after an order was confirmed, an “urgent” alone may be about it."""
ALONE = frozenset({Intent.OTHER, Intent.ORDER, Intent.PRIORITY_CHANGE, Intent.DELIVERY_REPORT})
"""What a message is read as that says nothing but that it is urgent."""
OPEN = (OrderState.CONFIRMED.value, OrderState.ACCEPTED.value, OrderState.POSTED.value, OrderState.HELD.value)


def alone(turn: Turn, reading: Reading) -> bool:
    """Take a message that only says that it is urgent; False when it is none, or about nothing we know."""
    says_more = reading.lines or reading.changes or reading.also or reading.requested_on
    if not reading.urgent or reading.intent not in ALONE or says_more:
        return False
    draft = show.open_draft_of(turn)
    if draft is not None:
        draft = drafts.locked(turn.session, draft.id)
        draft.urgent = True
        show.changed_summary(turn, draft, Changed())
        return True
    order = show.last_order_of(turn)
    if order is None or order.state not in OPEN or now(turn.session) - order.confirmed_at > STILL_MEANT:
        return False
    _request(turn, order)
    return True


def beside_a_yes(turn: Turn, reading: Reading) -> None:
    """“Haan, urgent bhejna”: the order it agrees to is wanted quickly."""
    draft = show.open_draft_of(turn)
    if reading.urgent and draft is not None:
        drafts.locked(turn.session, draft.id).urgent = True


def _request(turn: Turn, order: SalesOrder) -> None:
    """Of an order that the ERP does not have yet, dispatch hears with the ERP's answer."""
    order = locked(turn.session, order.number)  # so that the ERP's answer is before this, or sees it
    order.urgent = True
    if order.state in urgency.WITH_THE_ERP:
        urgency.request(turn.app, turn.session, order)
    turn.say("urgent.asked", number=order.erp_number or order.number)
    turn.got("urgent")
