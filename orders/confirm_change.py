"""The use case that makes the draft of a change a change of its order: what was shown is what posts, or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from orders import drafts
from orders.amended import Standing as OrderStanding
from orders.amended import StandingLine, Wanted, amended, diff_of, numbers_of
from orders.change_model import OrderChange
from orders.change_posting import become, note_order, post_next
from orders.credit import Credit, Standing
from orders.exposure import credit_standing
from orders.gate import Passed, keep, passed
from orders.held import BY_CREDIT, give_up, held_by, kept_from_the_erp, let_go
from orders.kept_prices import AS_CONFIRMED
from orders.left import Left, what_left
from orders.model import DraftLine, DraftState, OrderDraft, OrderState, SalesOrder
from orders.numbers import next_number
from orders.order_changes import Refusal, keep_what_left, rebase, refusal, standing
from orders.post import locked
from orders.price_values import Priced
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


def confirm_change(session: Session, party: Party, draft: OrderDraft, how: Changing, priced: Priced) -> ChangeOutcome:
    """Confirm it as it was shown. The party and the draft are locked, the lines priced; the order is locked here.

    Raises NotPassed when a line that is touched may not be posted at its price.
    """
    order = locked(session, draft.changes_order or "")
    base = standing(session, order)
    left = what_left(session, order, base.lines)
    why = refusal(order, left, cancels=not draft.lines)
    if why is None and base == OrderStanding.from_json(draft.changes_from):
        if moved := keep_what_left(draft, base, left):
            return ChangeAgain(draft=draft, lines=frozenset(moved))
        wanted = _going(session, draft, base, priced)
        after = amended(base, [one for one, _ in wanted])
        if diff_of(base.lines, after):
            return _place(session, party, draft, order, base, after, how, left, wanted)
        why = Refusal.NOTHING
    if why is not None:
        drafts.close(session, draft, DraftState.CANCELLED, by=how.by, reason=why.value)
        drafts.note(session, draft, "cancelled", by=how.by, inbound_id=how.inbound_id, reason=why.value)
        return CannotChange(draft=draft, order=order, why=why)
    return ChangeAgain(draft=draft, lines=frozenset(rebase(draft, base)))


def _going(
    session: Session, draft: OrderDraft, base: OrderStanding, priced: Priced
) -> list[tuple[Wanted, Passed | None]]:
    """The lines as they are to be, each that is touched past the gate. What cannot go as it stands stays as it is."""
    touched = [line for line in draft.lines if drafts.is_ready(line) and line.price_note != AS_CONFIRMED]
    through = {one.line.no: one for one in passed(session, draft, touched, priced)}
    found: list[tuple[Wanted, Passed | None]] = []
    for line in draft.lines:
        before = base.line(line.changes_line)
        if line.no in through:
            found.append((_touched(line, through[line.no]), through[line.no]))
        elif before is not None:
            found.append((_kept(base, before, line), None))
    return found


def _touched(line: DraftLine, one: Passed) -> Wanted:
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
            approval_id=one.approval.id if one.approval is not None else None,
            requested_on=line.requested_on,
            original_text=line.source,
        ),
        free=tuple(
            StandingLine(
                no=0,
                sku=free.sku,
                quantity=free.quantity,
                uom=free.uom,
                price=ZERO,
                list_price=free.list_price,
                tax_rate=free.tax_rate,
                scheme=free.scheme,
                requested_on=line.requested_on,
            )
            for free in one.free
        ),
    )


def _kept(base: OrderStanding, before: StandingLine, line: DraftLine) -> Wanted:
    """As it was confirmed; of one of which some has left perhaps less, and of its free goods the same share."""
    if not drafts.is_ready(line) or line.quantity in (None, before.quantity):
        return Wanted(was=before.no, line=before, kept=True)
    share = {(entry["scheme"], entry["sku"]): Decimal(entry["qty"]) for entry in line.free_goods}
    free = [one for one in base.lines if one.free and one.base_line == before.no and (one.scheme, one.sku) in share]
    return Wanted(
        was=before.no,
        line=replace(before, quantity=line.quantity or before.quantity),
        free=tuple(replace(one, quantity=share[one.scheme, one.sku]) for one in free),
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
    wanted: Sequence[tuple[Wanted, Passed | None]],
) -> ChangeConfirmed:
    aside = drafts.leave_out_unsettled(draft)
    change = _write(session, draft, order, base, after, how)
    change.cancels = all(line.quantity == left.of(line.no).quantity for line in after if not line.free)
    order.revision = change.revision
    drafts.close(session, draft, DraftState.CONFIRMED, by=how.by, reason=change.number)
    session.add(change)
    session.flush()
    _use_what_was_given(session, party, change, base, wanted)
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


def _use_what_was_given(
    session: Session,
    party: Party,
    change: OrderChange,
    base: OrderStanding,
    wanted: Sequence[tuple[Wanted, Passed | None]],
) -> None:
    """Approvals and schemes of the lines that were touched, under the numbers these have in the order."""
    documents = []
    for no, (_, one) in zip(numbers_of(base, [one for one, _ in wanted]), wanted, strict=True):
        if one is None:
            continue
        document = keep(
            session,
            one,
            party_code=party.code,
            order_number=change.order_number,
            line_no=no,
            change_number=change.number,
        )
        documents += [document.as_json()] if document is not None else []
    change.approvals = documents
    session.flush()


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
            change=change.number,
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
