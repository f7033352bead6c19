"""Days in words: microsoft/Recognizers-Text, and google's Hinglish-TOP, whose sentences are no orders either.

Of Recognizers-Text those examples count whose day lies on or up to a year behind the day of writing, as a delivery's
does; right is an example if the last day the reader finds is the one expected. Hinglish-TOP has no values, so only
phrases are scored whose value is plain (`kal`, `parso`, a weekday; not in questions about the weather, where `kal`
may be yesterday), and clock times and durations, in which no day is to be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from nlp import read
from nlp.atoms import atoms
from nlp.dates import find_dates
from nlp.evaluation.corpus import load, plants
from nlp.evaluation.scoring import Share
from nlp.public_references.score import Score, agreeing, json_file
from nlp.tokens import tokens
from nlp.values import Intent, Moment, Speaker, Status
from nlp.vocabulary import vocabulary

NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
TODAY = date(2026, 11, 21)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AHEAD = {"kal": 1, "parso": 2, "parson": 2, "tomorrow": 1}
PLAIN = re.compile(rf"(?:is |this )?({'|'.join([*WEEKDAYS, *AHEAD])})(?: (?:ko|tak|ke liye))?")
NO_DAY = re.compile(
    r"(?:\d+|ek|do|teen|char|panch|das|bees) (?:minutes?|ghant[ea]|hours?|seconds?)(?: (?:ke liye|me|mein|ka))?"
    r"|(?:subah |shaam |raat )?\d+(?: : \d+)? (?:am|pm|baje)(?: (?:ko|ka|ke liye|par|pe))?"
)
Example = tuple[str, date]


def _last_day(text: str, now: datetime) -> date | None:
    found = find_dates(text, atoms(tokens(text), vocabulary()), Moment(now=now), vocabulary())
    return found[-1].day if found else None


def _recognizers(folder: Path) -> Iterator[Score]:
    for language in ("English", "Hindi"):
        examples = []
        for row in json_file(folder / "recognizers" / "DateTime" / language / "DateParser.json"):
            written = datetime.fromisoformat(row["Context"]["ReferenceDateTime"]).replace(hour=6, tzinfo=UTC)
            values = [result["Value"] for result in row["Results"] if result["Value"]]
            meant = date.fromisoformat(values[-1]["FutureResolution"]["date"]) if values else date.min
            if 0 <= (meant - written.date()).days <= 365:
                examples.append((row["Input"], written, meant))
        share = agreeing(examples, lambda example: _last_day(example[0], example[1]) == example[2])
        yield Score("Recognizers-Text", f"days to come, {language}", share)
        other = agreeing(examples, lambda example: _last_day(example[0], example[1]) not in (None, example[2]))
        yield Score("Recognizers-Text", f"days to come read as another day, {language}", other)


def _phrases(folder: Path) -> Iterator[tuple[str, str, str]]:
    for line in (folder / "hinglish_dates" / "derived_datetime_slots.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        _, phrase, sentence, domain = line.split("\t")
        yield phrase.casefold().strip(), sentence, domain


def _meant(phrase: str) -> date | None:
    found = PLAIN.fullmatch(phrase)
    if found is None:
        return None
    if found[1] in AHEAD:
        return TODAY + timedelta(days=AHEAD[found[1]])
    return TODAY + timedelta(days=(WEEKDAYS.index(found[1]) - TODAY.weekday()) % 7 or 7)


def _hinglish(folder: Path) -> Iterator[Score]:
    rows = list(_phrases(folder))
    several = {sentence for at, (_, sentence, _) in enumerate(rows) if at and rows[at - 1][1] == sentence}
    plain = [
        (sentence, meant)
        for phrase, sentence, domain in rows
        if domain != "weather" and sentence not in several and (meant := _meant(phrase))
    ]
    share = agreeing(plain, lambda example: _last_day(example[0], NOW) == example[1])
    yield Score("Hinglish-TOP", "day words in sentences", share)
    timed = [s for phrase, s, _ in rows if s not in several and NO_DAY.fullmatch(phrase)]
    yield Score("Hinglish-TOP", "a day found in a clock time or duration", agreeing(timed, _has_day))
    yield from _no_orders(dict.fromkeys(sentence for _, sentence, _ in rows))


def _has_day(text: str) -> bool:
    return _last_day(text, NOW) is not None


def _no_orders(sentences: dict[str, None]) -> Iterator[Score]:
    """Alarms, reminders and the weather, read by turns against the ten labelled plants, by a buyer without habits."""
    catalogues = [load(folder).catalogue for folder in plants()]
    speaker, moment = Speaker(customer="NEW"), Moment(now=NOW)
    orders = posted = 0
    for at, sentence in enumerate(sentences):
        reading = read(sentence, catalogues[at % len(catalogues)], speaker, moment)
        if reading.intent is Intent.ORDER:
            orders += 1
            posted += any(line.status is Status.MATCHED for line in reading.lines)
    yield Score("Hinglish-TOP", "no orders, asked about as if they were", Share(orders - posted, len(sentences)))
    yield Score("Hinglish-TOP", "no orders, with a line that would be posted", Share(posted, len(sentences)))


def scores(folder: Path) -> Iterator[Score]:
    yield from _recognizers(folder)
    yield from _hinglish(folder)
