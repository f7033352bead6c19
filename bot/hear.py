"""Hearing one message: who speaks, which dialogue answers; and what happens when a message fails for good."""

from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.bubbles import Bubble
from bot.dialogues import customers, media, show, staff, taps, unknown
from bot.model import Conversation, Inbound, InboundState, Outbound
from bot.outgoing import queue
from bot.replies import DEFAULT_LANGUAGE, words
from bot.turn import Turn
from people.model import Account, Function
from people.who import account_of, speaker
from routing import matters
from routing.model import Matter, MatterKind
from store.database import now

log = structlog.get_logger()

SAME_TEXT_WITHIN = timedelta(minutes=10)
SAME_TEXT_LEAST = 8
"""Shorter texts ("haan", "ok", "2 peti") are said twice for good reasons."""


def hear(app: Munshi, inbound_id: int) -> None:
    """Act on a stored message, once: its row tells whether that has happened."""
    facts = app.database.retrying(lambda session: _hear(app, session, inbound_id))
    if facts is not None:
        log.info("message_heard", inbound=inbound_id, **facts)


def _hear(app: Munshi, session: Session, inbound_id: int) -> dict[str, object] | None:
    inbound = session.get(Inbound, inbound_id, with_for_update=True, populate_existing=True)
    if inbound is None or inbound.state != InboundState.STORED.value:
        return None
    turn = begin(app, session, inbound)
    turn.account.last_heard_at = max(inbound.sent_at, turn.account.last_heard_at or inbound.sent_at)
    turn.account.unreachable_reason = ""
    converse(turn)
    show.owed(turn)
    if inbound.state == InboundState.STORED.value:
        turn.finish()
    return {
        "account": turn.account.id,
        "kind": inbound.kind,
        "outcome": inbound.outcome or inbound.state,
        "draft": turn.conversation.draft_id,
    }


def begin(app: Munshi, session: Session, inbound: Inbound) -> Turn:
    """Find out who speaks, and take that conversation's lock."""
    account = account_of(
        session, inbound.sender, also_known_as=inbound.also_known_as, profile_name=inbound.profile_name
    )
    inbound.account_id = account.id
    conversation = locked_conversation(session, account.id)
    who = speaker(session, account.person, timezone=app.settings.timezone)
    language = (who.language if who else "") or conversation.language or DEFAULT_LANGUAGE
    return Turn(
        app=app,
        session=session,
        inbound=inbound,
        account=account,
        conversation=conversation,
        speaker=who,
        words=words(language),
    )


def locked_conversation(session: Session, account_id: int) -> Conversation:
    """The conversation with an account, made when new, locked."""
    session.execute(
        insert(Conversation)
        .values(account_id=account_id, language="", pending={}, unsaid=[], misunderstood=0, automatic=0)
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(Conversation)
        .where(Conversation.account_id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def converse(turn: Turn) -> None:
    """Give the message to the dialogue it belongs to."""
    _wake_if_dealt_with(turn)
    if turn.speaker is None:
        unknown.answer(turn)
    elif (tap := taps.tap_of(turn)) is not None:
        taps.answer(turn, tap)
    elif turn.inbound.media or not turn.text:
        media.answer(turn)
    elif _said_before(turn):
        show.present_state(turn)
    elif turn.speaker.firms or turn.speaker.is_rep:
        customers.answer(turn)
    else:
        staff.answer(turn)


def _wake_if_dealt_with(turn: Turn) -> None:
    """We stopped until a person dealt with it: once that matter is closed we talk again."""
    if turn.conversation.stopped_at is None:
        return
    waiting = turn.session.scalars(
        select(Matter.id).where(
            Matter.account_id == turn.account.id,
            Matter.kind == MatterKind.NOT_UNDERSTOOD.value,
            Matter.closed_at.is_(None),
        )
    ).first()
    if waiting is None:
        turn.conversation.stopped_at = None
        turn.conversation.misunderstood = turn.conversation.automatic = 0


def _said_before(turn: Turn) -> bool:
    """The same text again within ten minutes is a person asking whether we heard."""
    inbound = turn.inbound
    if len(turn.text) < SAME_TEXT_LEAST:
        return False
    return (
        turn.session.scalars(
            select(Inbound.id)
            .where(
                Inbound.account_id == turn.account.id,
                Inbound.id < inbound.id,
                Inbound.body == inbound.body,
                Inbound.payload == "",
                Inbound.state == InboundState.DONE.value,
                Inbound.sent_at >= inbound.sent_at - SAME_TEXT_WITHIN,
            )
            .limit(1)
        ).first()
        is not None
    )


def gave_up(app: Munshi, error: str, inbound_id: int) -> None:
    """A message failed for good: a person sees it, its sender is told."""
    with app.database.transaction() as session:
        inbound = session.get(Inbound, inbound_id, with_for_update=True)
        if inbound is None or inbound.state != InboundState.STORED.value:
            return
        inbound.state, inbound.failure, inbound.done_at = InboundState.FAILED.value, error[:500], now(session)
        account = account_of(session, inbound.sender, also_known_as=inbound.also_known_as)
        inbound.account_id = account.id
        matters.open_matter(
            session,
            kind=MatterKind.FAILED_MESSAGE,
            reference=f"inbound:{inbound.id}",
            function=Function.COMMERCIAL,
            account_id=account.id,
            inbound_id=inbound.id,
            facts={"error": error[:500]},
        )
        _tell(session, app, account, inbound)


def _tell(session: Session, app: Munshi, account: Account, inbound: Inbound) -> Outbound:
    language = (account.person.language if account.person else "") or DEFAULT_LANGUAGE
    said = words(language)
    return queue(
        session,
        account_id=account.id,
        channel=inbound.channel,
        bubble=Bubble(kind="failed", lines=(said("failed.send_again"),), language=said.catalogue),
        inbound_id=inbound.id,
        simulated=inbound.simulated,
    )
