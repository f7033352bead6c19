"""Delivering bubbles: claim, commit, call, commit; one person's in order and at the channel's pace."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.channels.port import (
    CLOSED,
    Channel,
    ChannelError,
    Choice,
    HasChannels,
    OutcomeUnknown,
    OutgoingMessage,
    Refused,
    SlowDown,
    Unreachable,
    WindowClosed,
)
from bot.kinds import is_answer, kind_of
from bot.model import Outbound, OutboundState
from people.model import Account, Function, Identity
from people.modes import account_hears_nothing
from people.who import MAIL, firms_of
from routing.matters import open_matter
from routing.model import MatterKind
from store.database import clock_of, now
from store.holds import LOOK_AGAIN, standstill
from store.queue import Again, Queue, defer

log = structlog.get_logger()

OPEN = (OutboundState.QUEUED.value, OutboundState.SENDING.value)
# Behind a bubble that another job is sending: looked at again this often.
BEHIND = timedelta(seconds=0.5)
# Tried for this long: a reply older than that would answer something long past.
PATIENCE = timedelta(hours=2)
WAITS_REFERENCE = "account:{}"
"""Of the matter of what waits for a person's window: one for each account."""
OPTED_OUT = "opted out"
IN_SHADOW = "in_shadow"
"""Why a bubble gave way to none: whoever it is for is told nothing."""
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)


