"""Scoring the reader on the labelled corpora: `python -m nlp.evaluation [PLANT …] [--errors N]`. For evaluation only."""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from nlp import build_catalogue, named_firm, read
from nlp.catalogue import Catalogue
from nlp.values import (
    AliasRecord,
    CustomerRecord,
    HistoryLine,
    ItemRecord,
    Moment,
    Speaker,
    UomRecord,
    WorkCentreRecord,
)

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus"
OWN_COLUMNS = frozenset(["sku", "name", "brand", "category", "base_uom", "order_uom", "mrp", "cost", "active", "replaced_by"])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _amount(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@dataclass(frozen=True, slots=True)
class Plant:
    """One corpus folder: its catalogue, and aliases and history by customer."""

    name: str
    catalogue: Catalogue
    aliases: dict[str | None, tuple[AliasRecord, ...]]
    history: dict[str, tuple[HistoryLine, ...]]
    messages: tuple[dict[str, Any], ...]

    def speaker(self, customer: str | None, role: str) -> Speaker:
        """The whole history, as `parse` reads it from the folder and as the labels were made."""
        own = self.aliases.get(customer, ()) if customer else ()
        past = self.history.get(customer or "", ())
        return Speaker(customer=customer, role=role, aliases=own + self.aliases.get(None, ()), history=past)


def load(folder: Path) -> Plant:
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
            replaced_by=row.get("replaced_by") or None,
            attributes={name: text for name, text in row.items() if name not in OWN_COLUMNS and text},
        )
        for row in _rows(folder / "items.csv")
    ]
    uoms = [
        UomRecord(
            sku=row["sku"],
            uom=row["uom"],
            factor=Decimal(row["factor"]),
            decimals=row.get("decimals", "yes") != "no",
            sales=row.get("sales", "yes") != "no",
        )
        for row in _rows(folder / "uoms.csv")
    ]
    customers = [CustomerRecord(code=row["code"], name=row["name"], city=row["city"]) for row in _rows(folder / "customers.csv")]
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
        folder.name,
        build_catalogue(1, items, uoms, customers, work_centres=centres),
        {owner: tuple(found) for owner, found in aliases.items()},
        {owner: tuple(found) for owner, found in history.items()},
        tuple(json.loads(line) for line in (folder / "messages.jsonl").open(encoding="utf-8")),
    )


def readings(plant: Plant) -> Iterator[dict[str, Any]]:
    """Each message of the plant, read as `parse` would."""
    for message in plant.messages:
        sent = datetime.fromisoformat(message["sent_at"])
        customer = message["customer"]
        if customer is None:
            customer = named_firm(message["text"], plant.catalogue, Speaker(role=message["role"]))
        speaker = plant.speaker(customer, message["role"])
        reading = read(message["text"], plant.catalogue, speaker, Moment(now=sent))
        yield {"id": message["id"], **reading.as_json()}


def plants() -> list[Path]:
    return sorted(path.parent for path in CORPUS.glob("*/messages.jsonl"))


def score(folder: Path, read_file: Path, *, errors: int = 0, as_json: bool = False) -> str:
    command = [sys.executable, str(CORPUS / "score.py"), str(folder / "messages.jsonl"), str(read_file), "--errors", str(errors)]
    return subprocess.run(command + (["--json"] if as_json else []), capture_output=True, text=True, check=True).stdout


SHOWN = {
    "lines exactly right": "right",
    "wrong among matched lines": "wrong",
    "lines lost": "lost",
    "needless questions": "asked",
    "due questions well asked": "due",
    "free goods and prices": "terms",
    "order messages whole": "whole",
    "intent": "intent",
    "requested dates": "dates",
    "slots": "slots",
    "slots that should be empty": "spare",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plants", nargs="*")
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("var/accuracy"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    pooled: dict[str, list[int]] = {name: [0, 0] for name in SHOWN}
    print(f"{'plant':12s}" + "".join(f"{short:>8s}" for short in SHOWN.values()) + "   ms")
    for folder in plants():
        if args.plants and folder.name not in args.plants:
            continue
        plant = load(folder)
        started = time.perf_counter()
        made = list(readings(plant))
        spent = (time.perf_counter() - started) / len(made) * 1000
        target = args.out / f"{folder.name}.jsonl"
        target.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), encoding="utf-8")
        report = json.loads(score(folder, target, as_json=True))
        for name in SHOWN:
            pooled[name][0] += report[name]["k"]
            pooled[name][1] += report[name]["n"]
        print(f"{folder.name:12s}" + "".join(f"{100 * report[name]['rate']:8.2f}" for name in SHOWN) + f"{spent:6.1f}")
        if args.errors:
            print(score(folder, target, errors=args.errors))
    print(f"{'all':12s}" + "".join(f"{100 * k / max(n, 1):8.2f}" for k, n in pooled.values()))


if __name__ == "__main__":
    main()
