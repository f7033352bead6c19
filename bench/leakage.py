"""The page *Leakage* over many order lines: figures, a list, and creep, as ratios to the bare query of the lines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.loaded import PEOPLE, Loaded, ratios, served, taken
from orders.creep import WEEKS
from orders.creep_facts import creep
from orders.leakage import Span, leakage, leaks
from store.database import Database

LINES_AN_ORDER, RUNS = 5, 3
CUSTOMERS, PLANTS, SKUS = 1000, 3, 500
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
UNTIL = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Kolkata")
SPAN = Span(first=UNTIL - timedelta(weeks=WEEKS), until=UNTIL, zone=ZONE)
A_PAGE = 61

# All within the thirteen weeks. Of ten lines one is granted, half of these by an approver who was asked for it, and
# two have something of a scheme. One customer in fifty has another price list than his tier.
LOAD = (
    *PEOPLE,
    """UPDATE parties SET tier = 'DIST', price_list = CASE WHEN code LIKE '%%50' THEN 'PL-SS' ELSE 'PL-DIST' END,
              sales_rep = '+91' || (1 + substr(code, 2)::int %% 40)""",
    """INSERT INTO prices (row_key, price_list, sku, uom, min_qty, price, currency, tax_included, plant, erp, listed,
                            changed_at)
       SELECT list || s, list, 'S' || s, 'CASE', 1, CASE list WHEN 'PL-SS' THEN 95 ELSE 100 END, 'INR', false, '',
              'main', true, now()
         FROM generate_series(1, %(skus)s) s, unnest(ARRAY['PL-SS', 'PL-DIST']) list""",
    """INSERT INTO order_drafts (id, party_code, account_id, person_id, on_behalf, state, version, customer_reference,
                                 remarks, message_ids, opened_at, touched_at, simulated)
       SELECT n, 'C' || (n %% %(customers)s + 1), n %% %(customers)s + 1, n %% %(customers)s + 1, false, 'confirmed', 1,
              '', '', '[]', %(begin)s::timestamptz + n * %(each)s::interval, now(), false
         FROM generate_series(1, %(orders)s) n""",
    """INSERT INTO sales_orders (number, party_code, draft_id, draft_version, account_id, person_id, on_behalf, state,
                                 erp, plant, erp_number, reason, customer_reference, remarks, currency, total,
                                 tax_estimate, value_with_tax, message_ids, confirmed_at, posted_at, simulated)
       SELECT 'M' || d.id, d.party_code, d.id, 1, d.account_id, d.person_id, false, 'posted', 'main',
              'P' || (d.id %% %(plants)s + 1), 'E' || d.id, '', '', '', 'INR', 5000, 250, 5250, '[]', d.opened_at,
              d.opened_at, false
         FROM order_drafts d""",
    """INSERT INTO order_lines (order_number, no, sku, quantity, uom, price, list_price, effective, floor, free, scheme,
                                approval_id, original_text)
       SELECT 'M' || n, l, 'S' || ((n * 7 + l * 13) %% %(skus)s + 1), 10, 'CASE',
              CASE WHEN (n + l) %% 10 = 0 THEN 96 WHEN (n + l) %% 5 = 1 THEN 98 ELSE 100 END, 100,
              CASE WHEN (n + l) %% 10 = 0 THEN 96 WHEN (n + l) %% 5 = 1 THEN 98 ELSE 100 END, 97, false, '',
              CASE WHEN (n + l) %% 10 = 0 THEN n * 10 + l END, ''
         FROM generate_series(1, %(orders)s) n, generate_series(1, %(lines)s) l""",
    """INSERT INTO scheme_uses (scheme, party_code, order_number, line, quantity, rupees, at)
       SELECT 'S' || l.no, o.party_code, l.order_number, l.no, 0, 20, o.confirmed_at
         FROM order_lines l JOIN sales_orders o ON o.number = l.order_number WHERE l.price = 98""",
    """INSERT INTO asks (id, kind, reference, party_code, plant, function, "then", facts, steps, step, state, version,
                         opened_at, step_opened_at, answer, answer_facts, answered_by, answered_at, end_reason)
       SELECT l.approval_id, 'price', 'price' || chr(58) || l.approval_id, o.party_code, '', '', 'x', '{}', '[]', 0,
              'answered', 1, o.confirmed_at, o.confirmed_at, 'approve', '{}', 1 + l.approval_id %% 4,
              o.confirmed_at + interval '5 min', ''
         FROM order_lines l JOIN sales_orders o ON o.number = l.order_number WHERE l.approval_id %% 2 = 0""",
    """INSERT INTO price_requests (id, draft_id, draft_version, order_number, party_code, account_id, person_id, reason,
                                   ship_to, rules_version, state, asked_at, end_reason, ask_id)
       SELECT l.approval_id, o.draft_id, 1, o.number, o.party_code, o.account_id, o.person_id, '', '', 1, 'decided',
              o.confirmed_at, '', CASE WHEN l.approval_id %% 2 = 0 THEN l.approval_id END
         FROM order_lines l JOIN sales_orders o ON o.number = l.order_number WHERE l.approval_id IS NOT NULL""",
    """INSERT INTO price_request_lines (request_id, line_no, sku, uom, quantity, list_price, price, asked_price,
                                        effective, decision, reason)
       SELECT l.approval_id, l.no, l.sku, l.uom, l.quantity, 100, 100, 96, 96, 'approved', ''
         FROM order_lines l WHERE l.approval_id IS NOT NULL""",
    """INSERT INTO approvals (id, basis, request_id, draft_id, draft_version, line_no, party_code, ship_to, sku, uom,
                              least_quantity, price, least_price, most_free, rules_version, list_price, person_id, "by",
                              granted_at, expires_at, used_order, used_line, used_at, void_reason)
       SELECT l.approval_id, CASE WHEN l.approval_id %% 2 = 0 THEN 'approver' ELSE 'own_limit' END, l.approval_id,
              o.draft_id, 1, l.no, o.party_code, '', l.sku, l.uom, 10, 96, 96, 0, 1, 100, 1 + l.approval_id %% 4,
              'Approver ' || l.approval_id %% 4, o.confirmed_at, o.confirmed_at, o.number, l.no, o.confirmed_at, ''
         FROM order_lines l JOIN sales_orders o ON o.number = l.order_number WHERE l.approval_id IS NOT NULL""",
)
BARE = """
SELECT o.party_code, sum((l.list_price - l.price) * l.quantity)
  FROM sales_orders o JOIN order_lines l ON l.order_number = o.number
 WHERE o.confirmed_at >= %s AND o.confirmed_at < %s GROUP BY o.party_code
