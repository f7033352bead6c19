"""Who decides in somebody's place, as he writes it: “kal se 3 din Sneha dekhegi”, “delegate to Sneha till Friday”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nlp.fold import fold
from nlp.tokens import Kind, Token, tokens


@dataclass(frozen=True, kw_only=True, slots=True)
class Delegating:
    """From the first to the last day, both included; `last` None: not said. `ends`: it is taken back."""

    words: tuple[str, ...] = ()
    """That may name a person."""
    first: date | None = None
    """None: from now on."""
    last: date | None = None
    ends: bool = False


LOOKS = (
    "dekhegi dekhenge dekhega dekhengi dekhenga dekhlegi dekhlega sambhalegi sambhalega sambhalenge delegate delegates "
    "delegated delegating delegation handover देखेगी देखेंगे देखेगा देखेंगी संभालेगी संभालेंगे संभालेगा डेलिगेट"
)
WILL = "will shall wil"
DECIDES = "decide decides approve approves handle handles look looks take takes"
ENDS = "end ends stop stopped cancel remove over finish band khatam khtm wapas vapas wapis back revoke बंद खत्म ख़त्म वापस"
DELEGATION = "delegation delegate handover डेलिगेशन डेलिगेट"
FROM = "from se starting since से"
UNTIL_BEFORE, UNTIL_BEHIND = "till til until upto to", "tak tk तक"
DAYS = "day days din dino दिन दिनों"
WEEKS = "week weeks hafte hafta हफ्ते हफ़्ते हफ्ता"
BESIDE = (
    "ji sir please plz my mera meri mere ka ki ke ko in place of for on behalf approvals approval requests request "
    "jagah kaam sab sabhi all the aur karo kar do de dena lega legi lenge hai h i am me main mujhe ne hi chhutti pe "
    "over after next agle agla is are be it decisions decision le lo len "
    "जी सर मेरी मेरा जगह काम सब करो दो की का के को है में पर छुट्टी अगले"
)
RELATIVE = {0: "aaj today aj आज", 1: "kal tomorrow kl कल", 2: "parso परसों"}
WEEKDAYS = (
    "monday mon somvar somwar सोमवार",
    "tuesday tue tues mangalvar mangalwar मंगलवार",
    "wednesday wed budhvar budhwar बुधवार",
    "thursday thu thurs guruvar guruwar गुरुवार",
    "friday fri shukravar shukrawar शुक्रवार",
    "saturday sat shanivar shaniwar शनिवार",
    "sunday sun ravivar raviwar रविवार",
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NUMBERS = {
    "ek": 1,
    "do": 2,
    "teen": 3,
    "char": 4,
    "paanch": 5,
    "panch": 5,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
}
NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?\b")
NAMED = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(MONTHS)})[a-z]*\b", re.IGNORECASE)
LONGEST, MOST_DAYS, WEEK = 160, 92, 7


def _folds(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


LOOK_WORDS, WILL_WORDS, DECIDE_WORDS, END_WORDS, DELEGATION_WORDS = (
    _folds(words) for words in (LOOKS, WILL, DECIDES, ENDS, DELEGATION)
)
FROM_WORDS, TILL_WORDS, TAK_WORDS, DAY_WORDS, WEEK_WORDS, BESIDE_WORDS = (
    _folds(words) for words in (FROM, UNTIL_BEFORE, UNTIL_BEHIND, DAYS, WEEKS, BESIDE)
)
RELATIVE_WORDS = {word: ahead for ahead, words in RELATIVE.items() for word in _folds(words)}
WEEKDAY_WORDS = {word: number for number, words in enumerate(WEEKDAYS) for word in _folds(words)}
COUNTS = {fold(word): number for word, number in NUMBERS.items()}


def delegating(text: str, *, today: date) -> Delegating | None:
    """Who is to decide and when; None when the message says nothing of it. A day that is named is the next such day."""
    if len(text) > LONGEST:
        return None
    plain, dated = _with_days(text, today)
    said = tokens(plain)
    folds = [token.fold for token in said]
    if set(folds) & DELEGATION_WORDS and set(folds) & END_WORDS:
        return Delegating(ends=True)
    if not (set(folds) & LOOK_WORDS or (set(folds) & WILL_WORDS and set(folds) & DECIDE_WORDS)):
        return None
    first, last, days = _when(said, dated, today)
    if days is not None and last is None:
        last = (first or today) + timedelta(days=days - 1)
    return Delegating(words=tuple(_names(said)), first=first, last=last)


def _with_days(text: str, today: date) -> tuple[str, dict[str, date]]:
    """Dates in figures become words of their own."""
    dated: dict[str, date] = {}

    def numeric(found: re.Match[str]) -> str:
        year = int(found[3]) if found[3] else None
        return put(found[0], int(found[1]), int(found[2]), year + 2000 if year is not None and year < 100 else year)

    def named(found: re.Match[str]) -> str:
        return put(found[0], int(found[1]), MONTHS.index(found[2].lower()[:3]) + 1, None)

    def put(said: str, day: int, month: int, year: int | None) -> str:
        for one in (year,) if year is not None else (today.year, today.year + 1):
            try:
                found = date(one, month, day)
            except ValueError:
                continue
            if found >= today:
                word = "datum" + "abcdefghij"[len(dated) % 10]
                dated[fold(word)] = found
                return f" {word} "
        return said

    return NAMED.sub(named, NUMERIC.sub(numeric, text)), dated


def _when(said: Sequence[Token], dated: dict[str, date], today: date) -> tuple[date | None, date | None, int | None]:
    """The first day, the last one, and for how many days."""
    first = last = None
    days = None
    for at, token in enumerate(said):
        before, behind = (said[at - 1].fold if at else ""), (said[at + 1].fold if at + 1 < len(said) else "")
        count = int(token.plain) if token.kind is Kind.NUMBER and token.plain.isdecimal() else COUNTS.get(token.fold)
        if count and behind in DAY_WORDS | WEEK_WORDS:
            days = min(count * (WEEK if behind in WEEK_WORDS else 1), MOST_DAYS)
            continue
        day = _day(token, dated, today)
        if day is None:
            continue
        if before in TILL_WORDS or behind in TAK_WORDS:
            last = day
        elif first is None:
            first = day
        else:
            last = last or day
    if last is None and first is not None and days is None and not _begins(said):
        last = first  # “kal Sneha dekhegi”: that day
    return first, last, days


def _begins(said: Sequence[Token]) -> bool:
    return any(token.fold in FROM_WORDS for token in said)


def _day(token: Token, dated: dict[str, date], today: date) -> date | None:
    if token.fold in dated:
        return dated[token.fold]
    if token.fold in RELATIVE_WORDS:
        return today + timedelta(days=RELATIVE_WORDS[token.fold])
    if token.fold in WEEKDAY_WORDS:
        return today + timedelta(days=(WEEKDAY_WORDS[token.fold] - today.weekday()) % WEEK or WEEK)
    return None


def _names(said: Sequence[Token]) -> list[str]:
    """The words that say nothing else."""
    known = (
        LOOK_WORDS
        | WILL_WORDS
        | DECIDE_WORDS
        | FROM_WORDS
        | TILL_WORDS
        | TAK_WORDS
        | DAY_WORDS
        | WEEK_WORDS
        | BESIDE_WORDS
    )
    known |= set(RELATIVE_WORDS) | set(WEEKDAY_WORDS) | set(COUNTS)
    return [
        token.text
        for token in said
        if token.kind is Kind.WORD and token.fold not in known and not token.plain.startswith("datum")
    ]
