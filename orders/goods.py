"""The items, pack ladders and prices that an order is about, looked up at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from erp import mirror
from erp.records import Item, ItemUom, Price


@dataclass(frozen=True, kw_only=True, slots=True)
class Goods:
    """Master data of some SKUs, successors of the inactive ones included."""

    items: Mapping[str, Item]
    ladders: Mapping[str, Mapping[str, ItemUom]]
    prices: Mapping[str, Sequence[Price]]

    def factors(self, sku: str) -> dict[str, Decimal]:
        """Base units by UoM of one item."""
        return {uom: rung.factor for uom, rung in self.ladders.get(sku, {}).items()}

    def base_quantity(self, sku: str, quantity: Decimal, uom: str) -> Decimal:
        """In base units; a UoM the item does not have counts as the base."""
        rung = self.ladders.get(sku, {}).get(uom)
        return quantity * (rung.factor if rung else Decimal(1))

    def successor(self, sku: str) -> Item | None:
        """The active item that took the place of an inactive one, by way of others if need be."""
        met = {sku}
        item = self.items.get(sku)
        while item is not None and not item.active and item.replaced_by not in met:
            met.add(item.replaced_by)
            item = self.items.get(item.replaced_by)
        return item if item is not None and item.active and item.sku != sku else None

    def name(self, sku: str) -> str:
        """As it is told to people."""
        return self.items[sku].name if sku in self.items else sku


def goods_of(session: Session, skus: Iterable[str], *, price_list: str | None) -> Goods:
    """What the mirror says of these SKUs now; None: without any prices."""
    wanted = {sku for sku in skus if sku}
    items: dict[str, Item] = {}
    while wanted:
        found = mirror.items(session, wanted)
        items |= found
        successors = {item.replaced_by for item in found.values() if not item.active and item.replaced_by}
        wanted = successors - set(items)
    return Goods(
        items=items,
        ladders=mirror.uoms(session, items),
        prices=mirror.prices_for(session, price_list, list(items)) if price_list is not None else {},
    )
