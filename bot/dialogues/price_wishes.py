"""What a turn's draft wishes of prices, with the reason that was written: put to whoever decides when the turn ends."""

from bot import price_asking
from bot.turn import Turn
from orders.model import OrderDraft

WHY = "price_reason"
"""In `Conversation.pending`: why the prices in a draft are asked for, until they are."""
LONGEST_REASON = 200


def keep_reason(turn: Turn, draft: OrderDraft, reason: str) -> None:
    """Remember why, until the prices are asked for."""
    if reason:
        kept = {"draft": draft.id, "reason": " ".join(reason.split())[:LONGEST_REASON]}
        turn.conversation.pending = {**turn.conversation.pending, WHY: kept}


def ask(turn: Turn, draft: OrderDraft) -> None:
    """At the end of a turn that changed a draft: what is wished beside the rules is put to whoever decides it."""
    if not price_asking.is_complete(draft):
        return
    kept = turn.conversation.pending.get(WHY) or {}
    reason = str(kept.get("reason", "")) if kept.get("draft") == draft.id else ""
    turn.said += price_asking.ask(
        turn.app,
        turn.session,
        draft,
        person_id=turn.known.person_id,
        reason=reason,
        inbound_id=turn.inbound.id,
        said=turn.words,
    )
    turn.conversation.pending = {name: value for name, value in turn.conversation.pending.items() if name != WHY}
