"""Compares the outbox with what an ERP holds: after a restore it may be ahead of us, by hours of orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from erp import mirror
from erp.deliver import conclude
from erp.documents import DocumentKind
from erp.outbox_model import UNFINISHED, OutboxRow, OutboxState
from erp.port import Erp, ErpError, Posting
from store.database import Database, clock_of

OPEN = (*UNFINISHED, OutboxState.ACCEPTED)


class CannotCompare(Exception):  # noqa: N818
    """The other side gave no answer: nothing was decided."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that two records disagree on. `name` is what a person calls it by: `KIND:WHICH`."""

    name: str
    text: str

    @property
    def kind(self) -> str:
        """The first half of the name."""
        return self.name.partition(":")[0]


def look_everything_up(session: Session) -> int:
    """Of no restored document on its way is it known whether it went since: each is looked up before it is posted."""
    pacing = clock_of(session).pacing()
    moved = session.execute(
        update(OutboxRow)
        .where(OutboxRow.state.in_([state.value for state in UNFINISHED]))
        .values(
            state=OutboxState.UNKNOWN.value,
            sent_at=pacing,
            first_sent_at=func.coalesce(OutboxRow.first_sent_at, pacing),
            next_attempt_at=pacing,
            claim="",
            claimed_until=None,
            queued_until=None,
        )
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]


def take_over_outcomes(database: Database, erps: Mapping[str, Erp]) -> list[str]:
    """Write down what ERPs have made of documents we have as open; their numbers. Raises CannotCompare."""
    with database.transaction() as session:
        rows = list(session.scalars(select(OutboxRow).where(OutboxRow.state.in_([s.value for s in OPEN]))))
    taken = []
    for row in rows:
        posting = found(erps, row.erp, DocumentKind(row.kind), row.number, party=row.party)
        if posting is not None and posting.state.value != row.state:
            with database.transaction() as session:
                if _conclude(session, row.id, posting):
                    taken.append(row.number)
    return taken


def _conclude(session: Session, outbox_id: int, posting: Posting) -> bool:
    row = session.get_one(OutboxRow, outbox_id, with_for_update=True, populate_existing=True)
    if row.state not in OPEN or row.state == posting.state.value:
        return False
    conclude(session, row, posting)
    return True


def gone(database: Database, erps: Mapping[str, Erp], *, since: datetime) -> Iterator[Difference]:
    """Documents booked since then, as far as we know, that their ERP knows nothing of. Raises CannotCompare."""
    with database.transaction() as session:
        rows = session.scalars(
            select(OutboxRow)
            .where(OutboxRow.state == OutboxState.POSTED.value, OutboxRow.posted_at >= since)
            .order_by(OutboxRow.id)
        ).all()
        listed = mirror.our_orders_listed(session, [row.number for row in rows])
    for row in rows:
        if row.number in listed:
            continue
        if found(erps, row.erp, DocumentKind(row.kind), row.number, party=row.party) is None:
            text = f"{row.number} of {row.party} is booked as {row.erp_number or '–'} here, and not in the ERP"
            yield Difference(name=f"gone:{row.number}", text=text)


def found(erps: Mapping[str, Erp], name: str, kind: DocumentKind, number: str, *, party: str = "") -> Posting | None:
    """What an ERP says of a document; `party` is empty when it is not known. Raises CannotCompare."""
    erp = erps.get(name)
    if erp is None:
        raise CannotCompare(f"no ERP named {name} is configured")
    try:
        return erp.find(kind, number, party=party)
    except ErpError as error:
        raise CannotCompare(f"the ERP {name} gave no answer: {error}") from error
