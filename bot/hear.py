"""Hearing one message: who speaks, which dialogue answers; and what happens when a message fails for good."""

from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import silence, waiting
from bot.app import Munshi
from bot.bubbles import Bubble
from bot.channels.email import NAME as MAIL
from bot.conversations import locked_conversation
from bot.dialogues import (
    announcing,
    approval_words,
    consent,
    credit_raises,
    customers,
    delegating,
    firms,
    mail,
    media,
    order_book,
    repeated,
    second_opinion,
    shadow,
    show,
    smalltalk,
    staff,
    taps,
    unknown,
    unspoken,
)
from bot.model import Inbound, InboundState
from bot.notices import account_language
from bot.outgoing import queue
from bot.papers.derived import KIND as PAPER
from bot.papers.derived import came_by_mail
from bot.replies import DEFAULT_LANGUAGE, words
from bot.second_reader import Opinion, Question
from bot.turn import Turn
from nlp import language_of
from people.model import Account, Function
from people.who import account_of, firms_of, speaker
from routing import matters
from routing.model import Matter, MatterKind
from store.database import now
from store.holds import LOOK_AGAIN, standstill
from store.queue import Again

log = structlog.get_logger()

ANOTHER_TALK = timedelta(hours=6)
"""After so much silence nothing is 'in a row' any more."""


def hear(app: Munshi, inbound_id: int) -> None:
    """Act on a stored message, once: its row tells whether that has happened."""
    facts = app.database.retrying(lambda session: _hear(app, session, inbound_id))
    if isinstance(facts, Question) and app.second_reader is not None:
        # Nothing is locked and nothing written while it is asked: the turn is made again with what it says.
        opinion = app.second_reader.ask(facts)
        facts = app.database.retrying(lambda session: _hear(app, session, inbound_id, opinion))
    if isinstance(facts, dict):
        log.info("message_heard", inbound=inbound_id, **facts)


def _hear(
    app: Munshi, session: Session, inbound_id: int, opinion: Opinion | None = None
) -> dict[str, object] | Question | None:
    """Facts for the log; a question to be asked first; None when it was done already. Raises Again in a standstill."""
    inbound = session.get(Inbound, inbound_id, with_for_update=True, populate_existing=True)
    if inbound is None or inbound.state != InboundState.STORED.value:
        return None
    stands = standstill(session)
    if stands.everything:
        raise Again(LOOK_AGAIN)
    turn = begin(app, session, inbound)
    if stands and stands.stops(firms_of(session, turn.account.person)):
        raise Again(LOOK_AGAIN)
    turn.opinion = opinion
    _note_that_he_wrote(turn)
    if silence.kept(turn):
        if not came_by_mail(inbound):
            waiting.he_wrote(session, turn.account.id, timezone=app.settings.timezone)
        return _facts(turn)
    if inbound.channel == MAIL:
        mail.answer(turn)
        return _facts(turn)
    if shadow.listens(turn):
        shadow.listen(turn)
        return _facts(turn)
    announced = announcing.of_account(turn)
    converse(turn)
    announcing.stop_if_spoken_of(turn, announced)
    if (question := second_opinion.question(turn)) is not None:
        session.rollback()
        return question
    turn.finish()
    if inbound.kind != unspoken.SYSTEM and not came_by_mail(inbound):
        waiting.he_wrote(session, turn.account.id, timezone=app.settings.timezone)
    return _facts(turn)


def _facts(turn: Turn) -> dict[str, object]:
    """What the log says of a message that was heard."""
    return {
        "account": turn.account.id,
        "kind": turn.inbound.kind,
        "outcome": turn.inbound.outcome or turn.inbound.state,
        "draft": turn.conversation.draft_id,
    }


def _note_that_he_wrote(turn: Turn) -> None:
    account, conversation, sent_at = turn.account, turn.conversation, turn.inbound.sent_at
    if turn.inbound.kind == unspoken.SYSTEM or came_by_mail(turn.inbound):
        return  # not written by him on WhatsApp: it opens no window
    if account.last_heard_at is not None and sent_at - account.last_heard_at > ANOTHER_TALK:
        conversation.misunderstood = conversation.automatic = 0
    account.last_heard_at = max(sent_at, account.last_heard_at or sent_at)
    account.unreachable_reason = ""


