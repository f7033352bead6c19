"""Exported chats, day by day, beside the orders of those days: what was written, what is read of it, what was keyed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.catalogue import reader_speaker
from bot.onboarding.chat_export import ChatExport, ChatMessage
from bot.onboarding.draft_of_the_day import DayLine, DraftOfTheDay
from bot.onboarding.senders import NOBODY, OURS, REP, SEVERAL
from erp import mirror
from nlp import Catalogue, named_firm, read
from nlp.values import AliasRecord, Moment, PastOrder, Speaker, Status
from nlp.values import DraftLine as ContextLine
from orders.comparison import KeyedLine, ReadLine
from people.model import Party

KEYED_WITHIN = timedelta(days=3)
"""An order sent on a Saturday night is keyed on Tuesday at the latest."""
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
class ChatDay:
    """One customer's day: its messages, the lines they would have come to, and those of the orders keyed for it."""

    party_code: str
    day: date
    written: tuple[Written, ...]
    read: tuple[ReadLine, ...]
    keyed: tuple[KeyedLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One order as it was keyed."""

    number: str
    day: date
    lines: tuple[KeyedLine, ...]


def by_party(exports: Iterable[tuple[ChatExport, Mapping[str, str]]], catalogue: Catalogue) -> dict[str, list[Written]]:
    """Every text a customer wrote, or a rep for him, in the order of time."""
    found: dict[str, list[Written]] = defaultdict(list)
    for export, senders in exports:
        last: dict[tuple[str, date], str] = {}
        for message in export.messages:
            speaks_for = senders.get(message.sender, NOBODY)
            if speaks_for in (NOBODY, OURS) or not message.text:
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


def chat_days(
    app: Munshi,
    texts: Mapping[str, Sequence[Written]],
    *,
    progress: Progress | None = None,
    spared: Spared | None = None,
) -> Iterator[ChatDay]:
    """The days of all customers on which something was read or keyed; a transaction for each customer."""
    of, count = sum(map(len, texts.values())), 0
    for party_code, written in texts.items():
        with app.database.transaction() as session:
            reader = _Reader.of(app, session, party_code, spared)
            read_by_day: dict[date, list[ReadLine]] = {}
            texts_by_day: dict[date, list[Written]] = defaultdict(list)
            for one in written:
                texts_by_day[one.day].append(one)
            for day, ones in texts_by_day.items():
                read_by_day[day] = reader.read(day, ones)
                count += len(ones)
                if progress:
                    progress(count, of)
            yield from _days(party_code, texts_by_day, read_by_day, reader.orders)


def _days(
    party_code: str,
    texts: Mapping[date, Sequence[Written]],
    read_by_day: Mapping[date, Sequence[ReadLine]],
    orders: Sequence[Order],
) -> Iterator[ChatDay]:
    ordering = sorted(day for day, lines in read_by_day.items() if lines)
    keyed = _keyed_for(ordering, orders)
    for day in ordering:
        yield ChatDay(
            party_code=party_code,
            day=day,
            written=tuple(texts[day]),
            read=tuple(read_by_day[day]),
            keyed=tuple(keyed.get(day, ())),
        )


def _keyed_for(ordering: Sequence[date], orders: Sequence[Order]) -> dict[date, list[KeyedLine]]:
    """What was keyed for each day: on it, else on the first day with orders up to three days later.

    An order of a day on which nobody wrote, behind one that has its own, was not ordered in a chat.
    """
    by_day: dict[date, list[KeyedLine]] = defaultdict(list)
    for order in orders:
        by_day[order.day] += order.lines
    found: dict[date, list[KeyedLine]] = {}
    for day in ordering:
        days = (day + timedelta(days=later) for later in range(KEYED_WITHIN.days + 1))
        keyed_on = next((one for one in days if one in by_day), None)
        if keyed_on is not None and (keyed_on == day or keyed_on not in ordering):
            found[day] = by_day.pop(keyed_on)
    return found


# --- reading ---


@dataclass(frozen=True, slots=True)
class _Reader:
    """One customer's texts, each read with what was known of him the day before."""

    catalogue: Catalogue
    speaker: Speaker
    timezone: str
    orders: tuple[Order, ...]
    factors: Mapping[str, Mapping[str, Decimal]]
    spared: Spared | None

    @classmethod
    def of(cls, app: Munshi, session: Session, party_code: str, spared: Spared | None) -> "_Reader":
        language = session.scalar(select(Party.language).where(Party.code == party_code)) or ""
        factors: dict[str, dict[str, Decimal]] = {}
        for rung in mirror.all_uoms(session):
            factors.setdefault(rung.sku, {})[rung.uom] = rung.factor
        return cls(
            app.catalogues.current(session),
            reader_speaker(session, party_code=party_code, role="buyer", language=language, may_order_for=()),
            app.settings.timezone,
            _orders(session, party_code, factors),
            factors,
            spared,
        )

    def read(self, day: date, written: Sequence[Written]) -> list[ReadLine]:
        """The lines that one day's messages come to, read one after the other."""
        before = [order for order in self.orders if order.day < day]
        speaker = replace(
            self.speaker,
            history=tuple(line for line in self.speaker.history if line.date < day),
            aliases=tuple(one for one in self.speaker.aliases if self.spared is None or self.spared(one, day)),
        )
        draft = DraftOfTheDay(_past(before[-1]) if before else None)
        for one in written:
            context = draft.context(tuple(map(_past, reversed(before[-PAST_ORDERS:]))))
            moment = Moment(now=one.message.sent_at, timezone=self.timezone)
            draft.take(one.message.text, read(one.message.text, self.catalogue, speaker, moment, context))
        return [self._line(line) for line in draft.lines]

    def _line(self, one: DayLine) -> ReadLine:
        line = one.line
        settled = line.status is Status.MATCHED and None not in (line.sku, line.quantity, line.uom)
        base = None
        if line.sku and line.quantity is not None:
            base = _base(self.factors, line.sku, line.quantity, line.uom or "")
        return ReadLine(
            text=one.said,
            words=one.words,
            settled=settled,
            sku=line.sku,
            quantity=line.quantity,
            uom=line.uom,
            base=base,
            choices=tuple(candidate.sku for candidate in line.candidates),
        )


def _base(factors: Mapping[str, Mapping[str, Decimal]], sku: str, quantity: Decimal, uom: str) -> Decimal:
    return quantity * factors.get(sku, {}).get(uom, Decimal(1))


def _past(order: Order) -> PastOrder:
    return PastOrder(
        number=order.number,
        placed_on=order.day,
        lines=tuple(ContextLine(sku=line.sku, quantity=line.quantity, uom=line.uom) for line in order.lines),
    )


def _orders(session: Session, party_code: str, factors: Mapping[str, Mapping[str, Decimal]]) -> tuple[Order, ...]:
    """What was keyed for a customer, oldest first: past orders, and open ones that are not among them."""
    lines: dict[tuple[date, str], list[tuple[str, Decimal, str]]] = defaultdict(list)
    past = mirror.history(session, party_code)
    for row in past:
        if not row.free:
            lines[row.date, row.order].append((row.sku, row.qty, row.uom))
    known = {row.order for row in past}
    for open_line in mirror.open_lines(session, party_code):
        if open_line.erp_number not in known:
            lines[open_line.date, open_line.erp_number].append((open_line.sku, open_line.ordered, open_line.uom))
    return tuple(
        Order(
            number=number,
            day=day,
            lines=tuple(
                KeyedLine(order=number, sku=sku, quantity=qty, uom=uom, base=_base(factors, sku, qty, uom))
                for sku, qty, uom in found
            ),
        )
        for (day, number), found in sorted(lines.items())
    )
