"""Goods sold together: `Honey 250 g + Brush Free` is not meant by who only says honey."""

from __future__ import annotations

from collections.abc import Mapping, Set

from nlp.fold import is_size
from nlp.tokens import Kind, tokens
from nlp.values import ItemRecord
from nlp.vocabulary import Role, Vocabulary


def single(items: Mapping[int, ItemRecord], said: Set[str], words: Vocabulary) -> list[int]:
    """Of items that fit, those that are sold by themselves, or of which every part is said; all if there are none."""
    parts = {column: _parts(item.name, words) for column, item in items.items()}
    alone = frozenset(word for found in parts.values() if len(found) == 1 for word in found[0])
    kept = [column for column, found in parts.items() if _all_said(found, alone, said)]
    return kept or list(items)


def _all_said(parts: list[frozenset[str]], alone: frozenset[str], said: Set[str]) -> bool:
    """Of each part a word is said that neither the others have nor what is sold by itself."""
    for part in parts if len(parts) > 1 else ():
        others = frozenset[str]().union(*(other for other in parts if other is not part))
        own = part - others - alone
        if own and not own & said:
            return False
    return True


def _parts(name: str, words: Vocabulary) -> list[frozenset[str]]:
    """The words on each side of every plus that stands apart and has words on both: `15W40 CI4+` is one part."""
    parts: list[set[str]] = [set()]
    found = tokens(name)
    for at, token in enumerate(found):
        before, behind = found[at - 1 : at], found[at + 1 : at + 2]
        if token.text == "+" and before and behind and before[0].end < token.start and token.end < behind[0].start:
            parts.append(set())
        elif token.kind is Kind.WORD and not is_size(token.plain) and Role.UNIT not in words.roles(token.text):
            parts[-1].add(token.fold)
    return [frozenset(part) for part in parts] if all(parts) else [frozenset().union(*parts)]
