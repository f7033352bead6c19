"""What a clerk of the order desk decides about a matter: its acts, each of which closes it."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import approving, assisting, changed_orders, desk_drafts, parked, posted, take_over
from bot.app import Munshi
from bot.bubbles import Bubble
from bot.claims import Overtaken, claim
from bot.conversations import locked_conversation
from bot.credit_asks import house_of
from bot.credit_decided import cancel_held
from bot.notices import account_language, write_to
from bot.posted import order_bubble
from bot.replies import words
from erp.records import Mode
from orders import drafts
from orders.change_model import OrderChange
from orders.credit_releases import AtDesk, Stays, release_at_desk, release_change_at_desk
from orders.model import DraftState, OrderDraft, OrderState, SalesOrder
from people.model import Account, Party
from people.modes import mode_of
from routing import matters
from routing.model import Matter, MatterKind
from store.parked import ParkedJob
from store.queue import retry_parked


class Act(StrEnum):
    """What can be done about a matter."""

    CLOSE = "close"
    CONFIRM_DRAFT = "confirm_draft"
    CONFIRM_AS_NEW = "confirm_as_new"
    LET_GO = "let_go"
    CANCEL_DRAFT = "cancel_draft"
    RELEASE_ORDER = "release_order"
    CANCEL_ORDER = "cancel_order"
    RELEASE_CHANGE = "release_change"
    DROP_CHANGE = "drop_change"
    SAY_POSTED = "say_posted"
    READ_AGAIN = "read_again"
    RUN_AGAIN = "run_again"
    HAND_BACK = "hand_back"


WHY_IT_STAYS = {
    Stays.BLOCKED: "The ERP has blocked this customer: nothing goes until it is unblocked there.",
    Stays.OWN: "You confirmed this order yourself: somebody else must release it.",
}
OF_A_DRAFT = (
    MatterKind.UNCONFIRMED_DRAFT,
    MatterKind.CHECK_FAILED,
    MatterKind.DESK_DRAFT,
    MatterKind.DRAFT_TO_CONFIRM,
)


ON_A_DRAFT_AS_SEEN = (Act.CONFIRM_DRAFT, Act.CONFIRM_AS_NEW, Act.LET_GO)


def draft_id_of(matter: Matter) -> int | None:
    """The draft a matter is about."""
    word, _, rest = matter.reference.partition(":")
    if word == "draft" and rest.isdigit():
        return int(rest)
    told = matter.facts.get("draft")
    return int(told) if isinstance(told, int) else None


def order_of(matter: Matter) -> str | None:
    """Our number of the order a matter is about."""
    word, _, rest = matter.reference.partition(":")
    told = rest if word == "order" else matter.facts.get("order")
    return str(told) if told else None


def parked_job_of(session: Session, matter: Matter) -> ParkedJob | None:
    """The job that was given up, when a matter is about one that can be run again."""
    told = matter.facts.get("parked_id")
    if isinstance(told, int):
        return session.get(ParkedJob, told)
    word, _, rest = matter.reference.partition(":")
    if not rest:
        return None
    open_jobs = session.scalars(select(ParkedJob).where(ParkedJob.closed_at.is_(None)).order_by(ParkedJob.id.desc()))
    return next((job for job in open_jobs if job.ids.get(f"{word}_id", job.ids.get("reference")) in _forms(rest)), None)


def _forms(reference: str) -> tuple[str | int, ...]:
    return (reference, int(reference)) if reference.isdigit() else (reference,)


def acts(app: Munshi, session: Session, matter: Matter) -> list[Act]:
    """What may be done about it now; closing is always the last way out."""
    if matter.closed_at is not None:
        return []
    if matter.kind == MatterKind.TAKEN_OVER:
        return [Act.HAND_BACK]
    return [*_special_acts(app, session, matter), Act.CLOSE]


def _special_acts(app: Munshi, session: Session, matter: Matter) -> list[Act]:
    if matter.kind == MatterKind.FAILED_MESSAGE:
        return [Act.READ_AGAIN]
    if matter.kind == MatterKind.FAILED_JOB:
        return [Act.RUN_AGAIN] if parked_job_of(session, matter) else []
    if matter.kind == MatterKind.HELD_CHANGE:
        return _change_acts(session.get(OrderChange, change_of(matter)))
    if matter.kind == MatterKind.POSTED_DIFFERS:
        return [Act.SAY_POSTED]
    number = order_of(matter)
    if number and matter.kind in (MatterKind.HELD_ORDER, MatterKind.NOT_OURS, MatterKind.REJECTED_ORDER):
        return _order_acts(session.get(SalesOrder, number))
    draft_id = draft_id_of(matter)
    draft = session.get(OrderDraft, draft_id) if draft_id else None
    if draft is None or draft.state != DraftState.OPEN:
        return []
    if matter.kind == MatterKind.DRAFT_TO_CONFIRM:
        return [*_confirming_acts(app, session, draft), Act.LET_GO, Act.CANCEL_DRAFT]
    return [Act.CANCEL_DRAFT] if matter.kind in OF_A_DRAFT else []


def _confirming_acts(app: Munshi, session: Session, draft: OrderDraft) -> list[Act]:
    """What is still to be answered only its sender can answer; what looks like another order must be said to be new."""
    if not assisting.can_be_confirmed(draft) or mode_of(session, draft.party_code) != Mode.ASSIST:
        return []
    same = assisting.looks_like(session, draft, timezone=app.settings.timezone)
    return [Act.CONFIRM_AS_NEW if same else Act.CONFIRM_DRAFT]


def _order_acts(order: SalesOrder | None) -> list[Act]:
    if order is None:
        return []
    if order.state == OrderState.HELD:
        return [Act.RELEASE_ORDER, Act.CANCEL_ORDER]
    return [Act.CANCEL_ORDER] if order.state == OrderState.REJECTED else []


def change_of(matter: Matter) -> str:
    """The number of the change a matter is about; empty where it is about none."""
    word, _, rest = matter.reference.partition(":")
    return rest if word == "change" else ""


def _change_acts(change: OrderChange | None) -> list[Act]:
    held_back = change is not None and change.state == OrderState.HELD
    return [Act.RELEASE_CHANGE, Act.DROP_CHANGE] if held_back else []


def act(
    app: Munshi,
    session: Session,
    matter_id: int,
    what: Act,
    *,
    by: str,
    reason: str,
    version: int | None = None,
    draft_version: int | None = None,
) -> None:
    """Do it, tell the customer where his order stands, and close the matter with the reason.

    `version` is what the clerk saw of the matter, `draft_version` of its draft. Raises Overtaken, as when the matter
    is another clerk's, and NotNow; the caller's transaction then leaves nothing.
    """
    matter = session.get(Matter, matter_id)
    if matter is None or what not in acts(app, session, matter):
        raise Overtaken
    if matter.owner not in (None, by):
        raise Overtaken(matter.owner)
    if what == Act.HAND_BACK:
        assert matter.account_id is not None, "a talk is somebody's"
        take_over.hand_back(app, session, matter.account_id, by=by)
        return
    # The order is locked before the matter, as everywhere; of a draft its version tells who was first.
    if what in ON_A_DRAFT_AS_SEEN:
        _as_seen(app, session, matter, what, by=by, reason=reason, version=draft_version)
        return
    done = _done(app, session, matter, what, by=by, reason=reason, draft_version=draft_version)
    claim(session, matter_id, by=by, version=version)
    if not done or not matters.close(session, matter_id, by=by, reason=reason):
        raise Overtaken
    if what in (Act.RELEASE_ORDER, Act.CANCEL_ORDER):
        kept_back = [MatterKind.HELD_ORDER, MatterKind.NOT_OURS]
        matters.close_about(session, f"order:{order_of(matter)}", kinds=kept_back, by=by, reason=reason)


def _done(
    app: Munshi, session: Session, matter: Matter, what: Act, *, by: str, reason: str, draft_version: int | None
) -> bool:
    match what:
        case Act.CANCEL_DRAFT:
            return _cancel_draft(app, session, draft_id_of(matter), by=by, reason=reason, version=draft_version)
        case Act.RELEASE_ORDER:
            return _release(app, session, order_of(matter) or "", by=by, reason=reason)
        case Act.CANCEL_ORDER:
            return _cancel_order(app, session, order_of(matter) or "", by=by, reason=reason)
        case Act.RELEASE_CHANGE:
            return _release_change(app, session, change_of(matter), by=by, reason=reason)
        case Act.DROP_CHANGE:
            return changed_orders.drop(app, session, change_of(matter), by=by, reason=reason)
        case Act.SAY_POSTED:
            return posted.say_posted(app, session, order_of(matter) or "", by=by, reason=reason)
        case Act.READ_AGAIN:
            return matter.inbound_id is not None and parked.retry(session, matter.inbound_id)
        case Act.RUN_AGAIN:
            job = parked_job_of(session, matter)
            return job is not None and retry_parked(session, job.id) is not None
        case Act.CLOSE:
            _drop_unsent(session, matter, by=by, reason=reason)
            return True
        case _:
            return False


def _drop_unsent(session: Session, matter: Matter, *, by: str, reason: str) -> None:
    """A draft that its customer never saw ends with its matter."""
    draft_id = draft_id_of(matter) if matter.kind in OF_A_DRAFT else None
    draft = _locked(session, draft_id) if draft_id is not None else None
    if draft is not None and draft.state == DraftState.DESK.value:
        drafts.close(session, draft, DraftState.CANCELLED, by=by, reason=reason)
        drafts.note(session, draft, "cancelled", by=by, reason=reason)


def _as_seen(
    app: Munshi, session: Session, matter: Matter, what: Act, *, by: str, reason: str, version: int | None
) -> None:
    """Acts on a draft of which the customer may have changed something meanwhile; they close the matter."""
    draft_id = draft_id_of(matter)
    if draft_id is None or version is None:
        raise Overtaken
    if what != Act.LET_GO:
        as_new = what == Act.CONFIRM_AS_NEW
        assisting.confirm_for(app, session, draft_id, version=version, by=by, reason=reason, as_new=as_new)
        return
    try:
        desk_drafts.send_for_confirmation(app, session, draft_id, version=version, matter_id=matter.id, by=by)
    except take_over.CannotSend as why:
        raise assisting.NotNow(str(why)) from why


def _release(app: Munshi, session: Session, number: str, *, by: str, reason: str) -> bool:
    """By the one way past credit there is; what finance was asked is withdrawn. Raises NotNow."""
    return _released(app, session, release_at_desk(session, number, by=by, reason=reason, house=house_of(app)))


def _release_change(app: Munshi, session: Session, number: str, *, by: str, reason: str) -> bool:
    return _released(app, session, release_change_at_desk(session, number, by=by, reason=reason, house=house_of(app)))


def _released(app: Munshi, session: Session, done: AtDesk) -> bool:
    if done.stays in WHY_IT_STAYS:
        raise assisting.NotNow(WHY_IT_STAYS[done.stays])
    if done.withdrawn is not None:
        approving.tell_end(app, session, done.withdrawn.ask, done.withdrawn.others)
    return done.stays is None


def _cancel_order(app: Munshi, session: Session, number: str, *, by: str, reason: str) -> bool:
    if not cancel_held(app, session, number, by=by, reason=reason):
        return False
    order = session.get_one(SalesOrder, number)
    account = session.get_one(Account, order.account_id)
    write_to(app, session, account, order_bubble(words(account_language(account)), order), simulated=order.simulated)
    return True


def _cancel_draft(
    app: Munshi, session: Session, draft_id: int | None, *, by: str, reason: str, version: int | None
) -> bool:
    if draft_id is None:
        return False
    draft = _locked(session, draft_id)
    if draft.state != DraftState.OPEN or version not in (None, draft.version):
        return False
    drafts.close(session, draft, DraftState.CANCELLED, by=by, reason=reason)
    drafts.note(session, draft, "cancelled", by=by, reason=reason)
    account = session.get_one(Account, draft.account_id)
    said = words(account_language(account))
    firm = session.get_one(Party, draft.party_code).name
    sentence = said("draft.closed_by_office", firm=firm, count=len(draft.lines))
    bubble = Bubble(kind="closed", lines=(sentence,), topic=f"draft:{draft.id}", language=said.catalogue)
    write_to(app, session, account, bubble, simulated=draft.simulated)
    return True


def _locked(session: Session, draft_id: int) -> OrderDraft:
    """A draft behind the lock of its talk: a turn that has read it may change it."""
    locked_conversation(session, session.get_one(OrderDraft, draft_id).account_id)
    return drafts.locked(session, draft_id)
