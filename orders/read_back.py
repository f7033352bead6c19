"""Whether an ERP booked what was posted: line by line, as a function of values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from erp.documents import BookedLine
from orders.amended import StandingLine

MOST_APART = Decimal(1)
"""Rupees a line may differ by: rounding."""
ZERO = Decimal(0)


class ReadBack(StrEnum):
    """What came of holding an order against what the ERP booked."""

    NOT_TOLD = ""
    """The ERP did not say what it holds."""
    EQUAL = "equal"
    DIFFERS = "differs"
    """A person must look before its sender hears that it is posted."""
    SETTLED = "settled"
    """A person has looked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """One item that the ERP holds otherwise; amounts in rupees without tax, quantities in the line's unit."""

    sku: str
    ours: str
    theirs: str


def read_back(lines: Sequence[StandingLine], booked: Sequence[BookedLine] | None) -> ReadBack:
    """The verdict."""
    if booked is None:
        return ReadBack.NOT_TOLD
    return ReadBack.DIFFERS if differences(lines, booked) else ReadBack.EQUAL


def differences(lines: Iterable[StandingLine], booked: Iterable[BookedLine]) -> list[Apart]:
    """Lines worth more than a rupee more or less there than here, or of another quantity; also what only one has.

    A line is its number's where the goods are the same, else whichever other of these goods is left.
    """
    left = list(booked)
    found = []
    for line in lines:
        theirs = _same(line, left)
        if theirs is None:
            found.append(Apart(sku=line.sku, ours=_said(line.quantity, line.uom, line.price), theirs="–"))
            continue
        left.remove(theirs)
        if _is_apart(line, theirs):
            told = _said(theirs.qty, theirs.uom, theirs.price)
            found.append(Apart(sku=line.sku, ours=_said(line.quantity, line.uom, line.price), theirs=told))
    found += [Apart(sku=one.sku, ours="–", theirs=_said(one.qty, one.uom, one.price)) for one in left if one.qty > 0]
    return found


def _same(line: StandingLine, booked: Sequence[BookedLine]) -> BookedLine | None:
    goods = [one for one in booked if one.sku == line.sku]
    return next((one for one in goods if one.line == line.no), goods[0] if goods else None)


def _is_apart(line: StandingLine, booked: BookedLine) -> bool:
    """In another unit only the worth can be compared."""
    if booked.uom in ("", line.uom) and booked.qty != line.quantity:
        return True
    return booked.price is not None and abs(booked.qty * booked.price - line.quantity * line.price) > MOST_APART


def _said(quantity: Decimal, uom: str, price: Decimal | None) -> str:
    worth = "" if price is None else f" = {quantity * price:.2f}"
    return f"{quantity.normalize():f} {uom}{worth}"
