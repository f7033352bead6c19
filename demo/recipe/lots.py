"""`stock.csv`, `lots.csv` and `lot_links.csv`: what lies where, made when, and of what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from recipe.floor import PER, ProductionOrder, bill
from recipe.items import Catalogue, Item
from recipe.tables import Row, Setting, Table, share, table, up_to

HOMES = {"PTH": "PTH-FG", "BTB": "BTB-FG"}
CAGES = {"PTH": "PTH-HOLD", "BTB": "BTB-HOLD"}
OLD_MRP = {"SM-060": 4, "MC-OR-040": 4, "LN-MA-035": 6, "G5-RS-020": 4, "KC-SA-012": 4, "SR-EL-200": 28}
"""Items whose older lots still carry another printed MRP."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lot:
    """Goods made or bought together: `qty` in base units when made, `left` of them in one warehouse."""

    code: str
    item: Item
    made_on: date
    qty: Decimal
    warehouse: str
    left: Decimal
    status: str = "available"
    production_order: str = ""
    supplier_lot: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """So much of a delivery went into a lot, in the material's base unit."""

    source: str
    made: Lot
    qty: Decimal


def deliveries(setting: Setting, items: Catalogue) -> list[Lot]:
    """Four deliveries of each material to each plant over four months, quantities still open."""
    chance = setting.chance("material lots")
    made: list[Lot] = []
    for item in items.by_sku.values():
        for plant in HOMES if not item.sold else ():
            for place in range(4):
                made.append(
                    Lot(
                        code=f"R{1001 + len(made)}",
                        item=item,
                        made_on=setting.ago(120 - 33 * place - chance.randrange(8)),
                        qty=Decimal(0),
                        warehouse=f"{plant}-RM",
                        left=Decimal(0),
                        status="inspection" if place == 3 and chance.random() < 0.1 else "available",
                        supplier_lot=f"{chance.choice('ABDKMSTV')}{chance.randrange(1000, 9999)}",
                    )
                )
    return made


def filled(setting: Setting, arrived: Sequence[Lot], links: Sequence[Link]) -> list[Lot]:
    """Deliveries as large as what was made of them, with a rest in stock of those of the last two months."""
    used: dict[str, Decimal] = {}
    for link in links:
        used[link.source] = used.get(link.source, Decimal(0)) + link.qty
    made = []
    for lot in arrived:
        qty = up_to(max(used.get(lot.code, Decimal(0)) * share(125), Decimal(500)), 50)
        recent = (setting.today - lot.made_on).days < 60
        made.append(replace(lot, qty=qty, left=qty - used.get(lot.code, Decimal(0)) if recent else Decimal(0)))
    return made


def product_lots(setting: Setting, items: Catalogue, orders: Sequence[ProductionOrder]) -> list[Lot]:
    """One to three lots per item and place, and those of the production orders that have begun."""
    made = [lot for item in items.sold for lot in _of_item(setting, item)]
    made += [lot for order in orders if order.done for lot in _of_order(setting, order)]
    made.sort(key=lambda lot: (lot.made_on, lot.item.sku, lot.warehouse))
    numbers = dict.fromkeys(HOMES, 1000)
    for place, lot in enumerate(made):
        plant = lot.item.plant
        numbers[plant] += 1
        made[place] = replace(lot, code=f"{'B' if plant == 'PTH' else 'N'}{numbers[plant]}")
    return made


