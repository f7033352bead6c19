"""Whether two orders look like the same one sent twice, as a function of their lines."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

SIMILAR = Decimal("0.7")

Amount = tuple[str, Decimal]
"""An item and its quantity in base units, so that 1 DOZEN equals 12 PCS."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Other:
    """An order or open draft to compare with."""

    reference: str
    """`order:…`, `draft:…` or `erp:…`."""
    number: str
    """As told to people; empty for a draft."""
    placed_at: datetime
    """Of an order keyed in the ERP only the day is known."""
    placed_by: str
    lines: tuple[Amount, ...]

    @property
    def in_erp_only(self) -> bool:
        """Nobody told us of it: it was keyed in the ERP."""
        return self.reference.startswith("erp:")

    @property
    def placed_on(self) -> date:
        """The day of an order keyed in the ERP."""
        return self.placed_at.date()


def looks_same(lines: Iterable[Amount], other: Iterable[Amount]) -> bool:
    """Equal lines, or 70 % and more of the larger one's lines with equal quantities in the other."""
    mine, theirs = Counter(lines), Counter(other)
    larger = max(mine.total(), theirs.total())
    return larger > 0 and Decimal((mine & theirs).total()) / larger >= SIMILAR


def find_same(lines: Iterable[Amount], others: Iterable[Other]) -> Other | None:
    """The latest of those that look the same."""
    mine = tuple(lines)
    return max(
        (other for other in others if looks_same(mine, other.lines)),
        key=lambda other: other.placed_at,
        default=None,
    )
