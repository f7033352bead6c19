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
    made = _MADE.get(cls.kind, {})
    found = []
    for row in session.execute(statement):
        values = dict(zip(names, row, strict=True))
        for name, make in made.items():
            values[name] = make(values[name])
        found.append(cls(**values))
    return found


def among(column: InstrumentedAttribute[str], values: Iterable[str]) -> ColumnExpressionArgument[bool]:
    """One parameter whatever the number of values, so that the statement is prepared once and not parsed each time."""
    return column == any_(bindparam(None, list(values), ARRAY(column.type)))
