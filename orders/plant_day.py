"""What was ordered of a plant since some moment: by item against its stock, and what nobody has confirmed yet."""

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import Session

from erp import mirror
from erp.mirror_model import MirroredWarehouse
from erp.records import plain
from orders.alias_files import safe
from orders.free_stock import ZERO, free
from orders.goods import Goods, goods_of
from orders.model import DraftLine, DraftState, OrderDraft, OrderLine, OrderState, SalesOrder
from orders.stock import KINDS_FOR_ALL, held_quantities
from people.model import Party

COLUMNS = (
    "state",
    "number",
    "erp_number",
    "customer",
    "name",
    "city",
    "ship_to",
    "at",
    "requested_on",
    "leaves_on",
    "urgent",
    "sku",
    "item",
    "quantity",
    "uom",
)
UNCONFIRMED = "unconfirmed"
THE_ONLY_ONE = "*"
NOT_CONFIRMED = (DraftState.OPEN.value, DraftState.DESK.value)
NOT_SETTLED = "(not settled)"
"""The words of a message stay with the message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordered:
    """An item of these orders; amounts in its order unit."""

    sku: str
    name: str
    uom: str
    quantity: Decimal
    stock: Decimal
    """Available at the plant."""
    held: Decimal
    """What all open orders of the plant hold of it, these included."""

    @property
    def short(self) -> Decimal:
        """What all open orders hold beyond what is there."""
        return max(ZERO, self.held - self.stock)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unconfirmed:
    """A draft its sender has not confirmed."""

    draft_id: int
    firm: str
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantDay:
    """All of it, what is short first, and the list as CSV. No price is in it."""

    orders: int
    lines: int
    goods: tuple[Ordered, ...]
    unconfirmed: tuple[Unconfirmed, ...]
    sheet: str

    @property
    def empty(self) -> bool:
        return not self.orders and not self.unconfirmed


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A line of the list."""

    state: str
    number: str
    erp_number: str
    party: Party
    ship_to: str
    at: datetime
    requested_on: date | None
    leaves_on: date | None
    urgent: bool
    sku: str | None
    quantity: Decimal | None
    uom: str


def plant_day(session: Session, plant: str, *, since: datetime, until: datetime, day: date) -> PlantDay:
    """The orders confirmed after `since` up to `until`, none cancelled, and the drafts that are open or at the desk.

    `day` is the plant's today: stock that has expired by it does not count. All orders are of the only plant there is.
    """
    if len(mirror.plants(session)) == 1:
        plant = THE_ONLY_ONE
    ordered = _ordered(session, plant, since=since, until=until)
    drafted = _drafted(session, plant)
    goods = goods_of(session, {line.sku for line in (*ordered, *drafted) if line.sku}, price_list="")
    drafts: dict[str, Unconfirmed] = {}
    for line in drafted:
        before = drafts.get(line.number)
        drafts[line.number] = Unconfirmed(
            draft_id=int(line.number), firm=line.party.name, lines=(before.lines if before else 0) + 1
        )
    return PlantDay(
        orders=len({line.number for line in ordered}),
        lines=len(ordered),
        goods=_by_item(session, plant, ordered, goods, day=day),
        unconfirmed=tuple(drafts.values()),
        sheet=_sheet([*ordered, *drafted], goods),
    )


def _ordered(session: Session, plant: str, *, since: datetime, until: datetime) -> list[_Line]:
    rows = session.execute(
        select(SalesOrder, OrderLine, Party)
        .join(OrderLine, OrderLine.order_number == SalesOrder.number)
        .join(Party, Party.code == SalesOrder.party_code)
        .outerjoin(MirroredWarehouse, MirroredWarehouse.code == Party.warehouse)
        .where(
            SalesOrder.confirmed_at > since,
            SalesOrder.confirmed_at <= until,
            SalesOrder.state != OrderState.CANCELLED.value,
            SalesOrder.simulated.is_(False),
            or_(literal(plant) == THE_ONLY_ONE, func.coalesce(SalesOrder.plant, MirroredWarehouse.plant, "") == plant),
        )
        .order_by(SalesOrder.confirmed_at, SalesOrder.number, OrderLine.no)
    )
    return [
        _Line(
            state=order.state,
            number=order.number,
            erp_number=order.erp_number or "",
            party=party,
            ship_to=order.ship_to or "",
            at=order.confirmed_at,
            requested_on=line.requested_on or order.requested_on,
            leaves_on=order.next_dispatch_on,
            urgent=order.urgent,
            sku=line.sku,
            quantity=line.quantity,
            uom=line.uom,
        )
        for order, line, party in rows
    ]


