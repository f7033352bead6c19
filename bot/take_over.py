"""A clerk talks with somebody himself: Munshi stores and shows what comes, and answers nothing until it is handed back.

The conversation's row says who has taken it over; a turn asks it under its lock, and so does every use case here.
"""

from datetime import timedelta
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.bubbles import Bubble
from bot.claims import Overtaken
from bot.conversations import locked_conversation
from bot.dialogues.firms import ASKED
from bot.model import Conversation, Inbound, Outbound
from bot.notices import account_language, write_to
from bot.reminders import is_kept
from bot.replies import words
from bot.silence import TAKEN_OVER_OUTCOME, reference
from bot.turn import OWED
from bot.unprompted import show_draft
from bot.window import answers, is_open, why_not_now
from orders import drafts
from people.model import Account, Function
from people.who import firms_of, speaker
from routing import matters
from routing.model import MatterKind
from store.database import now
from store.holds import standstill

log = structlog.get_logger()

IDLE = timedelta(hours=2)
"""Without an act of the clerk for so long, Munshi answers again."""
BATCH = 200
LONGEST_REPLY = 1500


class CannotSend(Exception):  # noqa: N818  (news, not a fault)
    """The reply was not queued, for the reason in words."""


class Reply(NamedTuple):
    """What a clerk wrote: `key` is the form's, so that a form sent twice is said once."""

    text: str
    key: str
    seen: int
    """The newest message he had before him: nothing later counts as answered."""


def take_over(session: Session, account_id: int, *, by: str) -> Conversation:
    """From now on this clerk talks with the person; every act of his puts the end off. Raises Overtaken."""
    conversation = locked_conversation(session, account_id)
    if conversation.taken_over_by not in (None, by):
        raise Overtaken(str(conversation.taken_over_by))
    if conversation.taken_over_by is None:
        conversation.taken_over_by = by
        conversation.misunderstood = conversation.automatic = 0
        account = session.get_one(Account, account_id)
        firms = firms_of(session, account.person)
        matters.open_matter(
            session,
            kind=MatterKind.TAKEN_OVER,
            reference=reference(account_id),
            function=Function.COMMERCIAL,
            party_code=firms[0] if len(firms) == 1 else None,
            account_id=account_id,
            owner=by,
        )
        for draft in drafts.open_drafts(session, account_id):
            drafts.locked(session, draft.id).posts_at = None  # nothing posts by itself while a clerk talks
        log.info("talk_taken_over", account=account_id)
    conversation.taken_over_until = now(session) + IDLE
    return conversation


def hand_back(app: Munshi, session: Session, account_id: int, *, by: str, anybodys: bool = False) -> None:
    """Munshi answers again, and shows anew what is still open. Raises Overtaken when it is not this clerk's.

    What came meanwhile is not read as orders: unless it was answered, it stays before a person.
    """
    conversation = locked_conversation(session, account_id)
    if conversation.taken_over_by is None or (conversation.taken_over_by != by and not anybodys):
        raise Overtaken(conversation.taken_over_by or "")
    end(session, conversation, by=by, reason="handed back")
    account = session.get_one(Account, account_id)
    who = speaker(session, account.person, timezone=app.settings.timezone)
    if who is None or account.opted_out_at is not None:
        return
    for draft in drafts.open_drafts(session, account_id):
        draft = drafts.locked(session, draft.id)
        if draft.party_code in who.firms and not is_kept(session, draft):
            show_draft(app, session, draft, account, who, heading="summary.still_open")
            conversation.draft_id = draft.id


def end(session: Session, conversation: Conversation, *, by: str, reason: str) -> None:
    """Nobody of the office talks with this person any more. The conversation must be locked."""
    conversation.taken_over_by = conversation.taken_over_until = None
    if ASKED in conversation.pending:  # for which firm: asked again, and reminded of again
        asked = {**conversation.pending[ASKED], "shown": False, "reminded": False}
        conversation.pending = {**conversation.pending, ASKED: asked}
    conversation.pending = {name: value for name, value in conversation.pending.items() if name != OWED}
    about = reference(conversation.account_id)
    matters.close_about(session, about, kinds=[MatterKind.TAKEN_OVER], by=by, reason=reason)


def end_idle(app: Munshi) -> int:
    """The duty: hand back what no clerk has touched for two hours; how many. Each in a transaction of its own."""
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
        idle = session.scalars(
            select(Conversation.account_id)
            .where(Conversation.taken_over_by.is_not(None), Conversation.taken_over_until <= now(session))
            .limit(BATCH)
        ).all()
    return sum(app.database.retrying(partial(_end_idle, account_id=account_id)) for account_id in idle)


def _end_idle(session: Session, *, account_id: int) -> bool:
    """What is open is reminded of again, by day; what came meanwhile is anybody's to answer."""
    conversation = locked_conversation(session, account_id)
    until = conversation.taken_over_until
    if conversation.taken_over_by is None or until is None or until > now(session):
        return False
    end(session, conversation, by="munshi", reason="two hours without a word of the office")
    matters.hand_back_about(session, reference(account_id), kinds=[MatterKind.UNANSWERED])
    for draft in drafts.open_drafts(session, account_id):
        drafts.locked(session, draft.id)
        draft.reminder_due_at, draft.reminded_at = now(session), None
    log.info("talk_handed_back", account=account_id)
    return True


def reply(app: Munshi, session: Session, account_id: int, said: Reply, *, by: str) -> Outbound:
    """Say something as the firm, once; whoever replies has taken the talk over. Raises Overtaken and CannotSend."""
    locked_conversation(session, account_id)
    if (before := _said_before(session, account_id, said.key)) is not None:
        return before
    conversation = take_over(session, account_id, by=by)
    account = session.get_one(Account, account_id)
    lines = tuple(said.text.strip().splitlines())
    if not "".join(lines).strip():
        raise CannotSend("There is nothing to send.")
    if len(said.text) > LONGEST_REPLY:
        raise CannotSend(f"At most {LONGEST_REPLY} characters fit; this has {len(said.text)}.")
    if reason := why_not_now(app, session, account):
        raise CannotSend(reason)
    simulated = _simulated(session, account_id)
    row = write_to(
        app,
        session,
        account,
        inbound_id=answers(session, account_id) if is_open(app, session, account) else None,
        bubble=Bubble(
            kind="desk_reply",
            lines=lines,
            language=words(account_language(account)).catalogue,
            subject={"form": said.key, "by": by},
        ),
        simulated=simulated,
    )
    answered(session, conversation, seen=said.seen, by=by)
    return row


def answered(session: Session, conversation: Conversation, *, seen: int, by: str) -> None:
    """What the clerk had before him is answered; a message that came after it still waits."""
    later = select(Inbound.id).where(
        Inbound.account_id == conversation.account_id, Inbound.id > seen, Inbound.outcome == TAKEN_OVER_OUTCOME
    )
    if session.scalars(later.limit(1)).first() is None:
        about = reference(conversation.account_id)
        matters.close_about(session, about, kinds=[MatterKind.UNANSWERED], by=by, reason="answered")


def _said_before(session: Session, account_id: int, key: str) -> Outbound | None:
    same = select(Outbound).where(Outbound.account_id == account_id, Outbound.subject["form"].astext == key)
    return session.scalars(same.limit(1)).first()


def _simulated(session: Session, account_id: int) -> bool:
    """Whether this talk is one of the console's."""
    last = select(Inbound.simulated).where(Inbound.account_id == account_id).order_by(Inbound.id.desc()).limit(1)
    return bool(session.scalar(last))
