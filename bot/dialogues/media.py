"""Photos, voice notes, documents, places and whatever else has no text to read: put before a person."""

from bot.dialogues import customers, office, staff
from bot.turn import Turn
from people.model import Function
from routing.model import MatterKind


def answer(turn: Turn) -> None:
    """A person looks at it; a caption is read like any text, beside it."""
    matter = office.raise_matter(
        turn,
        MatterKind.MEDIA,
        reference=f"inbound:{turn.inbound.id}",
        function=Function.COMMERCIAL,
        party_code=turn.known.firms[0] if len(turn.known.firms) == 1 else None,
        facts={"kind": turn.inbound.kind, "count": len(turn.inbound.media)},
    )
    turn.say("media.noted", number=matter.number)
    turn.got("matter")
    if turn.text:
        (customers if turn.known.orders else staff).answer(turn)
