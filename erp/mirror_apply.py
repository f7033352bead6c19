"""Takes a listing over into the mirror by difference: a row that says nothing new is not written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp.mirror_merge import Merge
from erp.mirror_model import (
    MirroredCalendarDay,
    MirroredHistoryLine,
    MirroredItem,
    MirroredOrderLine,
    MirroredPlant,
    MirroredPrice,
    MirroredProductionOrder,
    MirroredRoute,
    MirroredScheme,
    MirroredStock,
    MirroredUom,
    MirroredWarehouse,
    MirroredWorkCentre,
    MirrorRevision,
    MirrorState,
)
from erp.port import Batch, Problem
from erp.records import Record, RecordKind
from erp.rule_model import MirroredCustomerPrice, MirroredFloor, MirroredLevel, MirroredLimit
from store.base import Base
from store.database import now

MODELS: Mapping[RecordKind, type[Base]] = {
    RecordKind.CALENDAR: MirroredCalendarDay,
    RecordKind.PLANTS: MirroredPlant,
    RecordKind.WAREHOUSES: MirroredWarehouse,
    RecordKind.ROUTES: MirroredRoute,
    RecordKind.ITEMS: MirroredItem,
    RecordKind.UOMS: MirroredUom,
    RecordKind.PRICES: MirroredPrice,
    RecordKind.SCHEMES: MirroredScheme,
    RecordKind.CUSTOMER_PRICES: MirroredCustomerPrice,
    RecordKind.FLOORS: MirroredFloor,
    RecordKind.LIMITS: MirroredLimit,
    RecordKind.APPROVAL_MATRIX: MirroredLevel,
    RecordKind.STOCK: MirroredStock,
    RecordKind.ORDERS: MirroredOrderLine,
    RecordKind.WORK_CENTRES: MirroredWorkCentre,
    RecordKind.PRODUCTION_ORDERS: MirroredProductionOrder,
    RecordKind.HISTORY: MirroredHistoryLine,
}
"""The listings kept here. All others are handed to whoever owns them (see `erp.pull`)."""

IN_THE_CATALOGUE = (RecordKind.ITEMS, RecordKind.UOMS, RecordKind.WORK_CENTRES)
MOST_LOST = 0.2
"""Above this share of bad or vanished rows the previous state is kept until a person agrees."""
COMES_AND_GOES: Mapping[RecordKind, int] = {RecordKind.ORDERS: 20, RecordKind.STOCK: 20}
"""Orders close and lots are used up: of these so many rows may vanish at once, whatever their share."""

_PROGRESS_EVERY = 1000

Told = Callable[[int], None]


class Verdict(StrEnum):
    """What became of a listing."""

    TAKEN = "taken"
    KEPT_PREVIOUS = "kept previous"


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What one batch did."""

    kind: RecordKind
    verdict: Verdict
    rows: int
    written: int
    deactivated: int
    problems: Sequence[Problem]


def apply(session: Session, batch: Batch, *, erp: str, told: Told | None = None) -> Applied | None:
    """Take over one batch in the session's transaction; None for a kind that is not kept here.

    `told` hears the number of rows so far. Raises what reading raises; the transaction is then lost.
    """
    model = MODELS.get(batch.kind)
    if model is None:
        return None
    state = lock_state(session, erp, batch.kind)
    table = model.__table__
    assert isinstance(table, Table)
    merge = Merge(session, table, erp=erp, at=now(session))
    merge.stage(batch.records if told is None else counted(batch.records, told))
    vanished = merge.vanished(batch.tally.spared) if batch.complete else 0
    refusal = refuse(state, batch, vanished=vanished, known=merge.known())
    if refusal:
        return keep_previous(state, batch, refusal, at=now(session))
    priced = priced_skus(session) if batch.kind is RecordKind.PRICES else None
    written = merge.upsert()
    deactivated = merge.deactivate(batch.tally.spared) if vanished and not batch.tally.unidentified else 0
    sold_changes = priced is not None and priced != priced_skus(session)
    if sold_changes or (written + deactivated and batch.kind in IN_THE_CATALOGUE):
        raise_revision(session)
    return take(state, batch, at=now(session), as_of=merge.as_of(), written=written, deactivated=deactivated)


