"""The rules of prices that can matter for one customer and some items, as one value; looked up, never walked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from erp.records import ApprovalLevel, CustomerPrice, Floor, Limit, Price, Scheme

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
    limits: Sequence[Limit] = ()
    levels: Sequence[ApprovalLevel] = ()

    def schemes_about(self, sku: str, group: str) -> list[Scheme]:
        """The schemes that a line of this item may get, whatever its quantity."""
        return _about(self.schemes, sku, group)

    def floors_about(self, sku: str, group: str) -> list[Floor]:
        """The floors that may hold for a line of this item, absolute ones included."""
        return _about(self.floors, sku, group)


def _about(rows: Mapping[About, Sequence[R]], sku: str, group: str) -> list[R]:
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
    limits: Sequence[Limit] = (),
    levels: Sequence[ApprovalLevel] = (),
) -> Rules:
    """Rows put in the places where they are looked for."""
    return Rules(
        version=version,
        day=day,
        prices=_by((row.sku, row) for row in prices),
        contracts=_by((row.sku, row) for row in contracts),
        schemes=_by(((row.sku, row.group), row) for row in schemes),
        floors=_by(((row.sku, row.group), row) for row in floors),
        limits=limits,
        levels=levels,
    )


K = TypeVar("K", bound=Hashable)


def _by(pairs: Iterable[tuple[K, R]]) -> dict[K, list[R]]:
    found: defaultdict[K, list[R]] = defaultdict(list)
    for key, row in pairs:
        found[key].append(row)
    return dict(found)
