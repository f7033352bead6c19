"""Use cases on what became of a price request: the answer is taken over once, a counter is accepted once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders import drafts
from orders.approval_model import Approval, Basis, Decision, PriceRequest, RequestedLine, RequestState
from orders.approval_rules import LineVerdict, Verdict, verdicts
from orders.draft_prices import book_of
from orders.granting import approve, decide, expiry, forget_wish, price_as_granted
from orders.model import DraftLine, DraftState, OrderDraft
from orders.price_requests import ABSOLUTE, AT_HAND, counter_fits
from orders.pricing import money
from orders.wishes import ZERO, Wish, can_go, wanted, wish_of
from people.model import Person
from routing.ask_model import Answer, Ask, AskState
from store.database import now

NOT_DECIDED = "not_decided"
"""The reason of a line the answer said nothing of."""


@dataclass(kw_only=True, slots=True)
class Decided:
    """What an answer, or its lack, made of a request."""

    request: PriceRequest
    ask: Ask
    draft: OrderDraft
    approvals: Sequence[Approval] = ()
    """Those that hold: the draft's lines have their price."""
    voided: Sequence[Approval] = ()
    """Given, but for a draft that has changed meanwhile: what it wishes now is to be asked anew."""
    countered: list[RequestedLine] = field(default_factory=list)
    """They wait for the requester (`accept_counter`)."""
    rejected: list[RequestedLine] = field(default_factory=list)
    lapsed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """Nothing happened: the draft is over, or is not any more what the counter was about."""

    draft: OrderDraft


def decided(session: Session, ask_id: int, *, timezone: str) -> Decided | None:
    """Take over what became of an ask: approvals are made and the draft's lines get their price, once.

    Locks the draft, then the request. None: it was taken over before, or withdrawn, or its draft is over; nobody is to
    be told anything.
    """
    found = session.execute(select(PriceRequest.id, PriceRequest.draft_id).where(PriceRequest.ask_id == ask_id)).one()
    draft = drafts.locked(session, found.draft_id)
    request = session.get_one(PriceRequest, found.id, with_for_update=True, populate_existing=True)
    ask = session.get_one(Ask, ask_id, populate_existing=True)
    if request.state != RequestState.OPEN.value or ask.state == AskState.OPEN.value:
        return None
    request.ended_at = now(session)
    request.state = (RequestState.LAPSED if ask.state == AskState.LAPSED.value else RequestState.DECIDED).value
    result = Decided(request=request, ask=ask, draft=draft, lapsed=ask.state == AskState.LAPSED.value)
    if draft.state not in AT_HAND:
        request.end_reason = "draft is over"
        _note_verdicts(ask, request)
        return None
    _take_over(session, result, timezone=timezone)
    return result


def _take_over(session: Session, result: Decided, *, timezone: str) -> None:
    request, draft, ask = result.request, result.draft, result.ask
    lines = {line.no: line for line in draft.lines}
    made: list[Approval] = []
    if result.lapsed:
        for asked in request.lines:
            forget_wish(lines.get(asked.line_no), asked)
    else:
        _note_verdicts(ask, request)
        person = session.get_one(Person, ask.answered_by)
        expires_at = expiry(session, draft.party_code, since=ask.answered_at or now(session), timezone=timezone)
        for asked in request.lines:
            line = lines.get(asked.line_no)
            if asked.decision == Decision.APPROVED.value:
                made.append(
                    approve(session, request, asked, basis=Basis.APPROVER, person=person, expires_at=expires_at)
                )
                price_as_granted(line, asked)
            else:
                forget_wish(line, asked)
    result.countered = [one for one in request.lines if one.decision == Decision.COUNTERED.value]
    result.rejected = [one for one in request.lines if one.decision == Decision.REJECTED.value]
    _price_anew(session, draft, timezone=timezone)
    result.approvals = [approval for approval in made if approval.voided_at is None]
    result.voided = [approval for approval in made if approval.voided_at is not None]


def _note_verdicts(ask: Ask, request: PriceRequest) -> None:
    """What was said of each line. Nothing said is no; a counter below what was asked, or that nobody may give, too."""
    said = verdicts(ask.answer_facts) if ask.answer else {}
    for asked in request.lines:
        verdict = said.get(asked.line_no) or _of_all(ask)
        match verdict.verdict:
            case Verdict.APPROVE:
                decide(asked, Decision.APPROVED)
            case Verdict.COUNTER if verdict.price is not None and counter_fits(asked, verdict.price):
                decide(asked, Decision.COUNTERED, price=verdict.price, reason=verdict.reason)
            case Verdict.COUNTER:
                decide(asked, Decision.REJECTED, reason=verdict.reason or ABSOLUTE)
            case _:
                decide(asked, Decision.REJECTED, reason=verdict.reason)


