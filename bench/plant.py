"""A manufacturer as large as the goal says: the ten corpus plants side by side, two years, 10,000 open orders."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench.machine import ROOT

CORPUS = ROOT / "tests" / "corpus"
OPEN_ORDERS = 10_000
YEARS = 2
PHONES_A_FIRM = 4
AS_IS = {
    "uoms": "sku,uom,factor",
    "stock": "sku,warehouse,lot,qty,status",
}
ITEM_COLUMNS = "sku,name,brand,category,base_uom,order_uom,mrp,cost,active,hsn,gst_rate"

Row = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    """A phone, and the corpus plant whose messages it sends."""

    phone: str
    plant: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """The plant on disk, and who writes what."""

    folder: Path
    buyers: tuple[Buyer, ...]
    messages: Mapping[str, tuple[str, ...]]
    """Texts of buyers by corpus plant."""
    items: int
    history_lines: int
    open_orders: int

    @property
    def described(self) -> str:
        texts = sum(len(texts) for texts in self.messages.values())
        return (
            f"{self.items:,} items, {len(self.buyers):,} buyers, {self.history_lines:,} lines of history over "
            f"{YEARS} years, {self.open_orders:,} open orders, {texts:,} messages of the corpora"
        )


def make(folder: Path, *, today: date, open_orders: int = OPEN_ORDERS, years: int = YEARS) -> Bench:
    """Lay the plant down as plain files."""
    folder.mkdir(parents=True, exist_ok=True)
    plants = sorted(path.parent.name for path in CORPUS.glob("*/messages.jsonl"))
    chance = random.Random(1)
    items = [row for plant in plants for row in _read(plant, "items")]
    _write(folder, "items", ITEM_COLUMNS, items)
    for name, columns in AS_IS.items():
        _write(folder, name, columns, (row for plant in plants for row in _read(plant, name)))
    _write(folder, "prices", "price_list,sku,uom,min_qty,price,floor", _prices(plants))
    customers = [row for plant in plants for row in _customers(plant)]
    _write(folder, "customers", ",".join(customers[0]), customers)
    buyers = tuple(_buyers(plants))
    people = [_person(buyer, firm) for buyer, firm in zip(buyers, _firms(plants), strict=True)]
    _write(folder, "people", "phone,name,customer,roles,functions,plant,language", people)
    _write(folder, "aliases", "customer,alias,sku,uom", _aliases(plants, customers))
    history = list(_history(plants, today=today, years=years))
    _write(folder, "history", "order,customer,date,sku,qty,uom,price", history)
    _write(folder, "orders", _OPEN_COLUMNS, _open_orders(chance.sample(history, open_orders), today))
    messages = {plant: tuple(texts_of(plant)) for plant in plants}
    return Bench(
        folder=folder,
        buyers=buyers,
        messages=messages,
        items=len(items),
        history_lines=len(history),
        open_orders=open_orders,
    )


def _read(plant: str, name: str) -> list[Row]:
    with (CORPUS / plant / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _code(plant: str, code: str) -> str:
    """Codes of firms and price lists are those of their plant alone."""
    return f"{plant[:3].upper()}-{code}"


def _prices(plants: Iterable[str]) -> Iterator[Row]:
    for plant in plants:
        for row in _read(plant, "prices"):
            yield {**row, "price_list": _code(plant, row["price_list"])}


def _customers(plant: str) -> Iterator[Row]:
    """Nobody near a limit: what is measured is the way through, not the way to finance."""
    for row in _read(plant, "customers"):
        codes = {"code": _code(plant, row["code"]), "price_list": _code(plant, row["price_list"])}
        yield {**row, **codes, "credit_limit": "900000000000", "overdue_days": "0", "blocked": "no"}


def _firms(plants: Iterable[str]) -> Iterator[str]:
    for plant in plants:
        for row in _read(plant, "customers"):
            yield from [_code(plant, row["code"])] * PHONES_A_FIRM


def _buyers(plants: Iterable[str]) -> Iterator[Buyer]:
    number = 0
    for plant in plants:
        for _ in range(len(_read(plant, "customers")) * PHONES_A_FIRM):
            number += 1
            yield Buyer(phone=f"+9190010{number:05d}", plant=plant)


def _person(buyer: Buyer, firm: str) -> Row:
    return {"phone": buyer.phone, "name": f"Buyer {buyer.phone[-5:]}", "customer": firm, "roles": "buyer"}


def _aliases(plants: Iterable[str], customers: Sequence[Row]) -> Iterator[Row]:
    """What all of a plant's customers say is said by each of them: of another plant's it may mean something else."""
    for plant in plants:
        firms = [row["code"] for row in customers if row["code"].startswith(_code(plant, ""))]
        own = {(_code(plant, row["customer"]), row["alias"]) for row in _read(plant, "aliases") if row["customer"]}
        for row in _read(plant, "aliases"):
            if row["customer"]:
                yield {**row, "customer": _code(plant, row["customer"])}
                continue
            for firm in firms:
                if (firm, row["alias"]) not in own:
                    yield {**row, "customer": firm}


def _history(plants: Iterable[str], *, today: date, years: int) -> Iterator[Row]:
    """The quarter that a corpus plant has, again and again back to two years ago."""
    for plant in plants:
        rows = _read(plant, "history")
        newest = max(date.fromisoformat(row["date"]) for row in rows)
        oldest = min(date.fromisoformat(row["date"]) for row in rows)
        span = (newest - oldest).days + 1
        shift = today - newest - timedelta(days=1)
        for repeat in range(-(-365 * years // span)):
            back = timedelta(days=span * repeat)
            for row in rows:
                on = date.fromisoformat(row["date"]) + shift - back
                codes = {"order": f"{_code(plant, row['order'])}-{repeat}", "customer": _code(plant, row["customer"])}
                yield {**row, **codes, "date": on.isoformat()}


_OPEN_COLUMNS = (
    "erp_number,our_number,customer,ship_to,date,line,sku,uom,ordered,dispatched,invoiced,cancelled,price,"
    "status,promised_on,invoice,vehicle,lr_no,as_of"
)


def _open_orders(lines: Iterable[Row], today: date) -> Iterator[Row]:
    for number, row in enumerate(lines):
        yield {
            "erp_number": f"SO9{number:06d}",
            "customer": row["customer"],
            "date": (today - timedelta(days=2 + number % 30)).isoformat(),
            "line": "1",
            "sku": row["sku"],
            "uom": row["uom"],
            "ordered": row["qty"],
            "price": row["price"],
            "dispatched": "0",
            "invoiced": "0",
            "cancelled": "0",
            "status": "open",
        }


def texts_of(plant: str) -> Iterator[str]:
    """What buyers of this corpus plant write."""
    for line in (CORPUS / plant / "messages.jsonl").read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        if message["role"] == "buyer":
            yield message["text"]


def _write(folder: Path, name: str, columns: str, rows: Iterable[Row]) -> None:
    names = columns.split(",")
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
