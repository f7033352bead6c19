"""The reviewed word lists under `nlp/data/`: numbers, units, noise, days and cues of each language, and goods' words.

Every word is found by its spelling in Latin letters first and by its folded form second, because folding makes
number words, units and goods collide (`teen` is three, `tin` is a tin).
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from nlp.fold import fold, latin, script, skeleton
from nlp.slips import by_deletion, swapped

DATA = Path(__file__).parent / "data"
MOST_REMEMBERED = 50_000
HOMES = {"ta": script("த"), "te": script("త"), "kn": script("ಕ"), "ml": script("മ")}
SCRIPTS = HOMES | {
    code: script(letter)
    for code, letter in (("hi", "क"), ("mr", "क"), ("bn", "ক"), ("pa", "ਕ"), ("gu", "ક"), ("or", "କ"))
}
APART = frozenset(HOMES.values())
"""Scripts whose words are not those of the other languages in Latin letters: Tamil `சார்` (sir) is no `char` (four)."""
SHORTEST_BY_BONES, SHORT_NEGATION, SHORT_CUE = 4, 4, 4
JOINABLE_TENS = frozenset(Decimal(ten) for ten in range(20, 100, 10))


class Role(StrEnum):
    """What one word may do in a message."""

    NUMBER = "number"
    TIMES = "times"
    FRACTION = "fraction"
    ADDED = "added"
    UNIT = "unit"
    NOISE = "noise"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitMeaning:
    """What a spoken unit may stand for among an item's own units."""

    concept: str
    exact: tuple[str, ...]
    loose: tuple[str, ...]
    base: bool = False
    of: str | None = None
    factor: Decimal = Decimal(1)
    measure: str | None = None
    amount: Decimal = Decimal(0)


SHORTEST_SHORTHAND = 3
VESSELS = ("BKT", "DRUM", "TIN", "CAN", "BTL", "JAR", "TUBE", "POUCH")
"""Units that are goods, too: who sells buckets is asked for `balti`."""


@dataclass(slots=True)
class WordTable:
    """Words with a value each, found by spelling first and by folded form second."""

    spelled: dict[str, Any] = field(default_factory=dict)
    folded: dict[str, Any] = field(default_factory=dict)

    def put(self, word: str, value: Any, home: str = "") -> None:
        """Words written in an Indian script are found by words of that script only: `ആറ്` (6) is not `ar`.

        Those in Latin letters of a language with a script of its `home` are found by words of that script too.
        """
        for mark in {script(word), home} if not script(word) else {script(word)}:
            self.spelled.setdefault(mark + latin(word), value)
            self.folded.setdefault(mark + fold(word), value)

    def get_spelled(self, plain: str, mark: str) -> Any:
        found = self.spelled.get(mark + plain)
        return self.spelled.get(plain) if found is None and mark not in APART else found

    def get_folded(self, folded: str, mark: str) -> Any:
        found = self.folded.get(mark + folded)
        return self.folded.get(folded) if found is None and mark not in APART else found


Phrase = tuple[str, ...]


