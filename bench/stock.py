"""What it costs to know the free stock of an order's items, as open orders grow: one look for ten items."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.figures import median, ms, percentile, table
from orders.stock import free_stock
from store.clock import SystemClock
from store.database import Database
from store.migrate import migrate
from store.server import Server

SKUS, CUSTOMERS, LOTS, ASKED, LOOKS = 500, 2000, 4, 10, 200
STATEMENTS = 8
DAY = date(2026, 11, 21)
MADE = """
    INSERT INTO parties (code, name, tier, price_list, outstanding, overdue_days, blocked, language, city, gstin, state,
                         default_ship_to, warehouse, sales_rep, territory, route, short_rule, rep_orders, auto_confirm,
                         mode, active)
      SELECT 'C' || n, 'Firm', '', '', 0, 0, false, '', '', '', '', '', 'W' || n % 4, '', '', '', '', '', false, '',
             true
        FROM generate_series(1, {customers}) n;
    INSERT INTO stock (erp, listed, changed_at, sku, warehouse, lot, status, qty)
      SELECT 'files', true, now(), 'S' || s, 'W' || w, 'L' || l, 'available', 1000
        FROM generate_series(1, {skus}) s, generate_series(0, 3) w, generate_series(1, {lots}) l;
    INSERT INTO mirror_state (erp, kind, stamp, rows, bad, pulled_at, problems, kept_previous, agreed_stamp, agreed_by,
                              keys, names_digest)
      VALUES ('files', 'stock', 'x', 1, 0, now(), '[]', false, '', '', '[]', '');
"""
ORDERED = """
    INSERT INTO erp_order_lines (erp, listed, changed_at, erp_number, line, our_number, customer, ship_to, date, sku,
                                 uom, ordered, dispatched, invoiced, cancelled, status, invoice, vehicle, lr_no)
      SELECT 'files', n % 10 <> 0, now(), 'E' || n, 1, '', 'C' || 1 + n % {customers}, '', '2026-11-20',
             'S' || 1 + n % {skus}, 'CASE', 10, 2, 0, 0, 'open', '', '', ''
        FROM generate_series({first}, {last}) n;
    ANALYZE;
"""


def measure(folder: Path, *, most: int) -> str:
    """The time of a look at a thousand open order lines, and at ten times as many until `most`."""
    server = Server(folder / "stock")
    url = server.start()
    rows: list[tuple[object, ...]] = [("open order lines", "of the ten items", "p50", "p99", "bare", "ratio")]
    try:
        migrate(url)
        database = Database(url=url, clock=SystemClock())
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(MADE.format(skus=SKUS, customers=CUSTOMERS, lots=LOTS))
            done, lines = 0, 1000
            while lines <= most:
                connection.execute(ORDERED.format(first=done + 1, last=lines, customers=CUSTOMERS, skus=SKUS).encode())
                with database.transaction() as session:
                    pairs = [(_look(session, number), _bare(session)) for number in range(LOOKS)]
                taken, bare = [pair[0] for pair in pairs], median([pair[1] for pair in pairs])
                p50, p99 = ms(median(taken)), ms(percentile(taken, 0.99))
                of_them = f"{lines * ASKED // SKUS:,}"
                rows.append((f"{lines:,}", of_them, p50, p99, ms(bare), f"{median(taken) / bare:.1f}"))
                done, lines = lines, lines * 10
        database.dispose()
    finally:
        server.stop()
    return table(rows)


def _bare(session: Session) -> float:
    """As many statements that ask for nothing."""
    began = time.perf_counter()
    for _ in range(STATEMENTS):
        session.execute(text("SELECT 1")).scalar_one()
    return time.perf_counter() - began


def _look(session: Session, number: int) -> float:
    skus = [f"S{1 + (number * ASKED + place) % SKUS}" for place in range(ASKED)]
    began = time.perf_counter()
    found = free_stock(session, skus, warehouse="W1", day=DAY)
    taken = time.perf_counter() - began
    assert len(found) == ASKED, "all of it is known"
    return taken
