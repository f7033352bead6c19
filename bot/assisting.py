"""What a clerk does with the draft of a customer in assist: confirms it for its sender, as he sees it."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.changed_orders import change_followed
from bot.confirmed import follow
from bot.conversations import locked_conversation
from bot.drafted import facts_of
from bot.notices import account_language
from bot.replies import words
from bot.replies.summary import Facts, all_lines
from orders import drafts
from orders.confirm import NEW, Blocked, Confirmation, Confirmed, Incomplete, LooksTheSame, NotAlone, Outcome, confirm
from orders.confirm_change import CannotChange, ChangeConfirmed
from orders.lookalikes import lookalike
from orders.model import DraftState, OrderDraft
from orders.shortage import asked
from people.model import Account, Party
from store.database import now


class NotNow(Exception):  # noqa: N818  (news, not a fault)
    """It cannot be confirmed as it stands; the text says why, to the clerk."""


def can_be_confirmed(draft: OrderDraft) -> bool:
    """Whether nothing of it is left to be asked; what is short of stock a clerk's yes lets go whole."""
    settled = draft.ship_to is not None and not draft.asked_days
    left = [line for line in draft.lines if not line.left_out and line not in asked(draft)]
    return (
        settled and (bool(draft.lines) or drafts.is_cancellation(draft)) and all(drafts.is_ready(line) for line in left)
    )


def looks_like(session: Session, draft: OrderDraft, *, timezone: str) -> str:
    """The order or draft it may be a repeat of, as a reference; empty when there is none."""
    if draft.duplicate_answer == NEW:
        return ""
    other = lookalike(session, draft, timezone=timezone)
    return other.reference if other is not None else ""


def bring_up_to_date(app: Munshi, session: Session, draft_id: int) -> bool:
    """Price and check a draft as of now; whether it is still what a clerk has seen. What is new has a new version."""
    locked_conversation(session, _whose(session, draft_id)[0])
    draft = drafts.locked(session, draft_id)
    if draft.state != DraftState.OPEN:
        return True  # what has ended stays as it was; who acts on it is turned away
    before = _shown(draft)
    drafts.refresh(session, draft, day=_today(app, session), as_shown=True)
    same = before == _shown(draft)
    if not same:
        draft.version += 1
    return same


def _shown(draft: OrderDraft) -> list[tuple[object, ...]]:
    return [(line.no, line.quantity, line.price, line.problem) for line in draft.lines]


def confirm_for(
    app: Munshi, session: Session, draft_id: int, *, version: int, by: str, reason: str, as_new: bool
) -> None:
    """Confirm it as the clerk saw it; its sender hears the whole list and where it stands. Raises NotNow."""
    account_id, party_code = _whose(session, draft_id)
    conversation = locked_conversation(session, account_id)
    if conversation.taken_over_by not in (None, by):
        raise NotNow(f"{conversation.taken_over_by} talks with this person.")
    session.get(Party, party_code, with_for_update=True, populate_existing=True)
    draft = drafts.locked(session, draft_id)
    if as_new:
        draft.duplicate_answer = NEW
    outcome = confirm(
        session,
        Confirmation(
            draft_id=draft_id,
            version=version,
            by=by,
            account_id=account_id,
            inbound_id=None,
            rest_only=True,
            at_desk=True,
            timezone=app.settings.timezone,
            erp=app.erp.name,
            overdue_allowed=app.settings.credit_overdue_days,
        ),
    )
    if isinstance(outcome, ChangeConfirmed):
        change_followed(app, session, outcome, draft=draft, by=by, reason=reason)
        return
    if not isinstance(outcome, Confirmed):
        raise NotNow(_why_not(outcome))
    first = _list(app, session, draft, session.get_one(Account, account_id))
    follow(app, session, conversation, outcome, first=first, closed_by=by, reason=reason)


def _why_not(outcome: Outcome) -> str:
    match outcome:
        case LooksTheSame():
            other = outcome.other.number or outcome.other.reference
            return f"It looks like {other}. Confirm it as a new order if it is another one."
        case Blocked():
            return f"{outcome.party.name} is blocked in the books."
        case Incomplete():
            return "Something of it is still to be answered."
        case NotAlone():
            return "This customer is no longer in assist: only its sender may say yes."
        case CannotChange():
            return f"Order {outcome.order.number} cannot be changed any more: {outcome.why.value}."
    return "It has changed meanwhile; look at it again."


def _list(app: Munshi, session: Session, draft: OrderDraft, account: Account) -> list[str]:
    """The order as its sender sees it for the first time."""
    said = words(account_language(account))
    facts = _facts(app, session, draft)
    return [said("assist.confirmed", firm=facts.firm), *all_lines(said, facts)]


def _facts(app: Munshi, session: Session, draft: OrderDraft) -> Facts:
    return facts_of(session, draft, name_firm=True, timezone=app.settings.timezone)


def _whose(session: Session, draft_id: int) -> tuple[int, str]:
    found = select(OrderDraft.account_id, OrderDraft.party_code).where(OrderDraft.id == draft_id)
    account_id, party_code = session.execute(found).one()
    return account_id, party_code


def _today(app: Munshi, session: Session) -> date:
    return now(session).astimezone(ZoneInfo(app.settings.timezone)).date()
