"""From a confirmed change to the ERP, and what becomes of the order by it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import outbox
from erp.documents import (
    ApprovalDocument,
    DiffLine,
    DocumentKind,
    OrderCancellationDocument,
    OrderChangeDocument,
)
from orders import drafts
from orders.amended import StandingLine
from orders.change_model import OrderChange
from orders.model import OrderDraft, OrderLine, OrderState, SalesOrder
from orders.order_changes import unfinished
from orders.post import STATES, locked
from orders.read_back import Apart, differences, read_back
from orders.scheme_uses import give_back, give_back_of
from people.model import Person
from store.database import now

CHANGE_POSTED_JOB = "orders.change_posted"
"""The job that follows whatever the ERP says of a change; its reference is the change's number."""


def change_of(session: Session, number: str) -> OrderChange:
    """A change by the number of its document."""
    return session.get_one(OrderChange, number)


def post_next(session: Session, order: SalesOrder) -> OrderChange | None:
    """Leave the next change with the outbox, if the ERP has the order and every change before it. The order is locked.

    A change that is with the outbox already is left as it is.
    """
    if order.state != OrderState.POSTED.value:
        return None
    change = next(iter(unfinished(session, order.number)), None)
    if change is None or change.state != OrderState.CONFIRMED.value:
        return None
    outbox.enqueue(
        session,
        erp=change.erp,
        document=document_of(session, change),
        then=CHANGE_POSTED_JOB,
        reference=change.number,
        simulated=change.simulated,
    )
    return change


def document_of(session: Session, change: OrderChange) -> OrderChangeDocument | OrderCancellationDocument:
    """The change as it crosses the port."""
    person = session.get_one(Person, change.person_id)
    order = session.get_one(SalesOrder, change.order_number)
    kind = OrderCancellationDocument if change.cancels else OrderChangeDocument
    return kind(
        number=change.number,
        order=change.order_number,
        revision=change.revision,
        diff=tuple(DiffLine.from_json(line) for line in change.diff),
        ordered_by=person.name,
        message_ids=tuple(change.message_ids),
        approvals=tuple(ApprovalDocument.from_json(one) for one in change.approvals),
        party=order.party_code,
    )


def kind_of(change: OrderChange) -> DocumentKind:
    """Of its document."""
    return DocumentKind.ORDER_CANCELLATION if change.cancels else DocumentKind.ORDER_CHANGE


def change_outcome(session: Session, number: str) -> tuple[OrderChange, SalesOrder, bool, Sequence[OrderChange]]:
    """Take over what the outbox knows of a change: it, its order (locked), whether that is news, what falls with it.

    What the ERP refuses leaves the order as it was; changes that were begun from it fall too.
    """
    change = change_of(session, number)
    order = locked(session, change.order_number)
    session.refresh(change)
    posting = outbox.status(session, erp=change.erp, kind=kind_of(change), number=number)
    state = STATES.get(posting.state)
    if state is None or change.state not in (OrderState.CONFIRMED.value, OrderState.ACCEPTED.value):
        return change, order, False, ()
    if change.state == state.value:
        return change, order, False, ()
    note_order(session, order, f"change_{state.value}", by=change.erp, number=number, reason=posting.reason)
    if state == OrderState.ACCEPTED:
        change.state = state.value
        return change, order, True, ()
    if state == OrderState.REJECTED:
        change.state, change.reason = state.value, posting.reason
        give_back_of(session, change.number)
        return change, order, True, fall(session, order)
    become(session, order, change)
    order.read_back = read_back([StandingLine.from_json(line) for line in change.lines], posting.booked).value
    post_next(session, order)
    return change, order, True, ()


def release_change(session: Session, number: str, *, by: str, reason: str) -> bool:
    """Let a change that credit kept back go to the ERP; False when it is not kept back any more."""
    change = change_of(session, number)
    order = locked(session, change.order_number)
    session.refresh(change)
    if change.state != OrderState.HELD.value:
        return False
    change.state = OrderState.CONFIRMED.value
    note_order(session, order, "change_released", by=by, number=number, reason=reason)
    post_next(session, order)
    return True


def drop_change(
    session: Session, number: str, *, by: str, reason: str
) -> tuple[OrderChange, SalesOrder, list[OrderChange]] | None:
    """Give up a change that credit kept back; the order stays as it is. It, the order, and what falls with it."""
    change = change_of(session, number)
    order = locked(session, change.order_number)
    session.refresh(change)
    if change.state != OrderState.HELD.value:
        return None
    change.state, change.reason = OrderState.CANCELLED.value, reason
    give_back_of(session, change.number)
    note_order(session, order, "change_cancelled", by=by, number=number, reason=reason)
    return change, order, fall(session, order)


def change_apart(session: Session, change: OrderChange) -> list[Apart]:
    """Where the ERP booked otherwise than the change says."""
    posting = outbox.status(session, erp=change.erp, kind=kind_of(change), number=change.number)
    return differences([StandingLine.from_json(line) for line in change.lines], posting.booked or ())


def last_change(session: Session, order: SalesOrder) -> OrderChange | None:
    """The change the order became last."""
    return session.scalars(
        select(OrderChange)
        .where(OrderChange.order_number == order.number, OrderChange.state == OrderState.POSTED.value)
        .order_by(OrderChange.revision.desc())
        .limit(1)
    ).first()


def fall(session: Session, order: SalesOrder) -> list[OrderChange]:
    """End every change that waits: what it was to come after has not come. The order is locked."""
    waiting = unfinished(session, order.number)
    for change in waiting:
        change.state, change.reason = OrderState.CANCELLED.value, "what it was to follow was refused"
        give_back_of(session, change.number)
        note_order(session, order, "change_cancelled", by="munshi", number=change.number)
    return waiting


def become(session: Session, order: SalesOrder, change: OrderChange) -> None:
    """The order is now what the change says. It is locked."""
    lines = {line["no"]: StandingLine.from_json(line) for line in change.lines}
    for row in list(order.lines):
        line = lines.pop(row.no, None)
        if line is None:
            order.lines.remove(row)
            continue
        for name, value in line.as_columns().items():
            setattr(row, name, value)
    order.lines += [OrderLine(**line.as_columns()) for line in lines.values()]
    order.total, order.tax_estimate, order.value_with_tax = change.total, change.tax_estimate, change.value_with_tax
    order.message_ids = [*order.message_ids, *(sid for sid in change.message_ids if sid not in order.message_ids)]
    give_back(session, order.number, _priced_anew(change), but_of=change.number)
    change.state = OrderState.POSTED.value
    order.changed_at = change.posted_at = now(session)
    if not order.lines:
        order.state = OrderState.CANCELLED.value
    session.flush()


def _priced_anew(change: OrderChange) -> set[int]:
    """The lines whose schemes are those of the change: they differ, or what goes free with them does."""
    moved = {line["line"] for line in change.diff}
    return moved | {line["base_line"] for line in (*change.before, *change.lines) if _is_free_of(line, moved)}


def _is_free_of(line: Mapping[str, Any], moved: set[int]) -> bool:
    return line["no"] in moved and line.get("base_line") is not None


def note_order(
    session: Session, order: SalesOrder, what: str, *, by: str, inbound_id: int | None = None, **facts: Any
) -> None:
    """In the trail of the order."""
    drafts.note(session, session.get_one(OrderDraft, order.draft_id), what, by=by, inbound_id=inbound_id, **facts)
