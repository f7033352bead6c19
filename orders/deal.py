"""What a price request comes to, as values: its lines' prices and margins, and what is known of its buyer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from orders.pricing import money

ZERO, HUNDRED = Decimal(0), Decimal(100)
TENTH = Decimal("0.1")
FIGURES = {"outstanding", "credit_limit", "exceptions_cost"}
"""Of a buyer, those that are no words and no counts."""
NO_FIGURES = {"no", "sku", "item", "uom", "paid"}
"""Of a line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paid:
    """A price this customer paid, of one asked UoM, and when."""

    price: Decimal
    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Margin:
    """What is left of a sum after the cost of everything that goes for it, in rupees."""

    revenue: Decimal
    cost: Decimal

    @property
    def rupees(self) -> Decimal:
        return money(self.revenue - self.cost)

    @property
    def percent(self) -> Decimal | None:
        """Of the revenue, to a tenth; None where nothing is paid."""
        if self.revenue <= 0:
            return None
        return (HUNDRED * (self.revenue - self.cost) / self.revenue).quantize(TENTH, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True, slots=True)
class DealLine:
    """One line that is asked for. Prices and costs are of one ordered UoM in rupees without tax."""

    no: int
    sku: str
    item: str
    quantity: Decimal
    uom: str
    list_price: Decimal
    price: Decimal
    """What the rules give, schemes taken off."""
    asked: Decimal
    """The net price it would have as asked; free goods that no scheme gives are counted in it."""
    asked_free: Decimal | None
    """The free goods asked for, in the ordered UoM, those of the schemes included; None: none are."""
    effective: Decimal
    """What a UoM would come to as asked."""
    floor: Decimal | None
    absolute: Decimal | None
    cost: Decimal | None
    """Of one ordered UoM; None: not known."""
    free_before: Decimal = ZERO
    """What the schemes give free of the same item, in the ordered UoM, by the rules alone."""
    free: Decimal = ZERO
    """The same as asked."""
    other_free_cost: Decimal = ZERO
    """What the free goods of other items cost that go with it, in rupees."""
    paid: tuple[Paid, ...] = ()
    """The last three, newest first."""

    @property
    def off_list(self) -> Decimal:
        """How far what it comes to lies below the list, in percent to a tenth."""
        off = HUNDRED * (self.list_price - self.effective) / self.list_price
        return off.quantize(TENTH, rounding=ROUND_HALF_UP)

    @property
    def before(self) -> Margin | None:
        """As the rules give it."""
        return self._margin(self.price, self.free_before)

    @property
    def after(self) -> Margin | None:
        """As asked."""
        return self._margin(self.asked, self.free)

    def _margin(self, price: Decimal, free: Decimal) -> Margin | None:
        if self.cost is None:
            return None
        cost = self.cost * (self.quantity + free) + self.other_free_cost
        return Margin(revenue=self.quantity * price, cost=cost)


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    """What is known of the customer."""

    code: str
    name: str
    city: str = ""
    tier: str = ""
    outstanding: Decimal = ZERO
    credit_limit: Decimal | None = None
    overdue_days: int = 0
    exceptions: int = 0
    """Lines that went below the rules for him this month."""
    exceptions_cost: Decimal = ZERO
    """What they came to in rupees, against what the rules gave."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DealFacts:
    """All that an approver decides on."""

    buyer: Buyer
    asker: str
    as_rep: bool
    """The asker asks for a customer, not for his own firm."""
    reason: str
    size: Decimal
    """Of the whole order as asked, in rupees without tax."""
    size_at_list: Decimal
    """The same by the rules."""
    order_lines: int
    """Of the whole order."""
    lines: tuple[DealLine, ...]
    """Those that are asked for, by their numbers."""

    @property
    def before(self) -> Margin | None:
        """Of the lines asked for, as the rules give them; None where a cost is not known."""
        return summed(line.before for line in self.lines)

    @property
    def after(self) -> Margin | None:
        """Of the lines asked for, as asked."""
        return summed(line.after for line in self.lines)

    @property
    def given_away(self) -> Decimal:
        """What is asked for costs so much against the rules, in rupees."""
        return money(self.size_at_list - self.size)

    def worst_first(self) -> tuple[DealLine, ...]:
        """By the margin that would be left, in percent; what is not known goes first of all."""
        return tuple(sorted(self.lines, key=lambda line: (worst(line.after), line.no)))

    def line(self, no: int) -> DealLine | None:
        """By its number."""
        return next((line for line in self.lines if line.no == no), None)

    def as_json(self) -> dict[str, Any]:
        """As an ask keeps it."""
        kept = _kept(self)
        assert isinstance(kept, dict)
        return kept


def summed(margins: Iterable[Margin | None]) -> Margin | None:
    """Of several lines together."""
    known = list(margins)
    if not known or any(one is None for one in known):
        return None
    sums = [one for one in known if one is not None]
    return Margin(revenue=sum((one.revenue for one in sums), ZERO), cost=sum((one.cost for one in sums), ZERO))


def worst(margin: Margin | None) -> Decimal:
    """By which margins are put in order: the lowest percentage first, before it what is not known."""
    percent = None if margin is None else margin.percent
    return Decimal("-Infinity") if percent is None else percent


def facts_of_json(kept: Mapping[str, Any]) -> DealFacts:
    """As they were kept with an ask."""
    sizes = {name: Decimal(kept[name]) for name in ("size", "size_at_list")}
    lines = tuple(_line(one) for one in kept["lines"])
    return DealFacts(**{**kept, **sizes, "buyer": _buyer(kept["buyer"]), "lines": lines})


def _buyer(kept: Mapping[str, Any]) -> Buyer:
    return Buyer(**{name: _number(value) if name in FIGURES else value for name, value in kept.items()})


def _line(kept: Mapping[str, Any]) -> DealLine:
    paid = tuple(Paid(price=Decimal(one["price"]), day=date.fromisoformat(one["day"])) for one in kept["paid"])
    figures = {name: value if name in NO_FIGURES else _number(value) for name, value in kept.items()}
    return DealLine(**{**figures, "paid": paid})


def _number(value: Any) -> Any:
    return None if value is None else Decimal(value)


def _kept(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_kept(one) for one in value]
    if isinstance(value, DealFacts | DealLine | Buyer | Paid):
        return {one.name: _kept(getattr(value, one.name)) for one in fields(value)}
    return value
