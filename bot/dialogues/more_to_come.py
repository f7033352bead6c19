"""A draft that waits for more: its sender was told what is missing to the least value of an order."""

from bot.replies.words import rupees
from bot.turn import Turn
from orders import drafts, more_to_come
from orders.model import OrderDraft
from routing import matters
from routing.model import MatterKind


def wait(turn: Turn, draft: OrderDraft) -> None:
    """It stays open, what is added joins it, and it is reminded of a day later."""
    gap = more_to_come.wait(turn.session, draft)
    drafts.note(turn.session, draft, "waits", by=turn.known.name, inbound_id=turn.inbound.id)
    unconfirmed = [MatterKind.UNCONFIRMED_DRAFT]
    matters.close_about(turn.session, f"draft:{draft.id}", kinds=unconfirmed, by="munshi", reason="waits for more")
    turn.conversation.draft_id = draft.id
    turn.say("wait.noted", gap=rupees(gap))
    turn.got("waits")
