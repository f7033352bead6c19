"""What this customer usually buys: how often each item, in which unit, and how much. A prior, never a proof."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from nlp.catalogue import Catalogue
from nlp.values import HistoryLine

FEW_ORDERS, WILD = 3, 10
FAR_ABOVE, FAR_BELOW = Decimal(3), Decimal("0.2")
FAR_IN_ITS_UNIT = 8
"""With its unit said, three to eight times the usual is a large order and no slip: shown as unusual, not asked."""
FEWEST_IN_ITS_UNIT = 16
"""Down to a sixteenth of the usual, in the unit he always uses, somebody takes but little."""
MANY_ORDERS, BEYOND_HIS_OWN = 5, 8
"""Who ordered that often has shown his range: eight times the largest of it is a slip, whatever others take."""
BEYOND_ALL, BEYOND_ALL_BARE = 5, Decimal("2.5")
"""So many times the largest order of any customer is a slip, with its unit said and without; less is a large order."""


@dataclass(frozen=True, slots=True)
class Habit:
    """One item's habit: orders with it, units by use, and the median in base units."""

    orders: int
    uoms: tuple[tuple[str, int], ...]
    median: Decimal
    most: tuple[tuple[str, Decimal], ...] = ()
    peak: Decimal = Decimal(0)
    """The largest amount taken in any unit, in base units."""

    @property
    def usual_uom(self) -> str | None:
        return self.uoms[0][0] if self.uoms else None

    def is_odd(self, base_quantity: Decimal, *, uom: str, unit_said: bool, largest: Decimal | None) -> bool:
        """Too far from what this customer takes to be taken over unasked; `largest`: any customer's, in base units."""
        if not self._is_far(base_quantity, unit_said=unit_said):
            return False
        in_its_unit = unit_said and any(code == uom for code, _ in self.most)
        if base_quantity < self.median:
            return not in_its_unit or base_quantity * FEWEST_IN_ITS_UNIT < self.median
        if largest is None or (unit_said and not in_its_unit):
            return True
        if self.orders >= MANY_ORDERS and base_quantity >= self.peak * BEYOND_HIS_OWN:
            return True
        return base_quantity > largest * (BEYOND_ALL if unit_said else BEYOND_ALL_BARE)

    def _is_far(self, base_quantity: Decimal, *, unit_said: bool) -> bool:
        if not unit_said or self.orders < FEW_ORDERS:
            return self.is_unusual(base_quantity)
        return base_quantity > self.median * FAR_IN_ITS_UNIT or base_quantity * FAR_IN_ITS_UNIT < self.median

    def is_unusual(self, base_quantity: Decimal) -> bool:
        """Over three times, or under a fifth of, what this customer takes; ten times while there are few orders."""
        if self.orders < FEW_ORDERS:
            return base_quantity > self.median * WILD or base_quantity * WILD < self.median
        return base_quantity > self.median * FAR_ABOVE or base_quantity < self.median * FAR_BELOW

    def distance(self, base_quantity: Decimal) -> float:
        if base_quantity <= 0 or self.median <= 0:
            return 5.0
        return abs(math.log(float(base_quantity / self.median)))


def _most(bought: list[HistoryLine]) -> tuple[tuple[str, Decimal], ...]:
    most: dict[str, Decimal] = {}
    for line in bought:
        most[line.uom] = max(line.quantity, most.get(line.uom, Decimal(0)))
    return tuple(most.items())


def habits(history: tuple[HistoryLine, ...], catalogue: Catalogue) -> Mapping[str, Habit]:
    """The habits of one customer by SKU; lines of items no longer in the catalogue are left out."""
    lines: dict[str, list[HistoryLine]] = defaultdict(list)
    for line in history:
        if line.sku in catalogue.row_of:
            lines[line.sku].append(line)
    found = {}
    for sku, bought in lines.items():
        ladder = catalogue.ladders.get(sku, {})
        amounts = [line.quantity * ladder[line.uom].factor for line in bought if line.uom in ladder]
        if amounts:
            uoms = Counter(line.uom for line in bought if line.uom in ladder)
            orders = len({line.order for line in bought})
            found[sku] = Habit(orders, tuple(uoms.most_common()), median(amounts), _most(bought), max(amounts))
    return found
