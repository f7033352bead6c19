"""The choices of a line in doubt as they are offered: complete, of items that are made, each once."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from erp.records import plain
from orders.goods import Goods

ChoiceFacts = dict[str, Any]
"""One way to settle a line: `sku`, `quantity` (text or None), `uom`; `onto` is the line it is merged into."""
MOST = 10


def choice(sku: str, quantity: Decimal | None, uom: str | None, **more: Any) -> ChoiceFacts:
    """One way to settle a line, as it is stored."""
    return {"sku": sku, "quantity": None if quantity is None else plain(quantity), "uom": uom, **more}


def offered(choices: Iterable[ChoiceFacts], goods: Goods) -> list[ChoiceFacts]:
    """An item no longer made gives way to its successor; a missing unit is asked among those the item is sold in.

    What this customer cannot buy (no longer made, or without any price) is offered only if nothing else is.
    """
    complete: dict[tuple[str, str | None, str | None], ChoiceFacts] = {}
    for entry in choices:
        successor = goods.successor(entry["sku"])
        sku = successor.sku if successor else entry["sku"]
        for uom in [entry["uom"]] if entry["uom"] else _sold_in(goods, sku):
            complete.setdefault((sku, entry["quantity"], uom), {**entry, "sku": sku, "uom": uom})
    sold = [entry for entry in complete.values() if can_be_bought(goods, entry["sku"])]
    return (sold or list(complete.values()))[:MOST]


def can_be_bought(goods: Goods, sku: str) -> bool:
    """Whether this customer can buy it: made, and on the price list."""
    item = goods.items.get(sku)
    return item is not None and item.active and bool(goods.prices.get(sku))


def only_gone(choices: list[ChoiceFacts], goods: Goods) -> str | None:
    """The SKU no longer made, when nothing but it and what took its place was meant."""
    gone = [entry["sku"] for entry in choices if goods.successor(entry["sku"]) is not None]
    if not gone:
        return None
    successor = goods.successor(gone[0])
    same = all(entry["sku"] == gone[0] or (successor and entry["sku"] == successor.sku) for entry in choices)
    return str(gone[0]) if same else None


def _sold_in(goods: Goods, sku: str) -> list[str | None]:
    """The unit it is ordered in first."""
    item = goods.items.get(sku)
    ladder = sorted(goods.ladders.get(sku, {}).values(), key=lambda rung: -rung.factor)
    sold: list[str | None] = [rung.uom for rung in ladder if rung.sales]
    if item is not None and item.order_uom in sold:
        sold.sort(key=lambda uom: uom != item.order_uom)
    return sold or [None]
