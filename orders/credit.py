"""Whether a customer's credit bears an order, as a function of values."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

ASSUMED_INVOICED_AFTER = timedelta(days=7)
"""An ERP that does not list its open orders is taken to have invoiced ours by then, if its balance is as new."""


USUAL_OVERDUE_DAYS = 15
"""So many days may the oldest bill be overdue, unless the setting says otherwise."""


class Credit(StrEnum):
    """What limit and bills say to an order."""

    WITHIN = "within"
    OVER_LIMIT = "over_limit"
    OVERDUE = "overdue"
    """Within the limit, but bills are overdue by more days than allowed."""
    CASH_ONLY = "cash_only"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenValue:
    """What one order reserves: rupees with tax, of what is ordered and not yet invoiced."""

    our_number: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class OurOrder:
    """One of our own confirmed orders, as far as credit is concerned."""

    number: str
    amount: Decimal
    confirmed_at: datetime
    posted: bool
    seen_in_mirror: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Raise:
    """Another limit until a day, and the ERP's limit it was decided on."""

    to: Decimal
    until: datetime
    limit_then: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A customer's credit with one more order: the exposure already there, the limit, what the verdict is."""

    verdict: Credit
    limit: Decimal | None
    """The ERP's, or a raise of it that is in force."""
    exposure: Decimal
    order_value: Decimal
    balance_as_of: datetime | None
    overdue_days: int = 0
    is_late: bool = False
    """Overdue by more than is allowed, whatever else the verdict names."""
    released: bool = False
    """Within only because this order was let go at this value."""

    @property
    def short_by(self) -> Decimal:
        """Rupees by which the limit is passed; 0 within it."""
        return max(Decimal(0), self.exposure + self.order_value - (self.limit or Decimal(0)))

    @property
    def fits(self) -> Decimal:
        """Rupees with tax that an order might come to and go by itself."""
        return Decimal(0) if self.is_late else max(Decimal(0), (self.limit or Decimal(0)) - self.exposure)


def open_value(
    mirrored: Iterable[OpenValue],
    ours: Iterable[OurOrder],
    *,
    erp_lists_open_orders: bool,
    balance_as_of: datetime | None,
) -> Decimal:
    """Rupees with tax of everything ordered and not yet invoiced, each order counted once.

    An order in the ERP's list counts as the list says. One of ours that is not in it counts in full until the list
    has held it once (and so has let it go again) or, where there is no list, until the balance is a week newer.
    """
    mirrored = list(mirrored)
    listed: Set[str] = {value.our_number for value in mirrored if value.our_number}
    amount = sum((value.amount for value in mirrored), Decimal(0))
    for order in ours:
        if order.number in listed or (erp_lists_open_orders and order.seen_in_mirror):
            continue
        old = balance_as_of is not None and balance_as_of - order.confirmed_at > ASSUMED_INVOICED_AFTER
        if not erp_lists_open_orders and order.posted and old:
            continue
        amount += order.amount
    return amount


def limit_in_force(limit: Decimal | None, raises: Iterable[Raise], *, at: datetime) -> Decimal | None:
    """The ERP's limit, or what the newest raise that still holds made of it; `raises` come newest first.

    A raise ends with its day, and when the ERP's limit is lowered, taken away or first set after it: then somebody
    has decided anew.
    """
    for one in raises:
        if one.until > at and not _decided_anew(one.limit_then, limit):
            return one.to if limit is None else max(limit, one.to)
    return limit


def _decided_anew(then: Decimal | None, limit: Decimal | None) -> bool:
    if then is None or limit is None:
        return then is not limit
    return limit < then


def judge(
    *,
    limit: Decimal | None,
    exposure: Decimal,
    order_value: Decimal,
    balance_as_of: datetime | None,
    overdue_days: int = 0,
    overdue_allowed: int | None = None,
    most_released: Decimal | None = None,
) -> Standing:
    """Compare exposure and order with the limit, and the age of the oldest bill with what is allowed (None: any).

    An empty limit is for finance to decide, 0 means cash only. `most_released` rupees were let go for this very order:
    at no more than that it goes, whatever the rest says.
    """
    is_late = overdue_allowed is not None and overdue_days > overdue_allowed
    released = most_released is not None and order_value <= most_released
    if released:
        verdict = Credit.WITHIN
    elif limit is None:
        verdict = Credit.NOT_CONFIGURED
    elif limit == 0:
        verdict = Credit.CASH_ONLY
    elif exposure + order_value > limit:
        verdict = Credit.OVER_LIMIT
    else:
        verdict = Credit.OVERDUE if is_late else Credit.WITHIN
    return Standing(
        verdict=verdict,
        limit=limit,
        exposure=exposure,
        order_value=order_value,
        balance_as_of=balance_as_of,
        overdue_days=overdue_days,
        is_late=is_late,
        released=released,
    )
