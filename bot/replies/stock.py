"""How the stock of an item is told: in words, or in numbers."""

from bot.replies.words import Words, amount
from orders.free_stock import Enough
from orders.stock import Told


def told(words: Words, one: Told, *, exact: bool) -> str:
    """A sentence; `exact` names how many there are."""
    if exact and one.enough != Enough.NO:
        return words("stock.exact", item=one.name, amount=amount(one.free, one.uom))
    if one.quantity is not None and one.enough == Enough.YES:
        return words("stock.yes_so_many", item=one.name, amount=amount(one.quantity, one.uom))
    return words(f"stock.{one.enough}", item=one.name)
