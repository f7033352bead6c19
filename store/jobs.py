"""Which function a job's name means, how often it is tried, and what follows when it is given up."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from store.database import Database
from store.parked import ParkedJob

log = structlog.get_logger()

Ids = Mapping[str, int | str]
JobFunction = TypeVar("JobFunction", bound=Callable[..., None])

BACKOFF = tuple(timedelta(seconds=s) for s in (0.2, 1, 5, 30, 120, 600))
# A job that takes its worker down with it must not do so for ever.
MOST_SET_BACKS = 5
ERROR_LENGTH = 500


class Queue(StrEnum):
    """Each has its own worker and threads, so that one hanging ERP delays no chat."""

    TALK = "talk"
    SEND = "send"
    ERP = "erp"
    READ = "read"
    """What people send as files, photos and voice notes: it takes seconds, and nobody's chat waits behind it."""


class Park(Exception):  # noqa: N818  (a decision, not a fault)
    """The job can never succeed as it stands; a person must look."""


class Again(Exception):  # noqa: N818
    """The job is to be run again after a pause: no failure, however often. It keeps its place in its lock's order."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"again in {after.total_seconds()} s")
        self.after = after


class HasDatabase(Protocol):
    """What a job is handed first: the composed application; the queue itself needs only its database."""

    @property
    def database(self) -> Database:
        """Where the jobs stand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A registered job: its function, where it runs and how patiently."""

    name: str
    queue: Queue
    run: Callable[..., None]
    attempts: int
    gives_up: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One job as it stands in the queue: `failures` runs ended with an error, `set_backs` with their worker."""

    id: int
    name: str
    queue: str
    lock: str
    ids: Ids
    failures: int
    set_backs: int

    @classmethod
    def of(cls, *, id: int, queue: str, lock: str | None, args: Mapping[str, Any]) -> "Call":
        """The call a row of the queue stands for."""
        return cls(
            id=id,
            name=args["name"],
            queue=queue,
            lock=lock or "",
            ids=args["ids"],
            failures=args.get("failures", 0),
            set_backs=args.get("set_backs", 0),
        )


@dataclass(frozen=True, slots=True)
class JobRegistry:
    """Every job by its name: one name, one function."""

    _jobs: dict[str, Job] = field(default_factory=dict)
    _last_words: dict[str, Callable[..., None]] = field(default_factory=dict)

    def job(
        self, name: str, *, queue: Queue, attempts: int = 5, gives_up: str | None = None
    ) -> Callable[[JobFunction], JobFunction]:
        """Register `fn(app, **ids)`; after `attempts` failures, or `Park`, `gives_up` is called instead."""

        def register(function: JobFunction) -> JobFunction:
            if name in self._jobs:
                raise ValueError(f"two functions for the job {name}")
            self._jobs[name] = Job(name=name, queue=queue, run=function, attempts=attempts, gives_up=gives_up)
            return function

        return register

    def last_word(self, name: str) -> Callable[[JobFunction], JobFunction]:
        """Register `fn(app, error_text, **ids)`, named by the `gives_up` of jobs; it too may run twice."""

        def register(function: JobFunction) -> JobFunction:
            if name in self._last_words:
                raise ValueError(f"two functions for the last word {name}")
            self._last_words[name] = function
            return function

        return register

    def find(self, name: str) -> Job | None:
        """The job of this name, if this release has one."""
        return self._jobs.get(name)

    def last_word_of(self, job: Job) -> Callable[..., None] | None:
        """What is called when `job` is given up."""
        return self._last_words[job.gives_up] if job.gives_up else None

    def names(self) -> list[str]:
        """Every registered name, in order."""
        return sorted(self._jobs)

    def check(self) -> None:
        """Raise when a job names a last word that no one registered."""
        missing = [job.name for job in self._jobs.values() if job.gives_up and job.gives_up not in self._last_words]
        if missing:
            raise ValueError(f"no last word registered for {', '.join(missing)}")


COUNT = text("UPDATE procrastinate_jobs SET args = args || CAST(:failures AS jsonb) WHERE id = :id")


def perform(registry: JobRegistry, app: HasDatabase, call: Call) -> timedelta | None:
    """Run one job. None when it is finished, done or parked; else how long to wait before it is run again."""
    job = registry.find(call.name)
    if job is None:
        return _unknown(app, call)
    if call.set_backs >= MOST_SET_BACKS:
        _park(registry, app, job, call, f"its worker ended {call.set_backs} times while running it")
        return None
    try:
        job.run(app, **call.ids)
    except Again as again:
        return again.after
    except Exception as error:  # the edge of the job: logged once, with its id
        return _failed(registry, app, job, call, error)
    return None


def _failed(registry: JobRegistry, app: HasDatabase, job: Job, call: Call, error: Exception) -> timedelta | None:
    last = isinstance(error, Park) or call.failures + 1 >= job.attempts
    log.warning(
        "job_parked" if last else "job_failed",
        job=call.name,
        job_id=call.id,
        attempt=call.failures + 1,
        error=type(error).__name__,
        exc_info=not isinstance(error, Park),
    )
    if not last:
        _count(app, call)
        return backoff(call.failures)
    _park(registry, app, job, call, f"{type(error).__name__}: {error}"[:ERROR_LENGTH])
    return None


def _unknown(app: HasDatabase, call: Call) -> timedelta | None:
    """While a release rolls out, a job of the new one may reach an old worker: it waits for a newer one."""
    log.error("job_unknown", job=call.name, job_id=call.id, attempt=call.failures + 1)
    if call.failures + 1 < len(BACKOFF):
        _count(app, call)
        return backoff(call.failures)
    _keep(app, call, "this release has no job of this name")
    return None


def _count(app: HasDatabase, call: Call) -> None:
    """Not by procrastinate's count of attempts: that grows with each pause a job asks for, which is no failure."""
    failures = json.dumps({"failures": call.failures + 1})
    with app.database.transaction() as session:
        session.execute(COUNT, {"failures": failures, "id": call.id})


def _park(registry: JobRegistry, app: HasDatabase, job: Job, call: Call, error: str) -> None:
    last_word = registry.last_word_of(job)
    if last_word:
        try:
            last_word(app, error, **call.ids)
        except Exception as fault:  # the parked row must be written whatever its owner's last word does
            log.error("last_word_failed", job=call.name, job_id=call.id, exc_info=True)
            error = f"{error}; then {type(fault).__name__}: {fault}"[: 2 * ERROR_LENGTH]
    _keep(app, call, error)


def _keep(app: HasDatabase, call: Call, error: str) -> None:
    with app.database.transaction() as session:
        row = {
            "job_id": call.id,
            "name": call.name,
            "queue": call.queue,
            "lock": call.lock,
            "ids": dict(call.ids),
            "error": error,
            "parked_at": app.database.clock.now(),
        }
        session.execute(insert(ParkedJob).values(row).on_conflict_do_nothing(index_elements=["job_id"]))


def backoff(failures: int) -> timedelta:
    """How long to wait after one more than so many failures."""
    return BACKOFF[min(failures, len(BACKOFF) - 1)]
