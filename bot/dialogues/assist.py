"""Customers in assist: what they order is drafted, and a clerk confirms it or lets it go to its sender."""

from bot import to_the_desk
from bot.turn import Turn
from orders.model import OrderDraft


def keeps(turn: Turn, draft: OrderDraft) -> bool:
    """Whether a clerk must see this version before its sender does."""
    return to_the_desk.keeps(turn.session, draft)


def leave_to_the_desk(turn: Turn, draft: OrderDraft) -> None:
    """Its sender hears that it is noted, under which number, and no more."""
    matter = to_the_desk.put(turn.session, draft, inbound_id=turn.inbound.id)
    turn.show(to_the_desk.noted(turn.words, draft, matter))
    turn.got("left_to_the_desk")
