"""Photos, voice notes, documents, places, whatever has no text: read if that can be, else put before a person."""

from bot.dialogues import customers, office, papers, staff
from bot.papers.derived import paper_of
from bot.papers.reading import ask_for, can_read
from bot.turn import Turn
from people.model import Function
from routing.model import MatterKind

READING = "reading"
"""The outcome of a message whose papers are being read; what stands on them is answered when that is done."""


def answer(turn: Turn) -> None:
    """Papers that can be read are; of all else a person looks at it, and a caption is read like any text, beside it."""
    readable = [turn.known.orders and can_read(turn.app, one) for one in turn.inbound.media]
    if any(readable):
        ask_for(turn.session, turn.inbound)
        turn.got(READING)
    if readable and all(readable):
        return  # what is written under a paper goes with it
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
    if turn.text and not any(readable):
        (customers if turn.known.orders else staff).answer(turn)


def of_paper(turn: Turn) -> None:
    """What was read from a paper; of one that could not be read a person looks at it, and its caption is read."""
    paper = paper_of(turn.inbound)
    assert paper is not None
    if paper.refused is None and turn.known.orders:
        papers.answer(turn)
        return
    papers.put_before_a_person(turn, paper, reason=paper.refused.value if paper.refused else "")
    if turn.known.orders and papers.says_more(turn):
        customers.answer_text(turn)
