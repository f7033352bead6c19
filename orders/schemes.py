"""What the schemes in force give an order: money off, goods for nothing, within their caps and budgets. Pure.

What a scheme gives does not depend on the order in which lines were written: they are served by SKU, UoM and quantity.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal

from erp.records import Scheme
from orders.price_values import ZERO, FreeGoods, GrantedScheme, SchemeUse
from orders.pricing import money, whole_paise

HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True, slots=True)
class Buying:
    """A line that may take part in schemes."""

    no: int
    sku: str
    quantity: Decimal
    uom: str
    order_uom: str
    ladder: Mapping[str, Decimal]
    list_price: Decimal
    schemes: Sequence[Scheme]
    """Those in force for this customer, item and day."""
    decided: tuple[Decimal, ...] = ()
    """What people have granted it: lines that are otherwise alike are served by it."""

    @property
    def worth(self) -> Decimal:
        """At list, in rupees."""
        return self.quantity * self.list_price

    def count(self, uom: str) -> Decimal | None:
        """Its quantity in another UoM; None where the item has none such."""
        factor = self.ladder.get(uom or self.order_uom)
        return None if not factor else self.quantity * self.ladder[self.uom] / factor


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeItem:
    """What goods that are given away are worth: base units a UoM by which they are given, and rupees of one such."""

    uom: str
    factor: Decimal
    list_price: Decimal
    value: Decimal


Lookup = Callable[[str, str, Decimal], FreeItem | None]
"""SKU, UoM (empty: its base UoM) and quantity → the free item; None: it cannot be given."""


@dataclass(kw_only=True, slots=True)
class Given:
    """What one line gets of all schemes."""

    off: Decimal = ZERO
    """Rupees off one ordered UoM."""
    schemes: list[GrantedScheme] = field(default_factory=list)
    free: list[FreeGoods] = field(default_factory=list)
    own_free: Decimal = ZERO
    """Free goods of the item itself, in its ordered UoM."""
    credit: Decimal = ZERO
    """The value of all other free goods that this line earned."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Offer:
    """What one row of a scheme would give a line."""

    row: Scheme
    off: Decimal = ZERO
    free: FreeGoods | None = None
    rupees: Decimal = ZERO
    together: bool = False
    """Goods earned by several lines: here the share of one, given out once all are known."""

    @property
    def weight(self) -> tuple[Decimal, bool]:
        return self.rupees, self.free is not None


class _Left:
    """What the caps and budgets still allow, while an order's lines are served."""

    def __init__(self, used: SchemeUse) -> None:
        self._used = used
        self._goods: dict[str, Decimal] = {}
        self._rupees: dict[str, Decimal] = {}

    def rupees(self, row: Scheme) -> Decimal | None:
        """How much more may be taken off; None: as much as it comes to."""
        before, here = self._used.of(row.code), self._rupees.get(row.code, ZERO)
        limits = []
        if not row.free_qty:
            if row.cap_order is not None:
                limits.append(row.cap_order - here)
            if row.cap_customer is not None:
                limits.append(row.cap_customer - before.rupees - here)
        if row.budget is not None:
            limits.append(row.budget - before.rupees_all - here)
        return max(ZERO, min(limits)) if limits else None

    def goods(self, row: Scheme, item: FreeItem) -> Decimal | None:
        """How much more may be given, in the UoM it is given in; None: as much as it comes to."""
        before, here = self._used.of(row.code), self._goods.get(row.code, ZERO)
        limits = []
        if row.cap_order is not None:
            limits.append(row.cap_order - here / item.factor)
        if row.cap_customer is not None:
            limits.append(row.cap_customer - (before.quantity + here) / item.factor)
        if row.budget is not None and item.value > 0:
            spent = before.rupees_all + self._rupees.get(row.code, ZERO)
            limits.append((row.budget - spent) / item.value)
        return max(ZERO, min(limits)) if limits else None

    def take(self, code: str, *, goods: Decimal, rupees: Decimal) -> None:
        self._goods[code] = self._goods.get(code, ZERO) + goods
        self._rupees[code] = self._rupees.get(code, ZERO) + rupees


