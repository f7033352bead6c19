"""Names learned from chats beside the orders of their days, and from past orders alone; an admin decides on them."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.catalogue import reader_speaker
from bot.onboarding.chat_days import OfCustomer
from bot.onboarding.masking import masked
from erp import mirror
from erp.records import AliasRow, plain
from nlp import Catalogue, read
from nlp.bought_names import BoughtName, bought_names
from nlp.values import AliasRecord, HistoryLine, Moment, Speaker, Status
from orders.alias_learning import propose
from orders.alias_rules import fold, phrase_problem
from orders.aliases import reject
from orders.comparison import Compared, KeyedLine, Reason, same_amount
from orders.lessons import Conflict, Lesson, Proposal, Weighed, weigh
from orders.model import Alias, AliasState
from people.model import Party
from store.database import now

TEACHES = frozenset({Reason.SAME, Reason.AMONG_CHOICES, Reason.NOT_AMONG_CHOICES, Reason.OTHER_ITEM})
SHOWN_LESSONS = 5
LONGEST_MESSAGE = 300
TRIED_QUANTITY = Decimal(10)
WITHDRAWN_BY = "onboard: a chat said otherwise"

Told = Callable[[int, int], None]


def lessons_of(customers: Iterable[OfCustomer], made: Container[str]) -> list[Lesson]:
    """What each line of a chat can have meant: only where no other line and no other item comes into question.

    `made` are the items still made: what a discontinued one was called says nothing of its successor.
    """
    return [
        Lesson(
            party_code=of.party_code,
            words=one.line.read.words,
            sku=one.line.keyed.sku,
            day=one.day,
            said=masked(one.line.read.text),
            keyed=keyed_line(one.line.keyed),
            known=one.line.reason is Reason.SAME,
        )
        for of in customers
        for one in of.comparison.lines
        if one.line.read is not None and one.line.keyed is not None and _teaches(one.line) and one.line.read.words
        if one.line.keyed.sku in made
    ]


def _teaches(one: Compared) -> bool:
    """Words are believed by the amount beside them: keyed with another one, they may have meant something else."""
    if one.read is None or one.keyed is None or not one.alone or one.reason not in TEACHES:
        return False
    return one.reason is Reason.SAME or same_amount(one.read, one.keyed)


def keyed_line(line: KeyedLine) -> str:
    """An order's line as the report shows it."""
    return f"{line.order}: {plain(line.quantity)} {line.uom} {line.sku}".replace("  ", " ")


# --- from chats ---


def propose_from_chats(session: Session, lessons: Sequence[Lesson]) -> tuple[Weighed, int]:
    """Put what the chats teach before an admin; how many of them are new."""
    weighed = weigh(lessons)
    new = 0
    for proposal in weighed.proposals:
        row = AliasRow(customer=proposal.party_code, alias=proposal.phrase, sku=proposal.sku)
        new += propose(session, row, message=_evidence(proposal)) is not None
    for conflict in weighed.conflicts:
        _withdraw(session, conflict)
    return weighed, new


def _withdraw(session: Session, conflict: Conflict) -> None:
    """What fewer chats seemed to agree on is proposed no longer."""
    query = select(Alias.id).where(
        Alias.party_code == conflict.party_code,
        Alias.phrase == conflict.phrase,
        Alias.state == AliasState.PROPOSED.value,
        Alias.origin == "learn",
    )
    reject(session, session.scalars(query).all(), by=WITHDRAWN_BY)


def _evidence(proposal: Proposal) -> str:
    """What a reviewer reads: how often, and the last line of a chat with the order's line."""
    last = max(proposal.lessons, key=lambda lesson: lesson.day)
    firms = {lesson.party_code for lesson in proposal.lessons}
    of = f" of {len(firms)} customers" if len(firms) > 1 else ""
    told = f"“{last.said}” on {last.day:%d %b %Y}, keyed as {last.keyed} ({proposal.times} days{of}, never otherwise)"
    return told[:LONGEST_MESSAGE]


def as_outcome(weighed: Weighed, names: Mapping[str, str]) -> dict[str, Any]:
    """Proposals, conflicts and what was seen once, as the report tells them; `names` are those of the items."""
    return {
        "proposals": [_proposal(one, names) for one in weighed.proposals],
        "too_seldom": [_proposal(one, names) for one in weighed.too_seldom],
        "conflicts": [_conflict(one, names) for one in weighed.conflicts],
    }


def _proposal(one: Proposal, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "item": names.get(one.sku, ""),
        "customer": one.party_code,
        "phrase": one.phrase,
        "sku": one.sku,
        "times": one.times,
        "days": sorted({(lesson.party_code, lesson.day.isoformat()) for lesson in one.lessons}),
        "lessons": _lessons(one.lessons),
    }


def _conflict(one: Conflict, names: Mapping[str, str]) -> dict[str, Any]:
    meanings = sorted(one.lessons.items(), key=lambda meaning: -len(meaning[1]))
    return {
        "customer": one.party_code,
        "phrase": one.phrase,
        "meanings": [
            {"sku": sku, "item": names.get(sku, ""), "times": len(found), "lessons": _lessons(found)}
            for sku, found in meanings
        ],
    }


