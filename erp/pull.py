"""Brings master data in: each listing that changed is judged as a whole, then taken over or kept out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from erp.mirror_apply import (
    Applied,
    Verdict,
    apply,
    keep_previous,
    lock_state,
    problems_as_json,
    raise_revision,
    refuse,
    take,
)
from erp.mirror_model import MirrorState
from erp.port import Batch, Erp, Problem, StillChanging, Unreadable
from erp.records import Customer, Record, RecordKind
from erp.rule_intake import Judge, apply_rules, look_again
from erp.rule_records import RULE_KINDS
from store.database import Database, now

log = structlog.get_logger()

Progress = Callable[[RecordKind, int, int | None], None]
"""Hears a kind, the rows so far and, where it can be told, how many there will be."""
Key = tuple[str, ...]
BEAR_ON_RULES = (RecordKind.ITEMS, RecordKind.UOMS)
"""With their costs and factors a rule that was refused may be sound."""


class Owner(Protocol):
    """Whoever keeps a kind of record that the mirror does not.

    `complete`: what is not among the records has left the ERP, but for the keys in `spared`, whose rows could
    not be read this time.
    """

    def __call__(
        self, session: Session, records: Sequence[Any], /, *, complete: bool, spared: Collection[Key]
    ) -> object:
        """Take them over, in the session's transaction."""


def pull(
    database: Database,
    erp: Erp,
    owners: Mapping[RecordKind, Owner],
    *,
    progress: Progress | None = None,
    judge: Judge | None = None,
) -> list[Applied]:
    """Take over what changed since the last pull, a transaction a listing. Raises ErpDown, NotAuthorised.

    `judge` says what of the rules would be wrong as they then are.
    """
    with database.transaction() as session:
        since = _stamps(session, erp.name)
    done = []
    for batch in erp.pull(since):
        try:
            with database.transaction() as session:
                applied = _take_over(session, batch, erp=erp.name, owners=owners, progress=progress, judge=judge)
        except StillChanging:
            continue
        except Unreadable as error:
            batch.tally.note(error.problem)
            with database.transaction() as session:
                applied = _note_unreadable(session, erp.name, batch)
        if batch.complete or applied.rows or applied.problems:
            _log(erp.name, applied)
            done.append(applied)
    return done


def _stamps(session: Session, erp: str) -> dict[str, str]:
    rows = session.execute(select(MirrorState.kind, MirrorState.stamp).where(MirrorState.erp == erp)).all()
    return {row.kind: row.stamp for row in rows}


def _take_over(
    session: Session,
    batch: Batch,
    *,
    erp: str,
    owners: Mapping[RecordKind, Owner],
    progress: Progress | None,
    judge: Judge | None,
) -> Applied:
    def told(rows: int) -> None:
        if progress is not None:
            progress(batch.kind, rows, batch.tally.expected)

    if batch.kind in RULE_KINDS:
        return apply_rules(session, batch, erp=erp, judge=judge, told=told)
    applied = apply(session, batch, erp=erp, told=told)
    if applied is not None and applied.written and batch.kind in BEAR_ON_RULES:
        look_again(session, erp)
    return applied or _hand_over(session, batch, erp=erp, owner=owners.get(batch.kind), told=told)


def _hand_over(
    session: Session, batch: Batch, *, erp: str, owner: Owner | None, told: Callable[[int], None]
) -> Applied:
    """The same judgement for what others keep."""
    state = lock_state(session, erp, batch.kind)
    records = list(batch.records)
    told(len(records))
    keys = {record.key for record in records}
    before = {tuple(key) for key in state.keys}
    vanished = before - keys - batch.tally.spared if batch.complete else set()
    refusal = refuse(state, batch, vanished=len(vanished), known=len(before))
    if refusal:
        return keep_previous(state, batch, refusal, at=now(session))
    if batch.tally.unidentified:
        vanished = set()
    if owner is not None:
        complete = batch.complete and not batch.tally.unidentified
        owner(session, records, complete=complete, spared=batch.tally.spared)
    _note_names(session, state, records)
    state.keys = sorted(list(key) for key in (before | keys) - vanished)
    return take(state, batch, at=now(session), as_of=_as_of(records), written=len(records), deactivated=len(vanished))


