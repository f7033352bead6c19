"""Work centres, production orders with their operations, and bills of material."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from recipe.items import Catalogue, Item
from recipe.materials import RECIPES
from recipe.tables import Row, Setting, Table, table

FIRST_ORDER = 1001
PER = Decimal(1000)
"""Bills of material are written for a thousand base units, so that quantities keep their digits."""

WORK_CENTRES = (
    ("MIX-1", "Dough mixer 1", "PTH"),
    ("MIX-2", "Dough mixer 2", "PTH"),
    ("OVN-1", "Oven line 1", "PTH"),
    ("OVN-2", "Oven line 2", "PTH"),
    ("OVN-3", "Rusk oven 3", "PTH"),
    ("CRM-1", "Cream sandwiching line", "PTH"),
    ("WFR-1", "Wafer line", "PTH"),
    ("PKB-1", "Biscuit packing 1", "PTH"),
    ("PKB-2", "Biscuit packing 2", "PTH"),
    ("PKB-3", "Tin and tray packing", "PTH"),
    ("NDL-1", "Noodle steam and fry line 1", "BTB"),
    ("NDL-2", "Noodle drying line 2", "BTB"),
    ("NPK-1", "Noodle packing", "BTB"),
    ("FRY-1", "Namkeen fryer 1", "BTB"),
    ("FRY-2", "Namkeen fryer 2", "BTB"),
    ("SEA-1", "Seasoning drum", "BTB"),
    ("EXT-1", "Extruder", "BTB"),
    ("CHP-1", "Chips slicer and fryer", "BTB"),
    ("PPD-1", "Papad rolling and drying", "BTB"),
    ("NMP-1", "Namkeen pouch packing 1", "BTB"),
    ("NMP-2", "Small pouch machine 2", "BTB"),
)

_BAKED = (("MIX-1", "Mix dough", 6), ("OVN-1", "Bake", 11), ("PKB-1", "Pack", 9))
ROUTINGS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "glucose": _BAKED,
    "cookies": (("MIX-2", "Mix dough", 7), ("OVN-2", "Bake", 12), ("PKB-2", "Pack", 9)),
    "marie": _BAKED,
    "cream": (
        ("MIX-2", "Mix dough", 6),
        ("OVN-2", "Bake", 11),
        ("CRM-1", "Sandwich", 10),
        ("PKB-2", "Pack", 9),
    ),
    "cracker": _BAKED,
    "digestive": (("MIX-2", "Mix dough", 7), ("OVN-2", "Bake", 13), ("PKB-2", "Pack", 10)),
    "rusk": (("MIX-1", "Mix dough", 6), ("OVN-3", "Bake and toast", 16), ("PKB-1", "Pack", 9)),
    "wafer": (("WFR-1", "Bake and fill", 12), ("PKB-2", "Pack", 9)),
    "gift": (("MIX-2", "Mix dough", 8), ("OVN-2", "Bake", 14), ("PKB-3", "Fill tins", 18)),
    "loose": (("MIX-1", "Prepare", 6), ("OVN-3", "Bake", 12), ("PKB-3", "Pack", 8)),
    "noodles": (("NDL-1", "Steam and fry", 12), ("NPK-1", "Pack", 8)),
    "sewai": (("NDL-2", "Extrude and dry", 15), ("NPK-1", "Pack", 8)),
    "namkeen": (("FRY-1", "Fry", 10), ("SEA-1", "Season", 5), ("NMP-1", "Pack", 9)),
    "snacks": (("EXT-1", "Extrude", 9), ("SEA-1", "Season", 5), ("NMP-2", "Pack", 8)),
    "chips": (("CHP-1", "Slice and fry", 12), ("SEA-1", "Season", 5), ("NMP-2", "Pack", 8)),
    "papad": (("PPD-1", "Roll and dry", 20), ("NMP-1", "Pack", 9)),
}
"""Group → work centre, operation, minutes for ten cases."""

STATES = ("closed",) * 24 + ("in_progress",) * 10 + ("released",) * 14 + ("planned",) * 12


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductionOrder:
    """The instruction to make so many cases of an item."""

    number: str
    item: Item
    qty: int
    due: date
    start: date
    status: str
    done: int
    scrap: int
    priority: int


def routing_of(item: Item) -> tuple[tuple[str, str, int], ...]:
    """Return the operations of an item; loose namkeen is fried, not baked."""
    group = "namkeen" if item.group == "loose" and item.plant == "BTB" else item.group
    return ROUTINGS[group]


def production_orders(setting: Setting, items: Catalogue) -> list[ProductionOrder]:
    """Three weeks behind and two ahead, oldest first."""
    chance = setting.chance("production")
    made = []
    chosen = chance.sample(items.active, len(STATES))
    for place, (status, item) in enumerate(zip(STATES, chosen, strict=True)):
        due = setting.ago(21 - place * 36 // len(STATES))
        qty = chance.randrange(8, 60) * 10
        part = {"closed": 100, "in_progress": chance.randrange(10, 90)}.get(status, 0)
        done = qty * part // 100
        made.append(
            ProductionOrder(
                number=f"WO{FIRST_ORDER + place}",
                item=item,
                qty=qty,
                due=due,
                start=setting.ago(22 - place * 36 // len(STATES)),
                status=status,
                done=done,
                scrap=done * chance.randrange(0, 3) // 100,
                priority=1 if chance.random() < 0.15 else 2,
            )
        )
    return made


def bill(item: Item) -> Iterator[tuple[str, Decimal, str]]:
    """Component, quantity and unit for `PER` base units of an item."""
    group = "namkeen" if item.group == "loose" and item.plant == "BTB" else item.group
    for material, per_100_kg in RECIPES[group]:
        yield material, _amount(item.weight_kg * PER * per_100_kg / 100), "KG"
    if item.base_uom == "KG":
        return
    if item.base_uom == "CUP":
        yield "PK-CUP", PER, "PCS"
    elif item.base_uom == "TIN":
        yield "PK-TIN", PER, "PCS"
    else:
        laminate = "PK-LAM-N" if item.group == "noodles" else "PK-LAM-B" if item.plant == "PTH" else "PK-LAM-S"
        yield laminate, _amount(item.weight_kg * PER * 3 / 100), "KG"
    if "BOX" in (rung.uom for rung in item.ladder):
        yield "PK-BOX", _amount(PER / item.factor("BOX")), "PCS"
    yield "PK-CFC", _amount(PER / item.factor(item.order_uom)), "PCS"


def _amount(value: Decimal) -> Decimal:
    return max(value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP), Decimal("0.1"))


def tables(items: Catalogue, orders: list[ProductionOrder]) -> Iterator[Table]:
    """`work_centres.csv`, `production_orders.csv`, `operations.csv` and `bom.csv`."""
    centres = ({"code": code, "name": name, "plant": plant} for code, name, plant in WORK_CENTRES)
    yield table("work_centres.csv", "code,name,plant", centres)
    yield table(
        "production_orders.csv",
        "number,sku,qty,uom,due,status,plant,start,priority,done,scrap",
        (_order_row(order) for order in orders),
    )
    operations = (row for order in orders for row in _operation_rows(order))
    yield table("operations.csv", "order,step,work_centre,name,minutes,setup_minutes", operations)
    yield table(
        "bom.csv",
        "sku,component,qty,uom,per_qty,scrap_percent,backflush,plant",
        (row for item in items.active for row in _bill_rows(item)),
    )


def _order_row(order: ProductionOrder) -> Row:
    return {
        "number": order.number,
        "sku": order.item.sku,
        "qty": order.qty,
        "uom": order.item.order_uom,
        "due": order.due,
        "status": order.status,
        "plant": order.item.plant,
        "start": order.start,
        "priority": order.priority,
        "done": order.done,
        "scrap": order.scrap,
    }


def _operation_rows(order: ProductionOrder) -> Iterator[Row]:
    for place, (centre, name, minutes) in enumerate(routing_of(order.item), 1):
        yield {
            "order": order.number,
            "step": place * 10,
            "work_centre": centre,
            "name": name,
            "minutes": order.qty * minutes // 10,
            "setup_minutes": 20 if place == 1 else 15,
        }


def _bill_rows(item: Item) -> Iterator[Row]:
    for component, qty, uom in bill(item):
        yield {
            "sku": item.sku,
            "component": component,
            "qty": qty,
            "uom": uom,
            "per_qty": PER,
            "scrap_percent": 2 if component.startswith("PK-LAM") else 1,
            "backflush": component.startswith("PK-"),
            "plant": item.plant,
        }