def _of_all(ask: Ask) -> LineVerdict:
    """What an answer says of a line that it does not name."""
    if ask.answer == Answer.APPROVE.value and not ask.answer_facts.get("lines"):
        return LineVerdict(verdict=Verdict.APPROVE)
    reason = str(ask.answer_facts.get("reason", "")) if ask.answer == Answer.REJECT.value else NOT_DECIDED
    return LineVerdict(verdict=Verdict.REJECT, reason=reason)


def accept_counter(
    session: Session, request_id: int, *, line_nos: Sequence[int] | None, person_id: int, timezone: str
) -> OrderDraft | Gone:
    """The requester takes the prices that were named instead (all, or those of some lines): the lines have them now.

    Again it changes nothing; nobody else can take them.
    """
    draft_id = session.scalars(select(PriceRequest.draft_id).where(PriceRequest.id == request_id)).one()
    draft = drafts.locked(session, draft_id)
    request = session.get_one(PriceRequest, request_id, with_for_update=True, populate_existing=True)
    ask = session.get(Ask, request.ask_id) if request.ask_id else None
    wanted_lines = [
        asked
        for asked in request.lines
        if asked.decision == Decision.COUNTERED.value and (line_nos is None or asked.line_no in line_nos)
    ]
    his = person_id in (request.person_id, draft.person_id)
    if draft.state != DraftState.OPEN.value or ask is None or ask.answered_at is None or not wanted_lines or not his:
        return Gone(draft=draft)
    fresh = [asked for asked in wanted_lines if asked.accepted_at is None]
    if not fresh:
        return draft
    expires_at = expiry(session, draft.party_code, since=ask.answered_at, timezone=timezone)
    if expires_at <= now(session) or not _is_as_asked(draft, fresh):
        return Gone(draft=draft)
    person = session.get_one(Person, ask.answered_by)
    made = _accept(session, request, draft, fresh, person, expires_at, timezone=timezone)
    return draft if any(approval.voided_at is None for approval in made) else Gone(draft=draft)


def _is_as_asked(draft: OrderDraft, asked: Sequence[RequestedLine]) -> bool:
    """Whether the lines are still those the counter was named for."""
    lines = {line.no: line for line in draft.lines}

    def same(one: RequestedLine) -> bool:
        line = lines.get(one.line_no)
        return (
            line is not None
            and can_go(line)
            and (line.sku, line.uom) == (one.sku, one.uom)
            and line.quantity is not None
            and line.quantity >= one.quantity
        )

    return all(same(one) for one in asked)


def _accept(
    session: Session,
    request: PriceRequest,
    draft: OrderDraft,
    fresh: Sequence[RequestedLine],
    person: Person,
    expires_at: datetime,
    *,
    timezone: str,
) -> list[Approval]:
    lines = {line.no: line for line in draft.lines}
    for asked in fresh:
        asked.accepted_at = now(session)
        _have(lines[asked.line_no], asked.decided_price)
    effective = _effective(session, draft, timezone=timezone)
    made = [
        approve(
            session,
            request,
            asked,
            basis=Basis.COUNTER,
            person=person,
            expires_at=expires_at,
            price=asked.decided_price,
            effective=effective[asked.line_no],
        )
        for asked in fresh
    ]
    _price_anew(session, draft, timezone=timezone)
    return made


def _have(line: DraftLine, price: Decimal | None) -> None:
    """A line at the price that was named: that is what it asks for from now on."""
    line.granted_price = line.requested_price = price
    line.granted_free = line.asked_free = None


def _effective(session: Session, draft: OrderDraft, *, timezone: str) -> dict[int, Decimal]:
    """What the lines come to with what was granted them, and not with what the rules have come to below that since."""
    book = book_of(session, draft, day=_today(session, timezone))
    going = [line for line in draft.lines if can_go(line)]
    priced = book.price([wanted(line, book.goods, wishing=False) for line in going])
    found = {line.no: wish_of(line, priced.line(line.no), book.goods) for line in going}
    return {no: one.effective + max(ZERO, _named(one) - one.wished_price) for no, one in found.items()}


def _named(wish: Wish) -> Decimal:
    granted = wish.line.granted_price
    return ZERO if granted is None else money(granted)


def _price_anew(session: Session, draft: OrderDraft, *, timezone: str) -> None:
    """Whatever was shown before holds no longer."""
    draft.version += 1
    draft.posts_at = None
    session.flush()
    drafts.refresh(session, draft, day=_today(session, timezone))
    session.flush()


def _today(session: Session, timezone: str) -> date:
    return now(session).astimezone(ZoneInfo(timezone)).date()
