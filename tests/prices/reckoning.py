"""What the files give a customer for a line, worked out a second time: list price, schemes, floors, all by own code.

Every price is of one ordered UoM, in rupees without tax, rounded half up to the paisa.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tests.prices.book import Book, Row, amount, in_force, number, says_yes

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
PAISA = Decimal("0.01")


def paisa(value: Decimal) -> Decimal:
    """Half up, as an invoice rounds."""
    return value.quantize(PAISA, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The list price of an ordered UoM, and the floor that stands beside it in the price list."""

    price: Decimal
    floor: Decimal | None = None
    agreed: bool = False
    """By contract with this customer."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A line that is paid for, by its number in the document."""

    no: int
    sku: str
    qty: Decimal
    uom: str


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """The rules of one day for one customer, as the files of that moment have them."""

    book: Book
    customer: str
    day: date
    plant: str = ""

    # --- the lists ---

    def listed(self, sku: str, uom: str, qty: Decimal) -> Listed | None:
        """The contract's price where there is one, else the price list's; the floor is the price list's."""
        party = self.book.one("customers", "code", self.customer)
        rows = [
            row
            for row in self.book.where("prices", "sku", sku)
            if row["price_list"] == party["price_list"] and (row.get("plant") or "") in ("", self.plant)
        ]
        of_list = self._by_uom(rows, sku, uom, qty)
        agreed = [row for row in self.book.where("customer_prices", "sku", sku) if row["customer"] == self.customer]
        contract = self._by_uom(agreed, sku, uom, qty)
        if contract is None:
            return of_list
        return Listed(price=contract.price, floor=of_list.floor if of_list else None, agreed=True)

    def _by_uom(self, rows: Iterable[Row], sku: str, uom: str, qty: Decimal) -> Listed | None:
        """The ordered UoM's row; else the largest listed UoM that divides the quantity; else the smallest listed."""
        held = [row for row in rows if in_force(row, self.day) and amount(row["price"]) > 0]
        own = self.book.factor(sku, uom)
        if own is None:
            return None
        sizes = {row["uom"]: self.book.factor(sku, row["uom"]) for row in held}
        known = sorted((size, name) for name, size in sizes.items() if size)
        even = [name for size, name in reversed(known) if (qty * own) % size == 0]
        for name in [uom, *even, *(name for _, name in known)]:
            size = self.book.factor(sku, name)
            row = _slab(held, name, qty * own / size) if size else None
            if row is not None and size:
                return self._scaled(row, sku, own / size)
        return None

    def _scaled(self, row: Row, sku: str, scale: Decimal) -> Listed | None:
        if says_yes(row.get("tax_included")):
            scale /= 1 + amount(self.book.one("items", "sku", sku).get("gst_rate")) / HUNDRED
        price, floor = paisa(amount(row["price"]) * scale), number(row.get("floor"))
        return Listed(price=price, floor=paisa(floor * scale) if floor is not None else None) if price > 0 else None

    # --- schemes ---

    def schemes(self, sku: str) -> list[Row]:
        """Those in force on this day for this customer and this item."""
        party, item = self.book.one("customers", "code", self.customer), self.book.one("items", "sku", sku)
        wanted = {
            "price_list": party["price_list"],
            "tier": party["tier"],
            "customer": self.customer,
            "sku": sku,
            "group": item.get("group") or "",
        }
        return [
            row
            for row in self.book.files["schemes"]
            if (row.get("sku") or row.get("group"))
            and in_force(row, self.day)
            and all(row.get(name) in ("", None, value) for name, value in wanted.items())
        ]

    def off(self, scheme: Row, sku: str, uom: str, list_price: Decimal) -> Decimal:
        """Rupees a UoM that a scheme takes off, before its caps."""
        off = list_price * amount(scheme.get("percent")) / HUNDRED
        if rupees := number(scheme.get("amount")):
            of = scheme.get("buy_uom") or self.book.one("items", "sku", sku)["order_uom"]
            own, size = self.book.factor(sku, uom), self.book.factor(sku, of)
            off += rupees * own / size if own and size else ZERO
        return min(off, list_price)

    def net(self, line: Wanted, list_price: Decimal, lines: Sequence[Wanted]) -> Decimal:
        """The price that money schemes alone bring about before caps: the best single one, or all that stack."""
        offs = self.offs(line, list_price, lines)
        stacked = sum((off for off, stacks in offs.values() if stacks), ZERO)
        return max(ZERO, paisa(list_price - max([stacked, *(off for off, stacks in offs.values() if not stacks)])))

    def offs(self, line: Wanted, list_price: Decimal, lines: Sequence[Wanted]) -> dict[str, tuple[Decimal, bool]]:
        """What each scheme that is reached takes off, and whether it stacks; of slabs of one code the best."""
        found: dict[str, tuple[Decimal, bool]] = {}
        for row in self.schemes(line.sku):
            off = self.off(row, line.sku, line.uom, list_price)
            if off > found.get(row["code"], (ZERO, False))[0] and self.times(row, line, lines) >= 1:
                found[row["code"]] = off, says_yes(row.get("stacks"))
        return found

    def times(self, scheme: Row, line: Wanted, lines: Sequence[Wanted]) -> Decimal:
        """How many whole times there is what the scheme asks for; 1 when it asks for no quantity.

        A scheme of one SKU counts the line, one of a group all lines of the group.
        """
        asked = number(scheme.get("buy_qty"))
        if not asked:
            return ONE
        counted = [line] if scheme.get("sku") else self.base_lines(scheme, lines)
        return (sum((self._in_buy_uom(scheme, one) for one in counted), ZERO) / asked) // 1

    def _in_buy_uom(self, scheme: Row, line: Wanted) -> Decimal:
        of = scheme.get("buy_uom") or self.book.one("items", "sku", line.sku)["order_uom"]
        own, size = self.book.factor(line.sku, line.uom), self.book.factor(line.sku, of)
        return line.qty * own / size if own and size else ZERO

    def base_lines(self, scheme: Row, lines: Sequence[Wanted]) -> list[Wanted]:
        """The lines a scheme is about."""
        return [line for line in lines if any(row is scheme for row in self.schemes(line.sku))]

    def free_sku(self, scheme: Row, sku: str) -> str:
        """What a scheme gives with this item; empty when it gives no goods."""
        return (scheme.get("free_sku") or sku) if number(scheme.get("free_qty")) else ""

    def free_size(self, scheme: Row, free: str) -> Decimal:
        """Base units in one that `free_qty` and caps count: of the bought item its bought UoM, else the base UoM."""
        if scheme.get("sku") != free:
            return ONE
        of = scheme.get("buy_uom") or self.book.one("items", "sku", free)["order_uom"]
        return self.book.factor(free, of) or ONE

    def free_base(self, scheme: Row, free: str, lines: Sequence[Wanted]) -> Decimal:
        """Base units a scheme gives with these lines, within its cap for one order."""
        about = self.base_lines(scheme, lines)
        counted = about if scheme.get("sku") else about[:1]
        count = sum((self.times(scheme, line, lines) for line in counted), ZERO) * amount(scheme["free_qty"])
        cap = number(scheme.get("cap_order"))
        return (min(count, cap) if cap is not None else count) * self.free_size(scheme, free)

    # --- floors ---

    def cost(self, sku: str, uom: str) -> Decimal | None:
        """Of one ordered UoM; `items.csv` has it of the base UoM."""
        cost, own = number(self.book.one("items", "sku", sku).get("cost")), self.book.factor(sku, uom)
        return cost * own if cost is not None and own is not None else None

    def floor(self, sku: str, uom: str, listed: Listed) -> Decimal | None:
        """Below it a live approval is needed: the most specific rule wins; the price list's own is one of the SKU.

        A contract was agreed: only a rule that names the customer puts the floor above its price.
        """
        found = _newest(self._floors(sku, uom, listed, absolute=False))
        rules = [] if found is None else [found]
        if listed.floor is not None:
            rules.append(((False, True, False, False), listed.floor))
        if not rules:
            return None
        (names_customer, *_), floor = max(rules)
        return min(floor, listed.price) if listed.agreed and not names_customer else floor

    def absolute(self, sku: str, uom: str, listed: Listed) -> Decimal | None:
        """Below it nobody may go: the most specific rule marked so, else the cost."""
        found = _newest(self._floors(sku, uom, listed, absolute=True))
        if found is not None:
            return found[1]
        cost = self.cost(sku, uom)
        return paisa(cost) if cost is not None else None

    def _floors(self, sku: str, uom: str, listed: Listed, *, absolute: bool) -> list[tuple[tuple[bool, ...], Decimal]]:
        party, item = self.book.one("customers", "code", self.customer), self.book.one("items", "sku", sku)
        wanted = {"customer": self.customer, "sku": sku, "group": item.get("group") or "", "tier": party["tier"]}
        found = []
        for row in self.book.files["floors"]:
            fits = all(row.get(name) in ("", None, value) for name, value in wanted.items())
            if not fits or not in_force(row, self.day) or says_yes(row.get("absolute")) != absolute:
                continue
            values = self._values(row, sku, uom, listed)
            if values:
                named = tuple(bool(row.get(name)) for name in wanted)
                found.append((named, row.get("valid_from") or "", max(values)))
        return found

    def _values(self, row: Row, sku: str, uom: str, listed: Listed) -> list[Decimal]:
        """What one row demands, each way it says it."""
        values = []
        own, size = self.book.factor(sku, uom), self.book.factor(sku, self.book.one("items", "sku", sku)["order_uom"])
        if (price := number(row.get("floor_price"))) is not None and own and size:
            values.append(paisa(price * own / size))
        cost = self.cost(sku, uom)
        if (margin := number(row.get("min_margin_percent"))) is not None and cost is not None:
            values.append(paisa(cost * (1 + margin / HUNDRED)))
        if (deepest := number(row.get("max_discount_percent"))) is not None:
            values.append(paisa(listed.price * (1 - deepest / HUNDRED)))
        return values


def _slab(rows: Iterable[Row], uom: str, qty: Decimal) -> Row | None:
    """The deepest slab this line reaches, the plant's own first; of equal ones the one that began last, then dearer."""
    reached = [row for row in rows if row["uom"] == uom and _least(row) <= qty]
    return max(reached, key=_holds_first, default=None)


def _least(row: Row) -> Decimal:
    """A slab that begins at one asks for no least quantity: a part of its UoM has a price too."""
    least = amount(row.get("min_qty"))
    return least if least > 1 else ZERO


def _holds_first(row: Row) -> tuple[bool, Decimal, str, Decimal]:
    return bool(row.get("plant")), amount(row.get("min_qty")), row.get("valid_from") or "", amount(row["price"])


def _newest(rules: Sequence[tuple[tuple[bool, ...], str, Decimal]]) -> tuple[tuple[bool, ...], Decimal] | None:
    """Customer before SKU before group before tier; of equal ones the one that began last, then the strictest."""
    if not rules:
        return None
    named, _, value = max(rules)
    return named, value
