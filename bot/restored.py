"""Right after a restore: everything stands still, and nothing that was on its way goes again unseen."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.digest import LONGEST
from bot.model import KeptNotice, Outbound, OutboundState
from bot.notices import language_of
from bot.replies import words
from bot.replies.words import short
from erp import dispatches
from erp.reconcile import look_everything_up
from people.model import Person
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
        .where((Outbound.state == OutboundState.QUEUED.value) | Outbound.waits_since.is_not(None))
        .values(
            state=OutboundState.SENDING.value,
            claimed_at=Outbound.created_at,
            state_at=now(session),
            waits_since=None,
        )
    )
    _mark_what_was_due(session)
    look_everything_up(session)
    dispatches.forget(session)


def _mark_what_was_due(session: Session) -> None:
    """What a digest was to tell by now it may have told after the backup was written: it is told, and says so."""
    untold = select(KeptNotice).where(KeptNotice.told_at.is_(None), KeptNotice.due_at <= now(session))
    for notice in session.scalars(untold.with_for_update()):
        said = words(language_of(session.get_one(Person, notice.person_id)))
        notice.sentence = f"{short(notice.sentence, LONGEST)} {said('digest.perhaps_told')}"
