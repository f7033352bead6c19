"""“Urgent”: a request that dispatch gets, and never a promise to whoever made it."""

from datetime import timedelta

from bot import urgency
from bot.dialogues import show, which_order
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
    if not reading.urgent or says_more or not _says_nothing_else(turn, reading):
        return False
    draft = None if "order" in reading.slots else show.open_draft_of(turn)
    if draft is not None:
        draft = drafts.locked(turn.session, draft.id)
        draft.urgent = True
        show.changed_summary(turn, draft, Changed())
        return True
    return _about_order(turn, reading)


def _says_nothing_else(turn: Turn, reading: Reading) -> bool:
    """“Bhej do, urgent hai” sounds like a yes; with nothing open it is none."""
    if reading.intent == Intent.YES:
        return not drafts.open_drafts(turn.session, turn.account.id)
    return reading.intent in ALONE


def beside_a_question(turn: Turn, reading: Reading) -> None:
    """“Order kab aayega, urgent hai”: answered, and handed to dispatch."""
    if reading.urgent and reading.intent == Intent.ORDER_STATUS:
        _about_order(turn, reading)


def _about_order(turn: Turn, reading: Reading) -> bool:
    """The order named, else the last one; False when there is none that can still be hurried."""
    order = _meant(turn, reading.slots.get("order", ""))
    if order is None or order.state not in OPEN or now(turn.session) - order.confirmed_at > STILL_MEANT:
        return False
    _request(turn, order)
    return True


def _meant(turn: Turn, number: str) -> SalesOrder | None:
    """The order named, else the last one of this person."""
    if not number:
        return show.last_order_of(turn)
    return next(iter(which_order.of_number(turn, number, turn.known.firms).ours), None)


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
