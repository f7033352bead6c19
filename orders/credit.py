"""Whether a customer's credit bears an order, as a function of values."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

ASSUMED_INVOICED_AFTER = timedelta(days=7)
"""An ERP that does not list its open orders is taken to have invoiced ours by then, if its balance is as new."""


class Credit(StrEnum):
    """What the limit says to an order."""

    WITHIN = "within"
    OVER_LIMIT = "over_limit"
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
class Standing:
    """A customer's credit with one more order: the exposure already there, the limit, what the verdict is."""

    verdict: Credit
    limit: Decimal | None
    exposure: Decimal
    order_value: Decimal
    balance_as_of: datetime | None

    @property
    def short_by(self) -> Decimal:
        """Rupees by which the limit is passed; 0 within it."""
        return max(Decimal(0), self.exposure + self.order_value - (self.limit or Decimal(0)))


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


def judge(
    *, limit: Decimal | None, exposure: Decimal, order_value: Decimal, balance_as_of: datetime | None
) -> Standing:
    """Compare exposure and order with the limit; an empty limit is for finance to decide, 0 means cash only."""
    if limit is None:
        verdict = Credit.NOT_CONFIGURED
    elif limit == 0:
        verdict = Credit.CASH_ONLY
    else:
        verdict = Credit.WITHIN if exposure + order_value <= limit else Credit.OVER_LIMIT
    return Standing(
        verdict=verdict, limit=limit, exposure=exposure, order_value=order_value, balance_as_of=balance_as_of
    )
