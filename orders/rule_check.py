"""What is wrong with the rules of prices as they stand together: each fault with its rule and its remedy. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Protocol, TypeVar

from erp.record import Key, RecordKind
from erp.records import ApprovalLevel, Floor, Limit, Scheme, plain
from erp.rule_faults import Fault
from orders.rule_prices import Prices
from orders.rules import Book, about

HUNDRED = Decimal(100)
Faults = Iterator[Fault]


R = TypeVar("R", bound="_Dated")


class _Dated(Protocol):
    @property
    def key(self) -> Key: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


def check(book: Book) -> list[Fault]:
    """All faults of the rules that are in force or will be; those that refuse a change first."""
    prices = Prices(book)
    found = [
        *_overlaps(book),
        *_contracts(prices),
        *_floors(prices),
        *_schemes(prices),
        *_limits(book),
        *_levels(book),
        *_costs(prices),
    ]
    return sorted(found, key=lambda fault: not fault.refused)


def refused(book: Book) -> list[Fault]:
    """Those that keep a change out of force."""
    return [fault for fault in check(book) if fault.refused]


# --- two rules for the same day ---


def _overlaps(book: Book) -> Faults:
    """A rule without an end ends where its successor begins; one that says a later end is at odds with it."""
    yield from _overlapping(
        book,
        RecordKind.PRICES,
        book.prices,
        place=lambda row: (row.price_list, row.sku, row.uom, row.min_qty, row.plant),
        says=lambda row: (row.price, row.floor, row.tax_included),
    )
    yield from _overlapping(
        book,
        RecordKind.CUSTOMER_PRICES,
        book.contracts,
        place=lambda row: (row.customer, row.sku, row.uom),
        says=lambda row: row.price,
    )
    yield from _overlapping(
        book,
        RecordKind.FLOORS,
        book.floors,
        place=lambda row: (row.tier, row.group, row.sku, row.customer, row.absolute),
        says=lambda row: (row.floor_price, row.min_margin_percent, row.max_discount_percent),
    )
    yield from _overlapping(
        book,
        RecordKind.LIMITS,
        book.limits,
        place=lambda row: (row.person, row.role, row.group),
        says=lambda row: (row.max_discount_percent, row.max_amount),
    )
    yield from _overlapping(
        book,
        RecordKind.APPROVAL_MATRIX,
        book.levels,
        place=lambda row: (row.level, row.tier, row.group, row.customer, row.plant),
        says=lambda row: (row.min_discount_percent, row.min_amount, row.approvers, row.mode, row.expiry_minutes),
    )


def _overlapping(
    book: Book,
    kind: RecordKind,
    rows: Sequence[R],
    *,
    place: Callable[[R], object],
    says: Callable[[R], object],
) -> Faults:
    places: defaultdict[object, list[R]] = defaultdict(list)
    for row in rows:
        if row.valid_to is None or row.valid_to >= book.day:
            places[place(row)].append(row)
    for same in places.values():
        if len(same) < 2:
            continue
        same.sort(key=lambda row: row.valid_from or date.min)
        for at, row in enumerate(same):
            for later in same[at + 1 :]:
                begins = later.valid_from or date.min
                if row.valid_to is not None and begins <= row.valid_to and says(row) != says(later):
                    yield _overlap(kind, row, later)


def _overlap(kind: RecordKind, row: _Dated, later: _Dated) -> Fault:
    begins = f"from {later.valid_from}" if later.valid_from else "without a beginning"
    return Fault(
        kind=kind,
        key=later.key,
        code="overlap",
        text=f"{named(kind, later.key)} {begins} overlaps the row that holds until {row.valid_to} and says otherwise",
        remedy="let the earlier one end on the day before the later one begins",
        others=((kind, row.key),),
    )


# --- contract prices ---


def _contracts(prices: Prices) -> Faults:
    for row in prices.book.contracts:
        facts = prices.contract_facts(row)
        if facts is None:
            continue
        day = prices.day_of(row)
        absolute = prices.absolute(facts, day=day)
        what = named(RecordKind.CUSTOMER_PRICES, row.key)
        if absolute is not None and row.price < absolute.amount:
            why = "the absolute floor" if absolute.rule else "the cost, which is the absolute floor where no rule says"
            yield Fault(
                kind=RecordKind.CUSTOMER_PRICES,
                key=row.key,
                code="below_absolute",
                text=f"{what}: {plain(row.price)} is below {plain(absolute.amount)}, {why}; nobody could order at it",
                remedy="raise the contract price, or change the absolute floor from a date first",
                others=[(RecordKind.FLOORS, absolute.rule.key)] if absolute.rule else (),
            )


# --- floors ---


def _floors(prices: Prices) -> Faults:
    for row in prices.book.floors:
        yield from _above_list(prices, row)
        if not row.absolute:
            yield from _below_absolute(prices, row)


def _above_list(prices: Prices, row: Floor) -> Faults:
    """A floor above every list price it is about is refused; one above some of them is told."""
    if row.floor_price is None and row.min_margin_percent is None:
        return
    over, seen, at_odds = [], 0, []
    for listed in prices.listed_under(row):
        seen += 1
        if listed.floor > listed.price:
            over.append(listed)
            at_odds.append((RecordKind.PRICES, listed.key))
    if not over:
        return
    first, all_of_them = over[0], len(over) == seen
    what = named(RecordKind.FLOORS, row.key)
    text = (
        f"{what}: the floor {plain(first.floor)} is above the list price {plain(first.price)} of {first.sku}"
        f" in {first.price_list}" + (f", and so for {len(over)} of {seen} prices" if seen > 1 else "")
    )
    yield Fault(
        kind=RecordKind.FLOORS,
        key=row.key,
        code="above_list",
        text=text,
        remedy="lower the floor or raise the list price: every order at list would need an approval",
        refused=all_of_them,
        others=at_odds[:1] if all_of_them else (),
    )


def _below_absolute(prices: Prices, row: Floor) -> Faults:
    if row.floor_price is None or not row.sku:
        return
    facts = prices.floor_facts(row)
    if facts is None:
        return
    absolute = prices.absolute(facts, day=prices.day_of(row))
    if absolute is None or row.floor_price >= absolute.amount:
        return
    what = named(RecordKind.FLOORS, row.key)
    yield Fault(
        kind=RecordKind.FLOORS,
        key=row.key,
        code="below_absolute",
        text=f"{what}: the floor {plain(row.floor_price)} is below {plain(absolute.amount)},"
        f" {'the absolute floor' if absolute.rule else 'the cost'}, so it never decides anything",
        remedy="raise the floor, or take it out",
        refused=absolute.rule is not None,
        others=[(RecordKind.FLOORS, absolute.rule.key)] if absolute.rule else (),
    )


def _costs(prices: Prices) -> Faults:
    """One line for all: what is sold without any absolute floor, and what is listed below its cost."""
    bare = sorted(prices.without_absolute())
    if bare:
        yield Fault(
            kind=RecordKind.FLOORS,
            key=(),
            code="no_absolute",
            text=f"{len(bare)} items on price lists have neither a cost nor an absolute floor, first {bare[0]}:"
            " an approval may go as low as it likes",
            remedy="give them a cost (items.csv), or an absolute floor",
            refused=False,
        )
    below = list(prices.listed_below_cost())
    if below:
        first = below[0]
        yield Fault(
            kind=RecordKind.PRICES,
            key=(),
            code="below_cost",
            text=f"{len(below)} prices are below cost, first {plain(first.price)} for {first.sku} in"
            f" {first.price_list} at a cost of {plain(first.floor)}: they cannot be ordered",
            remedy="raise them, or give the items an absolute floor of their own",
            refused=False,
        )


# --- schemes ---


def _schemes(prices: Prices) -> Faults:
    live = [row for row in prices.book.schemes if row.valid_to is None or row.valid_to >= prices.book.day]
    for row in live:
        yield from _amount_off(prices, row)
    yield from _meeting(live, prices)


def _amount_off(prices: Prices, row: Scheme) -> Faults:
    if not row.amount:
        return
    for listed in prices.listed_for_scheme(row):
        if row.amount >= listed.price:
            yield Fault(
                kind=RecordKind.SCHEMES,
                key=row.key,
                code="amount",
                text=f"{named(RecordKind.SCHEMES, row.key)}: {plain(row.amount)} off is as much as {listed.sku}"
                f" costs in {listed.price_list} ({plain(listed.price)})",
                remedy="write rupees off one unit",
            )
            return


def _meeting(live: Sequence[Scheme], prices: Prices) -> Faults:
    """Two schemes a line may get at once, of which neither may be added to others: the better one is given."""
    by_sku: defaultdict[str, list[Scheme]] = defaultdict(list)
    by_group: defaultdict[str, list[Scheme]] = defaultdict(list)
    for row in live:
        if not row.stacks:
            (by_sku[row.sku] if row.sku else by_group[row.group]).append(row)
    for sku, rows in by_sku.items():
        item = prices.book.items.get(sku)
        wider = [*by_group.get(item.group if item and item.group else "", ()), *by_group.get("", ())]
        yield from _pairs(rows, wider)
    for group, rows in by_group.items():
        yield from _pairs(rows, by_group.get("", ()) if group else ())


def _pairs(rows: Sequence[Scheme], wider: Iterable[Scheme]) -> Faults:
    others = list(dict.fromkeys(wider))
    for at, row in enumerate(rows):
        for other in (*rows[at + 1 :], *others):
            if row is not other and row.code != other.code and _meet(row, other):
                yield Fault(
                    kind=RecordKind.SCHEMES,
                    key=row.key,
                    code=f"meets {other.code}",
                    text=f"{named(RecordKind.SCHEMES, row.key)} and {other.code} hold for the same lines and neither"
                    " stacks: each line gets the better one",
                    remedy="nothing if that is meant; else let one of them end, or set stacks",
                    refused=False,
                    others=[(RecordKind.SCHEMES, other.key)],
                )


def _meet(one: Scheme, other: Scheme) -> bool:
    cells = ((one.customer, other.customer), (one.tier, other.tier), (one.price_list, other.price_list))
    if any(mine and theirs and mine != theirs for mine, theirs in cells):
        return False
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one.valid_to or date.max, other.valid_to or date.max)


# --- people ---


def _limits(book: Book) -> Faults:
    for row in _now(book, book.limits):
        if row.person and row.person not in book.people:
            yield _nobody(RecordKind.LIMITS, row, "nobody with access has this phone")
        elif not row.person and row.role not in book.roles:
            yield _nobody(RecordKind.LIMITS, row, f"nobody with access is {row.role}")


def _levels(book: Book) -> Faults:
    now = _now(book, book.levels)
    for row in now:
        if not any(word in book.people or word in book.roles for word in row.approvers):
            who = ", ".join(
                word if word in book.roles or not word.startswith("+") else "a phone" for word in row.approvers
            )
            yield _nobody(RecordKind.APPROVAL_MATRIX, row, f"nobody with access is {who}, so it is passed over")
    if now and not any(about(row) == () for row in now):
        yield _gap("only some tiers, groups, customers or plants are named: for all others nobody approves")
    scopes: defaultdict[tuple[str, ...], list[ApprovalLevel]] = defaultdict(list)
    for row in now:
        scopes[about(row)].append(row)
    for scope, rows in scopes.items():
        yield from _steps(scope, sorted(rows, key=lambda row: row.level))


def _steps(scope: tuple[str, ...], rows: Sequence[ApprovalLevel]) -> Faults:
    of = f" for {', '.join(scope)}" if scope else ""
    first = rows[0]
    if first.min_discount_percent > 0 or first.min_amount > 0:
        yield _gap(
            f"level {first.level}{of} begins at {plain(first.min_discount_percent)} % and"
            f" {plain(first.min_amount)} rupees: below that nobody is named"
        )
    for row, later in pairwise(rows):
        if later.min_discount_percent < row.min_discount_percent or later.min_amount < row.min_amount:
            yield _gap(f"level {later.level}{of} begins below level {row.level}, which is then never asked first")


def _gap(text: str) -> Fault:
    remedy = "let the first level of every matrix begin at 0, and later ones higher"
    return Fault(kind=RecordKind.APPROVAL_MATRIX, key=(), code=f"gap {text}", text=text, remedy=remedy, refused=False)


def _nobody(kind: RecordKind, row: Limit | ApprovalLevel, text: str) -> Fault:
    remedy = "correct the rule, or add the person (people.csv)"
    return Fault(
        kind=kind, key=row.key, code="nobody", text=f"{named(kind, row.key)}: {text}", remedy=remedy, refused=False
    )


def _now(book: Book, rows: Iterable[R]) -> list[R]:
    return [
        row
        for row in rows
        if (row.valid_from is None or row.valid_from <= book.day) and (row.valid_to is None or book.day <= row.valid_to)
    ]


# --- words ---

PLACES: dict[RecordKind, tuple[str, ...]] = {
    RecordKind.PRICES: ("", "", "", "from ", "", "plant "),
    RecordKind.CUSTOMER_PRICES: ("", "", "", ""),
    RecordKind.SCHEMES: ("", "list ", "tier ", "", "", "group ", "from ", ""),
    RecordKind.FLOORS: ("tier ", "group ", "", "", "", ""),
    RecordKind.LIMITS: ("", "", "group ", ""),
    RecordKind.APPROVAL_MATRIX: ("level ", "tier ", "group ", "", "plant ", ""),
}
"""What is said before each part of a rule's key."""


def named(kind: RecordKind, key: Key) -> str:
    """A rule by what tells it from others of its kind; no phone in full, and no day it begins on."""
    dated = {RecordKind.PRICES: 4, RecordKind.SCHEMES: 7}.get(kind, len(key) - 1)
    parts = []
    for at, (before, part) in enumerate(zip(PLACES[kind], key, strict=True)):
        if not part or at == dated:
            continue
        if kind is RecordKind.FLOORS and at == 4:
            parts += ["absolute"] if part == "True" else []
        elif part.startswith("+"):
            parts.append(f"…{part[-4:]}")
        else:
            parts.append(f"{before}{part}")
    return " ".join(parts) or "for all"
