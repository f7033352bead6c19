"""The summary of a draft written to its sender when nothing of his is being answered: a reminder, or by the office."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.drafted import facts_of
from bot.notices import account_language, write_to
from bot.replies import words
from bot.replies.summary import summary
from orders import drafts
from orders.model import OrderDraft
from people.model import Account
from people.who import Speaker
from store.database import now


def show_draft(
    app: Munshi,
    session: Session,
    draft: OrderDraft,
    account: Account,
    who: Speaker,
    *,
    heading: str,
    inbound_id: int | None = None,
    **how: Any,
) -> None:
    """At today's prices; a price that moved makes a new version. `how` goes into the summary's Facts.

    `inbound_id` is the message of his that it answers, if it does.
    """
    today = now(session).astimezone(ZoneInfo(app.settings.timezone)).date()
    before = _amounts(draft)
    changed = drafts.refresh(session, draft, day=today)
    if changed.repriced or before != _amounts(draft):
        draft.version += 1
    facts = facts_of(
        session,
        draft,
        name_firm=draft.on_behalf or len(who.firms) > 1,
        timezone=app.settings.timezone,
        changed=changed,
        heading=heading,
        **how,
    )
    for bubble in summary(words(account_language(account)), facts):
        write_to(app, session, account, bubble, simulated=draft.simulated, inbound_id=inbound_id)


def _amounts(draft: OrderDraft) -> list[tuple[Decimal | None, str]]:
    """What the stock of today may have changed."""
    return [(line.quantity, line.problem) for line in draft.lines]
