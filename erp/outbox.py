"""The outbox: documents that are to be in an ERP exactly once, and what became of them.

A document is left here in the transaction of whoever wants it posted; `deliver` (a job) carries it over; the
outcome is written together with the job that follows, whose name and reference came with the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import case, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp import circuit
from erp.deliver import JOB, QUEUED_FOR, ask_for_delivery, conclude, deliver, lock_of
from erp.documents import BookedLine, Document, DocumentKind
from erp.outbox_model import UNFINISHED, ErpCircuit, OutboxRow, OutboxState
from erp.port import Capability, Erp, ErpError, Posting
from store.database import Database, clock_of, now
from store.holds import standstill

__all__ = [
    "JOB",
    "OutboxState",
    "Outcome",
    "amend",
    "collect_results",
    "deliver",
    "due",
    "enqueue",
    "hold",
    "lock_of",
    "overdue",
    "record_result",
    "release",
    "status",
    "unfinished",
    "wake",
    "withdraw",
]

log = structlog.get_logger()

MOST_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What is known of one document."""

    id: int
    erp: str
    kind: DocumentKind
    number: str
    party: str
    state: OutboxState
    erp_number: str
    reason: str
    reference: str
    attempts: int
    created_at: datetime
    accepted_at: datetime | None
    posted_at: datetime | None
    simulated: bool
    booked: tuple[BookedLine, ...] | None = None
    """The order's lines as the ERP said it holds them."""


def _outcome(row: OutboxRow) -> Outcome:
    return Outcome(
        id=row.id,
        erp=row.erp,
        kind=DocumentKind(row.kind),
        number=row.number,
        party=row.party,
        state=OutboxState(row.state),
        erp_number=row.erp_number,
        reason=row.reason,
        reference=row.reference,
        attempts=row.attempts,
        created_at=row.created_at,
        accepted_at=row.accepted_at,
        posted_at=row.posted_at,
        simulated=row.simulated,
        booked=None if row.booked is None else tuple(BookedLine.from_json(line) for line in row.booked),
    )


def enqueue(
    session: Session, *, erp: str, document: Document, then: str, reference: str, simulated: bool = False
) -> int:
    """Leave a document; the row's id. The same number twice is the same document, and changes nothing.

    `then` names the job that follows each outcome (accepted, posted, rejected); it is given `reference`.
    """
    pacing = clock_of(session).pacing()
    made = session.execute(
        insert(OutboxRow)
        .values(
            erp=erp,
            kind=document.kind.value,
            number=document.number,
            party=document.party,
            payload=document.as_json(),
            state=OutboxState.WAITING.value,
            attempts=0,
            next_attempt_at=pacing,
            queued_until=pacing + QUEUED_FOR,
            claim="",
            erp_number="",
            reason="",
            then=then,
            reference=reference,
            created_at=now(session),
            simulated=simulated,
        )
        .on_conflict_do_nothing()
        .returning(OutboxRow.id)
    ).scalar_one_or_none()
    if made is None:
        return _row(session, erp=erp, kind=document.kind, number=document.number).id
    ask_for_delivery(session, outbox_id=made, lock=lock_of(erp, document.kind, document.number))
    return made


def _row(session: Session, *, erp: str, kind: DocumentKind, number: str) -> OutboxRow:
    return session.scalars(
        select(OutboxRow)
        .where(OutboxRow.erp == erp, OutboxRow.kind == kind.value, OutboxRow.number == number)
        .execution_options(populate_existing=True)
    ).one()


def status(session: Session, *, erp: str, kind: DocumentKind, number: str) -> Outcome:
    """What is known of a document. Raises NoResultFound for one that was never left here."""
    return _outcome(_row(session, erp=erp, kind=kind, number=number))


def unfinished(session: Session, *, erp: str | None = None) -> list[Outcome]:
    """All documents that have no final outcome yet, held ones included, oldest first."""
    states = (*UNFINISHED, OutboxState.ACCEPTED, OutboxState.HELD)
    statement = select(OutboxRow).where(OutboxRow.state.in_([state.value for state in states]))
    if erp is not None:
        statement = statement.where(OutboxRow.erp == erp)
    return [_outcome(row) for row in session.scalars(statement.order_by(OutboxRow.id))]


# --- held back by people ---


def hold(session: Session, *, erp: str, kind: DocumentKind, number: str) -> bool:
    """Keep a document back; False when the ERP has it, or may have it already."""
    held = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.erp == erp,
            OutboxRow.kind == kind.value,
            OutboxRow.number == number,
            OutboxRow.state.in_([OutboxState.WAITING.value, OutboxState.HELD.value]),
            OutboxRow.sent_at.is_(None),
        )
        .values(state=OutboxState.HELD.value)
    )
    return held.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def release(session: Session, *, erp: str, kind: DocumentKind, number: str) -> bool:
    """Let a held document go on; False when it is not held."""
    pacing = clock_of(session).pacing()
    released = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.erp == erp,
            OutboxRow.kind == kind.value,
            OutboxRow.number == number,
            OutboxRow.state == OutboxState.HELD.value,
        )
        .values(state=OutboxState.WAITING.value, next_attempt_at=pacing, queued_until=pacing + QUEUED_FOR)
        .returning(OutboxRow.id)
    ).scalar_one_or_none()
    if released is None:
        return False
    ask_for_delivery(session, outbox_id=released, lock=lock_of(erp, kind, number))
    return True


