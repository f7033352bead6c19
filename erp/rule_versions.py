"""Versions of the rules: their numbers, who made them, and what each did to which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, cast, get_type_hints

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp.records import RECORD_CLASSES, LevelMode, Record, RecordKind, plain
from erp.rule_model import RuleState, RuleVersion
from erp.rule_records import Rule
from store.database import now

Values = dict[str, Any]


class Origin(StrEnum):
    """What made a version."""

    PULL = "pull"
    PAGE = "page"
    IMPORT = "import"
    UNDO = "undo"


def lock_number(session: Session) -> int:
    """The number of the version in force, locked: whoever changes rules takes turns."""
    session.execute(insert(RuleState).values(id=1, number=0).on_conflict_do_nothing())
    return session.scalars(select(RuleState.number).where(RuleState.id == 1).with_for_update()).one()


def raise_version(
    session: Session,
    number: int,
    *,
    by: str,
    origin: Origin,
    changed: Mapping[RecordKind, int],
    reason: str = "",
    undoes: int | None = None,
) -> None:
    """Put a number in force: the next after the one that is locked."""
    state = session.get_one(RuleState, 1, populate_existing=True)
    state.number = number
    session.add(
        RuleVersion(
            number=number,
            at=now(session),
            by=by,
            origin=origin.value,
            reason=reason,
            undoes=undoes,
            changed={kind.value: count for kind, count in changed.items()},
        )
    )
    session.flush()


# --- a rule as JSON ---


def as_json(rule: Record) -> Values:
    """A rule by its columns; numbers as text, so that none loses its last digit."""
    return {field.name: _json_value(getattr(rule, field.name)) for field in fields(rule)}


def _json_value(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def rule_of(kind: RecordKind, values: Mapping[str, Any]) -> Rule:
    """The rule that was written so."""
    cls = RECORD_CLASSES[kind]
    hints = _hints(kind)
    made = {name: _value(hints[name], value) for name, value in values.items() if name in hints}
    return cast(Rule, cls(**made))


@cache
def _hints(kind: RecordKind) -> dict[str, Any]:
    return get_type_hints(RECORD_CLASSES[kind])


def _value(hint: object, value: Any) -> object:
    if value is None or isinstance(value, bool):
        return value
    if hint in (Decimal, Decimal | None):
        return Decimal(value)
    if hint == date | None:
        return date.fromisoformat(value)
    if hint is LevelMode:
        return LevelMode(value)
    if isinstance(value, list):
        return tuple(value)
    return value
