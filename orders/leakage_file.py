"""The lines below list as CSV, written as they are read; no cell of it is ever run as a formula."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from sqlalchemy.orm import Session

from orders.alias_files import safe
from orders.creep_names import Names, names_of
from orders.leakage import NO_REP, Leak
from orders.register_files import BYTE_ORDER_MARK

COLUMNS = (
    "day",
    "order",
    "line",
    "plant",
    "customer",
    "name",
    "rep",
    "sku",
    "item",
    "quantity",
    "uom",
    "list_price",
    "effective",
    "right",
    "by",
    "rupees",
)
FLOORS = ("floor", "below_floor")
ROWS_AT_ONCE = 500


def as_csv(session: Session, leaks: Iterator[Leak], *, floors: bool) -> Iterator[str]:
    """The file in pieces, the header first; with floors only for whoever may see them."""
    yield BYTE_ORDER_MARK + _written([COLUMNS + (FLOORS if floors else ())])
    while some := list(islice(leaks, ROWS_AT_ONCE)):
        names = names_of(
            session,
            customers=[one.customer for one in some],
            persons=[one.rep for one in some],
            skus=[one.sku for one in some],
        )
        yield _written([_cells(one, names) + (_floors(one) if floors else ()) for one in some])


def _cells(one: Leak, names: Names) -> tuple[str, ...]:
    return (
        one.day.isoformat(),
        safe(one.number),
        str(one.line),
        safe(one.plant),
        safe(one.customer),
        safe(names.customer(one.customer)),
        safe(names.person(one.rep)) if one.rep != NO_REP else "",
        safe(one.sku),
        safe(names.item(one.sku)),
        f"{one.quantity.normalize():f}",
        safe(one.uom),
        _rupees(one.list_price),
        _rupees(one.effective),
        one.ground,
        safe(one.name),
        _rupees(one.rupees),
    )


def _floors(one: Leak) -> tuple[str, ...]:
    return ("" if one.floor is None else _rupees(one.floor), _rupees(one.below))


def _rupees(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _written(rows: list[tuple[str, ...]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()
