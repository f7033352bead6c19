"""The requested date: day names and day words of every language, `15 tarikh`, `20/11`, `by Thursday`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from nlp.atoms import Atom
from nlp.fold import fold
from nlp.tokens import Kind
from nlp.values import DayWord, Moment
from nlp.vocabulary import Vocabulary, vocabulary

NUMERIC = re.compile(
    r"(?<![\d/.x×*-])(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d/x×*]|\.\d| ?(?:inch|mm|kg|ltr))"
)
BEFORE_DATE = frozenset(
    {
        "bi",
        "by",
        "on",
        "for",
        "before",
        "til",
        "tak",
        "dt",
        "date",
        "indent",
        "ordar",
        "order",
        "reqd",
        "need",
        "deliveri",
    }
)
PAST_COMPANY = frozenset(
    fold(word)
    for word in [
        "wala",
        "wale",
        "wali",
        "vala",
        "vale",
        "vali",
        "aala",
        "aale",
        "aali",
        "ka",
        "ki",
        "order",
        "diya",
        "tha",
        "thi",
        "liya",
        "bheja",
        "bhejna-tha",
        "aaya",
        "na",
        "no",
        "nu",
        "er",
    ]
)
PAST_FOLLOWERS = frozenset(fold(word) for word in ["match", "order", "diya", "liya", "aaya", "aayi", "tha", "thi"])
STILL_TO_COME = frozenset(
    fold(word)
    for word in [
        "tak",
        "lie",
        "liye",
        "like",
        "subah",
        "jonno",
        "jonye",
        "gaadi",
        "gari",
        "load",
        "chahida",
        "chahide",
        "chaida",
        "chahiye",
        "kavali",
        "kaavali",
        "venum",
        "beku",
        "pahije",
        "joie",
    ]
)
"""`kal ka order` is past; `kal ki gaadi se`, `Monday nu chahida` is to come."""
LONGEST_AHEAD = 200
SHORT = 3


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A day the message names as wanted, the characters that name it, and why they do."""

    day: date
    start: int
    end: int
    why: str


def today(moment: Moment) -> date:
    """The plant's own date at the moment of sending."""
    return moment.now.astimezone(ZoneInfo(moment.timezone)).date()


def find_dates(text: str, atoms: list[Atom], moment: Moment, words: Vocabulary) -> list[FoundDate]:
    """All days the message names as wanted, in the order of the text; claims their atoms."""
    now = today(moment)
    found = [*_numeric(text, atoms, now), *_named(atoms, now, words)]
    found.sort(key=lambda item: item.start)
    for item in found:
        for atom in atoms:
            if atom.taken is None and item.start <= atom.start and atom.end <= item.end:
                atom.taken = "date"
    return found


def day_word(found: list[FoundDate], wanted: date | None) -> DayWord | None:
    """The word that named the day wanted, if it is one that counts from today: `aaj`, `kal`, `parso`."""
    said = {one.why for one in found if one.day == wanted}
    return next((word for word in DayWord if word.value in said), None)


def _coming(day: int, month: int, year: int | None, now: date) -> date | None:
    """The day meant, when the year is left out: this year's, or next year's if that is long past."""
    try:
        if year is not None:
            return date(year + 2000 if year < 100 else year, month, day)
        this = date(now.year, month, day)
    except ValueError:
        return None
    return this if (now - this).days < 60 else this + relativedelta(years=1)


def _numeric(text: str, atoms: list[Atom], now: date) -> list[FoundDate]:
    found = []
    claimed = [(atom.start, atom.end) for atom in atoms if atom.taken]
    for match in NUMERIC.finditer(text):
        day, sign, month, year = int(match[1]), match[2], int(match[3]), match[4]
        if any(start <= match.start() < end for start, end in claimed):
            continue
        coming = _coming(day, month, int(year) if year else None, now)
        if coming is None or not -40 <= (coming - now).days <= LONGEST_AHEAD:
            continue
        before = re.findall(r"\w+", text[: match.start()])[-1:]
        told = bool(before) and fold(before[0]) in BEFORE_DATE
        if year is None and (sign != "/" or month > 12) and not told:
            continue
        if year is None and not told and abs((coming - now).days) > 45:
            continue
        found.append(FoundDate(coming, match.start(), match.end(), "day and month in figures"))
    return found


def _next_weekday(now: date, weekday: int) -> date:
    ahead = (weekday - now.weekday()) % 7
    return now + timedelta(days=ahead or 7)


