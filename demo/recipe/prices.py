"""`prices.csv`: one list per tier with quantity slabs and floors, and what a line cost before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from recipe.customers import PRICE_LISTS
from recipe.items import Catalogue, Item
from recipe.parties import firms
from recipe.tables import Row, Setting, Table, rupees, rupees_down, share, table

PERCENT_OF_MRP = {"PL-SS": 77, "PL-DIST": 81, "PL-RET": 87}
"""What a tier pays of the MRP without tax."""

SLABS = {"PL-SS": ((50, 99), (150, 98)), "PL-DIST": ((25, 99), (100, 98)), "PL-RET": ((10, 99),)}
"""From how many cases on which percentage of the list price holds."""

FLOOR_PERCENT = {"PL-SS": 97, "PL-DIST": 96, "PL-RET": 95}

NOT_ON_LIST = {
    "PL-SS": ("LB-NK-4K", "LB-TO-4K", "LB-KH-4K", "LB-JE-4K", "G5L-BO-5K", "G5L-GA-5K"),
    "PL-DIST": ("RT-KA-1K", "LC-MN-070", "DG-NS-500"),
    "PL-RET": ("RT-AS-1K", "RT-KA-1K", "RT-KA-700", "LC-MN-070", "G5-KJ-400-112", "LN-MA-560", "RP-SA-400"),
}
"""Sold to other tiers, or not priced yet: a line of these never confirms."""

PROMISED = (("C143", "KG-DO-200", 98), ("C143", "KC-LM-055", 98), ("C146", "KG-100", 97))
"""What customers have been promised by letter: customer, item, percentage of the list price of one case."""

RAISED_DAYS_AGO = 110
OLD_PERCENT = 98
"""Before the last price increase everything cost this much of today's price."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceLists:
    """All list prices by list, SKU and UoM: (smallest quantity, price) in rising order."""

    slabs: Mapping[tuple[str, str, str], Sequence[tuple[Decimal, Decimal]]]
    raised_on: date

    def price(self, price_list: str, sku: str, *, uom: str, qty: Decimal, on: date) -> Decimal:
        """Return what one `uom` cost on a day, without tax; KeyError when the list has no such row."""
        now = [price for least, price in self.slabs[price_list, sku, uom] if qty >= least][-1]
        return now if on >= self.raised_on else rupees(now * share(OLD_PERCENT))


def price_lists(setting: Setting, items: Catalogue) -> PriceLists:
    """Today's lists. Discontinued items keep the prices they had, for what is still on the way."""
    slabs = {
        (price_list, item.sku, rung.uom): list(_slabs(price_list, item, rung.uom))
        for price_list in PERCENT_OF_MRP
        for item in items.sold
        if item.sku not in NOT_ON_LIST[price_list]
        for rung in item.ladder
        if rung.sales
    }
    return PriceLists(slabs=slabs, raised_on=setting.ago(RAISED_DAYS_AGO))


def _slabs(price_list: str, item: Item, uom: str) -> Iterator[tuple[Decimal, Decimal]]:
    untaxed = item.mrp / (1 + item.gst_rate / 100)
    whole = rupees(untaxed * share(PERCENT_OF_MRP[price_list]) * item.factor(uom))
    if uom == item.order_uom:
        yield Decimal(1), whole
        for least, percent in SLABS[price_list]:
            yield Decimal(least), rupees(whole * share(percent))
    else:
        loose = Decimal("0.1") if uom == "KG" else Decimal(1)
        # Broken cases cost the picking: one percent more.
        yield loose, rupees(whole * share(101))


def tables(setting: Setting, items: Catalogue, lists: PriceLists) -> Iterator[Table]:
    """`prices.csv` and `customer_prices.csv`."""
    yield table("prices.csv", "price_list,sku,uom,min_qty,price,floor,valid_from", _rows(items, lists))
    yield table(
        "customer_prices.csv", "customer,sku,uom,price,valid_from,valid_to,reference", _promised(setting, items, lists)
    )


def _rows(items: Catalogue, lists: PriceLists) -> Iterator[Row]:
    for (price_list, sku, uom), slabs in lists.slabs.items():
        item = items[sku]
        if not item.active:
            continue
        cost = item.cost * item.factor(uom)
        for least, price in slabs:
            floor = max(rupees_down(price * share(FLOOR_PERCENT[price_list])), rupees(cost))
            yield {
                "price_list": price_list,
                "sku": sku,
                "uom": uom,
                "min_qty": least,
                "price": price,
                "floor": floor,
                "valid_from": lists.raised_on,
            }


def _promised(setting: Setting, items: Catalogue, lists: PriceLists) -> Iterator[Row]:
    """Begun lately, so that what was ordered before was ordered at list."""
    begins, ends = setting.ago(4), setting.ahead(130)
    tiers = {firm.code: firm.tier for firm in firms()}
    for number, (customer, sku, percent) in enumerate(PROMISED, 1):
        uom = items[sku].order_uom
        listed = lists.price(PRICE_LISTS[tiers[customer]], sku, uom=uom, qty=Decimal(1), on=setting.today)
        yield {
            "customer": customer,
            "sku": sku,
            "uom": uom,
            "price": rupees(listed * share(percent)),
            "valid_from": begins,
            "valid_to": ends,
            "reference": f"Letter {number}/{setting.today:%Y}",
        }
