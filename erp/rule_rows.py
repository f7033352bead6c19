"""What can be wrong with one rule by itself, whether it came in a file or was typed into a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from erp.record import Record
from erp.rule_records import ApprovalLevel, CustomerPrice, Floor, Limit, Price, Rule, Scheme
from erp.words import ROLES

HIGHEST_LEVEL = 3
CURRENCY = "INR"
"""What people are told and what is posted."""
WHOLE = Decimal(100)
MAY_NOT_APPROVE = frozenset({"buyer", "driver", "operator"})


@dataclass(frozen=True, kw_only=True, slots=True)
class RowFault:
    """What is wrong and what to do; a refused row does not come into force."""

    column: str
    text: str
    remedy: str
    refused: bool = True


def faults_of(record: Record) -> list[RowFault]:
    """Everything that one row shows by itself."""
    match record:
        case Price():
            return [*_dates(record), *_price(record)]
        case CustomerPrice():
            return list(_dates(record))
        case Scheme():
            return [*_dates(record), *_scheme(record), *_caps(record)]
        case Floor():
            return [*_dates(record), *_floor(record)]
        case Limit():
            return [*_dates(record), *_limit(record)]
        case ApprovalLevel():
            return [*_dates(record), *_level(record)]
        case _:
            return []


def _dates(rule: Rule) -> Iterator[RowFault]:
    if rule.valid_from and rule.valid_to and rule.valid_from > rule.valid_to:
        yield RowFault(column="valid_to", text="ends before it begins", remedy="correct the dates")


def _price(row: Price) -> Iterator[RowFault]:
    if row.floor is not None and row.floor > row.price:
        text = f"the floor {row.floor} is above the price {row.price}"
        remedy = "correct one of them: every order at this price would need an approval"
        yield RowFault(column="floor", text=text, remedy=remedy)
    if row.currency != CURRENCY:
        text = f"the price is in {row.currency}, where all others are in {CURRENCY}"
        yield RowFault(column="currency", text=text, remedy=f"give it in {CURRENCY}")


def _scheme(row: Scheme) -> Iterator[RowFault]:
    if row.free_qty is None and row.percent is None and row.amount is None:
        text = "it gives nothing: neither free_qty nor percent nor amount"
        yield RowFault(column="free_qty, percent, amount", text=text, remedy="fill in what it gives")
    if row.percent is not None and row.percent >= WHOLE:
        text = f"{row.percent} % would give everything away"
        yield RowFault(column="percent", text=text, remedy="write a number below 100")
    if row.free_qty and not row.buy_qty:
        text = "free goods need a quantity to be bought"
        yield RowFault(column="buy_qty", text=text, remedy="write after how much of it something is free")
    if row.free_qty and not (row.free_sku or row.sku):
        text = "nobody says which item is free"
        yield RowFault(column="free_sku", text=text, remedy="write the SKU that is free")
    if row.free_sku and row.free_qty is None:
        text = f"nobody says how much of {row.free_sku} is free"
        yield RowFault(column="free_qty", text=text, remedy="write the quantity, or leave free_sku empty")


def _caps(row: Scheme) -> Iterator[RowFault]:
    for column in ("cap_order", "cap_customer", "budget"):
        cap: Decimal | None = getattr(row, column)
        if cap is not None and cap <= 0:
            text = f"a {column} of {cap} lets nobody have the scheme"
            yield RowFault(column=column, text=text, remedy="write a number above zero, or leave it empty for no cap")


def _floor(row: Floor) -> Iterator[RowFault]:
    figures = (row.floor_price, row.min_margin_percent, row.max_discount_percent)
    if all(figure is None for figure in figures):
        yield RowFault(
            column="floor_price, min_margin_percent, max_discount_percent",
            text="it says no floor",
            remedy="fill in one of the three",
        )
    if row.floor_price is not None and not (row.sku or row.group):
        text = "a floor price is of one order UoM of an item, and no item is named"
        yield RowFault(column="floor_price", text=text, remedy="name the SKU or the group, or give a percentage")


def _limit(row: Limit) -> Iterator[RowFault]:
    if not row.person and not row.role:
        yield RowFault(column="person, role", text="nobody is named", remedy="write a phone or a role")
    if row.role and row.role not in ROLES:
        yield _no_role("role", row.role)
    if row.max_discount_percent is None and row.max_amount is None:
        yield RowFault(
            column="max_discount_percent, max_amount",
            text="it allows nothing",
            remedy="fill in at least one of the two",
        )


def _level(row: ApprovalLevel) -> Iterator[RowFault]:
    if not 1 <= row.level <= HIGHEST_LEVEL:
        text = f"there is no level {row.level}"
        yield RowFault(column="level", text=text, remedy="write 1, 2 or 3: there are at most three")
    if not row.approvers:
        yield RowFault(column="approvers", text="nobody approves", remedy="write roles or phones with ; between them")
    for word in row.approvers:
        if word.startswith("+"):
            continue
        if word not in ROLES:
            yield _no_role("approvers", word)
        elif word in MAY_NOT_APPROVE:
            text = f"a {word} approves no prices"
            yield RowFault(column="approvers", text=text, remedy="write a role of the office, or a phone")
    if row.expiry_minutes <= 0:
        text = "an approval that is asked for would end at once"
        yield RowFault(column="expiry_minutes", text=text, remedy="write minutes of working time, for instance 30")


def _no_role(column: str, word: str) -> RowFault:
    return RowFault(column=column, text=f"{word!r} is no role", remedy=f"write one of {', '.join(sorted(ROLES))}")
