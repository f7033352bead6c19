# ruff: noqa: S608  (every name in a statement here is a column or table of ours)
"""Takes a listing of rules over: row by row judged with all others, bad ones left out, the rest a new version.

What a refused row would have replaced stays in force. A fault that is no single row's refuses the whole listing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Table, or_, text, update
from sqlalchemy.orm import Session

from erp.mirror_apply import (
    MODELS,
    Applied,
    Told,
    counted,
    keep_previous,
    lock_state,
    priced_skus,
    raise_revision,
    refuse,
    take,
)
from erp.mirror_merge import Merge
from erp.mirror_model import MirrorState
from erp.port import Batch, Problem
from erp.record import Key, RecordKind
from erp.records import RECORD_CLASSES
from erp.rule_faults import Fault
from erp.rule_records import RULE_KINDS
from erp.rule_versions import Origin, lock_number, raise_version
from store.database import now

Judge = Callable[[Session, RecordKind], Sequence[Fault]]
"""What is wrong, so that it may not come into force, with the rules as the session sees them; asked of one kind."""


def apply_rules(
    session: Session, batch: Batch, *, erp: str, judge: Judge | None = None, told: Told | None = None
) -> Applied:
    """Take over one listing of rules in the session's transaction. Raises what reading raises."""
    state = lock_state(session, erp, batch.kind)
    number = lock_number(session) + 1
    intake = _Intake(session, batch, erp=erp, number=number)
    intake.merge.stage(batch.records if told is None else counted(batch.records, told))
    intake.spare()
    refusal = intake.refusal(state)
    if refusal:
        return keep_previous(state, batch, refusal, at=now(session))
    intake.lay_aside()
    priced = priced_skus(session) if batch.kind is RecordKind.PRICES else None
    fault = intake.take_over(state, judge)
    if fault:
        return keep_previous(state, batch, fault, at=now(session))
    changes = intake.written + intake.deactivated
    if changes:
        raise_version(session, number, by=erp, origin=Origin.PULL, changed={batch.kind: changes})
        look_again(session, erp, but=batch.kind)
    if priced is not None and priced != priced_skus(session):
        raise_revision(session)
    return take(state, batch, at=now(session), as_of=None, written=intake.written, deactivated=intake.deactivated)


def look_again(session: Session, erp: str, *, but: RecordKind | None = None) -> None:
    """Rules that were refused are judged anew at the next pull: what they were at odds with has changed."""
    kinds = [kind.value for kind in RULE_KINDS if kind is not but]
    session.execute(
        update(MirrorState)
        .where(MirrorState.erp == erp, MirrorState.kind.in_(kinds), or_(MirrorState.kept_previous, MirrorState.bad > 0))
        .values(stamp="")
    )


