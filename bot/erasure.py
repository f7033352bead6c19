"""Erasing a person: what he wrote and who he is goes; the order stays, as a record of the business."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Column, Table, cast, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from bot.model import Conversation, Inbound, InboundState, Outbound, OutboundState
from bot.onboarding import state as onboarding
from bot.personal_data import KEPT, Kept, drafts_of, messages_of, rows_of
from erp.mirror_model import Mirrored
from erp.outbox_model import OutboxRow
from orders import drafts
from orders.change_model import OrderChange
from orders.model import DraftState, OrderDraft
from people import consent
from people.model import Account, Identity, Person, PrivacyAct
from people.privacy import ERASED, Subject, begin_forgetting, names_of, note
from routing.model import Matter
from store.base import Base
from store.database import now

log = structlog.get_logger()

NOBODY = "–"
BY = "privacy"
SHORTEST_NAME = 3
UNFINISHED = (DraftState.OPEN.value, DraftState.DESK.value)
KEPT_AS_IT_IS = frozenset({"sender", "sid", "token", "phrase"})
NEVER_SWEPT = frozenset(
    {"identities", "persons", "accounts", "consents", "privacy_acts", "inbound_media", "parties", "addresses"}
    | {"administrators", "one_time_links", "sign_in_failures", "content_shapes"}
)
"""Dealt with by row, or about others. Master data is the ERP's, and left out as well."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    """What is sought; `found` says, in the database's own way, where at all. Keys of JSON are our words, not names."""

    found: str
    numbers: re.Pattern[str]
    anywhere: re.Pattern[str]
    in_sentences: re.Pattern[str]

    def out_of(self, value: Any) -> Any:
        """The same without them."""
        if isinstance(value, Mapping):
            return {self.numbers.sub(NOBODY, key): self.out_of(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.out_of(one) for one in value]
        if not isinstance(value, str):
            return value
        said = self.anywhere.sub(NOBODY, value)
        return self.in_sentences.sub(NOBODY, said) if any(map(str.isspace, value)) else said


def erase(session: Session, whose: Subject, *, by: str) -> dict[str, int]:
    """Take everything of his away, in this transaction; how many rows of each table it concerned. Idempotent.

    What stands open with him is ended first: nobody shall be asked about what nobody can read any more.
    """
    _lock(session, whose)
    begin_forgetting(session)
    numbers, names = names_of(session, whose)
    _end_what_is_open(session, whose)
    counts = {kept.table.name: _erased(session, kept, whose) for kept in KEPT if kept.goes or kept.blanks}
    counts["outbox"] = _erase_from_documents(session, whose)
    counts["order_changes"] = _erase_from_changes(session, whose)
    counts["named elsewhere"] = _sweep(session, numbers, names)
    _forget_identities(session, whose)
    # Lines of exported chats stand there without anybody's number; the walk is begun anew where it is still wanted.
    onboarding.forget(session)
    if numbers or names or any(counts.values()):
        for account in session.scalars(select(Account).where(Account.id.in_(whose.account_ids))):
            consent.erased(session, account, by=BY)
    note(session, PrivacyAct.ERASE, by=by, subject=whose.reference, counts=counts)
    log.info("person_erased", subject=whose.reference)
    return counts


def _lock(session: Session, whose: Subject) -> None:
    """Nothing is heard of him or said to him meanwhile."""
    session.execute(select(Account.id).where(Account.id.in_(whose.account_ids)).order_by(Account.id).with_for_update())
    talks = select(Conversation.account_id).where(Conversation.account_id.in_(whose.account_ids))
    session.execute(talks.order_by(Conversation.account_id).with_for_update())


def _end_what_is_open(session: Session, whose: Subject) -> None:
    present = now(session)
    for draft_id in session.scalars(drafts_of(whose).where(OrderDraft.state.in_(UNFINISHED))).all():
        drafts.close(session, drafts.locked(session, draft_id), DraftState.CANCELLED, by=BY, reason="erased")
    session.execute(
        update(Outbound)
        .where(
            Outbound.account_id.in_(whose.account_ids),
            (Outbound.state == OutboundState.QUEUED.value) | Outbound.waits_since.is_not(None),
        )
        .values(state=OutboundState.SUPERSEDED.value, state_at=present, waits_since=None)
    )
    session.execute(
        update(Inbound)
        .where(Inbound.id.in_(messages_of(whose)), Inbound.state != InboundState.DONE.value)
        .values(state=InboundState.DONE.value, done_at=present, outcome="erased")
    )
    open_matters = update(Matter).where(Matter.account_id.in_(whose.account_ids), Matter.closed_at.is_(None))
    session.execute(open_matters.values(closed_at=present, closed_by=BY, close_reason="erased"))
    session.flush()


def _erased(session: Session, kept: Kept, whose: Subject) -> int:
    """Whole rows, or what of them was his. Identities go last: they tell what is his."""
    if kept.table.name == "identities":
        return 0
    his = rows_of(kept, whose)
    statement: Any = delete(kept.table).where(his)
    if not kept.goes:
        still = [kept.table.c[name].is_distinct_from(blank) for name, blank in kept.blanks.items()]
        changed = still[0]
        for one in still[1:]:
            changed |= one
        statement = update(kept.table).where(his, changed).values(**kept.blanks)
    return _count(session.execute(statement))


def _erase_from_documents(session: Session, whose: Subject) -> int:
    """In what was left for the ERP; what the ERP has is its own."""
    documents = next(kept for kept in KEPT if kept.model is OutboxRow)
    changed = 0
    for row in session.scalars(select(OutboxRow).where(rows_of(documents, whose)).with_for_update()):
        told = {name: _wordless(row.payload[name]) for name in ("lines", "diff") if row.payload.get(name)}
        blank = {name: "" for name in ("ordered_by", "remarks") if row.payload.get(name)}
        payload = {**row.payload, **blank, **told}
        if payload != row.payload:
            row.payload = payload
            changed += 1
    session.flush()
    return changed


def _erase_from_changes(session: Session, whose: Subject) -> int:
    """His words beside the lines; what the order is to become stays, as one may be on its way."""
    changed = 0
    for row in session.scalars(select(OrderChange).where(OrderChange.account_id.in_(whose.account_ids))):
        told = (_wordless(row.diff), _wordless(row.before), _wordless(row.lines))
        if told != (row.diff, row.before, row.lines):
            row.diff, row.before, row.lines = told
            changed += 1
    session.flush()
    return changed


def _wordless(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**line, "original_text": ""} if line.get("original_text") else dict(line) for line in lines]


def _sweep(session: Session, numbers: Iterable[str], names: Iterable[str]) -> int:
    """His numbers and his whole names in anybody's texts become a dash; how many rows."""
    numbers, names = set(numbers), {one for one in names if len(one) >= SHORTEST_NAME}
    if not numbers | names:
        return 0
    words = _Words(
        found="|".join(map(re.escape, sorted(numbers | names))),
        numbers=_any_of(numbers),
        anywhere=_any_of(numbers, {one for one in names if not _like_a_code(one)}),
        in_sentences=_any_of(names=names),
    )
    mirrored = {str(one.local_table.description) for one in Base.registry.mappers if issubclass(one.class_, Mirrored)}
    return sum(
        _sweep_column(session, table, column, words)
        for name, table in Base.metadata.tables.items()
        if name not in NEVER_SWEPT | mirrored
        for column in table.columns
        if _is_text(column)
    )