def _drafted(session: Session, plant: str) -> list[_Line]:
    rows = session.execute(
        select(OrderDraft, DraftLine, Party)
        .join(DraftLine, DraftLine.draft_id == OrderDraft.id)
        .join(Party, Party.code == OrderDraft.party_code)
        .outerjoin(MirroredWarehouse, MirroredWarehouse.code == Party.warehouse)
        .where(
            OrderDraft.state.in_(NOT_CONFIRMED),
            OrderDraft.changes_order.is_(None),
            OrderDraft.simulated.is_(False),
            DraftLine.left_out.is_(False),
            or_(literal(plant) == THE_ONLY_ONE, func.coalesce(MirroredWarehouse.plant, "") == plant),
        )
        .order_by(OrderDraft.id, DraftLine.no)
    )
    return [
        _Line(
            state=UNCONFIRMED,
            number=str(draft.id),
            erp_number="",
            party=party,
            ship_to=draft.ship_to or "",
            at=draft.touched_at,
            requested_on=line.requested_on or draft.requested_on,
            leaves_on=draft.next_dispatch_on,
            urgent=draft.urgent,
            sku=line.sku,
            quantity=line.quantity,
            uom=line.uom or "",
        )
        for draft, line, party in rows
    ]


def _by_item(session: Session, plant: str, lines: Iterable[_Line], goods: Goods, *, day: date) -> tuple[Ordered, ...]:
    wanted: dict[str, Decimal] = {}
    for line in lines:
        if line.sku and line.quantity is not None:
            base = goods.base_quantity(line.sku, line.quantity, line.uom)
            wanted[line.sku] = wanted.get(line.sku, ZERO) + base
    stock, taken = _of_the_plant(session, plant, wanted, day=day)
    found = [
        _item(sku, base, goods, stock=stock.get(sku, ZERO), held=taken.get(sku, base)) for sku, base in wanted.items()
    ]
    return tuple(sorted(found, key=lambda item: (-bool(item.short), item.name, item.sku)))


def _of_the_plant(
    session: Session, plant: str, skus: Collection[str], *, day: date
) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Base units by SKU: available in its warehouses, and held by all open orders of the customers they supply."""
    warehouses = [one for one in mirror.warehouses(session) if plant in (THE_ONLY_ONE, one.plant)]
    finished = {one.code for one in warehouses if one.warehouse_kind in KINDS_FOR_ALL}
    lots = mirror.stock(session, skus)
    stock = {sku: free(lots.get(sku, ()), warehouses=finished, held=ZERO, day=day) for sku in skus}
    held: dict[str, Decimal] = {}
    for code in [""] if plant == THE_ONLY_ONE else [one.code for one in warehouses]:
        for sku, quantity in held_quantities(session, skus, warehouse=code).items():
            held[sku] = held.get(sku, ZERO) + quantity
    return stock, held


def _item(sku: str, base: Decimal, goods: Goods, *, stock: Decimal, held: Decimal) -> Ordered:
    item = goods.items.get(sku)
    uom = item.order_uom if item else ""
    factor = goods.factors(sku).get(uom)
    if factor is None:
        uom, factor = (item.base_uom if item else ""), Decimal(1)
    return Ordered(
        sku=sku,
        name=goods.name(sku),
        uom=uom,
        quantity=_packs(base, factor),
        stock=_packs(stock, factor),
        held=_packs(held, factor),
    )


def _packs(base: Decimal, factor: Decimal) -> Decimal:
    return (base / factor).quantize(Decimal("0.01"))


def _sheet(lines: Sequence[_Line], goods: Goods) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        item = goods.name(line.sku) if line.sku else NOT_SETTLED
        cells = (
            line.state,
            line.number,
            line.erp_number,
            line.party.code,
            line.party.name,
            line.party.city,
            line.ship_to,
            line.at.isoformat(timespec="minutes"),
            _day(line.requested_on),
            _day(line.leaves_on),
            "yes" if line.urgent else "",
            line.sku or "",
            item,
            "" if line.quantity is None else plain(line.quantity),
            line.uom,
        )
        writer.writerow([safe(cell) for cell in cells])
    return buffer.getvalue()


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
