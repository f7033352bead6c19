"""`orders.csv`: orders still open in the ERP, those of the chat and those keyed in the ERP itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from recipe.history import FIRST_NUMBER, Order, Writer, order_number, value_with_tax
from recipe.items import Catalogue
from recipe.parties import Credit, Firm
from recipe.tables import Row, Setting, Table, table
from recipe.trade import Habit

OUR_FIRST_SERIAL = 900001
"""Far above what a fresh installation counts from, so that its own numbers never meet these."""

COLUMNS = (
    "erp_number,our_number,customer,ship_to,date,line,sku,uom,ordered,dispatched,invoiced,cancelled,price,status,"
    "promised_on,invoice,vehicle,lr_no,as_of"
)
TRUCKS = ("MP09GF4417", "MP13GA2086", "MH31CB7702", "MH40Y1193", "UP32KN5580")
WITHOUT = ("C101", "C102", "C103", "C104", "C105", "C106", "C107", "C108", "C110", "C111")
"""People of the README who begin with nothing open, so that a conversation is not taken for a repeat."""

KEYED_TODAY = "C113"
"""Has an order keyed in the ERP today: the same order by message is asked as a possible duplicate."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenOrder:
    """An order not yet fully invoiced, and how far it has come, in percent of each line."""

    order: Order
    ours: str
    dispatched: int


def open_orders(
    setting: Setting,
    *,
    writer: Writer,
    firms: Sequence[Firm],
    habits: Mapping[str, Sequence[Habit]],
    invoiced: int,
) -> list[OpenOrder]:
    """One or two for most firms; numbers follow the last invoiced order's."""
    made: list[Order] = []
    for firm in firms:
        if firm.code not in WITHOUT and not firm.blocked and firm.credit is not Credit.CASH_ONLY:
            made += _of(setting, writer, firm, habits[firm.code])
    made.sort(key=lambda order: (order.on, order.firm.code))
    return [
        _placed(setting, replace(order, number=order_number(setting, FIRST_NUMBER + invoiced + serial)), serial)
        for serial, order in enumerate(made)
    ]


def _of(setting: Setting, writer: Writer, firm: Firm, habits: Sequence[Habit]) -> Iterator[Order]:
    chance = setting.chance(f"open:{firm.code}")
    count = 1 if firm.tier == "SS" else chance.choice((0, 1, 1, 2)) if firm.tier == "DIST" else chance.choice((0, 1))
    days = [0] if firm.code == KEYED_TODAY else [5] if firm.code == "C109" else chance.sample(range(1, 7), count)
    for days_ago in sorted(days, reverse=True):
        on = setting.ago(days_ago)
        on = on - timedelta(days=1) if on.isoweekday() == 7 else on
        wanted = [habit for habit in habits if chance.randrange(100) < habit.often][:6] or habits[:2]
        lines = tuple(writer.line(firm, habit, qty=habit.qty, on=on) for habit in wanted)
        yield writer.order(chance, firm, lines, on)


def _placed(setting: Setting, order: Order, serial: int) -> OpenOrder:
    chance = setting.chance(f"progress:{order.number}")
    old = (setting.today - order.on).days >= 3
    ours = "" if serial % 5 < 3 or order.firm.code == KEYED_TODAY else f"M{setting.today:%y}{OUR_FIRST_SERIAL + serial}"
    return OpenOrder(order=order, ours=ours, dispatched=chance.choice((0, 50, 100)) if old else 0)


def still_to_invoice(items: Catalogue, open_list: Sequence[OpenOrder], firm: Firm) -> Decimal:
    """Rupees with tax of everything ordered and not invoiced; what is dispatched here is not invoiced yet."""
    lines = [line for known in open_list if known.order.firm.code == firm.code for line in known.order.lines]
    return value_with_tax(items, lines)


def tables(setting: Setting, open_list: Sequence[OpenOrder]) -> Iterator[Table]:
    """`orders.csv`."""
    yield table("orders.csv", COLUMNS, (row for known in open_list for row in _rows(setting, known)))


def _rows(setting: Setting, known: OpenOrder) -> Iterator[Row]:
    order = known.order
    chance = setting.chance(f"transport:{order.number}")
    truck, receipt = chance.choice(TRUCKS), f"LR{chance.randrange(20000, 29999)}"
    for place, line in enumerate(order.lines, 1):
        dispatched = line.qty * known.dispatched // 100
        yield {
            "erp_number": order.number,
            "our_number": known.ours,
            "customer": order.firm.code,
            "ship_to": order.ship_to,
            "date": order.on,
            "line": place,
            "sku": line.sku,
            "uom": line.uom,
            "ordered": line.qty,
            "dispatched": dispatched,
            "invoiced": 0,
            "cancelled": 0,
            "price": line.price,
            "status": "open" if not dispatched else "dispatched" if dispatched == line.qty else "part_dispatched",
            "promised_on": order.on + timedelta(days=6 if (order.on + timedelta(days=6)).isoweekday() != 7 else 7),
            "vehicle": truck if dispatched else "",
            "lr_no": receipt if dispatched else "",
            "as_of": setting.today,
        }
