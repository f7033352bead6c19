"""Use cases of the rule editor: add, change and end a rule from a day, undo a version, give a rule back to the files.

A change is judged with all other rules before it holds; one fault of it, and nothing of it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import rule_edit
from erp.mirror_merge import SEPARATOR
from erp.record import Key, RecordKind
from erp.records import RECORD_CLASSES, Floor
from erp.rule_edit import Write
from erp.rule_faults import Fault
from erp.rule_model import RuleChange, RuleHold, RuleVersion
from erp.rule_records import Rule
from erp.rule_rows import RowFault, faults_of
from erp.rule_versions import Origin, as_json, lock_number, rule_of
from orders import rule_references
from orders.rule_check import check
from orders.rule_judge import book_of

UNDOABLE = (Origin.PAGE, Origin.IMPORT, Origin.UNDO)
MOST_UNDONE = 5000


class Op(StrEnum):
    """What is done to a rule."""

    ADD = "add"
    CHANGE = "change"
    END = "end"
    RELEASE = "release"
    """Let the ERP's files say it again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """One change as somebody wants it, from a day on."""

    op: Op
    kind: RecordKind
    key: Key = ()
    """Of the rule that is changed or ended."""
    rule: Rule | None = None
    """What is to hold: of a change all of it, its `valid_from` being set by `day`."""
    day: date
    seen: int = 0
    """The version in which its author saw the rule; 0: whichever."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of it: a version, or what stands against it. Warnings are told either way."""

    version: int = 0
    writes: Sequence[Write] = ()
    problems: Sequence[RowFault] = ()
    warnings: Sequence[Fault] = ()

    @property
    def refused(self) -> bool:
        """Whether nothing was written."""
        return bool(self.problems)


def change_rule(session: Session, wish: Wish, *, by: str, admin: bool, today: date) -> Outcome:
    """Put one change in force as a new version, or say why not."""
    lock_number(session)
    planned = plan(session, wish, today=today)
    if isinstance(planned, RowFault):
        return Outcome(problems=[planned])
    return put(session, planned, by=by, admin=admin, today=today, origin=Origin.PAGE, reason=wish.reason)


def plan(session: Session, wish: Wish, *, today: date) -> list[Write] | RowFault:
    """The rows that a change means: the old rule ends on the day before, the new one begins on the day."""
    if wish.op is Op.RELEASE:
        return _meanwhile(session, wish) or _released(session, wish)
    if wish.day < today:
        return RowFault(
            column="day",
            text=f"{wish.day} is over; orders were taken by what held then",
            remedy="choose today or later",
        )
    if wish.op is Op.ADD:
        return _added(session, wish)
    standing = rule_edit.standing(session, wish.kind, wish.key)
    if standing is None:
        return RowFault(column="", text="this rule is not in force any more", remedy="look at the list again")
    meanwhile = _meanwhile(session, wish)
    if meanwhile:
        return meanwhile
    if wish.op is Op.END:
        return [_ended(wish.kind, standing, wish.day)]
    return _changed(session, wish, standing)


def _released(session: Session, wish: Wish) -> list[Write] | RowFault:
    hold = session.get(RuleHold, (wish.kind.value, SEPARATOR.join(wish.key)))
    if hold is None or not hold.erp:
        return RowFault(column="", text="no file of the ERP has this rule", remedy="end it instead")
    after = rule_of(wish.kind, hold.told) if hold.told else None
    return [Write(kind=wish.kind, key=wish.key, after=after, release=True)]


def _added(session: Session, wish: Wish) -> list[Write] | RowFault:
    assert wish.rule is not None
    rule = replace(wish.rule, valid_from=wish.day)
    if rule_edit.standing(session, wish.kind, rule.key) is not None:
        return RowFault(
            column="", text="there is a rule for the same from the same day already", remedy="change that one"
        )
    return [Write(kind=wish.kind, key=rule.key, after=rule)]


def _ended(kind: RecordKind, rule: Rule, day: date) -> Write:
    """Its last day is the one before; a rule that would not hold on any day is taken out."""
    if rule.valid_from is not None and rule.valid_from >= day:
        return Write(kind=kind, key=rule.key, after=None)
    last = day - timedelta(days=1)
    return Write(kind=kind, key=rule.key, after=replace(rule, valid_to=min(last, rule.valid_to or last)))


def _changed(session: Session, wish: Wish, standing: Rule) -> list[Write] | RowFault:
    assert wish.rule is not None
    begins = max(wish.day, standing.valid_from or wish.day)
    rule = replace(wish.rule, valid_from=begins)
    if rule.key == standing.key:
        return [Write(kind=wish.kind, key=rule.key, after=rule)]
    if rule_edit.standing(session, wish.kind, rule.key) is not None:
        return RowFault(
            column="day", text=f"another rule for the same begins on {begins} already", remedy="change that one"
        )
    return [_ended(wish.kind, standing, begins), Write(kind=wish.kind, key=rule.key, after=rule)]


def _meanwhile(session: Session, wish: Wish) -> RowFault | None:
    """What is said when somebody changed the rule since it was seen."""
    newest = (
        select(RuleChange.version)
        .where(
            RuleChange.kind == wish.kind.value,
            RuleChange.row_key == SEPARATOR.join(wish.key),
            RuleChange.version > wish.seen,
        )
        .limit(1)
    )
    if not wish.seen or session.scalar(newest) is None:
        return None
    return RowFault(column="", text="somebody changed this rule meanwhile", remedy="look at it again, then decide")


