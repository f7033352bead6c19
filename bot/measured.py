"""The facts of each measure, as SQL: rows of day, plant, customer, kind, reference and value.

Each reads the rows of the days from `since` up to before `until`, found by an index on their time, and looks up what
belongs to each by key. Simulated orders and messages are left out.
"""

import re
from collections.abc import Mapping

from sqlalchemy import TextClause, text

ORDERS = """
SELECT (o.confirmed_at AT TIME ZONE :zone)::date AS day, coalesce(o.plant, w.plant, '') AS plant,
       o.party_code AS customer, 'order' AS kind, o.number AS reference, 1 AS value
  FROM sales_orders o
  JOIN parties p ON p.code = o.party_code
  LEFT JOIN warehouses w ON w.code = p.warehouse
 WHERE o.confirmed_at >= :since AND o.confirmed_at < :until AND NOT o.simulated
"""

# What is neither its sender's message nor ours is somebody's hand: the desk's, an approver's. Ours is `munshi`.
STRAIGHT_THROUGH = """
SELECT (o.confirmed_at AT TIME ZONE :zone)::date AS day, coalesce(o.plant, w.plant, '') AS plant,
       o.party_code AS customer, 'order' AS kind, o.number AS reference,
       CASE WHEN o.source = 'desk' OR EXISTS (
           SELECT FROM order_trail t LEFT JOIN inbound i ON i.id = t.inbound_id
            WHERE t.draft_id = o.draft_id
              AND (t.what IN ('held', 'released')
                   OR (t.what NOT IN ('accepted', 'posted', 'rejected', 'reminded') AND t.by <> 'munshi'
                       AND (t.inbound_id IS NULL OR i.account_id <> o.account_id
                            OR EXISTS (SELECT FROM administrators c WHERE c.name = t.by)))))
            THEN 0 ELSE 1 END AS value
  FROM sales_orders o
  JOIN parties p ON p.code = o.party_code
  LEFT JOIN warehouses w ON w.code = p.warehouse
 WHERE o.confirmed_at >= :since AND o.confirmed_at < :until AND o.state = 'posted' AND NOT o.simulated
"""

QUESTIONS = """
SELECT (o.confirmed_at AT TIME ZONE :zone)::date AS day, coalesce(o.plant, w.plant, '') AS plant,
       o.party_code AS customer, 'order' AS kind, o.number AS reference, asked.lines + doubted.times AS value
  FROM sales_orders o
  JOIN parties p ON p.code = o.party_code
  LEFT JOIN warehouses w ON w.code = p.warehouse
  CROSS JOIN LATERAL (
      SELECT count(DISTINCT line ->> 'no') AS lines
        FROM order_trail t
        CROSS JOIN LATERAL jsonb_array_elements(
            CASE jsonb_typeof(t.facts -> 'lines') WHEN 'array' THEN t.facts -> 'lines' ELSE '[]' END) AS line
       WHERE t.draft_id = o.draft_id AND jsonb_typeof(line) = 'object' AND line ->> 'status' <> 'matched') asked
  CROSS JOIN LATERAL (
      SELECT count(*) AS times FROM outbound b WHERE b.draft_id = o.draft_id AND b.kind = 'same_order') doubted
 WHERE o.confirmed_at >= :since AND o.confirmed_at < :until AND NOT o.simulated
"""

MESSAGE_TO_ERP = """
SELECT (o.confirmed_at AT TIME ZONE :zone)::date AS day, coalesce(o.plant, w.plant, '') AS plant,
       o.party_code AS customer, 'order' AS kind, o.number AS reference,
       extract(epoch FROM o.posted_at - least(d.opened_at, first.stored_at)) AS value
  FROM sales_orders o
  JOIN order_drafts d ON d.id = o.draft_id
  JOIN parties p ON p.code = o.party_code
  LEFT JOIN warehouses w ON w.code = p.warehouse
  LEFT JOIN LATERAL (
      SELECT min(i.stored_at) AS stored_at
        FROM order_trail t JOIN inbound i ON i.id = t.inbound_id WHERE t.draft_id = o.draft_id) first ON true
 WHERE o.confirmed_at >= :since AND o.confirmed_at < :until AND o.posted_at IS NOT NULL AND NOT o.simulated
"""

UNCONFIRMED = """
SELECT (d.opened_at AT TIME ZONE :zone)::date AS day, coalesce(w.plant, '') AS plant, d.party_code AS customer,
       'draft' AS kind, d.id::text AS reference, 1 AS value
  FROM order_drafts d
  JOIN parties p ON p.code = d.party_code
  LEFT JOIN warehouses w ON w.code = p.warehouse
 WHERE d.opened_at >= :since AND d.opened_at < :until AND NOT d.simulated
   AND (d.state = 'cancelled' OR (d.state NOT IN ('confirmed', 'declined') AND d.opened_at < :settled))
"""

