"""What is free of an item for a customer, from the ERP's mirror and from our orders that are not yet in it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import Item, ItemUom, RecordKind, WarehouseKind
from orders.free_stock import TOO_OLD, USUAL_PACKS, ZERO, Enough, enough, free, in_packs
from orders.goods import Goods
from orders.model import OrderLine, OrderState, SalesOrder
from people.model import Party
from store.database import now

WAITING = (OrderState.CONFIRMED.value, OrderState.ACCEPTED.value, OrderState.HELD.value)
DISPATCHED_BY = timedelta(days=7)
"""An order posted longer ago that the ERP's list has never held has left, or never will."""
KINDS_FOR_ALL = (WarehouseKind.FINISHED_GOODS, WarehouseKind.DEPOT)

Ladders = Mapping[str, Mapping[str, ItemUom]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """So much of an item that an open order holds, in a unit of its ladder."""

    sku: str
    uom: str
    quantity: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """An item somebody asks about, with the amount if he named one."""

    sku: str
    quantity: Decimal | None = None
    uom: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What there is of it for a customer: `free` in `uom`, whole ones."""

    name: str
    enough: Enough
    quantity: Decimal | None
    free: Decimal
    uom: str


def answers(session: Session, party: Party, asked: Sequence[Asked], goods: Goods, *, day: date) -> list[Told]:
    """What is free of each item, in the order asked; what is not known is left out.

    Enough is the amount named, else what this firm orders at a time.
    """
    skus = {one.sku for one in asked}
    free = free_stock(session, skus, warehouse=party.warehouse, day=day)
    usual = mirror.usual_amounts(session, party.code, skus)
    found = []
    for one in asked:
        item = goods.items.get(one.sku)
        if item is None or one.sku not in free:
            continue
        ladder = goods.factors(one.sku)
        uom = one.uom if one.uom in ladder else item.order_uom
        factor = ladder.get(uom or "", Decimal(1))
        wanted = (one.quantity or ZERO) * factor or _usual(one.sku, item, usual, ladder)
        found.append(
            Told(
                name=item.name,
                enough=enough(free[one.sku], wanted=wanted),
                quantity=one.quantity,
                free=in_packs(free[one.sku], factor=factor, wanted=one.quantity or ZERO),
                uom=uom or item.base_uom,
            )
        )
    return found


def _usual(sku: str, item: Item, usual: Mapping[tuple[str, str], Decimal], ladder: Mapping[str, Decimal]) -> Decimal:
    amounts = [quantity * ladder[uom] for (one, uom), quantity in usual.items() if one == sku and uom in ladder]
    return max(amounts, default=USUAL_PACKS * ladder.get(item.order_uom, Decimal(1)))


def free_stock(session: Session, skus: Iterable[str], *, warehouse: str, day: date) -> dict[str, Decimal]:
    """Base units free by SKU at a customer's warehouse; empty: at all of finished goods. Not known: not in it.

    Nothing is known where the ERP lists no stock, has not for two days, or has never told of the item or the warehouse.
    Costs seven statements whatever the number of SKUs; the dearest reads the open order lines of these SKUs.
    """
    wanted = {sku for sku in skus if sku}
    if not wanted or not _is_fresh(session):
        return {}
    warehouses = _warehouses(session, warehouse)
    known = mirror.stocked(session, wanted)
    if not known or not mirror.holds_stock(session, warehouses):
        return {}
    lots = mirror.stock(session, known)
    held = held_quantities(session, known, warehouse=warehouse)
    return {
        sku: free(lots.get(sku, ()), warehouses=warehouses, held=held.get(sku, ZERO), day=day) for sku in sorted(known)
    }


def held_quantities(session: Session, skus: Collection[str], *, warehouse: str) -> dict[str, Decimal]:
    """Base units that open orders hold, by SKU: the ERP's, and ours that its list has not held yet."""
    customers = select(Party.code)
    if warehouse:
        customers = customers.where(Party.warehouse == warehouse)
    rows = [*_of_the_erp(session, skus, customers), *_ours(session, skus, customers)]
    ladders: Ladders = mirror.uoms(session, skus)
    held: dict[str, Decimal] = {}
    for row in rows:
        rung = ladders.get(row.sku, {}).get(row.uom)
        held[row.sku] = held.get(row.sku, ZERO) + row.quantity * (rung.factor if rung else Decimal(1))
    return held


def _is_fresh(session: Session) -> bool:
    as_of = mirror.newest(session, RecordKind.STOCK)
    return as_of is not None and now(session) - as_of <= TOO_OLD


def _warehouses(session: Session, warehouse: str) -> frozenset[str]:
    if warehouse:
        return frozenset({warehouse})
    return frozenset(one.code for one in mirror.warehouses(session) if one.warehouse_kind in KINDS_FOR_ALL)


def _of_the_erp(session: Session, skus: Collection[str], customers: Select[str]) -> list[Held]:
    rows = mirror.open_quantities(session, skus, customers=customers)
    return [Held(sku=sku, uom=uom, quantity=quantity) for sku, uom, quantity in rows]


def _ours(session: Session, skus: Collection[str], customers: Select[str]) -> list[Held]:
    """Of those of real people; what is only played takes nothing from them."""
    recent = (SalesOrder.state == OrderState.POSTED.value) & (SalesOrder.confirmed_at > now(session) - DISPATCHED_BY)
    rows = session.execute(
        select(SalesOrder.number, OrderLine.sku, OrderLine.uom, OrderLine.quantity)
        .join(OrderLine, OrderLine.order_number == SalesOrder.number)
        .where(
            SalesOrder.seen_in_mirror_at.is_(None),
            SalesOrder.state.in_(WAITING) | recent,
            SalesOrder.simulated.is_(False),
            SalesOrder.party_code.in_(customers),
            OrderLine.sku.in_(skus),
        )
    ).all()
    listed = mirror.our_orders_listed(session, {number for number, *_ in rows})
    return [Held(sku=sku, uom=uom, quantity=quantity) for number, sku, uom, quantity in rows if number not in listed]
