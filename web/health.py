"""Whether Munshi lives, whether it is ready, and its figures: `/healthz`, `/readyz`, `/metrics`."""

import hmac
from collections.abc import Callable, Iterable, Iterator

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.dialogues.second_opinion import STEP
from bot.model import Inbound, Outbound
from bot.settings import is_loopback
from erp.mirror_model import MirrorState
from erp.outbox_model import OutboxRow
from erp.records import RecordKind
from orders.model import TrailEntry
from routing.model import Matter
from store.heartbeat import alive, counted
from store.migrate import is_current
from store.parked import ParkedJob
from store.queue import depths

FORMAT = "text/plain; version=0.0.4; charset=utf-8"
NEEDED_TO_ORDER = (
    RecordKind.ITEMS,
    RecordKind.UOMS,
    RecordKind.PRICES,
    RecordKind.CUSTOMERS,
    RecordKind.PEOPLE,
)
OLDEST = text(
    "SELECT job.queue_name, extract(epoch FROM now() - min(event.at))::float FROM procrastinate_jobs AS job"
    " JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'"
    " WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now()) GROUP BY 1"
)


def blueprint(munshi: Munshi) -> Blueprint:
    """The three addresses."""
    health = Blueprint("health", __name__)
    registry = CollectorRegistry()
    registry.register(_Figures(munshi))

    @health.get("/healthz")
    def healthz() -> ResponseReturnValue:
        """Say that this process answers."""
        return Response("ok\n", mimetype="text/plain")

    @health.get("/readyz")
    def readyz() -> ResponseReturnValue:
        """Say whether everything an order needs is there, else what is missing."""
        missing = not_ready(munshi)
        return jsonify(ready=not missing, missing=missing), 503 if missing else 200

    @health.get("/metrics")
    def metrics() -> ResponseReturnValue:
        """Every figure, for this machine or with the token."""
        if not _may_see_figures(munshi.settings.metrics_token.get_secret_value()):
            abort(403)
        return Response(generate_latest(registry), content_type=FORMAT)

    return health


def not_ready(munshi: Munshi) -> list[str]:
    """What is missing, in words; empty when ready."""
    try:
        if not is_current(munshi.database.engine):
            return ["migrations: run `flask --app wsgi migrate`"]
        with munshi.database.transaction() as session:
            return [missing for check in CHECKS if (missing := check(session))]
    except SQLAlchemyError as error:
        return [f"database: {type(error).__name__}"]


def _no_worker(session: Session) -> str:
    return "" if alive(session, "worker") else "worker: none has been heard of for 15 s"


def _no_clock(session: Session) -> str:
    return "" if alive(session, "clock") else "clock: none has been heard of for 15 s"


def _no_pull(session: Session) -> str:
    """Listings come one by one: who writes before people and prices are there is a stranger without a price."""
    pulled = set(session.scalars(select(MirrorState.kind).where(MirrorState.pulled_at.is_not(None))))
    missing = [kind.value for kind in NEEDED_TO_ORDER if kind.value not in pulled]
    return f"master data: not pulled yet: {', '.join(missing)}" if missing else ""


CHECKS: tuple[Callable[[Session], str], ...] = (_no_worker, _no_clock, _no_pull)


def _may_see_figures(token: str) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # A proxy on this machine calls from loopback for anybody.
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    return is_loopback(request.remote_addr or "") and not forwarded


class _Figures:
    """Read from the database at each scrape, so that they are those of all processes and outlive them."""

    def __init__(self, munshi: Munshi) -> None:
        self._munshi = munshi

    def collect(self) -> Iterable[Metric]:
        """Every figure; only that the database is away when it is."""
        up = GaugeMetricFamily("munshi_database_up", "Whether the database answers")
        try:
            with self._munshi.database.transaction() as session:
                yield from [*_queue_figures(session), *_process_figures(session), *_business_figures(session)]
                if self._munshi.second_reader is not None:
                    yield _second_reader_figure(session)
            up.add_metric([], 1)
        except SQLAlchemyError:
            up.add_metric([], 0)
        yield up


def _queue_figures(session: Session) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("munshi_jobs", "Jobs in the queue", labels=("queue", "status"))
    for labels, count in depths(session).items():
        jobs.add_metric(labels, count)
    yield jobs
    oldest = GaugeMetricFamily("munshi_jobs_oldest_seconds", "Age of the oldest due job", labels=("queue",))
    for queue, seconds in session.execute(OLDEST):
        oldest.add_metric((queue,), seconds)
    yield oldest
    open_ones = select(func.count()).where(ParkedJob.closed_at.is_(None))
    yield GaugeMetricFamily("munshi_jobs_parked", "Jobs given up, for a person", session.scalar(open_ones))


def _process_figures(session: Session) -> Iterator[Metric]:
    processes = GaugeMetricFamily("munshi_processes_alive", "Heard of within 15 s", labels=("kind",))
    for kind in ("worker", "clock"):
        processes.add_metric((kind,), alive(session, kind))
    yield processes
    counts = counted(session, "worker")
    for name, about in (
        ("restarts", "Queue workers started again inside worker processes, last day"),
        ("jobs", "Jobs finished, last day"),
        ("retries", "Jobs to be run again, last day"),
    ):
        yield CounterMetricFamily(f"munshi_worker_{name}", about, counts.get(name, 0))


def _business_figures(session: Session) -> Iterator[Metric]:
    for name, about, column in (
        ("munshi_inbound_messages", "Messages taken in, by state", Inbound.state),
        ("munshi_outbound_messages", "Messages to people, by state", Outbound.state),
        ("munshi_erp_documents", "Documents for the ERP, by state", OutboxRow.state),
    ):
        family = GaugeMetricFamily(name, about, labels=("state",))
        for state, count in session.execute(select(column, func.count()).group_by(column)):
            family.add_metric((str(state),), count)
        yield family
    waiting = select(func.count()).where(Matter.closed_at.is_(None))
    yield GaugeMetricFamily("munshi_matters_open", "Matters that need a person", session.scalar(waiting))


def _second_reader_figure(session: Session) -> Metric:
    outcome = TrailEntry.facts["outcome"].astext
    asked = GaugeMetricFamily(
        "munshi_second_reader_messages", "Messages the second reader was asked about, by outcome", labels=("outcome",)
    )
    for name, count in session.execute(select(outcome, func.count()).where(TrailEntry.what == STEP).group_by(outcome)):
        asked.add_metric((name,), count)
    return asked