DUPLICATES = """
SELECT (d.opened_at AT TIME ZONE :zone)::date AS day, coalesce(w.plant, '') AS plant, d.party_code AS customer,
       'draft' AS kind, d.id::text AS reference, 1 AS value
  FROM order_drafts d
  JOIN parties p ON p.code = d.party_code
  LEFT JOIN warehouses w ON w.code = p.warehouse
 WHERE d.opened_at >= :since AND d.opened_at < :until AND NOT d.simulated
   AND d.duplicate_of IS NOT NULL AND d.duplicate_answer IS DISTINCT FROM 'new' AND d.state <> 'confirmed'
"""

# All lines of an order that its firm called not its own within two days, if it was in the ERP by then.
WRONG_POSTS = """
SELECT (o.confirmed_at AT TIME ZONE :zone)::date AS day, coalesce(o.plant, w.plant, '') AS plant,
       o.party_code AS customer, 'order' AS kind, o.number AS reference, wrong.lines AS value
  FROM sales_orders o
  JOIN parties p ON p.code = o.party_code
  LEFT JOIN warehouses w ON w.code = p.warehouse
  CROSS JOIN LATERAL (
      SELECT CASE WHEN o.posted_at IS NOT NULL AND EXISTS (
                 SELECT FROM matters m WHERE m.reference = 'order' || chr(58) || o.number AND m.kind = 'not_ours'
                    AND m.opened_at <= o.posted_at + interval '48 hours')
                  THEN (SELECT count(*) FROM order_lines l WHERE l.order_number = o.number AND NOT l.free)
                  ELSE (SELECT count(*) FROM wrong_posts x WHERE x.order_number = o.number) END AS lines) wrong
 WHERE o.confirmed_at >= :since AND o.confirmed_at < :until AND NOT o.simulated AND wrong.lines > 0
"""

BY_HAND = """
SELECT min(m.date) AS day, min(coalesce(w.plant, '')) AS plant, min(m.customer) AS customer, 'erp' AS kind,
       m.erp_number AS reference, 1 AS value
  FROM erp_order_lines m
  LEFT JOIN parties p ON p.code = m.customer
  LEFT JOIN warehouses w ON w.code = p.warehouse
 WHERE m.date >= :first AND m.date < :last AND m.our_number = ''
   AND NOT EXISTS (SELECT FROM sales_orders o WHERE o.erp_number = m.erp_number)
 GROUP BY m.erp_number
"""

# A message about no order belongs to its reader's firm if he has one only; what staff and reps are told, to nobody.
MESSAGES = """
SELECT day, coalesce(min(w.plant), '') AS plant, customer, kind, reference, count(*) AS value
  FROM (SELECT (b.sent_at AT TIME ZONE :zone)::date AS day,
               coalesce(d.party_code, told.party_code,
                        CASE WHEN jsonb_array_length(person.parties) = 1 THEN person.parties ->> 0 END, '') AS customer,
               CASE WHEN coalesce(o.number, told.number) IS NOT NULL THEN 'order'
                    WHEN d.id IS NOT NULL THEN 'draft' ELSE '' END AS kind,
               coalesce(o.number, told.number, d.id::text, '') AS reference
          FROM outbound b
          JOIN accounts a ON a.id = b.account_id
          LEFT JOIN persons person ON person.id = a.person_id
          LEFT JOIN order_drafts d ON d.id = b.draft_id
          LEFT JOIN sales_orders o ON o.draft_id = b.draft_id
          LEFT JOIN sales_orders told ON told.number = b.subject ->> 'order'
         WHERE b.sent_at >= :since AND b.sent_at < :until AND b.state IN ('sent', 'delivered', 'read')
           AND b.channel <> 'email' AND NOT b.simulated) said
  LEFT JOIN parties p ON p.code = said.customer
  LEFT JOIN warehouses w ON w.code = p.warehouse
 GROUP BY day, customer, kind, reference
"""

STATEMENTS = {
    "orders": ORDERS,
    "straight_through": STRAIGHT_THROUGH,
    "questions": QUESTIONS,
    "message_to_erp": MESSAGE_TO_ERP,
    "unconfirmed": UNCONFIRMED,
    "duplicates": DUPLICATES,
    "wrong_posts": WRONG_POSTS,
    "by_hand": BY_HAND,
    "messages": MESSAGES,
}
FACTS: Mapping[str, TextClause] = {name: text(statement) for name, statement in STATEMENTS.items()}
NAMED: Mapping[str, frozenset[str]] = {
    name: frozenset(re.findall(r"(?<!:):([a-z]+)", statement)) for name, statement in STATEMENTS.items()
}
"""What each is to be given."""
