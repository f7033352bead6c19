"""What planning and dispatch are told of a plant's orders: amounts and stock, and no price."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.replies.words import Words, amount, clock_time, short
from orders.plant_day import Ordered, PlantDay

MOST_ITEMS, MOST_DRAFTS = 15, 8
LONGEST_NAME = 40


def said_of(said: Words, found: PlantDay, *, plant: str, since: datetime, zone: str, link: str) -> list[str]:
    """A line each: the counts, the items, what is not confirmed, and where the list is."""
    day = since.astimezone(ZoneInfo(zone)).date()
    heading = said(
        "plant.heading",
        plant=plant,
        since=f"{said.day(day)} {clock_time(since, zone)}",
        orders=found.orders,
        lines=found.lines,
    )
    lines = [heading, *(_item(said, item) for item in found.goods[:MOST_ITEMS])]
    if len(found.goods) > MOST_ITEMS:
        lines.append(said("plant.more_items", count=len(found.goods) - MOST_ITEMS))
    if found.unconfirmed:
        lines.append(said("plant.unconfirmed", count=len(found.unconfirmed)))
        lines += [
            said("plant.draft", firm=short(draft.firm, LONGEST_NAME), lines=draft.lines)
            for draft in found.unconfirmed[:MOST_DRAFTS]
        ]
    if len(found.unconfirmed) > MOST_DRAFTS:
        lines.append(said("plant.more_drafts", count=len(found.unconfirmed) - MOST_DRAFTS))
    return [*lines, said("plant.list", link=link)]


def _item(said: Words, item: Ordered) -> str:
    key = "plant.item_short" if item.short else "plant.item"
    return said(
        key,
        item=short(item.name, LONGEST_NAME),
        quantity=amount(item.quantity, item.uom),
        stock=amount(item.stock, ""),
        held=amount(item.held, ""),
        short=amount(item.short, item.uom),
    )