def _any_of(numbers: Iterable[str] = (), names: Iterable[str] = ()) -> re.Pattern[str]:
    words = [re.escape(one) for one in numbers] + [rf"(?<!\w){re.escape(one)}(?!\w)" for one in names]
    return re.compile("|".join(sorted(words, key=len, reverse=True)) or r"(?!)")


def _like_a_code(name: str) -> bool:
    """Whether it may be a state, a unit or an item as well: people call themselves "open", "case" and "RAJ-50"."""
    return name.isascii() and not any(map(str.isspace, name)) and name in (name.lower(), name.upper())


def _is_text(column: Column[Any]) -> bool:
    keyed = column.primary_key or bool(column.foreign_keys) or column.unique
    return isinstance(column.type, Text | JSONB) and not keyed and column.name not in KEPT_AS_IT_IS


def _sweep_column(session: Session, table: Table, column: Column[Any], words: _Words) -> int:
    keys = list(table.primary_key.columns)
    rows = session.execute(select(*keys, column).where(cast(column, Text).regexp_match(words.found))).all()
    changed = 0
    for *key, before in rows:
        after = words.out_of(before)
        if after != before:
            this = [one == value for one, value in zip(keys, key, strict=True)]
            session.execute(update(table).where(*this).values({column.name: after}))
            changed += 1
    return changed


def _forget_identities(session: Session, whose: Subject) -> None:
    """Where a number must stand, one of our own does; then nothing tells any more whose all this was."""
    session.execute(
        update(Inbound).where(Inbound.id.in_(messages_of(whose))).values(sender=ERASED + cast(Inbound.id, Text))
    )
    session.execute(delete(Identity).where(Identity.account_id.in_(whose.account_ids)))
    if whose.person_id is not None:
        session.execute(update(Person).where(Person.id == whose.person_id).values(phone=f"{ERASED}{whose.person_id}"))
    session.expire_all()


def _count(result: Any) -> int:
    return int(result.rowcount)
