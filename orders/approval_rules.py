"""What an approval covers, who is asked for one, and what somebody may grant himself: functions of values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from erp.records import ApprovalLevel, LevelMode, Limit
from routing.ask_rules import Step
from routing.working_hours import LOOKED_AHEAD, WorkingHours

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
FINANCE = "finance"


class WhyNot(StrEnum):
    """Why an approval does not cover a line."""

    CUSTOMER = "customer"
    SHIP_TO = "ship_to"
    ITEM = "item"
    UOM = "uom"
    QUANTITY = "quantity"
    PRICE = "price"
    FREE_GOODS = "free_goods"
    PAYMENT_TERM = "payment_term"
    EXPIRED = "expired"
    FLOOR_ROSE = "floor_rose"
    LIST_ROSE = "list_rose"
    ABSOLUTE = "absolute"
    """The floor below which nobody may approve has risen above it."""
    MOOT = "moot"
    """The list price has come down to what was granted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LineFacts:
    """A line as it would post, and what the rules say of it now. Prices are of one ordered UoM, without tax."""

    party_code: str
    ship_to: str
    sku: str
    uom: str
    quantity: Decimal
    effective: Decimal
    free: Decimal
    """Free goods of the item itself, in the ordered UoM; those of other items stand in the effective price."""
    payment_term: int | None
    list_price: Decimal
    floor: Decimal | None
    absolute: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Granted:
    """What an approval holds for, and the price snapshot it was decided on."""

    party_code: str
    ship_to: str
    sku: str
    uom: str
    least_quantity: Decimal
    price: Decimal
    least_price: Decimal
    most_free: Decimal
    payment_term: int | None
    list_price: Decimal
    floor: Decimal | None
    expires_at: datetime


def covers(granted: Granted, line: LineFacts, *, at: datetime) -> bool:
    """Whether an approval lets this line go at a moment."""
    return why_not_covered(granted, line, at=at) is None


def why_not_covered(granted: Granted, line: LineFacts, *, at: datetime) -> WhyNot | None:
    """The first thing by which a line lies outside an approval; None: it is covered.

    The snapshot holds as long as the discount has not become deeper than the one that was decided on: a list price
    that fell, a floor that fell and rules changed elsewhere leave it as it is.
    """
    if at >= granted.expires_at:
        return WhyNot.EXPIRED
    same = {
        WhyNot.CUSTOMER: granted.party_code == line.party_code,
        WhyNot.SHIP_TO: granted.ship_to == line.ship_to,
        WhyNot.ITEM: granted.sku == line.sku,
        WhyNot.UOM: granted.uom == line.uom,
        WhyNot.QUANTITY: line.quantity >= granted.least_quantity,
        WhyNot.PRICE: line.effective >= granted.least_price,
        WhyNot.FREE_GOODS: line.free <= granted.most_free,
        WhyNot.PAYMENT_TERM: granted.payment_term == line.payment_term,
    }
    if (differs := next((why for why, holds in same.items() if not holds), None)) is not None:
        return differs
    if line.absolute is not None and line.effective < line.absolute:
        return WhyNot.ABSOLUTE
    if line.list_price <= granted.price and (line.floor is None or line.effective >= line.floor):
        return WhyNot.MOOT
    if line.list_price > granted.list_price:
        return WhyNot.LIST_ROSE
    return WhyNot.FLOOR_ROSE if _floor_rose_above(granted, line) else None


def _floor_rose_above(granted: Granted, line: LineFacts) -> bool:
    if line.floor is None or line.effective >= line.floor:
        return False
    return granted.floor is None or line.floor > granted.floor


def depth(list_price: Decimal, effective: Decimal) -> Decimal:
    """How many percent an effective price is below the list price; 0 above it."""
    return max(ZERO, (list_price - effective) / list_price * HUNDRED) if list_price > 0 else ZERO


def given_away(list_price: Decimal, effective: Decimal, quantity: Decimal) -> Decimal:
    """In rupees, of a line."""
    return max(ZERO, (list_price - effective) * quantity)


@dataclass(frozen=True, kw_only=True, slots=True)
class Deal:
    """What the matrix is asked about: how deep its lines are, what it gives away in all, and who buys."""

    lines: Sequence[tuple[str, Decimal]]
    """Group of the item, depth in percent."""
    amount: Decimal
    tier: str
    customer: str
    plant: str


def own_free(free_goods: Iterable[Mapping[str, str]], sku: str, uom: str, factors: Mapping[str, Decimal]) -> Decimal:
    """The free goods among these that are of an item itself, in one of its UoMs; `factors` are base units by UoM."""
    one = factors.get(uom, ONE)
    own = [entry for entry in free_goods if entry["sku"] == sku]
    return sum((Decimal(entry["qty"]) * factors.get(entry["uom"], ONE) / one for entry in own), ZERO)


def steps_for(rows: Iterable[ApprovalLevel], deal: Deal) -> list[Step]:
    """Whom to ask, in order: the lowest level that may decide all of it, then those above it.

    A level is needed as soon as the deal reaches its depth or its amount, whichever it names; one that names neither,
    always. Of rows of the same level the most specific holds for a line. One ask decides all lines, so whoever decides
    must be named for each; where no level has such people, those of the highest are asked. A level in parallel is asked
    together with the one before it.
    """
    known = list(rows)
    of_lines = [_levels_of(known, group, deal) for group, _ in deal.lines]
    first = max(
        (_needed(levels, at, deal.amount) for levels, (_, at) in zip(of_lines, deal.lines, strict=True)), default=0
    )
    numbers = sorted({number for levels in of_lines for number in levels if number >= first})
    able = [(number, _named_for_all(of_lines, number)) for number in numbers]
    asked = [(number, approvers) for number, approvers in able if approvers]
    if not asked and numbers:
        rows_of_last = [levels[numbers[-1]] for levels in of_lines if numbers[-1] in levels]
        asked = [(numbers[-1], tuple(dict.fromkeys(word for row in rows_of_last for word in row.approvers)))]
    steps: list[Step] = []
    for number, approvers in asked:
        of_level = [levels[number] for levels in of_lines if number in levels]
        step = Step(level=number, approvers=approvers, minutes=max(row.expiry_minutes for row in of_level))
        if steps and all(row.mode == LevelMode.PARALLEL for row in of_level):
            steps[-1] = _together(steps[-1], step)
        else:
            steps.append(step)
    return steps


