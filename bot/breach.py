"""Whose data of which kinds was in reach since a moment, for the report that is due within 72 hours of a breach."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.model import Inbound, InboundMedia, Outbound
from bot.privacy_export import harmless
from orders.model import SalesOrder
from people.model import Account, Identity, Person, PrivacyEntry, SignInFailure
from people.privacy import ERASED, acts_since
from store.nightly import Backup

COLUMNS = (
    "number", "name", "firms", "staff", "phone", "messages", "new_messages", "said", "attachments", "orders",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class InReach:
    """One human and how much of his lay here. `number` is how the other commands call him."""

    number: str
    name: str
    firms: tuple[str, ...]
    staff: bool
    phone: str
    messages: int
    new_messages: int
    """Written since the moment."""
    said: int
    attachments: int
    orders: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Everybody, and what left the house by other ways meanwhile."""

    people: tuple[InReach, ...]
    acts: tuple[PrivacyEntry, ...]
    """Exports and erasures."""
    backups: tuple[Backup, ...]
    sign_ins_refused: int

    def total(self, column: str) -> int:
        """Of all people together."""
        return sum(getattr(one, column) for one in self.people)


def report(session: Session, since: datetime) -> Report:
    """All that the database holds was in reach of whoever was in it since then: what stood there, and what came."""
    return Report(
        people=tuple(_people(session, since)),
        acts=tuple(acts_since(session, since)),
        backups=tuple(session.scalars(select(Backup).where(Backup.began_at >= since).order_by(Backup.day))),
        sign_ins_refused=session.scalar(select(func.count(SignInFailure.id)).where(SignInFailure.at >= since)) or 0,
    )


def write_people(file: IO[str], people: Iterable[InReach]) -> None:
    """As a table, which no spreadsheet runs."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in people:
        cells = [getattr(one, column) for column in COLUMNS]
        writer.writerow([harmless(" ".join(cell) if isinstance(cell, tuple) else str(cell)) for cell in cells])


def _people(session: Session, since: datetime) -> Iterator[InReach]:
    heard = _counts(session, select(Inbound.account_id, func.count()).group_by(Inbound.account_id))
    new = _counts(
        session,
        select(Inbound.account_id, func.count()).where(Inbound.stored_at >= since).group_by(Inbound.account_id),
    )
    said = _counts(session, select(Outbound.account_id, func.count()).group_by(Outbound.account_id))
    media = _counts(
        session,
        select(Inbound.account_id, func.count())
        .join(InboundMedia, InboundMedia.inbound_id == Inbound.id)
        .where(InboundMedia.content.is_not(None))
        .group_by(Inbound.account_id),
    )
    orders = _counts(session, select(SalesOrder.account_id, func.count()).group_by(SalesOrder.account_id))
    accounts: dict[int | None, list[int]] = {}
    for account in session.execute(select(Account.id, Account.person_id).order_by(Account.id)):
        accounts.setdefault(account.person_id, []).append(account.id)

    def of(number: str, ids: list[int], *, name: str, firms: Iterable[str], staff: bool, phone: str) -> InReach:
        return InReach(
            number=number,
            name=name,
            firms=tuple(firms),
            staff=staff,
            phone=phone,
            messages=sum(heard.get(one, 0) for one in ids),
            new_messages=sum(new.get(one, 0) for one in ids),
            said=sum(said.get(one, 0) for one in ids),
            attachments=sum(media.get(one, 0) for one in ids),
            orders=sum(orders.get(one, 0) for one in ids),
        )

    for person in session.scalars(select(Person).where(~Person.phone.startswith(ERASED)).order_by(Person.id)):
        yield of(
            f"person:{person.id}",
            accounts.get(person.id, []),
            name=person.name,
            firms=person.parties,
            staff=bool(person.functions),
            phone=person.phone,
        )
    numbers = {one.account_id: one.value for one in session.scalars(select(Identity).order_by(Identity.value))}
    for account_id in accounts.get(None, []):
        if account_id in numbers:
            yield of(f"account:{account_id}", [account_id], name="", firms=(), staff=False, phone=numbers[account_id])


def _counts(session: Session, query: Any) -> dict[int, int]:
    rows: Any = session.execute(query).all()
    return dict(rows)
