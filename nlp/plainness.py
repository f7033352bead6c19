"""Which of several goods is the plain one: `bend` is no door bend and `elbow` no brass elbow if neither is said."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Set

from nlp.atoms import Atom
from nlp.fold import fold, is_size
from nlp.marks import letter_marks
from nlp.sizes import figures
from nlp.tokens import Kind, tokens
from nlp.values import ItemRecord
from nlp.vocabulary import Role, Vocabulary

PLAIN = fold("plain")


def plainest(items: Mapping[int, ItemRecord], said: Set[str], words: Vocabulary) -> int | None:
    """Of items of one category the one to which the others only add a kind, right before a word that is said.

    `bend 110` fits `Bend 110 mm` and `Door Bend 110 mm`. The plain one must be named by what is said, its brand and its
    category alone. Grades are no kinds: whether `Gold` is meant is told elsewhere.
    """
    if len(items) < 2 or len({item.category for item in items.values()}) > 1:
        return None
    names = {column: _name(item, words) for column, item in items.items()}
    plain = min(names, key=lambda column: len(names[column]))
    known = said | {token.fold for token in tokens(f"{items[plain].brand} {items[plain].category}")}
    if not set(names[plain][1:]) <= known:  # the first word often is the maker
        return None
    for column, name in names.items():
        if column == plain:
            continue
        if not _adds_a_kind(name, frozenset(names[plain]), said, words) or not _share_a_size(
            items[plain], items[column]
        ):
            return None
    return plain


def says_plain(atom: Atom, words: Vocabulary) -> bool:
    """`plain`, `sada`, `regular`: a word for goods without any of what marks the others."""
    folded = fold(atom.meant) if atom.meant else atom.fold
    return atom.wordlike and (folded == PLAIN or PLAIN in words.groups.get(folded, ()))


def is_plain(item: ItemRecord, others: Iterable[ItemRecord]) -> bool:
    """Some item of its category is named with all its words and more, and it with none's."""
    mine = _kind(item)
    named = [_kind(other) for other in others if other.category == item.category and other.active]
    return any(mine < other for other in named) and not any(other < mine for other in named)


def _kind(item: ItemRecord) -> frozenset[str]:
    found = (token for token in tokens(item.name) if token.kind is Kind.WORD and len(token.plain) > 1)
    return frozenset(token.fold for token in found if not is_size(token.plain))


def _share_a_size(first: ItemRecord, second: ItemRecord) -> bool:
    """Which size is meant no word for a kind can tell; but elbows of 3/4" and of 3/4" x 1/2" have one in common."""
    sizes = [{figure.value for figure in figures(tokens(item.name))} for item in (first, second)]
    return bool(sizes[0] & sizes[1]) or not any(sizes)


def _name(item: ItemRecord, words: Vocabulary) -> list[str]:
    """The words of a name and the letters that mark a variant, without its numbers, units and sizes."""
    marks = letter_marks(item.name)
    return [
        token.fold
        for token in tokens(item.name)
        if token.kind is Kind.WORD
        and (token.fold in marks or (len(token.plain) > 1 and not is_size(token.plain)))
        and Role.UNIT not in words.roles(token.text)
    ]


def _adds_a_kind(name: list[str], least: frozenset[str], said: Set[str], words: Vocabulary) -> bool:
    added = set(name) - least
    if not least < set(name) or added & (words.variants | said):
        return False
    return any(first in added and second in said for first, second in itertools.pairwise(name))
