"""Deferring from within another statement: for the one path where a round trip to the database counts."""

from store.queue import TASK, Queue


def job_sql(name: str, *, queue: Queue, lock: str, **ids: str) -> str:
    """One job as `procrastinate_defer_jobs_v1` takes it; `lock` and `ids` are SQL expressions, the rest words."""
    pairs = ", ".join(f"'{key}', {value}" for key, value in ids.items())
    args = f"jsonb_build_object('name', '{name}', 'ids', jsonb_build_object({pairs}))"
    return f"ROW('{queue.value}', '{TASK}', 0, {lock}, NULL, {args}, NULL)::procrastinate_job_to_defer_v1"
