"""Use cases on matters: open, take, hand back, close. Opening is idempotent per kind and reference."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from people.model import Function
from routing.model import Matter, MatterKind
from store.database import now


def open_matter(
    session: Session,
    *,
    kind: MatterKind,
    reference: str,
    function: Function,
    party_code: str | None = None,
    account_id: int | None = None,
    inbound_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Matter:
    """Put something before a person; what is open already under this kind and reference is returned as it stands."""
    return open_once(
        session,
        kind=kind,
        reference=reference,
        function=function,
        party_code=party_code,
        account_id=account_id,
        inbound_id=inbound_id,
        facts=facts,
    )[0]


def open_once(
    session: Session,
    *,
    kind: MatterKind,
    reference: str,
    function: Function,
    party_code: str | None = None,
    account_id: int | None = None,
    inbound_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> tuple[Matter, bool]:
    """The same, and whether it is new: then people are to be told."""
    made = session.execute(
        insert(Matter)
        .values(
            kind=kind.value,
            reference=reference,
            function=function.value,
            party_code=party_code,
            account_id=account_id,
            inbound_id=inbound_id,
            facts=dict(facts or {}),
            opened_at=now(session),
        )
        .on_conflict_do_nothing()
        .returning(Matter.id)
    ).scalar_one_or_none()
    matter = session.scalars(
        select(Matter).where(Matter.kind == kind.value, Matter.reference == reference, Matter.closed_at.is_(None))
    ).one()
    return matter, made is not None


def take(session: Session, matter_id: int, *, owner: str) -> bool:
    """Make somebody the owner; False when somebody else has it or it is closed."""
    taken = session.execute(
        update(Matter)
        .where(
            Matter.id == matter_id,
            Matter.closed_at.is_(None),
            (Matter.owner.is_(None)) | (Matter.owner == owner),
        )
        .values(owner=owner, taken_at=now(session))
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def hand_back(session: Session, matter_id: int, *, owner: str) -> bool:
    """Give it up again; False when it is not theirs or closed."""
    given = session.execute(
        update(Matter)
        .where(Matter.id == matter_id, Matter.closed_at.is_(None), Matter.owner == owner)
        .values(owner=None, taken_at=None)
    )
    return bool(given.rowcount)  # type: ignore[attr-defined]


def close(session: Session, matter_id: int, *, by: str, reason: str) -> bool:
    """End it with a reason; False when it was closed before."""
    closed = session.execute(
        update(Matter)
        .where(Matter.id == matter_id, Matter.closed_at.is_(None))
        .values(closed_at=now(session), closed_by=by, close_reason=reason)
    )
    return bool(closed.rowcount)  # type: ignore[attr-defined]


def close_about(session: Session, reference: str, *, kinds: Sequence[MatterKind] = (), by: str, reason: str) -> int:
    """End whatever is open about something, because it settled itself; returns how many."""
    condition = [Matter.reference == reference, Matter.closed_at.is_(None)]
    if kinds:
        condition.append(Matter.kind.in_([kind.value for kind in kinds]))
    closed = session.execute(
        update(Matter).where(*condition).values(closed_at=now(session), closed_by=by, close_reason=reason)
    )
    return int(closed.rowcount)  # type: ignore[attr-defined]
