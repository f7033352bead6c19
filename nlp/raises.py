"""What finance types as another credit limit: “3 lakh 30 nov tak”, “till 5/12 4,50,000”, “50000 more, 7 days”.

Only a message that says this and nothing else is one; how much and until when may come apart.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from nlp.fold import fold
from nlp.tokens import Kind, Token, tokens

LONGEST = 120
FURTHEST = timedelta(days=366)
"""A raise for longer is a limit, and the ERP's to give."""
LEAST = Decimal(100)
"""A smaller number is no amount of rupees here."""
MOST = Decimal(1_000_000_000)
TIMES = {
    "k": 1_000, "hazar": 1_000, "hajar": 1_000, "hazaar": 1_000, "thousand": 1_000, "हज़ार": 1_000, "हजार": 1_000,
    "lakh": 100_000, "lac": 100_000, "lakhs": 100_000, "l": 100_000, "लाख": 100_000,
    "crore": 10_000_000, "cr": 10_000_000, "karod": 10_000_000, "करोड़": 10_000_000, "करोड": 10_000_000,
}  # fmt: skip
MONTHS = (
    "jan january जनवरी", "feb february फरवरी फ़रवरी", "mar march मार्च", "apr april अप्रैल", "may मई", "jun june जून",
    "jul july जुलाई", "aug august अगस्त", "sep sept september सितंबर", "oct october अक्टूबर",
    "nov november नवंबर नवम्बर", "dec december दिसंबर दिसम्बर",
)  # fmt: skip
DAYS = "day days din dino दिन दिनों"
WEEKS = "week weeks hafta hafte हफ्ता हफ़्ता हफ्ते हफ़्ते सप्ताह"
TODAY, TOMORROW = "today aaj आज", "tomorrow kal कल"
MONTH_END = "month mahine mahina महीने महीना"
END = "end aakhir akhir आखिर अंत ant"
BY = "by more extra plus aur और"
BESIDE = (
    "tak till until upto to up ke ki ka ko liye for of the limit credit raise badha badhao badhado badhakar kar karo "
    "kardo do de dedo rs inr rupees rupaye and it ok please plz ji tarikh tareekh th st nd rd par pe "
    "तक के की का को लिए लिमिट सीमा बढ़ा बढ़ाओ कर करो दो दे रुपये जी तारीख"
)
SIGNS = frozenset(".,;:!-–/₹+।")
NUMERIC_DATE = re.compile(
    r"(?<![\d.,])(\d{1,2})(?:[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?|\.(\d{1,2})\.(\d{4}|\d{2}))(?!\d|[.,]\d)"
)
"""With points only where the year is said: 1.2 is a number."""
ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")


def _folds(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


TIMES_BY = {fold(word): Decimal(times) for word, times in TIMES.items()}
MONTH_OF = {word: number for number, names in enumerate(MONTHS, 1) for word in _folds(names)}
DAY_WORDS, WEEK_WORDS, TODAY_WORDS, TOMORROW_WORDS = map(_folds, (DAYS, WEEKS, TODAY, TOMORROW))
MONTH_WORDS, END_WORDS, BY_WORDS, BESIDE_WORDS = map(_folds, (MONTH_END, END, BY, BESIDE))


@dataclass(frozen=True, kw_only=True, slots=True)
class RaiseWanted:
    """Rupees and the last day, as far as they are said. `by`: so much more, not to so much."""

    amount: Decimal | None = None
    by: bool = False
    until: date | None = None


def raise_wanted(text: str, *, today: date) -> RaiseWanted | None:
    """What is said of a limit; None: something else is said too, or twice, or nothing of it."""
    if len(text) > LONGEST:
        return None
    days: list[date] = []
    left = _take_numeric(text, today, days)
    if left is None:
        return None
    by = "+" in left
    amounts: list[Decimal] = []
    found = list(tokens(left))
    at = 0
    while at < len(found):
        token = found[at]
        if token.kind is Kind.NUMBER:
            at = _number(found, at, today, days=days, amounts=amounts)
            if not at:
                return None
            continue
        read = _word(found, at, today, days)
        by = by or token.fold in BY_WORDS
        if not read:
            return None
        at += read
    until = days[0] if len(days) == 1 else None
    if len(amounts) > 1 or len(days) > 1 or not (amounts or days):
        return None
    if until is not None and not today <= until <= today + FURTHEST:
        return None
    return RaiseWanted(amount=amounts[0] if amounts else None, by=by and bool(amounts), until=until)


def _take_numeric(text: str, today: date, days: list[date]) -> str | None:
    """The text without its dates in figures; None: one of them is no day."""
    try:
        for match in ISO_DATE.finditer(text):
            days.append(date(*map(int, match.groups())))
        text = ISO_DATE.sub(" ", text)
        for match in NUMERIC_DATE.finditer(text):
            day, month, year = match[1], match[2] or match[4], match[3] or match[5]
            days.append(_coming(int(day), int(month), today, year=year))
    except ValueError:
        return None
    return NUMERIC_DATE.sub(" ", text)


def _coming(day: int, month: int, today: date, *, year: str | None = None) -> date:
    """The next such day, or that of the year."""
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = date(today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)


def _number(found: list[Token], at: int, today: date, *, days: list[date], amounts: list[Decimal]) -> int:
    """Where to go on behind a number: an amount, a day of a month, so many days. 0: it is none of these."""
    number = Decimal(found[at].plain)
    after = [token.fold for token in found[at + 1 : at + 3]]
    skip = 1 if after and after[0] in ("th", "st", "nd", "rd") else 0
    word = after[skip] if len(after) > skip else ""
    if word in TIMES_BY:
        amounts.append(number * TIMES_BY[word])
        return at + 2 + skip
    if word in DAY_WORDS | WEEK_WORDS and 0 < number < FURTHEST.days:
        days.append(today + timedelta(days=int(number) * (7 if word in WEEK_WORDS else 1)))
        return at + 2 + skip
    if word in MONTH_OF and number == int(number):
        try:
            days.append(_coming(int(number), MONTH_OF[word], today))
        except ValueError:
            return 0
        return at + 2 + skip
    if not LEAST <= number < MOST:
        return 0
    amounts.append(number)
    return at + 1


def _word(found: list[Token], at: int, today: date, days: list[date]) -> int:
    """How many tokens a word, sign or break takes up; 0: it is not known."""
    token = found[at]
    if token.kind is Kind.BREAK or (token.kind is Kind.SIGN and token.text in SIGNS):
        return 1
    if token.fold in MONTH_WORDS:
        ends = [other.fold in END_WORDS for other in found[at + 1 : at + 4]]
        if any(ends):
            last = calendar.monthrange(today.year, today.month)[1]
            days.append(today.replace(day=last))
            return 2 + ends.index(True)
        return 0
    for words, ahead in ((TODAY_WORDS, 0), (TOMORROW_WORDS, 1)):
        if token.fold in words:
            days.append(today + timedelta(days=ahead))
            return 1
    return 1 if token.fold in BY_WORDS | BESIDE_WORDS else 0