def _is_past(atoms: list[Atom], at: int) -> bool:
    following = [atom for atom in atoms[at + 1 : at + 4] if atom.kind is Kind.WORD]
    if following and following[0].fold in PAST_COMPANY:
        return not any(atom.fold in STILL_TO_COME for atom in following)
    return False


def _named(atoms: list[Atom], now: date, words: Vocabulary) -> list[FoundDate]:
    found: list[FoundDate] = []
    for at, atom in enumerate(atoms):
        if atom.taken is not None or atom.kind is Kind.SIGN:
            continue
        made = (
            _day_word(atoms, at, now, words) or _weekday(atoms, at, now, words) or _day_of_month(atoms, at, now, words)
        )
        if made and not any(earlier.start <= made.start < earlier.end for earlier in found):
            found.append(made)
    return found


def _day_word(atoms: list[Atom], at: int, now: date, words: Vocabulary) -> FoundDate | None:
    for length in (3, 2, 1):
        part = atoms[at : at + length]
        kind = words.days.get(tuple(atom.fold for atom in part)) if len(part) == length else None
        if kind is None or kind == "next_week" or (length == 1 and _names_goods(atoms, at)):
            continue
        if kind in ("tomorrow", "today") and _is_past(atoms, at + length - 1):
            return None
        ahead = {"today": 0, "tomorrow": 1, "day_after": 2}[kind]
        if kind == "today" and not _wanted_today(atoms, at):
            return None
        return FoundDate(now + timedelta(days=ahead), part[0].start, part[-1].end, kind)
    return None


def _names_goods(atoms: list[Atom], at: int) -> bool:
    """`kali phenyl`, `chhole kale 3`: a word for a day that also is one of goods, beside goods or an amount."""
    if atoms[at].fold not in vocabulary().groups:
        return False
    following = atoms[at + 1] if at + 1 < len(atoms) else None
    if following is None or following.kind is not Kind.WORD:
        return following is not None and following.number is not None
    return following.number is not None or not (following.noise or following.gives)


def _wanted_today(atoms: list[Atom], at: int) -> bool:
    """`aaj hi`, `today itself`: the word alone often only greets (`aaj ka order`)."""
    following = [atom.fold for atom in atoms[at + 1 : at + 3]]
    return any(
        word in ("hi", "tak", "itself", "only", "j", "chahie", "urgent", "sham", "bhej", "bhejo") for word in following
    )


def _weekday(atoms: list[Atom], at: int, now: date, words: Vocabulary) -> FoundDate | None:
    atom = atoms[at]
    if atom.kind is not Kind.WORD or (weekday := words.weekdays.get(atom.fold)) is None:
        return None
    if len(atom.fold) <= SHORT and atom.plain not in words.spelled_weekdays:
        return None  # `free` folds to `fri`, `saat` (seven) to `sat`
    if len(atom.plain) <= 3 and atom.plain.isascii():
        before = atoms[at - 1].fold if at else ""
        if before not in BEFORE_DATE:
            return None
    if _is_past(atoms, at):
        return None
    return FoundDate(_next_weekday(now, weekday), atom.start, atom.end, "weekday")


def _month(atom: Atom, words: Vocabulary) -> int | None:
    """Which month is named; as it sounds only where it is written out: `now` is no `nov`."""
    return words.months.get(atom.plain) or (words.months.get(atom.fold) if len(atom.plain) > 3 else None)


def _day_of_month(atoms: list[Atom], at: int, now: date, words: Vocabulary) -> FoundDate | None:
    """`15 tarikh`, `15th October`, `12 oct`, `on 14th`."""
    number = atoms[at].number
    if number is None or number != number.to_integral_value() or not 1 <= number <= 31:
        return None
    end = at + 1
    ordinal = (
        end < len(atoms) and atoms[end].fold in words.day_of_month and (atoms[end].glued or len(atoms[end].fold) > 2)
    )
    end += int(ordinal)
    if end < len(atoms) and atoms[end].fold == "of":
        end += 1
    month = _month(atoms[end], words) if end < len(atoms) else None
    if month is not None:
        coming = _coming(int(number), month, None, now)
        return FoundDate(coming, atoms[at].start, atoms[end].end, "day and month") if coming else None
    lined = end < len(atoms) and atoms[end].fold in words.grammar["line"] | {"one"}
    if not ordinal or lined:
        return None  # `2nd line` is a line of the draft
    day = int(number)
    base = now if day >= now.day else now + relativedelta(months=1)
    try:
        return FoundDate(base.replace(day=day), atoms[at].start, atoms[end - 1].end, "day of the month")
    except ValueError:
        return None
