"""Exported chats beside what was keyed, by customer: read as shadow reads, compared as the roll-out compares."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.catalogue import reader_speaker
from bot.onboarding.chat_export import ChatExport, ChatMessage
from bot.onboarding.naming import Naming, naming
from bot.onboarding.senders import NOBODY, OURS, REP, SEVERAL
from erp import entered, mirror
from nlp import Catalogue, named_firm, read
from nlp.values import AliasRecord, Context, DraftLine, Intent, Moment, PastOrder, Speaker
from orders.comparison import KeyedLine, ReadLine
from orders.rollout import Comparison, Day, KeyedOrder, compare_days
from orders.shadow_lines import Ladders, Message, as_read, wanted
from people.model import Party
from store.database import now

PAST_ORDERS = 5

Progress = Callable[[int, int], None]
Spared = Callable[[AliasRecord, date], bool]
"""Whether a name may be read with on a day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One message of a customer, and where it stands."""

    chat: str
    message: ChatMessage

    @property
    def day(self) -> date:
        return self.message.sent_at.date()


@dataclass(frozen=True, kw_only=True, slots=True)
class OfCustomer:
    """What a customer wrote, by day, and how it compares with what was keyed for him."""

    party_code: str
    written: Mapping[date, Sequence[Written]]
    ordering: frozenset[date]
    """The days on which something ordered was read."""
    comparison: Comparison


def by_party(exports: Iterable[tuple[ChatExport, Mapping[str, str]]], catalogue: Catalogue) -> dict[str, list[Written]]:
    """Every text a customer wrote, or a rep for him, in the order of time."""
    found: dict[str, list[Written]] = defaultdict(list)
    for export, senders in exports:
        last: dict[tuple[str, date], str] = {}
        for message in export.messages:
            speaks_for = senders.get(message.sender, NOBODY)
            if speaks_for in (NOBODY, OURS) or not (message.text or message.media):
                continue
            day = message.sent_at.date()
            party = _party(speaks_for, message.text, catalogue) or last.get((message.sender, day))
            if party:
                last[message.sender, day] = party
                found[party].append(Written(chat=export.name, message=message))
    return {party: sorted(texts, key=lambda one: one.message.sent_at) for party, texts in sorted(found.items())}


def _party(speaks_for: str, text: str, catalogue: Catalogue) -> str | None:
    if speaks_for == REP:
        return named_firm(text, catalogue, ())
    codes = speaks_for.split(SEVERAL)
    return codes[0] if len(codes) == 1 else named_firm(text, catalogue, tuple(codes))


def compared(
    app: Munshi,
    texts: Mapping[str, Sequence[Written]],
    *,
    progress: Progress | None = None,
    spared: Spared | None = None,
) -> Iterator[OfCustomer]:
    """Each customer's days; a transaction for each customer."""
    of, count = sum(map(len, texts.values())), 0
    for party_code, written in texts.items():
        with app.database.transaction() as session:
            reader = _Reader.of(app, session, party_code, spared)
            by_day: dict[date, list[Written]] = defaultdict(list)
            for one in written:
                by_day[one.day].append(one)
            days = []
            for day, ones in by_day.items():
                days.append(reader.read(day, ones))
                count += len(ones)
                if progress:
                    progress(count, of)
            yield OfCustomer(
                party_code=party_code,
                written=by_day,
                ordering=frozenset(day.on for day in days if day.read),
                comparison=compare_days(days, reader.orders, known_until=reader.known_until),
            )


