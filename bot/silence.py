"""What comes from a person whom a clerk has taken over: kept and put before that clerk, never acted on by itself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dialogues.reading import read_for
from bot.dialogues.unspoken import SYSTEM
from bot.model import Conversation, InboundState
from bot.turn import OWED, Turn
from nlp.values import Intent
from people.model import Function
from routing import matters
from routing.model import MatterKind
from store.database import now

TAKEN_OVER_OUTCOME = "taken_over"
LONGEST = 500


def reference(account_id: int) -> str:
    """What the matters of a talk that is taken over are about."""
    return f"account:{account_id}"


def is_taken_over(session: Session, account_id: int) -> bool:
    """Whether a clerk talks with this person now."""
    taken = select(Conversation.taken_over_by).where(Conversation.account_id == account_id)
    return session.scalar(taken) is not None


def kept(turn: Turn) -> bool:
    """Whether this message is the clerk's to answer; then it stands before him, and nothing is said.

    Somebody who wants no more messages is heard at once, whoever talks with him.
    """
    if turn.conversation.taken_over_by is None or turn.inbound.kind == SYSTEM or _opts_out(turn):
        return False
    inbound = turn.inbound
    firms = turn.speaker.firms if turn.speaker is not None else ()
    matters.open_matter(
        turn.session,
        kind=MatterKind.UNANSWERED,
        reference=reference(turn.account.id),
        function=Function.COMMERCIAL,
        party_code=firms[0] if len(firms) == 1 else None,
        account_id=turn.account.id,
        inbound_id=inbound.id,
        facts={"said": turn.text[:LONGEST] or inbound.kind},
        owner=turn.conversation.taken_over_by,
    )
    inbound.state, inbound.outcome, inbound.done_at = InboundState.DONE.value, TAKEN_OVER_OUTCOME, now(turn.session)
    # What was left to this message to say, the clerk sees in the talk and says himself.
    turn.conversation.unsaid = []
    turn.conversation.pending = {name: value for name, value in turn.conversation.pending.items() if name != OWED}
    return True


def _opts_out(turn: Turn) -> bool:
    if turn.speaker is None or not turn.text or turn.inbound.payload or turn.inbound.media:
        return False
    return read_for(turn, None).intent == Intent.OPT_OUT
