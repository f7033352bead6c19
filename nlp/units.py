"""Spoken units against an item's pack ladder: which of its units is meant, and how much of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from nlp.values import ItemRecord, UomRecord
from nlp.vocabulary import UnitMeaning, Vocabulary

Ladder = Mapping[str, UomRecord]


class Fit(StrEnum):
    """How well a spoken unit fits the item: it means this rung, may mean it, or the item has no such rung."""

    EXACT = "exact"
    SCALED = "scaled"
    LOOSE = "loose"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rung and the factor by which the spoken quantity is to be multiplied for it."""

    fit: Fit
    uom: str | None = None
    factor: Decimal = Decimal(1)


MEASURED = frozenset({"KG", "LTR", "MTR", "SQFT", "TON", "QTL"})
PACKS = frozenset({"CASE", "BOX"})
"""Words for whatever goods are packed in."""
NOT_SOLD = Resolved(Fit.NONE)


def _sold(ladder: Ladder, codes: tuple[str, ...]) -> list[str]:
    return [code for code in codes if code in ladder and ladder[code].sales]


def resolve(concept: str, item: ItemRecord, ladder: Ladder, words: Vocabulary, usual: str | None = None) -> Resolved:
    """What `concept` means for this item; `usual` is the unit in which this customer buys it, if any."""
    meaning = words.meanings[concept]
    exact = _sold(ladder, meaning.exact)
    if exact:
        return Resolved(Fit.EXACT, usual if usual in exact else exact[0])
    scaled = _scaled(meaning, item, ladder, words)
    if scaled:
        return scaled
    loose = _sold(ladder, meaning.loose)
    if concept == "PCS" and item.base_uom not in MEASURED:
        loose += [code for code in _sold(ladder, (item.base_uom,)) if code not in loose]  # thirty pieces of sheets
    if meaning.base and item.base_uom in loose:
        return Resolved(Fit.LOOSE, usual if usual in loose else item.base_uom)
    if loose:
        return Resolved(Fit.LOOSE, usual if usual in loose else loose[0])
    only = _only_pack(item, ladder, words) if concept in PACKS else None
    return Resolved(Fit.EXACT, only) if only is not None else NOT_SOLD


def _only_pack(item: ItemRecord, ladder: Ladder, words: Vocabulary) -> str | None:
    """The one unit above the piece, if its name is a word of this ERP alone: `peti` of what is sold by the shrink.

    What is sold by the bag has no `peti`.
    """
    above = [code for code, rung in ladder.items() if rung.sales and rung.factor > 1]
    known = any(code in meaning.exact for meaning in words.meanings.values() for code in above)
    return above[0] if len(above) == 1 and above[0] == item.order_uom and not known else None


def _scaled(meaning: UnitMeaning, item: ItemRecord, ladder: Ladder, words: Vocabulary) -> Resolved | None:
    """A dozen of what is sold by the piece, a quintal of what is sold by the kilo: exact, by arithmetic."""
    if meaning.of is None:
        return None
    pieces = words.meanings[meaning.of]
    codes = _sold(ladder, pieces.exact)
    if not codes and pieces.concept == "PCS":
        codes = [code for code in _sold(ladder, (item.base_uom,)) if code not in MEASURED]
    return Resolved(Fit.SCALED, codes[0], meaning.factor) if codes else None
