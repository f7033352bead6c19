"""Carries one document into its ERP, exactly once whatever happens to the connection or to us.

Claim, commit, call, commit: no transaction and no row lock is held during a call. Whoever may have sent a
request before looks the document up, and concludes that it is absent once the ERP cannot act on it any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from erp import circuit
from erp.documents import Document, DocumentKind, document_from_json
from erp.outbox_model import OutboxRow, OutboxState
from erp.port import (
    Capability,
    Erp,
    ErpDown,
    ErpError,
    NotAuthorised,
    OutcomeUnknown,
    Posting,
    PostingState,
    Refused,
)
from store.database import Database, clock_of, now
from store.holds import standstill
from store.queue import Queue, defer

log = structlog.get_logger()

JOB = "erp.post"
"""The job that calls `deliver` with an `outbox_id`."""
RETRY_AFTER = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 30, 60, 120, 300))
LOCKED_OUT_PROBE = timedelta(seconds=30)
QUEUED_FOR = timedelta(seconds=30)
"""So long a job made for a row is trusted to come; then the tick makes another."""
LONGEST_REASON = 500
SKEW = timedelta(seconds=0.5)
"""Clocks of several machines differ; a job that comes a little early is not sent away."""
LINGERED = timedelta(seconds=1)


def lock_of(erp: str, kind: DocumentKind, number: str) -> str:
    """What the jobs of one document are kept in order by."""
    return f"erp:{erp}:{kind.value}:{number}"


def ask_for_delivery(session: Session, *, outbox_id: int, lock: str, after: timedelta | None = None) -> None:
    """Defer the job that calls `deliver`."""
    defer(session, JOB, queue=Queue.ERP, lock=lock, after=after, outbox_id=outbox_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Claim:
    """A document in our hands."""

    id: int
    token: str
    document: Document
    party: str
    sent_before: datetime | None
    """When a request that may have had an effect was begun earlier; None: never."""
    claimed_at: datetime
    attempts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _NotYet:
    """Nothing final: when to look again, and whether the last request may have had an effect."""

    reason: str
    sent_at: datetime | None
    again_at: datetime
    down: bool = False
    silent: bool = False
    retry_after: timedelta | None = None


def deliver(database: Database, erps: Mapping[str, Erp], outbox_id: int) -> None:
    """One attempt. Returns without a word when it is done, in other hands, not due, or its ERP is down."""
    with database.transaction() as session:
        claimed = _claim(session, erps, outbox_id)
    if claimed is None:
        return
    erp, claim = claimed
    met = _attempt(database, erp, claim)
    if met is None:
        return
    with database.transaction() as session:
        _record(session, claim, met)


# --- claiming ---


def _claim(session: Session, erps: Mapping[str, Erp], outbox_id: int) -> tuple[Erp, _Claim] | None:
    row = session.get(OutboxRow, outbox_id, with_for_update=True, populate_existing=True)
    pacing = clock_of(session).pacing()
    if row is None or not _is_ripe(row, pacing):
        return None
    erp = erps.get(row.erp)
    if erp is None:
        _postpone(row, f"no ERP named {row.erp} is configured", at=pacing + RETRY_AFTER[-1])
        return None
    if row.simulated and Capability.TAKES_SIMULATED not in erp.capabilities:
        posting = Posting(
            number=row.number, state=PostingState.REJECTED, reason="a simulated order never leaves the demo"
        )
        conclude(session, row, posting)
        return None
    if standstill(session).stops((row.party,)) or not circuit.admits(
        session, row.erp, at=pacing, patience=erp.patience
    ):
        # The tick is to find it as soon as it may go, or the ERP answers again.
        row.queued_until = None
        return None
    return erp, _take(row, erp, pacing=pacing)


def _is_ripe(row: OutboxRow, pacing: datetime) -> bool:
    if row.state == OutboxState.SENDING:
        return row.claimed_until is not None and row.claimed_until <= pacing
    return row.state in (OutboxState.WAITING, OutboxState.UNKNOWN) and row.next_attempt_at <= pacing + SKEW


def _postpone(row: OutboxRow, reason: str, *, at: datetime) -> None:
    row.reason = reason
    row.next_attempt_at = at


def _take(row: OutboxRow, erp: Erp, *, pacing: datetime) -> _Claim:
    """Put the document into our hands. The row is locked: of workers that try at once, one gets here."""
    claim = _Claim(
        id=row.id,
        token=uuid4().hex,
        document=document_from_json(DocumentKind(row.kind), row.payload, party=row.party),
        party=row.party,
        sent_before=row.sent_at,
        claimed_at=pacing,
        attempts=row.attempts + 1,
    )
    row.state = OutboxState.SENDING.value
    row.claim = claim.token
    row.claimed_until = pacing + _lease(erp)
    # Its job is this one: should it die, the tick is to make another as soon as the claim has run out.
    row.queued_until = None
    row.attempts = claim.attempts
    # From here on we might be killed at any moment, with the request on its way.
    row.sent_at = row.sent_at or pacing
    row.first_sent_at = row.first_sent_at or pacing
    return claim


def _lease(erp: Erp) -> timedelta:
    """A look-up and a request, and some air."""
    return 2 * erp.patience + timedelta(seconds=5)


def _still_ours(database: Database, erp: Erp, claim: _Claim) -> datetime | None:
    """Note that a further request is about to be made; None when the document is no longer in our hands."""
    pacing = database.clock.pacing()
    with database.transaction() as session:
        renewed = session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == claim.id, OutboxRow.claim == claim.token)
            .values(sent_at=pacing, claimed_until=pacing + _lease(erp))
        )
    return pacing if renewed.rowcount == 1 else None  # type: ignore[attr-defined]


# --- the call ---


def _attempt(database: Database, erp: Erp, claim: _Claim) -> Posting | _NotYet | None:
    """What the ERP says; None when somebody else has taken the document over meanwhile."""
    began = claim.claimed_at
    if claim.sent_before is not None:
        met = _look_up(erp, claim, began=began)
        if met is not None:
            return met
    # A process that was stopped for a while may find that its document was given to another one.
    if claim.sent_before is not None or database.clock.pacing() - began >= LINGERED:
        renewed = _still_ours(database, erp, claim)
        if renewed is None:
            return None
        began = renewed
    return _post(erp, claim, began=began)


def _look_up(erp: Erp, claim: _Claim, *, began: datetime) -> Posting | _NotYet | None:
    """The document, or when to look again; None once its absence is proven."""
    assert claim.sent_before is not None
    document = claim.document
    try:
        found = erp.find(document.kind, document.number, party=claim.party)
    except (ErpDown, NotAuthorised) as error:
        return _down(error, began=began, sent_at=claim.sent_before)
    except Exception as error:  # the edge to code that talks to the outside: whatever it is, nothing is known
        _log_surprise(error, erp, claim)
        again_at = began + _pause(claim)
        return _NotYet(reason=_words(error), sent_at=claim.sent_before, again_at=again_at, silent=True)
    if found is not None:
        return found
    settled_at = claim.sent_before + erp.settles_in
    if began >= settled_at:
        return None
    return _NotYet(
        reason="not found in the ERP yet; it may still come",
        sent_at=claim.sent_before,
        again_at=min(settled_at, began + _pause(claim)),
    )


def _post(erp: Erp, claim: _Claim, *, began: datetime) -> Posting | _NotYet:
    try:
        return erp.post(claim.document)
    except Refused as error:
        return Posting(number=claim.document.number, state=PostingState.REJECTED, reason=error.reason)
    except (ErpDown, NotAuthorised) as error:
        return _down(error, began=began, sent_at=claim.sent_before)
    except Exception as error:  # as above; and it may have had its effect
        _log_surprise(error, erp, claim)
        return _NotYet(reason=_words(error), sent_at=began, again_at=began + _pause(claim), silent=True)


def _down(error: ErpDown | NotAuthorised, *, began: datetime, sent_at: datetime | None) -> _NotYet:
    """Nothing was done. The document is due at once: it is the circuit that decides when it may go."""
    retry_after = error.retry_after if isinstance(error, ErpDown) else LOCKED_OUT_PROBE
    return _NotYet(reason=_words(error), sent_at=sent_at, again_at=began, down=True, retry_after=retry_after)


def _pause(claim: _Claim) -> timedelta:
    return RETRY_AFTER[min(claim.attempts - 1, len(RETRY_AFTER) - 1)]


def _words(error: Exception) -> str:
    said = str(error) if isinstance(error, ErpError) else f"{type(error).__name__}: {error}"
    return said[:LONGEST_REASON]


def _log_surprise(error: Exception, erp: Erp, claim: _Claim) -> None:
    if not isinstance(error, OutcomeUnknown):
        log.error("erp_call_failed", erp=erp.name, outbox_id=claim.id, exc_info=error)


# --- the outcome ---


def _record(session: Session, claim: _Claim, met: Posting | _NotYet) -> None:
    row = session.get(OutboxRow, claim.id, with_for_update=True, populate_existing=True)
    if row is None or row.claim != claim.token:
        # Our time was up and somebody else has it: they look it up, and find what we did.
        return
    if isinstance(met, Posting):
        circuit.answered(session, row.erp)
        conclude(session, row, met)
        return
    pacing = clock_of(session).pacing()
    row.state = (OutboxState.WAITING if met.sent_at is None else OutboxState.UNKNOWN).value
    row.sent_at = met.sent_at
    row.claim, row.claimed_until = "", None
    row.reason = met.reason
    row.next_attempt_at = met.again_at
    log.info("document_not_yet", erp=row.erp, kind=row.kind, number=row.number, state=row.state, reason=row.reason)
    if met.down or met.silent:
        circuit.silent(session, row.erp, at=pacing, reason=met.reason, down=met.down, retry_after=met.retry_after)
    else:
        circuit.answered(session, row.erp)
    row.queued_until = None
    if not met.down:
        row.queued_until = met.again_at + QUEUED_FOR
        lock = lock_of(row.erp, DocumentKind(row.kind), row.number)
        ask_for_delivery(session, outbox_id=row.id, lock=lock, after=max(met.again_at - pacing, timedelta()))


def conclude(session: Session, row: OutboxRow, posting: Posting) -> None:
    """Write an outcome and defer the job that follows it, in one transaction. The row is locked."""
    row.state = posting.state.value
    row.erp_number = posting.erp_number or row.erp_number
    row.reason = posting.reason[:LONGEST_REASON]
    row.booked = None if posting.booked is None else [line.as_json() for line in posting.booked]
    row.claim, row.claimed_until, row.queued_until = "", None, None
    if posting.state is PostingState.ACCEPTED:
        row.accepted_at = now(session)
    if posting.state is PostingState.POSTED:
        row.posted_at = posting.at or now(session)
    log.info(f"document_{row.state}", erp=row.erp, kind=row.kind, number=row.number, erp_number=row.erp_number)
    defer(session, row.then, queue=Queue.TALK, lock=f"outbox:{row.reference}", reference=row.reference)
