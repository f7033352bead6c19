"""427 messages that others wrote for their own order bots, with labels by their own conventions.

Each source's messages are read against a catalogue of the goods its labels name, sold in every unit they name, by a
buyer without habits. Their labels are made comparable so: units are taken for what they mean here (`gm`, `grams`: G),
`count` and the like for no unit, a case for a box, measured amounts in grams and millilitres; `size` of one source is
the amount where no quantity is given. Whether a line is asked or matched does not matter for its amount. Shops that
record sales and correct bills are no orders to us, so what is labelled with such an intent must not be posted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from nlp import Catalogue, build_catalogue, read
from nlp.evaluation.scoring import Share
from nlp.public_references.score import Row, Score, json_lines
from nlp.values import Intent, ItemRecord, Moment, Reading, ReadLine, Speaker, Status, UomRecord
from nlp.vocabulary import Role, vocabulary

NOW = Moment(now=datetime(2026, 11, 21, 4, 30, tzinfo=UTC))
BUYER = Speaker(customer="NEW")
ORDERING = ("start_order", "new_order", "needs_review", "ambiguous", "correction", "qty_only")
SIZE = re.compile(r"([\d.]+) ?(\w+)")
MEASURED = {"g": "KG", "ml": "LTR", "mm": "MTR"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One labelled line: the goods in lower case, how much, and the concept of its unit."""

    goods: str
    quantity: Decimal | None
    unit: str | None

    @property
    def amount(self) -> tuple[str, Decimal] | None:
        return None if self.quantity is None else _amount(self.quantity, self.unit)


def _amount(quantity: Decimal, unit: str | None) -> tuple[str, Decimal]:
    """In base measure where the unit measures, else in the unit itself; dozens are pieces, cases boxes."""
    meaning = vocabulary().meanings.get(unit or "")
    if meaning is not None and meaning.measure is not None:
        return meaning.measure, quantity * meaning.amount
    if unit == "DOZ":
        return "PCS", quantity * 12
    return ("BOX" if unit == "CASE" else unit or "PCS"), quantity


def concept(unit: str | None) -> str | None:
    """What a label's unit means here, none if it says no more than a count."""
    word = (unit or "").split()[-1:] or [""]
    found = vocabulary().roles(word[0]).get(Role.UNIT) if word[0] else None
    return str(found) if found is not None else None


def wanted(labels: Mapping[str, Any]) -> list[Wanted]:
    """The lines of one message's labels, empty where they have none in a form that can be compared."""
    if "lines" in labels:
        return [_line(line["product"], line.get("qty"), line.get("unit")) for line in labels["lines"]]
    if labels.get("product") and "qty" in labels and "warn" not in labels:
        size = SIZE.fullmatch(labels["size"] or "")
        if labels["qty"] is None and size:
            return [_line(labels["product"], size[1], size[2])]
        return [_line(labels["product"], labels["qty"], None)]
    return []


def _line(goods: str | None, quantity: object, unit: str | None) -> Wanted:
    value = Decimal(str(quantity)) if quantity is not None and not (unit or "").startswith("Rs") else None
    return Wanted((goods or "").casefold(), value, concept(unit))


def catalogue_of(messages: Iterable[list[Wanted]]) -> Catalogue:
    """All goods the labels name, each sold in every unit that some label names."""
    lines = [line for found in messages for line in found]
    units = {line.unit for line in lines if line.unit} - {"DOZ"}
    names = dict.fromkeys(line.goods for line in lines if line.goods)
    items, rungs = [], []
    for at, name in enumerate(names):
        own = {line.amount[0] for line in lines if line.goods == name and line.amount}
        base = next((MEASURED[measure] for measure in own if measure in MEASURED), "PCS")
        items.append(ItemRecord(sku=f"P{at}", name=name, base_uom=base, order_uom=base))
        rungs += [UomRecord(sku=f"P{at}", uom=uom, factor=_factor(uom, base)) for uom in sorted(units | {base, "PCS"})]
    return build_catalogue(1, items, rungs)


def _factor(uom: str, base: str) -> Decimal:
    kind, amount = _amount(Decimal(1), uom)
    same, one = _amount(Decimal(1), base)
    return amount / one if kind == same else Decimal(1)


@dataclass(slots=True)
class _Counts:
    messages: int = 0
    as_many: int = 0
    lines: int = 0
    amounts: int = 0
    amounts_right: int = 0
    goods: int = 0
    posted: int = 0
    posted_wrong: int = 0
    asked_about: int = 0

    def add(self, expected: list[Wanted], reading: Reading, catalogue: Catalogue) -> None:
        self.messages += 1
        self.as_many += len(reading.lines) == len(expected)
        left = list(reading.lines)
        for line in expected:
            self.lines += 1
            if line.amount is not None:
                self.amounts += 1
                match = next((read for read in left if read.quantity and _read(read) == line.amount), None)
                self.amounts_right += match is not None
                if match is not None:
                    left.remove(match)
        names = {line.goods for line in expected if line.goods}
        for one in reading.lines:
            self._goods(one, names, catalogue)

    def _goods(self, line: ReadLine, names: set[str], catalogue: Catalogue) -> None:
        if not names:
            return
        self.goods += 1
        offered = {_name(catalogue, candidate.sku) for candidate in line.candidates}
        if line.status is Status.MATCHED:
            self.posted += 1
            self.posted_wrong += _name(catalogue, line.sku) not in names
        else:
            self.asked_about += bool(offered & names)


def _read(line: ReadLine) -> tuple[str, Decimal]:
    """The amount as read; the unit as spoken where no item gives it one of its own."""
    assert line.quantity is not None
    spoken = next((part.text for part in line.parts if part.name == "uom"), None)
    return _amount(line.quantity, line.uom or spoken)


def _name(catalogue: Catalogue, sku: str | None) -> str:
    item = catalogue.item(sku or "")
    return item.name if item else ""


def scores(folder: Path) -> Iterator[Score]:
    by_source: dict[str, list[Row]] = defaultdict(list)
    for row in json_lines(folder / "messages" / "third_party.jsonl"):
        by_source[row["source"]].append(row)
    counts = _Counts()
    others = [0, 0]
    for rows in by_source.values():
        labelled = [wanted(row["labels"] or {}) for row in rows]
        catalogue = catalogue_of(labelled)
        for row, expected in zip(rows, labelled, strict=True):
            reading = read(row["text"], catalogue, BUYER, NOW)
            intent = (row["labels"] or {}).get("intent", "")
            if expected:
                counts.add(expected, reading, catalogue)
            elif intent and not intent.startswith(ORDERING):
                others[0] += reading.intent is Intent.ORDER and _posts(reading)
                others[1] += 1
    yield Score("third parties", "messages with as many lines as labelled", Share(counts.as_many, counts.messages))
    yield Score("third parties", "amounts with their unit", Share(counts.amounts_right, counts.amounts))
    yield Score("third parties", "lines posted", Share(counts.posted, counts.goods))
    yield Score("third parties", "posted lines of other goods than labelled", Share(counts.posted_wrong, counts.posted))
    asked = counts.goods - counts.posted
    yield Score("third parties", "questions that offer the labelled goods", Share(counts.asked_about, asked))
    yield Score("third parties", "what is no order here, with a line posted", Share(others[0], others[1]))


def _posts(reading: Reading) -> bool:
    return any(line.status is Status.MATCHED for line in reading.lines)
