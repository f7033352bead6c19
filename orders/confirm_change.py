"""The use case that makes the draft of a change a change of its order: what was shown is what posts, or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from orders import drafts
from orders.amended import Standing as OrderStanding
from orders.amended import StandingLine, Wanted, amended, diff_of
from orders.change_model import OrderChange
from orders.change_posting import become, note_order, post_next
from orders.credit import Credit, Standing
from orders.exposure import credit_standing
from orders.held import BY_CREDIT, give_up, held_by, kept_from_the_erp, let_go
from orders.left import Left, what_left
from orders.model import DraftLine, DraftState, OrderDraft, OrderState, SalesOrder
from orders.numbers import next_number
from orders.order_changes import Refusal, keep_what_left, rebase, refusal, standing
from orders.post import locked
from orders.pricing import Totals, totals
from people.model import Party
from store.database import now

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Changing:
    """Who confirms the change, through which message."""

    by: str
    inbound_id: int | None
    day: date
    timezone: str
    overdue_allowed: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeConfirmed:
    """The change stands. `at_once`: the ERP had nothing yet, so the order itself became it.

    `standing` is None unless credit keeps it from the ERP.
    """

    order: SalesOrder
    change: OrderChange
    aside: tuple[str, ...] = ()
    """Sources of the lines that did not go."""
    standing: Standing | None = None
    at_once: bool = False
    behind: bool = False
    """It waits until the ERP has said something of the order, or of a change before it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CannotChange:
    """Nothing happened, and the draft is ended: the order cannot be changed any more."""

    draft: OrderDraft
    order: SalesOrder
    why: Refusal


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeAgain:
    """Nothing happened: the order is not what the change was begun from, or more of it has left. `lines` differ."""

    draft: OrderDraft
    lines: frozenset[int]


ChangeOutcome = ChangeConfirmed | CannotChange | ChangeAgain


def confirm_change(session: Session, party: Party, draft: OrderDraft, how: Changing) -> ChangeOutcome:
    """Confirm it as it was shown. The party and the draft are locked, the lines priced; the order is locked here."""
    order = locked(session, draft.changes_order or "")
    base = standing(session, order)
    left = what_left(session, order, base.lines)
    why = refusal(order, left, cancels=not draft.lines)
    if why is None and base == OrderStanding.from_json(draft.changes_from):
        if moved := keep_what_left(draft, base, left):
            return ChangeAgain(draft=draft, lines=frozenset(moved))
        after = lines_after(draft, base)
        if diff_of(base.lines, after):
            return _place(session, party, draft, order, base, after, how, left)
        why = Refusal.NOTHING
    if why is not None:
        drafts.close(session, draft, DraftState.CANCELLED, by=how.by, reason=why.value)
        drafts.note(session, draft, "cancelled", by=how.by, inbound_id=how.inbound_id, reason=why.value)
        return CannotChange(draft=draft, order=order, why=why)
    return ChangeAgain(draft=draft, lines=frozenset(rebase(draft, base)))


def lines_after(draft: OrderDraft, base: OrderStanding) -> tuple[StandingLine, ...]:
    """The order's lines with the change. What of it cannot go as it stands stays as it is."""
    return amended(base, [_wanted(base, line) for line in draft.lines if line.changes_line or drafts.is_ready(line)])


def _wanted(base: OrderStanding, line: DraftLine) -> Wanted:
    before = base.line(line.changes_line)
    if before is not None and (not drafts.is_ready(line) or before.wanted == drafts.wanted_of(line)):
        return Wanted(was=before.no, line=before, kept=True)
    assert line.sku is not None and line.quantity is not None and line.uom is not None, "it is ready"  # noqa: PT018
    assert line.price is not None and line.list_price is not None, "it is ready"  # noqa: PT018
    return Wanted(
        was=line.changes_line,
        line=StandingLine(
            no=0,
            sku=line.sku,
            quantity=line.quantity,
            uom=line.uom,
            price=line.price,
            list_price=line.list_price,
            effective=line.effective,
            floor=line.floor,
            tax_rate=line.tax_rate,
            requested_on=line.requested_on,
            original_text=line.source,
        ),
    )


