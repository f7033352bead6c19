"""The mirror of master data: takes over what an ERP lists, by difference, and answers questions about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnExpressionArgument, Select, exists, func, select
from sqlalchemy.orm import Session

from erp.mirror_apply import Applied, apply, priced_skus
from erp.mirror_model import (
    MirroredCalendarDay,
    MirroredHistoryLine,
    MirroredItem,
    MirroredOrderLine,
    MirroredPlant,
    MirroredPrice,
    MirroredProductionOrder,
    MirroredRoute,
    MirroredScheme,
    MirroredStock,
    MirroredUom,
    MirroredWarehouse,
    MirroredWorkCentre,
    MirrorRevision,
    MirrorState,
)
from erp.mirror_rows import among, rows_of
from erp.records import (
    CalendarDay,
    HistoryLine,
    Item,
    ItemUom,
    OpenOrderLine,
    Plant,
    Price,
    RecordKind,
    Route,
    Scheme,
    Stock,
    Warehouse,
    WorkCentre,
)
from erp.rule_mirror import customer_prices, floors, levels, limits

__all__ = [
    "Applied",
    "all_items",
    "all_uoms",
    "apply",
    "as_of",
    "bought",
    "bought_by_anybody",
    "calendar_days",
    "customer_prices",
    "floors",
    "has_bought",
    "history",
    "holds_stock",
    "items",
    "largest_orders",
    "levels",
    "limits",
    "lines_of_order",
    "lists_open_orders",
    "newest",
    "open_lines",
    "open_quantities",
    "our_orders_listed",
    "plant_of",
    "plants",
    "priced_skus",
    "prices_for",
    "prices_on",
    "production_order_numbers",
    "revision",
    "routes",
    "schemes",
    "stock",
    "stocked",
    "uoms",
    "usual_amounts",
    "warehouses",
    "work_centres",
]


def items(session: Session, skus: Iterable[str]) -> dict[str, Item]:
    """The items of these SKUs; one that has left the ERP's listing is inactive, whatever its column said."""
    wanted = list(skus)
    if not wanted:
        return {}
    wanted_ones = among(MirroredItem.sku, wanted)
    found = {item.sku: item for item in rows_of(session, MirroredItem, Item, wanted_ones, MirroredItem.listed)}
    if len(found) < len(wanted):
        for item in rows_of(session, MirroredItem, Item, wanted_ones, MirroredItem.listed.is_(False)):
            found[item.sku] = replace(item, active=False)
    return found


def all_items(session: Session) -> list[Item]:
    """Every item the ERP lists, inactive ones included."""
    return rows_of(session, MirroredItem, Item, MirroredItem.listed, order=(MirroredItem.sku,))


def uoms(session: Session, skus: Iterable[str]) -> dict[str, dict[str, ItemUom]]:
    """The pack ladders of these SKUs, by SKU and UoM."""
    wanted = list(skus)
    ladders: dict[str, dict[str, ItemUom]] = {}
    if wanted:
        for rung in rows_of(session, MirroredUom, ItemUom, among(MirroredUom.sku, wanted), MirroredUom.listed):
            ladders.setdefault(rung.sku, {})[rung.uom] = rung
    return ladders


def all_uoms(session: Session) -> list[ItemUom]:
    """Every rung of every ladder."""
    return rows_of(session, MirroredUom, ItemUom, MirroredUom.listed, order=(MirroredUom.sku,))


def prices_for(session: Session, price_list: str, skus: Iterable[str]) -> dict[str, list[Price]]:
    """All rows of a price list for these SKUs, whatever their dates, smallest `min_qty` first."""
    wanted = list(skus)
    prices: dict[str, list[Price]] = {}
    if wanted:
        conditions = (
            MirroredPrice.price_list == price_list,
            among(MirroredPrice.sku, wanted),
            MirroredPrice.listed,
        )
        for price in rows_of(session, MirroredPrice, Price, *conditions, order=(MirroredPrice.min_qty,)):
            prices.setdefault(price.sku, []).append(price)
    return prices


def prices_on(session: Session, day: date) -> set[tuple[str, str]]:
    """Price list and SKU of everything that has a price on a day."""
    price = MirroredPrice
    conditions = (
        price.listed,
        price.valid_from.is_(None) | (price.valid_from <= day),
        price.valid_to.is_(None) | (price.valid_to >= day),
    )
    rows = session.execute(select(price.price_list, price.sku).where(*conditions).distinct())
    return {(price_list, sku) for price_list, sku in rows}


