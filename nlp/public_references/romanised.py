"""Hindi words as people type them in Latin letters, and their Devanagari spelling, from google's Dakshina.

Each attested romanisation of the test part counts as often as it was attested. The look-up is among all 2,500 Hindi
words of that part, as if each were the name of an item; `kept for any` is what a clerk would still see in a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from nlp import build_catalogue
from nlp.evaluation.scoring import Share
from nlp.fold import fold, skeleton
from nlp.lookup import similar_words
from nlp.public_references.score import Score
from nlp.values import ItemRecord

Pair = tuple[str, str, int]


def _pairs(folder: Path) -> list[Pair]:
    lines = (folder / "dakshina_hi" / "hi.translit.sampled.test.tsv").read_text(encoding="utf-8").splitlines()
    return [(typed, written, int(count)) for typed, written, count in (line.split("\t") for line in lines)]


def _share(pairs: list[Pair], agrees: Callable[[str, str], bool]) -> Share:
    total = sum(count for _, _, count in pairs)
    return Share(sum(count for typed, written, count in pairs if agrees(typed, written)), total)


def scores(folder: Path) -> Iterator[Score]:
    pairs = _pairs(folder)
    words = dict.fromkeys(written for _, written, _ in pairs)
    items = [ItemRecord(sku=f"W{at}", name=word, base_uom="PCS", order_uom="PCS") for at, word in enumerate(words)]
    catalogue = build_catalogue(1, items, ())

    def found(typed: str) -> list[str]:
        return [word for word, _ in similar_words(typed, catalogue)]

    yield Score("Dakshina", "same folded spelling", _share(pairs, lambda typed, written: fold(typed) == fold(written)))
    bones = _share(pairs, lambda typed, written: skeleton(typed) == skeleton(written))
    yield Score("Dakshina", "same consonants", bones)
    among = f"of {len(words)} words"
    first = _share(pairs, lambda typed, written: found(typed)[:1] == [fold(written)])
    yield Score("Dakshina", f"look-up {among}: best is right", first)
    kept = _share(pairs, lambda typed, written: fold(written) in found(typed))
    yield Score("Dakshina", f"look-up {among}: kept for any", kept)
    nothing = _share(pairs, lambda typed, _: not found(typed))
    yield Score("Dakshina", f"look-up {among}: nothing found", nothing)
