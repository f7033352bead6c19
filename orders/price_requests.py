"""Use cases on price requests: what is asked for beside the rules, who decides it, and what that makes of the draft.

A request never changes what posts: a decision sets the granted price of a line, and its sender confirms the summary
that shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from erp import mirror
from orders import drafts
from orders.approval_model import Basis, Decision, PriceRequest, RequestedLine, RequestState
from orders.approval_rules import Deal, steps_for, with_a_second, within_own_limit
from orders.draft_prices import PriceBook, book_of
from orders.granting import (
    approve,
    decide,
    expiry,
    forget_wish,
    granted_so_far,
    price_as_granted,
    requested_line,
    was_refused,
    would_cover,
)
from orders.model import DraftState, OrderDraft
from orders.wishes import ZERO, Wish, can_go, wanted, wish_of, wishes
from people.model import Function, Party, Person
from people.who import named
from routing import asks
from routing.ask_model import Ask, AskedPerson, AskKind, AskState
from routing.ask_rules import Step
from store.database import now

THEN = "orders.price_decided"
"""The job that follows the answer or lapse of a price request's ask; its argument is `ask_id`."""
ABSOLUTE = "absolute"
"""The reason of a refusal that no person gave: it is below what anybody may approve."""
AT_HAND = (DraftState.OPEN.value, DraftState.DESK.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Requested:
    """What became of the wishes in a draft. Nothing in any of them: there was nothing to ask."""

    request: PriceRequest | None = None
    """The one that is open now."""
    granted: Sequence[RequestedLine] = ()
    """Within the requester's own limit: the lines have their price already."""
    asked: Sequence[RequestedLine] = ()
    """They wait; until then the list price holds."""
    refused: Sequence[RequestedLine] = ()
    """Below what anybody may approve."""
    ask: Ask | None = None
    told: Sequence[AskedPerson] = ()
    """To whom it must be said, with the figures; empty when it was open already."""
    seen_at: datetime | None = None
    """When the first of them is at work; None: now."""
    lapsed: bool = False
    """There is nobody to ask; the job that follows says so to the requester."""
    withdrawn: Sequence[AskedPerson] = ()
    """Those who were asked for an earlier state of the draft, which holds no longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Looked:
    """A draft's wishes, by what becomes of them."""

    book: PriceBook
    person: Person
    refused: list[Wish]
    own: list[Wish]
    asked: list[Wish]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Made:
    """What a request is written with, besides its lines."""

    person: Person
    reason: str
    inbound_id: int | None
    rules_version: int


def ask_for(
    session: Session,
    draft: OrderDraft,
    *,
    person_id: int,
    reason: str,
    inbound_id: int | None,
    timezone: str,
) -> Requested:
    """Ask for what a locked, complete draft wishes beside the rules; called at the end of a turn.

    What is open already and still fits is left as it is; what it does not fit any more is withdrawn first.
    """
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    looked = _looked_at(session, draft, session.get_one(Person, person_id), today)
    made = _Made(person=looked.person, reason=reason, inbound_id=inbound_id, rules_version=looked.book.rules.version)
    before = open_request(session, draft.id)
    withdrawn: Sequence[AskedPerson] = ()
    if before is not None and not _still_fits(session, before, draft, looked.asked):
        withdrawn = withdraw(session, draft, "changed")
        # Else it was answered in the same moment: that is dealt with first, by the job that follows.
        before = before if before.state == RequestState.OPEN.value else None
    at_once = _settled_at_once(session, draft, looked, made, today, timezone=timezone)
    new = None if before is not None or not looked.asked else _write(session, draft, looked.asked, made)
    opened = None if new is None else _opened(session, draft, new, looked, timezone=timezone)
    request = new or before
    return Requested(
        request=request,
        granted=[line for line in at_once if line.decision == Decision.GRANTED.value],
        refused=[line for line in at_once if line.decision == Decision.REJECTED.value],
        asked=list(request.lines) if request else (),
        ask=session.get(Ask, request.ask_id) if request and request.ask_id else None,
        told=opened.asked if opened else (),
        seen_at=opened.seen_at if opened else None,
        lapsed=opened is not None and opened.ask.state == AskState.LAPSED.value,
        withdrawn=withdrawn,
    )


def _looked_at(session: Session, draft: OrderDraft, person: Person, today: date) -> _Looked:
    book = book_of(session, draft, day=today)
    found = [wish for wish in wishes_of(draft, book) if not was_refused(session, draft, wish)]
    able = [wish for wish in found if not wish.is_impossible]
    own = _within_own_limit(session, draft, able, book, person)
    return _Looked(
        book=book,
        person=person,
        refused=[wish for wish in found if wish.is_impossible],
        own=own,
        asked=[wish for wish in able if wish not in own],
    )


def wishes_of(draft: OrderDraft, book: PriceBook) -> list[Wish]:
    """What the lines of a draft ask for, each as it would be if all of it were granted."""
    going = [line for line in draft.lines if can_go(line)]
    wishing = [line for line in going if wishes(line, book.goods)]
    if not wishing:
        return []
    priced = book.price([wanted(line, book.goods, wishing=line in wishing) for line in going])
    return [wish_of(line, priced.line(line.no), book.goods) for line in wishing]


def _within_own_limit(
    session: Session, draft: OrderDraft, able: Sequence[Wish], book: PriceBook, person: Person
) -> list[Wish]:
    """What the requester may grant himself: each line by its depth, all of the order by what they give away."""
    limits = mirror.limits(session, day=book.day)

    def may(wish: Wish, amount: Decimal) -> bool:
        return within_own_limit(
            limits,
            phone=person.phone,
            roles=person.roles,
            group=wish.group,
            at=wish.depth,
            amount=amount,
        )

    shallow = [wish for wish in able if may(wish, ZERO)]
    before = granted_so_far(session, draft, but={wish.no for wish in shallow}, basis=Basis.OWN_LIMIT)
    amount = before + sum((wish.given_away for wish in shallow), ZERO)
    return [wish for wish in shallow if may(wish, amount)]


def _settled_at_once(
    session: Session, draft: OrderDraft, looked: _Looked, made: _Made, today: date, *, timezone: str
) -> Sequence[RequestedLine]:
    """What needs nobody else: granted within the own limit, or refused because nobody may grant it."""
    if not (looked.own or looked.refused):
        return ()
    request = _write(session, draft, [*looked.own, *looked.refused], made, state=RequestState.DECIDED)
    lines = {line.no: line for line in draft.lines}
    own = {wish.no for wish in looked.own}
    expires_at = expiry(session, draft.party_code, since=now(session), timezone=timezone)
    for asked in request.lines:
        if asked.line_no in own:
            decide(asked, Decision.GRANTED)
            approve(session, request, asked, basis=Basis.OWN_LIMIT, person=made.person, expires_at=expires_at)
            price_as_granted(lines[asked.line_no], asked)
        else:
            decide(asked, Decision.REJECTED, reason=ABSOLUTE)
            forget_wish(lines[asked.line_no], asked)
    session.flush()
    drafts.refresh(session, draft, day=today)
    return request.lines


def _write(
    session: Session,
    draft: OrderDraft,
    wished: Sequence[Wish],
    made: _Made,
    *,
    state: RequestState = RequestState.OPEN,
) -> PriceRequest:
    moment = now(session)
    request = PriceRequest(
        draft_id=draft.id,
        draft_version=draft.version,
        party_code=draft.party_code,
        account_id=draft.account_id,
        person_id=made.person.id,
        reason=made.reason,
        ship_to=draft.ship_to or "",
        payment_term=session.get_one(Party, draft.party_code).credit_days,
        rules_version=made.rules_version,
        state=state.value,
        asked_at=moment,
        ended_at=None if state == RequestState.OPEN else moment,
        inbound_id=made.inbound_id,
        lines=[requested_line(wish) for wish in sorted(wished, key=lambda one: one.no)],
    )
    session.add(request)
    session.flush()
    return request


def _opened(
    session: Session, draft: OrderDraft, request: PriceRequest, looked: _Looked, *, timezone: str
) -> asks.Opened:
    """Put a request to the people the matrix names."""
    party = session.get_one(Party, draft.party_code)
    plant = mirror.plant_of(session, party.warehouse)
    asked = looked.asked
    amount = granted_so_far(session, draft, but={wish.no for wish in asked}) + sum(
        (wish.given_away for wish in asked), ZERO
    )
    deal = Deal(
        lines=[(wish.group, wish.depth) for wish in asked],
        amount=amount,
        tier=party.tier,
        customer=party.code,
        plant=plant,
    )
    opened = asks.open_ask(
        session,
        kind=AskKind.PRICE,
        reference=f"price:{request.id}",
        party_code=party.code,
        plant=plant,
        function=Function.COMMERCIAL,
        steps=_steps(session, looked.book, deal, timezone=timezone),
        asked_by=request.person_id,
        then=THEN,
        facts={"request": request.id, "draft": draft.id, "version": draft.version, "amount": str(amount)},
        timezone=timezone,
        simulated=draft.simulated,
    )
    request.ask_id = opened.ask.id
    session.flush()
    return opened


def _steps(session: Session, book: PriceBook, deal: Deal, *, timezone: str) -> list[Step]:
    """The levels of the matrix; where one person is alone at the top of the plant, finance comes after him."""
    steps = steps_for(mirror.levels(session, day=book.day), deal)
    top = named(session, steps[-1].approvers, plant=deal.plant, timezone=timezone) if steps else []
    return with_a_second(steps, alone_at_the_top=len(top) <= 1)


def _still_fits(session: Session, request: PriceRequest, draft: OrderDraft, wished: Sequence[Wish]) -> bool:
    """Whether what is being decided would cover the draft as it is now: then nobody is asked again."""
    lines = {line.line_no: line for line in request.lines}
    if set(lines) != {wish.no for wish in wished}:
        return False
    return all(would_cover(session, request, lines[wish.no], draft, wish) for wish in wished)


def counter_fits(line: RequestedLine, price: Decimal) -> bool:
    """Whether an approver may name this price instead: above what was asked, never below the absolute floor.

    And below what the line has by the rules already: who gets a scheme's price is offered no dearer one.
    """
    lowest = max(line.wished_price, line.absolute or ZERO)
    return lowest <= price < line.price and price != line.wished_price


def withdraw(session: Session, draft: OrderDraft, reason: str) -> Sequence[AskedPerson]:
    """The draft is confirmed at list, cancelled or changed: its open request is over. Who was asked can be told.

    One that is answered already stays open for the job that follows, which looks at what the draft is then.
    """
    request = open_request(session, draft.id)
    if request is None:
        return ()
    others: Sequence[AskedPerson] = ()
    if request.ask_id is not None:
        ended = asks.withdraw(session, request.ask_id, reason)
        if isinstance(ended, asks.TooLate):
            return ()
        others = ended.others
    request.state, request.end_reason = RequestState.WITHDRAWN.value, reason
    request.ended_at = now(session)
    session.flush()
    return others


def withdraw_of_closed(session: Session) -> list[AskedPerson]:
    """Requests whose draft is over, by whatever way it ended, are over too; who was asked can be told."""
    over = (
        select(PriceRequest.draft_id)
        .join(OrderDraft, OrderDraft.id == PriceRequest.draft_id)
        .where(PriceRequest.state == RequestState.OPEN.value, OrderDraft.state.not_in(AT_HAND))
        .order_by(PriceRequest.draft_id)
    )
    told: list[AskedPerson] = []
    for draft_id in session.scalars(over).all():
        told += withdraw(session, drafts.locked(session, draft_id), "over")
    return told


def withdraw_of_leavers(session: Session, *, timezone: str) -> list[tuple[PriceRequest, Sequence[AskedPerson]]]:
    """Requests of people who have left are over, their orders are for somebody else; each with who was asked."""
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    left = or_(Person.active.is_(False), Person.until < today)
    of_leavers = (
        select(PriceRequest.draft_id)
        .join(Person, Person.id == PriceRequest.person_id)
        .where(PriceRequest.state == RequestState.OPEN.value, left)
        .order_by(PriceRequest.draft_id)
    )
    found = []
    for draft_id in session.scalars(of_leavers).all():
        draft = drafts.locked(session, draft_id)
        request = open_request(session, draft_id)
        told = withdraw(session, draft, "who asked has left")
        if request is not None and request.state == RequestState.WITHDRAWN.value:
            found.append((request, told))
    return found


def open_request(session: Session, draft_id: int) -> PriceRequest | None:
    """The one a draft waits for, locked."""
    return session.scalars(
        select(PriceRequest)
        .where(PriceRequest.draft_id == draft_id, PriceRequest.state == RequestState.OPEN.value)
        .with_for_update()
    ).first()


def last_request(session: Session, draft_id: int) -> PriceRequest | None:
    """The newest of a draft, whatever became of it."""
    return session.scalars(
        select(PriceRequest).where(PriceRequest.draft_id == draft_id).order_by(PriceRequest.id.desc()).limit(1)
    ).first()
