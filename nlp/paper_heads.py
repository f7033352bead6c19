"""What stands above the lines of a purchase order: its number, the day wanted, the place, whose tax numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from nlp.tables import folded, words_of_tables

GSTIN = re.compile(r"\b\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]\b")
REFERENCE = re.compile(r"\s*(?:no|number|num|ref|#)?\s*[.:#№=\-–]*\s*([A-Z0-9][\w/.\-]*)", re.I)
DAY_FIRST = re.compile(r"\b(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})\b")
YEAR_FIRST = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
NAMED_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?[-/. ,]*([a-z]{3})[a-z]*[-/. ,]*(\d{4}|\d{2})\b", re.I)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST_REFERENCE = 40
PLACE_LINES = 3
CENTURY = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperHead:
    """The head of an order; empty where it does not say."""

    reference: str = ""
    wanted_on: date | None = None
    place: str = ""
    """The words of the place the goods are to go to."""
    gstins: tuple[str, ...] = ()


def head_of(text: str) -> PaperHead:
    """Read the head of an order, or of what somebody wrote around it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return PaperHead(
        reference=_reference(lines),
        wanted_on=next((day for rest in _behind(lines, "wanted") if (day := day_in(rest))), None),
        place=next((rest for rest in _blocks(lines) if rest), ""),
        gstins=tuple(dict.fromkeys(GSTIN.findall(text.upper()))),
    )


def day_in(text: str) -> date | None:
    """The first day written with its year: `25/11/2026`, `25-Nov-26`, `2026-11-25`. The day stands before the month."""
    if found := YEAR_FIRST.search(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := DAY_FIRST.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if (found := NAMED_MONTH.search(text)) and found[2].casefold() in MONTHS:
        return _day(int(found[1]), MONTHS.index(found[2].casefold()) + 1, int(found[3]))
    return None


def _day(day: int, month: int, year: int) -> date | None:
    try:
        return date(year if year > 99 else CENTURY + year, month, day)
    except ValueError:
        return None


def _labels(kind: str) -> re.Pattern[str]:
    phrases = sorted(words_of_tables()["head"][kind], key=len, reverse=True)
    spaced = (r"[\s.]*".join(map(re.escape, phrase.split())) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)", re.I)


def _behind(lines: list[str], kind: str) -> list[str]:
    """What stands in its line behind each label of a kind; behind a label that ends its line, the next line."""
    label, found = _labels(kind), []
    for at, line in enumerate(lines):
        for match in label.finditer(line):
            rest = line[match.end() :].strip(" .:#-–=")
            found.append(rest or (lines[at + 1] if at + 1 < len(lines) else ""))
    return found


def _reference(lines: list[str]) -> str:
    """The first number behind a label for it; a date is none."""
    for rest in _behind(lines, "reference"):
        found = REFERENCE.match(rest)
        said = found[1].rstrip(".-/") if found else ""
        if any(map(str.isdigit, said)) and day_in(said) is None:
            return said[:LONGEST_REFERENCE]
    return ""


def _blocks(lines: list[str]) -> list[str]:
    """The words behind a label of the place, with the lines of the address below it."""
    label, found = _labels("ship_to"), []
    for at, line in enumerate(lines):
        if match := label.search(line):
            below = lines[at + 1 : at + 1 + PLACE_LINES]
            found.append(folded(" ".join([line[match.end() :], *below])))
    return found
