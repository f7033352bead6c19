"""The draft that a day's messages of a customer in shadow would have made, as a function of their readings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from orders.comparison import ReadLine

ORDERS = ("order", "repeat_order", "change_order")
CHANGES = (*ORDERS, "yes")
CANCELS = "cancel_order"
MATCHED, ASK = "matched", "ask"
AGAIN_WITHIN = timedelta(minutes=10)
"""The same text so soon is a phone that sent twice."""

Ladders = Mapping[tuple[str, str], Decimal]
"""How many base units one UoM of an item is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message as it was read."""

    inbound_id: int
    said_at: datetime
    reading: Mapping[str, Any]
    """As `parse` gives it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One line as the draft would have had it."""

    no: int
    inbound_id: int
    """The message it was last said in."""
    source: str
    status: str
    sku: str | None
    quantity: Decimal | None
    uom: str | None
    offered: tuple[str, ...] = ()
    """The items it would have been asked by."""


def wanted(messages: Iterable[Message]) -> tuple[Wanted, ...]:
    """The lines at the end of the day, in the order in which they were first said."""
    lines: list[Wanted] = []
    before: Message | None = None
    for message in sorted(messages, key=lambda one: (one.said_at, one.inbound_id)):
        if before is not None and _sent_twice(before, message):
            continue
        before = message
        intent = message.reading["intent"]
        if intent == CANCELS and not message.reading["slots"].get("order"):
            lines = []
        if intent in CHANGES:
            lines = _changed(lines, message)
        if intent in ORDERS:
            lines = _with(lines, message)
    return tuple(lines)


def as_read(line: Wanted, ladders: Ladders) -> ReadLine:
    """The line as it is compared."""
    return ReadLine(
        text=line.source,
        settled=line.status == MATCHED,
        sku=line.sku,
        quantity=line.quantity,
        uom=line.uom,
        base=_base(line, ladders),
        choices=line.offered,
        messages=(line.inbound_id,),
    )


def _sent_twice(before: Message, message: Message) -> bool:
    said = _sources(message)
    return bool(said) and said == _sources(before) and message.said_at - before.said_at <= AGAIN_WITHIN


def _sources(message: Message) -> list[str]:
    return [line["source"] for line in message.reading["lines"]]


def _base(line: Wanted, ladders: Ladders) -> Decimal | None:
    if line.sku is None or line.quantity is None:
        return None
    return line.quantity * ladders.get((line.sku, line.uom or ""), Decimal(1))


def _with(lines: Sequence[Wanted], message: Message) -> list[Wanted]:
    """Of an item that is there already it would be asked whether it is more, unless that is said."""
    adds = message.reading["intent"] == "change_order"
    result = list(lines)
    for read in message.reading["lines"]:
        new = _line(max((line.no for line in result), default=0) + 1, read, message.inbound_id)
        twin = next((line for line in result if new.status == line.status == MATCHED and line.sku == new.sku), None)
        if twin is not None and adds and twin.uom == new.uom and twin.quantity and new.quantity:
            result[result.index(twin)] = replace(twin, quantity=twin.quantity + new.quantity)
        elif twin is not None:
            result.append(replace(new, status=ASK, offered=(str(new.sku),)))
        else:
            result.append(new)
    return result


def _line(no: int, read: Mapping[str, Any], inbound_id: int) -> Wanted:
    complete = read["sku"] and read["quantity"] and read["uom"]
    return Wanted(
        no=no,
        inbound_id=inbound_id,
        source=read["source"],
        status=ASK if read["status"] == MATCHED and not complete else read["status"],
        sku=read["sku"],
        quantity=_decimal(read["quantity"]),
        uom=read["uom"],
        offered=tuple(dict.fromkeys(one["sku"] for one in read["candidates"])),
    )


def _changed(lines: Sequence[Wanted], message: Message) -> list[Wanted]:
    result = list(lines)
    for change in message.reading["slots"].get("changes", ()):
        old = next((line for line in result if change["sku"] and line.sku == change["sku"]), None)
        if old is None:
            continue
        place = result.index(old)
        new = _edited(old, change, message.inbound_id)
        result[place : place + 1] = [] if new is None else [new]
    return result


def _edited(line: Wanted, change: Mapping[str, Any], inbound_id: int) -> Wanted | None:
    said, quantity = _decimal(change["quantity"]), line.quantity or Decimal(0)
    match change["op"]:
        case "remove":
            return None
        case "replace":
            sku, quantity = change["with_sku"], said or quantity
        case "set":
            sku, quantity = line.sku, said or quantity
        case _:
            step = said or Decimal(0)
            sku, quantity = line.sku, quantity + (step if change["op"] == "add" else -step)
    if quantity <= 0:
        return None
    uom = change["uom"] or line.uom
    status = MATCHED if sku and uom else line.status
    return replace(line, sku=sku, quantity=quantity, uom=uom, status=status, inbound_id=inbound_id)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
