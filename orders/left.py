"""What of an order has left, as the ERP's list tells it: that much of it cannot be changed any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from erp.listed_orders import ListedLine, lines_of
from orders.amended import StandingLine
from orders.goods import Goods, goods_of
from orders.model import SalesOrder

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class LineLeft:
    """Of one line, in its own unit: so much has left. Closed: no more of it will, be it sent or cancelled there."""

    quantity: Decimal
    closed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """Of a whole order, by line number; what the ERP does not tell of is taken to be here."""

    lines: Mapping[int, LineLeft] = field(default_factory=dict)

    def of(self, no: int | None) -> LineLeft:
        """Nothing, where nothing is told."""
        return self.lines.get(no or 0, LineLeft(quantity=ZERO, closed=False))

    @property
    def everything(self) -> bool:
        """Nothing of it can be changed."""
        return bool(self.lines) and all(line.closed for line in self.lines.values())


def what_left(session: Session, order: SalesOrder, lines: Sequence[StandingLine]) -> Left:
    """Of these lines of the order. Costs two statements, and more only where something has left."""
    told = lines_of(session, our_number=order.number, erp_number=order.erp_number or "")
    if not told:
        return Left()
    goods = goods_of(session, {line.sku for line in lines}, price_list="")
    return Left(lines={line.no: _left(line, _told_of(line, told), goods) for line in lines if not line.free})


def _told_of(line: StandingLine, told: Sequence[ListedLine]) -> list[ListedLine]:
    """Under our line's number, or wherever the ERP has put that item."""
    same = [one for one in told if one.line.sku == line.sku]
    return [one for one in same if one.line.line == line.no] or same


def _left(line: StandingLine, told: Sequence[ListedLine], goods: Goods) -> LineLeft:
    if not told:
        return LineLeft(quantity=ZERO, closed=False)
    factor = goods.factors(line.sku).get(line.uom, Decimal(1))
    left, opened = ZERO, ZERO
    for one in told:
        row = one.line
        gone = max(row.dispatched, row.invoiced) if one.listed else row.ordered - row.cancelled
        left += goods.base_quantity(row.sku, gone, row.uom)
        opened += goods.base_quantity(row.sku, row.ordered - row.cancelled - gone, row.uom)
    return LineLeft(quantity=min(line.quantity, left / factor), closed=opened <= 0)
