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

    def name(self, sku: str) -> str:
        return self.items[sku].name if sku in self.items else sku


def goods_of(session: Session, skus: Iterable[str], *, price_list: str) -> Goods:
    """What the mirror says of these SKUs now."""
    wanted = {sku for sku in skus if sku}
    items = dict(mirror.items(session, wanted))
    successors = {item.replaced_by for item in items.values() if not item.active and item.replaced_by}
    items |= mirror.items(session, successors - wanted)
    return Goods(
        items=items,
        ladders=mirror.uoms(session, items),
        prices=mirror.prices_for(session, price_list, list(items)),
    )
