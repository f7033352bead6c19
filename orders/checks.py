"""What keeps a line from going as it stands, as a function of values."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from erp.records import Item, ItemUom, plain

ZERO = Decimal(0)


class Problem(StrEnum):
    """Why a line cannot go as it is."""

    INACTIVE = "inactive"
    NO_PRICE = "no_price"
    MOQ = "moq"
    MULTIPLE = "multiple"
    FRACTION = "fraction"
    NOT_SOLD_IN = "not_sold_in"
    SHORT = "short"
    """Less is free than is wanted, and its sender must say what becomes of it."""
    NONE_NOW = "none_now"
    """The same, and nothing is free."""
    OUT = "out"
    """Nothing is free, and this customer takes nothing later."""
    NEEDS_APPROVAL = "needs_approval"
    """Its effective price is below the floor, and no live approval covers it."""
    BELOW_ABSOLUTE = "below_absolute"
    """Its effective price is below what anybody may approve: the rules must be changed first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One way to mend a line."""

    sku: str
    quantity: Decimal
    uom: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A problem with the ways out of it, best first; none of them is ever put in unasked."""

    problem: Problem
    choices: tuple[Choice, ...] = ()
    facts: Mapping[str, str]


def check_line(
    item: Item,
    ladder: Mapping[str, ItemUom],
    successor: Item | None,
    *,
    quantity: Decimal,
    uom: str,
    priced: bool,
) -> Verdict | None:
    """The first thing wrong with a line, or None when it may go."""
    if not item.active:
        facts = {"item": item.name, "successor": successor.name if successor else ""}
        choices = (Choice(sku=successor.sku, quantity=quantity, uom=uom),) if successor and successor.active else ()
        return Verdict(problem=Problem.INACTIVE, choices=choices, facts=facts)
    rung = ladder.get(uom)
    if rung is None or not rung.sales:
        return Verdict(problem=Problem.NOT_SOLD_IN, choices=_sold_in(item, ladder, quantity, uom), facts={"uom": uom})
    if not rung.decimals and quantity != quantity.to_integral_value():
        ways = {quantity.to_integral_value(ROUND_CEILING), quantity.to_integral_value(ROUND_FLOOR)} - {Decimal(0)}
        return Verdict(problem=Problem.FRACTION, choices=_choices(item, ways, uom), facts={"uom": uom})
    if not priced:
        return Verdict(problem=Problem.NO_PRICE, facts={"item": item.name})
    return _lot_size(item, ladder, quantity=quantity, uom=uom)


def _sold_in(item: Item, ladder: Mapping[str, ItemUom], quantity: Decimal, uom: str) -> tuple[Choice, ...]:
    """The same amount in packs that are sold, if it comes out even; else the fewest of the smallest that cover it."""
    rung = ladder.get(uom)
    sold = sorted((one for one in ladder.values() if one.sales), key=lambda one: one.factor)
    if rung is None or not sold:
        return ()
    base = quantity * rung.factor
    even = [one for one in sold if base % one.factor == 0]
    if not even:
        least = (base / sold[0].factor).to_integral_value(ROUND_CEILING)
        return (Choice(sku=item.sku, quantity=least, uom=sold[0].uom),)
    return tuple(Choice(sku=item.sku, quantity=base / one.factor, uom=one.uom) for one in reversed(even))


def _lot_size(item: Item, ladder: Mapping[str, ItemUom], *, quantity: Decimal, uom: str) -> Verdict | None:
    """Minimum and multiple are given in the order UoM."""
    order_rung = ladder.get(item.order_uom)
    if order_rung is None:
        return None
    scale = ladder[uom].factor / order_rung.factor
    amount = quantity * scale
    facts = {"moq": plain(item.moq or ZERO), "multiple": plain(item.multiple or ZERO), "uom": item.order_uom}
    if item.moq and amount < item.moq:
        least = item.moq
        if item.multiple:
            least = (least / item.multiple).to_integral_value(ROUND_CEILING) * item.multiple
        return Verdict(problem=Problem.MOQ, choices=_choices(item, {least}, item.order_uom), facts=facts)
    if item.multiple and amount % item.multiple:
        steps = amount / item.multiple
        ways = {steps.to_integral_value(way) * item.multiple for way in (ROUND_CEILING, ROUND_FLOOR)}
        ways = {way for way in ways if way > 0 and way >= (item.moq or 0)}
        return Verdict(problem=Problem.MULTIPLE, choices=_choices(item, ways, item.order_uom), facts=facts)
    return None


def _choices(item: Item, ways: set[Decimal], uom: str) -> tuple[Choice, ...]:
    return tuple(Choice(sku=item.sku, quantity=way, uom=uom) for way in sorted(ways, reverse=True))