def _levels_of(rows: Sequence[ApprovalLevel], group: str, deal: Deal) -> dict[int, ApprovalLevel]:
    """Level → the most specific row for a line of this group."""
    found: dict[int, ApprovalLevel] = {}
    for row in rows:
        named = ((row.customer, deal.customer), (row.group, group), (row.tier, deal.tier), (row.plant, deal.plant))
        if any(word and word != present for word, present in named):
            continue
        if row.level not in found or _specific(row) > _specific(found[row.level]):
            found[row.level] = row
    return found


def _specific(row: ApprovalLevel) -> tuple[bool, ...]:
    return (bool(row.customer), bool(row.group), bool(row.tier), bool(row.plant))


def _needed(levels: Mapping[int, ApprovalLevel], at: Decimal, amount: Decimal) -> int:
    """The highest level that a line reaches; where it reaches none, the lowest there is."""
    reached = [number for number, row in levels.items() if _reaches(row, at, amount)]
    return max(reached, default=min(levels, default=0))


def _reaches(row: ApprovalLevel, at: Decimal, amount: Decimal) -> bool:
    by_depth = row.min_discount_percent > 0 and at >= row.min_discount_percent
    by_amount = row.min_amount > 0 and amount >= row.min_amount
    return by_depth or by_amount or not (row.min_discount_percent > 0 or row.min_amount > 0)


def _named_for_all(of_lines: Sequence[Mapping[int, ApprovalLevel]], number: int) -> tuple[str, ...]:
    if not all(number in levels for levels in of_lines):
        return ()
    first, *others = [levels[number].approvers for levels in of_lines]
    return tuple(word for word in first if all(word in approvers for approvers in others))


def _together(one: Step, other: Step) -> Step:
    approvers = tuple(dict.fromkeys((*one.approvers, *other.approvers)))
    return Step(level=other.level, approvers=approvers, minutes=max(one.minutes, other.minutes))


def with_a_second(steps: Sequence[Step], *, alone_at_the_top: bool) -> list[Step]:
    """Where one person alone is at the top level, finance is asked after him."""
    top = steps[-1] if steps else None
    if top is None or not alone_at_the_top or top.approvers == (FINANCE,):
        return list(steps)
    return [*steps, Step(level=top.level, approvers=(FINANCE,), minutes=top.minutes)]


def within_own_limit(
    limits: Iterable[Limit],
    *,
    phone: str,
    roles: Collection[str],
    group: str,
    at: Decimal,
    amount: Decimal,
) -> bool:
    """Whether somebody may grant a line of this depth himself, when he gives away so much on the whole order.

    A row of his own goes before those of his roles, one of the item's group before one of all; of equal ones the
    widest counts. Without a row he may grant nothing.
    """
    mine = [
        row for row in limits if row.group in ("", group) and (row.person == phone if row.person else row.role in roles)
    ]
    if not mine:
        return False
    best = max((bool(row.person), bool(row.group)) for row in mine)
    return any(_holds(row, at, amount) for row in mine if (bool(row.person), bool(row.group)) == best)


def _holds(row: Limit, at: Decimal, amount: Decimal) -> bool:
    if row.max_discount_percent is None and row.max_amount is None:
        return False
    deep = row.max_discount_percent is not None and at > row.max_discount_percent
    much = row.max_amount is not None and amount > row.max_amount
    return not (deep or much)


def valid_until(hours: WorkingHours, since: datetime) -> datetime:
    """How long an approval may be used: to the end of the next day on which the plant works after the decision's."""
    local = since.astimezone(ZoneInfo(hours.timezone))
    days = (local.date() + timedelta(days=ahead) for ahead in range(1, LOOKED_AHEAD))
    last = next((day for day in days if hours.on(day) is not None), local.date() + timedelta(days=1))
    return datetime.combine(last + timedelta(days=1), time(0), tzinfo=local.tzinfo)


class Verdict(StrEnum):
    """What an approver says of one line."""

    APPROVE = "approve"
    REJECT = "reject"
    COUNTER = "counter"


@dataclass(frozen=True, kw_only=True, slots=True)
class LineVerdict:
    """Of one line; `price` is the counter, a ordered UoM."""

    verdict: Verdict
    price: Decimal | None = None
    reason: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "LineVerdict":
        """As it stands in the facts of an answer."""
        price = kept.get("price")
        return cls(
            verdict=Verdict(kept["verdict"]),
            price=Decimal(price) if price is not None else None,
            reason=str(kept.get("reason", "")),
        )

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        price = None if self.price is None else str(self.price)
        return {"verdict": self.verdict.value, "price": price, "reason": self.reason}


def answer_facts(lines: Mapping[int, LineVerdict]) -> dict[str, Any]:
    """The facts of an answer to a price request: what is said of each line."""
    return {"lines": {str(no): verdict.as_json() for no, verdict in lines.items()}}


def verdicts(facts: Mapping[str, Any]) -> dict[int, LineVerdict]:
    """What the facts of an answer say of each line."""
    return {int(no): LineVerdict.of(kept) for no, kept in facts.get("lines", {}).items()}
