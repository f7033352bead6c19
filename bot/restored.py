"""Right after a restore: everything stands still, and nothing that was on its way goes again unseen."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.model import Outbound, OutboundState
from erp import dispatches
from erp.reconcile import look_everything_up
from store.database import now
from store.holds import hold_everything


def after_restore(session: Session) -> None:
    """Hold everything, and forget what the database thinks it knows of what was on its way when it was written.

    Bubbles count as handed over and never answered for: `settle` looks them up in the provider's list. Documents
    count as perhaps posted: they are looked up in the ERP. Dispatches count as told.
    """
    hold_everything(session, reason="restored from a backup")
    session.execute(
        update(Outbound)
        .where(Outbound.state == OutboundState.QUEUED.value)
        .values(state=OutboundState.SENDING.value, claimed_at=Outbound.created_at, state_at=now(session))
    )
    look_everything_up(session)
    dispatches.forget(session)
