"""The text of messages and what came with them is kept for so many months; the orders stay."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.model import Inbound, InboundMedia, InboundState, KeptNotice, Outbound
from bot.personal_data import BUBBLE_BLANKS, MESSAGE_BLANKS
from bot.sending import OPEN
from orders.model import Alias, DraftLine, DraftState, OrderDraft, OrderLine, SalesOrder, ShadowReading, TrailEntry
from people.model import PrivacyAct, PrivacyEntry
from people.privacy import begin_forgetting, note
from routing.model import Matter
from store.database import now

log = structlog.get_logger()

BY = "retention"
EVERY = timedelta(hours=23)
AT_ONCE = 500
LONGEST_MONTH = timedelta(days=31)


def forget_old(app: Munshi) -> int:
    """The duty, once a day: how many messages and bubbles lost their text. Two clocks do no harm.

    What still waits for somebody keeps its text: a message that is parked or before a person, an open draft.
    """
    months = app.settings.keep_messages
    if not months:
        return 0
    with app.database.transaction() as session:
        if not _is_due(session):
            return 0
        before = now(session) - months * LONGEST_MONTH
    counts = {"messages": 0, "bubbles": 0}
    while done := app.database.retrying(lambda session: _messages(session, before)):
        counts["messages"] += done
    while done := app.database.retrying(lambda session: _bubbles(session, before)):
        counts["bubbles"] += done
    counts["orders"] = app.database.retrying(lambda session: _orders(session, before))
    with app.database.transaction() as session:
        note(session, PrivacyAct.RETENTION, by=BY, counts=counts)
    if any(counts.values()):
        log.info("old_texts_forgotten", **counts)
    return sum(counts.values())


def _is_due(session: Session) -> bool:
    last = session.scalars(
        select(PrivacyEntry.at)
        .where(PrivacyEntry.what == PrivacyAct.RETENTION.value)
        .order_by(PrivacyEntry.id.desc())
        .limit(1)
    ).first()
    return last is None or last <= now(session) - EVERY


def _messages(session: Session, before: datetime) -> int:
    waiting = select(Matter.inbound_id).where(Matter.closed_at.is_(None), Matter.inbound_id.is_not(None))
    old = session.scalars(
        select(Inbound.id)
        .where(
            Inbound.stored_at < before,
            Inbound.state.in_((InboundState.DONE.value, InboundState.FAILED.value)),
            or_(Inbound.body != "", Inbound.payload != "", Inbound.raw != {}, Inbound.media != []),
            Inbound.id.not_in(waiting),
        )
        .order_by(Inbound.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if not old:
        return 0
    session.execute(delete(InboundMedia).where(InboundMedia.inbound_id.in_(old)))
    session.execute(delete(ShadowReading).where(ShadowReading.inbound_id.in_(old)))
    session.execute(update(Alias).where(Alias.inbound_id.in_(old)).values(message=""))
    closed = update(Matter).where(Matter.inbound_id.in_(old), Matter.closed_at.is_not(None))
    session.execute(closed.values(facts={}))
    session.execute(update(Inbound).where(Inbound.id.in_(old)).values(**MESSAGE_BLANKS))
    return len(old)


def _bubbles(session: Session, before: datetime) -> int:
    old = session.scalars(
        select(Outbound.id)
        .where(
            Outbound.created_at < before,
            Outbound.state.not_in(OPEN),
            Outbound.waits_since.is_(None),
            Outbound.lines != [],
        )
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    session.execute(update(Outbound).where(Outbound.id.in_(old)).values(**BUBBLE_BLANKS))
    told = delete(KeptNotice).where(KeptNotice.told_at < before)
    session.execute(told)
    return len(old)


def _orders(session: Session, before: datetime) -> int:
    """The words in which something was ordered; what was ordered, from whom and for how much stays."""
    begin_forgetting(session)
    drafts = select(OrderDraft.id).where(OrderDraft.closed_at < before, OrderDraft.state != DraftState.OPEN.value)
    orders = select(SalesOrder.number).where(SalesOrder.confirmed_at < before)
    texts: tuple[Any, ...] = (
        update(OrderLine)
        .where(OrderLine.order_number.in_(orders), OrderLine.original_text != "")
        .values(original_text=""),
        update(SalesOrder).where(SalesOrder.confirmed_at < before, SalesOrder.remarks != "").values(remarks=""),
        update(DraftLine)
        .where(DraftLine.draft_id.in_(drafts), DraftLine.source != "")
        .values(source="", item_words=""),
        update(TrailEntry).where(TrailEntry.draft_id.in_(drafts), TrailEntry.facts != {}).values(facts={}),
    )
    return sum(_count(session.execute(one.execution_options(synchronize_session=False))) for one in texts)


def _count(result: Any) -> int:
    return int(result.rowcount)
