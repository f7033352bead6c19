"""The rules of prices that can matter for one customer and some items, as one value; looked up, never walked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from erp.records import ApprovalLevel, CustomerPrice, Floor, Item, Limit, Price, Scheme

R = TypeVar("R")
About = tuple[str, str]
"""SKU and group that a scheme or floor is about; empty: any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What is in force on a day: only rows that hold then, and only those of this customer, its tier and its list."""

    version: int
    """Of all rules: the price snapshot an approval is bound to."""
    day: date
    prices: Mapping[str, Sequence[Price]] = field(default_factory=dict)
    """The rows of the customer's price list by SKU, smallest `min_qty` first."""
    contracts: Mapping[str, Sequence[CustomerPrice]] = field(default_factory=dict)
    """The customer's contract prices by SKU."""
    schemes: Mapping[About, Sequence[Scheme]] = field(default_factory=dict)
    floors: Mapping[About, Sequence[Floor]] = field(default_factory=dict)

    def schemes_about(self, sku: str, group: str) -> list[Scheme]:
        """The schemes that a line of this item may get, whatever its quantity."""
        return rows_about(self.schemes, sku, group)

    def floors_about(self, sku: str, group: str) -> list[Floor]:
        """The floors that may hold for a line of this item, absolute ones included."""
        return rows_about(self.floors, sku, group)


def rows_about(rows: Mapping[About, Sequence[R]], sku: str, group: str) -> list[R]:
    """Those about an item, its group, both or any item."""
    places = {(sku, group), (sku, ""), ("", group), ("", "")}
    return [row for place in sorted(places, reverse=True) for row in rows.get(place, ())]


def rules(
    *,
    version: int,
    day: date,
    prices: Iterable[Price] = (),
    contracts: Iterable[CustomerPrice] = (),
    schemes: Iterable[Scheme] = (),
    floors: Iterable[Floor] = (),
) -> Rules:
    """Rows put in the places where they are looked for."""
    return Rules(
        version=version,
        day=day,
        prices=_by((row.sku, row) for row in prices),
        contracts=_by((row.sku, row) for row in contracts),
        schemes=by_about(schemes),
        floors=by_about(floors),
    )


K = TypeVar("K", bound=Hashable)


def _by(pairs: Iterable[tuple[K, R]]) -> dict[K, list[R]]:
    found: defaultdict[K, list[R]] = defaultdict(list)
    for key, row in pairs:
        found[key].append(row)
    return dict(found)


A = TypeVar("A", Scheme, Floor)


def by_about(rows: Iterable[A]) -> dict[About, list[A]]:
    """Schemes or floors by what they are about."""
    return _by(((row.sku, row.group), row) for row in rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """All the rules there are, or those of some items, with what they speak of; for checking them."""

    day: date
    """Today: what ended before is not checked."""
    prices: Sequence[Price] = ()
    contracts: Sequence[CustomerPrice] = ()
    schemes: Sequence[Scheme] = ()
    floors: Sequence[Floor] = ()
    limits: Sequence[Limit] = ()
    levels: Sequence[ApprovalLevel] = ()
    items: Mapping[str, Item] = field(default_factory=dict)
    ladders: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    """Base units by SKU and UoM."""
    customers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Tier and price list by code."""
    people: Collection[str] = ()
    """The phones of those with access."""
    roles: Collection[str] = ()
    """Those that somebody with access has."""


def about(row: ApprovalLevel) -> tuple[str, ...]:
    """What a level is about besides everything."""
    named = (("tier", row.tier), ("group", row.group), ("customer", row.customer), ("plant", row.plant))
    return tuple(f"{what} {value}" for what, value in named if value)
