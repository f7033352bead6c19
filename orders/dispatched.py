"""What has left for a customer, order by order: what, under which papers, and what remains and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import dispatches, mirror
from erp.dispatches import Dispatched
from erp.records import OpenOrderLine
from orders.model import SalesOrder


@dataclass(frozen=True, kw_only=True, slots=True)
class Goods:
    """So much of an item; `on` is the day it is promised for, if one is and it is not over."""

    sku: str
    quantity: Decimal
    uom: str
    on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Consignment:
    """What left together; without goods only the papers are new, of what left before."""

    goods: tuple[Goods, ...]
    invoice: str
    vehicle: str
    lr_no: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderNews:
    """Of one order of the ERP; `order` is ours, where it came from us."""

    number: str
    order: SalesOrder | None
    consignments: tuple[Consignment, ...]
    remains: tuple[Goods, ...]


def take_news(session: Session, party_code: str, *, today: date) -> list[OrderNews]:
    """What a customer has not been told yet, from now on told. Call it with the party's row locked."""
    found = dispatches.take(session, party_code)
    if not found:
        return []
    numbers = dict.fromkeys(one.erp_number for one in found)
    lines = [line for line in mirror.open_lines(session, party_code) if line.erp_number in numbers]
    ours = _ours(session, {one.our_number for one in found if one.our_number})
    return [
        _news(
            number,
            [one for one in found if one.erp_number == number],
            [line for line in lines if line.erp_number == number],
            ours,
            today=today,
        )
        for number in numbers
    ]


def _ours(session: Session, numbers: Iterable[str]) -> dict[str, SalesOrder]:
    orders = session.scalars(select(SalesOrder).where(SalesOrder.number.in_(list(numbers))))
    return {order.number: order for order in orders}


def _news(
    number: str,
    found: Sequence[Dispatched],
    lines: Sequence[OpenOrderLine],
    ours: dict[str, SalesOrder],
    *,
    today: date,
) -> OrderNews:
    order = ours.get(found[0].our_number)
    papers = dict.fromkeys((one.invoice, one.vehicle, one.lr_no) for one in found)
    return OrderNews(
        number=number,
        order=order,
        consignments=tuple(
            Consignment(
                goods=tuple(
                    Goods(sku=one.sku, quantity=one.left, uom=one.uom)
                    for one in found
                    if one.left and (one.invoice, one.vehicle, one.lr_no) == (invoice, vehicle, lr_no)
                ),
                invoice=invoice,
                vehicle=vehicle,
                lr_no=lr_no,
            )
            for invoice, vehicle, lr_no in papers
        ),
        remains=tuple(
            Goods(sku=line.sku, quantity=rest, uom=line.uom, on=_day(line, order, today=today))
            for line in lines
            if (rest := line.ordered - line.cancelled - max(line.dispatched, line.invoiced)) > 0
        ),
    )


def _day(line: OpenOrderLine, order: SalesOrder | None, *, today: date) -> date | None:
    """The ERP's promise, else the day our line was asked for; nothing that is over."""
    asked = None
    if order is not None:
        ours = next((one for one in order.lines if one.no == line.line and one.sku == line.sku), None)
        asked = (ours.requested_on if ours is not None else None) or order.requested_on
    return next((day for day in (line.promised_on, asked) if day is not None and day >= today), None)
