"""Tables of mirrored master data: what the ERP owns, kept here as it was last told, nothing ever deleted."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from erp.records import Day
from store.base import Base


class Mirrored:
    """What every mirrored row carries besides the ERP's own columns, named like the record's fields."""

    erp: Mapped[str]
    listed: Mapped[bool] = mapped_column(default=True)
    """Whether the ERP's last listing had it."""
    changed_at: Mapped[datetime]


class MirroredPlant(Mirrored, Base):
    """One row of `erp.records.Plant`."""

    __tablename__ = "plants"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    state: Mapped[str]
    gstin: Mapped[str]
    timezone: Mapped[str]
    calendar: Mapped[str]
    cutoff: Mapped[time | None]


class MirroredCalendarDay(Mirrored, Base):
    """One row of `erp.records.CalendarDay`."""

    __tablename__ = "calendar_days"

    # Its key holds a weekday or a date, of which one is always absent.
    row_key: Mapped[str] = mapped_column(primary_key=True)
    calendar: Mapped[str] = mapped_column(index=True)
    weekday: Mapped[int | None]
    date: Mapped[Day | None]
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    name: Mapped[str]


class MirroredWarehouse(Mirrored, Base):
    """One row of `erp.records.Warehouse`."""

    __tablename__ = "warehouses"

    code: Mapped[str] = mapped_column(primary_key=True)
    plant: Mapped[str]
    name: Mapped[str]
    warehouse_kind: Mapped[str]


class MirroredRoute(Mirrored, Base):
    """One row of `erp.records.Route`."""

    __tablename__ = "routes"

    route: Mapped[str] = mapped_column(primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    plant: Mapped[str] = mapped_column(primary_key=True)
    cutoff: Mapped[time | None]


class MirroredItem(Mirrored, Base):
    """One row of `erp.records.Item`."""

    __tablename__ = "items"

    sku: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    brand: Mapped[str]
    category: Mapped[str]
    base_uom: Mapped[str]
    order_uom: Mapped[str]
    mrp: Mapped[Decimal | None]
    cost: Mapped[Decimal | None]
    active: Mapped[bool]
    hsn: Mapped[str]
    gst_rate: Mapped[Decimal | None]
    moq: Mapped[Decimal | None]
    multiple: Mapped[Decimal | None]
    weight_kg: Mapped[Decimal | None]
    volume_l: Mapped[Decimal | None]
    shelf_life_days: Mapped[int | None]
    group: Mapped[str]
    replaced_by: Mapped[str]
    plant: Mapped[str]
    attributes: Mapped[dict[str, str]]


class MirroredUom(Mirrored, Base):
    """One row of `erp.records.ItemUom`."""

    __tablename__ = "item_uoms"

    sku: Mapped[str] = mapped_column(primary_key=True)
    uom: Mapped[str] = mapped_column(primary_key=True)
    factor: Mapped[Decimal]
    decimals: Mapped[bool]
    sales: Mapped[bool]


class MirroredPrice(Mirrored, Base):
    """One row of `erp.records.Price`."""

    __tablename__ = "prices"

    # Its key holds a date that may be absent, which no primary key may.
    row_key: Mapped[str] = mapped_column(primary_key=True)
    price_list: Mapped[str]
    sku: Mapped[str]
    uom: Mapped[str]
    min_qty: Mapped[Decimal]
    price: Mapped[Decimal]
    floor: Mapped[Decimal | None]
    valid_from: Mapped[Day | None]
    valid_to: Mapped[Day | None]
    currency: Mapped[str]
    tax_included: Mapped[bool]
    plant: Mapped[str]

    __table_args__ = (Index("ix_prices_price_list_sku", "price_list", "sku"),)


class MirroredScheme(Mirrored, Base):
    """One row of `erp.records.Scheme`."""

    __tablename__ = "schemes"

    row_key: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    price_list: Mapped[str]
    tier: Mapped[str]
    customer: Mapped[str]
    sku: Mapped[str]
    group: Mapped[str]
    buy_qty: Mapped[Decimal | None]
    buy_uom: Mapped[str]
    free_sku: Mapped[str]
    free_qty: Mapped[Decimal | None]
    percent: Mapped[Decimal | None]
    amount: Mapped[Decimal | None]
    valid_from: Mapped[Day | None]
    valid_to: Mapped[Day | None]
    cap_order: Mapped[Decimal | None]
    cap_customer: Mapped[Decimal | None]
    budget: Mapped[Decimal | None]
    stacks: Mapped[bool]

    __table_args__ = (Index("ix_schemes_sku_group", "sku", "group"),)


class MirroredStock(Mirrored, Base):
    """One row of `erp.records.Stock`."""

    __tablename__ = "stock"

    sku: Mapped[str] = mapped_column(primary_key=True)
    warehouse: Mapped[str] = mapped_column(primary_key=True)
    lot: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    qty: Mapped[Decimal]
    mfg_date: Mapped[Day | None]
    expiry: Mapped[Day | None]
    mrp: Mapped[Decimal | None]
    as_of: Mapped[datetime | None]


class MirroredOrderLine(Mirrored, Base):
    """One row of `erp.records.OpenOrderLine`; not listed any more: closed."""

    __tablename__ = "erp_order_lines"

    erp_number: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    our_number: Mapped[str] = mapped_column(index=True)
    customer: Mapped[str] = mapped_column(index=True)
    ship_to: Mapped[str]
    date: Mapped[Day]
    sku: Mapped[str]
    uom: Mapped[str]
    ordered: Mapped[Decimal]
    dispatched: Mapped[Decimal]
    invoiced: Mapped[Decimal]
    cancelled: Mapped[Decimal]
    price: Mapped[Decimal | None]
    status: Mapped[str]
    promised_on: Mapped[Day | None]
    invoice: Mapped[str]
    vehicle: Mapped[str]
    lr_no: Mapped[str]
    as_of: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_erp_order_lines_sku_open", "sku", postgresql_where=text("listed")),
        Index("ix_erp_order_lines_dispatched", "customer", postgresql_where=text("listed AND dispatched > 0")),
        Index("ix_erp_order_lines_date", "date", postgresql_using="brin"),
    )


