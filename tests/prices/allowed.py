"""Who may let a line pass at a price: `limits.csv` and `approval_matrix.csv` read by own code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tests.prices.book import Book, Row, amount, in_force, number, says_yes

FINANCE = "finance"


@dataclass(frozen=True, kw_only=True)
class Deal:
    """What is given away: percent off the list price, and rupees."""

    depth: Decimal
    rupees: Decimal
    customer: str
    tier: str
    group: str
    plant: str


@dataclass(frozen=True, kw_only=True)
class Delegated:
    """Somebody decides for somebody else, from and until a moment; names, as documents have them."""

    giver: str
    taker: str
    begins: datetime
    ends: datetime


def person(book: Book, name: str, day: date) -> Row | None:
    """Who has this name and has not left."""
    for row in book.where("people", "name", name):
        until = row.get("until") or ""
        if says_yes(row.get("active"), default=True) and (not until or day <= date.fromisoformat(until)):
            return row
    return None


def roles(row: Row) -> set[str]:
    """As `people.csv` has them."""
    return {role.strip() for role in (row.get("roles") or "").split(";") if role.strip()}


def within_limit(book: Book, row: Row, deal: Deal, day: date) -> bool | None:
    """Whether `limits.csv` lets this person give that much; None when it says nothing of him."""
    fitting = [
        limit
        for limit in book.files["limits"]
        if (limit.get("group") or "") in ("", deal.group) and in_force(limit, day)
    ]
    own = [limit for limit in fitting if limit.get("person") == row["phone"]]
    found = own or [limit for limit in fitting if not limit.get("person") and (limit.get("role") or "") in roles(row)]
    if not found:
        return None
    return any(
        deal.depth <= amount(limit.get("max_discount_percent")) and _bears(limit.get("max_amount"), deal.rupees)
        for limit in found
    )


def _bears(most: str | None, rupees: Decimal) -> bool:
    limit = number(most)
    return limit is None or rupees <= limit


def levels(book: Book, deal: Deal, day: date) -> list[Row]:
    """The rows of the matrix that speak of such a deal, whatever its size."""
    wanted = {"tier": deal.tier, "group": deal.group, "plant": deal.plant, "customer": deal.customer}
    return [
        row
        for row in book.files["approval_matrix"]
        if in_force(row, day) and all((row.get(name) or "") in ("", value) for name, value in wanted.items())
    ]


def least_level(rows: Iterable[Row], deal: Deal) -> int:
    """The level a deal of this size needs: one is reached by the depth or by the amount it names."""
    reached = []
    for row in rows:
        depth, rupees = amount(row.get("min_discount_percent")), amount(row.get("min_amount"))
        if (depth and deal.depth >= depth) or (rupees and deal.rupees >= rupees) or not (depth or rupees):
            reached.append(int(row["level"]))
    return max(reached, default=1)


def stands_in(row: Row, who: Row) -> bool:
    """Whether a row of the matrix names this person, by phone or role."""
    named = {name.strip() for name in (row.get("approvers") or "").split(";")}
    return who["phone"] in named or bool(named & roles(who))


def objection_to(
    book: Book, by: str, requester: str, deal: Deal, at: datetime, delegations: Sequence[Delegated] = ()
) -> str:
    """Why this person could not let it pass; empty when he could."""
    day = at.date()
    who = person(book, by, day)
    if who is None:
        return f"{by} is nobody, or has left"
    if by == requester:
        return "" if within_limit(book, who, deal, day) else f"{by} asked for it himself, beyond his own limit"
    holders = [row for name in _for_whom(by, at, delegations) if (row := person(book, name, day)) is not None]
    if any(_may(book, holder, deal, day) for holder in holders):
        return ""
    return f"{by} may not give {deal.depth:.2f} % or ₹{deal.rupees:.2f}"


def _for_whom(name: str, at: datetime, delegations: Sequence[Delegated]) -> set[str]:
    """The person himself and everybody for whom he decides at that moment, by way of others too."""
    found, new = {name}, {name}
    while new:
        new = {one.giver for one in delegations if one.taker in new and one.begins <= at <= one.ends} - found
        found |= new
    return found


def _may(book: Book, who: Row, deal: Deal, day: date) -> bool:
    rows = levels(book, deal, day)
    needed = least_level(rows, deal)
    if any(int(row["level"]) >= needed and stands_in(row, who) for row in rows):
        return True
    return FINANCE in roles(who) and _is_second(book, rows, day)


def _is_second(book: Book, rows: Sequence[Row], day: date) -> bool:
    """Finance decides too where the top level is one person."""
    top = max((int(row["level"]) for row in rows), default=0)
    there = {
        who["name"]
        for who in book.files["people"]
        for row in rows
        if int(row["level"]) == top and stands_in(row, who) and person(book, who["name"], day)
    }
    return len(there) <= 1
