"""Wrong posts: lines the ERP no longer holds as they were posted, noted while the posting is two days old at most."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session

from store.database import now

WITHIN = timedelta(hours=48)
"""After it a change is the customer's or the plant's business, not our reading."""
HELD_AT_MOST = timedelta(days=30)
"""So long an order may have been held before it was posted: bounds what is looked through."""

# What a change is on its way for, or made of it since the ERP handed its list over, is no fault of that list.
# A line of which something has left and the rest was cancelled was short, not wrong. The ERP says no reason, so a line
# cut before anything left counts.
NOTE = text(
    """
INSERT INTO wrong_posts (order_number, sku, ordered, held, seen_at)
WITH recent AS MATERIALIZED (
    SELECT number, erp_number FROM sales_orders
     WHERE confirmed_at > :confirmed_since AND posted_at > :posted_since AND state = 'posted' AND NOT simulated
       AND NOT EXISTS (SELECT FROM order_changes c WHERE c.order_number = sales_orders.number
                          AND c.state IN ('confirmed', 'accepted', 'held'))
       AND (changed_at IS NULL OR EXISTS (SELECT FROM mirror_state s WHERE s.erp = sales_orders.erp
                          AND s.kind = 'orders' AND coalesce(s.as_of, s.pulled_at) > sales_orders.changed_at))
), theirs AS MATERIALIZED (
    SELECT r.number, m.sku, m.uom, m.ordered, m.cancelled, m.dispatched
      FROM recent r JOIN erp_order_lines m ON m.our_number = r.number
    UNION ALL
    SELECT r.number, m.sku, m.uom, m.ordered, m.cancelled, m.dispatched
      FROM recent r JOIN erp_order_lines m ON m.erp_number = r.erp_number AND m.our_number = ''
), compared AS (
    SELECT number, sku, sum(ours * coalesce(u.factor, 1)) AS ours, sum(held * coalesce(u.factor, 1)) AS held,
           sum(dispatched) AS dispatched
      FROM (SELECT l.order_number AS number, l.sku, l.uom, l.quantity AS ours, 0 AS held, 0 AS dispatched
              FROM order_lines l WHERE l.order_number IN (SELECT number FROM theirs)
            UNION ALL
            SELECT number, sku, uom, 0, ordered - cancelled, dispatched FROM theirs) AS line
      LEFT JOIN item_uoms u USING (sku, uom)
     GROUP BY number, sku
)
SELECT number, sku, ours, held, :seen_at FROM compared
 WHERE ours > 0 AND ours <> held AND NOT (held < ours AND dispatched > 0)
ON CONFLICT DO NOTHING
"""
).bindparams(
    *(bindparam(name, type_=TIMESTAMP(timezone=True)) for name in ("confirmed_since", "posted_since", "seen_at"))
)


def note_wrong_posts(session: Session) -> int:
    """Remember every line that differs now, once; how many are new."""
    present = now(session)
    given = {
        "seen_at": present,
        "posted_since": present - WITHIN,
        "confirmed_since": present - WITHIN - HELD_AT_MOST,
    }
    return cast(CursorResult[Any], session.execute(NOTE, given)).rowcount
