"""Orders announced to post by themselves: whatever their sender says of one stops its clock until that is settled."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.bubbles import split_payload
from bot.model import Outbound
from bot.replies.summary import Facts
from bot.turn import Turn
from orders import drafts
from orders.model import DraftState, OrderDraft
from orders.unanswered import announce

GREETED = "greeted"
ASKS_WHETHER = ("summary.still_wanted", "summary.forwarded")
"""Headings of a summary that asks whether it is an order at all."""
Announced = Mapping[int, int]
"""Draft → the version that was announced."""


def announce_if_allowed(turn: Turn, draft: OrderDraft) -> None:
    """The summary that is shown says when it posts, if it may."""
    if turn.account.opted_out_at is None:
        settings = turn.app.settings
        announce(
            turn.session,
            draft,
            timezone=settings.timezone,
            erp=turn.app.erp.name,
            overdue_allowed=settings.credit_overdue_days,
        )


def of_account(turn: Turn) -> Announced:
    """What this person has been told will be posted."""
    running = drafts.open_drafts(turn.session, turn.account.id)
    return {draft.id: draft.version for draft in running if draft.posts_at is not None}


def stop_if_spoken_of(turn: Turn, announced: Announced) -> None:
    """Stop the clocks that were running before this turn, unless it is certain that it was about something else.

    A new version is announced anew by its own summary.
    """
    only_a_sign = turn.unspoken and not turn.said and not turn.shown  # of which nothing came
    if not announced or only_a_sign or turn.outcome == GREETED:
        return
    for draft in drafts.open_drafts(turn.session, turn.account.id):
        if draft.posts_at is None or announced.get(draft.id) != draft.version or _is_about_another(turn, draft):
            continue
        draft.posts_at = None
        if not _shows(turn, draft.id):
            turn.say("announced.stopped", count=len(draft.lines))


def stop(turn: Turn, draft_id: int | None) -> None:
    """Something of what was said was not understood: its sender looks at it before it goes."""
    draft = turn.session.get(OrderDraft, draft_id) if draft_id is not None else None
    if draft is not None and draft.state == DraftState.OPEN.value:
        draft.posts_at = None


def stop_all(session: Session, account_id: int) -> None:
    """Something of his could not be read, and may have been the objection. The conversation must be locked."""
    for draft in drafts.open_drafts(session, account_id):
        drafts.locked(session, draft.id).posts_at = None


def _shows(turn: Turn, draft_id: int) -> bool:
    return any(isinstance(what, Facts) and what.draft.id == draft_id for what in turn.shown)


def _is_about_another(turn: Turn, draft: OrderDraft) -> bool:
    """Whether another draft was spoken of: by a tap or a quote, or because its summary is what came of it."""
    spoken_of = _pointed_at(turn)
    if spoken_of is not None:
        return spoken_of != draft.id
    shown = {what.draft.id for what in turn.shown if isinstance(what, Facts)}
    return turn.outcome == "summary" and bool(shown) and draft.id not in shown


def _pointed_at(turn: Turn) -> int | None:
    tap = split_payload(turn.inbound.payload) if turn.inbound.payload else None
    which = Outbound.token == tap.token if tap is not None else Outbound.sid == turn.inbound.quoted_sid
    if tap is None and not turn.inbound.quoted_sid:
        return None
    found = select(Outbound.draft_id).where(which, Outbound.account_id == turn.account.id)
    return turn.session.scalars(found).first()
