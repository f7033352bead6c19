"""The row a talk stands in: made when new, and locked first by whoever changes something of it."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.model import Conversation


def locked_conversation(session: Session, account_id: int) -> Conversation:
    """The conversation with an account, made when new, locked."""
    wanted = (
        select(Conversation)
        .where(Conversation.account_id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalars(wanted).one_or_none()
    if found is not None:
        return found
    session.execute(
        insert(Conversation)
        .values(account_id=account_id, language="", pending={}, unsaid=[], misunderstood=0, automatic=0)
        .on_conflict_do_nothing()
    )
    return session.scalars(wanted).one()
