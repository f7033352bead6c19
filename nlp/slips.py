"""Slips of the hand: words that are one letter wrong, missing, too many or in its neighbour's place apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rapidfuzz.distance import DamerauLevenshtein

SHORTEST = 5
"""Shorter words are too like each other: of those only neighbours that changed places count."""

ByDeletion = Mapping[str, tuple[str, ...]]


def deletions(word: str) -> set[str]:
    """The word and all its forms with one letter less: two words one slip apart share one of them."""
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}


def swapped(word: str) -> Iterator[str]:
    """The word with two neighbours in each other's place, the first letter left alone."""
    for at in range(1, len(word) - 1):
        if word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def by_deletion(words: Iterable[str]) -> ByDeletion:
    """Words by each of their forms with one letter less."""
    found: dict[str, set[str]] = defaultdict(set)
    for word in words:
        if len(word) >= SHORTEST - 1:
            for form in deletions(word):
                found[form].add(word)
    return {form: tuple(sorted(alike)) for form, alike in found.items()}


def one_slip_from(typed: str, words: ByDeletion, *, shortest: int = SHORTEST) -> Iterator[str]:
    """The words perhaps meant; nobody errs in the first letter. Under `shortest` letters only changed places count."""
    if len(typed) < SHORTEST - 1:
        return
    short = len(typed) < shortest
    for form in deletions(typed):
        for word in words.get(form, ()):
            alike = len(word) >= SHORTEST - 1 and word[0] == typed[0]
            if short and sorted(word) != sorted(typed):
                continue
            if alike and DamerauLevenshtein.distance(word, typed, score_cutoff=1) <= 1:
                yield word
