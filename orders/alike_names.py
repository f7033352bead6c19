"""Names that people will take for each other: the same but for signs, spaces, vowels and words every firm has. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

NEIGHBOURS = 4
ALIKE_FROM = 0.92
SHORTEST = 4
WORDS_OF_ANY_FIRM = frozenset(
    {"m/s", "ms", "shri", "shree", "sri", "the", "and", "&", "co", "company", "pvt", "ltd", "private", "limited"}
    | {"traders", "trader", "trading", "store", "stores", "agency", "agencies", "enterprise", "enterprises", "mart"}
    | {"brothers", "bros", "sons", "kirana", "bhandar", "general"}
)

Name = tuple[str, str]
"""A code and the name it stands for."""


def alike(names: Iterable[Name], *, firms: bool) -> list[tuple[Name, ...]]:
    """Groups of two and more that look alike; numbers must be the same, as sizes tell goods apart."""
    bare = sorted((_bare(name, firms=firms), code, name) for code, name in names)
    leader: dict[str, str] = {}
    for at, (key, code, _) in enumerate(bare):
        for other, other_code, _ in bare[at + 1 : at + 1 + NEIGHBOURS]:
            if _look_alike(key, other):
                leader[_first(leader, other_code)] = _first(leader, code)
    groups: dict[str, list[Name]] = defaultdict(list)
    for _, code, name in bare:
        groups[_first(leader, code)].append((code, name))
    return [tuple(found) for found in groups.values() if len(found) > 1]


def _first(leader: dict[str, str], code: str) -> str:
    while leader.get(code, code) != code:
        code = leader[code]
    return code


def _look_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if _numbers(one) != _numbers(other) or min(len(one), len(other)) < SHORTEST:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE_FROM


def _numbers(name: str) -> Sequence[str]:
    return re.findall(r"\d+", name)


def _bare(name: str, *, firms: bool) -> str:
    """Letters and numbers alone, doubled letters once; of a firm without the words that every firm has."""
    words = unicodedata.normalize("NFKC", name).casefold().replace(".", "").split()
    kept = [word for word in words if not (firms and word.strip("(),-") in WORDS_OF_ANY_FIRM)] or words
    letters = "".join(char for char in "".join(kept) if char.isalnum() or unicodedata.category(char).startswith("M"))
    return re.sub(r"([^\W\d])\1", r"\1", letters)
