"""The migrated database is the one the models and the queue's release describe."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from store.base import Base
from store.database import driver_url
from store.migrate import is_current, migrate, procrastinate_schema
from store.migrations import models

# Of procrastinate 3.10.0. When this changes with an upgrade, write a migration with the changes its release
# brings (they come as files with it), skip them where a fresh database has them already, and set this anew.
KNOWN_QUEUE_SCHEMA = "1985d1bb16d157e606ed176be2247934b9506420497e6fd1083a9fbc54e74972"

OURS_IN_THE_QUEUE = {"ix_procrastinate_jobs_lock_open"}
CATALOGUE = """
    SELECT 'column ' || table_name || '.' || column_name AS what, concat_ws(' ', data_type, is_nullable, column_default)
      FROM information_schema.columns WHERE table_name LIKE '%procrastinate%'
    UNION ALL
    SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE tablename LIKE '%procrastinate%'
    UNION ALL
    SELECT 'function ' || oid::regprocedure, pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE '%procrastinate%'
    UNION ALL
    SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE '%procrastinate%'
    UNION ALL
    SELECT 'constraint ' || conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname LIKE '%procrastinate%'
    UNION ALL
    SELECT 'kind ' || typname || '.' || enumlabel, '' FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
"""


def catalogue(url: str) -> dict[str, str]:
    with psycopg.connect(url) as connection:
        return {str(row[0]): str(row[1]) for row in connection.execute(CATALOGUE)}


def test_the_migrated_database_is_what_the_models_say(database_url: str) -> None:
    models.load()
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        options = {
            "compare_type": True,
            "include_object": lambda item, name, kind, *_: not (name or "").lstrip("idx_").startswith("procrastinate_"),
        }
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
        sequences = set(inspect(connection).get_sequence_names())
    engine.dispose()
    assert [d for d in differences if "procrastinate" not in str(d) and "alembic_version" not in str(d)] == []
    assert {sequence.name for sequence in Base.metadata._sequences.values()} <= sequences


def test_the_queue_is_exactly_what_its_release_brings_and_one_index(database_url: str, empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(procrastinate_schema().replace("%%", "%"))
    theirs, ours = catalogue(empty_database_url), catalogue(database_url)
    assert {name: what for name, what in ours.items() if name.removeprefix("index ") not in OURS_IN_THE_QUEUE} == theirs


def test_an_upgrade_of_the_queue_does_not_go_by_without_a_migration() -> None:
    assert hashlib.sha256(procrastinate_schema().encode()).hexdigest() == KNOWN_QUEUE_SCHEMA


def test_two_that_migrate_at_once_wait_for_each_other(empty_database_url: str) -> None:
    with ThreadPoolExecutor(2) as both:
        list(both.map(migrate, [empty_database_url] * 2))
    engine = create_engine(driver_url(empty_database_url))
    assert is_current(engine)
    engine.dispose()


def test_a_database_that_was_never_migrated_is_not_current(empty_database_url: str) -> None:
    engine = create_engine(driver_url(empty_database_url))
    assert not is_current(engine)
    engine.dispose()


def test_the_release_before_can_still_write_orders_while_it_runs(database_url: str) -> None:
    """What 0003 adds to tables that are there may be left out of an insert."""
    added = [
        ("order_drafts", "asked_days"),
        ("order_drafts", "next_dispatch_on"),
        ("order_drafts", "urgent"),
        ("draft_lines", "next_dispatch_on"),
        ("sales_orders", "next_dispatch_on"),
        ("sales_orders", "urgent"),
    ]
    asked = """SELECT column_default IS NOT NULL OR is_nullable = 'YES' FROM information_schema.columns
                WHERE table_name = %s AND column_name = %s"""
    with psycopg.connect(database_url) as connection:
        for column in added:
            assert connection.execute(asked, column).fetchone() == (True,), column
