"""The rules of prices as an ERP hands them over: price lists, contract prices, schemes, floors, limits, the matrix.

Each may hold from a day to a day, both included; of equal rows the one that began last holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from erp.record import Day, Record, RecordKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Price(Record):
    """What one UoM of an item costs on one price list, from a quantity on."""

    kind: ClassVar[RecordKind] = RecordKind.PRICES
    key_fields: ClassVar[tuple[str, ...]] = ("price_list", "sku", "uom", "min_qty", "valid_from", "plant")

    price_list: str
    sku: str
    uom: str
    min_qty: Decimal = Decimal(0)
    """Counts the line, in this row's UoM."""
    price: Decimal
    floor: Decimal | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    """The last day it holds."""
    currency: str = "INR"
    tax_included: bool = False
    plant: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheme(Record):
    """A rule that gives goods or money away."""

    kind: ClassVar[RecordKind] = RecordKind.SCHEMES
    key_fields: ClassVar[tuple[str, ...]] = (
        "code",
        "price_list",
        "tier",
        "customer",
        "sku",
        "group",
        "buy_qty",
        "valid_from",
    )

    code: str
    name: str = ""
    price_list: str = ""
    tier: str = ""
    customer: str = ""
    sku: str = ""
    group: str = ""
    buy_qty: Decimal | None = None
    buy_uom: str = ""
    free_sku: str = ""
    free_qty: Decimal | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    cap_order: Decimal | None = None
    cap_customer: Decimal | None = None
    budget: Decimal | None = None
    stacks: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerPrice(Record):
    """What one customer has been promised to pay for one UoM of an item, before any price list."""

    kind: ClassVar[RecordKind] = RecordKind.CUSTOMER_PRICES
    key_fields: ClassVar[tuple[str, ...]] = ("customer", "sku", "uom", "valid_from")

    customer: str
    sku: str
    uom: str
    price: Decimal
    """In rupees without tax."""
    valid_from: Day | None = None
    valid_to: Day | None = None
    """The last day it holds."""
    reference: str = ""
    """The contract or letter it stands in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Floor(Record):
    """Below this a line is not posted without a live approval; where `absolute`, not at all."""

    kind: ClassVar[RecordKind] = RecordKind.FLOORS
    key_fields: ClassVar[tuple[str, ...]] = ("tier", "group", "sku", "customer", "absolute", "valid_from")

    tier: str = ""
    group: str = ""
    sku: str = ""
    customer: str = ""
    floor_price: Decimal | None = None
    """Of one order UoM of the item, in rupees without tax."""
    min_margin_percent: Decimal | None = None
    """Over the item's cost."""
    max_discount_percent: Decimal | None = None
    """Off the list price."""
    absolute: bool = False
    valid_from: Day | None = None
    valid_to: Day | None = None
    """The last day it holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit(Record):
    """How far below the list price somebody may go by his own word; a person's row goes before his role's."""

    kind: ClassVar[RecordKind] = RecordKind.LIMITS
    key_fields: ClassVar[tuple[str, ...]] = ("person", "role", "group", "valid_from")

    person: str = ""
    """His phone, E.164; empty: everyone of the role."""
    role: str = ""
    max_discount_percent: Decimal | None = None
    max_amount: Decimal | None = None
    """What he may give away on one order, in rupees."""
    group: str = ""
    valid_from: Day | None = None
    valid_to: Day | None = None
    """The last day it holds."""


class LevelMode(StrEnum):
    """Whether a level is asked after the one before it, or together with it. Within a level all are asked at once."""

    TURN = "turn"
    PARALLEL = "parallel"


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalLevel(Record):
    """Who decides on a price the rules do not give; needed once a deal reaches its depth or its amount (0: neither)."""

    kind: ClassVar[RecordKind] = RecordKind.APPROVAL_MATRIX
    key_fields: ClassVar[tuple[str, ...]] = ("level", "tier", "group", "customer", "plant", "valid_from")

    level: int
    """1 to 3."""
    min_discount_percent: Decimal = Decimal(0)
    """Off the list price."""
    min_amount: Decimal = Decimal(0)
    """What the order gives away, in rupees."""
    tier: str = ""
    group: str = ""
    customer: str = ""
    plant: str = ""
    approvers: tuple[str, ...] = ()
    """Roles (`approver:1`) or phones."""
    mode: LevelMode = LevelMode.TURN
    expiry_minutes: int = 30
    """Of the approver's working time; then the next level is asked."""
    valid_from: Day | None = None
    valid_to: Day | None = None
    """The last day it holds."""


RULE_KINDS = (
    RecordKind.PRICES,
    RecordKind.CUSTOMER_PRICES,
    RecordKind.SCHEMES,
    RecordKind.FLOORS,
    RecordKind.LIMITS,
    RecordKind.APPROVAL_MATRIX,
)
"""The listings of rules, in the order in which people think of them."""
Rule = Price | CustomerPrice | Scheme | Floor | Limit | ApprovalLevel
