"""The facts of leakage as SQL: for each order line, what every right took off it; and what was sold at list prices."""

# Orders of the days, found by the index on their time; what the ERP or we called off gave nothing away.
CHOSEN = """
  SELECT o.number, (o.confirmed_at AT TIME ZONE :zone)::date AS day, coalesce(o.plant, w.plant, '') AS plant,
         o.party_code AS customer, o.person_id, p.price_list,
         coalesce(CASE WHEN o.on_behalf THEN o.person_id ELSE r.id END, 0) AS rep
    FROM sales_orders o
    JOIN parties p ON p.code = o.party_code
    LEFT JOIN warehouses w ON w.code = p.warehouse
    LEFT JOIN persons r ON r.phone = p.sales_rep
   WHERE o.confirmed_at >= :since AND o.confirmed_at < :until AND NOT o.simulated
     AND o.state NOT IN ('cancelled', 'rejected')
"""

# Schemes say what they gave in their own rows (of a change, once the order has become it), goods at list price, as
# their free lines have it. A contract's price is the list price of a line, so what it gave stands against the price
# list of that day, as it is known now. The rest below the list price is a grant; up to a paisa a UoM is rounding.
FACTS = f"""
WITH chosen AS ({CHOSEN}), used AS (
  SELECT u.order_number, u.line, u.scheme, sum(u.rupees) AS rupees
    FROM chosen c JOIN scheme_uses u ON u.order_number = c.number
    LEFT JOIN order_changes h ON h.number = u.change_number
   WHERE u.given_back_at IS NULL AND (u.change_number IS NULL OR h.state = 'posted')
   GROUP BY u.order_number, u.line, u.scheme
), of_line AS (
  SELECT order_number, line, sum(rupees) AS rupees FROM used GROUP BY order_number, line
), sold AS (
  SELECT c.*, l.no AS line, l.sku, l.uom, l.quantity, l.list_price, coalesce(l.effective, l.price) AS effective,
         l.floor, l.tax_rate, l.approval_id,
         (l.list_price - l.price) * l.quantity + coalesce(g.rupees, 0) - coalesce(s.rupees, 0) AS granted,
         CASE WHEN l.effective < l.floor THEN (l.floor - l.effective) * l.quantity ELSE 0 END AS below
    FROM chosen c
    JOIN order_lines l ON l.order_number = c.number AND NOT l.free
    LEFT JOIN of_line s ON s.order_number = l.order_number AND s.line = l.no
    LEFT JOIN LATERAL (
      SELECT sum(f.list_price * f.quantity) AS rupees FROM order_lines f
       WHERE s.line IS NOT NULL AND f.order_number = l.order_number AND f.free AND f.base_line = l.no) g ON true
)
SELECT s.day, s.plant, s.customer, s.rep, s.number, s.line, s.sku, s.uom, s.quantity, s.list_price, s.effective,
       s.floor,
       CASE WHEN a.basis = 'own_limit' THEN 'own_limit' WHEN a.id IS NULL THEN 'none' ELSE 'approval' END AS ground,
       coalesce(a.by, '') AS name, greatest(round(s.granted, 2), 0) AS rupees, s.below
  FROM sold s LEFT JOIN approvals a ON a.id = s.approval_id
 WHERE s.granted > 0.01 * s.quantity OR s.below > 0
UNION ALL
SELECT s.day, s.plant, s.customer, s.rep, s.number, s.line, s.sku, s.uom, s.quantity, s.list_price, s.effective,
       s.floor, 'scheme', u.scheme, round(u.rupees, 2), 0
  FROM sold s JOIN used u ON u.order_number = s.number AND u.line = s.line
 WHERE u.rupees > 0
UNION ALL
SELECT DISTINCT ON (s.number, s.line)
       s.day, s.plant, s.customer, s.rep, s.number, s.line, s.sku, s.uom, s.quantity, s.list_price, s.effective,
       s.floor, 'contract', k.reference, round((x.price - s.list_price) * s.quantity, 2), 0
  FROM sold s
  JOIN customer_prices k ON k.customer = s.customer AND k.sku = s.sku AND k.uom = s.uom AND k.price = s.list_price
   AND (k.valid_from IS NULL OR k.valid_from <= s.day) AND (k.valid_to IS NULL OR k.valid_to >= s.day)
  JOIN LATERAL (
    SELECT p.price / CASE WHEN p.tax_included THEN 1 + coalesce(s.tax_rate, 0) / 100 ELSE 1 END AS price
      FROM prices p
     WHERE p.price_list = s.price_list AND p.sku = s.sku AND p.uom = s.uom AND p.min_qty <= greatest(s.quantity, 1)
       AND (p.valid_from IS NULL OR p.valid_from <= s.day) AND (p.valid_to IS NULL OR p.valid_to >= s.day)
       AND p.listed AND p.plant IN ('', s.plant)
     ORDER BY p.plant DESC, p.min_qty DESC, p.valid_from DESC NULLS LAST LIMIT 1
  ) x ON x.price > s.list_price
"""  # noqa: S608  (constants alone)

SOLD = f"""
WITH chosen AS ({CHOSEN})
SELECT c.day, c.plant, c.customer, c.rep, c.number, l.sku, l.list_price * l.quantity AS value
  FROM chosen c JOIN order_lines l ON l.order_number = c.number AND NOT l.free
"""  # noqa: S608  (constants alone)
