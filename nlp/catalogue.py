"""The catalogue index: an immutable value made from one numbered revision of master data.

Items are found by folded word, number, measure, MRP and code through inverted lists, so that a look-up does not grow
with the catalogue. Rows are positions in `items`.
"""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

import numpy as np
import numpy.typing as npt

from nlp.fold import dropped, fold, is_size, latin, skeleton, sound, tamil_skeleton, tamil_sound, tamil_voiceless
from nlp.sizes import (
    INCH,
    MILLIMETRE,
    Measure,
    Pair,
    figures,
    in_inches,
    in_millimetres,
    measures_in,
    mixed_in,
    pairs_of,
)
from nlp.slips import ByDeletion, by_deletion
from nlp.tokens import Kind, Token, tokens
from nlp.values import CustomerRecord, ItemRecord, UomRecord, WorkCentreRecord
from nlp.vocabulary import Role, UnitMeaning, Vocabulary, vocabulary

Rows = npt.NDArray[np.int32]

LETTERS_OF_CODE = re.compile("[a-z]{2,4}(?![a-z])")
"""`GB` of GB-07: what people who read codes say for the goods."""
NAME_WEIGHT, ATTRIBUTE_WEIGHT, INITIALS_WEIGHT = 1.0, 0.85, 0.6
NOT_DESCRIBING = frozenset(
    {
        "hsn",
        "gst",
        "plant",
        "shelf_months",
        "coverage_sqft",
        "weight_kg",
        "volume_l",
        "moq",
        "multiple",
        "gst_rate",
        "replaced_by",
        "group",
        "shelf_life_days",
    }
)
DASHES = frozenset("-–")
SHORTEST_SKELETON, SHORTEST_JOINED, SHORTEST_PREFIX = 3, 5, 3
SHORT_LEADING = 4
SHORTEST_FOR_INITIALS = 3
NO_INITIALS = ("verb_stem", "price_named")
"""Short words that are never the first letters of a name: `Rs` before an amount."""


