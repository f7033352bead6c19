"""Drafts of the order desk: keyed in beside a photo, voice note or file, completed, sent to their customer for his yes.

They are priced and checked by the use cases that what customers write goes through. A draft begun at the desk is
`desk` until it is sent: no chat sees it. One that its customer wrote stays open while a clerk completes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.claims import Overtaken, claim
from bot.conversations import locked_conversation
from bot.dialogues.show import trail_lines
from bot.model import Inbound
from bot.take_over import CannotSend, answered, end
from bot.to_the_desk import keeps
from bot.unprompted import show_draft
from bot.window import answers, is_open, why_not_now
from erp.documents import Source
from erp.records import Mode
from orders import drafts
from orders.drafts import Changed, NewLine
from orders.keyed import KeyedLine, key_in
from orders.memory import recall
from orders.model import DraftLine, DraftState, LineStatus, OrderDraft
from people.model import Account, Function
from people.modes import mode_of
from people.who import Speaker, speaker
from routing import matters
from routing.model import Matter, MatterKind
from store.database import now

BEFORE_SENDING = (MatterKind.DESK_DRAFT, MatterKind.DRAFT_TO_CONFIRM)
UNDER_WORK = (DraftState.DESK.value, DraftState.OPEN.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What holds for the whole order."""

    ship_to: str | None = None
    requested_on: date | None = None
    customer_reference: str = ""


def open_desk_draft(
    app: Munshi,
    session: Session,
    *,
    inbound_id: int,
    party_code: str,
    lines: Sequence[NewLine],
    kind: MatterKind = MatterKind.DESK_DRAFT,
    facts: Mapping[str, Any] | None = None,
) -> tuple[OrderDraft, Matter]:
    """Put what was read from a message, in whatever way, before the desk as a draft with its matter; once a message.

    Its sender must be known and speak for the firm. He is told nothing: a clerk completes it and sends it to him.
    """
    inbound = session.get_one(Inbound, inbound_id)
    assert inbound.account_id is not None, "a message is heard before a draft is made of it"
    locked_conversation(session, inbound.account_id)
    draft = _of_message(session, inbound, party_code, states=tuple(state.value for state in DraftState))
    if draft is None:
        draft = _start(app, session, inbound.account_id, party_code, inbound=inbound)
        changed = drafts.add_lines(draft, lines)
        _keep(app, session, draft, changed, by="munshi", inbound_id=inbound_id)
    return draft, _matter(session, draft, kind, inbound_id=inbound_id, facts=facts)


def begin(
    app: Munshi, session: Session, *, account_id: int, party_code: str, inbound_id: int | None, by: str
) -> tuple[OrderDraft, Matter]:
    """The draft to work on beside a message: that of the message, else the list open for the firm, else a new one.

    Its matter is this clerk's, and takes the place of the one that said a photo or file is to be looked at. Raises
    Overtaken when another clerk works on it, CannotSend when the person is unknown or does not order for the firm.
    """
    locked_conversation(session, account_id)
    inbound = session.get(Inbound, inbound_id) if inbound_id else None
    draft = _of_message(session, inbound, party_code, states=UNDER_WORK) if inbound is not None else None
    if draft is None:
        draft = drafts.open_draft(session, account_id=account_id, party_code=party_code)
    if draft is None:
        draft = _start(app, session, account_id, party_code, inbound=inbound)
    elif inbound is not None and inbound.sid not in draft.message_ids:
        draft.message_ids = [*draft.message_ids, inbound.sid]
    draft.posts_at = None  # nothing posts by itself while a clerk works on it
    matter = _matter(session, draft, MatterKind.DESK_DRAFT, inbound_id=inbound_id, owner=by)
    matter = claim(session, matter.id, by=by)
    if inbound is not None:
        keyed = f"keyed in as {matter.number}"
        matters.close_about(session, f"inbound:{inbound.id}", kinds=[MatterKind.MEDIA], by=by, reason=keyed)
    return draft, matter


