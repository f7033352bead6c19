"""Posts the orders that were announced to post by themselves and to which their sender has not objected."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.confirmed import follow
from bot.conversations import locked_conversation
from bot.drafted import facts_of
from bot.model import ACCEPTED_STATES, Conversation, Outbound
from bot.notices import account_language, write_to
from bot.reminders import has_written, is_kept
from bot.replies import words
from bot.replies.summary import POSTS_AT, announced_as, summary
from bot.replies.words import clock_time
from orders import drafts
from orders.confirm import Confirmation, Confirmed, Outcome, ShowAgain, confirm
from orders.drafts import Changed
from orders.model import DraftState, OrderDraft
from orders.unanswered import Hindrance, hindrance
from people.model import Account, Party
from people.who import Speaker, speaker
from store.database import now
from store.holds import standstill

log = structlog.get_logger()

BATCH = 200
TOO_LATE = timedelta(minutes=5)
"""What was announced for longer ago than that (we stood still, or were away) is asked again, and not posted."""
LEAST_SEEN = timedelta(minutes=8)
"""So long before it posts, the provider must have had the summary that says so."""
UNANSWERED = "munshi"


def post_unanswered(app: Munshi) -> int:
    """Deal with all that is due; how many were posted or asked. Each is claimed in its own transaction."""
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
        due = session.scalars(
            select(OrderDraft.id)
            .where(OrderDraft.state == DraftState.OPEN.value, OrderDraft.posts_at <= now(session))
            .order_by(OrderDraft.posts_at)
            .limit(BATCH)
        ).all()
    return sum(app.database.retrying(partial(_deal_with, app, draft_id=draft_id)) for draft_id in due)


def _deal_with(app: Munshi, session: Session, *, draft_id: int) -> bool:
    """Lock as a turn does: the conversation, the party, the draft; whoever comes second finds nothing due."""
    account_id, party_code = session.execute(
        select(OrderDraft.account_id, OrderDraft.party_code).where(OrderDraft.id == draft_id)
    ).one()
    conversation = locked_conversation(session, account_id)
    session.get(Party, party_code, with_for_update=True, populate_existing=True)
    draft, present = drafts.locked(session, draft_id), now(session)
    if draft.state != DraftState.OPEN.value or draft.posts_at is None or draft.posts_at > present:
        return False
    if standstill(session).stops((party_code,)) or has_written(session, account_id):
        return False  # paused, or what he wrote has not been read: it may be the very objection
    if is_kept(session, draft):
        draft.posts_at, draft.reminder_due_at = None, present
        return False
    account = session.get_one(Account, account_id)
    who = _sender(app, session, account, conversation, draft)
    if who is None or present - draft.posts_at > TOO_LATE or not _was_seen(session, draft):
        _leave_to_the_reminder(session, draft)
        return False
    announced = clock_time(draft.posts_at, app.settings.timezone)
    why = hindrance(
        session,
        draft,
        timezone=app.settings.timezone,
        erp=app.erp.name,
        overdue_allowed=app.settings.credit_overdue_days,
    )
    outcome = _confirm(app, session, draft) if why is None else None
    if isinstance(outcome, Confirmed):
        first = [words(account_language(account))("announced.posted", time=announced)]
        follow(app, session, conversation, outcome, first=first)
        log.info("order_posted_unanswered", draft=draft.id, order=outcome.order.number)
    else:
        changed = outcome.changed if isinstance(outcome, ShowAgain) else Changed()
        _ask(app, session, draft, account, who, why=why, changed=changed)
    return True


def _sender(
    app: Munshi, session: Session, account: Account, conversation: Conversation, draft: OrderDraft
) -> Speaker | None:
    """Who would object; None when he may not order any more, asked us not to write, or a person talks with him."""
    with_a_person = conversation.stopped_at is not None or conversation.taken_over_by is not None
    if account.opted_out_at is not None or with_a_person:
        return None
    who = speaker(session, account.person, timezone=app.settings.timezone)
    return who if who is not None and draft.party_code in who.firms else None


def _was_seen(session: Session, draft: OrderDraft) -> bool:
    """Whether the summary that announced this very moment was sent, and in time to be objected to."""
    assert draft.posts_at is not None
    return (
        session.scalars(
            select(Outbound.id).where(
                Outbound.draft_id == draft.id,
                Outbound.draft_version == draft.version,
                Outbound.subject[POSTS_AT].astext == announced_as(draft.posts_at),
                Outbound.state.in_([state.value for state in ACCEPTED_STATES]),
                Outbound.sent_at <= draft.posts_at - LEAST_SEEN,
            )
        ).first()
        is not None
    )


def _leave_to_the_reminder(session: Session, draft: OrderDraft) -> None:
    """It is asked for once more by day, and stands before a person from now on."""
    draft.posts_at, draft.reminder_due_at = None, now(session)
    drafts.note(session, draft, "not_posted", by=UNANSWERED, reason="not_in_time")


def _confirm(app: Munshi, session: Session, draft: OrderDraft) -> Outcome:
    return confirm(
        session,
        Confirmation(
            draft_id=draft.id,
            version=draft.version,
            by=UNANSWERED,
            account_id=draft.account_id,
            inbound_id=None,
            timezone=app.settings.timezone,
            erp=app.erp.name,
            overdue_allowed=app.settings.credit_overdue_days,
        ),
    )


def _ask(
    app: Munshi,
    session: Session,
    draft: OrderDraft,
    account: Account,
    who: Speaker,
    *,
    why: Hindrance | None,
    changed: Changed,
) -> None:
    """Something has changed since it was announced: it is shown as it is now, and waits for a yes."""
    zone = app.settings.timezone
    again = drafts.refresh(session, draft, day=now(session).astimezone(ZoneInfo(zone)).date())
    changed.repriced = {**again.repriced, **changed.repriced}
    draft.version += 1
    draft.posts_at, draft.posts_version = None, draft.version
    draft.reminder_due_at = now(session) + app.settings.draft_reminder
    drafts.note(session, draft, "not_posted", by=UNANSWERED, reason=why.value if why is not None else "changed")
    heading = "summary.reminder" if why == Hindrance.NOT_AGREED else "announced.not_posted"
    name_firm = draft.on_behalf or len(who.firms) > 1
    facts = facts_of(session, draft, name_firm=name_firm, timezone=zone, changed=changed, heading=heading)
    for bubble in summary(words(account_language(account)), facts):
        write_to(app, session, account, bubble, simulated=draft.simulated)
