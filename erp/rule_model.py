"""Tables of the rules of prices: as they hold now, what was changed on the pages, and every version there was."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from erp.mirror_model import Mirrored
from erp.records import Day
from store.base import Base

# All their keys hold a day that may be absent, which no primary key may: so `row_key`.


class MirroredCustomerPrice(Mirrored, Base):
    """One row of `erp.records.CustomerPrice`."""

    __tablename__ = "customer_prices"

    row_key: Mapped[str] = mapped_column(primary_key=True)
    customer: Mapped[str]
    sku: Mapped[str]
    uom: Mapped[str]
    price: Mapped[Decimal]
    valid_from: Mapped[Day | None]
    valid_to: Mapped[Day | None]
    reference: Mapped[str]

    __table_args__ = (Index("ix_customer_prices_customer_sku", "customer", "sku"),)


class MirroredFloor(Mirrored, Base):
    """One row of `erp.records.Floor`."""

    __tablename__ = "floors"

    row_key: Mapped[str] = mapped_column(primary_key=True)
    tier: Mapped[str]
    group: Mapped[str]
    sku: Mapped[str]
    customer: Mapped[str]
    floor_price: Mapped[Decimal | None]
    min_margin_percent: Mapped[Decimal | None]
    max_discount_percent: Mapped[Decimal | None]
    absolute: Mapped[bool]
    valid_from: Mapped[Day | None]
    valid_to: Mapped[Day | None]

    __table_args__ = (Index("ix_floors_sku_group_customer", "sku", "group", "customer"),)


class MirroredLimit(Mirrored, Base):
    """One row of `erp.records.Limit`."""

    __tablename__ = "limits"

    row_key: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    role: Mapped[str]
    max_discount_percent: Mapped[Decimal | None]
    max_amount: Mapped[Decimal | None]
    group: Mapped[str]
    valid_from: Mapped[Day | None]
    valid_to: Mapped[Day | None]


class MirroredLevel(Mirrored, Base):
    """One row of `erp.records.ApprovalLevel`."""

    __tablename__ = "approval_levels"

    row_key: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int]
    min_discount_percent: Mapped[Decimal]
    min_amount: Mapped[Decimal]
    tier: Mapped[str]
    group: Mapped[str]
    customer: Mapped[str]
    plant: Mapped[str]
    approvers: Mapped[list[str]]
    mode: Mapped[str]
    expiry_minutes: Mapped[int]
    valid_from: Mapped[Day | None]
    valid_to: Mapped[Day | None]


class RuleHold(Base):
    """A rule that an admin decided about: its row is the pages' and not the ERP's, whatever a file says of it."""

    __tablename__ = "rule_holds"

    kind: Mapped[str] = mapped_column(primary_key=True)
    row_key: Mapped[str] = mapped_column(primary_key=True)
    told: Mapped[dict[str, Any] | None]
    """The row as the ERP's last listing had it; NULL: it has none of this key."""
    erp: Mapped[str] = mapped_column(default="")
    """Whose listing told it."""
    by: Mapped[str]
    at: Mapped[datetime]
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")


class RuleState(Base):
    """The number of the version in force; one row, whose lock puts versions in the order of their commits."""

    __tablename__ = "rule_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class RuleVersion(Base):
    """One change of what is in force: by a listing of the ERP or by an admin. Append-only."""

    __tablename__ = "rule_versions"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[str]
    """Who signed in to the pages, or the ERP's name."""
    origin: Mapped[str]
    """`pull`, `page`, `import` or `undo`."""
    reason: Mapped[str] = mapped_column(default="")
    undoes: Mapped[int | None]
    changed: Mapped[dict[str, Any]]
    """How many rows of each kind."""


class RuleChange(Base):
    """What one version did to one rule. Append-only."""

    __tablename__ = "rule_changes"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    row_key: Mapped[str] = mapped_column(primary_key=True)
    before: Mapped[dict[str, Any] | None]
    """NULL: it was not in force."""
    after: Mapped[dict[str, Any] | None]
    """NULL: it is no longer in force."""
    held_before: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether it was the pages' already."""

    __table_args__ = (Index("ix_rule_changes_kind_row_key", "kind", "row_key"),)
