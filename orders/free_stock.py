"""How much of an item is free to be promised, and what becomes of a line that wants more: functions of values."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from erp.records import Item, ShortRule, Stock, StockStatus

ZERO = Decimal(0)
FINEST = Decimal("0.001")
"""Of goods sold loose, so much is the least that is told or cut to."""
SOON = timedelta(days=2)
"""What is asked for a later day can be made until then: the stock of today says nothing of it."""
TOO_OLD = timedelta(hours=48)
"""Stock told longer ago than that says nothing any more."""


USUAL_PACKS = Decimal(5)
"""Of an item this firm has never bought, so many order units are enough."""


class Short(StrEnum):
    """What was decided of a line that is short of free stock; kept with the line."""

    BACKORDER = "backorder"
    """By the customer's rule, or a clerk's yes: ordered whole; what there is goes now, the rest when made."""
    CUT = "cut"
    """By the customer's rule: only what there is was ordered."""
    LATER = "later"
    """Its sender wants all of it, together, when it is made."""
    NOW = "now"
    """Its sender wants what there is, and the rest not at all."""
    DROP = "drop"
    """Its sender wants none of it."""


class Enough(StrEnum):
    """Whether there is enough of an item, as it is told to whoever asks."""

    YES = "yes"
    LIMITED = "limited"
    NO = "no"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """How a line goes: `quantity` is ordered; `asked` is open while its sender must say what becomes of it."""

    quantity: Decimal
    free: Decimal | None = None
    """What could leave now, in the line's unit, where that is less than was wanted."""
    decided: Short | None = None
    asked: bool = False
    none: bool = False
    """Cut to nothing: there is none of it."""


def free(lots: Iterable[Stock], *, warehouses: Collection[str], held: Decimal, day: date) -> Decimal:
    """Base units: what is available in these warehouses and not expired, less what open orders hold; never below 0."""
    there = sum(
        (
            lot.qty
            for lot in lots
            if lot.status == StockStatus.AVAILABLE
            and lot.warehouse in warehouses
            and (lot.expiry is None or lot.expiry >= day)
        ),
        ZERO,
    )
    return max(ZERO, there - held)


def in_packs(base: Decimal, *, factor: Decimal, wanted: Decimal) -> Decimal:
    """Base units in a unit of `factor`: whole ones, unless parts of one are wanted."""
    step = Decimal(1) if wanted == wanted.to_integral_value() else FINEST
    return (base / factor / step).to_integral_value(ROUND_FLOOR) * step


def sendable(quantity: Decimal, *, item: Item, scale: Decimal) -> Decimal:
    """The most of it that may be ordered by the item's multiple and minimum; `scale` order units are one of it."""
    if item.multiple:
        quantity = (quantity * scale / item.multiple).to_integral_value(ROUND_FLOOR) * item.multiple / scale
    return ZERO if item.moq and quantity * scale < item.moq else quantity


def judge(
    wanted: Decimal,
    *,
    ordered: Decimal,
    free: Decimal,
    may_send: Decimal,
    rule: ShortRule,
    decided: Short | None,
    as_shown: bool,
) -> Judged:
    """What becomes of a line of which `wanted` is asked and `ordered` stands in the draft, all in its unit.

    `may_send` of the `free` may be ordered by itself. An answer holds as long as it can be kept; `as_shown` leaves a
    line that was cut as it was shown, though there may be more by now.
    """
    if decided == Short.NOW and ordered <= free:
        return Judged(quantity=ordered, free=ordered, decided=decided)
    if free >= wanted:
        kept = as_shown and decided == Short.CUT and ordered < wanted
        return Judged(quantity=ordered, free=ordered, decided=decided) if kept else Judged(quantity=wanted)
    if rule == ShortRule.CUT:
        quantity = ordered if as_shown and decided == Short.CUT and ordered <= free else may_send
        if not quantity:
            return Judged(quantity=wanted, free=ZERO, none=True)
        return Judged(quantity=quantity, free=quantity, decided=Short.CUT)
    if rule == ShortRule.BACKORDER:
        return Judged(quantity=wanted, free=free, decided=Short.BACKORDER)
    if decided in (Short.LATER, Short.BACKORDER):
        return Judged(quantity=wanted, free=free, decided=decided)
    return Judged(quantity=wanted, free=may_send, asked=True)


def enough(free: Decimal, *, wanted: Decimal) -> Enough:
    """Of base units, or of any unit."""
    if free <= 0:
        return Enough.NO
    return Enough.YES if free >= wanted else Enough.LIMITED


def is_soon(day: date | None, *, today: date) -> bool:
    """Whether what is asked for a day leaves from the stock of today."""
    return day is None or day <= today + SOON
