"""What reaches us without being written: reactions to a bubble, and WhatsApp's word that somebody changed number."""

from sqlalchemy import select

from bot.dialogues import answers, office, unknown
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
    """Whether this was no written message; then it is dealt with, and nothing need be answered.

    A reaction that does not say what it stands on is read like what is written.
    """
    kind = turn.inbound.kind
    if kind != SYSTEM and not (kind == REACTION and turn.inbound.quoted_sid):
        return False
    turn.outcome = kind
    if kind == SYSTEM:
        _changed_number(turn)
    elif turn.speaker is not None and _is_open(turn):
        _answered(turn, turn.text.translate(SHADES))
    return True


def of_a_stranger(turn: Turn) -> None:
    """A mere thumb needs no answer, but whoever gives it is to be known."""
    if turn.inbound.kind == REACTION:
        unknown.show_to_an_admin(turn)


def _answered(turn: Turn, sign: str) -> None:
    """A thumb on a summary is an answer to it; all else is friendliness, and an empty sign one taken back."""
    if sign and sign in AGREES:
        answers.yes(turn, plain=True)
    elif sign and sign in DECLINES:
        answers.no(turn, plain=True)


def _is_open(turn: Turn) -> bool:
    """Whether it stands on a bubble of ours that showed a draft which he may still confirm."""
    drafts = select(OrderDraft).join(Outbound, Outbound.draft_id == OrderDraft.id)
    shown = drafts.where(Outbound.sid == turn.inbound.quoted_sid, Outbound.account_id == turn.account.id)
    draft = turn.session.scalars(shown).first()
    return draft is not None and draft.state == DraftState.OPEN.value and draft.party_code in turn.known.firms


def _changed_number(turn: Turn) -> None:
    """Nobody becomes a customer by a number: who he is under the new one, an admin decides."""
    firms = turn.speaker.firms if turn.speaker is not None else ()
    office.raise_matter(
        turn,
        MatterKind.NUMBER_CHANGED,
        reference=f"inbound:{turn.inbound.id}",
        function=Function.IT,
        party_code=firms[0] if len(firms) == 1 else None,
        facts={"said": turn.text[:500]},
    )
