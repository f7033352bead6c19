"""The same text again within ten minutes: a person asking whether we heard, or a phone that sent twice."""

from datetime import timedelta

from sqlalchemy import select

from bot.dialogues import firms, show
from bot.model import Inbound, InboundState
from bot.turn import Turn
from nlp.bargain import price_wishes
from orders.approval_model import PriceRequest, RequestState
from orders.model import DraftState, OrderDraft, TrailEntry
from routing.model import Matter

WITHIN = timedelta(minutes=10)
STANDS = ("summary", "matter", firms.ASKED_FIRM, "firm_known")
"""Outcomes of a message that need not come about twice. "haan" and "1b" mean something else each time."""


def earlier(turn: Turn) -> Inbound | None:
    """The message that said the same, if what came of it still stands."""
    inbound = turn.inbound
    if turn.firm or inbound.failure:
        return None
    before = turn.session.scalars(
        select(Inbound)
        .where(
            Inbound.account_id == turn.account.id,
            Inbound.id < inbound.id,
            Inbound.body == inbound.body,
            Inbound.payload == "",
            Inbound.quoted_sid == inbound.quoted_sid,
            Inbound.state.in_([InboundState.DONE.value, InboundState.PARKED.value]),
            Inbound.outcome.in_(STANDS),
            Inbound.sent_at >= inbound.sent_at - WITHIN,
        )
        .order_by(Inbound.id.desc())
        .limit(1)
    ).first()
    if before is None or _was_dropped(turn, before) or _was_decided(turn, before):
        return None
    return before


def _was_dropped(turn: Turn, before: Inbound) -> bool:
    """The draft it made was declined or cancelled since: now it is wanted again."""
    states = turn.session.scalars(
        select(OrderDraft.state)
        .join(TrailEntry, TrailEntry.draft_id == OrderDraft.id)
        .where(TrailEntry.inbound_id == before.id)
    ).all()
    return any(state in (DraftState.DECLINED.value, DraftState.CANCELLED.value) for state in states)


def _was_decided(turn: Turn, before: Inbound) -> bool:
    """It asked for a price and nothing else, and that was refused or is asked for no more: now it is again."""
    if not price_wishes(turn.text):
        return False
    states = turn.session.scalars(select(PriceRequest.state).where(PriceRequest.inbound_id == before.id)).all()
    return bool(states) and RequestState.OPEN.value not in states


def answer(turn: Turn, before: Inbound) -> None:
    """Tell where what it asked for stands now."""
    turn.outcome = "repeated"
    noted = turn.session.scalars(
        select(Matter).where(Matter.inbound_id == before.id, Matter.closed_at.is_(None)).order_by(Matter.id)
    ).all()
    if firms.is_asked(turn):
        firms.show_question(turn)
    elif before.outcome == "matter" and noted:
        turn.say("state.noted_already", number=", ".join(matter.number for matter in noted))
    else:
        turn.say("state.again")
        show.present_state(turn)
