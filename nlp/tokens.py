"""Cutting a message into tokens: words, numbers, signs and line breaks, digits apart from letters (`5kg`, `12x50`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.fold import BLOCK, FIRST_BLOCK, LAST_BLOCK, SIZE, digit, fold, latin, sized

TIMES = frozenset({"x", "*", "×"})
"""What joins two numbers into a size or a product, as `plain` has it."""
MOST_CHARACTERS = 6000
"""Beyond this a message is no order any more; the rest is reported as left over."""


class Kind(StrEnum):
    """What a piece of text is made of."""

    WORD = "word"
    NUMBER = "number"
    SIGN = "sign"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Token:
    """One token with its place in the text; `plain` is Latin lower case, `fold` its spelling-folded form."""

    text: str
    start: int
    end: int
    kind: Kind
    plain: str
    fold: str


def _indic_letters() -> str:
    blocks = range(FIRST_BLOCK, LAST_BLOCK + 1, BLOCK)
    return "".join(f"{chr(b)}-{chr(b + 0x63)}{chr(b + 0x70)}-{chr(b + 0x7F)}" for b in blocks)


DOTTED = rf"[{_indic_letters()}]{{1,3}}\.[{_indic_letters()}]{{1,3}}(?![{_indic_letters()}])"
"""`మి.లీ`, `कि.ग्रा`: an abbreviation whose dot ends nothing."""
WORD = rf"(?:[^\W\d_{chr(FIRST_BLOCK)}-{chr(LAST_BLOCK)}]|[{_indic_letters()}\u200c\u200d])+(?:['’][a-z]{{1,2}}\b)?"
NUMBER = r"(?<![\w.,])\.\d+|\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?(?!\d)|\d+\.\d+|\d+"
PIECES = re.compile(
    rf"(?P<break>\s*\n\s*)|(?P<space>\s+)|(?P<size>(?i:{SIZE.pattern})(?![^\W\d_]))|"
    rf"(?P<number>{NUMBER})|(?P<word>{DOTTED}|{WORD})|(?P<sign>(?P<run>[.\-_=~*–—])(?:[ ]?(?P=run))+|.)",
    re.DOTALL,
)


def pieces(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in PIECES.finditer(text):
        yield match.lastgroup or "sign", match


class MessageTokenizer:
    """A spaCy tokenizer: every character of the text belongs to exactly one token or to the blank after it."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for group, match in pieces(text):
            piece = match.group(0)
            if group == "space" and words and not spaces[-1] and piece.startswith(" "):
                spaces[-1] = True
                piece = piece[1:]
            if piece:
                words.append(piece)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: object) -> bytes:
        return b""

    def from_bytes(self, _: bytes, **__: object) -> MessageTokenizer:
        return self


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text, blanks left out; numbers in ASCII digits, `XXL` and `2XL` one word of size."""
    found = []
    for group, match in pieces(text[:MOST_CHARACTERS]):
        if group == "space":
            continue
        piece = match.group(0)
        if group == "size":
            plain = folded = sized(piece)
            group = "word"
        elif group == "number":
            plain = "".join(digit(char) for char in piece).replace(",", "")
            folded = plain
        elif group == "word":
            plain = latin(piece)
            folded = fold(piece)
        else:
            plain = folded = "\n" if group == "break" else piece
        found.append(Token(piece, match.start(), match.end(), Kind(group), plain, folded))
    return tuple(found)