def put(
    session: Session,
    writes: Sequence[Write],
    *,
    by: str,
    admin: bool,
    today: date,
    origin: Origin,
    reason: str = "",
    undoes: int | None = None,
) -> Outcome:
    """Write rules as one version if nothing stands against any of them; else nothing."""
    number = lock_number(session)
    problems = [*_of_rows(session, writes), *_absolutes(session, writes, admin=admin, today=today)]
    if problems:
        return Outcome(writes=writes, problems=problems)
    kinds, skus = {one.kind for one in writes}, _skus(writes)
    before = {fault.identity for fault in check(book_of(session, kinds=kinds, day=today, skus=skus))}
    attempt = session.begin_nested()
    version = rule_edit.write(session, writes, by=by, origin=origin, reason=reason, undoes=undoes)
    after = check(book_of(session, kinds=kinds, day=today, skus=skus))
    fresh = [fault for fault in after if fault.identity not in before]
    faults = [fault for fault in fresh if fault.refused]
    if faults:
        attempt.rollback()
        problems = [RowFault(column="", text=fault.text, remedy=fault.remedy) for fault in faults]
        return Outcome(writes=writes, problems=problems)
    attempt.commit()
    if version == number:
        return Outcome(
            writes=writes, problems=[RowFault(column="", text="that is what holds already", remedy="nothing to do")]
        )
    return Outcome(version=version, writes=writes, warnings=fresh)


def _of_rows(session: Session, writes: Sequence[Write]) -> list[RowFault]:
    rules = [one.after for one in writes if one.after is not None]
    own = [fault for rule in rules for fault in faults_of(rule) if fault.refused]
    return own or rule_references.unknown(session, rules)


def _absolutes(session: Session, writes: Sequence[Write], *, admin: bool, today: date) -> list[RowFault]:
    """An absolute floor changes only by an admin, from a day on, never for days that are over."""
    found = []
    for one in writes:
        if one.kind is not RecordKind.FLOORS:
            continue
        before = rule_edit.standing(session, one.kind, one.key)
        if not any(isinstance(rule, Floor) and rule.absolute for rule in (before, one.after)):
            continue
        if not admin:
            text = "an absolute floor is changed by an admin alone"
            found.append(RowFault(column="absolute", text=text, remedy="ask somebody with the role admin"))
        elif before is None and one.after is not None and (one.after.valid_from or date.min) < today:
            text = "an absolute floor begins on a day from today on"
            found.append(RowFault(column="valid_from", text=text, remedy=f"write {today} or later"))
        elif before is not None and not one.release and not _only_ends(before, one.after, today):
            text = "an absolute floor that holds is not rewritten"
            found.append(
                RowFault(column="day", text=text, remedy="change it from a day on: it ends, and another begins")
            )
    return found


def _only_ends(before: Rule, after: Rule | None, today: date) -> bool:
    """Whether a rule is left as it was up to yesterday at least, or has not begun yet."""
    if before.valid_from is not None and before.valid_from >= today:
        return True
    if after is None:
        return False
    ends_later = after.valid_to is None or after.valid_to >= today - timedelta(days=1)
    return ends_later and replace(after, valid_to=before.valid_to) == before


def _skus(writes: Sequence[Write]) -> set[str] | None:
    """The items that rules are about, which is part of their keys; None: some are about more than single items."""
    found: set[str] = set()
    for one in writes:
        if one.kind in (RecordKind.LIMITS, RecordKind.APPROVAL_MATRIX):
            continue
        sku = one.key[RECORD_CLASSES[one.kind].key_fields.index("sku")]
        if not sku:
            return None
        found.add(sku)
    return found


# --- undo ---


def undo(session: Session, number: int, *, by: str, admin: bool, today: date) -> Outcome:
    """Put every rule back to what it was before a version, as a new version; none, if one was changed since."""
    lock_number(session)
    version = session.get(RuleVersion, number)
    if version is None or version.origin not in UNDOABLE:
        text = "a version that a file of the ERP made is undone in that file"
        return Outcome(problems=[RowFault(column="", text=text, remedy="correct the file")])
    changes = session.scalars(select(RuleChange).where(RuleChange.version == number).limit(MOST_UNDONE + 1)).all()
    if len(changes) > MOST_UNDONE:
        text = f"version {number} changed more than {MOST_UNDONE} rules"
        return Outcome(problems=[RowFault(column="", text=text, remedy="import the former rules instead")])
    writes: list[Write] = []
    for one in changes:
        kind, key = RecordKind(one.kind), tuple(one.row_key.split(SEPARATOR))
        standing = rule_edit.standing(session, kind, key)
        if (as_json(standing) if standing else None) != one.after:
            text = f"{kind.value}: a rule of version {number} was changed again since"
            return Outcome(problems=[RowFault(column="", text=text, remedy="undo the later version first")])
        writes.append(_back(session, one, kind, key))
    reason = f"undoes version {number}"
    return put(session, writes, by=by, admin=admin, today=today, origin=Origin.UNDO, reason=reason, undoes=number)


def _back(session: Session, change: RuleChange, kind: RecordKind, key: Key) -> Write:
    """As it was; a rule that was the ERP's is its again, as its file has it now."""
    hold = session.get(RuleHold, (change.kind, change.row_key))
    if not change.held_before and hold is not None and hold.erp:
        return Write(kind=kind, key=key, after=rule_of(kind, hold.told) if hold.told else None, release=True)
    before = rule_of(kind, change.before) if change.before else None
    return Write(kind=kind, key=key, after=before, release=not change.held_before)
