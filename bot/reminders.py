"""An unconfirmed draft is an order at risk: one reminder, and a place at the order desk until it is settled."""

from functools import partial

import structlog
from sqlalchemy import DateTime, select
from sqlalchemy.orm import Session

from bot import to_the_desk
from bot.app import Munshi
from bot.conversations import locked_conversation
from bot.dialogues.firms import ASKED, reference
from bot.model import Conversation, Inbound, InboundState
from bot.notices import account_language, write_to
from bot.replies import words
from bot.replies.questions import which_firm
from bot.unprompted import show_draft
from erp.records import Mode
from orders import drafts
from orders.model import DraftState, OrderDraft
from people.model import Account, Function, Identity, Party
from people.modes import mode_of
from people.who import Speaker, speaker
from routing import matters
from routing.model import MatterKind
from routing.quiet import by_day, quiet_until
from store.database import now
from store.holds import standstill

log = structlog.get_logger()

BATCH = 200


def remind(app: Munshi) -> int:
    """Remind of all that is due; how many. Each is claimed in its own transaction. Nobody is while we stand still."""
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
        due, waiting = _due_drafts(session), _waiting_for_a_firm(app, session)
    done = sum(app.database.retrying(partial(_remind, app, draft_id=draft_id)) for draft_id in due)
    return done + sum(app.database.retrying(partial(_ask_again, app, account_id=one)) for one in waiting)


def _due_drafts(session: Session) -> list[int]:
    return list(
        session.scalars(
            select(OrderDraft.id)
            .where(
                OrderDraft.state == DraftState.OPEN.value,
                OrderDraft.reminder_due_at <= now(session),
                OrderDraft.posts_at.is_(None),
            )
            .order_by(OrderDraft.reminder_due_at)
            .limit(BATCH)
        )
    )


def _remind(app: Munshi, session: Session, *, draft_id: int) -> bool:
    account_id = session.scalars(select(OrderDraft.account_id).where(OrderDraft.id == draft_id)).one()
    conversation = locked_conversation(session, account_id)
    draft, present = drafts.locked(session, draft_id), now(session)
    due = draft.reminder_due_at
    if draft.state != DraftState.OPEN.value or due is None or due > present or draft.posts_at is not None:
        return False
    if is_kept(session, draft):
        draft.reminder_due_at = None
        if mode_of(session, draft.party_code) == Mode.ASSIST:
            to_the_desk.put(session, draft)
        return False
    if standstill(session).stops((draft.party_code,)) or has_written(session, account_id):
        return False
    _stand_before_a_person(session, draft)
    # Customers are answered at any hour, and reminded by day.
    if (morning := quiet_until(by_day(app.settings.timezone), present)) is not None:
        draft.reminder_due_at = morning
        return False
    draft.reminder_due_at, draft.reminded_at = None, present
    account = session.get_one(Account, account_id)
    who = _reminded(app, session, account, conversation)
    if who is None or draft.party_code not in who.firms:
        return False
    heading = "summary.reminder_waiting" if draft.waits_for_more else "summary.reminder"
    show_draft(app, session, draft, account, who, heading=heading, whole=False)
    drafts.note(session, draft, "reminded", by="munshi")
    log.info("draft_reminded", draft=draft_id, party=draft.party_code)
    return True


def is_kept(session: Session, draft: OrderDraft) -> bool:
    """Nobody is reminded of what he was not shown: customers in shadow, and of those in assist what a clerk has."""
    return mode_of(session, draft.party_code) == Mode.SHADOW or to_the_desk.keeps(session, draft)


def has_written(session: Session, account_id: int) -> bool:
    """Whether something of his waits to be read, as after a pause: it may be the very answer."""
    names = select(Identity.value).where(Identity.account_id == account_id)
    unread = select(Inbound.id).where(Inbound.sender.in_(names), Inbound.state == InboundState.STORED.value)
    return session.scalars(unread.limit(1)).first() is not None


def _reminded(app: Munshi, session: Session, account: Account, conversation: Conversation) -> Speaker | None:
    """Who is to be reminded; nobody who asked us not to write, whom a person calls or talks with, or who has left."""
    with_a_person = conversation.stopped_at is not None or conversation.taken_over_by is not None
    if account.opted_out_at is not None or with_a_person:
        return None
    return speaker(session, account.person, timezone=app.settings.timezone)


def _stand_before_a_person(session: Session, draft: OrderDraft) -> None:
    matters.open_matter(
        session,
        kind=MatterKind.UNCONFIRMED_DRAFT,
        reference=f"draft:{draft.id}",
        function=Function.COMMERCIAL,
        party_code=draft.party_code,
        account_id=draft.account_id,
        facts={"lines": len(draft.lines)},
    )


# --- orders that wait for the name of their firm ---


def _waiting_for_a_firm(app: Munshi, session: Session) -> list[int]:
    """Accounts that were asked for longer than a draft may wait, and not yet reminded."""
    asked = Conversation.pending[ASKED]
    return list(
        session.scalars(
            select(Conversation.account_id)
            .where(
                Conversation.pending.has_key(ASKED),
                asked["since"].astext.cast(DateTime(timezone=True)) <= now(session) - app.settings.draft_reminder,
                asked["reminded"].astext.is_distinct_from("true"),
            )
            .limit(BATCH)
        )
    )


def _ask_again(app: Munshi, session: Session, *, account_id: int) -> bool:
    conversation = locked_conversation(session, account_id)
    asked = conversation.pending.get(ASKED, {})
    if not asked.get("inbound_ids") or asked.get("reminded"):
        return False
    if not asked.get("shown_to_a_person"):
        _stand_waiting(session, account_id, asked["inbound_ids"])
        asked = {**asked, "shown_to_a_person": True}
    quiet = quiet_until(by_day(app.settings.timezone), now(session)) is not None
    conversation.pending = {**conversation.pending, ASKED: {**asked, "reminded": not quiet}}
    account = session.get_one(Account, account_id)
    who = _reminded(app, session, account, conversation)
    if quiet or who is None:
        return False
    firms = session.scalars(select(Party).where(Party.code.in_(who.firms)).order_by(Party.name, Party.code)).all()
    inbound = session.get_one(Inbound, asked["inbound_ids"][0])
    bubble = which_firm(words(account_language(account)), firms)
    write_to(app, session, account, bubble, simulated=inbound.simulated)
    return True


def _stand_waiting(session: Session, account_id: int, inbound_ids: list[int]) -> None:
    matters.open_matter(
        session,
        kind=MatterKind.UNCONFIRMED_DRAFT,
        reference=reference(account_id),
        function=Function.COMMERCIAL,
        account_id=account_id,
        inbound_id=inbound_ids[0],
        facts={"waits_for": "firm"},
    )
