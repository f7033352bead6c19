"""Whether an ERP answers: while it does not, nothing is sent to it but one probe at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp.outbox_model import ErpCircuit

log = structlog.get_logger()

FAILURES_TO_OPEN = 5
"""So many calls in a row without an answer count as being down; a refused connection does at once."""
PROBE_AFTER = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 20, 30))


def admits(session: Session, erp: str, *, at: datetime, patience: timedelta) -> bool:
    """Whether a document may be sent now. While the circuit is open this is true for one caller a probe."""
    circuit = session.get(ErpCircuit, erp, populate_existing=True)
    if circuit is None or circuit.since is None:
        return True
    won = session.execute(
        update(ErpCircuit)
        .where(ErpCircuit.erp == erp, ErpCircuit.since.is_not(None), ErpCircuit.next_probe_at <= at)
        # Should the prober die, the next one may try once its call is surely over.
        .values(next_probe_at=at + 2 * patience, probes=ErpCircuit.probes + 1)
    )
    return won.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def answered(session: Session, erp: str) -> None:
    """The ERP gave an answer, whatever it was: documents may flow."""
    closed = session.execute(
        update(ErpCircuit)
        .where(ErpCircuit.erp == erp, or_(ErpCircuit.since.is_not(None), ErpCircuit.failures > 0))
        .values(since=None, next_probe_at=None, failures=0, probes=0, reason="")
        .returning(ErpCircuit.erp)
    ).all()
    if closed:
        log.info("erp_answers", erp=erp)


def silent(
    session: Session, erp: str, *, at: datetime, reason: str, down: bool, retry_after: timedelta | None = None
) -> None:
    """The ERP gave none. One that is `down`, or silent too often in a row, is left alone but for probes."""
    session.execute(insert(ErpCircuit).values(erp=erp, failures=0, probes=0, reason="").on_conflict_do_nothing())
    circuit = session.scalars(
        select(ErpCircuit).where(ErpCircuit.erp == erp).with_for_update().execution_options(populate_existing=True)
    ).one()
    circuit.failures += 1
    circuit.reason = reason
    if circuit.since is None and not down and circuit.failures < FAILURES_TO_OPEN:
        return
    if circuit.since is None:
        circuit.since = at
        log.warning("erp_down", erp=erp, reason=reason)
    circuit.next_probe_at = at + (retry_after or PROBE_AFTER[min(circuit.probes, len(PROBE_AFTER) - 1)])


def down_since(session: Session, erp: str) -> datetime | None:
    """Since when the ERP has not answered; None while it does."""
    return session.scalar(select(ErpCircuit.since).where(ErpCircuit.erp == erp))
