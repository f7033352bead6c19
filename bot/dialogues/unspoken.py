"""What reaches us without being written: reactions to a bubble, and WhatsApp's word that somebody changed number."""

from sqlalchemy import select

from bot.dialogues import answers, office
from bot.model import Outbound
from bot.turn import Turn
from orders.model import DraftState, OrderDraft
from people.model import Function
from routing.model import MatterKind

REACTION, SYSTEM = "reaction", "system"
AGREES, DECLINES = frozenset("👍👌✅✔💯"), frozenset("👎❌🚫✖")
# Colours of skin, and the sign that asks for a picture.
SHADES = dict.fromkeys([*range(0x1F3FB, 0x1F400), 0xFE0F])


def taken(turn: Turn) -> bool:
    """Whether this was no written message; then it is dealt with, and nothing need be answered."""
    kind = turn.inbound.kind
    if kind == SYSTEM:
        _changed_number(turn)
    elif kind == REACTION:
        _reacted(turn)
    return kind in (SYSTEM, REACTION)


def _reacted(turn: Turn) -> None:
    """A thumb on a summary that is still open is an answer to it; all else is friendliness, or was taken back."""
    sign = turn.text.translate(SHADES)
    if not sign or not _is_open(turn):
        turn.outcome = REACTION
    elif sign in AGREES:
        answers.yes(turn, plain=True)
    elif sign in DECLINES:
        answers.no(turn, plain=True)
    else:
        turn.outcome = REACTION


def _is_open(turn: Turn) -> bool:
    """Whether it stands on a bubble of ours that showed a draft which can still be confirmed."""
    shown = select(OrderDraft.state).join(Outbound, Outbound.draft_id == OrderDraft.id)
    of_bubble = shown.where(Outbound.sid == turn.inbound.quoted_sid, Outbound.account_id == turn.account.id)
    return turn.session.scalars(of_bubble).first() == DraftState.OPEN.value


def _changed_number(turn: Turn) -> None:
    """Nobody becomes a customer by a number: who he is under the new one, an admin decides."""
    turn.outcome = "number_changed"
    if turn.speaker is None:
        return
    office.raise_matter(
        turn,
        MatterKind.NUMBER_CHANGED,
        reference=f"inbound:{turn.inbound.id}",
        function=Function.IT,
        party_code=turn.known.firms[0] if len(turn.known.firms) == 1 else None,
        facts={"said": turn.text[:500]},
    )
