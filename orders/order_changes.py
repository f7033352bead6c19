"""Changes of confirmed orders: from the order as it stands to a draft of how it is to be."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders import drafts
from orders.amended import Standing, StandingLine
from orders.change_model import ON_ITS_WAY, OrderChange
from orders.drafts import settle
from orders.kept_prices import LEFT, wanted_of
from orders.left import Left
from orders.model import DraftLine, LineStatus, OrderDraft, OrderState, SalesOrder


class Refusal(StrEnum):
    """Why an order cannot be changed."""

    GONE = "gone"
    """All of it has left."""
    CANCELLED = "cancelled"
    REFUSED = "refused"
    """The ERP refused it, and the office is looking: it can be cancelled, and not changed."""
    OFFICE = "office"
    """Its ERP takes no changes from us."""
    NOTHING = "nothing"
    """It would be what it is."""


def refusal(order: SalesOrder, left: Left, *, cancels: bool) -> Refusal | None:
    """Why nothing of it can be changed (or, with `cancels`, cancelled) now; None when something can."""
    if order.state == OrderState.CANCELLED.value:
        return Refusal.CANCELLED
    if left.everything:
        return Refusal.GONE
    if order.state == OrderState.REJECTED.value and not cancels:
        return Refusal.REFUSED
    return None


def keep_what_left(draft: OrderDraft, base: Standing, left: Left) -> list[int]:
    """What has left stays in the order, whatever was said of it; the numbers of the draft's lines that became others.

    A line of which all has left is as it was. One of which some has left can be lowered to that, and not raised: more
    of it is another order, at another price.
    """
    gone = {line.no: left.of(line.no) for line in base.ordered}
    some = {str(no): str(one.quantity) for no, one in gone.items() if one.quantity or one.closed}
    draft.changes_from = {**base.as_json(), LEFT: some}
    by_line = {line.changes_line: line for line in draft.lines if line.changes_line is not None}
    moved = []
    for before in base.ordered:
        one, line = gone[before.no], by_line.get(before.no)
        if not one.closed and not one.quantity:
            continue
        least = before.quantity if one.closed else one.quantity
        if line is None:
            line = _line(max((other.no for other in draft.lines), default=0) + 1, before)
            line.quantity = least
            draft.lines.append(line)
        elif (line.sku, line.uom) == (before.sku, before.uom) and least <= (line.quantity or 0) <= before.quantity:
            continue
        else:
            raised = line.sku == before.sku and (line.quantity or 0) > before.quantity
            _put_back(line, before)
            line.quantity = before.quantity if raised else least
        moved.append(line.no)
    return moved


def rebase(draft: OrderDraft, base: Standing) -> list[int]:
    """Begin the change from the order as it stands now: what its sender did not touch is what it has become.

    Returns the numbers of the lines that are others now.
    """
    before = Standing.from_json(draft.changes_from)
    moved = []
    for line in list(draft.lines):
        was, present = before.line(line.changes_line), base.line(line.changes_line)
        if was is None or present == was:
            continue
        if wanted_of(line) == was.wanted and present is not None:
            _put_back(line, present)
            moved.append(line.no)
        elif wanted_of(line) == was.wanted:
            draft.lines.remove(line)
        elif present is None:
            line.changes_line = None
    known = {line.changes_line for line in draft.lines} | {line.no for line in before.lines}
    for present in base.ordered:
        if present.no not in known:
            draft.lines.append(_line(max((one.no for one in draft.lines), default=0) + 1, present))
            moved.append(draft.lines[-1].no)
    draft.changes_from = base.as_json()
    return moved


def _put_back(line: DraftLine, before: StandingLine) -> None:
    settle(line)
    line.sku, line.quantity, line.uom = before.sku, before.quantity, before.uom
    line.requested_on, line.price, line.list_price = before.requested_on, before.price, before.list_price
    line.requested_price = line.asked_free = None


def unfinished(session: Session, number: str) -> list[OrderChange]:
    """The changes of an order that are confirmed and not concluded, in the order they are to be posted."""
    return list(
        session.scalars(
            select(OrderChange)
            .where(OrderChange.order_number == number, OrderChange.state.in_(ON_ITS_WAY))
            .order_by(OrderChange.revision)
        )
    )


def standing(session: Session, order: SalesOrder) -> Standing:
    """The order as it stands once everything confirmed so far is posted."""
    waiting = unfinished(session, order.number)
    if waiting:
        return Standing(revision=order.revision, lines=tuple(StandingLine.from_json(one) for one in waiting[-1].lines))
    return Standing(revision=order.revision, lines=tuple(StandingLine.of(line) for line in order.lines))


def begin(
    session: Session, order: SalesOrder, *, account_id: int, person_id: int, on_behalf: bool, simulated: bool
) -> OrderDraft:
    """The draft in which this person changes the order: the one he has open, else a new one that is equal to it."""
    draft = drafts.open_draft(session, account_id=account_id, party_code=order.party_code, changes_order=order.number)
    if draft is not None:
        return draft
    draft = drafts.start(
        session,
        party_code=order.party_code,
        account_id=account_id,
        person_id=person_id,
        on_behalf=on_behalf,
        simulated=simulated,
        changes_order=order.number,
    )
    draft.ship_to, draft.requested_on = order.ship_to, order.requested_on
    draft.urgent, draft.customer_reference = order.urgent, order.customer_reference
    _take(draft, standing(session, order))
    return draft


def _take(draft: OrderDraft, base: Standing) -> None:
    draft.changes_from = base.as_json()
    draft.lines += [_line(no, line) for no, line in enumerate(base.ordered, 1)]


def _line(no: int, line: StandingLine) -> DraftLine:
    return DraftLine(
        no=no,
        changes_line=line.no,
        status=LineStatus.MATCHED.value,
        sku=line.sku,
        quantity=line.quantity,
        uom=line.uom,
        source=line.original_text,
        price=line.price,
        list_price=line.list_price,
        effective=line.effective,
        floor=line.floor,
        tax_rate=line.tax_rate,
        requested_on=line.requested_on,
    )
