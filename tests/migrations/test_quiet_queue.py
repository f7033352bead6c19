import psycopg

from store.database import Database
from store.queue import Queue, defer


def test_a_new_job_notifies_nobody_so_that_transactions_need_not_commit_one_by_one(database: Database) -> None:
    with psycopg.connect(database.url, autocommit=True) as listener:
        listener.execute("LISTEN procrastinate_any_queue_v1")
        with database.transaction() as session:
            defer(session, "any", queue=Queue.TALK, lock="a")
        assert list(listener.notifies(timeout=0.1)) == []
