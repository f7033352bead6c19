"""A duty: what was handed to a provider and never answered for is looked up, and only then sent again."""

import re
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from bot.channels.openings import body
from bot.channels.port import ChannelError, Direction, HasChannels, ListedMessage, Refused
from bot.channels.shapes import in_one_line
from bot.kinds import Form, kind_of
from bot.model import Outbound, OutboundState
from bot.replies.words import Words
from bot.sending import OPEN, defer_sending, fail, has_patience, recipient, record_sent, stands_still
from store.database import clock_of, now
from store.holds import standstill

log = structlog.get_logger()

# For a callback; only then the list is asked, which knows a message a little later than the callback.
SILENCE = timedelta(seconds=60)
# The list itself may be away; a person who waits behind this bubble must not wait for ever.
NO_LIST = timedelta(minutes=10)
# Between our clock and the provider's.
MARGIN = timedelta(minutes=5)
# A bubble that should have gone this long ago lost its job.
FORGOTTEN = timedelta(seconds=60)
# Each time it could have been sent once more than wanted: after that a person decides.
MOST_ATTEMPTS = 5
MOST_AT_ONCE = 200
# So many letters and digits of a template's variable are enough to know it by.
SURELY = 100


def settle(app: HasChannels) -> int:
    """Find out what became of bubbles left in `sending` for a minute; how many were decided.

    Found in the provider's list (recipient, date, text): sent. Not found: sent again. Two clocks do no harm.
    """
    _wake_forgotten(app)
    with app.database.transaction() as session:
        silent = _silent(session)
    decided = 0
    for row, to in silent:
        try:
            sid = _look_up(app, row, to)
        except ChannelError as error:
            log.warning("look_up_failed", outbound_id=row.id, error=type(error).__name__, code=error.code)
            if not _waited_long(app, row):
                continue
            sid = ""
        decided += app.database.retrying(partial(_decide, app=app, seen=row, sid=sid))
    return decided


def _silent(session: Session) -> list[tuple[Outbound, str]]:
    rows = session.scalars(
        select(Outbound)
        .where(
            Outbound.state == OutboundState.SENDING.value,
            Outbound.claimed_at <= clock_of(session).pacing() - SILENCE,
        )
        .order_by(Outbound.position)
        .limit(MOST_AT_ONCE)
    ).all()
    return [(row, recipient(session, row.account_id)) for row in rows]


def _look_up(app: HasChannels, row: Outbound, to: str) -> str:
    """The provider's id of a message it has and we have no record of; nothing when it has none such."""
    assert row.claimed_at is not None
    channel = app.channels.get(row.channel)
    if channel is None:
        raise Refused(f"the channel {row.channel} is no longer set up", code="no_channel")
    for listed in channel.listed(row.claimed_at - MARGIN, to=to):
        if listed.direction == Direction.OUTBOUND and _says(listed, row) and not _known(app, listed.sid):
            return listed.sid
    return ""


def _waited_long(app: HasChannels, row: Outbound) -> bool:
    """Whether the list has been away so long that a repeat is better than a silence."""
    assert row.claimed_at is not None
    return row.claimed_at <= app.database.clock.pacing() - NO_LIST


def _says(listed: ListedMessage, row: Outbound) -> bool:
    """Whether it is this text: letters and digits alone, since shapes and templates differ in the rest."""
    shown, meant = _letters(listed.body), _letters("".join(row.lines))
    if shown in _as_forms(row):
        return True
    if not meant:
        return listed.body.split() == " ".join(row.lines).split()
    return shown == meant or (len(meant) > SURELY and meant[:SURELY] in shown)


def _as_forms(row: Outbound) -> set[str]:
    """What it says in each of the forms it may have gone in."""
    said = Words(row.language)
    order = str(row.subject.get("order", ""))
    text = in_one_line(row.lines)
    return {_letters(body(form, said, text=text, order=order)) for form in (kind_of(row.kind).form, Form.ANY)}


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _known(app: HasChannels, sid: str) -> bool:
    with app.database.transaction() as session:
        return bool(session.scalar(select(exists().where(Outbound.sid == sid))))


def _decide(session: Session, *, app: HasChannels, seen: Outbound, sid: str) -> int:
    row = session.get_one(Outbound, seen.id, with_for_update=True, populate_existing=True)
    if row.state != OutboundState.SENDING or row.claimed_at != seen.claimed_at:
        return 0  # a callback, the sender itself or another clock was quicker
    if sid:
        record_sent(session, row.id, sid=sid, state=app.channels[row.channel].on_acceptance)
    elif row.attempts >= MOST_ATTEMPTS or not has_patience(session, row):
        fail(session, row, Refused("never answered for", code="unknown"))
    else:
        row.state, row.state_at, row.not_before = OutboundState.QUEUED.value, now(session), now(session)
        session.flush()
        defer_sending(session, row)
    log.info("send_settled", outbound_id=row.id, found=bool(sid))
    return 1


def _wake_forgotten(app: HasChannels) -> None:
    """The first of a person's line has no job any more: it was parked, or lost with a restored database."""
    with app.database.transaction() as session:
        if standstill(session).everything:
            return  # their jobs wait
        earlier = aliased(Outbound)
        first = ~exists().where(
            earlier.account_id == Outbound.account_id,
            earlier.position < Outbound.position,
            earlier.state.in_(OPEN),
        )
        woken = session.scalars(
            update(Outbound)
            .where(
                Outbound.state == OutboundState.QUEUED.value,
                Outbound.not_before <= now(session) - FORGOTTEN,
                first,
            )
            .values(not_before=now(session))
            .returning(Outbound)
        ).all()
        for row in woken:
            if not stands_still(session, row.account_id):
                defer_sending(session, row)
