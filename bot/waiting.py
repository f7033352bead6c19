"""What may not be said yet, since the window is closed and no form is approved: it waits, and goes exactly once.

It goes when a form is approved or the person writes; not when a person of the office has closed the matter, when what
it is about is over, or when it is too old.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.bubbles import LIMIT_PLAIN, LIMIT_WITH_BUTTONS, text_length
from bot.channels.openings import approved_for
from bot.channels.port import Channel
from bot.model import Outbound, OutboundState
from bot.replies.words import Words, clock_time
from bot.sending import WAITS_REFERENCE, defer_sending, stands_still
from bot.silence import is_taken_over
from orders.model import DraftState, OrderDraft
from routing import matters
from routing.model import Matter, MatterKind
from store.database import now
from store.holds import standstill

log = structlog.get_logger()

TOO_OLD_AFTER = timedelta(days=3)
"""Older than this it is news no more; whoever it was for is to be called."""
LATE = timedelta(hours=2)
"""What comes later than this says when it was written."""
MOST_AT_ONCE = 200
TOO_OLD, CLOSED_BY_OFFICE, OVER = "too old", "closed by the office", "over"

Decide = Callable[[Outbound], bool]


def he_wrote(session: Session, account_id: int, *, timezone: str) -> int:
    """The window is open: what waited for it goes, before what is answered now; how many.

    Asked when the turn has done its work: what it settled or shows anew is not said again.
    """
    return _release(session, account_id, may_go=lambda _: True, by_form=False, timezone=timezone)


def release(app: Munshi) -> int:
    """The duty: send what has an approved form by now, and give up what is too old; how many accounts were looked at.

    Nothing goes while we stand still.
    """
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
        waiting = session.scalars(
            select(Outbound.account_id).where(Outbound.waits_since.is_not(None)).distinct().limit(MOST_AT_ONCE)
        ).all()
    return sum(app.database.retrying(partial(_look_again, app, account_id=one)) for one in waiting)


def _look_again(app: Munshi, session: Session, *, account_id: int) -> int:
    if stands_still(session, account_id):
        return 0
    may_go = partial(_has_form, session, app)
    return _release(session, account_id, may_go=may_go, by_form=True, timezone=app.settings.timezone)


def _has_form(session: Session, app: Munshi, row: Outbound) -> bool:
    channel: Channel | None = app.channels.get(row.channel)
    return channel is not None and approved_for(session, channel.name, kind=row.kind, language=row.language)


def _release(session: Session, account_id: int, *, may_go: Decide, by_form: bool, timezone: str) -> int:
    rows = session.scalars(
        select(Outbound)
        .where(Outbound.account_id == account_id, Outbound.waits_since.is_not(None))
        .order_by(Outbound.position)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return 0
    matter = _matter(session, account_id)
    taken_over = is_taken_over(session, account_id)
    changed = 0
    for row in rows:
        why = _given_up(session, row, matter)
        if why:
            _give_up(row, why, session=session)
        elif row.draft_id is not None and taken_over:
            continue  # the clerk may be changing that very list; it is shown anew when the talk is handed back
        elif may_go(row):
            _let_go(session, row, by_form=by_form, timezone=timezone)
        else:
            continue
        changed += 1
    session.flush()
    _settle(session, matter, rows)
    return changed


def _matter(session: Session, account_id: int) -> Matter | None:
    """The newest matter of what waits for this account, closed or not."""
    reference = WAITS_REFERENCE.format(account_id)
    return session.scalars(
        select(Matter)
        .where(Matter.kind == MatterKind.WINDOW_CLOSED.value, Matter.reference == reference)
        .order_by(Matter.id.desc())
        .limit(1)
    ).first()


def _given_up(session: Session, row: Outbound, matter: Matter | None) -> str:
    """Why it is not to be said any more; empty when it is."""
    if row.state != OutboundState.FAILED.value:
        return OVER  # a callback told that it arrived after all
    if matter is not None and matter.closed_at is not None:
        return CLOSED_BY_OFFICE
    if _is_over(session, row):
        return OVER
    return TOO_OLD if row.created_at <= now(session) - TOO_OLD_AFTER else ""


def _is_over(session: Session, row: Outbound) -> bool:
    """Whether it shows a draft that was settled since, or something newer of its topic was written."""
    draft = session.get(OrderDraft, row.draft_id) if row.draft_id is not None else None
    if draft is not None and (draft.state != DraftState.OPEN.value or row.draft_version not in (None, draft.version)):
        return True
    newer = select(Outbound.id).where(
        Outbound.account_id == row.account_id, Outbound.topic == row.topic, Outbound.position > row.position
    )
    return bool(row.topic) and session.scalars(newer.limit(1)).first() is not None


def _give_up(row: Outbound, why: str, *, session: Session) -> None:
    row.waits_since = None
    if row.state == OutboundState.FAILED.value:
        state = OutboundState.FAILED if why == TOO_OLD else OutboundState.SUPERSEDED
        row.state, row.error, row.state_at = state.value, why, now(session)
    log.info("waiting_given_up", outbound_id=row.id, why=why)


def _let_go(session: Session, row: Outbound, *, by_form: bool, timezone: str) -> None:
    present = now(session)
    if present - row.created_at > LATE:
        _say_when(row, timezone=timezone)
    row.state, row.state_at, row.waits_since, row.released_at = OutboundState.QUEUED.value, present, None, present
    row.not_before, row.sid = present, None
    # By a form it goes whatever we think of the window: the provider may have said that it is closed.
    row.error = row.error if by_form else ""
    session.flush()
    defer_sending(session, row)
    log.info("waiting_over", outbound_id=row.id, by_form=by_form)


def _say_when(row: Outbound, *, timezone: str) -> None:
    said = Words(row.language)
    when = said(
        "waiting.written",
        day=said.day(row.created_at.astimezone(ZoneInfo(timezone)).date()),
        at=clock_time(row.created_at, timezone),
    )
    limit = LIMIT_WITH_BUTTONS if row.buttons or row.rows else LIMIT_PLAIN
    if text_length([when, *row.lines]) <= limit:
        row.lines = [when, *row.lines]


def _settle(session: Session, matter: Matter | None, rows: Sequence[Outbound]) -> None:
    """The matter ends with the last that waited; what was too old stays before a person, and says so."""
    if matter is None or matter.closed_at is not None or any(row.waits_since is not None for row in rows):
        return
    too_old = [row.id for row in rows if row.error == TOO_OLD]
    if too_old:
        matter.facts = {**matter.facts, "outbound_id": too_old[-1], "not_sent": TOO_OLD, "count": len(too_old)}
        return
    matters.close(session, matter.id, by="munshi", reason="sent")
