"""Sentences by key and language from the gettext catalogues, and how money, amounts and days are written."""

import gettext
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot.bubbles import LIMIT_PLAIN, text_length

CATALOGUES = Path(__file__).with_name("catalogues")
SPOKEN = {"en": "en", "hi": "hi", "hi-Latn": "hi_Latn"}
"""Language code of a person → catalogue. Who speaks another language is answered in English, or in Hinglish when
he writes an Indian language in Latin letters."""
LONGEST_PIECE = LIMIT_PLAIN - 400
DEFAULT_LANGUAGE = "en"
"""For whom we know neither the person nor the language of."""
DATE_LOCALE = {"en": "en_IN", "hi": "hi_IN", "hi_Latn": "en_IN"}


class Words:
    """The sentences of one language."""

    def __init__(self, catalogue: str) -> None:
        self.catalogue = catalogue
        self._sentences = _sentences(catalogue)

    def __call__(self, key: str, /, **facts: object) -> str:
        """The sentence of this key with its facts put in; a missing sentence is a defect and raises KeyError."""
        sentence = self._sentences.gettext(key)
        if sentence == key:
            raise KeyError(f"no sentence {key!r} in catalogue {self.catalogue}")
        return sentence.format(**facts)

    def day(self, day: date) -> str:
        """`Sat 22 Nov`, the year only when it is needed to tell it."""
        return format_date(day, "EEE d MMM", locale=DATE_LOCALE[self.catalogue])

    def long_day(self, day: date) -> str:
        """`Saturday 22 Nov`."""
        return format_date(day, "EEEE d MMM", locale=DATE_LOCALE[self.catalogue])

    def weekday(self, day: date) -> str:
        """`Saturday`."""
        return format_date(day, "EEEE", locale=DATE_LOCALE[self.catalogue])


def spoken(language: str) -> str:
    """The catalogue a person of this language is answered from."""
    if language in SPOKEN:
        return SPOKEN[language]
    if language.startswith("hi"):
        return "hi"
    return "hi_Latn" if language.endswith("-Latn") and language != "en-Latn" else "en"


@cache
def words(language: str) -> Words:
    """The words for a person of this language."""
    return Words(spoken(language))


@cache
def _sentences(catalogue: str) -> gettext.GNUTranslations:
    with (CATALOGUES / f"{catalogue}.po").open("rb") as file:
        messages = read_po(file, locale=catalogue, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def rupees(amount: Decimal) -> str:
    """`₹1,20,000` or `₹1,20,000.50`: Indian grouping, paise only when there are any."""
    pattern = "#,##,##0" if amount == amount.to_integral_value() else "#,##,##0.00"
    return "₹" + str(format_decimal(amount, format=pattern, locale="en_IN"))


def amount(quantity: Decimal | None, uom: str | None) -> str:
    """`20 CASE`."""
    number = "?" if quantity is None else format(quantity.normalize(), "f")
    return f"{number} {uom or ''}".strip()


def clock_time(moment: datetime, timezone: str) -> str:
    """`21:14`, in the plant's zone."""
    return moment.astimezone(ZoneInfo(timezone)).strftime("%H:%M")


def short(text: str, most: int) -> str:
    """On one line and at most so many characters, cut with an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def enumerations(names: Iterable[str]) -> list[str]:
    """Names joined into as few pieces as each fit into a bubble beside a few words; none is dropped."""
    pieces: list[str] = []
    for name in names:
        if pieces and text_length([pieces[-1], name]) <= LONGEST_PIECE:
            pieces[-1] += f", {name}"
        else:
            pieces.append(name)
    return pieces


def quoted(text: str) -> str:
    """What somebody wrote, as it is repeated to him within a sentence."""
    return short(text, 60)
