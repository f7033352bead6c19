"""The plain files one by one: columns, what each may hold, and which rows of other files it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from erp.files import cells
from erp.files.rule_tables import RULE_TABLES
from erp.files.table import KEY_COLUMNS, MOMENT, Column, Keys, Reference, Table, columns, hint, ref
from erp.records import Mode, RecordKind, ShortRule, StockStatus, WarehouseKind

__all__ = ["KEY_COLUMNS", "TABLES", "Column", "Keys", "Reference", "Table"]

_TABLES = (
    Table(
        kind=RecordKind.CALENDAR,
        optional=True,
        columns=columns(
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
        columns=columns(
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
        references=(hint(Keys.CALENDARS, "calendar"),),
    ),
    Table(
        kind=RecordKind.WAREHOUSES,
        optional=True,
        columns=columns(
            {
                "code!": cells.code,
                "plant": cells.code,
                "name": cells.text,
                "kind=warehouse_kind": cells.one_of(WarehouseKind),
            }
        ),
        references=(hint(Keys.PLANTS, "plant"),),
    ),
    Table(
        kind=RecordKind.ROUTES,
        optional=True,
        columns=columns(
            {
                "route!": cells.code,
                "weekday!": cells.weekday,
                "cutoff": cells.clock_time,
                "plant": cells.code,
            }
        ),
        references=(hint(Keys.PLANTS, "plant"),),
    ),
    Table(
        kind=RecordKind.ITEMS,
        attributes=True,
        columns=columns(
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
            hint(Keys.SKU_UOMS, "sku", "base_uom"),
            hint(Keys.SKU_UOMS, "sku", "order_uom"),
            hint(Keys.SKUS, "replaced_by"),
            hint(Keys.PLANTS, "plant"),
        ),
    ),
    Table(
        kind=RecordKind.UOMS,
        columns=columns(
            {
                "sku!": cells.code,
                "uom!": cells.code,
                "factor!": cells.positive,
                "decimals?": cells.yes_no,
                "sales?": cells.yes_no,
            }
        ),
        references=(ref(Keys.SKUS, "sku"),),
    ),
    Table(
        kind=RecordKind.CUSTOMERS,
        columns=columns(
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
            hint(Keys.PRICE_LISTS, "price_list"),
            hint(Keys.ADDRESSES, "code", "default_ship_to"),
            hint(Keys.WAREHOUSES, "warehouse"),
            hint(Keys.ROUTES, "route"),
        ),
    ),
    Table(
        kind=RecordKind.ADDRESSES,
        optional=True,
        columns=columns(
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
        references=(ref(Keys.CUSTOMERS, "customer"), hint(Keys.ROUTES, "route")),
    ),
    Table(
        kind=RecordKind.PEOPLE,
        columns=columns(
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
        references=(hint(Keys.PLANTS, "plant"),),
    ),
    *RULE_TABLES,
    Table(
        kind=RecordKind.STOCK,
        columns=columns(
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
        references=(ref(Keys.SKUS, "sku"), hint(Keys.WAREHOUSES, "warehouse")),
    ),
    Table(
        kind=RecordKind.ORDERS,
        optional=True,
        columns=columns(
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
        references=(ref(Keys.CUSTOMERS, "customer"), hint(Keys.SKU_UOMS, "sku", "uom")),
    ),
    Table(
        kind=RecordKind.ALIASES,
        columns=columns(
            {
                "customer": cells.code,
                "alias!": cells.text,
                "sku!": cells.code,
                "uom": cells.code,
            }
        ),
        references=(
            ref(Keys.CUSTOMERS, "customer"),
            ref(Keys.SKUS, "sku"),
            ref(Keys.SKU_UOMS, "sku", "uom"),
        ),
    ),
    Table(
        kind=RecordKind.WORK_CENTRES,
        columns=columns({"code!": cells.code, "name!": cells.text, "plant": cells.code}),
        references=(hint(Keys.PLANTS, "plant"),),
    ),
    Table(
        kind=RecordKind.PRODUCTION_ORDERS,
        optional=True,
        columns=columns(
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
        references=(hint(Keys.SKUS, "sku"), hint(Keys.PLANTS, "plant")),
    ),
    Table(
        kind=RecordKind.HISTORY,
        columns=columns(
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
            ref(Keys.CUSTOMERS, "customer"),
            ref(Keys.SKUS, "sku"),
            ref(Keys.SKU_UOMS, "sku", "uom"),
        ),
    ),
)

TABLES: Mapping[RecordKind, Table] = MappingProxyType({table.kind: table for table in _TABLES})
"""In the order in which they are best read: what is referred to, and what is small, first."""