def _lessons(lessons: Sequence[Lesson]) -> list[dict[str, Any]]:
    newest = sorted(lessons, key=lambda lesson: lesson.day, reverse=True)[:SHOWN_LESSONS]
    return [
        {"day": lesson.day.isoformat(), "said": lesson.said, "keyed": lesson.keyed, "customer": lesson.party_code}
        for lesson in newest
    ]


# --- from past orders alone ---


@dataclass(frozen=True, kw_only=True, slots=True)
class _Trial:
    """Reading a bare name, as one customer would write it."""

    catalogue: Catalogue
    speaker: Speaker
    moment: Moment

    def settles(self, name: BoughtName, uom: str, *, taught: bool) -> bool:
        """Whether the name is read as the item without a question, once it is taught or as things are."""
        speaker = self.speaker
        if taught:
            alias = AliasRecord(customer=name.customer or None, phrase=name.phrase, sku=name.sku)
            speaker = replace(speaker, aliases=(*speaker.aliases, alias))
        lines = read(f"{plain(TRIED_QUANTITY)} {uom} {name.phrase}", self.catalogue, speaker, self.moment).lines
        return [(line.sku, line.status) for line in lines] == [(name.sku, Status.MATCHED)]


def names_from_history(app: Munshi, *, progress: Told | None = None) -> list[BoughtName]:
    """Names that past orders settle and the reader asks about, as long as it has not been taught them."""
    with app.database.transaction() as session:
        catalogue = app.catalogues.current(session)
        history = _history(session)
        found = bought_names(catalogue.items, history)
        order_uoms = {item.sku: item.order_uom for item in catalogue.items}
        moment = Moment(now=now(session), timezone=app.settings.timezone)
        trials: dict[str, _Trial] = {}
        kept = []
        for count, name in enumerate(found, 1):
            if progress:
                progress(count, len(found))
            if phrase_problem(fold(name.phrase)):
                continue
            if name.customer not in trials:
                speaker = reader_speaker(
                    session, party_code=name.customer or None, role="buyer", language="", may_order_for=()
                )
                trials = {name.customer: _Trial(catalogue=catalogue, speaker=speaker, moment=moment)}
            trial, uom = trials[name.customer], order_uoms.get(name.sku, "")
            if not trial.settles(name, uom, taught=False) and trial.settles(name, uom, taught=True):
                kept.append(name)
        return kept


def _history(session: Session) -> Mapping[str, Sequence[HistoryLine]]:
    found: dict[str, Sequence[HistoryLine]] = {}
    for code in session.scalars(select(Party.code).where(Party.active).order_by(Party.code)):
        lines = [
            HistoryLine(
                order=row.order, customer=row.customer, date=row.date, sku=row.sku, quantity=row.qty, uom=row.uom
            )
            for row in mirror.history(session, code)
            if not row.free
        ]
        if lines:
            found[code] = lines
    return found


def propose_from_history(session: Session, names: Sequence[BoughtName]) -> list[dict[str, Any]]:
    """Put them before an admin; all of them, as the report tells them."""
    told = []
    items = mirror.items(session, {name.sku for name in names})
    for name in names:
        row = AliasRow(customer=name.customer, alias=fold(name.phrase), sku=name.sku)
        propose(session, row, message=f"{row.alias} (bought in {name.orders} of {name.of} orders of goods so named)")
        told.append(
            {
                "customer": name.customer,
                "phrase": row.alias,
                "sku": name.sku,
                "item": items[name.sku].name,
                "times": name.orders,
                "of": name.of,
            }
        )
    return told


# --- accepting ---


def waiting(session: Session, told: Iterable[Mapping[str, Any]], *, least: int) -> list[int]:
    """The ids of those of these proposals that still wait and were seen at least so often."""
    found: list[int] = []
    for one in told:
        if one["times"] < least:
            continue
        query = select(Alias.id).where(
            Alias.party_code == one["customer"],
            Alias.phrase == one["phrase"],
            Alias.sku == one["sku"],
            Alias.state == AliasState.PROPOSED.value,
            Alias.origin == "learn",
        )
        found += session.scalars(query).all()
    return found


def none_of(told: Iterable[Mapping[str, Any]]) -> Callable[[AliasRecord, date], bool]:
    """Whether a name may be read with: none that these chats taught before, so that they teach it again."""
    taught = {_key(one) for one in told}
    return lambda alias, _: (alias.customer or "", alias.phrase, alias.sku) not in taught


def _key(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return one["customer"], one["phrase"], one["sku"]


def not_of_that_day(told: Iterable[Mapping[str, Any]]) -> Callable[[AliasRecord, date], bool]:
    """Whether a name may be read with on a day: not one that this very day taught, and no two others did."""
    days = {_key(one): {day for _, day in one["days"]} for one in told}

    def may(alias: AliasRecord, day: date) -> bool:
        taught_on = days.get((alias.customer or "", alias.phrase, alias.sku))
        return taught_on is None or len(taught_on - {day.isoformat()}) > 1

    return may
