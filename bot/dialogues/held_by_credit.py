"""What the sender of a held order does about it: lets it wait, lowers it to what fits, or cancels it."""

from bot.bubbles import Tap
from bot.credit_decided import cancel_held, settle
from bot.dialogues import show
from bot.held_orders import KIND, with_ways_out
from bot.model import Outbound
from bot.turn import Turn
from orders import order_changes
from orders.model import OrderState, SalesOrder

__all__ = ["KIND", "tapped"]


def tapped(turn: Turn, tap: Tap, bubble: Outbound) -> None:
    """A button under what he was told of it; once it is not held any more he hears where it stands."""
    order = turn.session.get_one(SalesOrder, str(bubble.subject["order"]))
    if order.party_code not in turn.known.firms:
        turn.say("draft.not_yours")
    elif order.state != OrderState.HELD.value or tap.act == "ack":
        show.tell_order(turn, order)
        turn.got("acknowledged")
    elif tap.act == "cancel" and turn.inbound.payload:
        _cancel(turn, order)
    elif tap.act == "cancel":
        turn.show(with_ways_out(turn.words, order, [turn.words("credit.tap_to_cancel", number=order.number)]))
    else:
        _change(turn, order)


def _cancel(turn: Turn, order: SalesOrder) -> None:
    by, reason = turn.known.name, "cancelled by its sender"
    if cancel_held(turn.app, turn.session, order.number, by=by, reason=reason):
        settle(turn.session, order.number, by=by, reason=reason)
    show.tell_order(turn, order)
    turn.got("cancelled")


def _change(turn: Turn, order: SalesOrder) -> None:
    """The order as a list to be changed; when it is confirmed, credit is judged anew."""
    draft = order_changes.begin(
        turn.session,
        order,
        account_id=turn.account.id,
        person_id=turn.known.person_id,
        on_behalf=order.party_code not in turn.known.buys_for,
        simulated=turn.inbound.simulated,
    )
    turn.session.flush()
    turn.conversation.draft_id = draft.id
    turn.say("change.how")
    show.draft_summary(turn, draft)
    turn.got("change")
