"""What lies at a plant of some items, and what all open orders of its customers hold of them; in base units."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session

from store.database import now

LISTED_BY = timedelta(days=7)
"""An order confirmed longer ago that no list of the ERP has ever held has left, or never will."""

STOCK = text(
    """
SELECT s.sku, sum(s.qty)
  FROM stock s JOIN warehouses w ON w.code = s.warehouse
 WHERE s.sku = ANY(:skus) AND w.plant = :plant AND w.warehouse_kind IN ('fg', 'depot')
   AND s.listed AND s.status = 'available' AND (s.expiry IS NULL OR s.expiry >= :day)
 GROUP BY s.sku
"""
).bindparams(bindparam("skus", type_=ARRAY(Text())))
HELD = text(
    """
SELECT line.sku, sum(line.quantity * coalesce(u.factor, 1))
  FROM (SELECT m.sku, m.uom, greatest(m.ordered - m.dispatched - m.cancelled, 0) AS quantity
          FROM erp_order_lines m
          JOIN parties p ON p.code = m.customer
          LEFT JOIN warehouses w ON w.code = p.warehouse
         WHERE m.listed AND m.sku = ANY(:skus) AND coalesce(w.plant, '') = :plant
        UNION ALL
        SELECT l.sku, l.uom, l.quantity
          FROM sales_orders o
          JOIN order_lines l ON l.order_number = o.number
          JOIN parties p ON p.code = o.party_code
          LEFT JOIN warehouses w ON w.code = p.warehouse
         WHERE o.confirmed_at > :recently AND o.state NOT IN ('cancelled', 'rejected') AND NOT o.simulated
           AND l.sku = ANY(:skus) AND coalesce(o.plant, w.plant, '') = :plant
           AND NOT EXISTS (SELECT FROM erp_order_lines m WHERE m.our_number = o.number)) AS line
  LEFT JOIN item_uoms u ON u.sku = line.sku AND u.uom = line.uom
 GROUP BY line.sku
"""
).bindparams(bindparam("skus", type_=ARRAY(Text())), bindparam("recently", type_=TIMESTAMP(timezone=True)))


def available(session: Session, plant: str, skus: Collection[str], *, day: date) -> dict[str, Decimal]:
    """What is available and not expired in its warehouses of finished goods; an item without stock is not in it."""
    rows = session.execute(STOCK, {"plant": plant, "skus": list(skus), "day": day})
    return {sku: quantity for sku, quantity in rows}  # noqa: C416  rows are no pairs for the types


def held(session: Session, plant: str, skus: Collection[str]) -> dict[str, Decimal]:
    """What open orders hold: the ERP's, and ours that its list has not held yet."""
    given = {"plant": plant, "skus": list(skus), "recently": now(session) - LISTED_BY}
    return {sku: quantity for sku, quantity in session.execute(HELD, given)}  # noqa: C416
