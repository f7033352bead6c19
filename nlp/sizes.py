"""Sizes as trades write them: fractions (`1 1/4"`), two numbers that an `x` joins, inches that are millimetres."""

from __future__ import annotations

import itertools
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

from nlp.tokens import TIMES, Kind, Token
from nlp.vocabulary import DATA, Role, Vocabulary

Measure = tuple[str, Decimal]
Pair = tuple[Decimal, Decimal]

INCH_SIGNS = frozenset({'"', "”", "″", "''", "’’", "“"})
BELOW = frozenset({Decimal(2), Decimal(4), Decimal(8), Decimal(16)})
LARGEST_MIXED = 12
MIXED_BY = frozenset({"-", "."})
INCH, MILLIMETRE = "inch", "mm"


class Part(Protocol):
    """A token or an atom, as far as finding sizes needs it."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def plain(self) -> str: ...


class Figure(NamedTuple):
    """One number in digits, however many parts it is written with: those from `first` to `last`, `last` excluded."""

    value: Decimal
    first: int
    last: int
    whole: tuple[Decimal, ...] = ()
    """The numbers of its parts, if each of them may also stand for itself: the 6 and the 16 of `6/16 A`."""


def fraction_at(parts: Sequence[Part], at: int) -> Decimal | None:
    """`3/8` as the one number that people say: 0.375."""
    if at + 2 >= len(parts):
        return None
    first, sign, second = parts[at : at + 3]
    if first.kind is not Kind.NUMBER or second.kind is not Kind.NUMBER or sign.text != "/":
        return None
    if not first.plain.isdigit() or not second.plain.isdigit() or first.end != sign.start or sign.end != second.start:
        return None
    above, below = Decimal(first.plain), Decimal(second.plain)
    return (above / below).normalize() if below in BELOW and 0 < above < below else None


def _is_reduced(parts: Sequence[Part], at: int) -> bool:
    """`3/4` and never `6/16`, which is six and sixteen ampere."""
    return Decimal(parts[at].plain) % 2 == 1


def mixed_at(parts: Sequence[Part], at: int) -> tuple[Decimal, int] | None:
    """`1 1/4`, `1-1/4`, `1.1/4`: a whole number with a fraction behind it, and where they end."""
    if parts[at].kind is not Kind.NUMBER:
        return None
    point = parts[at].plain.split(".")
    if len(point) == 2 and at + 2 < len(parts):  # `1.1/4` is cut as 1.1 and 4
        below = Decimal(parts[at + 2].plain) if parts[at + 2].plain.isdigit() else None
        glued = parts[at].end == parts[at + 1].start and parts[at + 1].end == parts[at + 2].start
        if below in BELOW and parts[at + 1].text == "/" and glued and point[1].isdigit() and int(point[1]) % 2:
            fraction = Decimal(point[1]) / below
            return ((Decimal(point[0]) + fraction).normalize(), at + 3) if fraction < 1 else None
    if not parts[at].plain.isdigit() or not 0 < Decimal(parts[at].plain) <= LARGEST_MIXED:
        return None
    behind = at + 1
    if behind < len(parts) and parts[behind].text in MIXED_BY and parts[behind].start == parts[at].end:
        behind += 1
    fraction_behind = fraction_at(parts, behind)
    if fraction_behind is None or not _is_reduced(parts, behind):
        return None
    return (Decimal(parts[at].plain) + fraction_behind).normalize(), behind + 3


def figures(parts: Sequence[Token]) -> Iterator[Figure]:
    """The numbers of a name in digits, a fraction or a whole number with a fraction being one."""
    at = 0
    while at < len(parts):
        if parts[at].kind is not Kind.NUMBER:
            at += 1
            continue
        mixed = mixed_at(parts, at)
        fraction = fraction_at(parts, at)
        if mixed is not None:
            yield Figure(mixed[0], at, mixed[1])
            at = mixed[1]
        elif fraction is not None:
            reduced = _is_reduced(parts, at)
            whole = () if reduced else (Decimal(parts[at].plain), Decimal(parts[at + 2].plain))
            yield Figure(fraction, at, at + 3, tuple(number.normalize() for number in whole))
            at += 3
        else:
            yield Figure(Decimal(parts[at].plain).normalize(), at, at + 1)
            at += 1


def mixed_in(parts: Sequence[Token]) -> Iterator[Decimal]:
    """The whole numbers with a fraction that a name holds: `1 1/4"`."""
    return (figure.value for figure in figures(parts) if figure.value > 1 and figure.last - figure.first > 1)


def measures_in(parts: Sequence[Token], words: Vocabulary) -> Iterator[Measure]:
    """Each amount with a measuring unit (`5 kg`, `1 1/4"`) in base amounts; both sides of `90 x 63 mm`."""
    found = list(figures(parts))
    for figure in found:
        place = figure.last
        if place + 1 < len(parts) and parts[place].plain in TIMES:
            second = next((other for other in found if other.first == place + 1), None)
            place = second.last if second is not None else place
        measured = _unit_at(parts, place, words)
        if measured is not None:
            dimension, amount = measured
            yield dimension, (figure.value * amount).normalize()


def _unit_at(parts: Sequence[Token], at: int, words: Vocabulary) -> tuple[str, Decimal] | None:
    if at >= len(parts):
        return None
    concept = words.roles(parts[at].text).get(Role.UNIT) if parts[at].kind is Kind.WORD else None
    if is_inch_sign(parts, at):
        concept = "INCH"
    meaning = words.meanings.get(concept) if concept else None
    return (meaning.measure, meaning.amount) if meaning and meaning.measure else None


def is_inch_sign(parts: Sequence[Part], at: int) -> bool:
    """`"` right behind a number, or two single quotes there."""
    if not 0 < at < len(parts) or parts[at].kind is not Kind.SIGN:
        return False
    doubled = at + 1 < len(parts) and parts[at].text in "'’" and parts[at + 1].text in "'’"
    return parts[at].text in INCH_SIGNS or doubled


def pairs_in(parts: Sequence[Part], numbers: Sequence[Decimal | None]) -> Iterator[tuple[Pair, int, int]]:
    """Two numbers with an `x` between (`2x4`, `M8 x 40`, `3/4" x 1/2"`), and the places of both.

    `numbers` are the numbers at the places of the parts; a number of several parts stands at its first.
    """
    held = [place for place, number in enumerate(numbers) if number is not None]
    for at, behind in itertools.pairwise(held):
        between = [part for part in parts[at + 1 : behind] if not _inside_a_number(part)]
        signs = [part for part in between if part.text not in INCH_SIGNS]
        first, second = numbers[at], numbers[behind]
        if len(signs) == 1 and signs[0].plain in TIMES and first is not None and second is not None:
            yield (first, second), at, behind


def _inside_a_number(part: Part) -> bool:
    return part.kind is Kind.NUMBER or part.text in {"/", *MIXED_BY}


def pairs_of(parts: Sequence[Token]) -> Iterator[Pair]:
    """The sizes of two sides that a name holds."""
    numbers: list[Decimal | None] = [None] * len(parts)
    for figure in figures(parts):
        numbers[figure.first] = figure.value
    return (pair for pair, _, _ in pairs_in(parts, numbers))


# --- inches that are millimetres ----------------------------------------------------------------------------------

Series = Mapping[Decimal, frozenset[Decimal]]


@cache
def series() -> tuple[Series, ...]:
    """The series of nominal sizes, inches to millimetres, in the order of the file."""
    return _read(DATA / "sizes.toml")


def _read(path: Path) -> tuple[Series, ...]:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        {
            Decimal(inches).normalize(): frozenset(Decimal(one).normalize() for one in cell.split())
            for inches, cell in table.items()
        }
        for table in tables.values()
    )


def in_inches(sizes: Iterable[Decimal]) -> dict[Decimal, set[Decimal]]:
    """What a category's sizes in millimetres are called in inches: 63, 75, 90, 110 are 2, 2½, 3 and 4 inches.

    The series that holds most of the sizes tells; what it leaves unnamed or calls otherwise, the next one may.
    """
    there = set(sizes)
    ranked = sorted(series(), key=lambda one: -len(there & frozenset().union(*one.values())))
    named: dict[Decimal, set[Decimal]] = defaultdict(set)
    for one in ranked:
        for inches, millimetres in one.items():
            if inches not in named and millimetres & there:
                named[inches] = set(millimetres & there)
    return named


@cache
def in_millimetres() -> Mapping[Decimal, frozenset[Decimal]]:
    """What inches are called in millimetres, by bore: `20 mm elbow` is the one of 3/4 inch."""
    return {millimetre: frozenset({inches}) for inches, sizes in series()[0].items() for millimetre in sizes}
