"""Writes rules that were decided on the pages: such a rule is ours until it is given back to the ERP's files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp.mirror_apply import MODELS, priced_skus, raise_revision
from erp.mirror_merge import SEPARATOR
from erp.record import Key, Record, RecordKind
from erp.records import field_names
from erp.rule_model import RuleChange, RuleHold
from erp.rule_records import Rule
from erp.rule_versions import Origin, Values, as_json, lock_number, raise_version, rule_of
from store.database import now

PAGES = "pages"
"""Stands as the ERP of rules that an admin decided about."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Write:
    """One rule as it is to be; None: out of force. `release`: as the ERP's files have it, and theirs again."""

    kind: RecordKind
    key: Key
    after: Rule | None
    release: bool = False


def write(
    session: Session, writes: Sequence[Write], *, by: str, origin: Origin, reason: str = "", undoes: int | None = None
) -> int:
    """Put rules in force as a new version; its number, or the present one where nothing changes."""
    number = lock_number(session)
    priced = priced_skus(session)
    changed: Counter[RecordKind] = Counter()
    with session.no_autoflush:  # no write reads what another wrote
        for one in writes:
            if _write(session, one, number=number + 1, by=by, reason=reason):
                changed[one.kind] += 1
    if not changed:
        return number
    raise_version(session, number + 1, by=by, origin=origin, changed=changed, reason=reason, undoes=undoes)
    if RecordKind.PRICES in changed and priced != priced_skus(session):
        raise_revision(session)
    return number + 1


def _write(session: Session, one: Write, *, number: int, by: str, reason: str) -> bool:
    before, erp = _standing(session, one.kind, one.key)
    hold = _hold(session, one.kind, one.key)
    after = as_json(one.after) if one.after is not None else None
    if before == after and not (one.release and hold):
        return False
    if one.release and hold:
        _put(session, one, erp=hold.erp or PAGES)
        session.execute(delete(RuleHold).where(RuleHold.kind == hold.kind, RuleHold.row_key == hold.row_key))
    else:
        _put(session, one, erp=PAGES)
        told = hold.told if hold else before
        of_erp = hold.erp if hold else ("" if erp == PAGES else erp)
        _keep_hold(session, one, told=told, erp=of_erp, number=number, by=by, reason=reason)
    session.add(
        RuleChange(
            version=number,
            kind=one.kind.value,
            row_key=SEPARATOR.join(one.key),
            before=before,
            after=after,
            held_before=hold is not None,
        )
    )
    return True


def standing(session: Session, kind: RecordKind, key: Key) -> Rule | None:
    """The rule of this key that is in force or will be."""
    found, _ = _standing(session, kind, key)
    return rule_of(kind, found) if found is not None else None


def _standing(session: Session, kind: RecordKind, key: Key) -> tuple[Values | None, str]:
    row = session.get(MODELS[kind], SEPARATOR.join(key), populate_existing=True)
    if row is None or not getattr(row, "listed"):  # noqa: B009  (the models have no common type that says so)
        return None, ""
    return as_json(rule_of(kind, values_of(kind, row))), str(getattr(row, "erp"))  # noqa: B009


def values_of(kind: RecordKind, row: Any) -> Values:
    """A mirrored rule's values, its days as text."""
    values = {name: getattr(row, name) for name in _columns(kind)}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def _columns(kind: RecordKind) -> list[str]:
    return [column.name for column in MODELS[kind].__table__.columns if column.name not in BOOKKEEPING]


BOOKKEEPING = ("row_key", "erp", "listed", "changed_at")


def _hold(session: Session, kind: RecordKind, key: Key) -> RuleHold | None:
    return session.get(RuleHold, (kind.value, SEPARATOR.join(key)), populate_existing=True)


def _put(session: Session, one: Write, *, erp: str) -> None:
    model: Any = MODELS[one.kind]
    row_key, at = SEPARATOR.join(one.key), now(session)
    if one.after is None:
        session.execute(update(model).where(model.row_key == row_key).values(listed=False, erp=erp, changed_at=at))
        return
    values = _row(one.after) | {"erp": erp, "listed": True, "changed_at": at}
    statement = insert(model).values(row_key=row_key, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["row_key"], set_=values))


def _row(rule: Record) -> Values:
    values = {name: getattr(rule, name) for name in field_names(type(rule))}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _keep_hold(
    session: Session, one: Write, *, told: Values | None, erp: str, number: int, by: str, reason: str
) -> None:
    values = {"told": told, "erp": erp, "by": by, "at": now(session), "version": number, "reason": reason}
    statement = insert(RuleHold).values(kind=one.kind.value, row_key=SEPARATOR.join(one.key), **values)
    session.execute(statement.on_conflict_do_update(index_elements=["kind", "row_key"], set_=values))


@dataclass(frozen=True, kw_only=True, slots=True)
class Disagreement:
    """A rule of which an admin and the ERP's files say different things; None: it is not in force, or not listed."""

    kind: RecordKind
    key: Key
    told: Rule | None
    holds: Rule | None
    by: str
    at: Any
    reason: str


def disagreements(session: Session) -> list[Disagreement]:
    """Where the pages and the files differ; a rule that no file ever had is none."""
    found = []
    for hold in session.scalars(select(RuleHold).order_by(RuleHold.kind, RuleHold.row_key)):
        kind, key = RecordKind(hold.kind), tuple(hold.row_key.split(SEPARATOR))
        holds, _ = _standing(session, kind, key)
        if not hold.erp or _same(kind, hold.told, holds):
            continue
        found.append(
            Disagreement(
                kind=kind,
                key=key,
                told=rule_of(kind, hold.told) if hold.told else None,
                holds=rule_of(kind, holds) if holds else None,
                by=hold.by,
                at=hold.at,
                reason=hold.reason,
            )
        )
    return found


def _same(kind: RecordKind, one: Values | None, other: Values | None) -> bool:
    if one is None or other is None:
        return one is other
    return rule_of(kind, one) == rule_of(kind, other)
