"""What is still made of the same kind as a discontinued item, the nearest in name first."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal

from nlp.catalogue import Catalogue
from nlp.tokens import Kind, tokens
from nlp.values import ItemRecord

MOST = 7


@dataclass(frozen=True, slots=True)
class _Name:
    words: frozenset[str]
    numbers: frozenset[Decimal]

    @classmethod
    def of(cls, item: ItemRecord) -> _Name:
        parts = tokens(item.name)
        return cls(
            frozenset(part.fold for part in parts if part.kind is Kind.WORD),
            frozenset(Decimal(part.plain).normalize() for part in parts if part.kind is Kind.NUMBER),
        )

    def differences(self, other: _Name) -> int:
        return len(self.words ^ other.words) + len(self.numbers ^ other.numbers)

    def distance(self, other: _Name) -> float:
        """How far the numbers in which two names differ are apart, as a logarithm; 0 where only words differ."""
        mine, theirs = self.numbers - other.numbers, other.numbers - self.numbers
        if not mine or not theirs or min(*mine, *theirs) <= 0:
            return 0.0
        return abs(math.log(float(max(mine) / max(theirs))))


def alike(gone: ItemRecord, catalogue: Catalogue, bought: Container[str]) -> list[ItemRecord]:
    """At most `MOST` items of its category; of equally near ones those in `bought`, then those nearest in size."""
    name = _Name.of(gone)
    near = []
    for item in catalogue.items:
        if item.category == gone.category and item.active and item.sold and item.sku != gone.replaced_by:
            other = _Name.of(item)
            if name.words & other.words:
                near.append((name.differences(other), item.sku not in bought, name.distance(other), item.sku, item))
    return [item for *_, item in sorted(near, key=lambda one: one[:4])[:MOST]]
