"""The plain files that hold the rules of prices; see `erp.rule_records`."""

from __future__ import annotations

from erp.files import cells
from erp.files.table import Keys, Table, columns, hint, ref
from erp.record import RecordKind
from erp.rule_records import LevelMode

RULE_TABLES = (
    Table(
        kind=RecordKind.PRICES,
        columns=columns(
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
        references=(ref(Keys.SKUS, "sku"), ref(Keys.SKU_UOMS, "sku", "uom"), hint(Keys.PLANTS, "plant")),
    ),
    Table(
        kind=RecordKind.SCHEMES,
        optional=True,
        columns=columns(
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
            ref(Keys.SKUS, "sku"),
            ref(Keys.SKUS, "free_sku"),
            ref(Keys.CUSTOMERS, "customer"),
            ref(Keys.SKU_UOMS, "sku", "buy_uom"),
            ref(Keys.GROUPS, "group"),
            ref(Keys.TIERS, "tier"),
            hint(Keys.PRICE_LISTS, "price_list"),
        ),
    ),
    Table(
        kind=RecordKind.CUSTOMER_PRICES,
        optional=True,
        columns=columns(
            {
                "customer!": cells.code,
                "sku!": cells.code,
                "uom!": cells.code,
                "price!": cells.positive,
                "valid_from": cells.day,
                "valid_to": cells.day,
                "reference": cells.text,
            }
        ),
        references=(
            ref(Keys.CUSTOMERS, "customer"),
            ref(Keys.SKUS, "sku"),
            ref(Keys.SKU_UOMS, "sku", "uom"),
        ),
    ),
    Table(
        kind=RecordKind.FLOORS,
        optional=True,
        columns=columns(
            {
                "tier": cells.code,
                "group": cells.text,
                "sku": cells.code,
                "customer": cells.code,
                "floor_price": cells.positive,
                "min_margin_percent": cells.not_negative,
                "max_discount_percent": cells.percent,
                "absolute": cells.yes_no,
                "valid_from?": cells.day,
                "valid_to?": cells.day,
            }
        ),
        references=(
            ref(Keys.SKUS, "sku"),
            ref(Keys.CUSTOMERS, "customer"),
            ref(Keys.GROUPS, "group"),
            ref(Keys.TIERS, "tier"),
        ),
    ),
    Table(
        kind=RecordKind.LIMITS,
        optional=True,
        columns=columns(
            {
                "person": cells.phone,
                "role": cells.lower,
                "max_discount_percent": cells.percent,
                "max_amount": cells.not_negative,
                "group": cells.text,
                "valid_from?": cells.day,
                "valid_to?": cells.day,
            }
        ),
        references=(ref(Keys.GROUPS, "group"),),
    ),
    Table(
        kind=RecordKind.APPROVAL_MATRIX,
        optional=True,
        columns=columns(
            {
                "level!": cells.whole,
                "min_discount_percent": cells.percent,
                "min_amount": cells.not_negative,
                "tier": cells.code,
                "group": cells.text,
                "plant": cells.code,
                "approvers!": cells.approvers,
                "mode": cells.one_of(LevelMode),
                "expiry_minutes": cells.whole,
                "customer?": cells.code,
                "valid_from?": cells.day,
                "valid_to?": cells.day,
            }
        ),
        references=(
            ref(Keys.GROUPS, "group"),
            ref(Keys.TIERS, "tier"),
            ref(Keys.CUSTOMERS, "customer"),
            ref(Keys.PLANTS, "plant"),
        ),
    ),
)
