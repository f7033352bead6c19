"""Scoring the reader on the labelled corpora: `python -m nlp.evaluation [PLANT …] [--errors N]`."""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from nlp import build_catalogue, named_firm, read
from nlp.catalogue import Catalogue
from nlp.intents import Weights, fitted_elsewhere
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
OWN_COLUMNS = frozenset(
    ["sku", "name", "brand", "category", "base_uom", "order_uom", "mrp", "cost", "active", "replaced_by"]
)


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
        folder.name,
        build_catalogue(1, items, uoms, customers, work_centres=centres),
        {owner: tuple(found) for owner, found in aliases.items()},
        {owner: tuple(found) for owner, found in history.items()},
        tuple(json.loads(line) for line in (folder / "messages.jsonl").read_text(encoding="utf-8").splitlines()),
    )


def readings(plant: Plant) -> Iterator[dict[str, Any]]:
    """Each message of the plant, read as `parse` would."""
    for message in plant.messages:
        sent = datetime.fromisoformat(message["sent_at"])
        customer = message["customer"]
        if customer is None:
            customer = named_firm(message["text"], plant.catalogue, ())
        speaker = plant.speaker(customer, message["role"])
        reading = read(message["text"], plant.catalogue, speaker, Moment(now=sent))
        yield {"id": message["id"], **reading.as_json()}


def plants() -> list[Path]:
    return sorted(path.parent for path in CORPUS.glob("*/messages.jsonl"))


def score(folder: Path, read_file: Path, *, errors: int = 0, as_json: bool = False) -> str:
    command = [
        sys.executable,
        str(CORPUS / "score.py"),
        str(folder / "messages.jsonl"),
        str(read_file),
        "--errors",
        str(errors),
    ]
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


COUNTED = ("lines exactly right", "order messages whole")
"""Figures whose totals are the labelled lines and the order messages."""


def report(folder: Path, made: Iterable[dict[str, Any]], out: Path) -> dict[str, Any]:
    """Figures of `score.py` for the readings of one plant."""
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{folder.name}.jsonl"
    target.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), encoding="utf-8")
    figures: dict[str, Any] = json.loads(score(folder, target, as_json=True))
    return figures


def _row(name: str, cells: Iterable[str]) -> str:
    return f"{name:12s}" + "".join(f"{cell:>16s}" for cell in cells)


def _with_interval(figure: Mapping[str, float]) -> str:
    return f"{100 * figure['rate']:.1f} [{100 * figure['low']:.1f}-{100 * figure['high']:.1f}]"


def _pooled(reports: Iterable[Mapping[str, Any]], name: str) -> float:
    counts = [(int(figures[name]["k"]), int(figures[name]["n"])) for figures in reports]
    return 100 * sum(k for k, _ in counts) / max(1, sum(n for _, n in counts))


def write_csv(target: Path, reports: Mapping[str, Mapping[str, Any]], day: date) -> None:
    """One row a plant and one for all, every figure in per cent."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["date", "plant", "lines", "orders", *SHOWN.values()])
        for plant, figures in {**{name: [found] for name, found in reports.items()}, "all": reports.values()}.items():
            counted = [sum(int(found[name]["n"]) for found in figures) for name in COUNTED]
            writer.writerow([day.isoformat(), plant, *counted, *(f"{_pooled(figures, name):.2f}" for name in SHOWN)])


def _weights_left_out(folders: list[Path]) -> Callable[[str], Weights]:
    from nlp import train_intents  # fits the weights from readings, so it stands above this module

    samples = {folder.name: train_intents.examples(load(folder)) for folder in folders}
    return lambda name: train_intents.weights_without(samples, name)


def main() -> None:
    """Prints one row of figures a plant with their Wilson intervals, and the pooled ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plants", nargs="*", help="folders of tests/corpus; all when none is named")
    parser.add_argument("--errors", type=int, default=0, help="the worst messages of each plant")
    parser.add_argument("--leave-one-out", action="store_true", help="weights fitted without the plant that is scored")
    parser.add_argument("--csv", type=Path, help="a file for the table, one row a plant and one for all")
    parser.add_argument("--out", type=Path, default=Path("var/accuracy"))
    args = parser.parse_args()
    chosen = [folder for folder in plants() if not args.plants or folder.name in args.plants]
    left_out = _weights_left_out(plants()) if args.leave_one_out else None
    reports: dict[str, dict[str, Any]] = {}
    say(_row("plant", SHOWN.values()))
    for folder in chosen:
        plant = load(folder)
        with fitted_elsewhere(left_out(folder.name)) if left_out else nullcontext():
            reports[folder.name] = report(folder, readings(plant), args.out)
        say(_row(folder.name, (_with_interval(reports[folder.name][name]) for name in SHOWN)))
        if args.errors:
            say(score(folder, args.out / f"{folder.name}.jsonl", errors=args.errors))
    say(_row("all", (f"{_pooled(reports.values(), name):.2f}" for name in SHOWN)))
    if args.csv:
        write_csv(args.csv, reports, datetime.now(UTC).date())


def say(line: str) -> None:
    """One line of the printed table."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