def stock(session: Session, skus: Iterable[str]) -> dict[str, list[Stock]]:
    """What lies where of these SKUs."""
    wanted = list(skus)
    lots: dict[str, list[Stock]] = {}
    if wanted:
        for lot in rows_of(session, MirroredStock, Stock, among(MirroredStock.sku, wanted), MirroredStock.listed):
            lots.setdefault(lot.sku, []).append(lot)
    return lots


def stocked(session: Session, skus: Iterable[str]) -> set[str]:
    """Those of these SKUs of which stock was ever told; of the others it is not kept there."""
    column = MirroredStock.sku
    return set(session.scalars(select(column).where(among(column, skus)).distinct()))


def holds_stock(session: Session, warehouses: Iterable[str]) -> bool:
    """Whether stock was ever told of one of these warehouses."""
    condition = among(MirroredStock.warehouse, warehouses)
    return session.scalars(select(MirroredStock.sku).where(condition).limit(1)).first() is not None


def schemes(session: Session) -> list[Scheme]:
    """Every scheme, whatever its dates."""
    return rows_of(session, MirroredScheme, Scheme, MirroredScheme.listed, order=(MirroredScheme.code,))


def open_lines(session: Session, customer: str) -> list[OpenOrderLine]:
    """The lines of a customer's orders that are open in the ERP, those keyed there included."""
    return rows_of(
        session,
        MirroredOrderLine,
        OpenOrderLine,
        MirroredOrderLine.customer == customer,
        MirroredOrderLine.listed,
        order=(MirroredOrderLine.erp_number, MirroredOrderLine.line),
    )


def open_quantities(session: Session, skus: Iterable[str], *, customers: Select[str]) -> list[tuple[str, str, Decimal]]:
    """What open orders of these customers still hold of these SKUs: SKU, unit, and what has neither left nor lapsed.

    Reads the open lines of these SKUs by an index, and nothing else. What is invoiced counts as left.
    """
    line = MirroredOrderLine
    left = line.ordered - line.cancelled - func.greatest(line.dispatched, line.invoiced)
    rows = session.execute(
        select(line.sku, line.uom, func.sum(left))
        .where(line.listed, among(line.sku, skus), line.customer.in_(customers), left > 0)
        .group_by(line.sku, line.uom)
    )
    return [(sku, uom, quantity) for sku, uom, quantity in rows]


def lines_of_order(session: Session, our_number: str) -> list[OpenOrderLine]:
    """What the ERP last said of one of our orders, line by line, even where it has closed it since."""
    lines = rows_of(session, MirroredOrderLine, OpenOrderLine, MirroredOrderLine.our_number == our_number)
    return sorted(lines, key=lambda line: line.line)


def our_orders_listed(session: Session, numbers: Iterable[str]) -> set[str]:
    """Which of our order numbers the ERP's listing has ever held."""
    column = MirroredOrderLine.our_number
    return set(session.scalars(select(column).where(among(column, numbers)).distinct()))


def our_numbers(session: Session) -> set[str]:
    """Every order number of ours that an ERP's listing has ever held."""
    column = MirroredOrderLine.our_number
    return set(session.scalars(select(column).where(column != "").distinct()))


def history(session: Session, customer: str, *, since: datetime | None = None) -> list[HistoryLine]:
    """What a customer bought, oldest first."""
    conditions: list[ColumnExpressionArgument[bool]] = [
        MirroredHistoryLine.customer == customer,
        MirroredHistoryLine.listed,
    ]
    if since is not None:
        conditions.append(MirroredHistoryLine.date >= since.date())
    return rows_of(session, MirroredHistoryLine, HistoryLine, *conditions, order=(MirroredHistoryLine.date,))


def bought(session: Session, customer: str, skus: Iterable[str]) -> set[str]:
    """Those of these SKUs that a customer has bought before."""
    column = MirroredHistoryLine.sku
    conditions = (MirroredHistoryLine.customer == customer, MirroredHistoryLine.listed, among(column, skus))
    return set(session.scalars(select(column).where(*conditions).distinct()))