class DispatchTold(Base):
    """How much of a line of the ERP's open orders its customer was told has left, and under which papers."""

    __tablename__ = "dispatch_told"

    erp_number: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    dispatched: Mapped[Decimal]
    """In the line's unit; the most that was ever told."""
    invoice: Mapped[str]
    vehicle: Mapped[str]
    lr_no: Mapped[str]
    told_at: Mapped[datetime]


class DispatchWatch(Base):
    """From when on dispatches in an ERP's list are news; what had left before is known."""

    __tablename__ = "dispatch_watch"

    erp: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class MirroredWorkCentre(Mirrored, Base):
    """One row of `erp.records.WorkCentre`."""

    __tablename__ = "work_centres"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    plant: Mapped[str]


class MirroredProductionOrder(Mirrored, Base):
    """One row of `erp.records.ProductionOrder`."""

    __tablename__ = "production_orders"

    number: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str]
    qty: Mapped[Decimal]
    uom: Mapped[str]
    due: Mapped[Day | None]
    status: Mapped[str]
    plant: Mapped[str]
    start: Mapped[Day | None]
    priority: Mapped[int | None]
    done: Mapped[Decimal]
    scrap: Mapped[Decimal]


class MirroredHistoryLine(Mirrored, Base):
    """One row of `erp.records.HistoryLine`."""

    __tablename__ = "history_lines"

    order: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer: Mapped[str]
    date: Mapped[Day]
    sku: Mapped[str]
    qty: Mapped[Decimal]
    uom: Mapped[str]
    price: Mapped[Decimal | None]
    ship_to: Mapped[str]
    free: Mapped[bool]
    returned: Mapped[Decimal]
    placed_by: Mapped[str]

    __table_args__ = (Index("ix_history_lines_customer_date", "customer", "date"),)


class MirrorState(Base):
    """How far one listing of one ERP has been read, and what was wrong with it."""

    __tablename__ = "mirror_state"

    erp: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    stamp: Mapped[str] = mapped_column(default="")
    """The last version looked at, taken over or not."""
    rows: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    pulled_at: Mapped[datetime | None]
    """When a version was last taken over."""
    looked_at: Mapped[datetime | None]
    """When the version of `stamp` was judged."""
    as_of: Mapped[datetime | None]
    """The newest moment its rows speak of."""
    problems: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    kept_previous: Mapped[bool] = mapped_column(default=False)
    """The last version was refused; what is here is older, until a person agrees."""
    agreed_stamp: Mapped[str] = mapped_column(default="")
    agreed_by: Mapped[str] = mapped_column(default="")
    agreed_at: Mapped[datetime | None]
    keys: Mapped[list[Any]] = mapped_column(default=list)
    """Of listings that others keep: which rows the last version had."""
    names_digest: Mapped[str] = mapped_column(default="")
    """Of listings that others keep: what the catalogue needs of them."""


class MirrorRevision(Base):
    """The number of the master data's present state, as far as a catalogue is made from it; one row."""

    __tablename__ = "mirror_revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    at: Mapped[datetime]
