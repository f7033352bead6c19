"""What providers call back about what we sent: out of order, twice, late, or about what is not ours."""

from datetime import timedelta

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from bot.channels.port import CLOSED, SlowDown, WindowClosed, error_for
from bot.model import Outbound, OutboundState
from bot.sending import defer_sending, fail, has_patience, put_back
from store.database import now

ARRIVED = {
    "accepted": OutboundState.SENT,
    "scheduled": OutboundState.SENT,
    "queued": OutboundState.SENT,
    "sending": OutboundState.SENT,
    "sent": OutboundState.SENT,
    "delivered": OutboundState.DELIVERED,
    "read": OutboundState.READ,
}
LOST = frozenset({"failed", "undelivered", "canceled"})
RANK = {
    OutboundState.QUEUED: 0,
    OutboundState.SENDING: 1,
    OutboundState.SENT: 2,
    OutboundState.FAILED: 2,
    OutboundState.DELIVERED: 3,
    OutboundState.READ: 4,
    OutboundState.SUPERSEDED: 5,
}

ON_THE_WAY = (OutboundState.SENDING, OutboundState.SENT, OutboundState.DELIVERED, OutboundState.READ)


def record_status(session: Session, *, sid: str, status: str, outbound_id: str = "", error: str = "") -> bool:
    """Keep what the provider says became of a message; False when it is not ours, or says nothing we know.

    A state never goes back. What failed for a moment's reason is put back in its place and sent again.
    """
    if status in ARRIVED and _went_on(session, outbound_id or sid, sid=sid, state=ARRIVED[status]):
        return True
    row = _told_of(session, outbound_id=outbound_id, sid=sid)
    if row is None or status not in LOST | ARRIVED.keys():
        return False
    if status in LOST:
        _record_loss(session, row, sid=sid, error=error or status)
    else:
        _record_arrival(session, row, sid=sid, state=ARRIVED[status])
    return True


def _went_on(session: Session, told_of: str, *, sid: str, state: OutboundState) -> bool:
    """The usual case in one statement: on its way, and now as far or farther."""
    before = [one.value for one in ON_THE_WAY if RANK[one] <= RANK[state]]
    present = now(session)
    result = session.execute(
        update(Outbound)
        .where(
            or_(Outbound.id == told_of, Outbound.sid == told_of),
            or_(Outbound.sid.is_(None), Outbound.sid == sid),
            Outbound.state.in_(before),
        )
        .values(
            sid=sid,
            sent_at=func.coalesce(Outbound.sent_at, present),
            state_at=case((Outbound.state == state.value, Outbound.state_at), else_=present),
            error=case((Outbound.state == state.value, Outbound.error), else_=""),
            state=state.value,
        )
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def _told_of(session: Session, *, outbound_id: str, sid: str) -> Outbound | None:
    """By our own id if the callback carries it: it may come before we know the provider's."""
    for condition in (Outbound.id == outbound_id, Outbound.sid == sid):
        found = session.scalars(select(Outbound).where(condition).with_for_update()).first()
        if found:
            return found
    return None


def _record_arrival(session: Session, row: Outbound, *, sid: str, state: OutboundState) -> None:
    put_back_before = row.state == OutboundState.QUEUED and row.sid == sid
    if put_back_before and state == OutboundState.SENT:
        return  # older news than the failure for which it was put back
    row.sid = row.sid or sid
    row.sent_at = row.sent_at or now(session)
    if RANK[OutboundState(row.state)] < RANK[state]:
        row.state, row.state_at, row.error = state.value, now(session), ""


def _record_loss(session: Session, row: Outbound, *, sid: str, error: str) -> None:
    if row.state not in (OutboundState.SENDING, OutboundState.SENT) or row.sid not in (None, sid):
        return  # it arrived after all, or this is about an earlier attempt
    row.sid = sid
    decision = error_for(error)
    # A closed window is mended once: by the approved template, if there is one.
    by_template = isinstance(decision, WindowClosed) and row.error not in CLOSED
    mendable = by_template or isinstance(decision, SlowDown)
    if not mendable or not has_patience(session, row):
        fail(session, row, decision)
    elif _outdated(session, row):
        row.state, row.state_at = OutboundState.SUPERSEDED.value, now(session)
    else:
        pause = put_back(session, row, decision)
        defer_sending(session, row, after=max(pause, timedelta(milliseconds=1)))


def _outdated(session: Session, row: Outbound) -> bool:
    """Whether something newer of the same topic is on its way or there."""
    newer = select(Outbound.id).where(
        Outbound.account_id == row.account_id,
        Outbound.topic == row.topic,
        Outbound.position > row.position,
        Outbound.state != OutboundState.FAILED.value,
    )
    return bool(row.topic) and session.scalars(newer.limit(1)).first() is not None
