"""What it costs to know the free stock of an order's items, as open orders grow: one look for ten items."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.figures import median, ms, percentile, table
from bench.loaded import PARTIES, WITHOUT_CHECKS, served
from orders.stock import free_stock

SKUS, CUSTOMERS, PLANTS, LOTS, ASKED, LOOKS = 500, 2000, 4, 4, 10, 200
STATEMENTS = 8
DAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
MADE = (
    WITHOUT_CHECKS,
    PARTIES,
    """INSERT INTO stock (erp, listed, changed_at, sku, warehouse, lot, status, qty)
       SELECT 'files', true, now(), 'S' || s, 'W' || w, 'L' || l, 'available', 1000
         FROM generate_series(1, %(skus)s) s, generate_series(1, %(plants)s) w, generate_series(1, %(lots)s) l""",
    """INSERT INTO mirror_state (erp, kind, stamp, rows, bad, pulled_at, problems, kept_previous, agreed_stamp,
                                 agreed_by, keys, names_digest)
       VALUES ('files', 'stock', 'x', 1, 0, now(), '[]', false, '', '', '[]', '')""",
)
ORDERED = (
    """INSERT INTO erp_order_lines (erp, listed, changed_at, erp_number, line, our_number, customer, ship_to, date, sku,
                                    uom, ordered, dispatched, invoiced, cancelled, status, invoice, vehicle, lr_no)
       SELECT 'files', n %% 10 <> 0, now(), 'E' || n, 1, '', 'C' || 1 + n %% %(customers)s, '', '2026-11-20',
              'S' || 1 + n %% %(skus)s, 'CASE', 10, 2, 0, 0, 'open', '', '', ''
         FROM generate_series(%(first)s, %(last)s) n""",
)


def measure(folder: Path, *, most: int) -> str:
    """The time of a look at a thousand open order lines, and at ten times as many until `most`."""
    given = {"skus": SKUS, "customers": CUSTOMERS, "plants": PLANTS, "lots": LOTS}
    rows: list[tuple[object, ...]] = [("open order lines", "of the ten items", "p50", "p99", "bare", "ratio")]
    with served(folder / "stock", at=NOW) as loaded:
        loaded.fill(MADE, given)
        done, lines = 0, 1000
        while lines <= most:
            loaded.fill(ORDERED, {**given, "first": done + 1, "last": lines})
            with loaded.database.transaction() as session:
                pairs = [(_look(session, number), _bare(session)) for number in range(LOOKS)]
            ours, bare = [pair[0] for pair in pairs], median([pair[1] for pair in pairs])
            p50, p99 = ms(median(ours)), ms(percentile(ours, 0.99))
            of_them = f"{lines * ASKED // SKUS:,}"
            rows.append((f"{lines:,}", of_them, p50, p99, ms(bare), f"{median(ours) / bare:.1f}"))
            done, lines = lines, lines * 10
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
