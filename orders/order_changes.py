"""Changes of confirmed orders: from the order as it stands to a draft of how it is to be."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders import drafts
from orders.amended import Standing, StandingLine
from orders.change_model import OrderChange
from orders.model import DraftLine, LineStatus, OrderDraft, OrderState, SalesOrder

UNFINISHED = (OrderState.CONFIRMED.value, OrderState.ACCEPTED.value, OrderState.HELD.value)
"""States of a change of which the ERP has not said the last word."""


def unfinished(session: Session, number: str) -> list[OrderChange]:
    """The changes of an order that are confirmed and not concluded, in the order they are to be posted."""
    return list(
        session.scalars(
            select(OrderChange)
            .where(OrderChange.order_number == number, OrderChange.state.in_(UNFINISHED))
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
