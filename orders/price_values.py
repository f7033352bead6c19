"""The values that pricing an order takes and gives: what is wanted, what the rules give for it, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from erp.records import CustomerPrice, Item
from orders.pricing import Quote

ZERO = Decimal(0)
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedLine:
    """A line to be priced, under the number its sender sees. The grants are decisions of people, never wishes."""

    no: int
    sku: str
    quantity: Decimal
    uom: str
    granted_price: Decimal | None = None
    granted_free: Decimal | None = None
    without_schemes: bool = False
    """Schemes neither count it nor give it anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A line with its list price; `by_list` is what the price list says where a contract goes before it."""

    line: WantedLine
    item: Item
    ladder: Mapping[str, Decimal]
    quote: Quote
    contract: CustomerPrice | None = None
    by_list: Quote | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerFacts:
    """Who buys, as far as rules ask."""

    code: str
    tier: str = ""
    price_list: str = ""
    plant: str = ""
    """Which supplies him: price rows of another plant are not his."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """What a scheme has given in other orders: base units and rupees to this customer, rupees to all."""

    quantity: Decimal = ZERO
    rupees: Decimal = ZERO
    rupees_all: Decimal = ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemeUse:
    """What the schemes have given in other orders, by code."""

    by_scheme: Mapping[str, Used] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, code: str) -> Used:
        """Nothing, where it never gave anything."""
        return self.by_scheme.get(code, Used())


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeGoods:
    """What goes with a line for nothing."""

    scheme: str
    sku: str
    qty: Decimal
    uom: str
    list_price: Decimal = ZERO
    """A `uom`, in rupees; 0: on no list."""
    value: Decimal = ZERO
    """Of one `uom`, by which a budget counts it: at list, else at cost."""
    base_quantity: Decimal = ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class GrantedScheme:
    """What one scheme gives one line: rupees off it or the value of its free goods, and these in base units."""

    code: str
    name: str = ""
    rupees: Decimal = ZERO
    quantity: Decimal = ZERO
    off: Decimal = ZERO
    """Rupees off one ordered UoM."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One rule looked at: what it is, what came of it, and its figures as text."""

    rule: str
    outcome: str
    facts: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, kw_only=True, slots=True)
class PricedLine:
    """One line with its price and floors, all a ordered UoM in rupees without tax; None: the rules do not say."""

    no: int
    list_price: Decimal | None
    price: Decimal | None
    effective: Decimal | None
    floor: Decimal | None = None
    absolute: Decimal | None = None
    schemes: tuple[GrantedScheme, ...] = ()
    free: tuple[FreeGoods, ...] = ()
    note: str = ""
    """How the list price was come by when it is not listed as such: `by_uom`, `converted`."""
    trace: tuple[Step, ...] = ()

    @property
    def below_floor(self) -> bool:
        """Needs a live approval."""
        return self.effective is not None and self.floor is not None and self.effective < self.floor

    @property
    def below_absolute(self) -> bool:
        """Nobody may approve it."""
        return self.effective is not None and self.absolute is not None and self.effective < self.absolute


@dataclass(frozen=True, kw_only=True, slots=True)
class Priced:
    """A whole order, its lines in the order in which they were wanted."""

    lines: Sequence[PricedLine]
    rules_version: int = 0

    def line(self, no: int) -> PricedLine:
        """By its number."""
        return next(line for line in self.lines if line.no == no)
