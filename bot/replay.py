"""What a change of aliases would do: past messages read twice, as it is and as it would be. Nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.catalogue import reader_speaker
from bot.model import Inbound
from nlp import read
from nlp.values import AliasRecord, Moment, Reading, Speaker
from orders.alias_rules import fold
from orders.aliases import Wish
from orders.model import Alias, OrderDraft, TrailEntry
from people.model import Account, Person

MOST_READ = 80
SHORTEST_WORD = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line as read."""

    source: str
    sku: str | None
    quantity: str
    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """A past message that would be read differently, with the lines that differ."""

    inbound_id: int
    text: str
    at: datetime
    party_code: str
    before: tuple[Line, ...]
    after: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """How many past messages held the words, and which of them would be read differently."""

    read: int
    changed: tuple[Replayed, ...]


Readings = dict[int, tuple[Line, ...]]


def preview(
    app: Munshi,
    session: Session,
    wish: Wish | None,
    *,
    without: Iterable[int] = (),
    last: int = MOST_READ,
    before: Readings | None = None,
) -> Preview:
    """Read the `last` messages that hold words of the alias, with it and without it.

    `without` are the ids of aliases that would go; `wish` is the one that would come, if any. `before` keeps what
    messages are read as at present, for whoever looks at many aliases.
    """
    before = {} if before is None else before
    gone = session.scalars(select(Alias).where(Alias.id.in_(set(without)))).all()
    catalogue = app.catalogues.current(session)
    rows = _messages(session, wish, gone, last=last)
    speakers: dict[tuple[str, str], Speaker] = {}
    changed = []
    for inbound, party_code, language in rows:
        key = (party_code, language)
        if key not in speakers:
            speakers[key] = reader_speaker(
                session, party_code=party_code, role="buyer", language=language, may_order_for=()
            )
        moment = Moment(now=inbound.sent_at, timezone=app.settings.timezone)
        if inbound.id not in before:
            before[inbound.id] = _lines(read(inbound.body, catalogue, speakers[key], moment))
        then = _changed(speakers[key], wish, gone)
        after = _lines(read(inbound.body, catalogue, then, moment))
        if after != before[inbound.id]:
            changed.append(_replayed(inbound, party_code, before[inbound.id], after))
    return Preview(read=len(rows), changed=tuple(changed))


def _messages(
    session: Session, wish: Wish | None, gone: Sequence[Alias], *, last: int
) -> list[tuple[Inbound, str, str]]:
    """The last ones holding a word of the phrases, each with the firm it was read for; others cannot change."""
    phrases = [alias.phrase for alias in gone] + ([fold(wish.phrase)] if wish else [])
    words = {word for phrase in phrases for word in phrase.split() if len(word) >= SHORTEST_WORD} or set(phrases)
    parties = {alias.party_code for alias in gone} | ({wish.party_code} if wish else set())
    drafted = (
        select(TrailEntry.inbound_id, OrderDraft.party_code)
        .join(OrderDraft, OrderDraft.id == TrailEntry.draft_id)
        .where(TrailEntry.inbound_id.is_not(None))
        .distinct()
        .subquery()
    )
    query = (
        select(Inbound, drafted.c.party_code, Person)
        .join(Account, Account.id == Inbound.account_id)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(drafted, drafted.c.inbound_id == Inbound.id)
        .where(Inbound.payload == "", or_(*(Inbound.body.ilike(f"%{_escaped(word)}%") for word in sorted(words))))
        .order_by(Inbound.id.desc())
        .limit(last * (1 if "" in parties else 5))
    )
    found = []
    for inbound, drafted_for, person in session.execute(query):
        party_code = drafted_for or (person.parties[0] if len(person.parties) == 1 else "")
        if "" in parties or party_code in parties:
            found.append((inbound, party_code, person.language))
    return found[:last]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _changed(speaker: Speaker, wish: Wish | None, gone: Sequence[Alias]) -> Speaker:
    leaving = {(alias.party_code or None, alias.phrase, alias.sku) for alias in gone}
    kept = [alias for alias in speaker.aliases if (alias.customer, alias.phrase, alias.sku) not in leaving]
    if wish and wish.party_code in ("", speaker.customer):
        new = AliasRecord(
            customer=wish.party_code or None, phrase=fold(wish.phrase), sku=wish.sku, uom=wish.uom or None
        )
        kept = [one for one in kept if (one.customer, one.phrase, one.sku) != (new.customer, new.phrase, new.sku)]
        kept.append(new)
    return replace(speaker, aliases=tuple(kept))


def _replayed(inbound: Inbound, party_code: str, before: tuple[Line, ...], after: tuple[Line, ...]) -> Replayed:
    return Replayed(
        inbound_id=inbound.id,
        text=inbound.body,
        at=inbound.sent_at,
        party_code=party_code,
        before=tuple(line for line in before if line not in after),
        after=tuple(line for line in after if line not in before),
    )


def _lines(reading: Reading) -> tuple[Line, ...]:
    return tuple(
        Line(
            source=line.source,
            sku=line.sku,
            quantity=f"{line.quantity if line.quantity is not None else '?'} {line.uom or ''}".strip(),
            status=line.status.value,
        )
        for line in reading.lines
    )
