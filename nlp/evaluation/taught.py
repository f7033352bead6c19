"""What names taught are worth: the labelled messages read with those given, those past orders settle, and none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlp.bought_names import bought_names
from nlp.evaluation.corpus import Plant
from nlp.evaluation.scoring import Judged, judged
from nlp.values import AliasRecord


def untaught(chosen: Sequence[Plant]) -> Iterator[Judged]:
    """Without any name taught, as on the first day."""
    for plant in chosen:
        yield from judged(replace(plant, aliases={}))


def taught_by_history(chosen: Sequence[Plant]) -> Iterator[Judged]:
    """With the names alone that the orders of `history.csv` settle, as `onboard` proposes them."""
    for plant in chosen:
        yield from judged(replace(plant, aliases=names_of(plant)))


def names_of(plant: Plant) -> dict[str | None, tuple[AliasRecord, ...]]:
    """By customer."""
    found: dict[str | None, list[AliasRecord]] = defaultdict(list)
    for name in bought_names(plant.catalogue.items, plant.history):
        owner = name.customer or None
        found[owner].append(AliasRecord(customer=owner, phrase=name.phrase, sku=name.sku))
    return {owner: tuple(names) for owner, names in found.items()}
