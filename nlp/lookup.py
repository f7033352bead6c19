"""Which words of the catalogue a typed word may be, and how surely: by spelling, meaning, skeleton, slip, beginning."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from nlp.catalogue import SHORTEST_PREFIX, SHORTEST_SKELETON, Catalogue
from nlp.fold import dropped, fold, is_tamil, latin, skeleton, tamil_skeleton, tamil_voiceless
from nlp.slips import one_slip_from
from nlp.vocabulary import vocabulary

EXACT, SYNONYM, SAME_BONES, ONE_SLIP, BEGINNING = 1.0, 0.92, 0.85, 0.75, 0.72
MOST_REMEMBERED = 50_000
MOST_BEGINNINGS, SHORTEST_PLURAL = 12, 4
SHORTEST_GOODS = 6
"""The thousands of words for goods of all trades lie closer together than those of one catalogue."""

Similar = tuple[tuple[str, float], ...]
Offer = Callable[[str, float], None]


def similar_words(word: str, catalogue: Catalogue) -> Similar:
    """Words of the catalogue that `word` (as typed) may mean, each with a similarity in (0, 1], best first."""
    known = catalogue.similar.get(word)
    if known is None:
        known = _search(word, catalogue)
        if len(catalogue.similar) < MOST_REMEMBERED:
            catalogue.similar[word] = known
    return known


def _search(word: str, catalogue: Catalogue) -> Similar:
    folded = fold(word)
    found: dict[str, float] = {}

    def offer(candidate: str, similarity: float) -> None:
        if candidate in catalogue.words and similarity > found.get(candidate, 0.0):
            found[candidate] = similarity

    offer(folded, EXACT)
    _plural(folded, offer)
    for other in vocabulary().groups.get(folded, ()):
        offer(other, SYNONYM)
        if len(other) >= SHORTEST_PLURAL:
            offer(other + "s", SYNONYM)
    if not found or max(found.values()) < SYNONYM:
        _hasty(word, folded, catalogue, offer)
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _plural(folded: str, offer: Offer) -> None:
    if len(folded) >= SHORTEST_PLURAL and folded.endswith("s"):
        offer(folded[:-1], 0.97)
        if folded.endswith("es"):
            offer(folded[:-2], 0.95)
    if len(folded) >= 3:
        offer(folded + "s", 0.97)


def _hasty(word: str, folded: str, catalogue: Catalogue, offer: Offer) -> None:
    """Vowels dropped, one letter wrong, only the beginning typed: looked up by form, verified by spelling."""
    _same_bones(folded, catalogue, offer)
    if is_tamil(word):
        _same_tamil_bones(word, catalogue, offer)
    plain = latin(word)
    for form in {folded, plain}:
        _without_vowels(form, catalogue, offer)
    _one_slip(folded, plain, catalogue, offer)
    if len(folded) >= SHORTEST_PREFIX:
        for candidate in islice(catalogue.starting_with(folded), MOST_BEGINNINGS):
            offer(candidate, BEGINNING)


def _same_bones(folded: str, catalogue: Catalogue, offer: Offer) -> None:
    bones = skeleton(folded)
    if len(bones) < SHORTEST_SKELETON:
        return
    for candidate in catalogue.by_skeleton.get(bones, ()):
        offer(candidate, SAME_BONES)
    for member in vocabulary().groups_by_skeleton.get(bones, ()):
        offer(member, SAME_BONES * SYNONYM)
        for other in vocabulary().groups[member]:
            offer(other, SAME_BONES * SYNONYM)


def _same_tamil_bones(word: str, catalogue: Catalogue, offer: Offer) -> None:
    for form in (tamil_skeleton(word), tamil_voiceless(word)):
        for candidate in catalogue.by_voiceless.get(form, ()):
            offer(candidate, SAME_BONES)


def _without_vowels(folded: str, catalogue: Catalogue, offer: Offer) -> None:
    """`nvy`, `blk`, `mni`: short words typed without their vowels."""
    if len(folded) >= SHORTEST_SKELETON and dropped(folded) == folded:
        for candidate in catalogue.by_consonants.get(folded, ()):
            offer(candidate, SAME_BONES)


def _one_slip(folded: str, plain: str, catalogue: Catalogue, offer: Offer) -> None:
    """Slips in the folded word, slips that folding hides (`borwn`), and slips in another word for the same goods."""
    for candidate in one_slip_from(folded, catalogue.by_deletion):
        offer(candidate, ONE_SLIP)
    for candidate in one_slip_from(plain, catalogue.spelled_by_deletion):
        offer(fold(candidate), ONE_SLIP)
    words = vocabulary()
    for candidate in one_slip_from(plain, words.goods_by_deletion, shortest=SHORTEST_GOODS):
        for other in words.groups[fold(candidate)]:
            offer(other, ONE_SLIP * SYNONYM)