"""


def measure(folder: Path, *, lines: int) -> str:
    """Load a tenth of them, then all, and time both: how the cost grows is seen in the times, not in the ratios."""
    return "\n".join(_measured(folder / f"leakage{part}", part) for part in (lines // 10, lines))


def _measured(folder: Path, lines: int) -> str:
    orders = lines // LINES_AN_ORDER
    given = {
        "orders": orders,
        "lines": LINES_AN_ORDER,
        "customers": CUSTOMERS,
        "people": CUSTOMERS,
        "plants": PLANTS,
        "skus": SKUS,
        "begin": NOW - timedelta(weeks=WEEKS - 1),
        "each": timedelta(weeks=WEEKS - 1) / orders,
    }
    with served(folder, at=NOW) as loaded:
        seconds = loaded.fill(LOAD, given)
        return f"{lines:,} order lines in {WEEKS} weeks, loaded in {seconds:.0f} s\n{_timed(loaded)}"


def _timed(loaded: Loaded) -> str:
    since = datetime(SPAN.first.year, SPAN.first.month, SPAN.first.day, tzinfo=ZONE)
    bare = taken(lambda _: loaded.bare.execute(BARE, (since, since + timedelta(weeks=WEEKS))).fetchall(), runs=RUNS)
    database = loaded.database
    return ratios(
        [
            ("all figures", taken(lambda _: _figures(database), runs=RUNS), bare),
            ("a page of lines", taken(lambda _: _lines(database), runs=RUNS), bare),
            ("creep", taken(lambda _: _creep(database), runs=RUNS), bare),
        ]
    )


def _figures(database: Database) -> None:
    with database.transaction() as session:
        assert leakage(session, SPAN).total, "the bench has leaks"


def _lines(database: Database) -> None:
    with database.transaction() as session:
        assert list(leaks(session, SPAN, most=A_PAGE)), "the bench has leaks"


def _creep(database: Database) -> None:
    with database.transaction() as session:
        assert creep(session, until=UNTIL, zone=ZONE), "the bench has habits"
