"""`history.csv`: six months of invoiced orders, each firm after its own habits."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from recipe.customers import CREDIT_DAYS, PRICE_LISTS
from recipe.items import Catalogue
from recipe.parties import Credit, Firm
from recipe.prices import PriceLists
from recipe.tables import Row, Setting, Table, rupees, share, table
from recipe.trade import EVERY_DAYS, Habit

DAYS = 184
LAST_INVOICED_DAYS_AGO = 3
FIRST_NUMBER = 3107
SWITCHED_DAYS_AGO = 70
"""Since when the discontinued packs are no longer made."""

PAID_LATE_DAYS = 5
"""How long after the credit days most firms pay."""

SWEET_GROUPS = ("gift", "cookies", "cream", "sewai")
FESTIVE_DAYS_AGO = range(13, 40)
"""The weeks before Diwali, when boxes of sweets double."""

LAST_ORDER_OF_C105 = (
    Habit(sku="KG-050", qty=16, uom="CASE", often=100),
    Habit(sku="G5-AB-045", qty=36, uom="LADI", often=100),
    Habit(sku="LN-MA-070", qty=5, uom="CASE", often=100),
    Habit(sku="SR-MI-200", qty=6, uom="CASE", often=100),
)
"""What "same as last time" repeats in the README's conversation; the son placed it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One ordered line; price for one `uom` without tax."""

    sku: str
    qty: int
    uom: str
    price: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One order as the ERP holds it."""

    firm: Firm
    on: date
    ship_to: str
    placed_by: str
    lines: tuple[Line, ...]
    number: str = ""


def order_number(setting: Setting, serial: int) -> str:
    """Write a number of the ERP's series."""
    return f"SO{setting.today:%y}-{serial:05d}"


def orders(
    setting: Setting,
    *,
    items: Catalogue,
    lists: PriceLists,
    firms: Sequence[Firm],
    habits: Mapping[str, Sequence[Habit]],
) -> list[Order]:
    """All invoiced orders in the order of their numbers."""
    writer = Writer(setting=setting, items=items, lists=lists)
    made = [order for firm in firms for order in writer.orders_of(firm, habits[firm.code])]
    made.sort(key=lambda order: (order.on, order.firm.code))
    return [replace(order, number=order_number(setting, serial)) for serial, order in enumerate(made, FIRST_NUMBER)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """Writes orders from habits at the prices of their day."""

    setting: Setting
    items: Catalogue
    lists: PriceLists

    def orders_of(self, firm: Firm, habits: Sequence[Habit]) -> Iterator[Order]:
        """Yield a firm's orders, oldest first, every few days."""
        chance = self.setting.chance(f"history:{firm.code}")
        every = EVERY_DAYS[firm.tier]
        newest = 9 if firm.code == "C105" else 45 if firm.blocked else LAST_INVOICED_DAYS_AGO
        on = self.setting.ago(DAYS - chance.randrange(every))
        while on <= self.setting.ago(newest):
            on += timedelta(days=on.isoweekday() == 7)
            lines = tuple(self._lines(chance, firm, habits, on))
            if lines:
                yield self.order(chance, firm, lines, on)
            on += timedelta(days=max(2, every + chance.randint(-2, 2)))
        if firm.code == "C105":
            on = self.setting.ago(4)
            fixed = tuple(self.line(firm, habit, qty=habit.qty, on=on) for habit in LAST_ORDER_OF_C105)
            yield Order(firm=firm, on=on, ship_to="A1", placed_by=firm.buyers[1], lines=fixed)

    def order(self, chance: random.Random, firm: Firm, lines: tuple[Line, ...], on: date) -> Order:
        """One order, to one of the firm's places and by one of its buyers."""
        place = 1 if firm.places == 1 or chance.random() < 0.6 else chance.randint(1, firm.places)
        buyer = firm.buyers[0] if chance.random() < 0.75 else chance.choice(firm.buyers)
        return Order(firm=firm, on=on, ship_to=f"A{place}", placed_by=buyer, lines=lines)

    def line(self, firm: Firm, habit: Habit, *, qty: int, on: date) -> Line:
        """One line at the list price of the day."""
        price = self.lists.price(PRICE_LISTS[firm.tier], habit.sku, uom=habit.uom, qty=Decimal(qty), on=on)
        return Line(sku=habit.sku, qty=qty, uom=habit.uom, price=price)

    def _lines(self, chance: random.Random, firm: Firm, habits: Sequence[Habit], on: date) -> Iterator[Line]:
        for habit in habits:
            if chance.randrange(100) < habit.often:
                qty = max(1, round(habit.qty * chance.randint(75, 125) / 100))
                sold = replace(habit, sku=self._made_then(chance, habit.sku, on))
                yield self.line(firm, sold, qty=self._festive(qty, habit, on), on=on)

    def _made_then(self, chance: random.Random, sku: str, on: date) -> str:
        older = self.items.predecessors.get(sku)
        made = older and on < self.setting.ago(SWITCHED_DAYS_AGO) and chance.random() < 0.85
        return older if older and made else sku

    def _festive(self, qty: int, habit: Habit, on: date) -> int:
        item = self.items[habit.sku]
        days_ago = (self.setting.today - on).days
        if item.group in SWEET_GROUPS and days_ago in FESTIVE_DAYS_AGO:
            qty *= 2
        step = int(item.multiple or 1) if habit.uom == item.order_uom else 1
        return -(-max(qty, int(item.moq or 1) if step > 1 else 1) // step) * step


def tables(history: Sequence[Order]) -> Iterator[Table]:
    """`history.csv`."""
    yield table("history.csv", "order,customer,date,sku,qty,uom,price,ship_to,placed_by", _rows(history))


def _rows(history: Sequence[Order]) -> Iterator[Row]:
    for order in history:
        for line in order.lines:
            yield {
                "order": order.number,
                "customer": order.firm.code,
                "date": order.on,
                "sku": line.sku,
                "qty": line.qty,
                "uom": line.uom,
                "price": line.price,
                "ship_to": order.ship_to,
                "placed_by": order.placed_by,
            }


def value_with_tax(items: Catalogue, lines: Sequence[Line]) -> Decimal:
    """Rupees including GST."""
    return sum((line.qty * line.price * (1 + items[line.sku].gst_rate / 100) for line in lines), Decimal(0))


def invoiced(setting: Setting, items: Catalogue, history: Sequence[Order], firm: Firm) -> Decimal:
    """Sum up what a firm has not yet paid: most of what was invoiced within its credit days."""
    since = setting.ago(CREDIT_DAYS[firm.tier] + PAID_LATE_DAYS)
    lines = [line for order in history if order.firm.code == firm.code and order.on > since for line in order.lines]
    if firm.blocked:
        lines = [line for order in history if order.firm.code == firm.code for line in order.lines][-12:]
    unpaid = 0 if firm.credit is Credit.CASH_ONLY else 90
    return rupees(value_with_tax(items, lines) * share(unpaid))
