"""The rules as the office looks through them: a page at a time by key, however many there are; and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from erp import mirror, rule_edit
from erp.mirror_apply import MODELS
from erp.mirror_merge import SEPARATOR
from erp.mirror_model import MirroredItem
from erp.record import Key, RecordKind
from erp.rule_edit import PAGES
from erp.rule_mirror import version
from erp.rule_model import RuleChange, RuleHold, RuleVersion
from erp.rule_records import Rule
from erp.rule_versions import rule_of
from people.model import Party, Person

WORDS = ("code", "name", "price_list", "sku", "uom", "customer", "tier", "group", "plant", "role", "reference")
"""The columns that words are looked for in, where a kind has them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One rule as it stands in a list."""

    rule: Rule
    key: str
    """As one text, for an address."""
    ours: bool
    """Decided on the pages, so no file changes it."""
    gone: bool
    """Taken out: kept on record alone."""
    about: str
    """The names of the item, the customer and the person, where it names them."""

    def begins_later(self, day: date) -> bool:
        """Whether it does not hold yet."""
        return self.rule.valid_from is not None and self.rule.valid_from > day

    def is_over(self, day: date) -> bool:
        """Whether it holds no more."""
        return self.rule.valid_to is not None and self.rule.valid_to < day


@dataclass(frozen=True, kw_only=True, slots=True)
class Sought:
    """Which rules of a kind are wanted."""

    kind: RecordKind
    words: str = ""
    over_too: bool = False
    ours_only: bool = False
    after: str = ""
    """The key that the page before ended with."""


def page_of(session: Session, sought: Sought, *, day: date, most: int) -> list[Listed]:
    """At most so many rules in the order of their keys; reads from the key of the page before on."""
    model: Any = MODELS[sought.kind]
    query = select(model).where(model.listed, model.row_key > sought.after).order_by(model.row_key).limit(most)
    if not sought.over_too:
        query = query.where(model.valid_to.is_(None) | (model.valid_to >= day))
    if sought.ours_only:
        query = query.where(model.erp == PAGES)
    for word in sought.words.split():
        query = query.where(_has(model, word))
    rows = session.scalars(query).all()
    return _listed(session, sought.kind, rows)


def _has(model: Any, word: str) -> ColumnElement[bool]:
    like = f"%{word.replace('%', '').replace('_', '')}%"
    columns = [getattr(model, name).ilike(like) for name in WORDS if hasattr(model, name)]
    if hasattr(model, "sku"):
        columns.append(model.sku.in_(select(MirroredItem.sku).where(MirroredItem.name.ilike(like))))
    if hasattr(model, "person"):
        columns.append(model.person.in_(select(Person.phone).where(Person.name.ilike(like))))
    if hasattr(model, "customer"):
        columns.append(model.customer.in_(select(Party.code).where(Party.name.ilike(like))))
    return or_(*columns)


def _listed(session: Session, kind: RecordKind, rows: Sequence[Any]) -> list[Listed]:
    items = mirror.items(session, {row.sku for row in rows if getattr(row, "sku", "")})
    codes = {row.customer for row in rows if getattr(row, "customer", "")}
    parties = select(Party.code, Party.name).where(Party.code.in_(codes))
    names = {row.code: row.name for row in session.execute(parties)} | {sku: item.name for sku, item in items.items()}
    phones = {row.person for row in rows if getattr(row, "person", "")}
    people = select(Person.phone, Person.name).where(Person.phone.in_(phones))
    names |= {row.phone: row.name for row in session.execute(people)}
    listed = []
    for row in rows:
        rule = rule_of(kind, rule_edit.values_of(kind, row))
        about = [names.get(str(getattr(row, name, "")), "") for name in ("sku", "customer", "person")]
        listed.append(
            Listed(
                rule=rule,
                key=row.row_key,
                ours=row.erp == PAGES,
                gone=not row.listed,
                about=", ".join(one for one in about if one),
            )
        )
    return listed


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One rule with what is known of it."""

    listed: Listed
    version: int
    """In which it is seen."""
    hold: RuleHold | None
    told: Rule | None
    """What the ERP's file says of it, where an admin decided."""
    changes: Sequence[tuple[RuleChange, RuleVersion]]

    @property
    def disagrees(self) -> bool:
        """Whether the ERP's file has it and says otherwise."""
        return self.hold is not None and self.hold.erp != "" and self.told != self.listed.rule


def rule_at(session: Session, kind: RecordKind, key: str) -> Seen | None:
    """One rule that is in force or will be, or was and is kept; None: there is none of this key."""
    row = session.get(MODELS[kind], key)
    if row is None:
        return None
    hold = session.get(RuleHold, (kind.value, key))
    changes = session.execute(
        select(RuleChange, RuleVersion)
        .join(RuleVersion, RuleVersion.number == RuleChange.version)
        .where(RuleChange.kind == kind.value, RuleChange.row_key == key)
        .order_by(RuleChange.version.desc())
        .limit(20)
    )
    return Seen(
        listed=_listed(session, kind, [row])[0],
        version=version(session),
        hold=hold,
        told=rule_of(kind, hold.told) if hold and hold.told else None,
        changes=[(change, version) for change, version in changes],
    )


def key_of(text: str) -> Key:
    """The parts of a key."""
    return tuple(text.split(SEPARATOR))


# --- versions ---


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One version of the rules, with the first of what it changed."""

    number: int
    at: datetime
    by: str
    origin: str
    reason: str
    changed: dict[str, Any]
    changes: Sequence[Change]
    more: int
    undone_by: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What a version did to one rule."""

    kind: RecordKind
    key: Key
    before: Rule | None
    after: Rule | None


def versions(session: Session, *, before: int | None = None, most: int, shown: int) -> list[Version]:
    """Newest first, from the one before a number on."""
    query = select(RuleVersion).order_by(RuleVersion.number.desc()).limit(most)
    if before is not None:
        query = query.where(RuleVersion.number < before)
    found = session.scalars(query).all()
    numbers = [version.number for version in found]
    undoing = select(RuleVersion).where(RuleVersion.undoes.in_(numbers))
    undone = {version.undoes: version.number for version in session.scalars(undoing)}
    return [_version(session, one, undone_by=undone.get(one.number), shown=shown) for one in found]


def _version(session: Session, version: RuleVersion, *, undone_by: int | None, shown: int) -> Version:
    changes = session.scalars(
        select(RuleChange)
        .where(RuleChange.version == version.number)
        .order_by(RuleChange.kind, RuleChange.row_key)
        .limit(shown)
    ).all()
    total = sum(int(count) for count in version.changed.values())
    return Version(
        number=version.number,
        at=version.at,
        by=version.by,
        origin=version.origin,
        reason=version.reason,
        changed=version.changed,
        changes=[
            Change(
                kind=(kind := RecordKind(one.kind)),
                key=key_of(one.row_key),
                before=rule_of(kind, one.before) if one.before else None,
                after=rule_of(kind, one.after) if one.after else None,
            )
            for one in changes
        ],
        more=total - len(changes),
        undone_by=undone_by,
    )
