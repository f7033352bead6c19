"""What a customer owes and has on order when he confirms, from the files and the posted documents alone."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.prices.book import Book, Library, amount, number
from tests.prices.papers import Paper, Papers
from tests.prices.reckoning import HUNDRED, ZERO, Reckoning, paisa
from tests.prices.said import Record


def value(book: Book, paper: Paper) -> Decimal:
    """Rupees with tax."""
    total = ZERO
    for line in paper.paid:
        rate = amount(book.one("items", "sku", line.sku).get("gst_rate"))
        total += paisa(line.qty * line.price) + paisa(line.qty * line.price * rate / HUNDRED)
    return total


def listed_open(book: Book, paper: Paper, zone: ZoneInfo) -> dict[str, Decimal]:
    """What the ERP's list has open for this customer, by our number; others under an empty one."""
    found: dict[str, Decimal] = {}
    reckoning = Reckoning(book=book, customer=paper.customer, day=paper.confirmed_at.astimezone(zone).date())
    for row in book.where("orders", "customer", paper.customer):
        left = max(ZERO, amount(row["ordered"]) - amount(row["invoiced"]) - amount(row["cancelled"]))
        price = number(row.get("price"))
        if not price:
            listed = reckoning.listed(row["sku"], row["uom"], amount(row["ordered"]))
            price = listed.price if listed else ZERO
        rate = amount(book.one("items", "sku", row["sku"]).get("gst_rate"))
        ours = row.get("our_number") or ""
        found[ours] = found.get(ours, ZERO) + paisa(left * price * (1 + rate / HUNDRED))
    return found


def over_limit(
    library: Library, papers: Papers, paper: Paper, record: Record | None, zone: ZoneInfo, *, before: bool = False
) -> str:
    """By how much an order passes the limit as it was when it was confirmed; empty when it does not, or was let go.

    `before`: it is a change of an order; one that makes it no dearer asks nobody.
    """
    if before and not _is_dearer(library, papers, paper):
        return ""
    if record is not None and paper.number in record.released:
        return ""
    book = library.at(paper.confirmed_at)
    party = book.one("customers", "code", paper.customer)
    limit = number(party["credit_limit"])
    for raised in record.raised if record else ():
        if raised.customer == paper.customer and raised.begins <= paper.confirmed_at <= raised.ends:
            limit = max(limit or ZERO, raised.limit)
    if not limit:
        return f"a limit of {limit}"
    listed = listed_open(book, paper, zone)
    cancelled = papers.cancelled()
    before = [
        one
        for one in papers.orders
        if one.customer == paper.customer
        and (one.confirmed_at, one.number) < (paper.confirmed_at, paper.number)
        and one.number != paper.number
        and one.number not in cancelled
        and one.number not in listed
        and not _was_listed(library, one, paper)
    ]
    exposure = (
        amount(party["outstanding"]) + sum(listed.values(), ZERO) + sum((value(book, one) for one in before), ZERO)
    )
    if exposure + value(book, paper) <= limit:
        return ""
    return f"{exposure} + {value(book, paper)} > {limit}"


def _is_dearer(library: Library, papers: Papers, paper: Paper) -> bool:
    first = next(one for one in papers.orders if one.number == paper.number)
    book = library.at(paper.confirmed_at)
    return value(book, paper) > value(book, first)


def _was_listed(library: Library, one: Paper, paper: Paper) -> bool:
    """Whether the ERP's list has held an order since and let it go again."""
    return any(
        book.where("orders", "our_number", one.number)
        for since, book in library.copies
        if since is not None and one.confirmed_at <= since <= paper.confirmed_at
    )
