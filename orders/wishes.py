"""What the lines of a draft wish beside the rules, and what they would come to if they had it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders.approval_rules import depth, given_away, own_free
from orders.checks import Problem
from orders.goods import Goods
from orders.model import DraftLine, LineStatus
from orders.price_values import PricedLine, WantedLine

ZERO = Decimal(0)
CAN_GO = ("", Problem.NEEDS_APPROVAL.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """One line as it would be; all prices are of one ordered UoM, without tax."""

    line: DraftLine
    group: str
    asked_price: Decimal | None
    asked_free: Decimal | None
    """In the ordered UoM, what the schemes give included."""
    list_price: Decimal
    price: Decimal
    """As the rules and what was granted so far have it."""
    wished_price: Decimal
    """The net price it would have."""
    effective: Decimal
    floor: Decimal | None
    absolute: Decimal | None
    own_free: Decimal
    """Free goods of the item itself that the schemes give with it, in the ordered UoM."""

    @property
    def no(self) -> int:
        """Of its line."""
        return self.line.no

    @property
    def quantity(self) -> Decimal:
        """Of its line, in its UoM."""
        return self.line.quantity or ZERO

    @property
    def depth(self) -> Decimal:
        """Percent below list."""
        return depth(self.list_price, self.effective)

    @property
    def given_away(self) -> Decimal:
        """Rupees below list."""
        return given_away(self.list_price, self.effective, self.quantity)

    @property
    def is_impossible(self) -> bool:
        """Nobody may approve it."""
        return self.absolute is not None and self.effective < self.absolute


def can_go(line: DraftLine) -> bool:
    """Whether nothing but a decision on its price keeps a line back."""
    settled = line.status == LineStatus.MATCHED.value and not line.left_out and line.problem in CAN_GO
    return settled and bool(line.sku and line.quantity and line.uom) and line.price is not None


def price_by_rules(line: DraftLine) -> Decimal | None:
    """With what the schemes give, though that may wait for an approval."""
    return Decimal(line.held_schemes["price"]) if line.held_schemes else line.price


def free_by_rules(line: DraftLine) -> list[dict[str, Any]]:
    """The free goods of the schemes, though they may wait for an approval."""
    held: list[dict[str, Any]] = line.held_schemes["free"] if line.held_schemes else line.free_goods or []
    return held


def asked_price(line: DraftLine) -> Decimal | None:
    """The price somebody asked for, if it is lower than the one the line has."""
    wanted, has = line.requested_price, price_by_rules(line)
    return wanted if wanted is not None and has is not None and ZERO < wanted < has else None


def asked_free(line: DraftLine, goods: Goods) -> Decimal | None:
    """The free goods somebody asked for, if they are more than the line has by schemes and grants."""
    wanted = line.asked_free
    if wanted is None or wanted <= max(_own_free(free_by_rules(line), line, goods), line.granted_free or ZERO):
        return None
    return wanted


def _own_free(free_goods: Iterable[Mapping[str, str]], line: DraftLine, goods: Goods) -> Decimal:
    return own_free(free_goods, line.sku or "", line.uom or "", goods.factors(line.sku or ""))


def wishes(line: DraftLine, goods: Goods) -> bool:
    """Whether a line that could go asks for something beside the rules, or is kept above its floor, or stands below."""
    if not can_go(line):
        return False
    needs = line.problem == Problem.NEEDS_APPROVAL.value or bool(line.held_schemes)
    return needs or asked_price(line) is not None or asked_free(line, goods) is not None


def wanted(line: DraftLine, goods: Goods, *, wishing: bool) -> WantedLine:
    """A line to be priced as it is, or as it wishes to be."""
    price = asked_price(line) if wishing else None
    free = asked_free(line, goods) if wishing else None
    return WantedLine(
        no=line.no,
        sku=line.sku or "",
        quantity=line.quantity or ZERO,
        uom=line.uom or "",
        granted_price=line.granted_price if price is None else price,
        granted_free=line.granted_free if free is None else free,
        without_schemes=bool(line.held_schemes) and not wishing,
    )


def wish_of(line: DraftLine, priced: PricedLine, goods: Goods) -> Wish:
    """What a line would come to, priced as it wishes to be."""
    item = goods.items[line.sku or ""]
    goods_free = [{"sku": one.sku, "qty": str(one.qty), "uom": one.uom} for one in priced.free]
    return Wish(
        line=line,
        group=item.group,
        asked_price=asked_price(line),
        asked_free=asked_free(line, goods),
        list_price=priced.list_price or ZERO,
        price=price_by_rules(line) or ZERO,
        wished_price=priced.price or ZERO,
        effective=priced.effective or ZERO,
        floor=priced.floor,
        absolute=priced.absolute,
        own_free=_own_free(goods_free, line, goods),
    )
