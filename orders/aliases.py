"""Use cases on aliases: what matches, what a pick proposes, what an admin adds, changes, approves and undoes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import AliasRow
from orders.alias_rules import PICKS_TO_MATCH, AliasProblem, fold, phrase_problem, target_problem
from orders.model import Alias, AliasState
from people.model import Party
from store.database import now

__all__ = ["AliasProblem", "Wish", "add", "approve", "approved", "edit", "fold", "learn_pick", "reject", "undo"]

KEPT_FOR_UNDO = ("party_code", "phrase", "sku", "uom", "state", "origin", "changed_by")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """An alias as somebody wants it; an empty party means everyone's, an empty UoM leaves the unit to the message."""

    party_code: str = ""
    phrase: str
    sku: str
    uom: str = ""


# --- what the reader and the dialogues ask ------------------------------------------------------------------------


def approved(session: Session, party_code: str) -> Sequence[Row[str, str, str, str | None]]:
    """What matches for this customer, its own aliases and everyone's: `party_code, phrase, sku, uom` of each."""
    return session.execute(
        select(Alias.party_code, Alias.phrase, Alias.sku, Alias.uom)
        .where(Alias.state == AliasState.APPROVED.value, Alias.party_code.in_((party_code, "")))
        .order_by(Alias.id)
    ).all()


def remembered(session: Session, party_code: str) -> dict[str, Alias]:
    """What this customer answered before, by folded phrase: the newest answer where there were several."""
    rows = session.scalars(
        select(Alias)
        .where(Alias.party_code == party_code, Alias.state != AliasState.RETIRED.value, Alias.picks > 0)
        .order_by(Alias.changed_at, Alias.id)
    )
    return {row.phrase: row for row in rows}


def learn_pick(
    session: Session,
    *,
    party_code: str,
    phrase: str,
    sku: str,
    uom: str | None,
    inbound_id: int | None,
    message: str,
) -> None:
    """Keep what a customer answered to our question as a proposal; a second equal answer makes it match.

    Words no alias may be made of are passed over. Answers within one message count once.
    """
    folded = fold(phrase)
    if phrase_problem(folded):
        return
    present = now(session)
    fresh = insert(Alias).values(
        party_code=party_code,
        phrase=folded,
        sku=sku,
        uom=uom or None,
        state=AliasState.PROPOSED.value,
        origin="pick",
        picks=1,
        inbound_id=inbound_id,
        message=message,
        created_at=present,
        changed_at=present,
        changed_by="",
    )
    counted = fresh.on_conflict_do_update(
        index_elements=["party_code", "phrase", "sku"],
        set_={
            "picks": Alias.picks + 1,
            "inbound_id": inbound_id,
            "message": message,
            "changed_at": present,
        },
        where=Alias.inbound_id.is_distinct_from(inbound_id),
    ).returning(Alias.id, Alias.picks, Alias.state)
    row = session.execute(counted).first()
    if row and row.state == AliasState.PROPOSED and row.picks >= PICKS_TO_MATCH:
        _let_match(session, row.id)


def _let_match(session: Session, alias_id: int) -> None:
    """Two equal answers: from now on it matches, and rival proposals for the same words are dropped."""
    alias = _locked(session, [alias_id])[0]
    _remember(alias)
    alias.state = AliasState.APPROVED.value
    for rival in _rivals(session, alias):
        _remember(rival)
        rival.state = AliasState.RETIRED.value
    session.flush()


def _rivals(session: Session, alias: Alias) -> Sequence[Alias]:
    return session.scalars(
        select(Alias)
        .where(
            Alias.party_code == alias.party_code,
            Alias.phrase == alias.phrase,
            Alias.sku != alias.sku,
            Alias.state == AliasState.PROPOSED.value,
        )
        .with_for_update()
    ).all()


# --- what an admin does -----------------------------------------------------------------------------------------------


def judge(session: Session, wish: Wish) -> list[AliasProblem]:
    """Everything that keeps a wish from becoming an alias."""
    problems = [phrase_problem(fold(wish.phrase))]
    problems.append(
        target_problem(
            sku=wish.sku,
            uom=wish.uom,
            known=mirror.items(session, [wish.sku]),
            ladder=mirror.uoms(session, [wish.sku]).get(wish.sku, {}),
        )
    )
    if wish.party_code and session.get(Party, wish.party_code) is None:
        problems.append(
            AliasProblem(
                field="party_code",
                text=f"there is no customer {wish.party_code}",
                remedy="choose a code of the customer list, or leave it empty for everyone",
            )
        )
    return [problem for problem in problems if problem]