# --- reading ---


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reader:
    """One customer's texts, each read with what was known of him the day before."""

    catalogue: Catalogue
    speaker: Speaker
    timezone: str
    orders: Sequence[KeyedOrder]
    """Oldest first."""
    known_until: date
    ladders: Ladders
    spared: Spared | None

    @classmethod
    def of(cls, app: Munshi, session: Session, party_code: str, spared: Spared | None) -> "_Reader":
        language = session.scalar(select(Party.language).where(Party.code == party_code)) or ""
        ladders = {(rung.sku, rung.uom): rung.factor for rung in mirror.all_uoms(session)}
        known_until = entered.known_until(session, app.erp.name) or now(session)
        return cls(
            catalogue=app.catalogues.current(session),
            speaker=reader_speaker(session, party_code=party_code, role="buyer", language=language, may_order_for=()),
            timezone=app.settings.timezone,
            orders=_orders(session, party_code, ladders),
            known_until=known_until.astimezone(app.settings.zone).date(),
            ladders=ladders,
            spared=spared,
        )

    def read(self, day: date, written: Sequence[Written]) -> Day:
        """What would have stood in the draft at the end of a day, its messages read one after the other."""
        before = [order for order in self.orders if order.on < day]
        past = tuple(map(_past, reversed(before[-PAST_ORDERS:])))
        speaker = replace(
            self.speaker,
            history=tuple(line for line in self.speaker.history if line.date < day),
            aliases=tuple(one for one in self.speaker.aliases if self.spared is None or self.spared(one, day)),
        )
        kept = _Kept()
        for at, one in enumerate(written):
            if not one.message.text:
                continue
            context = Context(draft=kept.draft(), orders=past)
            moment = Moment(now=one.message.sent_at, timezone=self.timezone)
            reading = read(one.message.text, self.catalogue, speaker, moment, context)
            said = reading.as_json()
            if reading.intent is Intent.REPEAT_ORDER and before:
                said["lines"] = [*map(_repeated, before[-1].lines), *said["lines"]]
            kept.messages.append(Message(inbound_id=at, said_at=one.message.sent_at, reading=said))
            kept.names |= {(at, line.source): naming(one.message.text, line, reading) for line in reading.lines}
        media = any(one.message.media for one in written)
        return Day(on=day, read=tuple(kept.lines(self.ladders)), no_text=media)


@dataclass(slots=True)
class _Kept:
    """A day's messages as read so far, with the words of each line."""

    messages: list[Message] = field(default_factory=list)
    names: dict[tuple[int, str], Naming] = field(default_factory=dict)

    def draft(self) -> tuple[DraftLine, ...]:
        return tuple(
            DraftLine(sku=line.sku, quantity=line.quantity, uom=line.uom, source=line.source)
            for line in wanted(self.messages)
        )

    def lines(self, ladders: Ladders) -> Iterator[ReadLine]:
        """A line that was edited later, or repeats an order, has no words that could teach anything."""
        for line in wanted(self.messages):
            name = self.names.get((line.inbound_id, line.source), Naming("", line.source))
            yield replace(as_read(line, ladders), words=name.words, text=name.said)


def _repeated(line: KeyedLine) -> dict[str, Any]:
    return {
        "source": "",
        "sku": line.sku,
        "quantity": str(line.quantity),
        "uom": line.uom,
        "status": "matched",
        "candidates": [],
    }


def _past(order: KeyedOrder) -> PastOrder:
    return PastOrder(
        number=order.number,
        placed_on=order.on,
        lines=tuple(DraftLine(sku=line.sku, quantity=line.quantity, uom=line.uom) for line in order.lines),
    )


def _orders(session: Session, party_code: str, ladders: Ladders) -> list[KeyedOrder]:
    """All that was ever keyed for a customer, oldest first."""
    found: dict[tuple[date, str], list[KeyedLine]] = defaultdict(list)
    for line in entered.lines(session, [party_code], since=date.min, until=date.max):
        base = line.quantity * ladders.get((line.sku, line.uom), Decimal(1))
        keyed = KeyedLine(order=line.number, sku=line.sku, quantity=line.quantity, uom=line.uom, base=base)
        found[line.day, line.number].append(keyed)
    return [KeyedOrder(number=number, on=day, lines=tuple(lines)) for (day, number), lines in sorted(found.items())]
