"""What of a message may leave the house: its words without telephone numbers, people, firms, their codes and prices."""

import re
from collections.abc import Iterable

from nlp import Catalogue, firms_all_of_whose_words_occur
from nlp.fold import fold
from nlp.tokens import Kind, tokens

HIDDEN = "…"
MOST_CHARACTERS = 1500
SHORTEST = 3
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\S+@\S*[^\W\d]\S*",  # mail and payment addresses
        r"(?:[@₹]|\b(?:rs|inr|rate|price|bhav|bhaav|daam)\b\.?)[ \t]*[:=]?[ \t]*\d[\d,.]*",
        r"\d[\d,.]*[ \t]*(?:₹|/-|(?:rs|rupees?|rupaye?|rupaiya|ke rate|ke bhav)\b)",
        r"[+(]?\d(?:[ \t().\-–/]{0,3}\d){7,}",  # eight digits and more, however they are parted
        r"\w*\d{6,}\w*",  # numbers of accounts, orders, postal codes
    )
)


def redacted(text: str, catalogue: Catalogue, *, names: Iterable[str]) -> str:
    """The text as it may be shown to others; `names` are the sender's own.

    Words of firms' names are hidden however they are spelled, unless they are words of goods too; a firm's
    whole name is hidden even then. A name misspelled beyond recognition stays.
    """
    text = text[:MOST_CHARACTERS]
    for pattern in PATTERNS:
        text = pattern.sub(HIDDEN, text)
    for firm in firms_all_of_whose_words_occur(text, catalogue):
        whole = r"\W+".join(map(re.escape, re.findall(r"\w+", firm.name)))
        text = re.sub(whole, HIDDEN, text, flags=re.IGNORECASE) if whole else text
    firms = frozenset().union(*catalogue.customer_names) - catalogue.words.keys()
    hidden = _long(_words(names) | firms) | {fold(firm.code) for firm in catalogue.customers}
    return _without(text, hidden)


def _words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(token.fold for name in names for token in tokens(name) if token.kind is Kind.WORD)


def _long(words: Iterable[str]) -> frozenset[str]:
    """`Co` of a firm's name is `ko` in any sentence."""
    return frozenset(word for word in words if len(word) >= SHORTEST)


def _without(text: str, hidden: frozenset[str]) -> str:
    """Codes hold digits, which are tokens of their own: each run without a space is looked at whole and in parts."""
    text = re.sub(r"\S+", lambda run: HIDDEN if fold(run.group().strip(".,:;()*_")) in hidden else run.group(), text)
    for token in reversed(tokens(text)):
        if token.kind is Kind.WORD and token.fold in hidden:
            text = text[: token.start] + HIDDEN + text[token.end :]
    return text