def _as_of(records: Sequence[Record]) -> Any:
    moments = [moment for record in records if (moment := getattr(record, "balance_as_of", None)) is not None]
    return max(moments, default=None)


def _note_names(session: Session, state: MirrorState, records: Sequence[Record]) -> None:
    """Catalogues hold the names of firms, but not their balances, which change all day."""
    if state.kind != RecordKind.CUSTOMERS:
        return
    found = blake2b(digest_size=12)
    for customer in sorted((r for r in records if isinstance(r, Customer)), key=lambda customer: customer.code):
        found.update(f"{customer.code}\x1f{customer.name}\x1f{customer.city}\x1e".encode())
    if state.names_digest != found.hexdigest():
        state.names_digest = found.hexdigest()
        raise_revision(session)


def _note_unreadable(session: Session, erp: str, batch: Batch) -> Applied:
    state = lock_state(session, erp, batch.kind)
    state.stamp = batch.tally.stamp
    state.looked_at = now(session)
    state.kept_previous = True
    state.problems = problems_as_json(batch.tally.problems)
    return Applied(
        kind=batch.kind,
        verdict=Verdict.KEPT_PREVIOUS,
        rows=0,
        written=0,
        deactivated=0,
        problems=tuple(batch.tally.problems),
    )


def _log(erp: str, applied: Applied) -> None:
    tell = log.info if applied.verdict is Verdict.TAKEN else log.warning
    tell(
        "master_data_pulled" if applied.verdict is Verdict.TAKEN else "master_data_kept",
        erp=erp,
        kind=applied.kind.value,
        rows=applied.rows,
        written=applied.written,
        gone=applied.deactivated,
        problems=len(applied.problems),
    )


def agree(session: Session, *, erp: str, kind: RecordKind, by: str) -> bool:
    """A person agrees to the version that was refused; the next pull takes it. False when none was."""
    state = lock_state(session, erp, kind)
    if not state.kept_previous or not state.stamp:
        return False
    state.agreed_stamp, state.agreed_by, state.agreed_at = state.stamp, by, now(session)
    state.stamp = ""
    log.info("master_data_agreed", erp=erp, kind=kind.value, by=by)
    return True


def forget(session: Session, *, erp: str) -> None:
    """Forget how far everything was read, so that the next pull looks at it all."""
    session.execute(update(MirrorState).where(MirrorState.erp == erp).values(stamp=""))


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """How one listing stands, for `check` and the pages."""

    erp: str
    kind: RecordKind
    rows: int
    bad: int
    kept_previous: bool
    problems: Sequence[Problem]
    pulled: bool


def listings(session: Session, erp: str) -> list[Listing]:
    """Every listing ever looked at."""
    rows = session.scalars(select(MirrorState).where(MirrorState.erp == erp).order_by(MirrorState.kind))
    return [
        Listing(
            erp=row.erp,
            kind=RecordKind(row.kind),
            rows=row.rows,
            bad=row.bad,
            kept_previous=row.kept_previous,
            problems=[Problem(**problem) for problem in row.problems],
            pulled=row.pulled_at is not None,
        )
        for row in rows
    ]


NEEDED = (RecordKind.ITEMS, RecordKind.UOMS, RecordKind.CUSTOMERS, RecordKind.PEOPLE, RecordKind.PRICES)


def first_pull_done(session: Session, erp: str) -> bool:
    """Whether there is master data enough to answer anybody."""
    pulled = {listing.kind for listing in listings(session, erp) if listing.pulled}
    return pulled.issuperset(NEEDED)