def save(
    app: Munshi,
    session: Session,
    draft_id: int,
    *,
    version: int,
    lines: Sequence[KeyedLine],
    terms: Terms,
    matter_id: int,
    by: str,
) -> OrderDraft:
    """Put in what the clerk keyed in, priced and checked anew.

    Raises Overtaken when the draft is no longer at `version`, or its matter is another clerk's.
    """
    locked_conversation(session, _account_of(session, draft_id))
    draft = _as_seen(session, draft_id, version)
    inbound_id = claim(session, matter_id, by=by).inbound_id
    changed = key_in(draft, lines)
    moved = _take_terms(draft, terms)
    session.flush()
    if changed.lines or changed.removed or moved:
        _keep(app, session, draft, changed, by=by, inbound_id=inbound_id)
    return draft


def send_for_confirmation(
    app: Munshi, session: Session, draft_id: int, *, version: int, matter_id: int, by: str, seen: int = 0
) -> OrderDraft:
    """Show it to its customer as any order is shown, with the buttons: his answer is Munshi's to take again.

    Raises Overtaken, and CannotSend with what is in the way.
    """
    account_id = _account_of(session, draft_id)
    conversation = locked_conversation(session, account_id)
    if conversation.taken_over_by not in (None, by):
        raise Overtaken(str(conversation.taken_over_by))
    account = session.get_one(Account, account_id)
    draft = _as_seen(session, draft_id, version)
    claim(session, matter_id, by=by)
    who = _speaker(app, session, account, draft.party_code)
    if not draft.lines:
        raise CannotSend("There is no line in it yet.")
    if (reason := why_not_now(app, session, account)) or (reason := _not_shown(session, draft)):
        raise CannotSend(reason)
    draft = _opened(app, session, draft, by=by)
    if conversation.taken_over_by is not None:
        answered(session, conversation, seen=seen, by=by)
        end(session, conversation, by=by, reason="sent for confirmation")
    answering = answers(session, account.id) if is_open(app, session, account) else None
    show_draft(app, session, draft, account, who, heading="summary.keyed_in", inbound_id=answering)
    # A clerk has seen this version: of a customer in assist its sender may confirm it by himself.
    draft.let_go_version = draft.version
    conversation.draft_id = draft.id
    conversation.misunderstood = conversation.automatic = 0
    drafts.note(session, draft, "sent_by_desk", by=by, version=draft.version)
    matters.close_about(session, f"draft:{draft.id}", kinds=BEFORE_SENDING, by=by, reason="sent for confirmation")
    return draft


def _account_of(session: Session, draft_id: int) -> int:
    return session.scalars(select(OrderDraft.account_id).where(OrderDraft.id == draft_id)).one()


def firms_of(app: Munshi, session: Session, account: Account) -> tuple[str, ...]:
    """For which firms this person may be keyed in an order."""
    who = speaker(session, account.person, timezone=app.settings.timezone)
    return who.firms if who is not None else ()


def _matter(
    session: Session,
    draft: OrderDraft,
    kind: MatterKind,
    *,
    inbound_id: int | None,
    facts: Mapping[str, Any] | None = None,
    owner: str | None = None,
) -> Matter:
    return matters.open_matter(
        session,
        kind=kind,
        reference=f"draft:{draft.id}",
        function=Function.COMMERCIAL,
        party_code=draft.party_code,
        account_id=draft.account_id,
        inbound_id=inbound_id,
        facts={"lines": len(draft.lines), **(facts or {})},
        owner=owner,
    )


def _of_message(session: Session, inbound: Inbound, party_code: str, *, states: Sequence[str]) -> OrderDraft | None:
    """The newest draft made of a message."""
    return session.scalars(
        select(OrderDraft)
        .where(
            OrderDraft.account_id == inbound.account_id,
            OrderDraft.party_code == party_code,
            OrderDraft.message_ids.contains([inbound.sid]),
            OrderDraft.state.in_(states),
        )
        .order_by(OrderDraft.id.desc())
        .limit(1)
        .with_for_update()
    ).first()


def _start(app: Munshi, session: Session, account_id: int, party_code: str, *, inbound: Inbound | None) -> OrderDraft:
    account = session.get_one(Account, account_id)
    who = _speaker(app, session, account, party_code)
    draft = drafts.start(
        session,
        party_code=party_code,
        account_id=account_id,
        person_id=who.person_id,
        on_behalf=party_code not in who.buys_for,
        simulated=inbound is not None and inbound.simulated,
    )
    draft.state, draft.source = DraftState.DESK.value, Source.DESK.value
    draft.message_ids = [inbound.sid] if inbound is not None else []
    session.flush()
    return draft