class Named(Protocol):
    """A token or an atom, as far as finding parts of names needs it."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def plain(self) -> str: ...
    @property
    def fold(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Features:
    """What can be said about one item: its words with weights, bare numbers and measures."""

    words: Mapping[str, float]
    numbers: frozenset[Decimal]
    measures: frozenset[Measure]
    neighbours: frozenset[tuple[str, str]]
    """Words that stand next to each other in the name."""
    pairs: frozenset[Pair]
    """Two numbers that an `x` joins: `12x18`, `M8x40`."""
    mixed: frozenset[Decimal]
    """Whole numbers with a fraction: `1 1/4"`."""


@dataclass(frozen=True, slots=True)
class WordEntry:
    """The rows of the items a word describes, with the word's weight for each."""

    rows: Rows
    weights: npt.NDArray[np.float32]
    worth: float


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One revision of master data, indexed. Build it with `build_catalogue`; never changed afterwards."""

    revision: int
    items: tuple[ItemRecord, ...]
    row_of: Mapping[str, int]
    ladders: Mapping[str, Mapping[str, UomRecord]]
    features: tuple[Features, ...]
    words: Mapping[str, WordEntry]
    neighbours: Mapping[tuple[str, str], Rows]
    """Items in whose name two words stand next to each other."""
    numbers: Mapping[Decimal, Rows]
    measures: Mapping[Measure, Rows]
    dimensions: Mapping[str, Rows]
    pairs: Mapping[Pair, Rows]
    paired: Rows
    """The items with any pair."""
    mixed: frozenset[Decimal]
    """Whole numbers with a fraction that stand in names: `1 1/4"`."""
    nominal: Mapping[Measure, Rows]
    """Items by what people call their size: in inches what is named in millimetres, and the other way round."""
    renamed: Rows
    """The items whose millimetres have a name in inches."""
    prices: Mapping[Decimal, Rows]
    codes: Mapping[str, int]
    by_skeleton: Mapping[str, tuple[str, ...]]
    by_deletion: Mapping[str, tuple[str, ...]]
    by_consonants: Mapping[str, tuple[str, ...]]
    spelled_by_deletion: Mapping[str, tuple[str, ...]]
    """Words as they are spelled, for slips of the hand: `borwn` is one from `brown`, but not once both are folded."""
    by_sound: Mapping[str, tuple[str, ...]]
    """Words of names as one hears them, by their consonants."""
    by_voiceless: Mapping[str, tuple[str, ...]]
    """Words as Tamil script writes them, whole and by their skeletons."""
    sorted_words: tuple[str, ...]
    leading: frozenset[str]
    """Words that begin a name or are a brand's: goods even if they are noise elsewhere (`Saathi`, `Plus`)."""
    leading_folds: frozenset[str]
    spelled: frozenset[str]
    """Words of names as they are spelled: noise, unit and number words count as goods only in this spelling."""
    joined: frozenset[tuple[str, str, str]]
    """Numbers that a dash joins in a name, with the word before or behind: `Chaubis 24-24` and `24-24 Butter`."""
    customers: tuple[CustomerRecord, ...]
    customer_of: Mapping[str, CustomerRecord]
    customer_words: Mapping[str, frozenset[int]]
    customer_names: tuple[frozenset[str], ...]
    work_centres: tuple[WorkCentreRecord, ...]
    siblings: Mapping[int, Rows]
    """For each item that has any: those named with the same words, but for sizes and numbers, it among them."""
    units: frozenset[str]
    """All units that any item is sold in."""
    packing: Rows
    """For each row the number of its way of packing: items of one have the same units, whatever their factors."""
    packings: tuple[tuple[ItemRecord, Mapping[str, UomRecord]], ...]
    """One item and its ladder of each way of packing."""
    active: npt.NDArray[np.bool_]
    sold: npt.NDArray[np.bool_]
    similar: dict[str, tuple[tuple[str, float], ...]] = field(default_factory=dict, compare=False)
    """A bounded memory of `lookup.similar_words`; filling it twice does no harm."""

    def sells_by(self, meaning: UnitMeaning) -> bool:
        """Whether any item is sold or measured in what the unit may stand for."""
        measured = meaning.measure is not None and meaning.measure in self.dimensions
        pieces = (meaning.of,) if meaning.of else ()
        return measured or not self.units.isdisjoint((*meaning.exact, *meaning.loose, *pieces))

    def leads(self, plain: str, folded: str) -> bool:
        """Whether a word begins a name here; a longer one in any spelling (`Sathi` for `Saathi`)."""
        return len(plain) > 2 and (
            plain in self.leading or (len(folded) > SHORT_LEADING and folded in self.leading_folds)
        )

    def item(self, sku: str) -> ItemRecord | None:
        row = self.row_of.get(sku)
        return None if row is None else self.items[row]

    def starting_with(self, prefix: str) -> Iterable[str]:
        at = bisect_left(self.sorted_words, prefix)
        while at < len(self.sorted_words) and self.sorted_words[at].startswith(prefix):
            yield self.sorted_words[at]
            at += 1


def compact(text: str) -> str:
    """A code without its punctuation, for comparing `HN4Z-M16` with `hn4z m16`."""
    return re.sub(r"[\W_]+", "", latin(text))


def _run_together(parts: Sequence[Token]) -> Iterator[Decimal]:
    """`13:0:45` and `12:61:0` as they are typed: 13045, 1261, 12610."""
    for at in range(len(parts) - 4):
        run = parts[at : at + 5]
        if all(one.kind is Kind.NUMBER for one in run[::2]) and {run[1].text, run[3].text} <= {":", "-"}:
            first, second, third = (one.plain for one in run[::2])
            yield Decimal(first + second + third).normalize()
            if third == "0":
                yield Decimal(first + second).normalize()


def _features(item: ItemRecord, words: Vocabulary) -> Features:
    described: dict[str, float] = {}
    numbers: set[Decimal] = set()
    measures: set[Measure] = set()
    pairs: set[Pair] = set()
    mixed: set[Decimal] = set()
    texts = [(item.name, NAME_WEIGHT), (item.brand, ATTRIBUTE_WEIGHT), (item.category, ATTRIBUTE_WEIGHT)]
    texts += [(text, ATTRIBUTE_WEIGHT) for name, text in item.attributes.items() if name not in NOT_DESCRIBING]
    for text, weight in texts:
        parts = tokens(text)
        for token in parts:
            if token.kind is Kind.WORD:
                described[token.fold] = max(weight, described.get(token.fold, 0.0))
        for figure in figures(parts):
            numbers |= {figure.value, *figure.whole}
        measures |= set(measures_in(parts, words))
        numbers |= {*_run_together(parts)}
        mixed |= set(mixed_in(parts))
        pairs |= set(pairs_of(parts))
        for first, second in itertools.pairwise(parts):
            if first.kind is second.kind is Kind.WORD and _joinable(first.fold, second.fold):
                described.setdefault(first.fold + second.fold, weight)
    size, unit = item.attributes.get("size", ""), item.attributes.get("size_unit", "")
    if size and unit:
        measures |= set(measures_in(tokens(f"{size} {unit}"), words))
    named = [token.fold for token in tokens(item.name) if token.kind is Kind.WORD]
    neighbours = frozenset(_standing_together(named))
    for initials in initials_of(named):
        if not words.roles(initials) and not any(initials in words.grammar[kind] for kind in NO_INITIALS):
            described.setdefault(initials, INITIALS_WEIGHT)
    letters = LETTERS_OF_CODE.match(item.sku.lower())
    if letters and not words.roles(letters.group(0)):
        described[letters.group(0)] = max(ATTRIBUTE_WEIGHT, described.get(letters.group(0), 0.0))
    return Features(described, frozenset(numbers), frozenset(measures), neighbours, frozenset(pairs), frozenset(mixed))


