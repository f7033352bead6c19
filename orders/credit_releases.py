"""Use cases on orders and changes that credit keeps back: finance is asked, lets them go or raises the limit, or not.

There is one way for either past its credit: `_let_go`, from the chat and from the desk alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from orders import drafts, held
from orders.change_model import OrderChange
from orders.change_posting import drop_change, release_change
from orders.credit import Credit, Standing
from orders.credit_asks import CHANGE, ORDER, Kept, kept_change, kept_of, open_ask, withdraw
from orders.credit_facts import CreditFacts, credit_facts
from orders.credit_model import Basis, CreditRelease
from orders.exposure import credit_standing
from orders.model import OrderDraft, SalesOrder, TrailEntry
from orders.post import locked
from orders.schedule import plant_of_party
from people.model import Function, Party, Person, Role
from people.who import answering
from routing import asks
from routing.ask_model import Answer, Ask, AskKind, AskState
from routing.ask_rules import Step
from routing.asks import Opened, Withdrawn
from routing.model import Matter, MatterKind
from store.database import now

DECIDED_JOB = "orders.credit_decided"
"""The job that follows an answer or the lapse of what finance was asked of an order."""
CHANGE_DECIDED_JOB = "orders.credit_of_change_decided"
"""The same of a change."""
REFUSED, LAPSED, UNUSED = "credit_refused", "credit_lapsed", "credit_unused"
"""As the order's trail has them; unused: decided, and something else kept the order."""


