"""From a confirmed sales order to the ERP, and what became of it there."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror, outbox
from erp.documents import ApprovalDocument, DocumentKind, OrderLineDocument, SalesOrderDocument, Source
from erp.outbox import OutboxState
from orders import drafts
from orders.amended import StandingLine
from orders.approval_model import Approval
from orders.model import OrderDraft, OrderLine, OrderState, SalesOrder
from orders.read_back import Apart, differences, read_back
from people.model import Party, Person
from store.database import now

POSTED_JOB = "orders.posted"
"""The job that follows whatever the ERP says of an order; its reference is the order's number."""


URGENT = "urgent"
"""In the ERP's remarks: its sender wants it quickly."""


def post(session: Session, order: SalesOrder) -> None:
    """Leave the order with the outbox, in this transaction."""
    outbox.enqueue(
        session,
        erp=order.erp,
        document=document_of(session, order),
        then=POSTED_JOB,
        reference=order.number,
        simulated=order.simulated,
    )


def document_of(session: Session, order: SalesOrder) -> SalesOrderDocument:
    """The order as it crosses the port."""
    party = session.get_one(Party, order.party_code)
    allowed = approvals_of(session, order.lines)
    person = session.get_one(Person, order.person_id)
    return SalesOrderDocument(
        number=order.number,
        customer=order.party_code,
        ship_to=order.ship_to or "",
        plant=mirror.plant_of(session, party.warehouse),
        warehouse=party.warehouse,
        customer_reference=order.customer_reference,
        requested_on=order.requested_on,
        next_dispatch_on=order.next_dispatch_on,
        ordered_by=person.name,
        on_behalf_of=party.code if order.on_behalf else "",
        source=Source(order.source),
        currency=order.currency,
        total=order.total,
        tax_estimate=order.tax_estimate,
        message_ids=tuple(order.message_ids),
        confirmed_at=order.confirmed_at,
        approvals=allowed,
        remarks="; ".join(part for part in (order.remarks, URGENT if order.urgent else "") if part),
        lines=tuple(
            OrderLineDocument(
                line=line.no,
                sku=line.sku,
                qty=line.quantity,
                uom=line.uom,
                price=line.price,
                list_price=line.list_price,
                free=line.free,
                scheme=line.scheme,
                base_line=line.base_line,
                requested_on=line.requested_on,
                original_text=line.original_text,
            )
            for line in order.lines
        ),
    )


def approvals_of(session: Session, lines: Iterable[OrderLine]) -> tuple[ApprovalDocument, ...]:
    """Who let which of these lines go below its floor."""
    used = {line.approval_id: line for line in lines if line.approval_id is not None}
    found = session.scalars(select(Approval).where(Approval.id.in_(used)).order_by(Approval.id)) if used else ()
    return tuple(
        ApprovalDocument(line=used[one.id].no, by=one.by, price=used[one.id].price, at=one.granted_at) for one in found
    )


STATES = {
    OutboxState.ACCEPTED: OrderState.ACCEPTED,
    OutboxState.POSTED: OrderState.POSTED,
    OutboxState.REJECTED: OrderState.REJECTED,
}


def outcome_of(session: Session, number: str) -> tuple[SalesOrder, bool]:
    """Take over what the outbox knows of an order; whether that is news. The order's row is locked."""
    order = locked(session, number)
    posting = outbox.status(session, erp=order.erp, kind=DocumentKind.SALES_ORDER, number=number)
    state = STATES.get(posting.state)
    if state is None or order.state in (state.value, OrderState.POSTED.value, OrderState.CANCELLED.value):
        return order, False
    order.state = state.value
    order.erp_number = posting.erp_number or order.erp_number
    order.reason = posting.reason
    if state == OrderState.POSTED:
        order.posted_at = now(session)
        order.read_back = read_back([StandingLine.of(line) for line in order.lines], posting.booked).value
    drafts.note(
        session,
        session.get_one(OrderDraft, order.draft_id),
        state.value,
        by=order.erp,
        erp_number=order.erp_number,
        reason=order.reason,
    )
    return order, True


def apart(session: Session, order: SalesOrder) -> list[Apart]:
    """Where the ERP booked otherwise than what was posted, as it said when it booked it."""
    posting = outbox.status(session, erp=order.erp, kind=DocumentKind.SALES_ORDER, number=order.number)
    return differences([StandingLine.of(line) for line in order.lines], posting.booked or ())


def locked(session: Session, number: str) -> SalesOrder:
    """A sales order by our number, locked."""
    return session.scalars(
        select(SalesOrder)
        .where(SalesOrder.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
