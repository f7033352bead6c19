"""What somebody asks of the order book: “pending Sharma”, “aaj ke order Lucknow”, and nothing else.

Every word must be one of the question or of a customer's name or city; else it is no such question but a message of
its own, read as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rapidfuzz import fuzz, process

from nlp.catalogue import Catalogue
from nlp.fold import fold, is_indic, latin, sound
from nlp.tokens import Kind, tokens

PENDING = "pending pendings pendin pnding unfinished पेंडिंग पेन्डिंग पैंडिंग लंबित"
LEFT = "baki baaki bacha bache bakaaya open बाकी बाक़ी बचा बचे"
"""With a customer or the word for an order: alone, `baki` is the rest of anything."""
ORDER = "order orders ordar oder ordr ऑर्डर आर्डर ऑर्डर्स ओर्डर"
FILLER = (
    "ke ka ki kya hai hain he kitna kitne kitni show dikhao dikha do batao bata bataye list all sare saare sab please "
    "plz the of for from in at se par wale wala wali mein me my mere mera hamare hamara what are is which any kaun kon "
    "kaunse konse aaye aaya aya hue hua huye placed came customer customers party s sir bhai ji munshi "
    "के का की क्या है हैं कितना कितने कितनी दिखाओ दिखा दो बताओ बता सारे सब से वाले वाला में मेरे मेरा हमारे "
    "कौन कौनसे आए आया हुए हुआ जी भाई"
)
DAYS = {
    0: "aaj aj today todays आज",
    1: "kal yesterday yesterdays कल",
    2: "parso parson परसों",
}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
HINDI_MONTHS = ["जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"]
NUMERIC = re.compile(r"\b(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?\b")
LONGEST = 80
SHORTEST_ALIKE, ALIKE = 5, 86.0
"""A name of so many letters may be misspelled; how alike it must be to one of a customer's, of 100."""
ENDS = "?!.,:;'’`\"-–()&/"


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterQuestion:
    """What is asked: what is pending, or what was ordered on a day, of some customers or of all."""

    pending: bool
    day: date | None
    named: str
    """The words that name customers, as they were written; empty: none."""
    customers: tuple[str, ...]
    """Codes of all that these words fit."""


def _folds(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


PENDING_WORDS, LEFT_WORDS, ORDER_WORDS, FILLERS = (_folds(words) for words in (PENDING, LEFT, ORDER, FILLER))
DAY_WORDS = {word: back for back, words in DAYS.items() for word in _folds(words)}
MONTH_WORDS = {fold(word): number for words in (MONTHS, HINDI_MONTHS) for number, word in enumerate(words, 1)}


def register_question(text: str, catalogue: Catalogue, *, today: date) -> RegisterQuestion | None:
    """What the message asks of the order book; None when it is something else. `kal` is yesterday: it is over."""
    if len(text) > LONGEST or "\n" in text.strip():
        return None
    text, day = _without_date(text, today)
    pending = left = order = False
    names: list[str] = []
    for word in _words(text):
        if word is None:
            return None
        folded = fold(word)
        if folded in DAY_WORDS and day is None:
            day = today - timedelta(days=DAY_WORDS[folded])
        elif folded in PENDING_WORDS:
            pending = True
        elif folded in LEFT_WORDS:
            left = True
        elif folded in ORDER_WORDS:
            order = True
        elif folded not in FILLERS:
            names.append(word)
    pending = pending or (left and (order or bool(names)))
    if not (pending or (order and day is not None)):
        return None
    return _question(names, catalogue, pending=pending, day=day)


def _question(names: list[str], catalogue: Catalogue, *, pending: bool, day: date | None) -> RegisterQuestion | None:
    fitting = [_customers_of(word, catalogue) for word in names]
    if any(not found for found in fitting):
        return None
    common = frozenset.intersection(*fitting) if fitting else frozenset()
    return RegisterQuestion(
        pending=pending,
        day=day,
        named=" ".join(names),
        customers=tuple(catalogue.customers[at].code for at in sorted(common)),
    )


def _customers_of(word: str, catalogue: Catalogue) -> frozenset[int]:
    """Those of whose name or city it is a word, by its spelling; of a longer word by one that is very like it."""
    folded = fold(word)
    if exact := catalogue.customer_words.get(folded):
        return exact
    if is_indic(word[0]):  # `लखनऊ` is spelled by its sound, Lucknow is not
        heard = sound(word)
        names = ((at, f"{firm.name} {firm.city}".casefold().split()) for at, firm in enumerate(catalogue.customers))
        return frozenset(at for at, words in names if any(sound(one) == heard for one in words))
    if len(folded) < SHORTEST_ALIKE:
        return frozenset()
    like = process.extract(folded, catalogue.customer_words.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=3)
    return frozenset().union(*(catalogue.customer_words[found] for found, _, _ in like))


def _words(text: str) -> Iterator[str | None]:
    """Each word; None for what no such question holds: a number, a sign that means something."""
    for token in tokens(text):
        if token.kind is Kind.WORD:
            yield token.text.removesuffix("'s").removesuffix("’s")
        elif token.kind is not Kind.SIGN or token.text.strip(ENDS + " "):
            yield None


def _without_date(text: str, today: date) -> tuple[str, date | None]:
    """A date of the past taken out of the text: `20/11`, `20-11-2026`, `20 nov`, `20 नवंबर`."""
    if match := NUMERIC.search(text):
        year = int(match[3]) if match[3] else None
        found = _past(int(match[1]), int(match[2]), year + 2000 if year is not None and year < 100 else year, today)
        return (text[: match.start()] + " " + text[match.end() :], found) if found else (text, None)
    for match in re.finditer(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(\S+)", text):
        month = MONTH_WORDS.get(fold(match[2])) or MONTH_WORDS.get(latin(match[2])[:3])
        if month is not None and (found := _past(int(match[1]), month, None, today)):
            return text[: match.start()] + " " + text[match.end() :], found
    return text, None


def _past(day: int, month: int, year: int | None, today: date) -> date | None:
    """The last such day up to today."""
    for one in (year,) if year is not None else (today.year, today.year - 1):
        try:
            found = date(one, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None