class Stays(StrEnum):
    """Why an order is not let go although somebody has decided so."""

    OVER = "over"
    """It is not held any more."""
    BLOCKED = "blocked"
    """The ERP has blocked the customer."""
    OWN = "own"
    """Whoever decides ordered it, or confirmed it."""
    NO_RIGHT = "no_right"
    """He is neither of finance nor a plant head any more, nor is he for whom he stands in."""
    ROSE = "rose"
    """It has come to more than what was decided on."""
    NOT_OURS = "not_ours"
    """The firm says it is not its order: the desk settles that first. The release of credit stands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """How credit is judged here: the settings' time zone, days and hours, and the ERP that orders go to."""

    timezone: str
    erp: str
    overdue_allowed: int | None
    max_age: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What came of a question: the order, or its change, went, or why not. `answer` is None where nobody answered."""

    order: SalesOrder
    change: OrderChange | None = None
    ask: Ask
    answer: Answer | None
    stays: Stays | None = None
    reason: str = ""
    """Of a refusal: one that was tapped, or the words of whoever refused."""
    dropped: bool = False
    """Of a change that was refused: it is given up, and so are the changes begun from it, `fallen`."""
    fallen: Sequence[OrderChange] = ()

    @property
    def went(self) -> bool:
        """Whether the ERP gets it now."""
        return self.answer in (Answer.APPROVE, Answer.COUNTER) and self.stays is None


def ask_finance(session: Session, order: SalesOrder, standing: Standing, *, house: House) -> Opened | None:
    """Put a held order before finance of its plant, then the rest of finance, then the plant head.

    None: it is before them already, at this value. At another one they are asked anew.
    """
    before = open_ask(session, order.number)
    if before is not None and CreditFacts.of(before.facts).value == standing.order_value:
        return None
    withdraw(session, order.number, "the order has changed")
    return _ask(session, Kept(order=order), standing, then=DECIDED_JOB, house=house)


def ask_finance_of_change(
    session: Session, order: SalesOrder, change: OrderChange, standing: Standing, *, house: House
) -> Opened | None:
    """Put a held change of an order that goes on before the same people; None: it is before them already."""
    if open_ask(session, change.number, what=CHANGE) is not None:
        return None
    return _ask(session, Kept(order=order, change=change), standing, then=CHANGE_DECIDED_JOB, house=house)


def _ask(session: Session, kept: Kept, standing: Standing, *, then: str, house: House) -> Opened:
    order = kept.order
    party = session.get_one(Party, order.party_code)
    facts = credit_facts(
        session,
        kept,
        standing,
        timezone=house.timezone,
        overdue_allowed=house.overdue_allowed,
        max_age=house.max_age,
    )
    plant = order.plant or plant_of_party(session, party, timezone=house.timezone).code
    return asks.open_ask(
        session,
        kind=AskKind.CREDIT,
        reference=kept.reference,
        party_code=order.party_code,
        plant=plant,
        function=Function.FINANCE,
        steps=_steps(session, plant, timezone=house.timezone),
        asked_by=kept.asked_by,
        then=then,
        facts=facts.as_json(),
        timezone=house.timezone,
        simulated=(kept.change or order).simulated,
    )


def _steps(session: Session, plant: str, *, timezone: str) -> list[Step]:
    near = answering(session, Function.FINANCE, timezone=timezone, plant=plant)
    every = answering(session, Function.FINANCE, timezone=timezone)
    rest = [person for person in every if person not in near]
    steps = [
        Step(level=1, approvers=tuple(person.phone for person in near)),
        Step(level=2, approvers=tuple(person.phone for person in rest)),
        Step(level=3, approvers=(Role.PLANT_HEAD.value,)),
    ]
    return [step for step in steps if step.approvers]


def hindrance(session: Session, ask: Ask, *, person_id: int | None, whose: int | None = None) -> Stays | None:
    """What somebody's approval, perhaps in another's stead, would come to nothing for at this moment; None: nothing."""
    if person_id is not None and not may_decide(session.get_one(Person, whose or person_id)):
        return Stays.NO_RIGHT
    return _hindrance(session, kept_of(session, ask), CreditFacts.of(ask.facts).value, person_id=person_id)


def may_decide(person: Person) -> bool:
    """Whether credit is for him to decide."""
    return bool({Function.FINANCE.value, Function.PLANT_HEAD.value} & set(person.functions))


def decided(session: Session, ask_id: int, *, house: House) -> Decided | None:
    """Follow an answer or a lapse, once. Locks the party, then the order; None: done before, or nothing is decided."""
    ask = session.get_one(Ask, ask_id)
    kept = kept_of(session, ask)
    party, order = _locked(session, kept), kept.order
    if ask.state not in (AskState.ANSWERED.value, AskState.LAPSED.value) or _was_followed(session, order, ask_id):
        return None
    if ask.state == AskState.LAPSED.value:
        _note(session, order, LAPSED, by="munshi", ask=ask_id)
        return Decided(order=order, change=kept.change, ask=ask, answer=None)
    answer, by = Answer(str(ask.answer)), session.get_one(Person, ask.answered_by)
    if answer == Answer.REJECT:
        reason = str(ask.answer_facts.get("reason", ""))
        _note(session, order, REFUSED, by=by.name, inbound_id=ask.inbound_id, ask=ask_id, reason=reason)
        given_up = _give_up(session, kept, by=by.name, reason=reason)
        return Decided(
            order=order,
            change=kept.change,
            ask=ask,
            answer=answer,
            reason=reason,
            dropped=given_up is not None,
            fallen=given_up or (),
        )
    stays = hindrance(session, ask, person_id=by.id, whose=ask.for_person)
    if stays in (None, Stays.NOT_OURS):
        decision = _Decision.of(ask, by)
        if answer == Answer.COUNTER:
            _raise(session, party, kept, ask, decision, house=house)
        _let_go(session, party, kept, decision, house=house, goes=stays is None)
    else:
        _note(session, order, UNUSED, by=by.name, inbound_id=ask.inbound_id, ask=ask_id, reason=str(stays))
    return Decided(order=order, change=kept.change, ask=ask, answer=answer, stays=stays)


def _give_up(session: Session, kept: Kept, *, by: str, reason: str) -> list[OrderChange] | None:
    """A change that finance refuses is given up, its order stays as it is; a refused order stays held at the desk."""
    if kept.change is None:
        return None
    dropped = drop_change(session, kept.change.number, by=by, reason=reason)
    return dropped[2] if dropped is not None else None


@dataclass(frozen=True, kw_only=True, slots=True)
class AtDesk:
    """What came of a clerk's word: it went, unless it stays; whom finance's question was taken back from."""

    stays: Stays | None = None
    withdrawn: Withdrawn | None = None


def release_at_desk(session: Session, number: str, *, by: str, reason: str, house: House) -> AtDesk:
    """Let a held order go by a clerk's word, whatever holds it.

    Where credit does not bear it, that word is a release of credit like finance's own, and what finance was asked is
    withdrawn.
    """
    kept = Kept(order=session.get_one(SalesOrder, number))
    return _at_desk(session, kept, number, ORDER, by=by, reason=reason, house=house)


def release_change_at_desk(session: Session, number: str, *, by: str, reason: str, house: House) -> AtDesk:
    """Let a held change go by a clerk's word, in the same way."""
    return _at_desk(session, kept_change(session, number), number, CHANGE, by=by, reason=reason, house=house)


