"""The job queue on the same PostgreSQL: deferring inside a transaction, setting back what the dead held.

The laws it follows are in docs/architecture.md; a job runs at least once, and its own row is the truth.
"""

from datetime import datetime, timedelta
from typing import cast

import psycopg
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job as QueuedJob
from procrastinate.manager import JobManager
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector
from sqlalchemy import text
from sqlalchemy.orm import Session

from store.database import Database, call_after_commit, clock_of
from store.jobs import Again, Call, HasDatabase, JobRegistry, Park, Queue, perform
from store.parked import ParkedJob, close

__all__ = [
    "Again",
    "JobRegistry",
    "Park",
    "Queue",
    "defer",
    "depths",
    "drain",
    "hurry",
    "retry_parked",
    "stalled",
    "sweep",
]

# Every job goes by one name on procrastinate's side: a worker deletes what it has no task for, and while a
# release rolls out an old worker would so lose the new one's jobs.
TASK = "job"
SILENCE = timedelta(seconds=15)
# With a heartbeat every 3 s, silence of 15 s and a poll of 0.2 s, 4 s keeps the worst case below 20 s.
SWEEP_EVERY = timedelta(seconds=4)

_manager = JobManager(cast(BaseConnector, SyncPsycopgConnector()))


def defer(
    session: Session, name: str, *, queue: Queue, lock: str, after: timedelta | None = None, **ids: int | str
) -> None:
    """Put a job in the queue within the session's own transaction: it is there once that commits.

    Jobs of one lock run in the order they were deferred. `after` is for technical pacing only.
    """
    job = QueuedJob(
        queue=queue.value,
        lock=lock,
        queueing_lock=None,
        task_name=TASK,
        task_kwargs={"name": name, "ids": dict(ids)},
        scheduled_at=clock_of(session).pacing() + after if after else None,
    )
    connection = session.connection().connection.driver_connection
    _manager.defer_job(job, connection=cast("psycopg.Connection[object]", connection))
    if not after:
        call_after_commit(session, queue.value)


SWEEP = text("""
    UPDATE procrastinate_jobs AS job
       SET status = 'todo', worker_id = NULL, scheduled_at = NULL,
           args = job.args
               || jsonb_build_object('set_backs', coalesce((job.args ->> 'set_backs')::int, 0) + 1)
     WHERE job.status = 'doing'
       AND NOT EXISTS (SELECT FROM procrastinate_workers AS worker
                        WHERE worker.id = job.worker_id AND worker.last_heartbeat >= now() - :silence)
""")


def sweep(database: Database, *, silence: timedelta = SILENCE) -> int:
    """Set back the jobs of workers that have been silent; how many. Run twice at once it does no harm.

    Nothing else brings a killed worker's jobs back. After five set-backs who takes a job next parks it.
    """
    with database.transaction() as session:
        return cast(int, session.execute(SWEEP, {"silence": silence}).rowcount)  # type: ignore[attr-defined]


HURRY = text("""
    UPDATE procrastinate_jobs SET scheduled_at = :present
     WHERE status = 'todo' AND scheduled_at > :present AND scheduled_at <= :until AND queue_name = ANY(:queues)
""")


def hurry(session: Session, *, within: timedelta = timedelta(minutes=1)) -> None:
    """Have the jobs that would look again so soon look now: what they waited for has come. Order stays as it is."""
    present = clock_of(session).pacing()
    queues = [Queue.TALK.value, Queue.SEND.value, Queue.READ.value]
    session.execute(HURRY, {"present": present, "until": present + within, "queues": queues})
    for queue in queues:
        call_after_commit(session, queue)


# Behind an earlier job of its lock a job may wait for as long as that one has reason to.
STALLED = text("""
    SELECT DISTINCT job.queue_name FROM procrastinate_jobs AS job
      JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type IN ('deferred', 'started')
     WHERE job.status IN ('todo', 'doing') AND coalesce(job.scheduled_at, '-infinity') <= now() - :patience
       AND NOT EXISTS (SELECT FROM procrastinate_jobs AS other
                        WHERE other.lock = job.lock AND other.id < job.id AND other.status IN ('todo', 'doing'))
     GROUP BY job.id, job.queue_name, job.status
    HAVING max(event.at) <= now() - :patience * CASE job.status WHEN 'doing' THEN 2 ELSE 1 END
     ORDER BY job.queue_name
""")


def stalled(session: Session, patience: timedelta) -> list[str]:
    """Queues in which a job that nothing stands before has waited for longer, or runs for twice as long."""
    return list(session.scalars(STALLED, {"patience": patience}))


def depths(session: Session) -> dict[tuple[str, str], int]:
    """How many jobs stand in each queue and status (`todo`, `doing`)."""
    rows = session.execute(
        text("SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY queue_name, status")
    )
    return {(queue, status): count for queue, status, count in rows}


def retry_parked(session: Session, parked_id: int) -> ParkedJob | None:
    """Put a parked job back in its queue; None when somebody else was first."""
    row = close(session, parked_id)
    if row:
        defer(session, row.name, queue=Queue(row.queue), lock=row.lock, **row.ids)
    return row


NEXT_DUE = text("""
    SELECT job.id, job.queue_name, job.lock, job.args FROM procrastinate_jobs AS job
     WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= :present)
       AND NOT EXISTS (SELECT FROM procrastinate_jobs AS other
                        WHERE other.lock = job.lock AND other.id < job.id
                          AND other.status IN ('todo', 'doing'))
     ORDER BY job.id LIMIT 1
""")


def drain(registry: JobRegistry, app: HasDatabase, *, limit: int = 10_000) -> int:
    """For tests: run every due job here and now, in order, as workers would; how many ran.

    Locks and schedules are respected under the injected clock. Raises at `limit`: jobs make jobs.
    """
    done: tuple[Call, datetime | None] | None = None
    for count in range(limit):
        present = app.database.clock.pacing()
        with app.database.transaction() as session:
            if done:
                _settle(session, *done)
            row = session.execute(NEXT_DUE, {"present": present}).one_or_none()
        if row is None:
            return count
        call = Call.of(id=row.id, queue=row.queue_name, lock=row.lock, args=row.args)
        pause = perform(registry, app, call)
        done = (call, None if pause is None else present + pause)
    raise RuntimeError(f"still jobs to run after {limit}")


def _settle(session: Session, call: Call, again_at: datetime | None) -> None:
    if again_at is None:
        session.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": call.id})
    else:
        session.execute(
            text("UPDATE procrastinate_jobs SET scheduled_at = :at WHERE id = :id"), {"id": call.id, "at": again_at}
        )
