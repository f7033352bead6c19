"""What a line costs, as a function of values: price rows, pack ladder, quantity and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Protocol

from erp.records import Price

PAISA = Decimal("0.01")
LISTED = ""
FROM_LARGER = "by_uom"
CONVERTED = "converted"


class Dated(Protocol):
    """A rule that may begin and end."""

    @property
    def valid_from(self) -> date | None: ...

    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """The price of one ordered UoM, in rupees without tax; `note` says how it was come by when not listed as such."""

    price: Decimal
    note: str = LISTED
    row_uom: str = ""
    min_qty: Decimal = Decimal(0)
    floor: Decimal | None = None
    """Of one ordered UoM."""


def money(amount: Decimal) -> Decimal:
    """Rounded to the paisa, half up, as invoices are."""
    return amount.quantize(PAISA, rounding=ROUND_HALF_UP)


def whole_paise(amount: Decimal) -> Decimal:
    """Rounded down to the paisa: what is given away within a cap must not pass it."""
    return amount.quantize(PAISA, rounding=ROUND_FLOOR)


def holds(row: Dated, day: date) -> bool:
    """Whether a rule is in force on a day; both its days are included."""
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or day <= row.valid_to)


def _best_slab(rows: Sequence[Price], uom: str, quantity: Decimal) -> Price | None:
    """The row of the deepest slab the line reaches, the plant's own first; of equal ones the one that began last.

    Where a list begins at 1, that is no least quantity: a part of the unit is priced too.
    """
    reached = [row for row in rows if row.uom == uom and (row.min_qty <= quantity or row.min_qty <= 1)]
    if len(reached) < 2:
        return reached[0] if reached else None
    return max(reached, key=lambda row: (row.plant != "", row.min_qty, row.valid_from or date.min, row.price))


def quote(
    rows: Sequence[Price],
    ladder: Mapping[str, Decimal],
    *,
    uom: str,
    quantity: Decimal,
    day: date,
    tax_rate: Decimal | None = None,
    plant: str = "",
) -> Quote | None:
    """The price of `quantity` × `uom` on a day, or None when the price list does not say (or says 0).

    The row of the ordered UoM holds; else that of the largest listed UoM that divides the quantity; else any
    listed one, converted and marked so. `ladder` gives base units by UoM. Rows of another plant than `plant` count not.
    """
    if uom not in ladder:
        return None
    rows = [row for row in rows if row.price > 0 and row.uom in ladder and row.plant in ("", plant) and holds(row, day)]
    row, note = _best_slab(rows, uom, quantity), LISTED
    base = quantity * ladder[uom]
    if row is None:
        for listed in sorted({row.uom for row in rows}, key=lambda name: -ladder[name]):
            amount = base / ladder[listed]
            if amount == amount.to_integral_value() and (row := _best_slab(rows, listed, amount)):
                note = FROM_LARGER
                break
    if row is None:
        for listed in sorted({row.uom for row in rows}, key=lambda name: ladder[name]):
            if row := _best_slab(rows, listed, base / ladder[listed]):
                note = CONVERTED
                break
    if row is None:
        return None
    scale = ladder[uom] / ladder[row.uom]
    divisor = 1 + (tax_rate or Decimal(0)) / 100 if row.tax_included else Decimal(1)
    price = money(row.price * scale / divisor)
    if price <= 0:
        return None
    return Quote(
        price=price,
        note=note,
        row_uom=row.uom,
        min_qty=row.min_qty,
        floor=money(row.floor * scale / divisor) if row.floor is not None else None,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """Of an order, in rupees: net, the tax on it (None when some rate is not known), and what it reserves of credit."""

    net: Decimal
    tax: Decimal | None
    with_tax: Decimal


def totals(lines: Sequence[tuple[Decimal, Decimal, Decimal | None]]) -> Totals:
    """Of `(quantity, price, tax rate in percent or None)`; each line is rounded, as an invoice rounds it."""
    net = sum((money(quantity * price) for quantity, price, _ in lines), Decimal(0))
    known = sum(
        (money(quantity * price * rate / 100) for quantity, price, rate in lines if rate is not None),
        Decimal(0),
    )
    complete = all(rate is not None for _, _, rate in lines)
    return Totals(net=net, tax=known if complete else None, with_tax=net + known)