def _at_desk(session: Session, kept: Kept, number: str, what: str, *, by: str, reason: str, house: House) -> AtDesk:
    party = _locked(session, kept)
    if not kept.is_held:
        return AtDesk(stays=Stays.OVER)
    if party.blocked or not party.active:
        return AtDesk(stays=Stays.BLOCKED)
    if _confirmed_by(session, kept) == by:
        return AtDesk(stays=Stays.OWN)
    withdrawn = withdraw(session, number, f"released by {by}", what=what)
    facts = credit_facts(
        session,
        kept,
        _standing(session, party, kept, house=house),
        timezone=house.timezone,
        overdue_allowed=house.overdue_allowed,
        max_age=house.max_age,
    )
    decision = _Decision(by=by, reason=reason, facts=facts.as_json())
    _let_go(session, party, kept, decision, house=house, goes=True)
    return AtDesk(withdrawn=withdrawn)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Decision:
    """Who let it go, through which message, and on what."""

    by: str
    reason: str = ""
    facts: dict[str, Any]
    person_id: int | None = None
    for_person_id: int | None = None
    ask_id: int | None = None
    inbound_id: int | None = None

    @classmethod
    def of(cls, ask: Ask, by: Person) -> "_Decision":
        return cls(
            by=by.name,
            facts=ask.facts,
            person_id=by.id,
            for_person_id=ask.for_person,
            ask_id=ask.id,
            inbound_id=ask.inbound_id,
        )


def _let_go(session: Session, party: Party, kept: Kept, decision: _Decision, *, house: House, goes: bool) -> None:
    """Past credit, at the value it has now, and to the ERP unless something else holds it."""
    standing = _standing(session, party, kept, house=house)
    if decision.ask_id is not None or standing.verdict != Credit.WITHIN:
        session.add(_release(party, kept, decision, standing, Basis.ONCE, kept.value, at=now(session)))
        session.flush()
    if not goes:
        return
    _use(session, kept)
    if kept.change is not None:
        release_change(session, kept.change.number, by=decision.by, reason=decision.reason)
    else:
        held.release(session, kept.order.number, by=decision.by, reason=decision.reason, timezone=house.timezone)


def _use(session: Session, kept: Kept) -> None:
    if kept.change is not None:
        itself = CreditRelease.change_number == kept.change.number
    else:
        itself = (CreditRelease.order_number == kept.order.number) & CreditRelease.change_number.is_(None)
    unused = (itself, CreditRelease.basis == Basis.ONCE.value)
    session.execute(update(CreditRelease).where(*unused, CreditRelease.used_at.is_(None)).values(used_at=now(session)))


def _raise(session: Session, party: Party, kept: Kept, ask: Ask, decision: _Decision, *, house: House) -> None:
    """Another limit, to the end of the day that was said, by the clock of the plant."""
    to, last_day = Decimal(ask.answer_facts["limit"]), date.fromisoformat(ask.answer_facts["until"])
    standing = _standing(session, party, kept, house=house)
    release = _release(party, kept, decision, standing, Basis.RAISE, to, at=now(session))
    release.until = end_of(last_day, plant_of_party(session, party, timezone=house.timezone).timezone)
    session.add(release)
    session.flush()


