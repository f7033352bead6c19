"""Rows of the mirror as records: how they are selected and made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnExpressionArgument, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from erp.mirror_model import Mirrored
from erp.records import LevelMode, Record, RecordKind, StockStatus, WarehouseKind, field_names

R = TypeVar("R", bound=Record)
_MADE: Mapping[RecordKind, Mapping[str, Callable[[Any], object]]] = {
    RecordKind.STOCK: {"status": StockStatus},
    RecordKind.WAREHOUSES: {"warehouse_kind": WarehouseKind},
    RecordKind.APPROVAL_MATRIX: {"mode": LevelMode, "approvers": tuple},
}


def rows_of(
    session: Session,
    model: type[Mirrored],
    cls: type[R],
    *conditions: ColumnExpressionArgument[bool],
    order: Sequence[ColumnExpressionArgument[Any]] = (),
) -> list[R]:
    """Rows as records, without the identity map: a catalogue of 50,000 items needs no tracking."""
    names = field_names(cls)
    statement = select(*(getattr(model, name) for name in names)).where(*conditions).order_by(*order)
    # Past the session, which would look at every row once more.
    if session.autoflush:
        session.flush()
    rows = session.connection().execute(statement)
    made = _MADE.get(cls.kind)
    if not made:
        return [cls(**dict(zip(names, row, strict=True))) for row in rows]
    return [cls(**_as_made(dict(zip(names, row, strict=True)), made)) for row in rows]


def _as_made(values: dict[str, Any], made: Mapping[str, Callable[[Any], object]]) -> dict[str, Any]:
    return values | {name: make(values[name]) for name, make in made.items()}


def among(column: InstrumentedAttribute[str], values: Iterable[str]) -> ColumnExpressionArgument[bool]:
    """One parameter whatever the number of values, so that the statement is prepared once and not parsed each time."""
    return column == any_(bindparam(None, list(values), ARRAY(column.type)))
