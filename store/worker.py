"""The worker: takes jobs from their queues and runs them, each queue on threads of its own.

procrastinate's workers end by themselves when the database goes away; they are started again here.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from time import monotonic
from typing import Any

import psycopg
import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision, exceptions
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from psycopg_pool import AsyncConnectionPool

from store.database import NOTICE_THE_DEAD, plain_url
from store.heartbeat import BEAT_EVERY, Heart
from store.jobs import Again, Call, HasDatabase, JobRegistry, Queue, backoff, perform
from store.queue import SILENCE, TASK

log = structlog.get_logger()

KIND = "worker"
THREADS: Mapping[Queue, int] = {Queue.TALK: 4, Queue.SEND: 4, Queue.ERP: 4, Queue.READ: 1}
# Nothing is notified when a lock comes free: a person's second message waits for the next look.
POLL_SECONDS = 0.2
# What runs gets this long to end when the worker stops; then it is left to be run again.
GRACE_SECONDS = 6.0
LOOK_SECONDS = 0.1
RESTART_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
SETTLED_SECONDS = 30.0


def run_worker(
    registry: JobRegistry,
    app: HasDatabase,
    *,
    queues: Mapping[Queue, int] = THREADS,
    stop: Event,
    beat: Callable[[], None] | None = None,
) -> bool:
    """Run jobs until `stop` is set. `queues` gives each queue's threads; `beat` is called as a sign of life.

    Returns whether everything had ended: if not, a job still hangs in a thread, which only the end of
    the process will end (use `os._exit`).
    """
    registry.check()
    return asyncio.run(_Worker(registry, app, queues=queues, beat=beat).serve(stop))


class _Worker:
    def __init__(
        self,
        registry: JobRegistry,
        app: HasDatabase,
        *,
        queues: Mapping[Queue, int],
        beat: Callable[[], None] | None,
    ) -> None:
        self._registry = registry
        self._app = app
        self._queues = queues
        self._beat = beat or (lambda: None)
        self._counts: Counter[str] = Counter(restarts=0, jobs=0, retries=0)
        self._running = 0
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)

    async def serve(self, stop: Event) -> bool:
        pools = {queue: ThreadPoolExecutor(n, thread_name_prefix=queue) for queue, n in self._queues.items()}
        tasks = [asyncio.create_task(self._keep(queue, pools[queue])) for queue in self._queues]
        with Heart(self._app.database, KIND).beating(lambda: self._counts):
            while not stop.is_set():
                self._beat()
                await asyncio.sleep(LOOK_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=GRACE_SECONDS + 1)
        for pool in pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        return self._running == 0 and all(task.done() for task in tasks)

    async def _keep(self, queue: Queue, pool: ThreadPoolExecutor) -> None:
        """Run procrastinate's worker for one queue, again and again."""
        failures = 0
        while True:
            started = monotonic()
            try:
                await self._run_once(queue, pool)
                reason = "ended by itself"
            except Exception as error:  # whatever ended it, it is started again
                reason = f"{type(error).__name__}: {error}"
            failures = 1 if monotonic() - started > SETTLED_SECONDS else failures + 1
            self._counts["restarts"] += 1
            log.warning("queue_worker_restarted", queue=queue.value, reason=reason)
            await asyncio.sleep(RESTART_SECONDS[min(failures, len(RESTART_SECONDS)) - 1])

    async def _run_once(self, queue: Queue, pool: ThreadPoolExecutor) -> None:
        connector = PsycopgConnector(
            pool_factory=_pool,
            conninfo=plain_url(self._app.database.url),
            configure=_commit_each_statement,
            kwargs={"application_name": f"munshi-{queue}", "connect_timeout": 5, "options": NOTICE_THE_DEAD},
            min_size=1,
            max_size=3,
            timeout=5,
        )
        app = App(connector=connector)
        app.job_manager = _Manager(connector)
        app.task(name=TASK, queue=queue, pass_context=True, retry=_Always())(self._task(pool))
        async with app.open_async():
            await app.run_worker_async(
                queues=[queue.value],
                concurrency=self._queues[queue],
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=BEAT_EVERY.total_seconds(),
                stalled_worker_timeout=2 * SILENCE.total_seconds(),
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="always",
                install_signal_handlers=False,
            )

    def _task(self, pool: ThreadPoolExecutor) -> Callable[..., Awaitable[None]]:
        async def run(context: JobContext, **_: object) -> None:
            job = context.job
            assert job.id is not None
            call = Call.of(id=job.id, queue=job.queue, lock=job.lock, args=job.task_kwargs)
            pause = await asyncio.get_running_loop().run_in_executor(pool, self._perform, call)
            if pause is not None:
                self._counts["retries"] += 1
                raise pause
            self._counts["jobs"] += 1

        return run

    def _perform(self, call: Call) -> Again | None:
        self._running += 1
        try:
            pause = perform(self._registry, self._app, call)
        except Exception:  # it could not even be parked: the database is away
            log.warning("job_unsettled", job=call.name, job_id=call.id, exc_info=True)
            pause = backoff(call.failures)
        finally:
            self._running -= 1
        return None if pause is None else Again(pause)


def _pool(*, check: object, **options: Any) -> AsyncConnectionPool:  # noqa: ARG001
    """Without asking a connection before each use whether it lives: one that does not fails, and is tried again."""
    return AsyncConnectionPool(**options)


async def _commit_each_statement(connection: psycopg.AsyncConnection[Any]) -> None:
    """Each is one call of a function: a transaction around it would be two more round trips."""
    await connection.set_autocommit(True)


class _Always(BaseRetryStrategy):
    """Only what asks for it comes here, and what was cut short by a stop: nothing is ever dropped."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision:
        after = exception.after if isinstance(exception, Again) else backoff(job.attempts)
        return RetryDecision(retry_at=datetime.now(UTC) + after)


class _Manager(JobManager):
    """procrastinate's, but a collision is no reason to end, and an outcome is written however late."""

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> QueuedJob | None:
        try:
            return await super().fetch_job(queues, worker_id)
        except exceptions.UniqueViolation:
            # Another worker took a job of the same lock in the same moment; look again at the next poll.
            return None

    async def finish_job(self, job: QueuedJob, status: Status, delete_job: bool) -> None:  # noqa: FBT001
        await _written(job, lambda: super(_Manager, self).finish_job(job, status, delete_job))

    async def retry_job(
        self,
        job: QueuedJob,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        await _written(job, lambda: super(_Manager, self).retry_job(job, retry_at, priority, queue, lock))


async def _written(job: QueuedJob, write: Callable[[], Awaitable[None]]) -> None:
    """Write a job's outcome; left unwritten, it would block its lock for as long as this worker lives."""
    attempt = 0
    while True:
        try:
            return await write()
        except exceptions.ConnectorException as error:
            if isinstance(error.__cause__, psycopg.errors.RaiseException):
                # We were silent for so long that the job was set back, and has been finished by another.
                log.info("job_taken_over", job_id=job.id)
                return None
            attempt += 1
            await asyncio.sleep(RESTART_SECONDS[min(attempt, len(RESTART_SECONDS)) - 1])