def end_of(day: date, timezone: str) -> datetime:
    """The moment a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(timezone))


def _release(
    party: Party,
    kept: Kept,
    decision: _Decision,
    standing: Standing,
    basis: Basis,
    most: Decimal,
    *,
    at: datetime,
) -> CreditRelease:
    return CreditRelease(
        party_code=party.code,
        order_number=kept.order.number,
        change_number=kept.change.number if kept.change is not None else None,
        basis=basis.value,
        most_value=most,
        limit_then=party.credit_limit,
        exposure=standing.exposure,
        overdue_days=standing.overdue_days,
        reason=decision.reason,
        by=decision.by,
        person_id=decision.person_id,
        for_person_id=decision.for_person_id,
        ask_id=decision.ask_id,
        inbound_id=decision.inbound_id,
        facts=decision.facts,
        at=at,
    )


def _hindrance(session: Session, kept: Kept, value: Decimal, *, person_id: int | None) -> Stays | None:
    party = session.get_one(Party, kept.order.party_code)
    if not kept.is_held:
        return Stays.OVER
    if party.blocked or not party.active:
        return Stays.BLOCKED
    if person_id in kept.people:
        return Stays.OWN
    if kept.value > value:
        return Stays.ROSE
    return Stays.NOT_OURS if _is_disowned(session, kept.order) else None


def _is_disowned(session: Session, order: SalesOrder) -> bool:
    said = select(Matter.id).where(
        Matter.kind == MatterKind.NOT_OURS.value,
        Matter.reference == f"{ORDER}{order.number}",
        Matter.closed_at.is_(None),
    )
    return session.scalars(said).first() is not None


def _standing(session: Session, party: Party, kept: Kept, *, house: House) -> Standing:
    """As if it were confirmed now."""
    return credit_standing(
        session,
        party,
        order_value=kept.value,
        erp=house.erp,
        day=now(session).astimezone(ZoneInfo(house.timezone)).date(),
        overdue_allowed=house.overdue_allowed,
        number=kept.order.number if kept.change is None else "",
        change=kept.change.number if kept.change is not None else "",
    )


def _confirmed_by(session: Session, kept: Kept) -> str | None:
    steps = select(TrailEntry.by).where(TrailEntry.draft_id == kept.draft_id, TrailEntry.what == "confirmed")
    return session.scalars(steps.order_by(TrailEntry.id.desc()).limit(1)).first()


def _was_followed(session: Session, order: SalesOrder, ask_id: int) -> bool:
    """Whether a run of this job before has left its mark."""
    released = select(CreditRelease.id).where(CreditRelease.ask_id == ask_id)
    noted = select(TrailEntry.id).where(
        TrailEntry.draft_id == order.draft_id,
        TrailEntry.what.in_((REFUSED, LAPSED, UNUSED)),
        TrailEntry.facts["ask"].as_integer() == ask_id,
    )
    return session.scalars(released).first() is not None or session.scalars(noted).first() is not None


def _note(
    session: Session, order: SalesOrder, what: str, *, by: str, inbound_id: int | None = None, **facts: Any
) -> None:
    draft = session.get_one(OrderDraft, order.draft_id)
    drafts.note(session, draft, what, by=by, inbound_id=inbound_id, **facts)


def _locked(session: Session, kept: Kept) -> Party:
    """The party, then the order, as they are now; a change stands behind the lock of its order."""
    party = _locked_party(session, kept.order.party_code)
    locked(session, kept.order.number)
    if kept.change is not None:
        session.refresh(kept.change)
    return party


def _locked_party(session: Session, code: str) -> Party:
    return session.scalars(
        select(Party).where(Party.code == code).with_for_update().execution_options(populate_existing=True)
    ).one()
