"""What somebody agreed to, as a ledger that only grows: told of us, asked us to stop, let us begin again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from people.model import Account, Consent, ConsentEntry
from store.database import now

MESSAGE, OFFICE = "message", "office"
MUNSHI = "munshi"


def noticed(session: Session, account: Account, *, inbound_id: int | None) -> None:
    """He is told who we are and how to stop, in the answer to this message."""
    account.noticed_at = now(session)
    _note(session, account, Consent.NOTICED, source=MESSAGE, by=MUNSHI, inbound_id=inbound_id)


def stop(
    session: Session, account: Account, *, source: str = MESSAGE, by: str = MUNSHI, inbound_id: int | None = None
) -> bool:
    """From now on nothing is said to him but answers; False when it was so already."""
    if account.opted_out_at is not None:
        return False
    account.opted_out_at = now(session)
    _note(session, account, Consent.STOPPED, source=source, by=by, inbound_id=inbound_id)
    return True


def start(
    session: Session, account: Account, *, source: str = MESSAGE, by: str = MUNSHI, inbound_id: int | None = None
) -> bool:
    """He may be written to again; False when he always could."""
    if account.opted_out_at is None:
        return False
    account.opted_out_at = None
    _note(session, account, Consent.STARTED, source=source, by=by, inbound_id=inbound_id)
    return True


def erased(session: Session, account: Account, *, by: str) -> None:
    """Nothing is known of whose account this was."""
    _note(session, account, Consent.ERASED, source=OFFICE, by=by, inbound_id=None)


def ledger(session: Session, account_ids: list[int]) -> list[ConsentEntry]:
    """Every entry about these accounts, oldest first."""
    found = select(ConsentEntry).where(ConsentEntry.account_id.in_(account_ids)).order_by(ConsentEntry.id)
    return list(session.scalars(found))


def _note(session: Session, account: Account, what: Consent, *, source: str, by: str, inbound_id: int | None) -> None:
    session.add(
        ConsentEntry(
            account_id=account.id, what=what.value, at=now(session), source=source, by=by, inbound_id=inbound_id
        )
    )
