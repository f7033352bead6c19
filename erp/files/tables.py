"""The plain files one by one: columns, what each may hold, and which rows of other files it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from erp.files import cells
from erp.files.cells import Parser
from erp.records import Mode, RecordKind, ShortRule, StockStatus, WarehouseKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column. An optional one may be absent; a needed cell may not be empty."""

    name: str
    parse: Parser | None
    """None: a moment, whose parser depends on the time zone."""
    field: str
    optional: bool
    needed: bool


class Keys(StrEnum):
    """Sets of codes that other rows refer to."""

    SKUS = "SKUs"
    SKU_UOMS = "pairs of SKU and UoM"
    CUSTOMERS = "customer codes"
    ADDRESSES = "addresses"
    WAREHOUSES = "warehouse codes"
    PLANTS = "plant codes"
    PRICE_LISTS = "price lists"
    ROUTES = "routes"
    CALENDARS = "calendars"
    BASE_UOMS = "base UoMs"
    UOM_SKUS = "SKUs with a pack ladder"


KEY_COLUMNS: Mapping[Keys, tuple[RecordKind, tuple[str, ...]]] = MappingProxyType(
    {
        Keys.SKUS: (RecordKind.ITEMS, ("sku",)),
        Keys.SKU_UOMS: (RecordKind.UOMS, ("sku", "uom")),
        Keys.CUSTOMERS: (RecordKind.CUSTOMERS, ("code",)),
        Keys.ADDRESSES: (RecordKind.ADDRESSES, ("customer", "code")),
        Keys.WAREHOUSES: (RecordKind.WAREHOUSES, ("code",)),
        Keys.PLANTS: (RecordKind.PLANTS, ("code",)),
        Keys.PRICE_LISTS: (RecordKind.PRICES, ("price_list",)),
        Keys.ROUTES: (RecordKind.ROUTES, ("route",)),
        Keys.CALENDARS: (RecordKind.CALENDAR, ("calendar",)),
        Keys.BASE_UOMS: (RecordKind.ITEMS, ("sku", "base_uom")),
        Keys.UOM_SKUS: (RecordKind.UOMS, ("sku",)),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """Fields of a row that must name a row elsewhere; empty ones name nothing."""

    fields: tuple[str, ...]
    keys: Keys
    fatal: bool
    """Whether a row that names nothing known is skipped, or only told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One file."""

    kind: RecordKind
    columns: tuple[Column, ...]
    optional: bool = False
    references: tuple[Reference, ...] = ()
    attributes: bool = False
    """Whether further columns are attributes of the row, or only told."""

    @property
    def file(self) -> str:
        """Its name in the folder."""
        return f"{self.kind.value}.csv"


def _column(spec: str, parse: Parser | None) -> Column:
    """`name`, `name!` (needed), `name?` (optional column), each with `=field` where that differs."""
    name, _, field = spec.partition("=")
    bare = name.rstrip("!?")
    return Column(name=bare, parse=parse, field=field or bare, optional="?" in name, needed="!" in name)


def _columns(specs: Mapping[str, Parser | None]) -> tuple[Column, ...]:
    return tuple(_column(spec, parse) for spec, parse in specs.items())


def _ref(keys: Keys, *fields: str) -> Reference:
    return Reference(fields=fields, keys=keys, fatal=True)


def _hint(keys: Keys, *fields: str) -> Reference:
    return Reference(fields=fields, keys=keys, fatal=False)


MOMENT: Parser | None = None

_TABLES = (
    Table(
        kind=RecordKind.CALENDAR,
        optional=True,
        columns=_columns(
            {
                "calendar!": cells.code,
                "weekday": cells.weekday,
                "date": cells.day,
                "open=opens": cells.clock_time,
                "close=closes": cells.clock_time,
                "name": cells.text,
            }
        ),
    ),
    Table(
        kind=RecordKind.PLANTS,
        optional=True,
        columns=_columns(
            {
                "code!": cells.code,
                "name": cells.text,
                "state": cells.text,
                "gstin": cells.code,
                "timezone": cells.zone_name,
                "calendar": cells.code,
                "cutoff": cells.clock_time,
            }
        ),
        references=(_hint(Keys.CALENDARS, "calendar"),),
    ),
    Table(
        kind=RecordKind.WAREHOUSES,
        optional=True,
        columns=_columns(
            {
                "code!": cells.code,
                "plant": cells.code,
                "name": cells.text,
                "kind=warehouse_kind": cells.one_of(WarehouseKind),
            }
        ),
        references=(_hint(Keys.PLANTS, "plant"),),
    ),
    Table(
        kind=RecordKind.ROUTES,
        optional=True,
        columns=_columns(
            {
                "route!": cells.code,
                "weekday!": cells.weekday,
                "cutoff": cells.clock_time,
                "plant": cells.code,
            }
        ),
        references=(_hint(Keys.PLANTS, "plant"),),
    ),
    Table(
        kind=RecordKind.ITEMS,
        attributes=True,
        columns=_columns(
            {
                "sku!": cells.code,
                "name!": cells.text,
                "brand": cells.text,
                "category": cells.text,
                "base_uom!": cells.code,
                "order_uom!": cells.code,
                "mrp": cells.not_negative,
                "cost": cells.not_negative,
                "active": cells.yes_no,
                "hsn?": cells.code,
                "gst_rate?": cells.percent,
                "moq?": cells.not_negative,
                "multiple?": cells.positive,
                "weight_kg?": cells.not_negative,
                "volume_l?": cells.not_negative,
                "shelf_life_days?": cells.whole,
                "group?": cells.text,
                "replaced_by?": cells.code,
                "plant?": cells.code,
            }
        ),
        references=(
            _hint(Keys.SKU_UOMS, "sku", "base_uom"),
            _hint(Keys.SKU_UOMS, "sku", "order_uom"),
            _hint(Keys.SKUS, "replaced_by"),
            _hint(Keys.PLANTS, "plant"),
        ),
    ),
    Table(
        kind=RecordKind.UOMS,
        columns=_columns(
            {
                "sku!": cells.code,
                "uom!": cells.code,
                "factor!": cells.positive,
                "decimals?": cells.yes_no,
                "sales?": cells.yes_no,
            }
        ),
        references=(_ref(Keys.SKUS, "sku"),),
    ),
    Table(
        kind=RecordKind.CUSTOMERS,
        columns=_columns(
            {
                "code!": cells.code,
                "name!": cells.text,
                "tier": cells.code,
                "price_list": cells.code,
                "credit_limit": cells.not_negative,
                "outstanding": cells.number,
                "overdue_days": cells.whole,
                "blocked": cells.yes_no,
                "language": cells.text,
                "city": cells.text,
                "gstin?": cells.code,
                "state?": cells.text,
                "credit_days?": cells.whole,
                "default_ship_to?": cells.code,
                "warehouse?": cells.code,
                "sales_rep?": cells.text,
                "territory?": cells.text,
                "route?": cells.code,
                "min_order_value?": cells.not_negative,
                "short_rule?": cells.one_of(ShortRule),
                "rep_orders?": cells.lower,
                "auto_confirm?": cells.yes_no,
                "mode?": cells.one_of(Mode),
                "dispatch_news?": cells.yes_no,
                "balance_as_of?": MOMENT,
            }
        ),
        references=(
            _hint(Keys.PRICE_LISTS, "price_list"),
            _hint(Keys.ADDRESSES, "code", "default_ship_to"),
            _hint(Keys.WAREHOUSES, "warehouse"),
            _hint(Keys.ROUTES, "route"),
        ),
    ),
    Table(
        kind=RecordKind.ADDRESSES,
        optional=True,
        columns=_columns(
            {
                "customer!": cells.code,
                "code!": cells.code,
                "name": cells.text,
                "address": cells.text,
                "city": cells.text,
                "state": cells.text,
                "pincode": cells.code,
                "gstin": cells.code,
                "route": cells.code,
                "active": cells.yes_no,
            }
        ),
        references=(_ref(Keys.CUSTOMERS, "customer"), _hint(Keys.ROUTES, "route")),
    ),
    Table(
        kind=RecordKind.PEOPLE,
        columns=_columns(
            {
                "phone!": cells.phone,
                "name!": cells.text,
                "customer=firms": cells.several,
                "roles": cells.several,
                "functions": cells.several,
                "plant": cells.code,
                "language": cells.text,
                "customers?": cells.several,
                "active?": cells.yes_no,
                "until?": cells.day,
                "shared?": cells.yes_no,
                "sees_money?": cells.yes_no,
                "main?": cells.yes_no,
                "email?": cells.several,
            }
        ),
        references=(_hint(Keys.PLANTS, "plant"),),
    ),
    Table(
        kind=RecordKind.PRICES,
        columns=_columns(
            {
                "price_list!": cells.code,
                "sku!": cells.code,
                "uom!": cells.code,
                "min_qty": cells.not_negative,
                "price!": cells.not_negative,
                "floor": cells.not_negative,
                "valid_from?": cells.day,
                "valid_to?": cells.day,
                "currency?": cells.code,
                "tax_included?": cells.yes_no,
                "plant?": cells.code,
            }
        ),
        references=(_ref(Keys.SKUS, "sku"), _ref(Keys.SKU_UOMS, "sku", "uom"), _hint(Keys.PLANTS, "plant")),
    ),
    Table(
        kind=RecordKind.SCHEMES,
        optional=True,
        columns=_columns(
            {
                "code!": cells.code,
                "name": cells.text,
                "price_list": cells.code,
                "tier": cells.code,
                "customer": cells.code,
                "sku": cells.code,
                "group": cells.text,
                "buy_qty": cells.not_negative,
                "buy_uom": cells.code,
                "free_sku": cells.code,
                "free_qty": cells.not_negative,
                "percent": cells.percent,
                "amount": cells.not_negative,
                "valid_from": cells.day,
                "valid_to": cells.day,
                "cap_order": cells.not_negative,
                "cap_customer": cells.not_negative,
                "budget": cells.not_negative,
                "stacks": cells.yes_no,
            }
        ),
        references=(
            _ref(Keys.SKUS, "sku"),
            _ref(Keys.SKUS, "free_sku"),
            _ref(Keys.CUSTOMERS, "customer"),
            _hint(Keys.PRICE_LISTS, "price_list"),
        ),
    ),
    Table(
        kind=RecordKind.STOCK,
        columns=_columns(
            {
                "sku!": cells.code,
                "warehouse!": cells.code,
                "lot": cells.code,
                "qty!": cells.number,
                "status": cells.one_of(StockStatus),
                "mfg_date?": cells.day,
                "expiry?": cells.day,
                "mrp?": cells.not_negative,
                "as_of?": MOMENT,
            }
        ),
        references=(_ref(Keys.SKUS, "sku"), _hint(Keys.WAREHOUSES, "warehouse")),
    ),
    Table(
        kind=RecordKind.ORDERS,
        optional=True,
        columns=_columns(
            {
                "erp_number!": cells.code,
                "our_number": cells.code,
                "customer!": cells.code,
                "ship_to": cells.code,
                "date!": cells.day,
                "line!": cells.whole,
                "sku!": cells.code,
                "uom!": cells.code,
                "ordered!": cells.not_negative,
                "dispatched": cells.not_negative,
                "invoiced": cells.not_negative,
                "cancelled": cells.not_negative,
                "price": cells.not_negative,
                "status": cells.lower,
                "promised_on": cells.day,
                "invoice": cells.text,
                "vehicle": cells.text,
                "lr_no": cells.text,
                "as_of": MOMENT,
            }
        ),
        # An open line counts against the customer's credit even where its item is unknown to us.
        references=(_ref(Keys.CUSTOMERS, "customer"), _hint(Keys.SKU_UOMS, "sku", "uom")),
    ),
    Table(
        kind=RecordKind.ALIASES,
        columns=_columns(
            {
                "customer": cells.code,
                "alias!": cells.text,
                "sku!": cells.code,
                "uom": cells.code,
            }
        ),
        references=(
            _ref(Keys.CUSTOMERS, "customer"),
            _ref(Keys.SKUS, "sku"),
            _ref(Keys.SKU_UOMS, "sku", "uom"),
        ),
    ),
    Table(
        kind=RecordKind.WORK_CENTRES,
        columns=_columns({"code!": cells.code, "name!": cells.text, "plant": cells.code}),
        references=(_hint(Keys.PLANTS, "plant"),),
    ),
    Table(
        kind=RecordKind.PRODUCTION_ORDERS,
        optional=True,
        columns=_columns(
            {
                "number!": cells.code,
                "sku!": cells.code,
                "qty!": cells.positive,
                "uom!": cells.code,
                "due": cells.day,
                "status": cells.lower,
                "plant?": cells.code,
                "start?": cells.day,
                "priority?": cells.whole,
                "done?": cells.not_negative,
                "scrap?": cells.not_negative,
            }
        ),
        references=(_hint(Keys.SKUS, "sku"), _hint(Keys.PLANTS, "plant")),
    ),
    Table(
        kind=RecordKind.HISTORY,
        columns=_columns(
            {
                "order!": cells.code,
                "customer!": cells.code,
                "date!": cells.day,
                "sku!": cells.code,
                "qty!": cells.positive,
                "uom!": cells.code,
                "price": cells.not_negative,
                "ship_to?": cells.code,
                "free?": cells.yes_no,
                "returned?": cells.returned,
                "placed_by?": cells.text,
            }
        ),
        references=(
            _ref(Keys.CUSTOMERS, "customer"),
            _ref(Keys.SKUS, "sku"),
            _ref(Keys.SKU_UOMS, "sku", "uom"),
        ),
    ),
)

TABLES: Mapping[RecordKind, Table] = MappingProxyType({table.kind: table for table in _TABLES})
"""In the order in which they are best read: what is referred to, and what is small, first."""
