"""For which firm somebody speaks: his only one, the one he names, the one of the open draft; else asked once."""

from nlp import named_firm
from sqlalchemy import select

from bot.bubbles import MOST_ROWS, ROW_DESCRIPTION, ROW_TITLE, Bubble, Row
from bot.catalogue import reader_speaker
from bot.model import Inbound, InboundState
from bot.parked import park
from bot.replies.words import short
from bot.turn import Turn
from orders.model import DraftState, OrderDraft
from people.model import Party

ASKED = "firm"
"""In `Conversation.pending`: the messages that wait for the answer, and the firms offered."""


def firm_of(turn: Turn) -> str | None:
    """The party this message is about, or None when it must be asked."""
    who = turn.known
    if len(who.firms) == 1 and not who.is_rep:
        return who.firms[0]
    named = _named(turn, who.firms)
    if named:
        return named
    chosen = turn.conversation.pending.get("chosen")
    if chosen and chosen.get("inbound_id") == turn.inbound.id:
        return str(chosen["firm"])
    draft = open_draft_of(turn)
    if draft is not None:
        return draft.party_code
    return who.firms[0] if len(who.firms) == 1 else None


def open_draft_of(turn: Turn) -> OrderDraft | None:
    """The draft this conversation is about, while it is open."""
    draft_id = turn.conversation.draft_id
    draft = turn.session.get(OrderDraft, draft_id) if draft_id else None
    return draft if draft is not None and draft.state == DraftState.OPEN.value else None


def _named(turn: Turn, firms: tuple[str, ...]) -> str | None:
    catalogue = turn.app.catalogues.current(turn.session)
    speaker = reader_speaker(turn.session, party_code=None, role="sales_rep", language="", may_order_for=firms)
    return named_firm(turn.text, catalogue, speaker) if firms else None


def names_a_strange_firm(turn: Turn) -> Party | None:
    """A firm named that this person has nothing to do with: it is not ordered for, and not told about."""
    named = _named(turn, tuple(turn.session.scalars(select(Party.code).where(Party.active))))
    if named is None or named in turn.known.firms:
        return None
    return turn.session.get_one(Party, named)


def ask(turn: Turn) -> None:
    """Keep the message and ask for whom it is."""
    park(turn.session, turn.inbound)
    pending = dict(turn.conversation.pending)
    waiting = [*pending.get(ASKED, {}).get("inbound_ids", []), turn.inbound.id]
    firms = _parties(turn, turn.known.firms)
    turn.conversation.pending = {**pending, ASKED: {"inbound_ids": waiting}}
    if turn.waits_behind():
        return
    turn.say("firm.ask")
    rows = tuple(
        Row(
            act="pick",
            arg=f"f.{party.code}",
            title=short(party.name, ROW_TITLE),
            description=short(f"{party.name}, {party.city}", ROW_DESCRIPTION),
        )
        for party in firms[:MOST_ROWS]
    )
    if len(firms) > MOST_ROWS:
        turn.say("firm.or_type")
    turn.show(
        [
            Bubble(
                kind="which_firm",
                lines=tuple(turn.said),
                rows=rows,
                rows_title=turn.words("button.choose"),
                topic="which_firm",
                language=turn.words.catalogue,
            )
        ]
    )
    turn.said.clear()
    turn.write()


def answered(turn: Turn, code: str) -> bool:
    """The firm is known now: whatever waited for it is read; False when nothing waited or it is none of his."""
    waiting = turn.conversation.pending.get(ASKED, {}).get("inbound_ids", [])
    if not waiting or code not in turn.known.firms:
        return False
    pending = {name: value for name, value in turn.conversation.pending.items() if name != ASKED}
    turn.conversation.pending = pending
    turn.progress = True
    _read_waiting(turn, waiting, code)
    return True


def _read_waiting(turn: Turn, waiting: list[int], code: str) -> None:
    from bot.dialogues import customers

    kept = turn.session.scalars(
        select(Inbound)
        .where(Inbound.id.in_(waiting), Inbound.state == InboundState.PARKED.value)
        .order_by(Inbound.id)
        .with_for_update()
    ).all()
    asking = turn.inbound
    for inbound in kept:
        turn.inbound = inbound
        turn.conversation.pending = {**turn.conversation.pending, "chosen": {"inbound_id": inbound.id, "firm": code}}
        customers.answer(turn)
        inbound.state, inbound.outcome = InboundState.DONE.value, "firm_known"
    turn.inbound = asking
    turn.conversation.pending = {
        name: value for name, value in turn.conversation.pending.items() if name != "chosen"
    }


def typed(turn: Turn) -> str | None:
    """The firm a typed answer to the question names, by what people call it or by its code."""
    if ASKED not in turn.conversation.pending:
        return None
    named = _named(turn, turn.known.firms)
    if named:
        return named
    text = turn.text.casefold()
    for party in _parties(turn, turn.known.firms):
        if text in (party.code.casefold(), party.name.casefold()) or (len(text) >= 4 and text in party.name.casefold()):
            return party.code
    return None


def _parties(turn: Turn, codes: tuple[str, ...]) -> list[Party]:
    return list(
        turn.session.scalars(select(Party).where(Party.code.in_(codes)).order_by(Party.name))
    )
