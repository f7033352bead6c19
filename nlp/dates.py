"""The requested date: day names and day words of every language, `15 tarikh`, `20/11`, `by Thursday`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from nlp.atoms import Atom
from nlp.catalogue import DASHES
from nlp.fold import fold, latin
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
        "deliver",
        "del",
        "dispatch",
        "despatch",
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
GENITIVE = frozenset(fold(word) for word in ["ka", "ki", "na", "no", "nu", "er"])
"""At the end of a clause they are no `of`: Telugu `shanivaram ki` is for Saturday."""
PAST_VERBS = frozenset(
    fold(word) for word in ["tha", "thi", "thaa", "si", "chilo", "chhilo", "hatu", "hati", "hota", "hoti"]
)
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
        "pain",
    ]
)
"""`kal ka order` is past; `kal ki gaadi se`, `Monday nu chahida` is to come."""
LONGEST_AHEAD = 200
SHORT = 3
SHORTEST_STEM = 5
SEVERAL = 2
"""`7/10`, `8/10` under each other are sizes or parts, each with its amount, and no days."""
MENTIONED = 8
"""So many words of its clause may stand between a day and the verb that puts it into the past."""
ENDS = frozenset(",;.!?।:")
CLAIMABLE = (None, "ship_to", "transport")
"""`Delivery 12/11`, `Deliver 21st`: the day of a line about the delivery counts."""


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
            if atom.taken in CLAIMABLE and item.start <= atom.start and atom.end <= item.end:
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
    bare = 0
    claimed = [(atom.start, atom.end) for atom in atoms if atom.taken not in CLAIMABLE]
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
        bare += not (told or year)
        found.append(FoundDate(coming, match.start(), match.end(), "day and month in figures"))
    return found if bare < SEVERAL else []


def _next_weekday(now: date, weekday: int) -> date:
    ahead = (weekday - now.weekday()) % 7
    return now + timedelta(days=ahead or 7)


def _is_past(atoms: list[Atom], at: int) -> bool:
    """Whether the day at `at` is one of the past: `kal ka order`, `5 tarikh ko jo likhaya tha`."""
    clause = _clause_behind(atoms, at)
    following = clause[:SHORT]
    if any(_is_to_come(atom) for atom in following):
        return False
    if following and following[0].fold in PAST_COMPANY and not (len(clause) == 1 and following[0].fold in GENITIVE):
        return True
    told = next((place for place, atom in enumerate(clause) if atom.fold in PAST_VERBS), len(clause))
    return told < len(clause) and not any(atom.gives or _is_to_come(atom) for atom in clause[:told])


def _is_to_come(atom: Atom) -> bool:
    return atom.fold in STILL_TO_COME or atom.fold in vocabulary().by_day


def _clause_behind(atoms: list[Atom], at: int) -> list[Atom]:
    """The words behind an atom up to the end of its clause."""
    end = next((place for place in range(at + 1, len(atoms)) if ends_clause(atoms[place])), len(atoms))
    return [atom for atom in atoms[at + 1 : end] if atom.kind is Kind.WORD][:MENTIONED]


def ends_clause(atom: Atom) -> bool:
    """A break or a sign after which another clause begins."""
    return atom.kind is Kind.BREAK or atom.text in ENDS


def _named(atoms: list[Atom], now: date, words: Vocabulary) -> list[FoundDate]:
    found: list[FoundDate] = []
    for at, atom in enumerate(atoms):
        if atom.taken not in CLAIMABLE or atom.kind is Kind.SIGN:
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
        kind = words.days.get(tuple(_day_fold(atom) for atom in part)) if len(part) == length else None
        if kind is None or kind == "next_week":
            continue
        if length == 1 and (_names_goods(atoms, at) or _is_another_word(atoms[at], words.spelled_days, words)):
            continue
        if kind in ("tomorrow", "today") and _is_past(atoms, at + length - 1):
            return None
        if kind == "tomorrow" and _is_put_off(atoms, at + length, words):
            return None
        ahead = {"today": 0, "tomorrow": 1, "day_after": 2}[kind]
        if kind == "today" and not _wanted_today(atoms, at, words):
            return None
        return FoundDate(now + timedelta(days=ahead), part[0].start, part[-1].end, kind)
    return None


def _day_fold(atom: Atom) -> str:
    """Without the English genitive: `for Monday's truck`."""
    return fold(atom.text[:-2]) if atom.plain.endswith(("'s", "’s")) else atom.fold


def _is_another_word(atom: Atom, spelled: set[str], words: Vocabulary) -> bool:
    """A word that only folds like a day and is listed as something else: `call` is no `kal`, `sewai` no `sevvai`."""
    if atom.plain.removesuffix("'s").removesuffix("’s") in spelled:
        return False
    return len(atom.plain) <= SHORT or atom.noise not in (None, "times") or latin(atom.text) in words.goods


def _names_goods(atoms: list[Atom], at: int) -> bool:
    """`kali phenyl`, `chhole kale 3`, `coil 1mm kali,`: a word for a day that also is one of goods.

    It is a day only before a verb or time of day (`kali sakale`), or at an end behind a word that names nothing.
    """
    if atoms[at].fold not in vocabulary().groups:
        return False
    following = next((atom for atom in atoms[at + 1 :] if atom.text not in DASHES), None)
    grammar = vocabulary().grammar
    if following is not None and following.fold in grammar["before_noon"] | grammar["after_noon"]:
        return False
    sent = following is not None and (following.noise == "verbs" or following.gives)
    if at and _is_a_size(atoms[at - 1]) and not sent:
        return True
    if following is None or following.kind in (Kind.SIGN, Kind.BREAK):
        return at == 0 or atoms[at - 1].noise is None
    return not (following.noise == "verbs" or following.gives or _is_to_come(following))


def _is_a_size(atom: Atom) -> bool:
    """A number in digits, or a unit that measures."""
    meaning = vocabulary().meanings.get(atom.unit or "")
    return (atom.number is not None and not atom.worded) or (meaning is not None and meaning.measure is not None)


def _is_put_off(atoms: list[Atom], at: int, words: Vocabulary) -> bool:
    """`das wali kal dekhenge`, `rest tomorrow will tell`: the day on which more will be said, not that of the goods."""
    return any(atom.fold in words.grammar["say_later"] for atom in atoms[at : at + SHORT])


def _wanted_today(atoms: list[Atom], at: int, words: Vocabulary) -> bool:
    """`aaj hi`, `aaj bhej do`, `ready to lift today`: the word alone often only greets (`aaj ka order`)."""
    if atoms[at].fold in words.grammar["today_itself"]:
        return True
    clause = _clause_behind(atoms, at)
    if not clause:
        return any(atom.noise == "verbs" for atom in atoms[max(0, at - SHORT) : at])
    if clause[0].fold in words.grammar["today_stressed"]:
        return True
    return any(atom.noise == "verbs" or atom.gives or _is_to_come(atom) for atom in clause[:2])


def _weekday(atoms: list[Atom], at: int, now: date, words: Vocabulary) -> FoundDate | None:
    atom = atoms[at]
    if atom.kind is not Kind.WORD or (weekday := _weekday_of(atom, words)) is None:
        return None
    if len(atom.fold) <= SHORT and atom.plain not in words.spelled_weekdays:
        return None  # `free` folds to `fri`, `saat` (seven) to `sat`
    if _is_another_word(atom, words.spelled_weekdays, words):
        return None
    if len(atom.plain) <= 3 and atom.plain.isascii():
        before = atoms[at - 1].fold if at else ""
        if before not in BEFORE_DATE and not _is_said_of_a_day(atoms, at + 1, words):
            return None
    if _is_past(atoms, at):
        return None
    return FoundDate(_next_weekday(now, weekday), atom.start, atom.end, "weekday")


def _is_said_of_a_day(atoms: list[Atom], at: int, words: Vocabulary) -> bool:
    """`Sat ko gaadi bhejna`, `Mon tak`: what stands behind a day, and no amount or unit behind that."""
    part = atoms[at : at + 2]
    if not part or len(part[0].plain) < 2 or part[0].fold not in words.day_endings | words.by_day:
        return False
    return len(part) < 2 or (part[1].number is None and part[1].unit is None)


def _weekday_of(atom: Atom, words: Vocabulary) -> int | None:
    """The day a word names, with or without an ending for `on`, `for` or `of` (`mondayku`, `robibarer`)."""
    folded = _day_fold(atom)
    if folded in words.weekdays:
        return words.weekdays[folded]
    stems = (folded.removesuffix(ending) for ending in words.day_endings if folded.endswith(ending))
    return next((words.weekdays[stem] for stem in stems if len(stem) >= SHORTEST_STEM and stem in words.weekdays), None)


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
    if _is_past(atoms, end - 1):
        return None
    day = int(number)
    base = now if day >= now.day else now + relativedelta(months=1)
    try:
        return FoundDate(base.replace(day=day), atoms[at].start, atoms[end - 1].end, "day of the month")
    except ValueError:
        return None
