"""What marks a variant in a name beside its words: letters behind a dash, and numbers."""

from __future__ import annotations

from nlp.catalogue import DASHES
from nlp.tokens import Kind, tokens

LONGEST_MARK = 3


def letter_marks(name: str) -> frozenset[str]:
    """Letters that a dash joins to a name and that mark a variant: the `d` of `Omezar-D`, the `sp` of `Nimora-SP`."""
    parts = tokens(name)
    return frozenset(
        mark.fold
        for word, dash, mark in zip(parts, parts[1:], parts[2:], strict=False)
        if word.kind is mark.kind is Kind.WORD
        and dash.text in DASHES
        and word.end == dash.start
        and dash.end == mark.start
        and len(mark.plain) <= LONGEST_MARK < len(word.plain)
    )


def numbers_of(name: str) -> frozenset[str]:
    """The numbers of a name, as `said_number` writes them."""
    return frozenset(said_number(token.plain) for token in tokens(name) if token.kind is Kind.NUMBER)


def said_number(plain: str) -> str:
    """A number among words said: never the word of the same spelling, for `707` may be a brand."""
    return f"#{plain}"