@dataclass(slots=True)
class Vocabulary:
    """All languages together: people mix them within a message."""

    numbers: WordTable = field(default_factory=WordTable)
    times: WordTable = field(default_factory=WordTable)
    fractions: WordTable = field(default_factory=WordTable)
    added: WordTable = field(default_factory=WordTable)
    units: WordTable = field(default_factory=WordTable)
    noise: WordTable = field(default_factory=WordTable)
    joinable: set[str] = field(default_factory=set)
    days: dict[Phrase, str] = field(default_factory=dict)
    spelled_days: set[str] = field(default_factory=set)
    weekdays: dict[str, int] = field(default_factory=dict)
    spelled_weekdays: set[str] = field(default_factory=set)
    by_day: set[str] = field(default_factory=set)
    """What makes a day one that is to come: `tak`, `before`, `er modhye`, folded."""
    day_endings: set[str] = field(default_factory=set)
    """What a language puts behind the name of a day for `on`, `for` or `of`, folded."""
    months: dict[str, int] = field(default_factory=dict)
    day_of_month: set[str] = field(default_factory=set)
    cues: dict[str, dict[Phrase, None]] = field(default_factory=lambda: defaultdict(dict))
    short_cues: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """How a short word must be written to be a cue, by concept and fold: its spelling, or the mark of its script."""
    meanings: dict[str, UnitMeaning] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    variants: set[str] = field(default_factory=set)
    """Words that mark a variant beside the plain article, folded."""
    goods: set[str] = field(default_factory=set)
    """Words of goods as they are spelled: `chai` is tea, though it folds like a six."""
    groups_by_skeleton: dict[str, tuple[str, ...]] = field(default_factory=dict)
    goods_by_deletion: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Words of goods as they are spelled, by their forms with one letter less."""
    disputed: dict[tuple[Role, str], dict[str, Decimal]] = field(default_factory=dict)
    """Words in Latin letters that are different numbers in different languages, by role and spelling."""
    meant: dict[str, dict[str, str]] = field(default_factory=dict)
    """By language what it means by words of goods, folded, by which others mean something else."""
    each: set[str] = field(default_factory=set)
    grammar: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ordinals: dict[str, int] = field(default_factory=dict)
    negations: set[str] = field(default_factory=set)
    shorthand: dict[str, str] = field(default_factory=dict)
    """Units by their consonants, or all but the last of them: `drz`, `pti`."""
    spelled_negations: set[str] = field(default_factory=set)
    languages: dict[str, set[str]] = field(default_factory=dict)
    swapped: dict[str, dict[Role, Any]] = field(default_factory=dict)
    known_roles: dict[str, dict[Role, Any]] = field(default_factory=dict)

    def roles(self, word: str) -> dict[Role, Any]:
        """The roles of a word: those its exact spelling has, or else those of its folded form."""
        known = self.known_roles.get(word)
        if known is None:
            known = self._roles(word)
            if len(self.known_roles) < MOST_REMEMBERED:
                self.known_roles[word] = known
        return known

    def number_in(self, language: str, role: Role, text: str) -> Decimal | None:
        """What a word for a number means in this language, where another one means something else by it."""
        return self.disputed.get((role, latin(text)), {}).get(language)

    def names_goods(self, language: str, folded: str) -> bool:
        """Whether the word is one of goods in this language or, where none is known, in any."""
        told = [self.meant.get(language, {})] if language else self.meant.values()
        return any(folded in meanings for meanings in told)

    def is_cue(self, concept: str, text: str) -> bool:
        """Whether one word is a cue as it is written: short ones of several languages fold to the same letters."""
        folded = fold(text)
        return len(folded) > SHORT_CUE or bool(
            {script(text) or latin(text)} & self.short_cues.get((concept, folded), set())
        )

    def negates(self, text: str) -> bool:
        """Whether a word takes something back; short ones only as they are spelled, for `matt` is no `mat`."""
        plain, mark = latin(text), script(text)
        return mark + plain in self.spelled_negations or (len(plain) > SHORT_NEGATION and fold(text) in self.negations)

    def _roles(self, word: str) -> dict[Role, Any]:
        tables = {
            Role.NUMBER: self.numbers,
            Role.TIMES: self.times,
            Role.FRACTION: self.fractions,
            Role.ADDED: self.added,
            Role.UNIT: self.units,
            Role.NOISE: self.noise,
        }
        plain = latin(word)
        mark = script(word)
        found = {role: value for role, table in tables.items() if (value := table.get_spelled(plain, mark)) is not None}
        if mark and mark + plain in self.goods:
            found.pop(Role.NOISE, None)  # `મેટ` (matt) is listed as it is written, and no English `met`
        if found or (len(plain) < 3 and not mark) or plain in self.goods:
            return found
        folded = fold(word)
        found = {role: value for role, table in tables.items() if (value := table.get_folded(folded, mark)) is not None}
        return found or self.swapped.get(plain, {})

    def learn_swapped(self) -> None:
        """Units of which two letters changed places: `bxo`; never the first letter, and never another known word.

        Abbreviations are left alone: `mtl` and `gsm` are something else than `mlt` and `gms`.
        """
        for word, concept in self.units.spelled.items():
            for form in swapped(word) if word.isalpha() and set(word) & set("aeiou") else ():
                if not self._roles(form):
                    self.swapped[form] = {Role.UNIT: concept}

    def learn_shorthand(self) -> None:
        """Consonants that mean one unit only; all of them before all but the last."""
        for left_out in (0, 1):
            meant: dict[str, set[str]] = defaultdict(set)
            for word, concept in self.units.spelled.items():
                bones = skeleton(word) if word.isascii() and "~" not in word else ""
                form = bones[: len(bones) - left_out]
                if len(form) >= SHORTEST_SHORTHAND:
                    meant[form].add(concept)
            for form, concepts in meant.items():
                if len(concepts) == 1 and not self._roles(form):
                    self.shorthand.setdefault(form, next(iter(concepts)))


def _words(cell: str) -> Iterator[str]:
    yield from cell.split()


def _phrase(text: str) -> Phrase:
    return tuple(fold(word) for word in text.split())


def _read_language(vocabulary: Vocabulary, table: dict[str, Any]) -> None:
    _read_numbers(vocabulary, table)
    for section, into in (("units", vocabulary.units), ("noise", vocabulary.noise)):
        for value, cell in table.get(section, {}).items():
            for word in _words(cell):
                into.put(word, value, HOMES.get(table["code"], ""))
    _read_calendar(vocabulary, table)
    for concept, phrases in table.get("cues", {}).items():
        vocabulary.cues[concept] |= dict.fromkeys(_phrase(phrase) for phrase in phrases)
        for word in (phrase for phrase in phrases if " " not in phrase):
            forms = {script(word)} if script(word) else {latin(word), SCRIPTS.get(table["code"], "")}
            vocabulary.short_cues[concept, fold(word)] |= forms - {""}
    for name, cell in table.get("grammar", {}).items():
        vocabulary.grammar[name] |= _folded(cell)
    for number, cell in table.get("ordinals", {}).items():
        vocabulary.ordinals |= {word: int(number) for word in _folded(cell)}
    vocabulary.meant[table["code"]] = {
        word: meaning for meaning, cell in table.get("goods_meant", {}).items() for word in _folded(cell)
    }
    vocabulary.each |= _folded(table.get("each", ""))
    for word in _words(table.get("each", "")):
        vocabulary.noise.put(word, "each")
    vocabulary.negations |= _folded(table.get("negations", ""))
    vocabulary.spelled_negations |= {script(word) + latin(word) for word in _words(table.get("negations", ""))}
    sections = (table.get(name, {}) for name in ("numbers", "units", "noise", "days", "grammar"))
    listed = {word for cells in sections for cell in cells.values() for word in _folded(cell)}
    spoken = {word for phrases in table.get("cues", {}).values() for phrase in phrases for word in _phrase(phrase)}
    vocabulary.languages[table["code"]] = listed | spoken


def _folded(cell: str) -> set[str]:
    return {fold(word) for word in _words(cell)}


def _read_numbers(vocabulary: Vocabulary, table: dict[str, Any]) -> None:
    for name, role, into in (
        ("numbers", Role.NUMBER, vocabulary.numbers),
        ("multipliers", Role.TIMES, vocabulary.times),
        ("fractions", Role.FRACTION, vocabulary.fractions),
        ("added", Role.ADDED, vocabulary.added),
    ):
        for value, cell in table.get(name, {}).items():
            for word in _words(cell):
                into.put(word, Decimal(value), HOMES.get(table["code"], ""))
                if not script(word):
                    vocabulary.disputed.setdefault((role, latin(word)), {})[table["code"]] = Decimal(value)
    if table.get("tens_join"):
        vocabulary.joinable |= {word for cell in table.get("numbers", {}).values() for word in _folded(cell)}


def _read_calendar(vocabulary: Vocabulary, table: dict[str, Any]) -> None:
    for day, cell in table.get("days", {}).items():
        if day in ("day_after", "next_week") and table["code"] == "en":
            vocabulary.days[_phrase(cell)] = day
            continue
        if day == "next_week":
            vocabulary.days[_phrase(cell)] = day
            continue
        for word in _words(cell):
            vocabulary.days[tuple(fold(part) for part in word.split("+"))] = day
            vocabulary.spelled_days.add(latin(word))
    for number, cell in table.get("weekdays", {}).items():
        for word in _words(cell):
            vocabulary.weekdays.setdefault(fold(word), int(number))
            vocabulary.spelled_weekdays.add(latin(word))
    for number, cell in table.get("months", {}).items():
        for word in _words(cell):
            for form in (latin(word), fold(word)):
                if len(form) > 2:  # `May` folds to `me`, which is "in" to most who write it
                    vocabulary.months.setdefault(form, int(number))
    vocabulary.by_day |= _folded(table.get("date_words", {}).get("by", ""))
    vocabulary.day_endings |= _folded(table.get("date_words", {}).get("endings", ""))
    vocabulary.day_of_month |= {fold(word) for word in _words(table.get("date_words", {}).get("day_of_month", ""))}


def _read_units(vocabulary: Vocabulary) -> None:
    for concept, row in tomllib.loads((DATA / "units.toml").read_text(encoding="utf-8")).items():
        vocabulary.meanings[concept] = UnitMeaning(
            concept=concept,
            exact=tuple(row["exact"]),
            loose=tuple(row["loose"]),
            base=bool(row.get("base")),
            of=row.get("of"),
            factor=Decimal(row.get("factor", "1")),
            measure=row.get("measure"),
            amount=Decimal(row.get("amount", "0")),
        )


def _read_goods(vocabulary: Vocabulary) -> None:
    path = DATA / "goods.toml"
    members: dict[str, set[str]] = defaultdict(set)
    for group in tomllib.loads(path.read_text(encoding="utf-8"))["groups"]:
        words = {fold(word) for word in _words(group)}
        vocabulary.goods |= {form for word in _words(group) for form in (latin(word), script(word) + latin(word))}
        for word in words:
            members[word] |= words - {word}
    for concept in VESSELS:
        words = {fold(word) for word, other in vocabulary.units.spelled.items() if other == concept and "~" not in word}
        for word in words:
            members[word] |= words - {word}
    vocabulary.groups = {word: tuple(sorted(others)) for word, others in members.items()}
    bones: dict[str, list[str]] = defaultdict(list)
    for word in sorted(members):
        if len(word) > SHORTEST_BY_BONES:
            bones[skeleton(word)].append(word)
    vocabulary.variants = _folded(tomllib.loads((DATA / "variants.toml").read_text(encoding="utf-8"))["words"])
    vocabulary.goods_by_deletion = dict(by_deletion(sorted(word for word in vocabulary.goods if "~" not in word)))
    vocabulary.groups_by_skeleton = {key: tuple(words) for key, words in bones.items()}


@cache
def vocabulary() -> Vocabulary:
    """All word lists, read once a process."""
    loaded = Vocabulary()
    for path in sorted((DATA / "languages").glob("*.toml")):
        _read_language(loaded, tomllib.loads(path.read_text(encoding="utf-8")))
    _read_units(loaded)
    _read_goods(loaded)
    loaded.learn_swapped()
    loaded.disputed = {key: said for key, said in loaded.disputed.items() if len(set(said.values())) > 1}
    loaded.learn_shorthand()
    # `anni` is all in Telugu, but folded it is the Marathi and
    loaded.each -= {fold(word) for word, kind in loaded.noise.spelled.items() if kind == "joiners"}
    return loaded
