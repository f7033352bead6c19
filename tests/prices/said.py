"""What people saw and decided, as plain values: the checker's third source beside files and documents.

A summary is read from its text, as its reader did, not from what made it.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tests.prices.allowed import Delegated

PRICED = re.compile(r"^\d+\. (?P<name>.+?) – (?P<qty>[\d.,]+) (?P<uom>\S+) × ₹(?P<price>[\d.,]+) = ₹(?P<value>[\d.,]+)")


@dataclass(frozen=True, kw_only=True, order=True)
class SeenLine:
    """A line as it stood on somebody's screen."""

    name: str
    qty: Decimal
    uom: str
    price: Decimal


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


@dataclass(kw_only=True)
class Record:
    """Everything that was seen and decided on the stage."""

    yeses: list[Yes] = field(default_factory=list)
    decisions: list[Decision] | None = None
    """None: nobody kept them, so nothing is said against approvals for want of one."""
    released: set[str] = field(default_factory=set)
    """Orders that finance let go over the limit, once."""
    raised: list[Raised] = field(default_factory=list)
    delegated: list[Delegated] = field(default_factory=list)


def seen_lines(text: str) -> tuple[SeenLine, ...]:
    """The priced lines of a summary."""
    found = (PRICED.match(line) for line in text.splitlines())
    return tuple(
        SeenLine(name=one["name"], qty=_figure(one["qty"]), uom=one["uom"], price=_figure(one["price"]))
        for one in found
        if one
    )


def _figure(text: str) -> Decimal:
    return Decimal(text.replace(",", "").rstrip("."))
