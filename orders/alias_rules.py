"""What an alias may be, decided on values alone: its folded form, and what is wrong with one."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

LONGEST_PHRASE = 80
PICKS_TO_MATCH = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasProblem:
    """Why an alias cannot be as given: which field, what is wrong, what to do."""

    field: str
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.text}: {self.remedy}."


def fold(text: str) -> str:
    """The form phrases are kept and compared in: composed, lower case, single spaces, no punctuation at the ends."""
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return words.strip(" .,;:!?*_~\"'()[]-–")


def phrase_problem(phrase: str) -> AliasProblem | None:
    """What keeps a folded phrase from being an alias."""
    if not phrase:
        return AliasProblem(field="phrase", text="there are no words", remedy="type what people write for the item")
    if len(phrase) > LONGEST_PHRASE:
        return AliasProblem(
            field="phrase",
            text=f"these are {len(phrase)} characters",
            remedy=f"keep to {LONGEST_PHRASE}; an alias is the item's name alone, not the whole message",
        )
    if not any(char.isalpha() for char in phrase):
        return AliasProblem(
            field="phrase",
            text=f"“{phrase}” has no letter",
            remedy="a bare number means a quantity to most people; add a word",
        )
    return None


def target_problem(*, sku: str, uom: str, known: Collection[str], ladder: Collection[str]) -> AliasProblem | None:
    """What keeps an item code and its unit from being an alias's target; `ladder` are the item's units."""
    if sku not in known:
        return AliasProblem(
            field="sku", text=f"the ERP lists no item {sku or '(empty)'}", remedy="choose an SKU of the item list"
        )
    if uom and uom not in ladder:
        return AliasProblem(
            field="uom",
            text=f"{sku} is not kept in {uom}",
            remedy=f"use one of {', '.join(sorted(ladder)) or 'its units'}, or leave it empty",
        )
    return None
