"""The register and the measures over a million order lines, as ratios to the bare query over the same orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from bench.loaded import PEOPLE, Loaded, ratios, served, taken
from bot.measures import Span, figures, week_of
from orders.register import Place, Wish, register
from store.database import Database

LINES_AN_ORDER = 4
DAYS = 730
CUSTOMERS, PLANTS, SKUS = 500, 3, 2000
A_PAGE = 61
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WEEKS = 8

# Every fiftieth order differs from the ERP's list in a line; one in a hundred was never listed. The lists of the
# whole two years are kept, as a mirror that has run for two years has them.
LOAD = (
    *PEOPLE,
    """INSERT INTO item_uoms (sku, uom, factor, decimals, sales, erp, listed, changed_at)
       SELECT 'S' || n, 'CASE', 24, false, true, 'main', true, now() FROM generate_series(1, %(skus)s) n""",
    """INSERT INTO mirror_state (erp, kind, stamp, rows, bad, pulled_at, problems, kept_previous, agreed_stamp,
                                  agreed_by, keys, names_digest)
       VALUES ('main', 'orders', '', 0, 0, %(now)s, '[]', false, '', '', '[]', '')""",
    """INSERT INTO order_drafts (id, party_code, account_id, person_id, on_behalf, state, version, customer_reference,
                                 remarks, message_ids, opened_at, touched_at, simulated)
       SELECT n, 'C' || (n %% %(customers)s + 1), n %% %(customers)s + 1, n %% %(customers)s + 1, false, 'confirmed', 1,
              '', '', '[]', %(begin)s::timestamptz + n * %(each)s::interval, now(), false
         FROM generate_series(1, %(orders)s) n""",
    """INSERT INTO sales_orders (number, party_code, draft_id, draft_version, account_id, person_id, on_behalf, state,
                                 erp, plant, erp_number, reason, customer_reference, remarks, currency, total,
                                 tax_estimate, value_with_tax, message_ids, confirmed_at, posted_at, simulated)
       SELECT 'M' || d.id, d.party_code, d.id, 1, d.account_id, d.person_id, false, 'posted', 'main',
              'P' || (d.id %% %(plants)s + 1), 'E' || d.id, '', '', '', 'INR', 4000, 200, 4200,
              jsonb_build_array('SM' || d.id), d.opened_at + interval '3 min', d.opened_at + interval '4 min', false
         FROM order_drafts d""",
    """INSERT INTO order_lines (order_number, no, sku, quantity, uom, price, list_price, original_text)
       SELECT 'M' || n, line, 'S' || ((n * 7 + line) %% %(skus)s + 1), 10, 'CASE', 100, 100, ''
         FROM generate_series(1, %(orders)s) n, generate_series(1, %(lines)s) line""",
    """INSERT INTO erp_order_lines (erp_number, line, our_number, customer, ship_to, date, sku, uom, ordered,
                                    dispatched, invoiced, cancelled, price, status, invoice, vehicle, lr_no, erp,
                                    listed, changed_at)
       SELECT 'E' || n, line, 'M' || n, 'C' || (n %% %(customers)s + 1), '',
              (%(begin)s::timestamptz + n * %(each)s::interval)::date, 'S' || ((n * 7 + line) %% %(skus)s + 1), 'CASE',
              CASE WHEN n %% 50 = 0 AND line = 1 THEN 8 ELSE 10 END, 0, 0, 0, 100, 'open', '', '', '', 'main',
              true, now()
         FROM generate_series(1, %(orders)s) n, generate_series(1, %(lines)s) line WHERE n %% 100 <> 1""",
    """INSERT INTO order_trail (draft_id, at, what, by, facts)
       SELECT id, opened_at, 'confirmed', 'Buyer', '{}' FROM order_drafts""",
)
BARE = """
SELECT o.number, o.erp_number, o.party_code, p.name, o.total, o.tax_estimate, o.confirmed_at, count(*)
  FROM sales_orders o JOIN parties p ON p.code = o.party_code JOIN order_lines l ON l.order_number = o.number
 WHERE o.confirmed_at >= %s AND o.confirmed_at < %s
 GROUP BY o.number, p.name ORDER BY o.confirmed_at, o.number LIMIT 61
"""


def measure(folder: Path, *, lines: int) -> str:
    """Load them, then time pages of a day, of a month, one deep in a month, and the measures of eight weeks."""
    orders = lines // LINES_AN_ORDER
    given = {
        "orders": orders,
        "lines": LINES_AN_ORDER,
        "customers": CUSTOMERS,
        "people": CUSTOMERS,
        "plants": PLANTS,
        "skus": SKUS,
        "now": NOW,
        "begin": NOW - timedelta(days=DAYS),
        "each": timedelta(days=DAYS) / orders,
    }
    with served(folder / "register", at=NOW) as loaded:
        seconds = loaded.fill(LOAD, given)
        report = _measured(loaded)
    return f"{lines:,} order lines, and as many in the ERP's list, loaded in {seconds:.0f} s\n{report}"


def _measured(loaded: Loaded) -> str:
    database, bare = loaded.database, loaded.bare
    rows = []
    for name, days, plant, deep in (
        ("page of a day", 1, "*", False),
        ("page of a day and a plant", 1, "P2", False),
        ("page of 31 days", 31, "*", False),
        ("page deep in 31 days", 31, "*", True),
    ):
        ours = taken(lambda run, days=days, plant=plant, deep=deep: _page(database, run, days, plant, deep=deep))
        rows.append((name, ours, taken(lambda run, days=days: _bare(bare, run, days))))
    eight = taken(lambda _: _figures(database), runs=3)
    rows.append((f"all measures of {WEEKS} weeks", eight, taken(lambda _: _bare(bare, 0, 7 * WEEKS), runs=3)))
    return ratios(rows)


def _span(run: int, days: int) -> tuple[datetime, datetime]:
    until = (NOW - timedelta(days=1 + run)).replace(hour=0)
    return until - timedelta(days=days), until


def _page(database: Database, run: int, days: int, plant: str, *, deep: bool) -> None:
    since, until = _span(run, days)
    after = Place(rank=9, confirmed_at=since + (until - since) / 2, number="") if deep else None
    with database.transaction() as session:
        found = list(register(session, Wish(since=since, until=until, plant=plant), after=after, most=A_PAGE))
    assert found, "the bench has orders on every day"


def _bare(connection: psycopg.Connection[Any], run: int, days: int) -> None:
    connection.execute(BARE, _span(run, days)).fetchall()


def _figures(database: Database) -> None:
    first = week_of(NOW.date()) - timedelta(days=7 * (WEEKS - 1))
    span = Span(first=first, until=first + timedelta(days=7 * WEEKS), zone=ZoneInfo("Asia/Kolkata"))
    with database.transaction() as session:
        assert len(figures(session, span).weeks) == WEEKS
