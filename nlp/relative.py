"""`chota`, `bada`: of items that fit equally, the smallest or the largest, by what their names or prices say."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from nlp.atoms import Atom
from nlp.catalogue import Catalogue, Features
from nlp.fold import fold
from nlp.vocabulary import Vocabulary

SMALLEST, LARGEST = -1, 1
SAID = {fold("small"): SMALLEST, fold("big"): LARGEST}


def direction(atom: Atom, words: Vocabulary) -> int:
    """SMALLEST or LARGEST for a word that compares sizes, else 0."""
    for name, towards in SAID.items():
        if atom.wordlike and (atom.fold == name or atom.fold in words.groups.get(name, ())):
            return towards
    return 0


def furthest(rows: Sequence[int], catalogue: Catalogue, towards: int) -> int | None:
    """The one row at that end, if all can be compared by one measure, by two sides, or by MRP; else None."""
    amounts = _amounts(rows, catalogue) if len(rows) > 1 else None
    if amounts is None:
        return None
    ordered = sorted(zip(amounts, rows, strict=True), reverse=towards == LARGEST)
    return ordered[0][1] if ordered[0][0] != ordered[1][0] else None


def _amounts(rows: Sequence[int], catalogue: Catalogue) -> list[Decimal] | None:
    features = [catalogue.features[row] for row in rows]
    for dimension in sorted({name for name, _ in features[0].measures}):
        measured = [_measure(feature, dimension) for feature in features]
        if all(measured):
            return [amount for amount in measured if amount]
    if all(len(feature.pairs) == 1 for feature in features):
        return [first * second for feature in features for first, second in feature.pairs]
    prices = [catalogue.items[row].mrp for row in rows]
    return [price for price in prices if price] if all(prices) else None


def _measure(feature: Features, dimension: str) -> Decimal | None:
    found = [amount for name, amount in feature.measures if name == dimension]
    return found[0] if len(found) == 1 else None
