"""What people saw and decided, as plain values: the checker's third source beside files and documents.

A summary is read from its text, as its reader did, not from what made it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tests.prices.allowed import Delegated
from tests.prices.reckoning import ZERO, paisa

PRICED = re.compile(r"^\d+\. (?P<name>.+?) – (?P<qty>[\d.,]+) (?P<uom>\S+) × ₹(?P<price>[\d.,]+) = ₹(?P<value>[\d.,]+)")


@dataclass(frozen=True, kw_only=True, order=True)
class SeenLine:
    """A line as it stood on somebody's screen."""

    name: str
    qty: Decimal
    uom: str
    price: Decimal

    def __str__(self) -> str:
        return f"{self.name} {self.qty} {self.uom} × {self.price}"


@dataclass(frozen=True, kw_only=True)
class Yes:
    """Somebody confirmed a summary."""

    customer: str
    at: datetime
    by: str
    lines: tuple[SeenLine, ...]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """An approver let something pass: what he was shown of it, an item a line, at the price he agreed to."""

    by: str
    at: datetime
    customer: str
    lines: tuple[SeenLine, ...]


@dataclass(frozen=True, kw_only=True)
class Raised:
    """Finance raised a limit until a moment."""

    customer: str
    limit: Decimal
    begins: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class Amended:
    """Somebody confirmed a change of an order, shown as a difference."""

    order: str
    revision: int
    at: datetime
    by: str
    text: str


@dataclass(kw_only=True)
class Record:
    """Everything that was seen and decided on the stage."""

    yeses: list[Yes] = field(default_factory=list)
    decisions: list[Decision] | None = None
    """None: nobody kept them, so nothing is said against approvals for want of one."""
    amended: list[Amended] = field(default_factory=list)
    released: set[str] = field(default_factory=set)
    """Orders that finance let go over the limit, once."""
    raised: list[Raised] = field(default_factory=list)
    delegated: list[Delegated] = field(default_factory=list)


LINE = re.compile(r"^(?P<no>\d+)\. .*")
TOTAL = re.compile(r"^\S+ ₹(?P<total>[\d,.]*\d) \+ ", re.M)
HEADING = re.compile(r"^\*Price request \w+\*: .*\((?P<customer>\w+), [^)]*\)")
RELEASE = re.compile(r"^A\d+: credit for order (?P<order>M\d+) of .*\((?P<customer>\w+)\)\.$", re.M)
RAISE = re.compile(
    r"^Raise the limit of (?P<firm>.+) from .* to \*₹(?P<limit>[\d,.]+)\* .* release order (?P<order>M\d+)", re.M
)
ASKED = re.compile(r"^(?:\d+\. |\*)(?P<name>.+) – (?P<qty>[\d.,]+) (?P<uom>[^\s*]+)\*?$")
AT = re.compile(r"^ +asked ₹(?P<price>[\d.,]+), list")
EFFECTIVE = re.compile(r"^ +free: .*comes to ₹(?P<price>[\d.,]+)")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an approver was asked to let pass."""

    customer: str
    lines: tuple[SeenLine, ...]


def asked_lines(text: str, *, instead: Mapping[str, str]) -> Asked:
    """The lines of a price request as its approver reads them; `instead` has his own prices by item."""
    customer, lines = "", []
    for row in text.splitlines():
        if found := HEADING.match(row):
            customer = found["customer"]
        elif found := ASKED.match(row):
            item = {"name": found["name"], "qty": _figure(found["qty"]), "uom": found["uom"]}
            lines.append(item)
        elif lines and (found := AT.match(row) or EFFECTIVE.match(row)):
            lines[-1]["price"] = _figure(found["price"])
    priced = [{**line, "price": Decimal(instead.get(line["name"], line.get("price", "0")))} for line in lines]
    return Asked(customer=customer, lines=tuple(SeenLine(**line) for line in priced))


def seen_lines(*texts: str) -> tuple[SeenLine, ...]:
    """The priced lines of a summary, the newest text first.

    A long order repeats only what has changed; whoever confirms it has seen the rest in what was shown before. The
    total says when that is all of it.
    """
    found: dict[str, SeenLine] = {}
    wanted = next((_figure(match["total"]) for match in TOTAL.finditer(texts[0])), None)
    for text in texts:
        told = {match["no"]: match for line in text.splitlines() if (match := LINE.match(line))}
        for no, match in told.items():
            if no not in found and (priced := PRICED.match(match[0])):
                found[no] = _seen(priced)
        if wanted is None or sum((paisa(one.qty * one.price) for one in found.values()), ZERO) == wanted:
            break
    return tuple(found.values())


def _seen(one: re.Match[str]) -> SeenLine:
    return SeenLine(name=one["name"], qty=_figure(one["qty"]), uom=one["uom"], price=_figure(one["price"]))


def released(text: str) -> str:
    """The order that finance is asked to let go."""
    return found["order"] if (found := RELEASE.search(text)) else ""


def raised(text: str) -> tuple[str, str, Decimal] | None:
    """Firm, order and limit of a raise that is repeated before it is done."""
    found = RAISE.search(text)
    return (found["firm"], found["order"], _figure(found["limit"])) if found else None


def _figure(text: str) -> Decimal:
    return Decimal(text.replace(",", "").rstrip("."))
