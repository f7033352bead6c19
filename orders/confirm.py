"""The use case that turns a draft into a sales order: what was shown is what posts, or nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import Mode
from orders import drafts
from orders.checks import Problem
from orders.confirm_change import CannotChange, ChangeAgain, ChangeConfirmed, Changing, confirm_change
from orders.credit import USUAL_OVERDUE_DAYS, Credit, Standing
from orders.drafts import Changed
from orders.duplicates import Other
from orders.exposure import credit_standing
from orders.gate import NotPassed, Passed, keep, passed
from orders.lookalikes import lookalike
from orders.model import DraftState, OrderDraft, OrderLine, OrderState, SalesOrder
from orders.numbers import next_number
from orders.post import post
from orders.price_values import ZERO, Priced
from orders.pricing import totals
from orders.schedule import Schedule, has_moved, schedule
from orders.shortage import free_of, go_whole, remarks
from people.model import Party
from people.modes import mode_of
from store.database import now

NEW = "new"
COUNTED = (Problem.NEEDS_APPROVAL.value, Problem.BELOW_ABSOLUTE.value)
"""Lines that schemes counted and that cannot go: without them the others may cost more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """Who confirms which version of a draft, through which message, with what said about doubts."""

    draft_id: int
    version: int
    by: str
    """The person's name."""
    account_id: int
    inbound_id: int | None
    rest_only: bool = False
    """Send what is ready and set the rest aside."""
    at_desk: bool = False
    """A clerk confirms it for its sender."""
    timezone: str
    erp: str
    overdue_allowed: int | None = USUAL_OVERDUE_DAYS
    """By so many days the oldest bill may be overdue; None: by any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmed:
    """The order exists; `standing` is None unless credit keeps it from the ERP."""

    order: SalesOrder
    aside: tuple[str, ...] = ()
    """Sources of the lines that did not go."""
    standing: Standing | None = None

    @property
    def held(self) -> bool:
        return self.order.state == OrderState.HELD.value


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowAgain:
    """Nothing happened: the draft is not what was shown (any more). `changed` says what is different."""

    draft: OrderDraft
    changed: Changed
    stale: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Incomplete:
    """Nothing happened: something must be answered first: `lines`, `ship_to`, `day`, or there is `nothing` to send."""

    draft: OrderDraft
    missing: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LooksTheSame:
    """Nothing happened: the sender must say whether this is another order."""

    draft: OrderDraft
    other: Other


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """Nothing happened: the ERP has blocked this party."""

    draft: OrderDraft
    party: Party


@dataclass(frozen=True, kw_only=True, slots=True)
class Over:
    """Nothing happened: the draft ended before; `order` is what became of it, if anything."""

    draft: OrderDraft
    order: SalesOrder | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NotAlone:
    """Nothing happened: here nobody confirms (shadow), a clerk does (assist), or its sender and no clerk (live)."""

    draft: OrderDraft
    mode: Mode


Outcome = Confirmed | ShowAgain | Incomplete | LooksTheSame | Blocked | NotAlone | Over | ChangeConfirmed | CannotChange


def confirm(session: Session, wish: Confirmation) -> Outcome:
    """Confirm a draft as it was shown. Locks the party, then the draft; credit is judged and reserved under these."""
    party_code = session.scalars(select(OrderDraft.party_code).where(OrderDraft.id == wish.draft_id)).one()
    party = session.scalars(
        select(Party).where(Party.code == party_code).with_for_update().execution_options(populate_existing=True)
    ).one()
    draft = drafts.locked(session, wish.draft_id)
    if draft.state != DraftState.OPEN.value:
        return Over(draft=draft, order=order_of(session, draft))
    if draft.version != wish.version:
        return ShowAgain(draft=draft, changed=Changed(), stale=True)
    mode = mode_of(session, party.code)
    if not (_is_let_go(draft, wish) if mode == Mode.ASSIST else mode == Mode.LIVE and not wish.at_desk):
        return NotAlone(draft=draft, mode=mode)
    if party.blocked or not party.active:
        return Blocked(draft=draft, party=party)
    today = now(session).astimezone(ZoneInfo(wish.timezone)).date()
    leaves = schedule(session, draft, timezone=wish.timezone)
    priced = _priced(session, draft, wish, today)
    if not isinstance(priced, Priced):
        return priced
    if (refused := _leaves_another_day(draft, leaves)) is not None:
        return refused
    if draft.changes_order is not None:
        how = Changing(
            by=wish.by,
            inbound_id=wish.inbound_id,
            day=today,
            timezone=wish.timezone,
            overdue_allowed=wish.overdue_allowed,
        )
        return _change(session, party, draft, how, priced)
    if draft.duplicate_answer != NEW and (other := lookalike(session, draft, timezone=wish.timezone)):
        draft.duplicate_of = other.reference
        return LooksTheSame(draft=draft, other=other)
    try:
        return _place(session, party, draft, wish, today, leaves, priced)
    except NotPassed as refused_there:
        return ShowAgain(draft=draft, changed=Changed(lines=set(refused_there.lines)))


def _change(session: Session, party: Party, draft: OrderDraft, how: Changing, priced: Priced) -> Outcome:
    """What came of a change; one that must be looked at again is shown like a list that has changed."""
    try:
        outcome = confirm_change(session, party, draft, how, priced)
    except NotPassed as refused:
        return ShowAgain(draft=draft, changed=Changed(lines=set(refused.lines)))
    if isinstance(outcome, ChangeAgain):
        return ShowAgain(draft=draft, changed=Changed(lines=set(outcome.lines)))
    return outcome


def _is_let_go(draft: OrderDraft, wish: Confirmation) -> bool:
    """Whether a clerk confirms this very version, or has let it go to its sender."""
    return wish.at_desk or draft.let_go_version == draft.version


def _priced(session: Session, draft: OrderDraft, wish: Confirmation, today: date) -> Priced | Outcome:
    """Prices and checks as of now: a difference to what was shown is shown before anything is done.

    What cannot go is set aside first where its sender wants the rest to go, since that is an order of its own.
    """
    if wish.at_desk:
        go_whole(draft)
    changed = _looked_at_again(session, draft, today)
    if isinstance(changed, ShowAgain):
        return changed
    if draft.ship_to is None:
        return Incomplete(draft=draft, missing="ship_to")
    if draft.asked_days:
        return Incomplete(draft=draft, missing="day")
    if not any(drafts.is_ready(line) for line in draft.lines) and not drafts.is_cancellation(draft):
        return Incomplete(draft=draft, missing="nothing")
    if not wish.rest_only and drafts.open_questions(draft):
        return Incomplete(draft=draft, missing="lines")
    if any(line.problem in COUNTED and not line.left_out for line in draft.lines):
        drafts.leave_out_unsettled(draft)
        changed = _looked_at_again(session, draft, today)
        if isinstance(changed, ShowAgain):
            return changed
    assert changed.priced is not None, "it was priced just now"
    return changed.priced


def _looked_at_again(session: Session, draft: OrderDraft, today: date) -> Changed | ShowAgain:
    shown = as_shown(draft)
    changed = drafts.refresh(session, draft, day=today, as_shown=True, to_confirm=True)
    present = as_shown(draft)
    moved = [line.no for line in draft.lines if not line.left_out and shown[line.no] != present[line.no]]
    if moved:
        changed.lines |= set(moved) - set(changed.repriced)
        return ShowAgain(draft=draft, changed=changed)
    return changed


def as_shown(draft: OrderDraft) -> dict[int, tuple[object, ...]]:
    """What somebody says yes to, line by line."""
    return {line.no: (line.quantity, line.price, line.problem, free_of(line.free_goods)) for line in draft.lines}


def _leaves_another_day(draft: OrderDraft, leaves: Schedule) -> ShowAgain | None:
    """A day that was asked for and cannot be kept as it was shown (the cut-off has passed) is shown again."""
    if not has_moved(draft, leaves):
        return None
    late = {line.no for line in draft.lines if line.no in leaves.lines}
    return ShowAgain(draft=draft, changed=Changed(lines=late))


def order_of(session: Session, draft: OrderDraft) -> SalesOrder | None:
    """What became of a confirmed draft, or the order it changes."""
    if draft.changes_order is not None:
        return session.get(SalesOrder, draft.changes_order)
    return session.scalars(select(SalesOrder).where(SalesOrder.draft_id == draft.id)).first()


def _place(
    session: Session,
    party: Party,
    draft: OrderDraft,
    wish: Confirmation,
    today: date,
    leaves: Schedule,
    priced: Priced,
) -> Confirmed:
    going = passed(session, draft, [line for line in draft.lines if drafts.is_ready(line)], priced)
    aside = drafts.leave_out_unsettled(draft)
    order = _write(session, draft, wish, leaves, going, plant=mirror.plant_of(session, party.warehouse))
    standing = credit_standing(
        session,
        party,
        order_value=order.value_with_tax,
        erp=wish.erp,
        day=today,
        overdue_allowed=wish.overdue_allowed,
    )
    held = standing.verdict != Credit.WITHIN
    order.state = (OrderState.HELD if held else OrderState.CONFIRMED).value
    session.add(order)
    drafts.close(session, draft, DraftState.CONFIRMED, by=wish.by, reason=order.number)
    drafts.note(
        session, draft, "confirmed", by=wish.by, inbound_id=wish.inbound_id, version=wish.version, number=order.number
    )
    session.flush()
    for position, one in enumerate(going, 1):
        keep(session, one, party_code=party.code, order_number=order.number, line_no=position)
    if held:
        drafts.note(session, draft, "held", by="credit", verdict=standing.verdict.value)
    else:
        post(session, order)
    return Confirmed(
        order=order, aside=tuple(line.source or line.sku or "" for line in aside), standing=standing if held else None
    )


def _write(
    session: Session, draft: OrderDraft, wish: Confirmation, leaves: Schedule, going: Sequence[Passed], *, plant: str
) -> SalesOrder:
    ready = [one.line for one in going]
    moment = now(session)
    sums = totals([(_known(line.quantity), _known(line.price), line.tax_rate) for line in ready])
    number = next_number(session, moment.astimezone(ZoneInfo(wish.timezone)).year)
    return SalesOrder(
        number=number,
        party_code=draft.party_code,
        draft_id=draft.id,
        draft_version=draft.version,
        account_id=draft.account_id,
        person_id=draft.person_id,
        on_behalf=draft.on_behalf,
        source=draft.source,
        erp=wish.erp,
        plant=plant,
        ship_to=draft.ship_to,
        requested_on=draft.requested_on,
        next_dispatch_on=leaves.on,
        urgent=draft.urgent,
        customer_reference=draft.customer_reference,
        remarks="; ".join(part for part in (draft.remarks, *remarks(session, draft, ready)) if part),
        total=sums.net,
        tax_estimate=sums.tax,
        value_with_tax=sums.with_tax,
        message_ids=list(draft.message_ids),
        confirmed_at=moment,
        simulated=draft.simulated,
        lines=[*_ordered(going), *_free(going)],
    )


def _ordered(going: Sequence[Passed]) -> list[OrderLine]:
    return [_order_line(position, one) for position, one in enumerate(going, 1)]


def _free(going: Sequence[Passed]) -> list[OrderLine]:
    """Behind all that is paid for: each names the line it goes with."""
    free = [(position, line, one.line) for position, one in enumerate(going, 1) for line in one.free]
    return [
        OrderLine(
            no=no,
            sku=line.sku,
            quantity=line.quantity,
            uom=line.uom,
            price=ZERO,
            list_price=line.list_price,
            free=True,
            scheme=line.scheme,
            base_line=base_line,
            tax_rate=line.tax_rate,
            requested_on=base.requested_on,
            original_text="",
        )
        for no, (base_line, line, base) in enumerate(free, len(going) + 1)
    ]


def _order_line(position: int, one: Passed) -> OrderLine:
    line = one.line
    return OrderLine(
        no=position,
        sku=line.sku,
        quantity=line.quantity,
        uom=line.uom,
        price=line.price,
        list_price=line.list_price,
        effective=line.effective,
        floor=line.floor,
        approval_id=one.approval.id if one.approval else None,
        tax_rate=line.tax_rate,
        requested_on=line.requested_on,
        original_text=line.source,
    )


def _known(value: Decimal | None) -> Decimal:
    assert value is not None, "only lines that are ready are confirmed"
    return value
