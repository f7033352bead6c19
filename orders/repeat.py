"""'Same as last time': the last posted order of a customer as new draft lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import HistoryLine, OpenOrderLine
from orders.drafts import NewLine
from orders.model import LineStatus, OrderState, SalesOrder
from people.model import Person


@dataclass(frozen=True, kw_only=True, slots=True)
class LastOrder:
    """What will be repeated, with its number, date and placer to be named."""

    number: str
    placed_on: date
    placed_by: str
    """Empty when nobody knows."""
    lines: tuple[NewLine, ...]
    prices: tuple[Decimal | None, ...]
    """What each line cost then, for one ordered UoM."""


def last_order(session: Session, party_code: str, *, timezone: str, number: str | None = None) -> LastOrder | None:
    """The last order of this customer that is in the ERP (ours, open there, or past), or the one named."""
    found = [
        *_ours(session, party_code, number, timezone),
        *_open(line for line in mirror.open_lines(session, party_code) if number in (None, line.erp_number)),
        *_past(line for line in mirror.history(session, party_code) if number in (None, line.order)),
    ]
    return max(found, key=lambda order: order.placed_on, default=None)


def _ours(session: Session, party_code: str, number: str | None, timezone: str) -> list[LastOrder]:
    posted = select(SalesOrder).where(SalesOrder.party_code == party_code, SalesOrder.state == OrderState.POSTED.value)
    if number:
        posted = posted.where((SalesOrder.number == number) | (SalesOrder.erp_number == number))
    order = session.scalars(posted.order_by(SalesOrder.confirmed_at.desc()).limit(1)).first()
    if order is None:
        return []
    bought = [line for line in order.lines if not line.free]
    last = LastOrder(
        number=order.erp_number or order.number,
        placed_on=order.confirmed_at.astimezone(ZoneInfo(timezone)).date(),
        placed_by=session.get_one(Person, order.person_id).name,
        lines=tuple(_line(line.sku, line.quantity, line.uom, line.original_text) for line in bought),
        prices=tuple(line.price for line in bought),
    )
    return [last]


def _open(rows: Iterable[OpenOrderLine]) -> list[LastOrder]:
    """What stands there at 0 went free with another line."""
    ordered = [row for row in rows if row.ordered > row.cancelled and row.price != 0]
    if not ordered:
        return []
    newest = max(ordered, key=lambda row: (row.date, row.erp_number))
    lines = [row for row in ordered if row.erp_number == newest.erp_number]
    last = LastOrder(
        number=newest.erp_number,
        placed_on=newest.date,
        placed_by="",
        lines=tuple(_line(row.sku, row.ordered - row.cancelled, row.uom) for row in lines),
        prices=tuple(row.price for row in lines),
    )
    return [last]


def _past(rows: Iterable[HistoryLine]) -> list[LastOrder]:
    bought = [row for row in rows if not row.free]
    if not bought:
        return []
    newest = max(bought, key=lambda row: (row.date, row.order))
    lines = [row for row in bought if row.order == newest.order]
    last = LastOrder(
        number=newest.order,
        placed_on=newest.date,
        placed_by=newest.placed_by,
        lines=tuple(_line(row.sku, row.qty, row.uom) for row in lines),
        prices=tuple(row.price for row in lines),
    )
    return [last]


def _line(sku: str, quantity: Decimal, uom: str, source: str = "") -> NewLine:
    return NewLine(status=LineStatus.MATCHED, sku=sku, quantity=quantity, uom=uom, source=source)
