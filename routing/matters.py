"""Use cases on matters: open, take, hand back, close. Opening is idempotent per kind and reference.

Every change gives the matter a new version; whoever acts on what he looked at compares it first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from people.model import Function
from routing.model import MATTER_VERSION, Matter, MatterKind
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
    owner: str | None = None,
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
        owner=owner,
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
    owner: str | None = None,
) -> tuple[Matter, bool]:
    """The same, and whether it is new: then people are to be told. `owner` is whose it is from the first moment."""
    moment = now(session)
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
            opened_at=moment,
            owner=owner,
            taken_at=moment if owner else None,
        )
        .on_conflict_do_nothing()
        .returning(Matter.id)
    ).scalar_one_or_none()
    matter = session.scalars(
        select(Matter).where(Matter.kind == kind.value, Matter.reference == reference, Matter.closed_at.is_(None))
    ).one()
    return matter, made is not None


def locked(session: Session, matter_id: int) -> Matter | None:
    """A matter, locked."""
    return session.get(Matter, matter_id, with_for_update=True, populate_existing=True)


def take(session: Session, matter_id: int, *, owner: str, version: int | None = None) -> bool:
    """Make somebody the owner; False when somebody else has it, it is closed, or no longer at `version`."""
    which = [Matter.id == matter_id, (Matter.owner.is_(None)) | (Matter.owner == owner)]
    if version is not None:
        which.append(Matter.version == version)
    return bool(_change(session, *which, owner=owner, taken_at=now(session)))


def hand_back(session: Session, matter_id: int, *, owner: str) -> bool:
    """Give it up again; False when it is not theirs or closed."""
    return bool(_change(session, Matter.id == matter_id, Matter.owner == owner, owner=None, taken_at=None))


def hand_back_about(session: Session, reference: str, *, kinds: Sequence[MatterKind]) -> int:
    """Nobody's any more, whoever had it; returns how many."""
    return _change(session, Matter.reference == reference, _of(kinds), owner=None, taken_at=None)


def close(session: Session, matter_id: int, *, by: str, reason: str) -> bool:
    """End it with a reason; False when it was closed before."""
    return bool(_change(session, Matter.id == matter_id, closed_at=now(session), closed_by=by, close_reason=reason))


def close_about(session: Session, reference: str, *, kinds: Sequence[MatterKind] = (), by: str, reason: str) -> int:
    """End whatever is open about something, because it settled itself; returns how many."""
    about = [Matter.reference == reference, *([_of(kinds)] if kinds else [])]
    return _change(session, *about, closed_at=now(session), closed_by=by, close_reason=reason)


def announced(session: Session, matter_id: int) -> bool:
    """Claim the telling that it waits; False when that is done, or it waits no more."""
    return bool(_change(session, Matter.id == matter_id, Matter.announced_at.is_(None), announced_at=now(session)))


def _of(kinds: Sequence[MatterKind]) -> ColumnElement[bool]:
    return Matter.kind.in_([kind.value for kind in kinds])


def _change(session: Session, *which: ColumnElement[bool], **values: Any) -> int:
    """Change what is open and fits; returns how many."""
    changed = session.execute(
        update(Matter).where(*which, Matter.closed_at.is_(None)).values(**values, version=MATTER_VERSION.next_value())
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]
