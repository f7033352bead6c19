"""One posted order before the checker: everything that can be said against it from its own paper and the files."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.prices.allowed import Deal, objection_to
from tests.prices.book import Book, Row, number, says_yes
from tests.prices.papers import Json, Line, Paper
from tests.prices.reckoning import HUNDRED, ZERO, Listed, Reckoning, Wanted, paisa
from tests.prices.said import Decision, Record
from tests.prices.wrong import Objection, Wrong

CENT = Decimal("0.01")
CAPS = ("cap_order", "cap_customer", "budget")


@dataclass(kw_only=True)
class Given:
    """What schemes have given in orders so far."""

    free: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """Base units, by scheme and customer."""
    rupees: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def budget(self, code: str) -> Decimal:
        """Rupees over all customers."""
        return sum((rupees for (scheme, _), rupees in self.rupees.items() if scheme == code), ZERO)


@dataclass(kw_only=True)
class Case:
    """One order before the checker."""

    paper: Paper
    book: Book
    record: Record | None
    zone: ZoneInfo
    given: Given
    used: set[tuple[int, int]]
    touched: frozenset[int] | None = None
    """Of a change: the lines it is about, the others stay as they were confirmed. None: of a new order, all."""
    found: list[Objection] = field(default_factory=list)
    gave: dict[tuple[str, str], tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Base units and rupees of what its schemes gave."""

    def objections(self, *, gives_back: bool = False) -> list[Objection]:
        """Everything wrong with it; what its schemes give counts for those after it, unless it was cancelled."""
        self.reckoning = Reckoning(
            book=self.book,
            customer=self.paper.customer,
            day=self.paper.confirmed_at.astimezone(self.zone).date(),
            plant=str(self.paper.data.get("plant") or ""),
        )
        self.wanted = [Wanted(no=one.no, sku=one.sku, qty=one.qty, uom=one.uom) for one in self.paper.paid]
        self._free_goods()
        self._net_prices()
        self._schemes(count=not gives_back)
        for line in self._judged():
            self._floors(line)
        if self.touched is None:
            self._sums()
        return self.found

    def takes_back(self) -> None:
        """What this order's schemes gave counts no longer: it is another order now."""
        for (code, customer), (free, rupees) in self.gave.items():
            self.given.free[code, customer] -= free
            self.given.rupees[code, customer] -= rupees
        self.gave.clear()

    def _judged(self) -> list[Line]:
        """The lines that are paid for and about which this paper is."""
        return [line for line in self.paper.paid if self._is_about(line)]

    def _is_about(self, line: Line) -> bool:
        return self.touched is None or line.no in self.touched

    def _object(self, wrong: Wrong, line: Line | None = None, why: str = "") -> None:
        no = line.no if line else None
        self.found.append(Objection(wrong=wrong, order=self.paper.number, line=no, why=why))

    def _listed(self, line: Line) -> Listed | None:
        return self.reckoning.listed(line.sku, line.uom, line.qty)

    def _rows(self, code: str, sku: str) -> list[Row]:
        return [row for row in self.reckoning.schemes(sku) if row["code"] == code]

    # --- free goods ---

    def _free_goods(self) -> None:
        for line in self.paper.free:
            if line.price != 0:
                self._object(Wrong.FREE_PRICE, line, f"₹{line.price}")
            base = self.paper.line(line.base_line)
            if base is None or base.free:
                self._object(Wrong.FREE_BASE, line, f"line {line.base_line}")
            elif self._is_about(line) and not self._gives(line, base):
                self._object(Wrong.FREE_SCHEME, line, line.scheme or "none named")

    def _gives(self, line: Line, base: Line) -> bool:
        return any(self.reckoning.free_sku(row, base.sku) == line.sku for row in self._rows(line.scheme, base.sku))

    def _given_free(self) -> dict[str, Decimal]:
        """Base units by scheme."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for line in self.paper.free:
            if line.scheme:
                found[line.scheme] += line.qty * (self.book.factor(line.sku, line.uom) or Decimal(1))
        return found

    # --- prices ---

    def _net_prices(self) -> None:
        for line in self._judged():
            if line.price <= 0:
                self._object(Wrong.FREE_PRICE, line, f"₹{line.price}")
            listed = self._listed(line)
            if listed is None:
                self._object(Wrong.NO_PRICE, line)
                continue
            if line.list_price != listed.price:
                self._object(Wrong.LIST_PRICE, line, f"{line.list_price}, the lists have {listed.price}")
            net = self.reckoning.net(self._wanted(line), listed.price, self.wanted)
            if line.price < net - self._rounding(line) and not self.paper.approvals(line.no):
                self._object(Wrong.NET, line, f"{line.price} < {net}")
            less = self._may_give_less(line) or self._is_below_floor(line, listed, net)
            if line.price > (listed.price if less else net + self._rounding(line)):
                self._object(Wrong.ABOVE, line, f"{line.price} > {net}")

    def _wanted(self, line: Line) -> Wanted:
        return next(one for one in self.wanted if one.no == line.no)

    def _rounding(self, line: Line) -> Decimal:
        """Each scheme's share may be rounded for itself."""
        listed = self._listed(line)
        offs = self._offs(line, listed).values() if listed else ()
        uneven = [off for off, _ in offs if off != paisa(off)]
        return CENT / 2 * (len(uneven) + 1) if uneven else ZERO

    def _offs(self, line: Line, listed: Listed) -> Mapping[str, tuple[Decimal, bool]]:
        return self.reckoning.offs(self._wanted(line), listed.price, self.wanted)

    def _may_give_less(self, line: Line) -> bool:
        """A cap, free goods that are worth more, or other lines of a group that take another scheme."""
        return any(
            number(row.get("free_qty")) or self._has_caps(row["code"], line.sku) or not row.get("sku")
            for row in self.reckoning.schemes(line.sku)
        )

    def _is_below_floor(self, line: Line, listed: Listed, net: Decimal) -> bool:
        """What schemes take below the floor may be had at list, without them."""
        floor = self.reckoning.floor(line.sku, line.uom, listed)
        return floor is not None and net < floor

    def _schemes(self, *, count: bool) -> None:
        """No scheme gives more than its caps leave, and none beside one that does not stack."""
        rows = {row["code"]: row for line in self._judged() for row in self.reckoning.schemes(line.sku)}
        free, rupees = self._given_free(), self._given_rupees()
        for code, row in rows.items():
            before_free, before = self.given.free[code, self.paper.customer], self.given.rupees
            if number(row.get("free_qty")):
                self._free_caps(row, free[code], before_free)
            else:
                self._rupee_caps(row, rupees[code], before[code, self.paper.customer])
            budget = number(row.get("budget"))
            if budget is not None and rupees[code] and self.given.budget(code) + rupees[code] > budget + self._slack():
                self._object(Wrong.BUDGET, why=f"{code}: {self.given.budget(code)} + {rupees[code]} > {budget}")
            if count:
                self.given.free[code, self.paper.customer] += free[code]
                self.given.rupees[code, self.paper.customer] += rupees[code]
                self.gave[code, self.paper.customer] = free[code], rupees[code]
        self._stacked()

    def _free_caps(self, row: Row, given: Decimal, before: Decimal) -> None:
        code = row["code"]
        free = row.get("free_sku") or row.get("sku") or self.reckoning.base_lines(row, self.wanted)[0].sku
        due = self.reckoning.free_base(row, free, self.wanted)
        if given > due:
            self._object(Wrong.FREE_COUNT, why=f"{code}: {given} base units, {due} are due")
        cap = number(row.get("cap_customer"))
        most = None if cap is None else cap * self.reckoning.free_size(row, free)
        if most is not None and given and before + given > most:
            self._object(Wrong.CAP_CUSTOMER, why=f"{code}: {before} + {given} > {most}")

    def _rupee_caps(self, row: Row, given: Decimal, before: Decimal) -> None:
        code = row["code"]
        cap = number(row.get("cap_order"))
        if cap is not None and given > cap + self._slack():
            self._object(Wrong.CAP_ORDER, why=f"{code}: {given} > {cap}")
        cap = number(row.get("cap_customer"))
        if cap is not None and given and before + given > cap + self._slack():
            self._object(Wrong.CAP_CUSTOMER, why=f"{code}: {before} + {given} > {cap}")

    def _slack(self) -> Decimal:
        """Prices are rounded a UoM."""
        return sum((line.qty * CENT for line in self.wanted), CENT)

    def _given_rupees(self) -> dict[str, Decimal]:
        """Rupees by scheme: free goods at list, discounts as far as nobody granted the line's price."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for line in self.paper.free:
            if line.scheme:
                found[line.scheme] += self._worth(line)
        for line in self.paper.paid:
            listed = self._listed(line)
            if listed is None or self.paper.approvals(line.no) or line.price >= listed.price:
                continue
            for code, off in self._taken_off(line, listed).items():
                found[code] += off * line.qty
        return found

    def _taken_off(self, line: Line, listed: Listed) -> dict[str, Decimal]:
        """Rupees a UoM by scheme, those without caps first.

        Where the discount may come from one scheme or another it is held against none that is capped: what is objected
        to must be wrong in every reading.
        """
        offs = self._offs(line, listed)
        ways = [{code: off} for code, (off, stacks) in offs.items() if not stacks]
        ways.append({code: off for code, (off, stacks) in offs.items() if stacks})
        left = listed.price - line.price
        enough = [way for way in ways if way and sum(way.values(), ZERO) + self._rounding(line) >= left]
        sure = enough[:1] if len(enough) == 1 else []
        harmless = [way for way in enough if not any(self._has_caps(code, line.sku) for code in way)]
        way = next(iter(harmless or sure), {})
        taken = {}
        for code in sorted(way, key=lambda code: (self._has_caps(code, line.sku), code)):
            taken[code] = min(left, way[code])
            left -= taken[code]
        return taken

    def _has_caps(self, code: str, sku: str) -> bool:
        return any(number(row.get(name)) is not None for row in self._rows(code, sku) for name in CAPS)

    def _stacked(self) -> None:
        for base in self._judged():
            here = {line.scheme for line in self.paper.free if line.base_line == base.no and line.scheme}
            listed = self._listed(base)
            if listed is not None and base.price < listed.price and not self.paper.approvals(base.no):
                here |= set(self._taken_off(base, listed))
            rows = {row["code"]: row for row in self.reckoning.schemes(base.sku) if row["code"] in here}
            if len(rows) > 1 and not all(says_yes(row.get("stacks")) for row in rows.values()):
                self._object(Wrong.STACKED, base, ", ".join(sorted(rows)))

    # --- what is judged ---

    def effective(self, line: Line) -> Decimal:
        """After everything, free goods included: what the line pays for each UoM it brings."""
        same = other = ZERO
        own = self.book.factor(line.sku, line.uom) or Decimal(1)
        for free, share in self._free_of(line):
            if free.sku == line.sku:
                same += share * free.qty * (self.book.factor(free.sku, free.uom) or Decimal(1)) / own
            else:
                other += share * self._worth(free)
        return max(ZERO, paisa((line.qty * line.price - other) / (line.qty + same)))

    def _worth(self, free: Line) -> Decimal:
        """Free goods at list, of the bought item at what its buyer's list price makes them; else at cost."""
        base = self.paper.line(free.base_line)
        own = self.book.factor(free.sku, free.uom) or Decimal(1)
        if base is not None and base.sku == free.sku and (listed := self._listed(base)):
            return free.qty * paisa(listed.price * own / (self.book.factor(base.sku, base.uom) or Decimal(1)))
        if listed := self._listed(free):
            return free.qty * listed.price
        return free.qty * paisa(self.reckoning.cost(free.sku, free.uom) or ZERO)

    def _free_of(self, line: Line) -> Iterable[tuple[Line, Decimal]]:
        """The free lines that come with this one, and which part of each: by value where several earned it."""
        for free in self.paper.free:
            base = self.paper.line(free.base_line)
            if base is None:
                continue
            earned = {base.no}
            for row in self._rows(free.scheme, base.sku):
                if not row.get("sku"):
                    earned |= {one.no for one in self.reckoning.base_lines(row, self.wanted)}
            values = {one.no: one.qty * one.list_price for one in self.paper.paid if one.no in earned}
            if line.no in values and (total := sum(values.values(), ZERO)):
                yield free, values[line.no] / total

    def _floors(self, line: Line) -> None:
        listed = self._listed(line)
        if listed is None:
            return
        effective = self.effective(line)
        absolute = self.reckoning.absolute(line.sku, line.uom, listed)
        if absolute is not None and effective < absolute:
            self._object(Wrong.ABSOLUTE, line, f"{effective} < {absolute}")
        floor = self.reckoning.floor(line.sku, line.uom, listed)
        if floor is not None and effective < floor and not self.paper.approvals(line.no):
            self._object(Wrong.FLOOR, line, f"{effective} < {floor}")
        for approval in self.paper.approvals(line.no):
            self._approval(line, listed, effective, approval)

    # --- who let it pass ---

    def _approval(self, line: Line, listed: Listed, effective: Decimal, approval: Json) -> None:
        item = self.book.one("items", "sku", line.sku)
        party = self.book.one("customers", "code", self.paper.customer)
        deal = Deal(
            depth=max(ZERO, listed.price - effective) * HUNDRED / listed.price,
            rupees=sum((self._given_away(one) for one in self.paper.paid if self.paper.approvals(one.no)), ZERO),
            customer=self.paper.customer,
            tier=party["tier"],
            group=item.get("group") or "",
            plant=str(self.paper.data.get("plant") or ""),
        )
        at = datetime.fromisoformat(approval["at"])
        by, requester = approval["by"], str(self.paper.data["ordered_by"])
        delegated = self.record.delegated if self.record else ()
        if at > self.paper.confirmed_at:
            self._object(Wrong.DECISION, line, f"approved at {at}, after the order was confirmed")
        if why := objection_to(self.book, by, requester, deal, at.astimezone(self.zone), delegated):
            self._object(Wrong.APPROVER, line, why)
        if line.price < Decimal(approval["price"]):
            self._object(Wrong.APPROVED_PRICE, line, f"{line.price} < {approval['price']}")
        if self.record is not None and self.record.decisions is not None and by != requester:
            self._decided(line, by, at, self.record.decisions)

    def _given_away(self, line: Line) -> Decimal:
        listed = self._listed(line)
        return max(ZERO, listed.price - self.effective(line)) * line.qty if listed else ZERO

    def _decided(self, line: Line, by: str, at: datetime, decisions: Iterable[Decision]) -> None:
        """The approval is one that this person gave, for as much at least, at this price at most, and not used yet."""
        name = self.book.one("items", "sku", line.sku)["name"]
        spent = False
        for place, one in enumerate(decisions):
            if one.by != by or one.at > at or one.customer != self.paper.customer:
                continue
            for position, seen in enumerate(one.lines):
                fits = seen.name == name and seen.uom == line.uom and seen.qty <= line.qty and seen.price <= line.price
                if fits and (place, position) not in self.used:
                    self.used.add((place, position))
                    return
                spent = spent or fits
        wrong = Wrong.USED_TWICE if spent else Wrong.DECISION
        self._object(wrong, line, f"{by} at {at}: {line.qty} {line.uom} at {line.price}")

    # --- sums ---

    def _sums(self) -> None:
        total, tax, known = ZERO, ZERO, True
        for line in self.paper.lines:
            rate = number(self.book.one("items", "sku", line.sku).get("gst_rate"))
            total += paisa(line.qty * line.price)
            known = known and (rate is not None or line.free)
            tax += paisa(line.qty * line.price * (rate or ZERO) / HUNDRED)
        if Decimal(self.paper.data["total"]) != total:
            self._object(Wrong.TOTAL, why=f"{self.paper.data['total']}, the lines come to {total}")
        said = self.paper.data["tax_estimate"]
        if (None if said is None else Decimal(said)) != (tax if known else None):
            self._object(Wrong.TAX, why=f"{said}, the rates make {tax if known else None}")
