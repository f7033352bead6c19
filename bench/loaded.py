"""A database of a bench's own, filled by statements, and what is timed in it beside a bare query."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.figures import median, ms, table
from store.clock import ManualClock
from store.database import Database
from store.migrate import migrate
from store.server import Server

RUNS = 15
# A bench can lose its data.
FAST = {"fsync": "off", "max_wal_size": "8GB"}
WITHOUT_CHECKS = "SET session_replication_role = replica"

# So many plants with a warehouse each, customers supplied by them in turn, and people who write for these in turn.
WAREHOUSES = """
INSERT INTO warehouses (code, plant, name, warehouse_kind, erp, listed, changed_at)
SELECT 'W' || n, 'P' || n, '', 'fg', 'main', true, now() FROM generate_series(1, %(plants)s) n"""
PARTIES = """
INSERT INTO parties (code, name, tier, price_list, outstanding, overdue_days, blocked, language, city, gstin, state,
                     default_ship_to, warehouse, sales_rep, territory, route, short_rule, rep_orders, auto_confirm,
                     mode, active)
SELECT 'C' || n, 'Firm ' || n, '', '', 0, 0, false, '', '', '', '', '', 'W' || (n %% %(plants)s + 1), '', '', '', '',
       '', false, '', true
  FROM generate_series(1, %(customers)s) n"""
PERSONS = """
INSERT INTO persons (id, phone, name, parties, roles, functions, customers, plant, language, active, shared, sees_money,
                     main, from_pages)
SELECT n, '+91' || n, 'Buyer ' || n, jsonb_build_array('C' || ((n - 1) %% %(customers)s + 1)), '["buyer"]', '[]', '[]',
       '', 'en', true, false, true, true, false
  FROM generate_series(1, %(people)s) n"""
ACCOUNTS = """
INSERT INTO accounts (id, person_id, profile_name, claimed_firm, first_seen_at, unreachable_reason)
SELECT n, n, '', '', now(), '' FROM generate_series(1, %(people)s) n"""
PEOPLE = (WITHOUT_CHECKS, WAREHOUSES, PARTIES, PERSONS, ACCOUNTS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """The database as Munshi uses it, and a connection of its own for the bare query."""

    database: Database
    bare: psycopg.Connection[Any]

    def fill(self, statements: Sequence[str], given: Mapping[str, object]) -> float:
        """Run them, then VACUUM ANALYZE; the seconds it took."""
        began = time.monotonic()
        with psycopg.connect(self.database.url, autocommit=True) as connection:
            # Client-side, since a prepared statement cannot tell the type of every value.
            cursor = psycopg.ClientCursor(connection)
            for statement in statements:
                cursor.execute(statement.encode(), given)
            connection.execute("VACUUM ANALYZE")
        return time.monotonic() - began


@contextmanager
def served(folder: Path, *, at: datetime) -> Iterator[Loaded]:
    """A migrated database in this folder, whose clock stands at a moment; its server is stopped at the end."""
    server = Server(folder, settings=FAST)
    url = server.start()
    try:
        migrate(url)
        database = Database(url=url, clock=ManualClock(at))
        with psycopg.connect(url) as bare:
            yield Loaded(database=database, bare=bare)
        database.dispose()
    finally:
        server.stop()


def taken(once: Callable[[int], object], *, runs: int = RUNS) -> float:
    """The median of its seconds; it is handed the number of the run."""
    times = []
    for run in range(runs + 1):
        began = time.perf_counter()
        once(run)
        times.append(time.perf_counter() - began)
    return median(times[1:])  # the first one fills the caches


def ratios(rows: Sequence[tuple[str, float, float]]) -> str:
    """A table of what was timed: name, seconds of ours, seconds of the bare query."""
    figures = [(name, ms(ours), ms(theirs), f"{ours / theirs:.1f}") for name, ours, theirs in rows]
    return table([("", "time", "bare", "ratio"), *figures])
