"""What `onboard` learns from chats, on the labelled corpora: half of the messages teach, the other half is read.

The orders beside the half that teaches are its labels, as a clerk would have keyed them. Each half teaches once and is
read once, with the names from the other alone, from nothing, and with those given for the plant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.onboarding.naming import naming
from nlp.evaluation.corpus import Message, Plant, load, plants, reading_of
from nlp.evaluation.scoring import Judged, judged, total
from nlp.evaluation.tables import figures, row
from nlp.values import AliasRecord, Intent, Reading, Status
from orders.comparison import KeyedLine, ReadLine, Reason, compare
from orders.lessons import Lesson, weigh

SHOWN = ("right", "wrong", "lost", "asked", "whole")
TEACHES = (Reason.SAME, Reason.AMONG_CHOICES, Reason.NOT_AMONG_CHOICES, Reason.OTHER_ITEM)
Halves = tuple[list[Message], list[Message]]


def measure(*, most: int) -> str:
    """The figures of the first so many plants, with names from nothing, from the other half, and as given."""
    chosen = [load(folder) for folder in plants()[:most]]
    lines = [row("names", SHOWN)]
    taught = dict.fromkeys((1, 2), 0)
    read: dict[str, list[Judged]] = defaultdict(list)
    for plant in chosen:
        bare = replace(plant, aliases={})
        halves = _halves(plant)
        lessons = [list(_lessons(bare, half)) for half in halves]
        for own, other in ((0, 1), (1, 0)):
            read["none"] += judged(bare, halves[own])
            read["given"] += judged(plant, halves[own])
            for times in taught:
                names = _names(lessons[other], times)
                taught[times] += len(names)
                read[f"seen {times}x"] += judged(_with(bare, names), halves[own])
    lines += [row(name, figures(total(found), SHOWN)) for name, found in sorted(read.items())]
    lines += [f"names seen {times}x: {count}" for times, count in taught.items()]
    return "\n".join(lines)


def _halves(plant: Plant) -> Halves:
    """By turns, each customer's own, so that both halves have some of everybody."""
    halves: Halves = ([], [])
    turn: dict[str, int] = defaultdict(int)
    for message in plant.messages:
        halves[turn[message["customer"]] % 2].append(message)
        turn[message["customer"]] += 1
    return halves


def _names(lessons: Iterable[Lesson], times: int) -> list[AliasRecord]:
    return [
        AliasRecord(customer=one.party_code or None, phrase=one.phrase, sku=one.sku)
        for one in weigh(lessons, times=times).proposals
    ]


def _with(plant: Plant, names: Sequence[AliasRecord]) -> Plant:
    found: dict[str | None, list[AliasRecord]] = defaultdict(list)
    for name in names:
        found[name.customer].append(name)
    return replace(plant, aliases={owner: tuple(of) for owner, of in found.items()})


def _lessons(plant: Plant, messages: Sequence[Message]) -> Iterator[Lesson]:
    factors = {
        (rung.sku, rung.uom): rung.factor for ladder in plant.catalogue.ladders.values() for rung in ladder.values()
    }
    for message in messages:
        labels = [line for line in message["expect"].get("lines", ()) if not (line.get("ask") or line.get("unknown"))]
        if message["expect"]["intent"] != Intent.ORDER or not message["customer"] or not labels:
            continue
        reading = reading_of(plant, message)
        keyed = [_keyed(line, factors) for line in labels]
        for one in compare(_read(message["text"], reading, factors), keyed):
            if one.alone and one.reason in TEACHES and one.read and one.keyed and one.read.words:
                yield Lesson(
                    party_code=message["customer"],
                    words=one.read.words,
                    sku=one.keyed.sku,
                    day=datetime.fromisoformat(message["sent_at"]).date(),
                    said=one.read.text,
                    keyed=one.keyed.sku,
                    known=one.reason is Reason.SAME,
                )


def _keyed(label: Message, factors: dict[tuple[str, str], Decimal]) -> KeyedLine:
    quantity = Decimal(label["quantity"])
    base = quantity * factors.get((label["sku"], label["uom"]), Decimal(1))
    return KeyedLine(order="", sku=label["sku"], quantity=quantity, uom=label["uom"], base=base)


def _read(text: str, reading: Reading, factors: dict[tuple[str, str], Decimal]) -> Iterator[ReadLine]:
    for line in reading.lines:
        named = naming(text, line, reading)
        settled = line.status is Status.MATCHED
        base = None
        if line.sku and line.quantity is not None:
            base = line.quantity * factors.get((line.sku, line.uom or ""), Decimal(1))
        yield ReadLine(
            text=named.said,
            words=named.words,
            settled=settled,
            sku=line.sku,
            quantity=line.quantity,
            uom=line.uom,
            base=base,
            choices=tuple(candidate.sku for candidate in line.candidates),
        )
