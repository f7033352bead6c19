"""What list prices, costs and absolute floors say where a rule is checked against them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from erp.record import Key
from erp.records import CustomerPrice, Floor, Price, Scheme
from orders.floors import FloorFacts, FoundFloor, absolute_of
from orders.pricing import money
from orders.rules import Book, by_about, rows_about

HUNDRED = Decimal(100)


class _Begins(Protocol):
    @property
    def valid_from(self) -> date | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """The list price of one unit of an item before any slab, beside a floor for it."""

    key: Key
    price_list: str
    sku: str
    price: Decimal
    floor: Decimal


class Prices:
    """The rules with what is looked up in them while they are checked."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._rows: defaultdict[str, dict[str, list[Price]]] = defaultdict(dict)
        for row in book.prices:
            if row.price > 0 and (row.valid_to is None or row.valid_to >= book.day):
                self._rows[row.sku].setdefault(row.price_list, []).append(row)
        self._absolutes = by_about(row for row in book.floors if row.absolute)
        self._all_lists = frozenset(price_list for lists in self._rows.values() for price_list in lists)
        of_tiers: defaultdict[str, set[str]] = defaultdict(set)
        for tier, price_list in book.customers.values():
            of_tiers[tier].add(price_list)
        self._lists_of_tier = defaultdict(frozenset[str], {tier: frozenset(of) for tier, of in of_tiers.items()})
        self._skus_of: defaultdict[str, list[str]] = defaultdict(list)
        for sku in self._rows:
            if sku in book.items:
                self._skus_of[book.items[sku].group].append(sku)

    def day_of(self, row: _Begins) -> date:
        """The first day from today on which a rule holds."""
        return max(self.book.day, row.valid_from or date.min)

    def base(self, price_list: str, sku: str, uom: str, *, day: date) -> tuple[Price, Decimal] | None:
        """The row and the price of one `uom` before any slab, without tax; None where the list has none."""
        factors = self.book.ladders.get(sku, {})
        rows = [row for row in self._rows[sku].get(price_list, ()) if _begun(row, day) and row.uom in factors]
        if not rows or uom not in factors:
            return None
        row = min(rows, key=lambda row: (row.uom != uom, row.min_qty, -(row.valid_from or date.min).toordinal()))
        rate = self.book.items[sku].gst_rate if sku in self.book.items else None
        divisor = 1 + (rate or Decimal(0)) / HUNDRED if row.tax_included else Decimal(1)
        return row, money(row.price * factors[uom] / factors[row.uom] / divisor)

    def absolute(self, facts: FloorFacts, *, day: date) -> FoundFloor | None:
        """Below which nobody may order."""
        return absolute_of(rows_about(self._absolutes, facts.sku, facts.group), facts, day=day)

    def contract_facts(self, row: CustomerPrice) -> FloorFacts | None:
        """A contract price as floors see it."""
        tier, price_list = self.book.customers.get(row.customer, ("", ""))
        return self._facts(row.sku, row.uom, customer=row.customer, tier=tier, list_price=row.price, of=price_list)

    def floor_facts(self, row: Floor) -> FloorFacts | None:
        """The item a floor is about, at the first of the prices it is about."""
        item = self.book.items.get(row.sku)
        if item is None or row.floor_price is None:
            return None
        tier, price_list = self.book.customers.get(row.customer, (row.tier, ""))
        lists = [price_list] if price_list else sorted(self.lists_of(tier=row.tier))
        facts = (
            self._facts(row.sku, item.order_uom, customer=row.customer, tier=tier, list_price=row.floor_price, of=one)
            for one in lists or [""]
        )
        return next((one for one in facts if one is not None), None)

    def _facts(
        self, sku: str, uom: str, *, customer: str, tier: str, list_price: Decimal, of: str
    ) -> FloorFacts | None:
        item, factors = self.book.items.get(sku), self.book.ladders.get(sku, {})
        if item is None or uom not in factors or item.order_uom not in factors:
            return None
        listed = self.base(of, sku, uom, day=self.book.day)
        return FloorFacts(
            customer=customer,
            sku=sku,
            group=item.group,
            tier=tier,
            list_price=listed[1] if listed else list_price,
            cost=item.cost * factors[uom] if item.cost else None,
            order_uoms=factors[uom] / factors[item.order_uom],
        )

    def lists_of(self, *, customer: str = "", tier: str = "") -> frozenset[str]:
        """The price lists that a rule is about; of no customer and no tier: every list."""
        if customer:
            known = self.book.customers.get(customer)
            return frozenset({known[1]}) if known else frozenset()
        return self._lists_of_tier[tier] if tier else self._all_lists

    def listed_under(self, row: Floor) -> Iterator[Listed]:
        """Every list price a floor's price or margin is about, with the floor as it is for it."""
        day = self.day_of(row)
        lists = self.lists_of(customer=row.customer, tier=row.tier)
        for sku in self._skus(row.sku, row.group):
            item = self.book.items.get(sku)
            if item is None or (row.group and item.group != row.group):
                continue
            floor = self._floor(row, sku)
            for price_list in sorted(lists & self._rows[sku].keys()) if floor else ():
                found = self.base(price_list, sku, item.order_uom, day=day)
                if found and floor:
                    yield Listed(key=found[0].key, price_list=price_list, sku=sku, price=found[1], floor=floor)

    def _floor(self, row: Floor, sku: str) -> Decimal | None:
        item = self.book.items[sku]
        if row.floor_price is not None:
            return row.floor_price
        factor = self.book.ladders.get(sku, {}).get(item.order_uom)
        if row.min_margin_percent is None or not item.cost or factor is None:
            return None
        return money(item.cost * factor * (1 + row.min_margin_percent / HUNDRED))

    def _skus(self, sku: str, group: str) -> list[str]:
        if sku:
            return [sku] if sku in self._rows else []
        return self._skus_of.get(group, []) if group else list(self._rows)

    def listed_for_scheme(self, row: Scheme) -> Iterator[Listed]:
        """Every list price a scheme's amount is taken off."""
        named = frozenset({row.price_list})
        lists = named if row.price_list else self.lists_of(customer=row.customer, tier=row.tier)
        for sku in self._skus(row.sku, row.group):
            item = self.book.items.get(sku)
            for price_list in sorted(lists & self._rows[sku].keys()) if item else ():
                uom = row.buy_uom or (item.order_uom if item else "")
                found = self.base(price_list, sku, uom, day=self.day_of(row))
                if found:
                    key, price = found[0].key, found[1]
                    yield Listed(key=key, price_list=price_list, sku=sku, price=price, floor=Decimal(0))

    def without_absolute(self) -> Iterator[str]:
        """Items on price lists for which neither a cost nor a rule says how low they may go."""
        for sku in self._rows:
            item = self.book.items.get(sku)
            if item and item.active and not item.cost and not rows_about(self._absolutes, sku, item.group):
                yield sku

    def listed_below_cost(self) -> Iterator[Listed]:
        """Prices that the cost, being the absolute floor, lets nobody order at; the floor told is the cost."""
        for row in self.book.prices:
            item, factors = self.book.items.get(row.sku), self.book.ladders.get(row.sku, {})
            if item is None or not item.cost or row.uom not in factors or row.tax_included or row.price <= 0:
                continue
            cost = money(item.cost * factors[row.uom])
            held = row.valid_to is None or row.valid_to >= self.book.day
            if held and row.price < cost and not rows_about(self._absolutes, row.sku, item.group):
                yield Listed(key=row.key, price_list=row.price_list, sku=row.sku, price=row.price, floor=cost)


def _begun(row: Price, day: date) -> bool:
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or day <= row.valid_to)
