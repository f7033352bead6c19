"""The labelled corpora: what a plant's folder holds, and its messages read as `parse` reads them."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from nlp import build_catalogue, named_firm, read
from nlp.catalogue import Catalogue
from nlp.values import (
    NO_CONTEXT,
    AliasRecord,
    CustomerRecord,
    HistoryLine,
    ItemRecord,
    Moment,
    Reading,
    Speaker,
    UomRecord,
    WorkCentreRecord,
)
from nlp.work import Work

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "corpus"
OWN = CORPUS.with_name("corpus_own")
UNREAD = CORPUS.with_name("corpus_unread")
OWN_COLUMNS = frozenset(
    ["sku", "name", "brand", "category", "base_uom", "order_uom", "mrp", "cost", "active", "replaced_by"]
)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _amount(text: str) -> Decimal | None:
    return Decimal(text) if text else None


Message = Mapping[str, Any]
"""A labelled message as its line of `messages.jsonl` has it."""


@dataclass(frozen=True, slots=True)
class Plant:
    """One corpus folder: its catalogue, and aliases and history by customer."""

    folder: Path
    catalogue: Catalogue
    aliases: dict[str | None, tuple[AliasRecord, ...]]
    history: dict[str, tuple[HistoryLine, ...]]
    messages: tuple[Message, ...]
    production_orders: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.folder.name

    def speaker(self, customer: str | None, role: str) -> Speaker:
        """The whole history, as `parse` reads it from the folder and as the labels were made."""
        own = self.aliases.get(customer, ()) if customer else ()
        past = self.history.get(customer or "", ())
        return Speaker(
            customer=customer,
            role=role,
            aliases=own + self.aliases.get(None, ()),
            history=past,
            production_orders=self.production_orders,
        )


def load(folder: Path) -> Plant:
    priced = {row["sku"] for row in _rows(folder / "prices.csv")}
    items = [
        ItemRecord(
            sku=row["sku"],
            name=row["name"],
            brand=row["brand"],
            category=row["category"],
            base_uom=row["base_uom"],
            order_uom=row["order_uom"],
            mrp=_amount(row["mrp"]),
            active=row["active"] == "yes",
            sold=row["active"] != "yes" or row["sku"] in priced,
            replaced_by=row.get("replaced_by") or None,
            attributes={name: text for name, text in row.items() if name not in OWN_COLUMNS and text},
        )
        for row in _rows(folder / "items.csv")
    ]
    largest: dict[tuple[str, str], Decimal] = {}
    for row in _rows(folder / "history.csv"):
        rung = row["sku"], row["uom"]
        largest[rung] = max(Decimal(row["qty"]), largest.get(rung, Decimal(0)))
    uoms = [
        UomRecord(
            sku=row["sku"],
            uom=row["uom"],
            factor=Decimal(row["factor"]),
            decimals=row.get("decimals", "yes") != "no",
            sales=row.get("sales", "yes") != "no",
            largest=largest.get((row["sku"], row["uom"])),
        )
        for row in _rows(folder / "uoms.csv")
    ]
    customers = [
        CustomerRecord(code=row["code"], name=row["name"], city=row["city"]) for row in _rows(folder / "customers.csv")
    ]
    centres = [WorkCentreRecord(code=row["code"], name=row["name"]) for row in _rows(folder / "work_centres.csv")]
    aliases: dict[str | None, list[AliasRecord]] = defaultdict(list)
    for row in _rows(folder / "aliases.csv"):
        owner = row["customer"] or None
        aliases[owner].append(AliasRecord(customer=owner, phrase=row["alias"], sku=row["sku"], uom=row["uom"] or None))
    history: dict[str, list[HistoryLine]] = defaultdict(list)
    for row in _rows(folder / "history.csv"):
        line = HistoryLine(
            order=row["order"],
            customer=row["customer"],
            date=date.fromisoformat(row["date"]),
            sku=row["sku"],
            quantity=Decimal(row["qty"]),
            uom=row["uom"],
        )
        history[row["customer"]].append(line)
    return Plant(
        folder,
        build_catalogue(1, items, uoms, customers, work_centres=centres),
        {owner: tuple(found) for owner, found in aliases.items()},
        {owner: tuple(found) for owner, found in history.items()},
        tuple(json.loads(line) for line in (folder / "messages.jsonl").read_text(encoding="utf-8").splitlines()),
        tuple(row["number"] for row in _rows(folder / "production_orders.csv")),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What one message is read with: who speaks, and when."""

    speaker: Speaker
    moment: Moment


def asked(plant: Plant, message: Message) -> Asked:
    customer = message["customer"] or named_firm(message["text"], plant.catalogue, ())
    sent = datetime.fromisoformat(message["sent_at"])
    return Asked(plant.speaker(customer, message["role"]), Moment(now=sent))


def work_of(plant: Plant, message: Message) -> Work:
    """The message as the pipeline takes it, for whoever wants to see what the steps have found."""
    given = asked(plant, message)
    return Work(
        text=message["text"],
        catalogue=plant.catalogue,
        speaker=given.speaker,
        moment=given.moment,
        context=NO_CONTEXT,
    )


def reading_of(plant: Plant, message: Message) -> Reading:
    """The message read as `parse` would."""
    given = asked(plant, message)
    return read(message["text"], plant.catalogue, given.speaker, given.moment)


def plants() -> list[Path]:
    """The plants that were given."""
    return _plants_in(CORPUS)


def own_plants() -> list[Path]:
    """Those written for this project: `tests/corpus_own/README.md`."""
    return _plants_in(OWN)


def unread_plants() -> list[Path]:
    """Those whose messages nobody has read with the reader in mind, and nothing is fitted on: only sums are printed."""
    return _plants_in(UNREAD)


def _plants_in(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/messages.jsonl"))