class _Intake:
    """One listing of rules on its way in."""

    def __init__(self, session: Session, batch: Batch, *, erp: str, number: int) -> None:
        table = MODELS[batch.kind].__table__
        assert isinstance(table, Table)
        self.merge = Merge(session, table, erp=erp, at=now(session))
        self.written = self.deactivated = 0
        self._session = session
        self._batch = batch
        self._erp = erp
        self._number = number

    def spare(self) -> None:
        """What stands in the place of a row that cannot be read stays too."""
        if self._batch.tally.spared:
            self._spare_predecessors()

    def refusal(self, state: MirrorState) -> Problem | None:
        """Why the listing as a whole may not replace the previous one, by the number of its bad or vanished rows."""
        return refuse(state, self._batch, vanished=self._vanished(), known=self.merge.known())

    def _vanished(self) -> int:
        return self.merge.vanished(self._batch.tally.spared) if self._batch.complete else 0

    def lay_aside(self) -> None:
        """Rows an admin decided about stay as he has them; what the listing says of them is kept beside."""
        same = "h.kind = :kind AND h.row_key = s.row_key"
        self._execute(
            f"UPDATE rule_holds AS h SET told = {self.merge.as_json('s')}, erp = :erp FROM staged AS s WHERE {same}"
        )
        if self._batch.complete:
            spared = ["\x1f".join(key) for key in self._batch.tally.spared]
            self._execute(
                "UPDATE rule_holds AS h SET told = NULL WHERE h.kind = :kind AND h.erp = :erp"
                " AND h.row_key <> ALL(CAST(:spared AS text[]))"
                f" AND NOT EXISTS (SELECT FROM staged AS s WHERE {same})",
                spared=spared,
            )
        self._execute(f"DELETE FROM staged AS s USING rule_holds AS h WHERE {same}")

    def take_over(self, state: MirrorState, judge: Judge | None) -> Problem | None:
        """Write what is new; rows at odds with others are left out. A problem: nothing of it was written."""
        faults = self._attempt(judge)
        if not faults:
            return None
        whole = next((fault for fault in faults if not fault.rows_of(self._batch.kind)), None)
        if whole:
            return self._problem(whole)
        self._leave_out(faults)
        refusal = self.refusal(state)
        if refusal:
            return refusal
        again = self._attempt(judge)
        return self._problem(again[0]) if again else None

    def _attempt(self, judge: Judge | None) -> Sequence[Fault]:
        """The faults it would bring; none: it is written. What was wrong before refuses nothing."""
        attempt = self._session.begin_nested()
        self._journal()
        self.written = self.merge.upsert()
        gone = self._vanished() and not self._batch.tally.unidentified
        self.deactivated = self.merge.deactivate(self._batch.tally.spared) if gone else 0
        after = judge(self._session, self._batch.kind) if judge and self.written + self.deactivated else ()
        if not after:
            attempt.commit()
            return ()
        attempt.rollback()
        assert judge is not None
        before = {fault.identity for fault in judge(self._session, self._batch.kind)}
        faults = [fault for fault in after if fault.identity not in before]
        return faults or self._attempt(None)

    def _journal(self) -> None:
        """What this version does to which rule; the first listing of a kind changes none."""
        if not self.merge.known():
            return
        into = "INSERT INTO rule_changes (version, kind, row_key, before, after)"
        name, tally = self.merge.name, self._batch.tally
        before, after = self.merge.as_json("t"), self.merge.as_json("s")
        self._execute(
            f"{into} SELECT :number, :kind, s.row_key, CASE WHEN t.listed THEN {before} END, {after}"
            f" FROM staged AS s LEFT JOIN {name} AS t ON t.row_key = s.row_key"
            f" WHERE t.row_key IS NULL OR {self.merge.differs('s')}"
        )
        if self._batch.complete and not tally.unidentified:
            spared = ["\x1f".join(key) for key in tally.spared]
            self._execute(
                f"{into} SELECT :number, :kind, t.row_key, {before}, NULL FROM {name} AS t"
                f" WHERE {self.merge.gone(tally.spared)}",
                spared=spared,
            )

    def _leave_out(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            self._batch.tally.note(self._problem(fault))
        keys = {key for fault in faults for key in fault.rows_of(self._batch.kind)}
        self.merge.leave_out(keys)
        self._batch.tally.bad += len(keys)
        self._batch.tally.spared.update(keys)
        self._spare_predecessors()

    def _spare_predecessors(self) -> None:
        """Rules whose successor cannot be used stay, though the listing has them no more."""
        if not self._batch.complete:
            return
        begins = RECORD_CLASSES[self._batch.kind].key_fields.index("valid_from")

        def place(key: Key) -> Key:
            return key[:begins] + key[begins + 1 :]

        refused = {place(key) for key in self._batch.tally.spared}
        gone = self.merge.vanished_keys(self._batch.tally.spared)
        self._batch.tally.spared.update(key for key in gone if place(key) in refused)

    def _problem(self, fault: Fault) -> Problem:
        keys = fault.rows_of(self._batch.kind)
        row = max((self._batch.tally.rows_of.get(key, 0) for key in keys), default=0)
        return Problem(source=f"{self._batch.kind.value}.csv", row=row, text=fault.text, remedy=fault.remedy)

    def _execute(self, statement: str, **values: Any) -> None:
        values |= {"erp": self._erp, "kind": self._batch.kind.value, "number": self._number}
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        self._session.execute(text(statement), used)