def _speaker(app: Munshi, session: Session, account: Account, party_code: str) -> Speaker:
    """Roles are checked here: nobody is sent an order of a firm that he does not order for."""
    who = speaker(session, account.person, timezone=app.settings.timezone)
    if who is None:
        raise CannotSend("Nobody knows this sender yet: assign him to a firm on the page Senders first.")
    if party_code not in who.firms:
        raise CannotSend(f"{who.name} does not order for {party_code}.")
    return who


def _not_shown(session: Session, draft: OrderDraft) -> str:
    """Why its customer is told nothing of it, in words; empty when he is."""
    if mode_of(session, draft.party_code) == Mode.SHADOW:
        return "This customer is in shadow: nothing is said to him. Key the order into the ERP as before."
    return ""


def _as_seen(session: Session, draft_id: int, version: int) -> OrderDraft:
    draft = drafts.locked(session, draft_id)
    if draft.state not in UNDER_WORK or draft.version != version:
        raise Overtaken
    return draft


def _take_terms(draft: OrderDraft, terms: Terms) -> bool:
    """Whether anything of them is new. A day that is said is no longer asked."""
    before = (draft.ship_to, draft.requested_on, draft.customer_reference, bool(draft.asked_days))
    if terms.ship_to is not None:
        draft.ship_to = terms.ship_to
    if terms.requested_on != draft.requested_on:
        draft.requested_on, draft.asked_days = terms.requested_on, []
    draft.customer_reference = terms.customer_reference
    moved = before != (draft.ship_to, draft.requested_on, draft.customer_reference, bool(draft.asked_days))
    if moved:
        draft.source = Source.DESK.value
    return moved


def _keep(
    app: Munshi, session: Session, draft: OrderDraft, changed: Changed, *, by: str, inbound_id: int | None
) -> None:
    """A new version at today's prices. Of one that its customer has not seen he is not reminded."""
    today = now(session).astimezone(ZoneInfo(app.settings.timezone)).date()
    drafts.refresh(session, draft, day=today)
    if recall(session, draft, changed.lines):
        drafts.refresh(session, draft, day=today)
    drafts.touch(session, draft, reminder=app.settings.draft_reminder)
    if draft.state == DraftState.DESK.value:
        draft.reminder_due_at = None
    what = "changed" if draft.version > 1 else "drafted"
    drafts.note(session, draft, what, by=by, inbound_id=inbound_id, version=draft.version, lines=trail_lines(draft))
    session.flush()


def _opened(app: Munshi, session: Session, draft: OrderDraft, *, by: str) -> OrderDraft:
    """The draft as its customer may answer it. A list he has open for this firm by now takes these lines in."""
    other = None
    if draft.state == DraftState.DESK.value:
        other = drafts.open_draft(session, account_id=draft.account_id, party_code=draft.party_code)
    if other is None:
        draft.state = DraftState.OPEN.value
        draft.reminded_at = None
        _keep(app, session, draft, Changed(), by=by, inbound_id=None)
        return draft
    if keeps(session, other):
        raise CannotSend("Meanwhile a list came from the customer that no clerk has seen: deal with that one first.")
    changed = drafts.add_lines(other, [_copied(line) for line in draft.lines])
    other.source = Source.DESK.value
    other.message_ids = [*other.message_ids, *(sid for sid in draft.message_ids if sid not in other.message_ids)]
    reference = f"draft:{other.id}"
    drafts.close(session, draft, DraftState.CANCELLED, by=by, reason=f"its lines went into draft {other.id}")
    drafts.note(session, draft, "cancelled", by=by, reason=draft.close_reason)
    matters.close_about(session, f"draft:{draft.id}", by=by, reason=f"sent with {reference}")
    session.flush()
    _keep(app, session, other, changed, by=by, inbound_id=None)
    return other


def _copied(line: DraftLine) -> NewLine:
    return NewLine(
        status=LineStatus(line.status),
        sku=line.sku,
        quantity=line.wanted or line.quantity,
        uom=line.uom,
        source=line.source,
        item_words=line.item_words,
        doubts=tuple(line.doubts),
        choices=tuple(line.candidates),
        requested_price=line.requested_price,
        requested_on=line.requested_on,
        asked_free=line.asked_free,
        read_from=line.read_from,
    )