def defer_sending(session: Session, row: Outbound, *, after: timedelta = timedelta()) -> None:
    """Put the bubble's job in the queue; whichever job of a recipient runs first sends what stands first."""
    # A job waits behind every earlier one of its lock, due or not: one that is not due gets its own lock.
    lock = f"send:{row.account_id}:{row.id}" if after else f"send:{row.account_id}"
    defer(session, "send.bubble", queue=Queue.SEND, lock=lock, after=after or None, outbound_id=row.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Claimed:
    """A bubble whose fate is unknown from here on until its channel has answered."""

    channel: Channel
    message: OutgoingMessage


@dataclass(frozen=True, slots=True)
class _Wait:
    """Nothing of this recipient may go before that long; none at all: look again."""

    pause: timedelta = timedelta()


def deliver(app: HasChannels, outbound_id: str) -> None:
    """Send what stands first for this bubble's recipient, up to and including it. Raises Again to wait.

    Claimed and committed before the call, recorded after it; what dies in between is found by `settle`.
    """
    while step := app.database.retrying(lambda session: _next_step(session, app, outbound_id)):
        pause = step.pause if isinstance(step, _Wait) else _send(app, step)
        if pause:
            raise Again(pause)
        if isinstance(step, _Claimed) and step.message.id == outbound_id:
            return


def _next_step(session: Session, app: HasChannels, outbound_id: str) -> _Claimed | _Wait | None:
    """What is to be done for the recipient; None once `outbound_id` is open no more."""
    wanted = session.get(Outbound, outbound_id)
    if wanted is None or wanted.state not in OPEN:
        return None
    row = _first_open(session, wanted.account_id)
    if row is None or row.position > wanted.position:
        return None
    if row.state == OutboundState.SENDING:
        # Our own bubble, claimed by a run that died or still runs, is no longer ours to send.
        return None if row.id == outbound_id else _Wait(BEHIND)
    if stands_still(session, row.account_id):
        return _Wait(LOOK_AGAIN)
    if account_hears_nothing(session, row.account_id):
        row.state, row.state_at, row.error = OutboundState.SUPERSEDED.value, now(session), IN_SHADOW
        return _Wait()
    channel = app.channels.get(row.channel)
    if channel is None:
        fail(session, row, Refused(f"the channel {row.channel} is no longer set up", code="no_channel"))
        return _Wait()
    wait = _turn(session, row, channel) - now(session)
    if wait > timedelta():
        return _Wait(wait)
    return _claim(session, row, channel)


def stands_still(session: Session, account_id: int) -> bool:
    """Whether nothing may be said to this account now."""
    stands = standstill(session)
    if not stands.customers or stands.everything:
        return stands.everything
    return stands.stops(firms_of(session, session.get_one(Account, account_id).person))


def _first_open(session: Session, account_id: int) -> Outbound | None:
    return session.scalars(
        select(Outbound)
        .where(Outbound.account_id == account_id, Outbound.state.in_(OPEN))
        .order_by(Outbound.position)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _turn(session: Session, row: Outbound, channel: Channel) -> datetime:
    last = session.scalar(select(func.max(Outbound.sent_at)).where(Outbound.account_id == row.account_id))
    return max(row.not_before, last + channel.pace) if last else row.not_before


def _claim(session: Session, row: Outbound, channel: Channel) -> _Claimed | _Wait:
    account = session.get_one(Account, row.account_id)
    to = recipient(session, account.id)
    if account.unreachable_reason or not to:
        fail(session, row, Unreachable(code=account.unreachable_reason or "no_address"))
        return _Wait()
    if account.opted_out_at is not None and not is_answer(row.kind, inbound_id=row.inbound_id):
        withhold(session, row)
        return _Wait()
    closed = row.error in CLOSED or _window_closed(session, account, channel)
    row.state, row.state_at = OutboundState.SENDING.value, now(session)
    # Compared with the provider's own times, which no trial pushes.
    row.claimed_at = clock_of(session).pacing()
    row.attempts, row.sid = row.attempts + 1, None
    return _Claimed(channel=channel, message=_message(row, to=to, opens_window=closed))


def recipient(session: Session, account_id: int) -> str:
    """Where we write to: the phone if we were ever given it, else the business-scoped user id."""
    known = session.scalars(
        select(Identity.value)
        .where(Identity.account_id == account_id, Identity.kind != MAIL)
        .order_by(Identity.kind.desc(), Identity.value)
    )
    return next(iter(known), "")


def _window_closed(session: Session, account: Account, channel: Channel) -> bool:
    if channel.window is None:
        return False
    return account.last_heard_at is None or account.last_heard_at <= now(session) - channel.window


def _message(row: Outbound, *, to: str, opens_window: bool) -> OutgoingMessage:
    return OutgoingMessage(
        id=row.id,
        to=to,
        kind=row.kind,
        language=row.language,
        lines=tuple(row.lines),
        buttons=tuple(Choice(**button) for button in row.buttons),
        rows=tuple(Choice(**one) for one in row.rows),
        rows_title=row.rows_title,
        order=str(row.subject.get("order", "")),
        opens_window=opens_window,
    )


def _send(app: HasChannels, step: _Claimed) -> timedelta | None:
    """Call the channel and keep what came of it; how long to wait if it is to be tried again."""
    outbound_id = step.message.id
    try:
        sid = step.channel.send(step.message)
    except OutcomeUnknown as error:
        log.warning("send_outcome_unknown", outbound_id=outbound_id, code=error.code)
        return None
    except ChannelError as error:
        log.info("send_failed", outbound_id=outbound_id, error=type(error).__name__, code=error.code)
        decision = error
        return app.database.retrying(lambda session: _record_error(session, outbound_id, decision))
    state = step.channel.on_acceptance
    app.database.retrying(lambda session: record_sent(session, outbound_id, sid=sid, state=state))
    return None


def record_sent(session: Session, outbound_id: str, *, sid: str, state: OutboundState) -> None:
    """The provider has it: keep its id. A callback that was quicker has told more than we know."""
    row = session.get_one(Outbound, outbound_id, with_for_update=True)
    if row.state in OPEN:
        row.state, row.sid, row.state_at = state.value, sid, now(session)
        # That the window was closed is remembered until the message has arrived: a template mends it once.
        row.error = row.error if row.error in CLOSED else ""
    row.sid = row.sid or sid
    row.sent_at = row.sent_at or now(session)


def _record_error(session: Session, outbound_id: str, error: ChannelError) -> timedelta | None:
    row = session.get_one(Outbound, outbound_id, with_for_update=True)
    if row.state != OutboundState.SENDING:
        return None  # a callback has told what became of it
    if isinstance(error, SlowDown) and has_patience(session, row):
        return put_back(session, row, error)
    fail(session, row, error)
    return None


def has_patience(session: Session, row: Outbound) -> bool:
    """Whether it is young enough to be tried again."""
    return now(session) - (row.released_at or row.created_at) < PATIENCE


def put_back(session: Session, row: Outbound, error: ChannelError) -> timedelta:
    """It keeps its place and is tried again after a pause, which is returned; half its age, if nothing is said of it.

    The provider has refused it, so it cannot have been sent: such an attempt is none of those after which nobody knows.
    """
    age = now(session) - row.created_at
    pause = min(max(SHORTEST_PAUSE, age / 2), LONGEST_PAUSE)
    row.attempts -= 1
    if isinstance(error, SlowDown) and error.retry_after:
        pause = error.retry_after
    row.state, row.state_at = OutboundState.QUEUED.value, now(session)
    row.not_before, row.error = now(session) + pause, error.code
    return pause


def fail(session: Session, row: Outbound, error: ChannelError) -> None:
    """It is not sent: a person must know, and whoever cannot be reached is marked so.

    What only the window keeps back waits for it, or for an approved form (`bot/waiting.py`).
    """
    row.state, row.state_at, row.error = OutboundState.FAILED.value, now(session), error.code
    if isinstance(error, WindowClosed):
        _wait_for_window(session, row)
        return
    lost = isinstance(error, Unreachable)
    if lost:
        account = session.get_one(Account, row.account_id)
        account.unreachable_reason = account.unreachable_reason or error.code
    open_matter(
        session,
        kind=MatterKind.UNSENT,
        # One matter for a person who cannot be reached, however much there was to say.
        reference=f"account:{row.account_id}" if lost else f"outbound:{row.id}",
        function=Function.COMMERCIAL if lost else Function.IT,
        account_id=row.account_id,
        inbound_id=row.inbound_id,
        facts={"outbound_id": row.id, "kind": row.kind, "code": error.code, "error": str(error)},
    )


def _wait_for_window(session: Session, row: Outbound) -> None:
    row.waits_since = now(session)
    open_matter(
        session,
        kind=MatterKind.WINDOW_CLOSED,
        reference=WAITS_REFERENCE.format(row.account_id),
        function=Function.COMMERCIAL,
        account_id=row.account_id,
        inbound_id=row.inbound_id,
        facts={"outbound_id": row.id, "kind": row.kind, "code": row.error},
    )


def withhold(session: Session, row: Outbound) -> None:
    """Its reader asked us not to write: it is kept unsaid, and what he must hear a person tells him."""
    row.state, row.state_at, row.error = OutboundState.FAILED.value, now(session), OPTED_OUT
    if kind_of(row.kind).told_otherwise:
        open_matter(
            session,
            kind=MatterKind.UNSENT,
            reference=f"outbound:{row.id}",
            function=Function.COMMERCIAL,
            account_id=row.account_id,
            facts={"outbound_id": row.id, "kind": row.kind, "code": OPTED_OUT},
        )
