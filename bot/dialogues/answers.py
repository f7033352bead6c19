"""Typed yes and no: they act only on what they quote, or on the only thing open that was shown just now."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot.dialogues import confirming, show, taps
from bot.dialogues.ordering import quoted_draft_id
from bot.model import ACCEPTED_STATES, Inbound, InboundState, Outbound
from bot.turn import Turn
from orders import drafts
from orders.model import DraftState, OrderDraft

SHOWN_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Meant:
    """The draft an answer is about, and the summary its sender had before him."""

    draft: OrderDraft
    shown: Outbound | None


def yes(turn: Turn) -> None:
    """Confirm what was shown, if it is still what it was."""
    meant = _meant(turn)
    if meant is None:
        return
    if meant.draft.state != DraftState.OPEN.value:
        confirming.over(turn, meant.draft)
    elif not _holds(turn, meant):
        turn.say("confirm.see_again")
        show.draft_summary(turn, meant.draft)
        turn.progress = True
    else:
        confirming.confirm_draft(turn, meant.draft.id, version=meant.draft.version)


def no(turn: Turn) -> None:
    """Decline it; nothing was ordered."""
    meant = _meant(turn)
    if meant is None:
        return
    if meant.draft.state != DraftState.OPEN.value:
        confirming.over(turn, meant.draft)
    elif not _holds(turn, meant):
        turn.say("confirm.see_again")
        show.draft_summary(turn, meant.draft)
        turn.progress = True
    else:
        taps.decline(turn, meant.draft)
        turn.say("draft.declined")


def _meant(turn: Turn) -> Meant | None:
    """What is meant; None after having asked or said that nothing is open."""
    quoted = quoted_draft_id(turn)
    if quoted is not None:
        draft = turn.session.get_one(OrderDraft, quoted)
        bubble = turn.session.scalars(select(Outbound).where(Outbound.sid == turn.inbound.quoted_sid)).one()
        if draft.account_id == turn.account.id:
            return Meant(draft=draft, shown=bubble)
    open_ones = drafts.open_drafts(turn.session, turn.account.id)
    if not open_ones:
        turn.say("yes.nothing_open")
        return None
    if len(open_ones) > 1:
        show.list_open(turn, open_ones)
        return None
    return Meant(draft=open_ones[0], shown=_last_shown(turn))


def _last_shown(turn: Turn) -> Outbound | None:
    """The last summary that WhatsApp had taken for this person before the answer came, and not long ago."""
    return turn.session.scalars(
        select(Outbound)
        .where(
            Outbound.account_id == turn.account.id,
            Outbound.draft_version.is_not(None),
            Outbound.state.in_([state.value for state in ACCEPTED_STATES]),
            Outbound.sent_at <= turn.inbound.stored_at,
            Outbound.sent_at >= turn.inbound.stored_at - SHOWN_WITHIN,
        )
        .order_by(Outbound.sent_at.desc(), Outbound.position.desc())
        .limit(1)
    ).first()


def _holds(turn: Turn, meant: Meant) -> bool:
    """Whether the draft is exactly what was shown, and everything said before this answer has been read."""
    shown, draft = meant.shown, meant.draft
    if shown is None or shown.draft_id != draft.id or shown.draft_version != draft.version or turn.inbound.failure:
        return False
    if shown.kind == "same_order":
        return False
    return (
        turn.session.scalars(
            select(Inbound.id)
            .where(
                Inbound.sender == turn.inbound.sender,
                Inbound.channel == turn.inbound.channel,
                Inbound.id < turn.inbound.id,
                (Inbound.state == InboundState.STORED.value)
                | ((Inbound.state == InboundState.FAILED.value) & (Inbound.done_at >= shown.created_at)),
            )
            .limit(1)
        ).first()
        is None
    )