def _of_item(setting: Setting, item: Item) -> Iterator[Lot]:
    chance = setting.chance(f"lots:{item.sku}")
    places = [
        HOMES[item.plant],
        next(home for plant, home in HOMES.items() if plant != item.plant),
        "LKO-DEP",
    ]
    if chance.random() < 0.03:
        return
    for warehouse in places if item.active else places[:1]:
        for _ in range(chance.choice((1, 1, 2)) if item.active else 1):
            days_ago = chance.randrange(5, 50) if item.active else chance.randrange(75, 100)
            cases = chance.randrange(30, 400) if item.active else chance.randrange(2, 15)
            made = item.factor(item.order_uom) * cases
            yield _judged(
                setting,
                Lot(
                    code="",
                    item=item,
                    made_on=setting.ago(days_ago),
                    qty=made,
                    warehouse=warehouse,
                    left=item.factor(item.order_uom) * max(1, cases * chance.randrange(20, 100) // 100),
                ),
            )


def _judged(setting: Setting, lot: Lot) -> Lot:
    """Judge a lot: some are held, in the cage of the plant that made them; some still inspected."""
    chance = setting.chance(f"judged:{lot.item.sku}:{lot.warehouse}:{lot.made_on}:{lot.qty}")
    fate = chance.random()
    if fate < 0.03 and lot.warehouse == HOMES[lot.item.plant]:
        return replace(lot, status="hold", warehouse=CAGES[lot.item.plant])
    return replace(lot, status="inspection") if fate > 0.97 else lot


def _of_order(setting: Setting, order: ProductionOrder) -> Iterator[Lot]:
    made = order.item.factor(order.item.order_uom) * order.done
    fresh = order.status == "in_progress"
    yield Lot(
        code="",
        item=order.item,
        made_on=min(order.due, setting.today),
        qty=made,
        warehouse=HOMES[order.item.plant],
        left=made if fresh else order.item.factor(order.item.order_uom) * (order.done * 2 // 5),
        status="inspection" if fresh else "available",
        production_order=order.number,
    )


def tables(
    setting: Setting, *, products: Sequence[Lot], bought: Sequence[Lot], links: Sequence[Link]
) -> Iterator[Table]:
    """`stock.csv`, `lots.csv` and `lot_links.csv`."""
    lots = (*products, *bought)
    stock = sorted((lot for lot in lots if lot.left > 0), key=lambda lot: (lot.item.sku, lot.warehouse, lot.code))
    yield table(
        "stock.csv",
        "sku,warehouse,lot,qty,status,mfg_date,expiry,mrp",
        (_stock_row(setting, lot) for lot in stock),
    )
    yield table("lots.csv", "lot,sku,production_order,made_on,qty,supplier_lot", (_lot_row(lot) for lot in lots))
    rows = (
        {
            "from_lot": link.source,
            "to_lot": link.made.code,
            "qty": link.qty,
            "production_order": link.made.production_order,
        }
        for link in links
    )
    yield table("lot_links.csv", "from_lot,to_lot,qty,production_order", rows)


def _stock_row(setting: Setting, lot: Lot) -> Row:
    old = lot.item.sku in OLD_MRP and (setting.today - lot.made_on).days > 25
    return {
        "sku": lot.item.sku,
        "warehouse": lot.warehouse,
        "lot": lot.code,
        "qty": lot.left,
        "status": lot.status,
        "mfg_date": lot.made_on,
        "expiry": lot.made_on + timedelta(days=lot.item.shelf_life_days),
        "mrp": None if not lot.item.sold else OLD_MRP[lot.item.sku] if old else lot.item.mrp,
    }


def _lot_row(lot: Lot) -> Row:
    return {
        "lot": lot.code,
        "sku": lot.item.sku,
        "production_order": lot.production_order,
        "made_on": lot.made_on,
        "qty": lot.qty,
        "supplier_lot": lot.supplier_lot,
    }


def genealogy(products: Sequence[Lot], arrived: Sequence[Lot]) -> list[Link]:
    """Each component from the newest delivery that had arrived at the plant when the lot was made."""
    by_place: dict[tuple[str, str], list[Lot]] = {}
    for lot in arrived:
        by_place.setdefault((lot.item.sku, lot.warehouse), []).append(lot)
    made = []
    for lot in products:
        for component, qty, _ in bill(lot.item):
            there = [known for known in by_place[component, f"{lot.item.plant}-RM"] if known.made_on <= lot.made_on]
            newest = max(there, key=lambda known: known.made_on)
            amount = max(Decimal("0.1"), (lot.qty * qty / PER).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
            made.append(Link(source=newest.code, made=lot, qty=amount))
    return made
