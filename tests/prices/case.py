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
    found: list[Objection] = field(default_factory=list)

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
        for line in self.paper.paid:
            self._floors(line)
        self._sums()
        return self.found

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
            elif line.sku not in {self.reckoning.free_sku(row, base.sku) for row in self._rows(line.scheme, base.sku)}:
                self._object(Wrong.FREE_SCHEME, line, line.scheme or "none named")

    def _given_free(self) -> dict[str, Decimal]:
        """Base units by scheme."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for line in self.paper.free:
            if line.scheme:
                found[line.scheme] += line.qty * (self.book.factor(line.sku, line.uom) or Decimal(1))
        return found

    # --- prices ---

    def _net_prices(self) -> None:
        for line in self.paper.paid:
            if line.price <= 0:
                self._object(Wrong.FREE_PRICE, line, f"₹{line.price}")
            listed = self._listed(line)
            if listed is None:
                self._object(Wrong.NO_PRICE, line)
                continue
            if line.list_price != listed.price:
                self._object(Wrong.LIST_PRICE, line, f"{line.list_price}, the lists have {listed.price}")
            least = self._least(line, listed)
            if line.price < least and not self.paper.approvals(line.no):
                self._object(Wrong.NET, line, f"{line.price} < {least}")
            if line.price > (listed.price if self._is_capped(line) else least):
                self._object(Wrong.ABOVE, line, f"{line.price} > {least}")

    def _least(self, line: Line, listed: Listed) -> Decimal:
        wanted = self._wanted(line)
        return self.reckoning.least_net(wanted, listed.price, reached=self._reached(line))

    def _wanted(self, line: Line) -> Wanted:
        return next(one for one in self.wanted if one.no == line.no)

    def _reached(self, line: Line) -> set[str]:
        return self.reckoning.reached(self._wanted(line), self.wanted)

    def _is_capped(self, line: Line) -> bool:
        """Whether a scheme may give less than its rate here: a cap, or another one that was better."""
        free = any(self.reckoning.free_sku(row, line.sku) for row in self.reckoning.schemes(line.sku))
        return free or any(
            number(row.get(name)) is not None
            for row in self.reckoning.schemes(line.sku)
            for name in ("cap_order", "cap_customer", "budget")
        )

    def _schemes(self, *, count: bool) -> None:
        """No scheme gives more than its caps leave, and none beside one that does not stack."""
        rows = {row["code"]: row for line in self.wanted for row in self.reckoning.schemes(line.sku)}
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
            listed = self._listed(line)
            if line.scheme and listed is not None:
                found[line.scheme] += line.qty * listed.price
        for line in self.paper.paid:
            listed = self._listed(line)
            if listed is None or self.paper.approvals(line.no) or line.price >= listed.price:
                continue
            for code, share in self._shares(line, listed).items():
                found[code] += (listed.price - line.price) * line.qty * share
        return found

    def _shares(self, line: Line, listed: Listed) -> Mapping[str, Decimal]:
        """Which schemes a line's discount comes from: the best single one, or all that stack."""
        offs = {
            row["code"]: (self.reckoning.off(row, line.sku, line.uom, listed.price), says_yes(row.get("stacks")))
            for row in self.reckoning.schemes(line.sku)
            if row["code"] in self._reached(line)
        }
        stacked = {code: off for code, (off, stacks) in offs.items() if stacks and off > 0}
        singles = {code: off for code, (off, stacks) in offs.items() if not stacks and off > 0}
        together = sum(stacked.values(), ZERO)
        if singles and max(singles.values()) >= together:
            return {max(singles, key=lambda code: singles[code]): Decimal(1)}
        return {code: off / together for code, off in stacked.items()}

    def _stacked(self) -> None:
        for base in self.paper.paid:
            here = {line.scheme for line in self.paper.free if line.base_line == base.no and line.scheme}
            listed = self._listed(base)
            if listed is not None and base.price < listed.price and not self.paper.approvals(base.no):
                here |= set(self._shares(base, listed))
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
                listed = self._listed(free)
                other += share * free.qty * (listed.price if listed else ZERO)
        return max(ZERO, paisa((line.qty * line.price - other) / (line.qty + same)))

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
            values = {one.no: one.qty * one.price for one in self.paper.paid if one.no in earned}
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
        off = max(ZERO, listed.price - effective)
        deal = Deal(
            depth=off * HUNDRED / listed.price,
            rupees=off * line.qty,
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

    def _decided(self, line: Line, by: str, at: datetime, decisions: Iterable[Decision]) -> None:
        """The approval is one that this person gave, for as much at least, at this price at most, and not used yet."""
        name = self.book.one("items", "sku", line.sku)["name"]
        spent = False
        for place, one in enumerate(decisions):
            if one.by != by or one.at != at or one.customer != self.paper.customer:
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
