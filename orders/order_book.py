"""What people ask of the order book by message: what is pending, and what was ordered on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, Text, TextClause, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session

from orders.model import OrderDraft
from orders.plant_day import NOT_CONFIRMED
from store.database import now

LISTED_BY = timedelta(days=7)
"""An order posted longer ago that no list of the ERP has ever held has left, or never will."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BookedOrder:
    """One order, ours or keyed in the ERP; of a pending one only what is still to be dispatched."""

    number: str
    """The ERP's, while it has none ours."""
    customer: str
    name: str
    day: date
    lines: int
    value: Decimal | None
    """Without tax; None: the ERP tells no price."""
    leaves_on: date | None
    state: str
    """Ours, or `erp` when it was keyed there."""


# What the ERP's list holds open, and of ours what it has not held yet.
PENDING = text(
    """
SELECT found.*, p.name FROM (
    SELECT m.erp_number AS number, m.customer, min(m.date) AS day, count(*) AS lines,
           CASE WHEN bool_and(m.price IS NOT NULL)
                THEN sum((m.ordered - m.dispatched - m.cancelled) * m.price) END AS value,
           coalesce(min(m.promised_on), min(o.next_dispatch_on)) AS leaves_on,
           CASE WHEN min(o.number) IS NULL THEN 'erp' ELSE 'posted' END AS state
      FROM erp_order_lines m
      LEFT JOIN sales_orders o ON o.number = m.our_number AND m.our_number <> ''
     WHERE m.listed AND m.ordered - m.dispatched - m.cancelled > 0 AND (:everybody OR m.customer = ANY(:customers))
     GROUP BY m.erp_number, m.customer
    UNION ALL
    SELECT coalesce(nullif(o.erp_number, ''), o.number), o.party_code, (o.confirmed_at AT TIME ZONE :zone)::date,
           (SELECT count(*) FROM order_lines l WHERE l.order_number = o.number AND NOT l.free),
           o.total, o.next_dispatch_on, o.state
      FROM sales_orders o
     WHERE (:everybody OR o.party_code = ANY(:customers)) AND o.simulated <= :simulated
       AND (o.state IN ('confirmed', 'accepted', 'held') OR (o.state = 'posted' AND o.posted_at > :recently))
       AND NOT EXISTS (SELECT FROM erp_order_lines m WHERE m.our_number = o.number)
       AND NOT EXISTS (SELECT FROM erp_order_lines m WHERE m.erp_number = o.erp_number)) AS found
  JOIN parties p ON p.code = found.customer
 WHERE :any_day OR found.day = CAST(:day AS date)
 ORDER BY found.day, found.number
"""
)
ORDERED = text(
    """
SELECT found.*, p.name FROM (
    SELECT coalesce(nullif(o.erp_number, ''), o.number) AS number, o.party_code AS customer, CAST(:day AS date) AS day,
           (SELECT count(*) FROM order_lines l WHERE l.order_number = o.number AND NOT l.free) AS lines,
           o.total AS value,
           o.next_dispatch_on AS leaves_on, o.state
      FROM sales_orders o
     WHERE o.confirmed_at >= CAST(:day AS timestamp) AT TIME ZONE :zone
       AND o.confirmed_at < (CAST(:day AS date) + 1)::timestamp AT TIME ZONE :zone
       AND (:everybody OR o.party_code = ANY(:customers)) AND o.simulated <= :simulated AND o.state <> 'cancelled'
    UNION ALL
    SELECT m.erp_number, m.customer, m.date, count(*),
           CASE WHEN bool_and(m.price IS NOT NULL) THEN sum((m.ordered - m.cancelled) * m.price) END,
           min(m.promised_on), 'erp'
      FROM erp_order_lines m
     WHERE m.date = CAST(:day AS date) AND m.our_number = '' AND (:everybody OR m.customer = ANY(:customers))
       AND NOT EXISTS (SELECT FROM sales_orders o WHERE o.erp_number = m.erp_number)
     GROUP BY m.erp_number, m.customer, m.date) AS found
  JOIN parties p ON p.code = found.customer
 ORDER BY found.number
"""
)
CUSTOMERS = bindparam("customers", type_=ARRAY(Text()))


def pending(
    session: Session, customers: Collection[str] | None, *, day: date | None, timezone: str, simulated: bool
) -> list[BookedOrder]:
    """What is still to be dispatched to these customers, of all when None, oldest first; of one day when it is named.

    Orders that were only played are told to those who play alone.
    """
    given = {"day": day, "any_day": day is None, "recently": now(session) - LISTED_BY}
    statement = PENDING.bindparams(bindparam("recently", type_=TIMESTAMP(timezone=True)))
    return _found(session, statement, customers, given | {"zone": timezone, "simulated": simulated})


def ordered_on(
    session: Session, day: date, customers: Collection[str] | None, *, timezone: str, simulated: bool
) -> list[BookedOrder]:
    """What these customers ordered on a day, of all when None, those keyed in the ERP included; none cancelled here."""
    return _found(session, ORDERED, customers, {"day": day, "zone": timezone, "simulated": simulated})


def _found(
    session: Session, statement: TextClause, customers: Collection[str] | None, given: dict[str, Any]
) -> list[BookedOrder]:
    given |= {"customers": list(customers or ()), "everybody": customers is None}
    return [BookedOrder(**row) for row in session.execute(statement.bindparams(CUSTOMERS), given).mappings()]


def unconfirmed(session: Session, customers: Collection[str] | None, *, simulated: bool) -> int:
    """How many drafts of these customers, of all when None, are not confirmed."""
    wanted = select(func.count()).where(OrderDraft.state.in_(NOT_CONFIRMED), OrderDraft.changes_order.is_(None))
    if customers is not None:
        wanted = wanted.where(OrderDraft.party_code.in_(customers))
    if not simulated:
        wanted = wanted.where(OrderDraft.simulated.is_(False))
    return session.scalar(wanted) or 0
