"""What it costs to price an order of 200 lines against 10,000 rules, beside the bare look-up of the same rows."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from psycopg import sql

from bench.figures import median, ms, percentile, table
from bench.loaded import PARTIES, WITHOUT_CHECKS, Loaded, served
from orders.draft_prices import PriceBook, book_for
from orders.price_values import WantedLine
from people.model import Party

ITEMS, CUSTOMERS, PLANTS, LISTS, LINES = 1000, 200, 4, 4, 200
PER_ITEM = 16
"""Rows of prices: two units, two slabs, four lists."""
DAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
MIRRORED = "erp, listed, changed_at"
MADE = (
    WITHOUT_CHECKS,
    PARTIES,
    "UPDATE parties SET tier = 'T' || (hashtext(code) & 3), price_list = 'L' || (hashtext(code) & 3)",
    f"""INSERT INTO items ({MIRRORED}, sku, name, brand, category, base_uom, order_uom, cost, active, hsn, gst_rate,
                           "group", replaced_by, plant, attributes)
        SELECT 'files', true, now(), 'S' || n, 'Item ' || n, '', '', 'PKT', 'CASE', 4 + n %% 7, true, '', 5,
               'G' || n %% 20, '', '', '{{}}'
          FROM generate_series(1, %(items)s) n""",
    f"""INSERT INTO item_uoms ({MIRRORED}, sku, uom, factor, decimals, sales)
        SELECT 'files', true, now(), 'S' || n, u, f, false, true
          FROM generate_series(1, %(items)s) n, (VALUES ('PKT', 1), ('BOX', 12), ('CASE', 96)) AS ladder (u, f)""",
    f"""INSERT INTO prices ({MIRRORED}, row_key, price_list, sku, uom, min_qty, price, floor, valid_from, currency,
                            tax_included, plant)
        SELECT 'files', true, now(), concat_ws('|', l, n, u, q), 'L' || l, 'S' || n, u, q, (10 + n %% 9) * f,
               (9 + n %% 9) * f, '2026-01-01', 'INR', false, ''
          FROM generate_series(1, %(priced)s) n, generate_series(0, %(lists)s - 1) l,
               (VALUES ('BOX', 12), ('CASE', 96)) AS ladder (u, f), (VALUES (1), (25)) AS slabs (q)""",
    f"""INSERT INTO customer_prices ({MIRRORED}, row_key, customer, sku, uom, price, reference)
        SELECT 'files', true, now(), concat_ws('|', c, n), 'C' || c, 'S' || n, 'CASE', 900, ''
          FROM generate_series(1, 50) c, generate_series(1, 20) n""",
    f"""INSERT INTO schemes ({MIRRORED}, row_key, code, name, price_list, tier, customer, sku, "group", buy_qty,
                             buy_uom, free_sku, free_qty, percent, cap_customer, stacks)
        SELECT 'files', true, now(), 'F' || n, 'F' || n, '', '', 'T' || n %% 4, '', 'S' || n, '', 10, 'CASE', '', 1,
               NULL, 20, false FROM generate_series(1, 400) n
        UNION ALL
        SELECT 'files', true, now(), 'P' || n, 'P' || n, '', '', '', '', '', 'G' || n, NULL, '', '', NULL, 2, NULL, true
          FROM generate_series(0, 19) n""",
    f"""INSERT INTO floors ({MIRRORED}, row_key, tier, "group", sku, customer, min_margin_percent, absolute)
        SELECT 'files', true, now(), 'f' || n, 'T' || n %% 4, '', 'S' || n, '', 10, false
          FROM generate_series(1, 580) n""",
)
RULES = """SELECT (SELECT count(*) FROM prices) + (SELECT count(*) FROM customer_prices)
                + (SELECT count(*) FROM schemes) + (SELECT count(*) FROM floors)"""


def measure(folder: Path, *, rules: int, looks: int = 40) -> str:
    """The time of pricing an order: reading what matters and working it out, beside reading the same rows bare."""
    given = {
        "items": ITEMS,
        "customers": CUSTOMERS,
        "plants": PLANTS,
        "lists": LISTS,
        "priced": (rules - 2000) // PER_ITEM,
    }
    with served(folder / "prices", at=NOW) as loaded:
        loaded.fill(MADE, given)
        found = loaded.bare.execute(RULES).fetchone()
        assert found is not None
        read, priced, bare = zip(*(_look(loaded, number) for number in range(looks + 1)), strict=True)
    whole = [one + other for one, other in zip(read, priced, strict=True)][1:]
    rows: list[tuple[object, ...]] = [(f"{LINES} lines, {found[0]:,} rules", "best", "p50", "p99", "ratio")]
    for name, times in (("bare", bare[1:]), ("read", read[1:]), ("worked out", priced[1:]), ("both", whole)):
        ratio = median(times) / median(bare[1:])
        rows.append((name, ms(min(times)), ms(median(times)), ms(percentile(times, 0.99)), f"{ratio:.1f}"))
    return table(rows)


def _look(loaded: Loaded, number: int) -> tuple[float, float, float]:
    """Seconds of one look: ours to read, ours to work out, the same rows bare."""
    skus = [f"S{1 + (number * 7 + place) % 500}" for place in range(LINES)]
    wanted = [WantedLine(no=no, sku=sku, quantity=Decimal(no % 40 + 1), uom="CASE") for no, sku in enumerate(skus, 1)]
    with loaded.database.transaction() as session:
        party = session.get_one(Party, f"C{1 + number % CUSTOMERS}")
        began = time.perf_counter()
        book = book_for(session, party, skus, day=DAY)
        read = time.perf_counter()
        done = book.price(wanted)
        ended = time.perf_counter()
    assert any(line.free for line in done.lines), "some scheme gives something"
    return read - began, ended - read, _bare(loaded, book)


def _bare(loaded: Loaded, book: PriceBook) -> float:
    """The same rows by their keys, as plain tuples: a statement for each table."""
    skus = list(book.goods.items)
    him = {"skus": skus, "list": book.customer.price_list, "customer": book.customer.code, "tier": book.customer.tier}
    statements = (
        "SELECT * FROM items WHERE sku = ANY(%(skus)s)",
        "SELECT * FROM item_uoms WHERE sku = ANY(%(skus)s)",
        "SELECT * FROM prices WHERE price_list = %(list)s AND sku = ANY(%(skus)s)",
        "SELECT * FROM customer_prices WHERE customer = %(customer)s AND sku = ANY(%(skus)s)",
        """SELECT * FROM schemes WHERE tier IN ('', %(tier)s) AND (sku = ANY(%(skus)s) OR sku = '')""",
        "SELECT * FROM floors WHERE tier = %(tier)s AND sku = ANY(%(skus)s)",
    )
    began = time.perf_counter()
    for statement in statements:
        loaded.bare.execute(sql.SQL(statement), him).fetchall()
    taken = time.perf_counter() - began
    loaded.bare.rollback()
    return taken
