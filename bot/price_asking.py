"""Prices asked for in a draft: put to whoever decides them, and what their asker is told of that."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import approving
from bot.app import Munshi
from bot.replies import Words
from bot.replies.approval import number
from bot.replies.words import amount, clock_time, rupees, short
from erp import mirror
from orders import price_requests
from orders.approval_model import PriceRequest, RequestedLine, RequestState
from orders.model import OrderDraft
from orders.price_requests import Requested
from orders.wishes import can_go
from routing.ask_model import Ask
from store.database import now

LONGEST_NAME = 60


def is_complete(draft: OrderDraft) -> bool:
    """Whether nothing but prices is open in it."""
    lines = [line for line in draft.lines if not line.left_out]
    return draft.ship_to is not None and not draft.asked_days and bool(lines) and all(can_go(line) for line in lines)


def ask(
    app: Munshi,
    session: Session,
    draft: OrderDraft,
    *,
    person_id: int,
    reason: str,
    inbound_id: int | None,
    said: Words,
) -> list[str]:
    """Ask for what a locked draft wishes beside the rules, tell whoever decides; what its asker is told."""
    if not is_complete(draft):
        return []
    requested = price_requests.ask_for(
        session,
        draft,
        person_id=person_id,
        reason=reason,
        inbound_id=inbound_id,
        timezone=app.settings.timezone,
    )
    anew = [row.person_id for row in requested.told]
    approving.tell_withdrawn(app, session, requested.withdrawn, but=anew)
    if requested.ask is not None and requested.told:
        approving.tell_new(app, session, requested.ask, requested.told)
    return _told(app, session, requested, said)


def _told(app: Munshi, session: Session, requested: Requested, said: Words) -> list[str]:
    texts = [_of_line(session, said, "price.granted", line) for line in requested.granted]
    texts += [_of_line(session, said, "price.impossible", line) for line in requested.refused]
    if requested.ask is None or not requested.told:
        return texts
    texts.append(said("price.asked", number=number(requested.ask.id)))
    if requested.seen_at is not None:
        texts.append(when_seen(app, session, requested, said))
    return texts


def when_seen(app: Munshi, session: Session, requested: Requested, said: Words) -> str:
    """Asked while nobody is at work: when it will be seen."""
    assert requested.seen_at is not None
    timezone = app.settings.timezone
    local = requested.seen_at.astimezone(ZoneInfo(timezone))
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    at = clock_time(requested.seen_at, timezone)
    if local.date() == today:
        return said("price.seen_today", at=at)
    return said("price.seen_on", day=said.long_day(local.date()), at=at)


def _of_line(session: Session, said: Words, key: str, line: RequestedLine) -> str:
    return said(
        key,
        item=item_name(session, line.sku),
        price=rupees(line.wished_price),
        uom=line.uom,
        listed=rupees(line.list_price),
        quantity=amount(line.quantity, line.uom),
    )


def item_name(session: Session, sku: str) -> str:
    """As it is told to people."""
    item = mirror.items(session, [sku]).get(sku)
    return short(item.name if item else sku, LONGEST_NAME)


def waits(session: Session, draft_ids: Sequence[int]) -> dict[int, Ask]:
    """The asks that drafts wait for."""
    found = session.execute(
        select(PriceRequest.draft_id, Ask)
        .join(Ask, Ask.id == PriceRequest.ask_id)
        .where(PriceRequest.draft_id.in_(draft_ids), PriceRequest.state == RequestState.OPEN.value)
    )
    return {row[0]: row[1] for row in found}


def withdraw(app: Munshi, session: Session, draft: OrderDraft, *, reason: str) -> None:
    """Its draft is over: nobody needs to decide any more."""
    approving.tell_withdrawn(app, session, price_requests.withdraw(session, draft, reason))