def usual_amounts(session: Session, customer: str, skus: Iterable[str]) -> dict[tuple[str, str], Decimal]:
    """What a customer orders at a time of these SKUs, on average, by SKU and unit."""
    line = MirroredHistoryLine
    rows = session.execute(
        select(line.sku, line.uom, func.avg(line.qty))
        .where(line.customer == customer, line.listed, ~line.free, among(line.sku, skus))
        .group_by(line.sku, line.uom)
    )
    return {(sku, uom): amount for sku, uom, amount in rows}


def largest_orders(session: Session) -> dict[tuple[str, str], Decimal]:
    """The most that any customer ordered at once, by SKU and unit."""
    line = MirroredHistoryLine
    rows = session.execute(
        select(line.sku, line.uom, func.max(line.qty)).where(line.listed, ~line.free).group_by(line.sku, line.uom)
    )
    return {(sku, uom): most for sku, uom, most in rows}


def bought_by_anybody(session: Session) -> set[str]:
    """The SKUs that stand in any past order."""
    return set(session.scalars(select(MirroredHistoryLine.sku).where(MirroredHistoryLine.listed).distinct()))


def has_bought(session: Session, customer: str) -> bool:
    """Whether a customer has any history."""
    conditions = (MirroredHistoryLine.customer == customer, MirroredHistoryLine.listed)
    return session.scalar(select(exists().where(*conditions))) or False


def plants(session: Session) -> list[Plant]:
    """The plants; an ERP that lists none has one, without a code."""
    return rows_of(session, MirroredPlant, Plant, MirroredPlant.listed, order=(MirroredPlant.code,)) or [Plant(code="")]


def calendar_days(session: Session, calendar: str) -> list[CalendarDay]:
    """The days of one calendar."""
    conditions = (MirroredCalendarDay.calendar == calendar, MirroredCalendarDay.listed)
    return rows_of(session, MirroredCalendarDay, CalendarDay, *conditions)


def warehouses(session: Session) -> list[Warehouse]:
    """Where stock lies."""
    return rows_of(session, MirroredWarehouse, Warehouse, MirroredWarehouse.listed, order=(MirroredWarehouse.code,))


def plant_of(session: Session, warehouse: str) -> str:
    """The plant a warehouse belongs to; empty when nobody says."""
    return session.scalar(select(MirroredWarehouse.plant).where(MirroredWarehouse.code == warehouse)) or ""


def routes(session: Session, route: str) -> list[Route]:
    """The weekdays on which a route runs, from each plant."""
    return rows_of(session, MirroredRoute, Route, MirroredRoute.route == route, MirroredRoute.listed)


def work_centres(session: Session) -> list[WorkCentre]:
    """Lines and machines."""
    return rows_of(session, MirroredWorkCentre, WorkCentre, MirroredWorkCentre.listed, order=(MirroredWorkCentre.code,))


def production_order_numbers(session: Session) -> tuple[str, ...]:
    """The numbers of all production orders listed."""
    column = MirroredProductionOrder.number
    return tuple(session.scalars(select(column).where(MirroredProductionOrder.listed).order_by(column)))


def revision(session: Session) -> int:
    """The number of the present master data, as far as a catalogue is made of it; 0: nothing pulled yet."""
    return session.scalar(select(MirrorRevision.number)) or 0


def lists_open_orders(session: Session, erp: str) -> bool:
    """Whether this ERP tells its open orders, so that ours are among them once they are booked."""
    return _state(session, erp, RecordKind.ORDERS) is not None


def as_of(session: Session, erp: str, kind: RecordKind) -> datetime | None:
    """The moment a listing speaks of: what its rows say, else when it was last taken over."""
    state = _state(session, erp, kind)
    return None if state is None else state.as_of or state.pulled_at


def newest(session: Session, kind: RecordKind) -> datetime | None:
    """The newest moment any ERP's listing of a kind speaks of."""
    states = session.scalars(
        select(MirrorState).where(MirrorState.kind == kind.value, MirrorState.pulled_at.is_not(None))
    )
    return max((moment for state in states if (moment := state.as_of or state.pulled_at) is not None), default=None)


def _state(session: Session, erp: str, kind: RecordKind) -> MirrorState | None:
    statement = select(MirrorState).where(
        MirrorState.erp == erp, MirrorState.kind == kind.value, MirrorState.pulled_at.is_not(None)
    )
    return session.scalars(statement).one_or_none()
