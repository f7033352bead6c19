"""What the page *Roll-out* costs for many customers in shadow, against the bare queries it begins with."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bench.figures import table
from bench.loaded import Loaded, served
from orders import shadow
from orders.readiness import hindrances, score
from store.database import Database

ORDERS_A_WEEK, LINES = 2, 5
ERP, ZONE = "main", "Asia/Kolkata"
START = date(2026, 9, 28)
BARE = (
    "SELECT inbound_id, party_code, day, said_at, kind, revision, reading FROM shadow_readings",
    "SELECT customer, erp_number, date, sku, ordered, uom FROM erp_order_lines ORDER BY erp_number, line",
)


def measure(folder: Path, *, customers: int, weeks: int) -> str:
    """Made up: so many customers who write two orders of five lines a week, each keyed the same day."""
    with served(folder / "rollout", at=datetime(2026, 11, 21, 4, 30, tzinfo=UTC)) as loaded:
        _fill(loaded, customers=customers, weeks=weeks)
        database = loaded.database
        bare, _ = _timed(lambda: _bare(database))
        whole, ready = _timed(lambda: _rollout(database, weeks=weeks))
        one, _ = _timed(lambda: _rollout(database, weeks=weeks, codes=["C00001"]))
    lines = customers * weeks * ORDERS_A_WEEK * LINES
    return table(
        [
            ("customers, weeks, lines of each side", f"{customers:,}, {weeks}, {lines:,}"),
            ("the bare queries, all rows fetched", f"{bare:.2f} s"),
            ("read, compared and scored", f"{whole:.2f} s, {whole / bare:.1f} times"),
            ("of one customer", f"{one * 1000:.0f} ms"),
            ("lines a second", f"{lines / whole:,.0f}"),
            ("customers ready", f"{ready:,}"),
        ]
    )


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _bare(database: Database) -> int:
    with database.transaction() as session:
        return sum(len(session.execute(text(query)).all()) for query in BARE)


def _rollout(database: Database, *, weeks: int, codes: list[str] | None = None) -> int:
    until = START + timedelta(weeks=weeks)
    with database.transaction() as session:
        found = shadow.compared(session, ERP, since=START, until=until, timezone=ZONE, codes=codes)
        return sum(not hindrances(score(one.lines)) for _, one in found)


def _fill(loaded: Loaded, *, customers: int, weeks: int) -> None:
    numbers = {
        "customers": customers,
        "orders": weeks * ORDERS_A_WEEK,
        "lines": LINES,
        "start": START,
        "erp": ERP,
        "now": datetime(2026, 12, 31, tzinfo=UTC),
    }
    loaded.fill(FILL, numbers)


OF_ALL = "generate_series(1, %(customers)s) AS c, generate_series(0, %(orders)s - 1) AS o"
CODE, DAY = "'C' || lpad(c::text, 5, '0')", "CAST(%(start)s AS date) + (o / 2) * 7 + (o %% 2) * 3"
SKU = "'S' || lpad((((c * 7 + l * 13) %% 900) + 1)::text, 4, '0')"
FILL = (
    f"""
INSERT INTO shadow_readings (inbound_id, party_code, day, said_at, kind, revision, reading)
SELECT c * 1000 + o, {CODE}, {DAY}, {DAY} + time '10:00', 'text', 1, jsonb_build_object(
         'intent', 'order', 'slots', '{{}}'::jsonb, 'lines', (
           SELECT jsonb_agg(jsonb_build_object('source', '20 peti ' || l, 'sku', {SKU}, 'quantity', '20',
                    'uom', 'CASE', 'status', 'matched', 'candidates', '[]'::jsonb))
             FROM generate_series(1, %(lines)s) AS l))
  FROM {OF_ALL}
""",
    f"""
INSERT INTO erp_order_lines (erp_number, line, our_number, customer, ship_to, date, sku, uom, ordered, dispatched,
                             invoiced, cancelled, status, invoice, vehicle, lr_no, erp, listed, changed_at)
SELECT 'SO' || (c * 1000 + o), l, '', {CODE}, '', {DAY}, {SKU}, 'CASE',
       CASE WHEN l = 1 AND c %% 9 = 0 THEN 24 ELSE 20 END, 0, 0, 0, 'open', '', '', '', %(erp)s, true, %(now)s
  FROM {OF_ALL}, generate_series(1, %(lines)s) AS l
""",
    """
INSERT INTO item_uoms (sku, uom, factor, decimals, sales, erp, listed, changed_at)
SELECT 'S' || lpad(s::text, 4, '0'), 'CASE', 48, false, true, %(erp)s, true, %(now)s FROM generate_series(1, 900) AS s
""",
    """
INSERT INTO mirror_state (erp, kind, stamp, rows, bad, pulled_at, problems, kept_previous, agreed_stamp, agreed_by,
                          keys, names_digest)
VALUES (%(erp)s, 'orders', '', 0, 0, %(now)s, '[]', false, '', '', '[]', '')
""",
)