def _place(
    session: Session,
    party: Party,
    draft: OrderDraft,
    order: SalesOrder,
    base: OrderStanding,
    after: tuple[StandingLine, ...],
    how: Changing,
    left: Left,
) -> ChangeConfirmed:
    aside = drafts.leave_out_unsettled(draft)
    change = _write(session, draft, order, base, after, how)
    change.cancels = all(line.quantity == left.of(line.no).quantity for line in after if not line.free)
    order.revision = change.revision
    drafts.close(session, draft, DraftState.CONFIRMED, by=how.by, reason=change.number)
    session.add(change)
    session.flush()
    _note(session, draft, order, change, how)
    if order.state == OrderState.REJECTED.value or kept_from_the_erp(session, order):
        found = _at_once(session, party, order, change, how)
    else:
        found = _on_its_way(session, party, order, change, how)
    on_its_way = found is None and change.state == OrderState.CONFIRMED.value
    return ChangeConfirmed(
        order=order,
        change=change,
        aside=tuple(line.source or line.sku or "" for line in aside),
        standing=found,
        at_once=change.state == OrderState.POSTED.value,
        behind=on_its_way and post_next(session, order) is not change,
    )


def _write(
    session: Session,
    draft: OrderDraft,
    order: SalesOrder,
    base: OrderStanding,
    after: tuple[StandingLine, ...],
    how: Changing,
) -> OrderChange:
    moment = now(session)
    before, sums = _sums(base.lines), _sums(after)
    return OrderChange(
        number=next_number(session, moment.astimezone(ZoneInfo(how.timezone)).year),
        order_number=order.number,
        revision=order.revision + 1,
        draft_id=draft.id,
        draft_version=draft.version,
        account_id=draft.account_id,
        person_id=draft.person_id,
        on_behalf=draft.on_behalf,
        source=draft.source,
        state=OrderState.CONFIRMED.value,
        erp=order.erp,
        reason="",
        diff=[line.as_json() for line in diff_of(base.lines, after)],
        before=[line.as_json() for line in base.lines],
        lines=[line.as_json() for line in after],
        total=sums.net,
        tax_estimate=sums.tax,
        value_with_tax=sums.with_tax,
        more=max(ZERO, sums.with_tax - before.with_tax),
        message_ids=list(draft.message_ids),
        inbound_id=how.inbound_id,
        confirmed_at=moment,
        simulated=draft.simulated,
    )


def _sums(lines: Iterable[StandingLine]) -> Totals:
    return totals([(line.quantity, line.price, line.tax_rate) for line in lines])


def _at_once(session: Session, party: Party, order: SalesOrder, change: OrderChange, how: Changing) -> Standing | None:
    """The ERP has nothing of it and will get nothing meanwhile: the order itself becomes it, and one document says all.

    An order that credit kept back is judged anew as it is now; one that a person kept back stays so.
    """
    by_credit = order.state != OrderState.HELD.value or held_by(session, order) == BY_CREDIT
    found = None
    if change.more or order.state == OrderState.HELD.value:
        found = credit_standing(
            session,
            party,
            order_value=change.value_with_tax,
            erp=order.erp,
            day=how.day,
            overdue_allowed=how.overdue_allowed,
            number=order.number,
        )
    become(session, order, change)
    if order.state == OrderState.CANCELLED.value:
        give_up(session, order, reason="cancelled")
        return None
    if not by_credit:
        return None
    if found is not None and found.verdict != Credit.WITHIN:
        if order.state != OrderState.HELD.value:
            order.state = OrderState.HELD.value
            note_order(session, order, "held", by=BY_CREDIT, verdict=found.verdict.value)
        return found
    if order.state == OrderState.HELD.value:
        note_order(session, order, "released", by=BY_CREDIT, reason="its change is within the limit")
    let_go(session, order, timezone=how.timezone)
    return None


def _on_its_way(
    session: Session, party: Party, order: SalesOrder, change: OrderChange, how: Changing
) -> Standing | None:
    """The ERP has the order, or may have it: the change goes after it. Credit is asked for what is more alone."""
    if change.more:
        found = credit_standing(
            session,
            party,
            order_value=change.more,
            erp=order.erp,
            day=how.day,
            overdue_allowed=how.overdue_allowed,
        )
        if found.verdict != Credit.WITHIN:
            change.state = OrderState.HELD.value
            note_order(session, order, "change_held", by=BY_CREDIT, number=change.number, verdict=found.verdict.value)
            return found
    return None


def _note(session: Session, draft: OrderDraft, order: SalesOrder, change: OrderChange, how: Changing) -> None:
    """In both trails: that of the change, and that of the order."""
    what = "cancelling" if change.cancels else "changing"
    facts = {"number": change.number, "revision": change.revision, "diff": change.diff}
    drafts.note(session, draft, "confirmed", by=how.by, inbound_id=how.inbound_id, **facts)
    note_order(session, order, what, by=how.by, inbound_id=how.inbound_id, **facts)
