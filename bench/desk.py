"""The order desk's list over a hundred thousand conversations, each with its matter, as ratios to the bare query."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.figures import median, ms, table
from routing import desk_list
from routing.desk_list import NOBODY, Filter, Key
from store.clock import ManualClock
from store.database import Database
from store.migrate import migrate
from store.server import Server
from web.pages.live import PROBES

CUSTOMERS, PLANTS, CLERKS = 2000, 3, 8
A_PAGE = 61
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RUNS = 25

# Of the matters one in ten is a clerk's, three quarters are closed: a desk nobody has looked at for months.
LOAD = (
    "SET session_replication_role = replica",
    """INSERT INTO warehouses (code, plant, name, warehouse_kind, erp, listed, changed_at)
       SELECT 'W' || n, 'P' || n, '', 'fg', 'main', true, now() FROM generate_series(1, %(plants)s) n""",
    """INSERT INTO parties (code, name, tier, price_list, outstanding, overdue_days, blocked, language, city, gstin,
                             state, default_ship_to, warehouse, sales_rep, territory, route, short_rule, rep_orders,
                             auto_confirm, mode, active)
       SELECT 'C' || n, 'Firm ' || n, '', '', 0, 0, false, '', '', '', '', '', 'W' || (n %% %(plants)s + 1), '', '', '',
              '', '', false, '', true FROM generate_series(1, %(customers)s) n""",
    """INSERT INTO persons (id, phone, name, parties, roles, functions, customers, plant, language, active, shared,
                             sees_money, main, from_pages)
       SELECT n, '+91' || n, 'Buyer ' || n, jsonb_build_array('C' || (n %% %(customers)s + 1)), '["buyer"]', '[]', '[]',
              '', 'en', true, false, true, true, false FROM generate_series(1, %(talks)s) n""",
    """INSERT INTO accounts (id, person_id, profile_name, claimed_firm, first_seen_at, unreachable_reason)
       SELECT n, n, '', '', now(), '' FROM generate_series(1, %(talks)s) n""",
    """INSERT INTO conversations (account_id, language, pending, unsaid, misunderstood, automatic)
       SELECT n, 'en', '{}', '[]', 0, 0 FROM generate_series(1, %(talks)s) n""",
    """INSERT INTO matters (kind, reference, function, party_code, account_id, facts, opened_at, owner, taken_at,
                             closed_at, closed_by, close_reason)
       SELECT (ARRAY['media', 'question', 'further', 'unconfirmed_draft', 'left_over'])[n %% 5 + 1], 'inbound:' || n,
              'commercial', 'C' || (n %% %(customers)s + 1), n %% %(talks)s + 1, '{"said": "kab aayega"}',
              %(now)s::timestamptz - n * interval '1 min',
              CASE WHEN n %% 10 = 0 THEN 'clerk' || (n / 10 %% %(clerks)s) END, NULL,
              CASE WHEN n > %(talks)s THEN %(now)s::timestamptz - n * interval '30 s' END,
              CASE WHEN n > %(talks)s THEN 'clerk1' END, CASE WHEN n > %(talks)s THEN 'answered' END
         FROM generate_series(1, 4 * %(talks)s) n""",
)
BARE = """
SELECT m.id, m.kind, m.opened_at, m.owner, p.name, q.name
  FROM matters m LEFT JOIN parties p ON p.code = m.party_code LEFT JOIN accounts a ON a.id = m.account_id
  LEFT JOIN persons q ON q.id = a.person_id
 WHERE m.closed_at IS NULL ORDER BY m.opened_at, m.id LIMIT 61
"""


def measure(folder: Path, *, talks: int) -> str:
    """Load them, then time the list's pages, its count, and what an open page asks every two seconds."""
    server = Server(folder / "desk", settings={"fsync": "off", "max_wal_size": "4GB"})
    url = server.start()
    try:
        migrate(url)
        began = time.monotonic()
        _load(url, talks=talks)
        loaded = time.monotonic() - began
        database = Database(url=url, clock=ManualClock(NOW))
        with psycopg.connect(url) as bare:
            report = _measured(database, bare, talks)
        database.dispose()
    finally:
        server.stop()
    return f"{talks:,} conversations with {talks:,} open matters and {3 * talks:,} closed, in {loaded:.0f} s\n{report}"


def _load(url: str, *, talks: int) -> None:
    given = {"talks": talks, "customers": CUSTOMERS, "plants": PLANTS, "clerks": CLERKS, "now": NOW}
    with psycopg.connect(url, autocommit=True) as connection:
        # Client-side, since a prepared statement cannot tell the type of every value.
        cursor = psycopg.ClientCursor(connection)
        for statement in LOAD:
            cursor.execute(statement, given)
        connection.execute("VACUUM ANALYZE")


def _measured(database: Database, bare: psycopg.Connection[Any], talks: int) -> str:
    theirs = _median(lambda: bare.execute(BARE).fetchall())
    middle = Key(at=NOW - timedelta(minutes=talks // 2), id=1)
    pages: Sequence[tuple[str, Filter, Key | None]] = (
        ("first page", Filter(), None),
        ("newest first", Filter(newest_first=True), None),
        ("a page in the middle", Filter(), middle),
        ("nobody's", Filter(owner=NOBODY), None),
        ("one clerk's", Filter(owner="clerk3"), None),
        ("one kind, in the middle", Filter(kind="question"), middle),
        ("one plant", Filter(plant="P2"), None),
        ("closed", Filter(closed=True), None),
        ("a firm's name", Filter(words="firm 17"), None),
    )
    rows: list[Sequence[object]] = [("", "time", "bare", "ratio")]
    for name, chosen, after in pages:
        ours = _median(lambda chosen=chosen, after=after: _page(database, chosen, after))
        rows.append((name, ms(ours), ms(theirs), f"{ours / theirs:.1f}"))
    for name, asked in (("the count", _count), ("an open page asks", _probe)):
        ours = _median(lambda asked=asked: asked(database))
        rows.append((name, ms(ours), ms(theirs), f"{ours / theirs:.1f}"))
    return table(rows)


def _page(database: Database, chosen: Filter, after: Key | None) -> None:
    with database.transaction() as session:
        assert desk_list.page_of(session, chosen, after=after, size=A_PAGE), f"nothing on the page of {chosen}"


def _count(database: Database) -> None:
    with database.transaction() as session:
        desk_list.open_count(session)


def _probe(database: Database) -> None:
    with database.transaction() as session:
        session.execute(PROBES["desk"]).scalar_one()


def _median(run: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return median(times)
