"""The order desk's list over a hundred thousand conversations, each with its matter, as ratios to the bare query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.loaded import PEOPLE, Loaded, ratios, served, taken
from routing import desk_list
from routing.desk_list import NOBODY, Filter, Key
from store.database import Database
from web.pages.live import PROBES

CUSTOMERS, PLANTS, CLERKS = 2000, 3, 8
A_PAGE = 61
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RUNS = 25

# Of the matters one in ten is a clerk's, three quarters are closed: a desk nobody has looked at for months.
LOAD = (
    *PEOPLE,
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
    given = {"talks": talks, "people": talks, "customers": CUSTOMERS, "plants": PLANTS, "clerks": CLERKS, "now": NOW}
    with served(folder / "desk", at=NOW) as loaded:
        seconds = loaded.fill(LOAD, given)
        report = _measured(loaded, talks)
    return f"{talks:,} conversations with {talks:,} open matters and {3 * talks:,} closed, in {seconds:.0f} s\n{report}"


def _measured(loaded: Loaded, talks: int) -> str:
    theirs = taken(lambda _: loaded.bare.execute(BARE).fetchall(), runs=RUNS)
    database = loaded.database
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
    rows = [
        (name, taken(lambda _, chosen=chosen, after=after: _page(database, chosen, after), runs=RUNS), theirs)
        for name, chosen, after in pages
    ]
    rows += [
        (name, taken(lambda _, asked=asked: asked(database), runs=RUNS), theirs)
        for name, asked in (("the count", _count), ("an open page asks", _probe))
    ]
    return ratios(rows)


def _page(database: Database, chosen: Filter, after: Key | None) -> None:
    with database.transaction() as session:
        assert desk_list.page_of(session, chosen, after=after, size=A_PAGE), f"nothing on the page of {chosen}"


def _count(database: Database) -> None:
    with database.transaction() as session:
        desk_list.open_count(session)


def _probe(database: Database) -> None:
    with database.transaction() as session:
        session.execute(PROBES["desk"]).scalar_one()
