"""Typed yes and no: they act only on what they quote, or on the only thing open that was shown just now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.dialogues import assist, confirming, further, price_requests, show
from bot.model import ACCEPTED_STATES, Inbound, InboundState, Outbound
from bot.turn import Turn
from orders import drafts
from orders.model import DraftState, OrderDraft

SHOWN_WITHIN = timedelta(minutes=30)
SAME_ORDER = "same_order"
PLACED_FOR_YOU = "placed_for_you"
DESK_REPLY = "desk_reply"
"""What a clerk wrote as the firm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Meant:
    """The draft an answer is about, and the bubble its sender had before him."""

    draft: OrderDraft
    shown: Outbound | None


def yes(turn: Turn, *, plain: bool) -> None:
    """Confirm what was shown, if it is still what it was and nothing else was said with the yes."""
    meant = _meant(turn, act="ack")
    if meant is None:
        return
    if meant.draft.state != DraftState.OPEN.value:
        confirming.over(turn, meant.draft)
    elif assist.keeps(turn, meant.draft):
        show.draft_summary(turn, meant.draft)
    elif not plain or not _holds(turn, meant):
        _see_again(turn, meant)
    elif meant.shown is not None and meant.shown.kind == price_requests.COUNTER:
        price_requests.accept(turn, drafts.locked(turn.session, meant.draft.id), int(meant.shown.subject["request"]))
    else:
        confirming.confirm_draft(turn, meant.draft.id, version=meant.draft.version)


def no(turn: Turn, *, plain: bool) -> None:
    """Decline it; nothing was ordered."""
    meant = _meant(turn, act="notmine")
    if meant is None:
        return
    if meant.draft.state != DraftState.OPEN.value:
        confirming.over(turn, meant.draft)
    elif not plain:
        turn.say("change.how")
        show.draft_summary(turn, meant.draft)
    elif not assist.keeps(turn, meant.draft) and not _holds(turn, meant):
        _see_again(turn, meant)
    elif meant.shown is not None and meant.shown.kind == price_requests.COUNTER:
        price_requests.at_list(turn, drafts.locked(turn.session, meant.draft.id))
    else:
        confirming.decline(turn, meant.draft)


def _see_again(turn: Turn, meant: Meant) -> None:
    shown = meant.shown
    if shown is not None and shown.kind == SAME_ORDER and shown.draft_version == meant.draft.version:
        confirming.ask_again_if_same(turn, meant.draft, shown)
        return
    turn.say("confirm.see_again")
    show.draft_summary(turn, meant.draft)


def _meant(turn: Turn, *, act: str) -> Meant | None:
    """What is meant; None after having answered otherwise: asked, said that nothing is open, or acted on a notice."""
    if turn.inbound.quoted_sid:
        return _quoted(turn, act=act)
    open_ones = drafts.open_drafts(turn.session, turn.account.id)
    if len(open_ones) == 1:
        return Meant(draft=open_ones[0], shown=last_shown(turn))
    if open_ones:
        show.list_open(turn, open_ones)
    else:
        turn.say("yes.nothing_open")
    return None


def _quoted(turn: Turn, *, act: str) -> Meant | None:
    bubble = turn.session.scalars(
        select(Outbound).where(Outbound.sid == turn.inbound.quoted_sid, Outbound.account_id == turn.account.id)
    ).first()
    if bubble is not None and bubble.draft_id is not None:
        return Meant(draft=turn.session.get_one(OrderDraft, bubble.draft_id), shown=bubble)
    if bubble is not None and bubble.kind == PLACED_FOR_YOU:
        further.order_tap(turn, act, str(bubble.subject["order"]))
    else:
        show.present_state(turn)
    return None


def last_shown(turn: Turn) -> Outbound | None:
    """The last summary WhatsApp had taken for this person before the answer came, and not long ago."""
    return turn.session.scalars(
        select(Outbound)
        .where(
            Outbound.account_id == turn.account.id,
            Outbound.draft_version.is_not(None),
            Outbound.state.in_([state.value for state in ACCEPTED_STATES]),
            Outbound.sent_at <= turn.came_at,
            Outbound.sent_at >= turn.came_at - SHOWN_WITHIN,
        )
        .order_by(Outbound.sent_at.desc(), Outbound.position.desc())
        .limit(1)
    ).first()


def _holds(turn: Turn, meant: Meant) -> bool:
    """Whether the draft is exactly what was shown, and everything said before this answer has been read."""
    shown, draft = meant.shown, meant.draft
    if shown is None or turn.inbound.failure or shown.kind == SAME_ORDER:
        return False
    same = shown.draft_id == draft.id and shown.draft_version == draft.version
    return same and not unread(turn, since=shown.created_at) and not _clerk_spoke(turn, since=shown)


def _clerk_spoke(turn: Turn, *, since: Outbound) -> bool:
    """Whether a clerk has written to him since this was shown: then his word may be to the clerk."""
    spoken = select(Outbound.id).where(
        Outbound.account_id == turn.account.id, Outbound.kind == DESK_REPLY, Outbound.position > since.position
    )
    return turn.session.scalars(spoken.limit(1)).first() is not None


def unread(turn: Turn, *, since: datetime) -> bool:
    """Whether an earlier message of this person is not read yet, or has failed since then."""
    missed = (Inbound.state == InboundState.FAILED.value) & (Inbound.done_at > since)
    return (
        turn.session.scalars(
            select(Inbound.id)
            .where(
                Inbound.sender == turn.inbound.sender,
                Inbound.channel == turn.inbound.channel,
                Inbound.id < turn.inbound.id,
                (Inbound.state == InboundState.STORED.value) | missed,
            )
            .limit(1)
        ).first()
        is not None
    )
