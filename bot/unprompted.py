"""The summary of a draft written to its sender when nothing of his is being answered: a reminder, or by the office."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot import price_asking
from bot.app import Munshi
from bot.drafted import facts_of
from bot.notices import account_language, write_to
from bot.replies import Words, words
from bot.replies.summary import summary
from orders import drafts, price_requests
from orders.model import OrderDraft
from orders.shortage import free_of
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
    said = words(account_language(account))
    sentences = _ask_prices(app, session, draft, said)
    facts = facts_of(
        session,
        draft,
        name_firm=draft.on_behalf or len(who.firms) > 1,
        timezone=app.settings.timezone,
        changed=changed,
        heading=heading,
        **how,
    )
    for bubble in summary(said, facts, before=sentences):
        write_to(app, session, account, bubble, simulated=draft.simulated, inbound_id=inbound_id)


def _ask_prices(app: Munshi, session: Session, draft: OrderDraft, said: Words) -> list[str]:
    """What rules have brought below its floor since is put to whoever decides it, as at the end of a turn."""
    before = price_requests.last_request(session, draft.id)
    return price_asking.ask(
        app,
        session,
        draft,
        person_id=draft.person_id,
        reason=before.reason if before is not None else "",
        inbound_id=None,
        said=said,
    )


def _amounts(draft: OrderDraft) -> list[tuple[Decimal | None, str, object]]:
    """What the stock and the rules of today may have changed."""
    return [(line.quantity, line.problem, free_of(line.free_goods)) for line in draft.lines]