def _standing_together(named: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Words next to each other, a mark of one or two letters between them passed over: `Levovin-M Tablet`."""
    yield from itertools.pairwise(named)
    for first, mark, second in zip(named, named[1:], named[2:], strict=False):
        if len(mark) < SHORTEST_FOR_INITIALS:
            yield first, second


def _joinable(first: str, second: str) -> bool:
    """`butter scotch` may be typed in one word; a single letter is a size and never glued."""
    return min(len(first), len(second)) > 1 and len(first) + len(second) >= SHORTEST_JOINED


def initials_of(named: Sequence[str]) -> Iterator[str]:
    """`fp` of `family pack`, `hw` of `hand wash`: the first letters of two or three words that stand together."""
    for length in (2, 3):
        for at in range(len(named) - length + 1):
            part = named[at : at + length]
            if all(len(word) >= SHORTEST_FOR_INITIALS for word in part):
                yield "".join(word[0] for word in part)


def _rows(lists: Mapping[object, list[int]]) -> dict[object, Rows]:
    return {key: np.array(sorted(set(rows)), dtype=np.int32) for key, rows in lists.items()}


def word_worth(listed: int, total: int) -> float:
    """How telling a word is: 0.9 for one that all items share, about 3.1 for one that names a single item."""
    return 0.9 + 2.2 * math.log(max(total, 2) / max(listed, 1)) / math.log(max(total, 10))


def _word_entries(features: list[Features]) -> dict[str, WordEntry]:
    lists: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row, feature in enumerate(features):
        for word, weight in feature.words.items():
            lists[word].append((row, weight))
    entries = {}
    for word, listed in lists.items():
        rows, weights = zip(*listed, strict=True)
        worth = word_worth(len(rows), len(features))
        entries[word] = WordEntry(np.array(rows, dtype=np.int32), np.array(weights, dtype=np.float32), worth)
    return entries


def _spellings(words: Iterable[str], spelled: Iterable[str]) -> Iterator[ByDeletion]:
    """The words by their skeletons, by their forms with one letter less, and as typed without vowels.

    Then those with one letter less as they are `spelled`, as they sound, and as Tamil writes them. Without vowels both
    forms count.
    """
    by_skeleton: dict[str, set[str]] = defaultdict(set)
    by_consonants: dict[str, set[str]] = defaultdict(set)
    folded = list(words)
    for word in folded:
        bones = skeleton(word)
        if len(bones) >= SHORTEST_SKELETON:
            by_skeleton[bones].add(word)
    raw = list(spelled)
    for word, form in [*((word, word) for word in folded), *((fold(word), word) for word in raw)]:
        consonants = dropped(form)
        if SHORTEST_SKELETON <= len(consonants) < len(form):
            by_consonants[consonants].add(word)
    yield {key: tuple(sorted(found)) for key, found in by_skeleton.items()}
    yield by_deletion(folded)
    yield {key: tuple(sorted(found)) for key, found in by_consonants.items()}
    yield by_deletion(raw)
    yield _by_sound(raw)
    yield _by_voiceless([*folded, *raw])


def _by_sound(spelled: Iterable[str]) -> ByDeletion:
    found: dict[str, set[str]] = defaultdict(set)
    for word in spelled:
        heard = sound(word)
        if len(heard) >= SHORTEST_SKELETON:
            found[heard].add(fold(word))
    return {key: tuple(sorted(alike)) for key, alike in found.items()}


def _by_voiceless(words: Iterable[str]) -> ByDeletion:
    found: dict[str, set[str]] = defaultdict(set)
    for word in words:
        for form in (tamil_skeleton(word), tamil_voiceless(word), tamil_sound(word)):
            if len(form) >= SHORTEST_SKELETON:
                found[form].add(fold(word))
    return {key: tuple(sorted(alike)) for key, alike in found.items()}


def _siblings(items: tuple[ItemRecord, ...], words: Vocabulary) -> dict[int, Rows]:
    families: dict[tuple[str, str, frozenset[str]], list[int]] = defaultdict(list)
    for row, item in enumerate(items):
        named = frozenset(
            token.fold
            for token in tokens(item.name)
            if token.kind is Kind.WORD and not is_size(token.plain) and Role.UNIT not in words.roles(token.text)
        )
        families[item.category, item.brand, named].append(row)
    found = (np.array(rows, dtype=np.int32) for rows in families.values() if len(rows) > 1)
    return {int(row): rows for rows in found for row in rows}


def _leading(items: tuple[ItemRecord, ...]) -> frozenset[str]:
    found = set()
    for item in items:
        parts = [token.plain for token in tokens(item.name) if token.kind is Kind.WORD][:1]
        found |= {*parts, *(token.plain for token in tokens(item.brand) if token.kind is Kind.WORD)}
    return frozenset(found)


def _packings(
    items: Sequence[ItemRecord], ladders: Mapping[str, Mapping[str, UomRecord]]
) -> tuple[Rows, tuple[tuple[ItemRecord, Mapping[str, UomRecord]], ...]]:
    numbers: dict[object, int] = {}
    examples: list[tuple[ItemRecord, Mapping[str, UomRecord]]] = []
    rows = []
    for item in items:
        ladder = ladders.get(item.sku, {})
        key = (item.base_uom, tuple(sorted((code, rung.sales) for code, rung in ladder.items())))
        if key not in numbers:
            numbers[key] = len(examples)
            examples.append((item, ladder))
        rows.append(numbers[key])
    return np.array(rows, dtype=np.int32), tuple(examples)


def joined_numbers(parts: Sequence[Named]) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Pairs of numbers with a dash and nothing else between, with the word before and with that behind; their place."""
    for at in range(len(parts) - 2):
        first, sign, second = parts[at : at + 3]
        if first.kind is not Kind.NUMBER or second.kind is not Kind.NUMBER or sign.text not in DASHES:
            continue
        if first.end != sign.start or sign.end != second.start:
            continue
        if at and parts[at - 1].kind is Kind.WORD:
            yield (parts[at - 1].fold, first.plain, second.plain), at
        if at + 3 < len(parts) and parts[at + 3].kind is Kind.WORD:
            yield (first.plain, second.plain, parts[at + 3].fold), at


def _nominal(
    items: Sequence[ItemRecord], features: Sequence[Features], pairs: dict[Pair, list[int]]
) -> dict[Measure, list[int]]:
    """Items by the inches that their millimetres are called, or by the millimetres of their inches.

    The sizes of two sides that are called otherwise too are added to the `pairs`.
    """
    categories: dict[str, list[int]] = defaultdict(list)
    for row, item in enumerate(items):
        categories[item.category].append(row)
    found: dict[Measure, list[int]] = defaultdict(list)
    for rows in categories.values():
        inches = in_inches(amount for row in rows for name, amount in features[row].measures if name == MILLIMETRE)
        for row in rows:
            measures = features[row].measures
            dimensions = {name for name, _ in measures}
            called = in_millimetres() if INCH in dimensions else inches
            own, other = (INCH, MILLIMETRE) if INCH in dimensions else (MILLIMETRE, INCH)
            if {INCH, MILLIMETRE} <= dimensions:
                continue
            names = {amount: [name for name, sizes in called.items() if amount in sizes] for _, amount in measures}
            for dimension, amount in measures:
                for name in names[amount] if dimension == own else ():
                    found[other, name].append(row)
            for first, second in features[row].pairs:
                for pair in itertools.product(names.get(first, ()), names.get(second, ())):
                    pairs[pair].append(row)
    return found


def _customer_words(customers: tuple[CustomerRecord, ...]) -> dict[str, frozenset[int]]:
    lists: dict[str, set[int]] = defaultdict(set)
    for at, customer in enumerate(customers):
        for token in tokens(f"{customer.name} {customer.city}"):
            if token.kind is Kind.WORD:
                lists[token.fold].add(at)
    return {word: frozenset(found) for word, found in lists.items()}


def build_catalogue(
    revision: int,
    items: Iterable[ItemRecord],
    uoms: Iterable[UomRecord],
    customers: Iterable[CustomerRecord] = (),
    *,
    work_centres: Iterable[WorkCentreRecord] = (),
) -> Catalogue:
    """The index over one numbered revision of master data; about 0.1 ms an item."""
    words = vocabulary()
    kept = tuple(items)
    ladders: dict[str, dict[str, UomRecord]] = defaultdict(dict)
    for uom in uoms:
        ladders[uom.sku][uom.uom] = uom
    features = [_features(item, words) for item in kept]
    neighbours: dict[object, list[int]] = defaultdict(list)
    numbers: dict[object, list[int]] = defaultdict(list)
    measures: dict[object, list[int]] = defaultdict(list)
    dimensions: dict[object, list[int]] = defaultdict(list)
    prices: dict[object, list[int]] = defaultdict(list)
    pairs: dict[Pair, list[int]] = defaultdict(list)
    codes: dict[str, int] = {}
    for row, (item, feature) in enumerate(zip(kept, features, strict=True)):
        for pair_of_words in feature.neighbours:
            neighbours[pair_of_words].append(row)
        for value in feature.numbers:
            numbers[value].append(row)
        for measure in feature.measures:
            measures[measure].append(row)
            dimensions[measure[0]].append(row)
        for pair in feature.pairs:
            pairs[pair].append(row)
        if item.mrp is not None:
            prices[item.mrp.normalize()].append(row)
        for code in (
            item.sku,
            *(text for name, text in item.attributes.items() if name in ("part_no", "code", "barcode")),
        ):
            if len(compact(code)) >= 3:
                codes.setdefault(compact(code), row)
    nominal = _nominal(kept, features, pairs)
    entries = _word_entries(features)
    spelled = frozenset(token.plain for item in kept for token in tokens(item.name) if token.kind is Kind.WORD)
    by_skeleton, slips, by_consonants, spelled_slips, by_sound, by_voiceless = _spellings(entries, spelled)
    firms = tuple(customers)
    packing, packings = _packings(kept, ladders)
    leading = _leading(kept)
    return Catalogue(
        revision=revision,
        items=kept,
        row_of={item.sku: row for row, item in enumerate(kept)},
        ladders=dict(ladders),
        features=tuple(features),
        words=entries,
        neighbours=_rows(neighbours),  # type: ignore[arg-type]
        numbers=_rows(numbers),  # type: ignore[arg-type]
        measures=_rows(measures),  # type: ignore[arg-type]
        dimensions=_rows(dimensions),  # type: ignore[arg-type]
        pairs=_rows(pairs),  # type: ignore[arg-type]
        paired=np.array([row for row, feature in enumerate(features) if feature.pairs], dtype=np.int32),
        mixed=frozenset().union(*(feature.mixed for feature in features)),
        nominal=_rows(nominal),  # type: ignore[arg-type]
        renamed=np.array(
            sorted({row for (dimension, _), rows in nominal.items() if dimension == INCH for row in rows}),
            dtype=np.int32,
        ),
        prices=_rows(prices),  # type: ignore[arg-type]
        codes=codes,
        by_skeleton=by_skeleton,
        by_deletion=slips,
        by_consonants=by_consonants,
        spelled_by_deletion=spelled_slips,
        by_sound=by_sound,
        by_voiceless=by_voiceless,
        sorted_words=tuple(sorted(entries)),
        leading=leading,
        leading_folds=frozenset(fold(word) for word in leading),
        spelled=spelled,
        joined=frozenset(joined for item in kept for joined, _ in joined_numbers(tokens(item.name))),
        customers=firms,
        customer_of={firm.code: firm for firm in firms},
        customer_words=_customer_words(firms),
        customer_names=tuple(
            frozenset(token.fold for token in tokens(firm.name) if token.kind is Kind.WORD) for firm in firms
        ),
        work_centres=tuple(work_centres),
        siblings=_siblings(kept, words),
        units=frozenset(uom for ladder in ladders.values() for uom in ladder),
        packing=packing,
        packings=packings,
        active=np.array([item.active for item in kept], dtype=np.bool_),
        sold=np.array([item.sold for item in kept], dtype=np.bool_),
    )