def amend(session: Session, *, erp: str, document: Document) -> bool:
    """Let a document that no request was ever made for say this instead; False when the ERP has it, or may have it."""
    amended = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.erp == erp,
            OutboxRow.kind == document.kind.value,
            OutboxRow.number == document.number,
            OutboxRow.state.in_([OutboxState.WAITING.value, OutboxState.HELD.value]),
            OutboxRow.sent_at.is_(None),
        )
        .values(payload=document.as_json())
    )
    return amended.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def withdraw(session: Session, *, erp: str, kind: DocumentKind, number: str, reason: str) -> bool:
    """Give a held or refused document up for good; False when it is neither."""
    withdrawn = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.erp == erp,
            OutboxRow.kind == kind.value,
            OutboxRow.number == number,
            OutboxRow.state.in_([OutboxState.HELD.value, OutboxState.REJECTED.value]),
        )
        .values(state=OutboxState.WITHDRAWN.value, reason=reason)
    )
    return withdrawn.rowcount == 1  # type: ignore[attr-defined, no-any-return]


# --- found by the clock ---


def due(session: Session) -> list[int]:
    """Claim the documents whose time has come and for which no job is on its way; the caller defers jobs.

    Of an ERP that is down it is one document a probe, the least tried first: a poisonous one must not be the
    probe for ever.
    """
    stands = standstill(session)
    if stands.everything:
        return []
    pacing = clock_of(session).pacing()
    ripe = OutboxRow.party.not_in(stands.customers) & or_(
        OutboxRow.state.in_([OutboxState.WAITING.value, OutboxState.UNKNOWN.value])
        & (OutboxRow.next_attempt_at <= pacing),
        (OutboxRow.state == OutboxState.SENDING.value) & (OutboxRow.claimed_until <= pacing),
    )
    free = or_(OutboxRow.queued_until.is_(None), OutboxRow.queued_until <= pacing)
    away = select(ErpCircuit.erp).where(ErpCircuit.since.is_not(None))
    found = list(
        session.scalars(
            select(OutboxRow.id)
            .where(ripe, free, OutboxRow.erp.not_in(away))
            .order_by(OutboxRow.id)
            .limit(MOST_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    )
    for erp in session.scalars(away.where(ErpCircuit.next_probe_at <= pacing)):
        probe = session.scalar(
            select(OutboxRow.id)
            .where(ripe, OutboxRow.erp == erp)
            .order_by(case((free, 0), else_=1), OutboxRow.attempts, OutboxRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        found += [probe] if probe is not None else []
    if found:
        session.execute(update(OutboxRow).where(OutboxRow.id.in_(found)).values(queued_until=pacing + QUEUED_FOR))
    return found


def wake(session: Session) -> int:
    """Defer the job of each document that is due; how many. A second clock finds nothing left to do."""
    found = due(session)
    for row in session.scalars(select(OutboxRow).where(OutboxRow.id.in_(found)).order_by(OutboxRow.id)):
        lock = lock_of(row.erp, DocumentKind(row.kind), row.number)
        ask_for_delivery(session, outbox_id=row.id, lock=lock)
    return len(found)


def overdue(session: Session, max_age: timedelta) -> list[Outcome]:
    """Documents accepted longer than `max_age` ago and not answered since; each is given out once."""
    rows = session.scalars(
        update(OutboxRow)
        .where(
            OutboxRow.state == OutboxState.ACCEPTED.value,
            OutboxRow.accepted_at <= now(session) - max_age,
            OutboxRow.overdue_told_at.is_(None),
        )
        .values(overdue_told_at=now(session))
        .returning(OutboxRow)
        .execution_options(populate_existing=True)
    )
    return sorted((_outcome(row) for row in rows), key=lambda outcome: outcome.id)


# --- answers that come later ---


def record_result(session: Session, *, erp: str, posting: Posting) -> bool:
    """Take over what an ERP said later of one of its documents; False when that is no news."""
    row = session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.erp == erp,
            OutboxRow.number == posting.number,
            OutboxRow.state.in_([OutboxState.ACCEPTED.value, OutboxState.UNKNOWN.value]),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or row.state == posting.state.value:
        return False
    conclude(session, row, posting)
    return True


def collect_results(database: Database, erps: Mapping[str, Erp]) -> int:
    """Ask every ERP that answers later for its answers; how many were news."""
    news = 0
    for name, erp in erps.items():
        if Capability.ANSWERS_LATER not in erp.capabilities:
            continue
        with database.transaction() as session:
            numbers = _accepted(session, name)
        for posting in _results(erp, numbers):
            with database.transaction() as session:
                news += record_result(session, erp=name, posting=posting)
    return news


def _accepted(session: Session, erp: str) -> list[str]:
    accepted = (OutboxRow.erp == erp, OutboxRow.state == OutboxState.ACCEPTED.value)
    return list(session.scalars(select(OutboxRow.number).where(*accepted).order_by(OutboxRow.id)))


def _results(erp: Erp, numbers: Sequence[str]) -> Iterable[Posting]:
    if not numbers:
        return
    try:
        yield from erp.results(numbers)
    except ErpError as error:
        log.warning("results_not_read", erp=erp.name, error=type(error).__name__)


def down_since(session: Session, erp: str) -> datetime | None:
    """Since when the ERP has not answered; None while it does."""
    return circuit.down_since(session, erp)