def begin(app: Munshi, session: Session, inbound: Inbound) -> Turn:
    """Find out who speaks, and take that conversation's lock."""
    account = account_of(
        session, inbound.sender, also_known_as=inbound.also_known_as, profile_name=inbound.profile_name
    )
    inbound.account_id = account.id
    conversation = locked_conversation(session, account.id)
    who = speaker(session, account.person, timezone=app.settings.timezone)
    if not conversation.language:
        conversation.language = language_of(inbound.body, app.catalogues.current(session))
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


def converse(turn: Turn) -> None:
    """Give the message to the dialogue it belongs to."""
    _wake_if_dealt_with(turn)
    turn.unspoken = unspoken.taken(turn)
    if turn.speaker is None:
        if turn.unspoken:
            unspoken.of_a_stranger(turn)
        elif not consent.answered(turn):
            unknown.answer(turn)
        return
    if turn.unspoken or consent.answered(turn):
        pass
    elif turn.inbound.kind == PAPER:
        media.of_paper(turn)
    elif (tap := taps.tap_of(turn)) is not None:
        taps.answer(turn, tap)
    elif turn.inbound.media or not turn.text:
        media.answer(turn)
    elif _decides(turn) or order_book.answered(turn):
        pass
    elif (before := repeated.earlier(turn)) is not None:
        repeated.answer(turn, before)
    elif turn.known.orders:
        customers.answer(turn)
    else:
        staff.answer(turn)
    firms.ask_if_owed(turn)
    show.owed(turn)
    if not turn.unspoken:
        smalltalk.end_circles(turn)


def _decides(turn: Turn) -> bool:
    """Whether it decides what its sender is asked, or hands that on."""
    return delegating.answered(turn) or credit_raises.answered(turn) or approval_words.answered(turn)


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


def gave_up(app: Munshi, error: str, inbound_id: int) -> None:
    """A message failed for good: a person sees it, its sender is told."""
    with app.database.transaction() as session:
        inbound = session.get(Inbound, inbound_id, with_for_update=True, populate_existing=True)
        if inbound is None or inbound.state != InboundState.STORED.value:
            return
        inbound.state, inbound.failure, inbound.done_at = InboundState.FAILED.value, error[:500], now(session)
        account = account_of(session, inbound.sender, also_known_as=inbound.also_known_as)
        inbound.account_id = account.id
        locked_conversation(session, account.id)
        announcing.stop_all(session, account.id)
        matters.open_matter(
            session,
            kind=MatterKind.FAILED_MESSAGE,
            reference=f"inbound:{inbound.id}",
            function=Function.COMMERCIAL,
            account_id=account.id,
            inbound_id=inbound.id,
            facts={"error": error[:500]},
        )
        if inbound.channel != MAIL and account.dismissed_at is None and not silence.is_taken_over(session, account.id):
            _tell(session, account, inbound)
    app.database.retrying(lambda session: _show_what_was_left_to_it(app, session, inbound_id))


def _tell(session: Session, account: Account, inbound: Inbound) -> None:
    said = words(account_language(account))
    queue(
        session,
        account_id=account.id,
        channel=inbound.channel,
        bubble=Bubble(kind="failed", lines=(said("failed.send_again"),), language=said.catalogue),
        inbound_id=inbound.id,
        simulated=inbound.simulated,
    )


def _show_what_was_left_to_it(app: Munshi, session: Session, inbound_id: int) -> None:
    """It was the last of several messages, and the one to answer for all of them."""
    turn = begin(app, session, session.get_one(Inbound, inbound_id))
    silent = shadow.listens(turn) or turn.conversation.taken_over_by is not None
    if turn.speaker is not None and not silent and not turn.waits_behind():
        firms.ask_if_owed(turn)
        show.owed(turn)
        turn.write()
