"""What can be wrong with what was posted."""

from dataclasses import dataclass
from enum import StrEnum


class Wrong(StrEnum):
    """What can be wrong with a posted order."""

    TWICE = "posted twice"
    UNCONFIRMED = "not what its sender confirmed"
    NO_PRICE = "no list has a price"
    LIST_PRICE = "another list price"
    ABOVE = "dearer than list and schemes say"
    NET = "cheaper than list and schemes say, and nobody let it pass"
    FLOOR = "below its floor without an approval"
    ABSOLUTE = "below the absolute floor"
    APPROVER = "let pass by somebody who may not"
    APPROVED_PRICE = "cheaper than what was approved"
    DECISION = "an approval nobody gave like this"
    USED_TWICE = "an approval used twice"
    FREE_PRICE = "free goods with a price, or goods for nothing that are not free"
    FREE_SCHEME = "free goods of no scheme in force"
    FREE_BASE = "free goods without their base line"
    FREE_COUNT = "more free goods than the scheme gives"
    STACKED = "schemes together that do not stack"
    CAP_ORDER = "over the scheme's cap for one order"
    CAP_CUSTOMER = "over the scheme's cap for one customer"
    BUDGET = "over the scheme's budget"
    TOTAL = "a total that is not the sum of its lines"
    TAX = "another tax"
    CREDIT = "over the credit limit without a release"


@dataclass(frozen=True, kw_only=True)
class Objection:
    """One thing that should not have been posted."""

    wrong: Wrong
    order: str
    line: int | None = None
    why: str = ""

    def __str__(self) -> str:
        return f"{self.order}/{self.line or '-'}: {self.wrong.value} ({self.why})"
