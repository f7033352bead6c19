"""How it is told what has left: the goods, their papers, and what remains."""

from collections.abc import Mapping, Sequence

from bot.replies.words import Words, amount, quoted
from erp.records import Item
from orders.dispatched import Consignment, Goods, OrderNews


def dispatched_text(words: Words, news: Sequence[OrderNews], items: Mapping[str, Item], *, firm: str) -> list[str]:
    """One line each, the orders one behind the other."""
    left = any(consignment.goods for order in news for consignment in order.consignments)
    lines = [words("dispatched.heading" if left else "dispatched.heading_papers", firm=quoted(firm))]
    for order in news:
        lines += _order(words, order, items)
    return lines


def _order(words: Words, news: OrderNews, items: Mapping[str, Item]) -> list[str]:
    lines = [words("dispatched.order", number=news.number)]
    for consignment in news.consignments:
        lines += [f"• {_goods(words, one, items)}" for one in consignment.goods]
        papers = _papers(words, consignment)
        lines += [papers] if papers else []
    if not any(consignment.goods for consignment in news.consignments):
        return lines
    if news.remains:
        rest = ", ".join(_goods(words, one, items) for one in news.remains)
        return [*lines, words("dispatched.remains", rest=rest)]
    return [*lines, words("dispatched.complete")]


def _goods(words: Words, goods: Goods, items: Mapping[str, Item]) -> str:
    name = items[goods.sku].name if goods.sku in items else goods.sku
    day = f" ({words.day(goods.on)})" if goods.on is not None else ""
    return f"{name} – {amount(goods.quantity, goods.uom)}{day}"


def _papers(words: Words, consignment: Consignment) -> str:
    told = {"invoice": consignment.invoice, "vehicle": consignment.vehicle, "lr": consignment.lr_no}
    return " · ".join(words(f"dispatched.{name}", number=number) for name, number in told.items() if number)
