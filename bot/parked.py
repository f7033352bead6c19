"""Messages kept until we know their sender or firm, and those that failed: read them as if they had just come."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.model import Inbound, InboundState
from store.queue import Queue, defer


def park(inbound: Inbound) -> None:
    """Keep a message for later."""
    inbound.state = InboundState.PARKED.value


def read_now(session: Session, account_id: int) -> int:
    """Let everything parked of an account be heard, in the order it came; how many."""
    kept = session.scalars(
        select(Inbound)
        .where(Inbound.account_id == account_id, Inbound.state == InboundState.PARKED.value)
        .order_by(Inbound.id)
        .with_for_update()
    ).all()
    for inbound in kept:
        _again(session, inbound)
    return len(kept)


def retry(session: Session, inbound_id: int) -> bool:
    """Let a failed message be read again; its taps and yeses no longer act (`failure` stays as the mark)."""
    changed = session.scalars(
        update(Inbound)
        .where(Inbound.id == inbound_id, Inbound.state == InboundState.FAILED.value)
        .values(state=InboundState.STORED.value)
        .returning(Inbound.id)
    ).first()
    if changed is not None:
        inbound = session.get_one(Inbound, inbound_id)
        defer(session, "talk.hear", queue=Queue.TALK, lock=f"talk:{inbound.sender}", inbound_id=inbound.id)
    return changed is not None


def _again(session: Session, inbound: Inbound) -> None:
    inbound.state, inbound.outcome = InboundState.STORED.value, ""
    defer(session, "talk.hear", queue=Queue.TALK, lock=f"talk:{inbound.sender}", inbound_id=inbound.id)
