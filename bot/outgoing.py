"""What is said, written as a row in the transaction that made it necessary; the door to all of sending."""

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.bubbles import Bubble, Button, DoesNotFit, Row, Tap, fits, misfit, payload, split_payload
from bot.callbacks import record_status
from bot.kinds import is_answer
from bot.model import Outbound, OutboundState
from bot.sending import defer_sending, deliver, withhold
from bot.settling import settle
from people.model import Account
from store.database import now

__all__ = [
    "Bubble",
    "Button",
    "DoesNotFit",
    "Row",
    "Tap",
    "deliver",
    "fits",
    "misfit",
    "queue",
    "record_status",
    "release",
    "settle",
    "split_payload",
]


def queue(
    session: Session,
    *,
    account_id: int,
    channel: str,
    bubble: Bubble,
    inbound_id: int | None = None,
    hold: timedelta = timedelta(),
    simulated: bool = False,
) -> Outbound:
    """Write a bubble and its job; what of the same topic was not sent yet gives way. Raises DoesNotFit.

    With `hold` it waits that long for `release` before it goes as it stands. To whoever asked us not to write only
    answers go (`bot/kinds.py`); all else is kept unsaid, with the row that is returned.
    """
    _require_fit(bubble)
    account = session.get_one(Account, account_id)
    unwanted = account.opted_out_at is not None and not is_answer(bubble.kind, inbound_id=inbound_id)
    if bubble.topic and not unwanted:
        _supersede(session, account_id=account_id, topic=bubble.topic)
    present = now(session)
    row = Outbound(
        id=uuid.uuid4().hex,
        account_id=account_id,
        channel=channel,
        token=secrets.token_urlsafe(9),
        inbound_id=inbound_id,
        state=OutboundState.QUEUED.value,
        created_at=present,
        not_before=present + hold,
        simulated=simulated,
    )
    _say(row, bubble)
    session.add(row)
    session.flush()
    if unwanted:
        withhold(session, row)
    else:
        defer_sending(session, row, after=hold)
    return row


def release(session: Session, outbound_id: str, *, bubble: Bubble) -> bool:
    """Let a held bubble say this instead and go now; False when it went or gave way. Raises DoesNotFit."""
    _require_fit(bubble)
    row = session.get(Outbound, outbound_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != OutboundState.QUEUED:
        return False
    _say(row, bubble)
    row.not_before = now(session)
    session.flush()
    defer_sending(session, row)
    return True


def _require_fit(bubble: Bubble) -> None:
    problem = misfit(bubble)
    if problem:
        raise DoesNotFit(problem)


def _say(row: Outbound, bubble: Bubble) -> None:
    row.kind, row.topic, row.language = bubble.kind, bubble.topic, bubble.language
    row.lines = list(bubble.lines)
    row.buttons = [
        {"payload": payload(act=button.act, token=row.token, arg=button.arg), "title": button.title}
        for button in bubble.buttons
    ]
    row.rows = [
        {
            "payload": payload(act=one.act, token=row.token, arg=one.arg),
            "title": one.title,
            "description": one.description,
        }
        for one in bubble.rows
    ]
    row.rows_title = bubble.rows_title
    row.draft_id, row.draft_version = bubble.draft_id, bubble.draft_version
    row.subject = dict(bubble.subject)


def _supersede(session: Session, *, account_id: int, topic: str) -> None:
    session.execute(
        update(Outbound)
        .where(
            Outbound.account_id == account_id,
            Outbound.topic == topic,
            Outbound.state == OutboundState.QUEUED.value,
        )
        .values(state=OutboundState.SUPERSEDED.value, state_at=now(session))
    )
