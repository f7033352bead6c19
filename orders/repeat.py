"""'Same as last time': the last posted order of a customer as new draft lines, at today's prices."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from orders.drafts import NewLine
from orders.model import LineStatus, OrderState, SalesOrder
from people.model import Person


@dataclass(frozen=True, kw_only=True, slots=True)
class LastOrder:
    """What will be repeated, with its number, date and placer to be named."""

    number: str
    placed_on: date
    placed_by: str
    lines: tuple[NewLine, ...]


def last_order(session: Session, party_code: str, *, number: str | None = None) -> LastOrder | None:
    """The last order of this customer that is in the ERP, ours or from the ERP's history, or the one named."""
    condition = [SalesOrder.party_code == party_code, SalesOrder.state == OrderState.POSTED.value]
    if number:
        condition.append((SalesOrder.number == number) | (SalesOrder.erp_number == number))
    ours = session.scalars(
        select(SalesOrder).where(*condition).order_by(SalesOrder.confirmed_at.desc()).limit(1)
    ).first()
    theirs = _from_history(session, party_code, number)
    if ours is not None and (theirs is None or ours.confirmed_at.date() >= theirs.placed_on):
        lines = tuple(
            NewLine(
                status=LineStatus.MATCHED,
                sku=line.sku,
                quantity=line.quantity,
                uom=line.uom,
                source=line.original_text,
            )
            for line in ours.lines
        )
        return LastOrder(
            number=ours.number,
            placed_on=ours.confirmed_at.date(),
            placed_by=session.get_one(Person, ours.person_id).name,
            lines=lines,
        )
    return theirs


def _from_history(session: Session, party_code: str, number: str | None) -> LastOrder | None:
    rows = [row for row in mirror.history(session, party_code) if not row.free]
    if number:
        rows = [row for row in rows if row.order == number]
    if not rows:
        return None
    newest = max(rows, key=lambda row: (row.date, row.order))
    return LastOrder(
        number=newest.order,
        placed_on=newest.date,
        placed_by=newest.placed_by,
        lines=tuple(
            NewLine(status=LineStatus.MATCHED, sku=row.sku, quantity=row.qty, uom=row.uom, source="")
            for row in rows
            if row.order == newest.order
        ),
    )
