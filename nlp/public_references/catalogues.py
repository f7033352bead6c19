"""Real product names of others: how often a name as written finds its own item among look-alikes, and how fast.

Names are read as orders of five pieces: as they are, with two letters of the longest word swapped, and without vowels
in it, as people type. `other` is what would be posted although another item was written. Of the shop in two scripts the
local name is read against the Latin ones.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from nlp import Catalogue, build_catalogue, read
from nlp.evaluation.scoring import Share
from nlp.public_references.score import Score, csv_rows
from nlp.values import ItemRecord, Moment, Reading, Speaker, Status, UomRecord

NOW = Moment(now=datetime(2026, 11, 21, 4, 30, tzinfo=UTC))
BUYER = Speaker(customer="NEW")
SAMPLE = 500
LONG_ENOUGH = 5
Written = tuple[str, str]
"""A text and the name of the item it means."""


def _catalogue(names: Sequence[str]) -> Catalogue:
    items = [ItemRecord(sku=f"N{at}", name=name, base_uom="PCS", order_uom="PCS") for at, name in enumerate(names)]
    return build_catalogue(1, items, [UomRecord(sku=item.sku, uom="PCS", factor=Decimal(1)) for item in items])


def _longest(name: str) -> str:
    words = re.findall(r"[A-Za-z]+", name)
    return max(words, key=len, default="")


def slipped(name: str) -> str:
    """The name with the third and fourth letter of its longest word swapped; unchanged if that is short."""
    word = _longest(name)
    if len(word) < LONG_ENOUGH:
        return name
    return name.replace(word, word[:2] + word[3] + word[2] + word[4:], 1)


def hasty(name: str) -> str:
    """The name without the vowels inside its longest word; unchanged if that is short."""
    word = _longest(name)
    if len(word) < LONG_ENOUGH:
        return name
    return name.replace(word, word[0] + re.sub("[aeiouAEIOU]", "", word[1:-1]) + word[-1], 1)


def _sample(names: Sequence[str]) -> list[str]:
    return list(names[:: max(1, len(names) // SAMPLE)])


def _order(name: str) -> str:
    return f"{name} - 5 pcs"


def _found(catalogue: Catalogue, written: Iterable[Written], source: str, what: str) -> Iterator[Score]:
    posted = other = offered = count = 0
    for text, name in written:
        reading = read(text, catalogue, BUYER, NOW)
        count += 1
        own, others = _posted(reading, catalogue, name)
        posted += own
        other += others and not own
        offered += not own and name in _offered(reading, catalogue)
    yield Score(source, f"{what}: found", Share(posted, count))
    yield Score(source, f"{what}: asked, and among the choices", Share(offered, count))
    yield Score(source, f"{what}: other", Share(other, count))


def _posted(reading: Reading, catalogue: Catalogue, name: str) -> tuple[bool, bool]:
    names = {_name(catalogue, line.sku or "") for line in reading.lines if line.status is Status.MATCHED}
    return name in names, bool(names - {name})


def _offered(reading: Reading, catalogue: Catalogue) -> set[str]:
    return {_name(catalogue, candidate.sku) for line in reading.lines for candidate in line.candidates}


def _name(catalogue: Catalogue, sku: str) -> str:
    item = catalogue.item(sku)
    return item.name if item else ""


def _times(catalogue: Catalogue, texts: Iterable[str]) -> list[float]:
    took = []
    for text in texts:
        began = time.perf_counter()
        read(text, catalogue, BUYER, NOW)
        took.append(1000 * (time.perf_counter() - began))
    return sorted(took)


WAYS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("as written", str),
    ("two letters swapped", slipped),
    ("vowels dropped", hasty),
)


def _unified(folder: Path) -> Iterator[Score]:
    rows = csv_rows(folder / "catalogues" / "unified_india_catalogue.csv")
    names = list(dict.fromkeys(" ".join(f"{row['brand']} {row['name']} {row['pack']}".split()) for row in rows))
    source = f"shops' listings, {len(names)} names"
    began = time.perf_counter()
    catalogue = _catalogue(names)
    yield Score(source, "index built in", figure=f"{time.perf_counter() - began:.1f} s")
    took = _times(catalogue, [_order(name) for name in _sample(names)])
    half, late = took[len(took) // 2], took[min(len(took) - 1, len(took) * 99 // 100)]
    yield Score(source, "a message, median and 99th of 100", figure=f"{half:.1f} and {late:.1f} ms")
    for way, typed in WAYS:
        yield from _found(catalogue, [(_order(typed(name)), name) for name in _sample(names)], source, way)


def _small(folder: Path) -> Iterator[Score]:
    hardware = [row["name"] for row in csv_rows(folder / "catalogues" / "hardware_dealer_items_217.csv")]
    names = list(dict.fromkeys(" ".join(name.split()) for name in hardware))
    written = [(_order(name), name) for name in names]
    yield from _found(_catalogue(names), written, f"hardware dealer, {len(names)} names", "as written")
    products = csv_rows(folder / "catalogues" / "maruti_kirana_products.csv")
    local = {" ".join(row["name"].split()): row["name_local_script"] for row in products}
    kirana = _catalogue(list(local))
    both = [(_order(script), name) for name, script in local.items() if re.search("[\u0900-\u0fff]", script)]
    yield from _found(kirana, both, f"grocer, {len(local)} names", "in the local script")


def scores(folder: Path) -> Iterator[Score]:
    yield from _unified(folder)
    yield from _small(folder)
