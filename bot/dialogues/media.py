"""Photos, voice notes, documents, places and whatever else has no text to read: put before a person."""

from bot.turn import Turn
from people.model import Function
from routing import matters
from routing.model import MatterKind


def answer(turn: Turn) -> None:
    """A person looks at it; a caption is read like any text, beside it."""
    matter = matters.open_matter(
        turn.session,
        kind=MatterKind.MEDIA,
        reference=f"inbound:{turn.inbound.id}",
        function=Function.COMMERCIAL,
        party_code=next(iter(turn.known.firms), None),
        account_id=turn.account.id,
        inbound_id=turn.inbound.id,
        facts={"kind": turn.inbound.kind, "count": len(turn.inbound.media)},
    )
    turn.say("media.noted", number=matter.number)
    turn.progress, turn.outcome = True, "matter"
    if turn.text:
        from bot.dialogues import customers, staff

        (customers if turn.known.firms else staff).answer(turn)