def grant(lines: Sequence[Buying], *, used: SchemeUse, lookup: Lookup) -> dict[int, Given]:
    """What each line gets, by its number; lines that get nothing are not in it."""
    served = sorted(lines, key=lambda line: (line.sku, line.uom, line.quantity, line.decided, line.no))
    reached = {
        id(row): row
        for line in served
        for row in line.schemes
        if _is_together(row) and _reaches(row, _counted(row, served))
    }
    while True:
        round_ = _Round(served, reached, used=used, lookup=lookup)
        lost = [key for key, row in reached.items() if not round_.holds(row)]
        if not lost:
            return round_.done()
        for key in lost:
            del reached[key]


def _is_together(row: Scheme) -> bool:
    """Counts the lines of a group together."""
    return not row.sku and row.buy_qty is not None and row.buy_qty > 0


def _counted(row: Scheme, lines: Iterable[Buying]) -> Decimal:
    return sum((line.count(row.buy_uom) or ZERO for line in lines if _takes(line, row)), ZERO)


def _takes(line: Buying, row: Scheme) -> bool:
    return any(row is one for one in line.schemes)


def _reaches(row: Scheme, count: Decimal) -> bool:
    return row.buy_qty is None or count >= row.buy_qty


class _Round:
    """One serving of all lines, with the schemes of groups that are reached by those who take part."""

    def __init__(
        self, served: Sequence[Buying], reached: Mapping[int, Scheme], *, used: SchemeUse, lookup: Lookup
    ) -> None:
        self._reached, self._lookup = reached, lookup
        self._left = _Left(used)
        self._given: dict[int, Given] = {}
        self._taking: dict[int, list[Buying]] = {key: [] for key in reached}
        self._expected = {key: self._expect(row, served) for key, row in reached.items()}
        for line in served:
            if line.schemes and line.list_price > 0:
                self._serve(line)

    def holds(self, row: Scheme) -> bool:
        """Whether those who take part in a group's scheme still reach it, if anybody does."""
        taking = self._taking[id(row)]
        return not taking or _reaches(row, _counted(row, taking))

    def done(self) -> dict[int, Given]:
        """With what the groups' schemes give handed out."""
        for key, taking in self._taking.items():
            if taking and self._reached[key].free_qty:
                self._hand_out(self._reached[key], taking)
        return self._given

    def _expect(self, row: Scheme, served: Sequence[Buying]) -> tuple[FreeGoods | None, Decimal]:
        """What a group's scheme would give if all took part, and what they are worth together."""
        lines = [line for line in served if _takes(line, row)]
        free = self._goods(row, _counted(row, lines), itself=None)
        return free, sum((line.worth for line in lines), ZERO)

    def _serve(self, line: Buying) -> None:
        alone: list[_Offer] = []
        stacked: list[_Offer] = []
        for offers in _by_code(self._offers(line)).values():
            best = max(offers, key=lambda one: one.weight)
            (stacked if best.row.stacks else alone).append(best)
        ways = [[one] for one in sorted(alone, key=lambda one: one.row.code)]
        if stacked:
            ways.insert(0, sorted(stacked, key=lambda one: one.row.code))
        if not ways:
            return
        chosen = max(ways, key=lambda way: (sum(one.rupees for one in way), any(one.free for one in way)))
        for offer in chosen:
            self._take(line, offer)

    def _offers(self, line: Buying) -> Iterator[_Offer]:
        for row in line.schemes:
            count = line.count(row.buy_uom)
            if count is None or (id(row) not in self._reached if _is_together(row) else not _reaches(row, count)):
                continue
            offer = self._offer(line, row, count)
            if offer.rupees > 0 or offer.free:
                yield offer

    def _offer(self, line: Buying, row: Scheme, count: Decimal) -> _Offer:
        off = self._money(line, row)
        if _is_together(row):
            free, worth = self._expected[id(row)]
            share = free.qty * free.value * line.worth / worth if free and worth else ZERO
        else:
            free = self._goods(row, count, itself=line)
            share = free.qty * free.value if free else ZERO
        return _Offer(
            row=row, off=off, free=free, rupees=off * line.quantity + share, together=bool(free) and _is_together(row)
        )

    def _money(self, line: Buying, row: Scheme) -> Decimal:
        """Rupees off one ordered UoM."""
        off = ZERO
        if row.percent:
            off += money(line.list_price * row.percent / HUNDRED)
        if row.amount:
            off += money(row.amount * line.ladder[line.uom] / line.ladder[row.buy_uom or line.order_uom])
        off = max(ZERO, min(off, line.list_price))
        most = self._left.rupees(row) if off else None
        return min(off, whole_paise(most / line.quantity)) if most is not None else off

    def _goods(self, row: Scheme, count: Decimal, *, itself: Buying | None) -> FreeGoods | None:
        """What a scheme gives for so much; None: nothing."""
        if not row.free_qty or not row.buy_qty or row.buy_qty <= 0:
            return None
        amount = (count / row.buy_qty).to_integral_value(ROUND_FLOOR) * row.free_qty
        sku = row.free_sku or (itself.sku if itself else "")
        own = itself is not None and sku == itself.sku
        item = self._lookup(sku, (row.buy_uom or itself.order_uom) if itself and own else "", amount)
        if item is None or amount <= 0:
            return None
        if itself is not None and own:
            at_list = money(itself.list_price * item.factor / itself.ladder[itself.uom])
            item = FreeItem(uom=item.uom, factor=item.factor, list_price=at_list, value=at_list)
        most = self._left.goods(row, item)
        if most is not None and most < amount:
            amount = most.to_integral_value(ROUND_FLOOR)
        if amount <= 0:
            return None
        return FreeGoods(
            scheme=row.code,
            sku=sku,
            qty=amount,
            uom=item.uom,
            list_price=item.list_price,
            value=item.value,
            base_quantity=amount * item.factor,
        )

    def _take(self, line: Buying, offer: _Offer) -> None:
        given = self._given.setdefault(line.no, Given())
        row = offer.row
        off = min(offer.off, line.list_price - given.off)
        given.off += off
        if id(row) in self._taking:
            self._taking[id(row)].append(line)
        free = None if offer.together else offer.free
        value = free.qty * free.value if free else ZERO
        if free is not None:
            given.free.append(free)
            if free.sku == line.sku:
                given.own_free += free.base_quantity / line.ladder[line.uom]
            else:
                given.credit += value
        if off or free:
            self._note(line, row, off=off, rupees=off * line.quantity + value, goods=free)

    def _note(self, line: Buying, row: Scheme, *, off: Decimal, rupees: Decimal, goods: FreeGoods | None) -> None:
        quantity = goods.base_quantity if goods else ZERO
        self._left.take(row.code, goods=quantity, rupees=rupees)
        self._given.setdefault(line.no, Given()).schemes.append(
            GrantedScheme(code=row.code, name=row.name, rupees=rupees, quantity=quantity, off=off)
        )

    def _hand_out(self, row: Scheme, taking: Sequence[Buying]) -> None:
        """What several lines earned goes with the one worth most; its value is spread over them."""
        free = self._goods(row, _counted(row, taking), itself=None)
        if free is None:
            return
        base = max(taking, key=lambda line: (line.worth, -line.no))
        self._given.setdefault(base.no, Given()).free.append(free)
        value = free.qty * free.value
        self._note(base, row, off=ZERO, rupees=value, goods=free)
        worth = sum((line.worth for line in taking), ZERO)
        for line in taking:
            self._given.setdefault(line.no, Given()).credit += value * line.worth / worth


def _by_code(offers: Iterable[_Offer]) -> dict[str, list[_Offer]]:
    """Rows of one code are slabs of one scheme: a line takes one of them."""
    found: dict[str, list[_Offer]] = {}
    for offer in offers:
        found.setdefault(offer.row.code, []).append(offer)
    return found
