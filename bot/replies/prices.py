"""What a summary says below a line of its price: what it was before schemes, what goes free with it, what was asked."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from bot.replies.words import Words, amount, rupees
from orders.goods import Goods
from orders.model import DraftLine
from orders.shortage import NOW
from orders.wishes import asked_free, asked_price

INDENT = "   "


def notes(words: Words, line: DraftLine, goods: Goods) -> Iterator[str]:
    """One sentence a line of the bubble."""
    if line.price is None:
        return
    if line.list_price is not None and line.list_price != line.price:
        yield INDENT + _before(words, line, line.list_price)
    for entry in line.free_goods or ():
        yield INDENT + _free(words, line, entry, goods)
    if line.held_schemes:
        yield INDENT + _held(words, line)
    if (price := asked_price(line)) is not None:
        yield INDENT + words("mark.price_asked", price=rupees(price), now=rupees(line.price))
    if (free := asked_free(line, goods)) is not None:
        yield INDENT + words("mark.free_asked", count=amount(free, ""))


def _before(words: Words, line: DraftLine, list_price: Decimal) -> str:
    if line.granted_price is not None or line.granted_free is not None:
        return words("mark.granted", price=rupees(list_price))
    return words("mark.off_list", price=rupees(list_price), schemes=", ".join(line.schemes))


def _held(words: Words, line: DraftLine) -> str:
    held = line.held_schemes
    return words("mark.schemes_held", schemes=", ".join(held["schemes"]), price=rupees(Decimal(held["effective"])))


def _free(words: Words, line: DraftLine, entry: Mapping[str, Any], goods: Goods) -> str:
    facts = {"count": amount(Decimal(entry["qty"]), entry["uom"]), "scheme": entry["scheme"]}
    if entry["sku"] == line.sku:
        said = words("mark.free_goods", **facts)
    else:
        said = words("mark.free_goods_item", item=goods.name(entry["sku"]), **facts)
    return f"{said}, {words('mark.free_goods_later', now=entry[NOW])}" if NOW in entry else said
