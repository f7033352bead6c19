"""Master data as an ERP hands it over: one frozen value per row, one class per kind of listing.

Field names are the columns of the plain-file ERP, so that every adapter means the same by the same word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from erp.record import Day, Record, RecordKind, field_names, plain
from erp.rule_records import ApprovalLevel, CustomerPrice, Floor, LevelMode, Limit, Price, Scheme

__all__ = [
    "NO_ATTRIBUTES",
    "RECORD_CLASSES",
    "Address",
    "AliasRow",
    "ApprovalLevel",
    "CalendarDay",
    "Customer",
    "CustomerPrice",
    "Day",
    "Floor",
    "HistoryLine",
    "Item",
    "ItemUom",
    "LevelMode",
    "Limit",
    "Mode",
    "OpenOrderLine",
    "Person",
    "Plant",
    "Price",
    "ProductionOrder",
    "Record",
    "RecordKind",
    "Route",
    "Scheme",
    "ShortRule",
    "Stock",
    "StockStatus",
    "Warehouse",
    "WarehouseKind",
    "WorkCentre",
    "field_names",
    "plain",
]

NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


class WarehouseKind(StrEnum):
    """What lies in a warehouse."""

    FINISHED_GOODS = "fg"
    RAW_MATERIAL = "rm"
    WORK_IN_PROGRESS = "wip"
    HOLD = "hold"
    DEPOT = "depot"
    VAN = "van"


class StockStatus(StrEnum):
    """Whether stock may be promised."""

    AVAILABLE = "available"
    HOLD = "hold"
    INSPECTION = "inspection"


class ShortRule(StrEnum):
    """What a customer wants done with a line that is short of stock."""

    BACKORDER = "backorder"
    CUT = "cut"
    ASK = "ask"


class Mode(StrEnum):
    """How far Munshi may go for a customer: reads only, a clerk confirms, or on its own."""

    SHADOW = "shadow"
    ASSIST = "assist"
    LIVE = "live"


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarDay(Record):
    """The hours of one weekday in a calendar, or of one date, which go before its weekday's; no hours: closed."""

    kind: ClassVar[RecordKind] = RecordKind.CALENDAR
    key_fields: ClassVar[tuple[str, ...]] = ("calendar", "weekday", "date")

    calendar: str
    weekday: int | None = None
    """1 is Monday, 7 is Sunday."""
    date: Day | None = None
    opens: time | None = None
    closes: time | None = None
    """00:00 is the end of the day."""
    name: str = ""
    """What the day is called: a holiday's name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plant(Record):
    """Where goods are made or sent from."""

    kind: ClassVar[RecordKind] = RecordKind.PLANTS
    key_fields: ClassVar[tuple[str, ...]] = ("code",)

    code: str
    name: str = ""
    state: str = ""
    gstin: str = ""
    timezone: str = ""
    """IANA name; empty: the time zone setting."""
    calendar: str = ""
    cutoff: time | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Warehouse(Record):
    """A place where stock is counted."""

    kind: ClassVar[RecordKind] = RecordKind.WAREHOUSES
    key_fields: ClassVar[tuple[str, ...]] = ("code",)

    code: str
    plant: str = ""
    name: str = ""
    # The column of this name collides with the class's own `kind`.
    warehouse_kind: WarehouseKind = WarehouseKind.FINISHED_GOODS


@dataclass(frozen=True, kw_only=True, slots=True)
class Route(Record):
    """A delivery route's day."""

    kind: ClassVar[RecordKind] = RecordKind.ROUTES
    key_fields: ClassVar[tuple[str, ...]] = ("route", "weekday", "plant")

    route: str
    weekday: int
    """1 is Monday, 7 is Sunday."""
    cutoff: time | None = None
    plant: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item(Record):
    """Something sold or made."""

    kind: ClassVar[RecordKind] = RecordKind.ITEMS
    key_fields: ClassVar[tuple[str, ...]] = ("sku",)

    sku: str
    name: str
    brand: str = ""
    category: str = ""
    base_uom: str
    order_uom: str
    mrp: Decimal | None = None
    cost: Decimal | None = None
    active: bool = True
    hsn: str = ""
    gst_rate: Decimal | None = None
    """Percent; None: not told, so tax is "GST extra"."""
    moq: Decimal | None = None
    """In the order UoM, like `multiple`."""
    multiple: Decimal | None = None
    weight_kg: Decimal | None = None
    volume_l: Decimal | None = None
    shelf_life_days: int | None = None
    group: str = ""
    replaced_by: str = ""
    plant: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: NO_ATTRIBUTES)


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemUom(Record):
    """One rung of an item's pack ladder: one `uom` is `factor` base units."""

    kind: ClassVar[RecordKind] = RecordKind.UOMS
    key_fields: ClassVar[tuple[str, ...]] = ("sku", "uom")

    sku: str
    uom: str
    factor: Decimal
    decimals: bool = True
    """Whether fractions are allowed; an ERP that does not say refuses nothing."""
    sales: bool = True
    """Whether customers may order in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer(Record):
    """A buying company, with its terms and its balance."""

    kind: ClassVar[RecordKind] = RecordKind.CUSTOMERS
    key_fields: ClassVar[tuple[str, ...]] = ("code",)

    code: str
    name: str
    tier: str = ""
    price_list: str = ""
    credit_limit: Decimal | None = None
    """None: not configured, goes to finance; 0: cash only."""
    outstanding: Decimal = Decimal(0)
    """Invoiced, with tax; negative is money paid in advance."""
    overdue_days: int = 0
    blocked: bool = False
    language: str = ""
    city: str = ""
    gstin: str = ""
    state: str = ""
    credit_days: int | None = None
    default_ship_to: str = ""
    warehouse: str = ""
    sales_rep: str = ""
    territory: str = ""
    route: str = ""
    min_order_value: Decimal | None = None
    short_rule: ShortRule = ShortRule.BACKORDER
    rep_orders: str = ""
    auto_confirm: bool = False
    mode: Mode = Mode.LIVE
    dispatch_news: bool = True
    balance_as_of: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Address(Record):
    """A place a customer's goods are sent to."""

    kind: ClassVar[RecordKind] = RecordKind.ADDRESSES
    key_fields: ClassVar[tuple[str, ...]] = ("customer", "code")

    customer: str
    code: str
    name: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    pincode: str = ""
    gstin: str = ""
    route: str = ""
    active: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Person(Record):
    """A human who writes to us."""

    kind: ClassVar[RecordKind] = RecordKind.PEOPLE
    key_fields: ClassVar[tuple[str, ...]] = ("phone",)

    phone: str
    """E.164, with the plus."""
    name: str
    firms: tuple[str, ...] = ()
    """The column `customer`: the firms this person buys for."""
    roles: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    """Only what the ERP says; what a role implies is added by whoever knows roles."""
    plant: str = ""
    language: str = ""
    customers: tuple[str, ...] = ()
    """The firms a rep may order for: codes or `territory:…`."""
    active: bool = True
    until: Day | None = None
    """The last day of access."""
    shared: bool = False
    sees_money: bool = False
    main: bool = False
    email: tuple[str, ...] = ()
    """The mail addresses this person writes from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock(Record):
    """What lies of one lot in one warehouse, in one status."""

    kind: ClassVar[RecordKind] = RecordKind.STOCK
    key_fields: ClassVar[tuple[str, ...]] = ("sku", "warehouse", "lot", "status")

    sku: str
    warehouse: str
    lot: str = ""
    qty: Decimal
    """In the base UoM; an ERP may hold a negative one."""
    status: StockStatus = StockStatus.AVAILABLE
    mfg_date: Day | None = None
    expiry: Day | None = None
    mrp: Decimal | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenOrderLine(Record):
    """One line of an order that is open in the ERP, whoever keyed it."""

    kind: ClassVar[RecordKind] = RecordKind.ORDERS
    key_fields: ClassVar[tuple[str, ...]] = ("erp_number", "line")

    erp_number: str
    our_number: str = ""
    """Empty: keyed in the ERP."""
    customer: str
    ship_to: str = ""
    date: Day
    line: int
    sku: str
    uom: str
    ordered: Decimal
    dispatched: Decimal = Decimal(0)
    invoiced: Decimal = Decimal(0)
    cancelled: Decimal = Decimal(0)
    price: Decimal | None = None
    status: str = ""
    promised_on: Day | None = None
    invoice: str = ""
    vehicle: str = ""
    lr_no: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasRow(Record):
    """A name people use for an item."""

    kind: ClassVar[RecordKind] = RecordKind.ALIASES
    key_fields: ClassVar[tuple[str, ...]] = ("customer", "alias")

    customer: str = ""
    """Empty: everyone's."""
    alias: str
    sku: str
    uom: str = ""
    """Empty: the message says the unit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkCentre(Record):
    """A line or machine."""

    kind: ClassVar[RecordKind] = RecordKind.WORK_CENTRES
    key_fields: ClassVar[tuple[str, ...]] = ("code",)

    code: str
    name: str
    plant: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductionOrder(Record):
    """So much of an item to be made."""

    kind: ClassVar[RecordKind] = RecordKind.PRODUCTION_ORDERS
    key_fields: ClassVar[tuple[str, ...]] = ("number",)

    number: str
    sku: str
    qty: Decimal
    uom: str
    due: Day | None = None
    status: str = ""
    """As the ERP has it; `closed` orders are kept, since people speak of them for a while."""
    plant: str = ""
    start: Day | None = None
    priority: int | None = None
    done: Decimal = Decimal(0)
    scrap: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryLine(Record):
    """One line of a past order."""

    kind: ClassVar[RecordKind] = RecordKind.HISTORY
    key_fields: ClassVar[tuple[str, ...]] = ("order", "line")

    order: str
    line: int
    """The how-manieth line of its order in the listing, from 1."""
    customer: str
    date: Day
    sku: str
    qty: Decimal
    uom: str
    price: Decimal | None = None
    ship_to: str = ""
    free: bool = False
    returned: Decimal = Decimal(0)
    """How much of `qty` came back."""
    placed_by: str = ""


RECORD_CLASSES: Mapping[RecordKind, type[Record]] = MappingProxyType(
    {
        cls.kind: cls
        for cls in (
            CalendarDay,
            Plant,
            Warehouse,
            Route,
            Item,
            ItemUom,
            Customer,
            Address,
            Person,
            Price,
            Scheme,
            Stock,
            OpenOrderLine,
            AliasRow,
            WorkCentre,
            ProductionOrder,
            HistoryLine,
            CustomerPrice,
            Floor,
            Limit,
            ApprovalLevel,
        )
    }
)
