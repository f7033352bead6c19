"""Which words of the catalogue a typed word may be, and how surely: by spelling, meaning, skeleton, slip, beginning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from rapidfuzz.distance import DamerauLevenshtein

from nlp.catalogue import SHORTEST_PREFIX, SHORTEST_SKELETON, Catalogue
from nlp.fold import dropped, fold, is_tamil, latin, skeleton, sound, tamil_skeleton, tamil_sound, tamil_voiceless
from nlp.slips import one_slip_from
from nlp.vocabulary import vocabulary

EXACT, SYNONYM, SAME_BONES, SAME_SOUND, ONE_SLIP, BEGINNING = 1.0, 0.92, 0.85, 0.8, 0.75, 0.72
MOST_REMEMBERED = 50_000
MOST_BEGINNINGS, SHORTEST_PLURAL = 12, 4
SHORTEST_GOODS = 6
SHORTEST_LOOSE = 2
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
    for candidate in catalogue.by_sound.get(sound(word), ()):
        offer(candidate, SAME_SOUND)
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
    for form in (tamil_skeleton(word), tamil_voiceless(word), tamil_sound(word)):
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


def may_be_one_of(word: str, names: Iterable[str]) -> bool:
    """Whether a typed word may be one of the few words of an item that is known by what else is said.

    Among so few words looser likeness tells enough: one slip in a short word (`wod`, `gle`), two letters of a
    beginning (`br`), the consonants of a beginning (`combn`).
    """
    folded, plain = fold(word), latin(word)
    if len(plain) < SHORTEST_LOOSE:
        return False
    bones = skeleton(folded)
    return any(
        _is_one_slip(folded, name)
        or _is_one_slip(plain, name)
        or (len(name) > SHORTEST_LOOSE + 1 and name.startswith(folded))
        or (len(bones) > 1 and len(plain) > SHORTEST_LOOSE and bones == skeleton(name))
        or (len(bones) > 1 and sound(word) == sound(name))
        or (len(bones) > SHORTEST_LOOSE and skeleton(name).startswith(bones))
        or (is_tamil(word) and tamil_skeleton(word) == tamil_skeleton(name))
        for name in names
    )


def _is_one_slip(typed: str, name: str) -> bool:
    """A letter missing, too many, or in its neighbour's place; another letter only in words of four and more."""
    least = min(len(typed), len(name))
    if least <= SHORTEST_LOOSE or typed[0] != name[0]:
        return False
    if len(typed) == len(name) == SHORTEST_LOOSE + 1 and sorted(typed) != sorted(name):
        return False
    return DamerauLevenshtein.distance(typed, name, score_cutoff=1) <= 1