def add(session: Session, wish: Wish, *, by: str) -> Alias | list[AliasProblem]:
    """Make an alias that matches at once; one that was retired or proposed comes into force."""
    problems = judge(session, wish)
    if problems:
        return problems
    made = take_wish(session, wish, by=by)
    return made[0] if made else [_there_already(wish)]


def take_wish(session: Session, wish: Wish, *, by: str) -> tuple[Alias, bool] | None:
    """A wish that was judged sound, carried out: the alias and whether it is new. None: it is there as wished."""
    existing = _same(session, wish)
    if existing is None:
        return _new(session, wish, by=by), True
    if existing.state == AliasState.APPROVED and (existing.uom or "") == wish.uom:
        return None
    _change(session, existing, by=by, state=AliasState.APPROVED.value, uom=wish.uom or None)
    return existing, False


def _same(session: Session, wish: Wish) -> Alias | None:
    return session.scalars(
        select(Alias)
        .where(Alias.party_code == wish.party_code, Alias.phrase == fold(wish.phrase), Alias.sku == wish.sku)
        .with_for_update()
    ).first()


def _there_already(wish: Wish) -> AliasProblem:
    whose = f"customer {wish.party_code}" if wish.party_code else "everyone"
    return AliasProblem(
        field="phrase",
        text=f"“{fold(wish.phrase)}” means {wish.sku} for {whose} already",
        remedy="change that one instead",
    )


def _new(session: Session, wish: Wish, *, by: str, replaces: int | None = None) -> Alias:
    present = now(session)
    alias = Alias(
        party_code=wish.party_code,
        phrase=fold(wish.phrase),
        sku=wish.sku,
        uom=wish.uom or None,
        state=AliasState.APPROVED.value,
        origin="page",
        created_at=present,
        changed_at=present,
        changed_by=by,
    )
    # Undoing an addition takes it out of use, and puts back what it took the place of.
    alias.previous = _snapshot(alias) | {"state": AliasState.RETIRED.value, "replaces": replaces}
    session.add(alias)
    session.flush()
    return alias


def edit(session: Session, alias_id: int, wish: Wish, *, by: str) -> Alias | list[AliasProblem]:
    """Change an alias; it matches as changed. One from the ERP's file is overridden, and its row stays retired."""
    problems = judge(session, wish)
    alias = next(iter(_locked(session, [alias_id])), None)
    if alias is None:
        problems.append(AliasProblem(field="phrase", text="this alias is gone", remedy="search for it again"))
    if problems or alias is None:
        return problems
    other = _same(session, wish)
    if other is not None and other.id != alias.id:
        return [_there_already(wish)]
    if other is None and alias.origin == "file":
        _change(session, alias, by=by, state=AliasState.RETIRED.value)
        return _new(session, wish, by=by, replaces=alias.id)
    _change(
        session,
        alias,
        by=by,
        party_code=wish.party_code,
        phrase=fold(wish.phrase),
        sku=wish.sku,
        uom=wish.uom or None,
        state=AliasState.APPROVED.value,
    )
    return alias


def approve(session: Session, ids: Iterable[int], *, by: str) -> list[int]:
    """Let proposals match; those that are none any more, or whose item is gone, are left. Which ones it did."""
    proposed = [alias for alias in _locked(session, ids) if alias.state == AliasState.PROPOSED]
    known = mirror.items(session, {alias.sku for alias in proposed})
    fit = [alias for alias in proposed if alias.sku in known]
    for alias in fit:
        _change(session, alias, by=by, state=AliasState.APPROVED.value)
    return [alias.id for alias in fit]


def reject(session: Session, ids: Iterable[int], *, by: str) -> list[int]:
    """Take aliases out of use, proposed or approved ones; they stay on record. Which ones it did."""
    live = [alias for alias in _locked(session, ids) if alias.state != AliasState.RETIRED]
    for alias in live:
        _change(session, alias, by=by, state=AliasState.RETIRED.value)
    return [alias.id for alias in live]


def undo(session: Session, ids: Iterable[int], *, by: str) -> list[int]:
    """Put aliases back to what they were before their last change; undone again, that change holds again.

    One whose place another alias has taken since stays as it is. Which ones it did.
    """
    return [alias.id for alias in _locked(session, ids) if _undo(session, alias, by=by)]