def priced_skus(session: Session) -> frozenset[str]:
    """The SKUs that stand in any price list: what has no price is not sold (raw material, packing)."""
    return frozenset(session.scalars(select(MirroredPrice.sku).where(MirroredPrice.listed).distinct()))


def counted(records: Iterable[Record], told: Told) -> Iterator[Record]:
    """The same rows, while `told` hears how many there were so far."""
    count = 0
    for count, record in enumerate(records, 1):
        if count % _PROGRESS_EVERY == 0:
            told(count)
        yield record
    told(count)


# --- the state of a listing ---


def lock_state(session: Session, erp: str, kind: RecordKind) -> MirrorState:
    """The row of one listing, locked: two clocks that pull at once take turns."""
    session.execute(
        insert(MirrorState)
        .values(erp=erp, kind=kind.value, stamp="", rows=0, bad=0, problems=[], kept_previous=False, keys=[])
        .values(agreed_stamp="", agreed_by="", names_digest="")
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(MirrorState)
        .where(MirrorState.erp == erp, MirrorState.kind == kind.value)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def refuse(state: MirrorState, batch: Batch, *, vanished: int, known: int) -> Problem | None:
    """Why this version may not replace the previous one without a person, if so."""
    tally = batch.tally
    if tally.stamp and state.agreed_stamp == tally.stamp:
        return None
    remedy = f"correct the file, or agree to it: flask --app wsgi pull --agree {batch.kind.value}"
    if tally.bad > MOST_LOST * tally.rows:
        text = f"{tally.bad} of {tally.rows} rows cannot be used; the previous state is kept"
        return Problem(source=batch.kind.value, text=text, remedy=remedy)
    if vanished > MOST_LOST * known and vanished > COMES_AND_GOES.get(batch.kind, 0):
        text = f"{vanished} of {known} rows have vanished; the previous state is kept"
        return Problem(source=batch.kind.value, text=text, remedy=remedy)
    return None


def keep_previous(state: MirrorState, batch: Batch, refusal: Problem, *, at: datetime) -> Applied:
    """Remember that this version was refused, and why; it is not looked at again until it changes."""
    state.stamp = batch.tally.stamp
    state.looked_at = at
    state.kept_previous = True
    problems = [refusal, *batch.tally.problems]
    state.problems = problems_as_json(problems)
    return Applied(
        kind=batch.kind,
        verdict=Verdict.KEPT_PREVIOUS,
        rows=batch.tally.rows,
        written=0,
        deactivated=0,
        problems=problems,
    )


def take(
    state: MirrorState, batch: Batch, *, at: datetime, as_of: datetime | None, written: int, deactivated: int
) -> Applied:
    """Remember that this version is the present one."""
    tally = batch.tally
    state.stamp = tally.stamp
    state.looked_at = state.pulled_at = at
    state.as_of = as_of
    state.kept_previous = False
    state.rows, state.bad = tally.rows - tally.bad, tally.bad
    state.problems = problems_as_json(tally.problems)
    return Applied(
        kind=batch.kind,
        verdict=Verdict.TAKEN,
        rows=tally.rows,
        written=written,
        deactivated=deactivated,
        problems=tuple(tally.problems),
    )


def problems_as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """For the state's row."""
    return [asdict(problem) for problem in problems]


def raise_revision(session: Session) -> None:
    """Say that catalogues must be made anew. The row's lock puts revisions in the order of their commits."""
    statement = insert(MirrorRevision).values(id=1, number=1, at=now(session))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_={"number": MirrorRevision.number + 1, "at": statement.excluded.at}
        )
    )
