"""How long reading one message takes: against the demo plant, and as the catalogue grows to 100,000 SKUs."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice, product

from psutil import Process
from rapidfuzz import fuzz, process
from spacy.lang.xx import MultiLanguage

from bench.figures import median, ms, percentile, table
from bench.machine import ROOT
from bench.plant import CORPUS, texts_of
from erp.files import read_folder
from nlp import Catalogue, build_catalogue, read
from nlp.values import AliasRecord, HistoryLine, ItemRecord, Moment, Reading, Speaker, UomRecord

DEMO = ROOT / "demo" / "plant"
LARGEST = 100_000
SIZES = (1_000, 10_000, 50_000, LARGEST)
COMPARED = 40
"""Order lines for which the whole catalogue is also searched name by name, as a usual reader does."""
NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)

BRANDS = (
    *("Surya", "Ganga", "Himadri", "Kaveri", "Malwa", "Vidarbha", "Konark", "Ajanta", "Nilgiri", "Sahyadri"),
    *(
        "Narmada",
        "Chambal",
        "Godavari",
        "Satpura",
        "Vindhya",
        "Aravalli",
        "Panchvati",
        "Triveni",
        "Mandakini",
        "Alaknanda",
    ),
)
KINDS = (
    *("Cookies", "Rusk", "Bhujia", "Sev", "Namkeen", "Papad", "Wafers", "Toffee", "Noodles", "Vermicelli", "Pickle"),
    *("Chutney", "Ketchup", "Sharbat", "Squash", "Honey", "Jam", "Ghee", "Paneer", "Atta", "Besan", "Maida", "Sooji"),
    *(
        "Poha",
        "Murmura",
        "Agarbatti",
        "Soap",
        "Detergent",
        "Shampoo",
        "Toothpaste",
        "Candle",
        "Matchbox",
        "Broom",
        "Mop",
    ),
)
VARIANTS = (
    *(
        "Classic",
        "Masala",
        "Pudina",
        "Kesar",
        "Elaichi",
        "Adrak",
        "Lasun",
        "Nimbu",
        "Gulab",
        "Chandan",
        "Neem",
        "Tulsi",
    ),
    *(
        "Premium",
        "Royal",
        "Gold",
        "Silver",
        "Extra",
        "Super",
        "Fresh",
        "Herbal",
        "Natural",
        "Special",
        "Family",
        "Mini",
    ),
)
PACKS = ("50 g", "100 g", "200 g", "500 g", "1 kg", "2 kg", "5 kg")
SAYINGS = (
    "{q} case {name}",
    "{name} {q} peti",
    "{q} peti {name}\n{q2} box {name2}",
    "{name} - {q}\n{name2} - {q2}\n{name3} - {q}",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """Reading many messages against one catalogue."""

    name: str
    items: int
    built_in: float
    megabytes: float
    took: Sequence[float]


def measure(*, messages: int, sizes: Sequence[int] = SIZES) -> str:
    """The table of times, the growth, and the ratio to cutting the same texts into tokens and nothing else."""
    demo = _against_demo(messages)
    grown = [_against_synthetic(size, messages) for size in sizes]
    tokens = _tokenising(_sayings(synthetic(sizes[-1]), messages))
    rows: list[tuple[object, ...]] = [("parse", "items", "messages", "p50", "p99", "index built in", "its memory")]
    for timing in (demo, *grown):
        times = (ms(percentile(timing.took, share)) for share in (0.5, 0.99))
        index = (ms(timing.built_in), f"{timing.megabytes:,.0f} MB")
        rows.append((timing.name, f"{timing.items:,}", len(timing.took), *times, *index))
    growth = _growth(grown)
    against = _against_names(sizes[-1])
    return "\n".join(
        [
            table(rows),
            (
                f"{grown[-1].items // grown[0].items:,} times the items cost {growth.ratio:.1f} times the time: "
                f"it grows as the catalogue's size to the power of {growth.exponent:.2f} (1 would be linear)"
            ),
            (
                f"the same texts cut into tokens and nothing else: p50 {ms(tokens)} "
                f"(ratio {median(grown[-1].took) / tokens:,.0f})"
            ),
            (
                f"one order line against every name with WRatio (rapidfuzz's extractOne): {ms(against.by_name)}, right "
                f"in {against.right_by_name} of {COMPARED}; read here: {ms(against.read)}, right in "
                f"{against.right_read}: {against.by_name / against.read:,.0f} times faster"
            ),
        ]
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _AgainstNames:
    """Medians of one order line in seconds, and how many of the lines named the right item."""

    by_name: float
    read: float
    right_by_name: int
    right_read: int


def _against_names(size: int) -> _AgainstNames:
    """The same single lines as people write them, a letter missing in each, searched name by name and read here.

    Without the slip the search would end at the first name that agrees wholly.
    """
    items = synthetic(size)
    catalogue, _, _ = _built(items)
    reader = _reader(catalogue, Speaker(customer="C1"))
    names = [item.name.lower() for item in items]
    chance = random.Random(4)
    by_name, read_here, right_by_name, right_read = [], [], 0, 0
    for _ in range(COMPARED):
        item = chance.choice(items)
        said = item.name.lower()
        slip = chance.randrange(1, 5)
        said = f"bhai {said[:slip]}{said[slip + 1 :]} 20 peti bhej do"
        started = time.perf_counter()
        found = process.extractOne(said, names, scorer=fuzz.WRatio)
        by_name.append(time.perf_counter() - started)
        right_by_name += found is not None and items[found[2]].sku == item.sku
        started = time.perf_counter()
        reading = reader(said)
        read_here.append(time.perf_counter() - started)
        right_read += [line.candidates[0].sku for line in reading.lines if line.candidates][:1] == [item.sku]
    return _AgainstNames(
        by_name=median(by_name), read=median(read_here), right_by_name=right_by_name, right_read=right_read
    )


def _built(items: Sequence[ItemRecord]) -> tuple[Catalogue, float, float]:
    """The index over made-up items, the seconds it took, and the megabytes it holds."""
    uoms = [UomRecord(sku=item.sku, uom=uom, factor=factor) for item in items for uom, factor in LADDER]
    before = Process().memory_info().rss
    started = time.perf_counter()
    catalogue = build_catalogue(1, items, uoms)
    took = time.perf_counter() - started
    return catalogue, took, (Process().memory_info().rss - before) / 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class _Growth:
    ratio: float
    exponent: float


def _growth(grown: Sequence[Timing]) -> _Growth:
    first, last = grown[0], grown[-1]
    ratio = median(last.took) / median(first.took)
    return _Growth(ratio=ratio, exponent=math.log(ratio) / math.log(last.items / first.items))


def _against_demo(messages: int) -> Timing:
    folder = read_folder(DEMO)
    items = [
        ItemRecord(
            sku=item.sku,
            name=item.name,
            brand=item.brand,
            category=item.category,
            base_uom=item.base_uom,
            order_uom=item.order_uom,
            active=item.active,
            attributes=item.attributes,
        )
        for item in folder.items
    ]
    uoms = [UomRecord(sku=one.sku, uom=one.uom, factor=one.factor) for one in folder.uoms]
    customer = folder.customers[0].code
    aliases = tuple(
        AliasRecord(customer=row.customer or None, phrase=row.alias, sku=row.sku, uom=row.uom or None)
        for row in folder.aliases
        if row.customer in ("", customer)
    )
    history = tuple(
        HistoryLine(order=one.order, customer=customer, date=one.date, sku=one.sku, quantity=one.qty, uom=one.uom)
        for one in folder.history
        if one.customer == customer
    )
    before = Process().memory_info().rss
    started = time.perf_counter()
    catalogue = build_catalogue(1, items, uoms)
    built = time.perf_counter() - started
    megabytes = (Process().memory_info().rss - before) / 1e6
    texts = _sayings(items, messages // 2) + _corpus_texts(messages - messages // 2)
    speaker = Speaker(customer=customer, aliases=aliases, history=history)
    took = _timed(texts, _reader(catalogue, speaker))
    return Timing(name="demo plant", items=len(items), built_in=built, megabytes=megabytes, took=took)


def _against_synthetic(size: int, messages: int) -> Timing:
    items = synthetic(size)
    catalogue, built, megabytes = _built(items)
    took = _timed(_sayings(items, messages), _reader(catalogue, Speaker(customer="C1")))
    return Timing(name="synthetic", items=len(items), built_in=built, megabytes=megabytes, took=took)


LADDER = (("PCS", Decimal(1)), ("BOX", Decimal(12)), ("CASE", Decimal(144)))


def synthetic(size: int) -> list[ItemRecord]:
    """So many items with names such as a large house has: brand, variant, kind, pack; the order is mixed."""
    names = [" ".join(parts) for parts in product(BRANDS, VARIANTS, KINDS, PACKS)]
    random.Random(1).shuffle(names)
    return [
        ItemRecord(sku=f"S{number:05d}", name=name, base_uom="PCS", order_uom="CASE")
        for number, name in enumerate(islice(names, size))
    ]


def _sayings(items: Sequence[ItemRecord], count: int) -> list[str]:
    """Messages about these items, one to three lines, as people write them."""
    chance = random.Random(2)
    texts = []
    for _ in range(count):
        name, name2, name3 = (chance.choice(items).name.lower() for _ in range(3))
        q, q2 = chance.randint(1, 60), chance.randint(1, 60)
        texts.append(chance.choice(SAYINGS).format(name=name, name2=name2, name3=name3, q=q, q2=q2))
    return texts


def _corpus_texts(count: int) -> list[str]:
    plants = sorted(path.parent.name for path in CORPUS.glob("*/messages.jsonl"))
    texts = [text for plant in plants for text in texts_of(plant)]
    return random.Random(3).sample(texts, min(count, len(texts)))


def _reader(catalogue: Catalogue, speaker: Speaker) -> Callable[[str], Reading]:
    moment = Moment(now=NOW)
    return lambda text: read(text, catalogue, speaker, moment)


def _tokenising(texts: Iterable[str]) -> float:
    return median(_timed(list(texts), MultiLanguage().tokenizer))


def _timed(texts: Sequence[str], call: Callable[[str], object]) -> list[float]:
    for text in texts[:20]:
        call(text)
    took = []
    for text in texts:
        started = time.perf_counter()
        call(text)
        took.append(time.perf_counter() - started)
    return took
