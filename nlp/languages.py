"""The language a message is written in: its script, or the languages in whose word lists its words stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from nlp.catalogue import Catalogue
from nlp.fold import script
from nlp.tokens import Kind, Token, tokens
from nlp.vocabulary import Vocabulary, vocabulary

ENGLISH, MARATHI, HINDI = "en", "mr", "hi"
SCRIPTS = {
    "0~": (HINDI, MARATHI),
    "1~": ("bn",),
    "2~": ("pa",),
    "3~": ("gu",),
    "4~": ("or",),
    "5~": ("ta",),
    "6~": ("te",),
    "7~": ("kn",),
    "8~": ("ml",),
}
SHARE_OF_ENGLISH = 0.3
"""English words stand in every message; so much weight of another language beside them makes it that one."""


def language_of(text: str, catalogue: Catalogue) -> str:
    """As a reading tells it, for whoever must answer without having read."""
    return spoken(tokens(text), catalogue, vocabulary())


def spoken(found: Iterable[Token], catalogue: Catalogue, words: Vocabulary) -> str:
    """`hi`, `hi-Latn`, `en` …; empty when no word tells. A word of several languages counts less for each."""
    said = [token for token in found if token.kind is Kind.WORD]
    written = Counter(script(token.text) for token in said)
    latin = written.pop("", 0)
    scores = _scores({token.fold for token in said if token.plain not in catalogue.spelled}, words)
    if written and written.total() >= latin:
        return max(SCRIPTS[written.most_common(1)[0][0]], key=lambda code: scores[code])
    english = scores.pop(ENGLISH, 0.0)
    other = max(scores, key=lambda code: (scores[code], code == HINDI), default="")
    if other and scores[other] > SHARE_OF_ENGLISH * english:
        return f"{other}-Latn"
    return ENGLISH if english else ""


def _scores(folded: set[str], words: Vocabulary) -> Counter[str]:
    scores: Counter[str] = Counter()
    for word in sorted(folded):
        speak = [code for code, listed in words.languages.items() if word in listed]
        for code in speak:
            scores[code] += 1 / len(speak) ** 2  # type: ignore[assignment]
    return scores
