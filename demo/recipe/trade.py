"""What each firm buys: the baskets of the people in the README by hand, everybody else's by trade."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from recipe.customers import PRICE_LISTS
from recipe.items import Catalogue, Item
from recipe.parties import Firm
from recipe.prices import NOT_ON_LIST
from recipe.tables import Setting


@dataclass(frozen=True, kw_only=True, slots=True)
class Habit:
    """One item as a firm buys it: usually so many of this unit, in so many of a hundred orders."""

    sku: str
    qty: int
    uom: str
    often: int


def _habits(text: str) -> tuple[Habit, ...]:
    """Habits from "SKU quantity UOM often" clauses."""
    parts = (clause.split() for clause in text.split(","))
    return tuple(Habit(sku=sku, qty=int(qty), uom=uom, often=int(often)) for sku, qty, uom, often in parts)


CAST: Mapping[str, tuple[Habit, ...]] = {
    "C101": _habits(
        "KG-050 20 CASE 90, KG-100 8 CASE 40, LN-MA-070 6 CASE 85, CB-BU-075 6 CASE 50, "
        "SM-120 5 CASE 45, G5-RS-200 4 CASE 40, MC-OR-080 5 CASE 35, KB-JE-100 4 CASE 30"
    ),
    "C102": _habits(
        "G5-AB-020 140 LADI 85, SM-120 5 CASE 80, SR-EL-300 6 CASE 75, KG-050 10 CASE 60, "
        "G5L-RS-5K 8 KG 60, MC-EL-080 4 CASE 40, KC-SA-012 60 LADI 40, LN-MA-035 4 CASE 35"
    ),
    "C103": _habits(
        "MC-OR-080 8 CASE 70, MC-EL-080 8 CASE 70, KG-050 12 CASE 75, LN-MA-070 5 CASE 60, "
        "SM-060 6 CASE 50, G5-KM-045 30 LADI 40"
    ),
    "C104": _habits(
        "CB-BU-075 10 CASE 80, SM-120 9 CASE 75, LN-MA-070 6 CASE 70, KB-JE-100 4 CASE 65, "
        "DG-HF-100 5 CASE 50, PW-CH-075 4 CASE 45, KC-CO-028 40 LADI 40, LC-MA-045 4 CASE 35"
    ),
    "C105": _habits(
        "KG-050 15 CASE 90, G5-AB-045 36 LADI 70, LN-MA-070 5 CASE 70, SR-MI-200 6 CASE 60, "
        "NG-100 4 CASE 40, PR-MA-015 40 LADI 40"
    ),
    "C106": _habits(
        "KG-050 18 CASE 90, LN-MA-070 8 CASE 80, CB-BU-075 6 CASE 60, KC-MA-012 50 LADI 50, "
        "G5-M36-200 4 CASE 50, SM-120 5 CASE 40"
    ),
    "C107": _habits(
        "KG-050 12 CASE 85, G5-RS-045 24 LADI 60, LN-MA-035 3 CASE 60, MC-CH-040 3 CASE 50, SR-SU-060 3 CASE 40"
    ),
    "C108": _habits(
        "SM-120 10 CASE 85, LN-MA-070 4 CASE 80, KG-050 14 CASE 70, G5-RS-200 6 CASE 70, "
        "G5-LS-200 4 CASE 50, KB-AJ-100 4 CASE 35"
    ),
    "C109": _habits(
        "CB-BU-075 55 CASE 85, KG-050 60 CASE 85, LN-MA-070 40 CASE 80, MC-CH-080 30 CASE 60, "
        "KC-SA-028 120 LADI 60, G5-AB-200 20 CASE 60, SR-EL-300 24 CASE 50, SM-250 18 CASE 40"
    ),
    "C110": _habits(
        "G5-RS-200 5 CASE 85, G5-AB-200 5 CASE 70, LN-MA-070 6 CASE 60, KG-050 12 CASE 60, "
        "RP-MO-200 5 CASE 45, KC-LM-012 40 LADI 35"
    ),
    "C111": _habits("KG-050 9 CASE 85, LN-MA-035 2 CASE 60, G5-RS-045 20 LADI 60, SR-MI-060 2 CASE 45"),
    "C112": _habits(
        "KG-050 80 CASE 85, CB-KA-075 30 CASE 70, MC-VA-080 30 CASE 65, DG-M7-250 12 CASE 50, "
        "LN-CP-070 40 CASE 65, LH-PL-300 15 CASE 45, RT-AS-400 8 CASE 30, PW-VA-150 14 CASE 40, "
        "G5-N9-200 18 CASE 50"
    ),
}

EVERY_DAYS = {"SS": 5, "DIST": 6, "RET": 10}
"""Days between two orders of a firm, about."""

USUAL_CASES = {"SS": (12, 60), "DIST": (3, 14), "RET": (1, 5)}
SORTS = {"SS": (16, 24), "DIST": (10, 18), "RET": (6, 12)}
"""How many sorts a firm keeps."""


def habits(setting: Setting, items: Catalogue, firms: Sequence[Firm]) -> dict[str, tuple[Habit, ...]]:
    """Every firm's basket."""
    return {firm.code: CAST.get(firm.code) or tuple(_basket(setting, items, firm)) for firm in firms}


def _basket(setting: Setting, items: Catalogue, firm: Firm) -> Iterator[Habit]:
    chance = setting.chance(f"basket:{firm.code}")
    unpriced = NOT_ON_LIST[PRICE_LISTS[firm.tier]]
    wanted = [item for item in items.active if firm.trade in ("all", item.category) and item.sku not in unpriced]
    fast = [item for item in wanted if item.mrp <= 20]
    count = chance.randint(*SORTS[firm.tier])
    chosen = chance.sample(fast, count * 2 // 3) + chance.sample(wanted, count)
    for item in dict.fromkeys(item.sku for item in chosen[: count + 4]):
        yield _habit(chance, items[item], tier=firm.tier)


def _habit(chance: random.Random, item: Item, *, tier: str) -> Habit:
    cases = chance.randint(*USUAL_CASES[tier])
    strips = "LADI" in (rung.uom for rung in item.ladder) and tier != "SS" and chance.random() < 0.6
    qty = cases * 6 if strips else max(cases, int(item.moq or 1))
    step = 1 if strips else int(item.multiple or 1)
    return Habit(
        sku=item.sku,
        qty=-(-qty // step) * step,
        uom="LADI" if strips else item.order_uom,
        often=chance.randrange(25, 85),
    )