def _undo(session: Session, alias: Alias, *, by: str) -> bool:
    before = alias.previous
    if before is None or _taken(session, alias, before):
        return False
    replaced = before.get("replaces")
    after = _snapshot(alias) | ({"replaces": replaced} if replaced else {})
    _restore(alias, before)
    alias.previous, alias.changed_at = after, now(session)
    # A row of the ERP's file that is as the file has it is the file's again.
    if not (alias.origin == "file" and before.get("changed_by") == ""):
        alias.changed_by = by
    if replaced:
        for other in _locked(session, [int(replaced)]):
            _undo(session, other, by=by)
    session.flush()
    return True


def _taken(session: Session, alias: Alias, before: dict[str, Any]) -> bool:
    other = session.scalars(
        select(Alias.id).where(
            Alias.party_code == before["party_code"], Alias.phrase == before["phrase"], Alias.sku == before["sku"]
        )
    ).first()
    return other is not None and other != alias.id


def _locked(session: Session, ids: Iterable[int]) -> Sequence[Alias]:
    # Always in the order of ids, so that two admins approving the same list do not wait for each other in a ring.
    query = select(Alias).where(Alias.id.in_(set(ids))).order_by(Alias.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _snapshot(alias: Alias) -> dict[str, Any]:
    return {name: getattr(alias, name) for name in KEPT_FOR_UNDO}


def _remember(alias: Alias) -> None:
    alias.previous = _snapshot(alias)


def _restore(alias: Alias, before: dict[str, Any]) -> None:
    for name in KEPT_FOR_UNDO:
        if name in before:
            setattr(alias, name, before[name])


def _change(session: Session, alias: Alias, *, by: str, **values: Any) -> None:
    _remember(alias)
    for name, value in values.items():
        setattr(alias, name, value)
    alias.changed_by, alias.changed_at = by, now(session)
    session.flush()


# --- what the ERP hands over -----------------------------------------------------------------------------------------


def take_aliases(
    session: Session, records: Iterable[AliasRow], *, complete: bool, spared: Collection[tuple[str, ...]] = ()
) -> None:
    """Write the ERP's aliases over our own of the same words, but for what an admin changed; who left is retired."""
    seen: set[tuple[str, str, str]] = set()
    present = now(session)
    for record in records:
        key = (record.customer, fold(record.alias), record.sku)
        if not key[1] or key in seen:
            continue
        seen.add(key)
        _take(session, key, record.uom or None, present)
    session.flush()
    if complete:
        unread = {(customer, fold(alias)) for customer, alias in spared}
        _retire_missing(session, seen, unread, present)


def _take(session: Session, key: tuple[str, str, str], uom: str | None, present: Any) -> None:
    party_code, phrase, sku = key
    values = {"uom": uom, "state": AliasState.APPROVED.value, "origin": "file"}
    fresh = insert(Alias).values(
        party_code=party_code, phrase=phrase, sku=sku, created_at=present, changed_at=present, changed_by="", picks=0,
        message="", **values,
    )  # fmt: skip
    session.execute(
        fresh.on_conflict_do_update(
            index_elements=["party_code", "phrase", "sku"],
            set_=values | {"changed_at": present},
            where=(Alias.changed_by == "")
            & (Alias.uom.is_distinct_from(uom) | (Alias.state != AliasState.APPROVED.value) | (Alias.origin != "file")),
        )
    )


def _retire_missing(
    session: Session, seen: set[tuple[str, str, str]], unread: set[tuple[str, str]], present: Any
) -> None:
    ours = session.execute(
        select(Alias.id, Alias.party_code, Alias.phrase, Alias.sku).where(
            Alias.origin == "file", Alias.changed_by == "", Alias.state == AliasState.APPROVED.value
        )
    )
    gone = [
        row.id
        for row in ours
        if (row.party_code, row.phrase, row.sku) not in seen and (row.party_code, row.phrase) not in unread
    ]
    if gone:
        session.execute(
            update(Alias).where(Alias.id.in_(gone)).values(state=AliasState.RETIRED.value, changed_at=present)
        )


def overridden(session: Session) -> Sequence[Alias]:
    """Rows of the ERP's file that an admin decided otherwise about; `check` lists them."""
    return session.scalars(
        select(Alias).where(Alias.origin == "file", Alias.changed_by != "").order_by(Alias.party_code, Alias.phrase)
    ).all()


def count_of(session: Session, state: AliasState) -> int:
    """How many there are in this state."""
    return session.scalar(select(func.count()).where(Alias.state == state.value)) or 0
