"""Every way in which numbers of the message may be a quantity: with a unit, with free goods, as a range, doubled."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from nlp.atoms import Atom
from nlp.sizes import is_inch_sign
from nlp.tokens import TIMES, Kind
from nlp.vocabulary import vocabulary

WITH_UNIT, WITH_MEASURE, BARE = 0.6, 0.1, 0.0
AFTER_SIGN, GLUED_TO_LETTERS, PART_OF_A_SIZE, MAYBE_A_WORD, BARE_FRACTION, PRODUCT = 0.3, -0.6, -1.5, -1.0, -0.6, -0.8
CORRECTED = 0.8
UNIT_IGNORED, TORN, UNIT_FIRST, GLUED_BEFORE_LETTERS, REPEATED = -1.6, -1.8, 0.2, -1.4, 0.7
TORN_BY = frozenset("-–—+")
DASHES = frozenset("-–—~")
PAUSES = frozenset(".,-–—…")
NAMING = frozenset({"MG", "MCG", "AH", "VA", "KVA", "HP", "SQMM", "GSM"})
"""Measures that only tell goods apart: nobody orders 40 Ah of anything."""
MEASURES = frozenset({"KG", "G", "LTR", "ML", "MTR", "MM", "CM", "INCH", "QTL", "TON"}) | NAMING
MOST_MEASURED = frozenset({"G", "ML", "MM", "INCH", "CM"}) | NAMING


@dataclass(frozen=True, slots=True)
class Quantity:
    """One hypothesis: atoms `start` to `end` say how much. `score` is how natural that is, apart from the item."""

    start: int
    end: int
    value: Decimal
    unit: str | None
    score: float
    free: Decimal | None = None
    high: Decimal | None = None
    spread: bool = False
    product: bool = False


def _sign(atoms: list[Atom], at: int, signs: frozenset[str]) -> bool:
    return 0 <= at < len(atoms) and atoms[at].text in signs and atoms[at].taken is None


def _number(atoms: list[Atom], at: int) -> Decimal | None:
    return atoms[at].number if 0 <= at < len(atoms) and atoms[at].taken is None else None


def _unit(atoms: list[Atom], at: int) -> str | None:
    if not 0 <= at < len(atoms) or atoms[at].taken is not None:
        return None
    return atoms[at].unit


def _naturalness(atoms: list[Atom], at: int, end: int, unit: str | None) -> float:
    score = BARE if unit is None else WITH_MEASURE if unit in MEASURES else WITH_UNIT
    if unit in MOST_MEASURED:
        score -= 0.8
    score += _by_what_precedes(atoms, at)
    following = atoms[end] if end < len(atoms) else None
    torn = following is not None and following.glued and following.text in TORN_BY and end + 1 < len(atoms)
    if torn and following is not None and _belong(atoms[at], atoms[end + 1], following.text):
        score += TORN
    return score if unit is not None else score + _without_unit(atoms, at, end)


def _by_what_precedes(atoms: list[Atom], at: int) -> float:
    atom = atoms[at]
    if not at:
        return 0.0
    before = atoms[at - 1]
    score = 0.0
    if before.kind is Kind.SIGN and before.text in "-–—=:|@x" and not atom.glued:
        score += AFTER_SIGN
    if before.plain in TIMES:
        score += PART_OF_A_SIZE if at > 1 and atoms[at - 2].number is not None else AFTER_SIGN
    elif atom.glued and before.wordlike and before.number is None:
        score += GLUED_TO_LETTERS
    if before.text in TORN_BY and atom.glued and at > 1 and _belong(atoms[at - 2], atom, before.text):
        score += TORN
    return score


def _without_unit(atoms: list[Atom], at: int, end: int) -> float:
    atom = atoms[at]
    following = atoms[end] if end < len(atoms) else None
    score = 0.0
    if following is not None:
        if (following.unit is not None and following.taken is None) or is_inch_sign(atoms, end):
            score += UNIT_IGNORED
        elif following.glued and following.wordlike and following.plain not in TIMES:
            score += GLUED_BEFORE_LETTERS
        if following.plain in TIMES and end + 1 < len(atoms) and atoms[end + 1].number is not None:
            score += PART_OF_A_SIZE
    if atom.worded and atom.noise:
        score += MAYBE_A_WORD
    if atom.number is not None and atom.number < 1:
        score += BARE_FRACTION
    return score


def _with_free(atoms: list[Atom], at: int) -> tuple[Decimal, int] | None:
    """`+ 1`, `+2 free` after a quantity."""
    if not _sign(atoms, at, frozenset("+")):
        return None
    free = _number(atoms, at + 1)
    if free is None:
        return None
    end = at + 2
    if joins_lines(atoms, at):
        return None
    if end < len(atoms) and atoms[end].fold in vocabulary().grammar["besides"]:
        return None  # `10 +2 extra`: more of it or for nothing, who knows
    if _unit(atoms, end) and end + 1 < len(atoms) and atoms[end + 1].fold in vocabulary().grammar["free"]:
        return free, end + 2
    called = end + 1 < len(atoms) and atoms[end].fold in vocabulary().grammar["one"]  # `5+1 wala scheme`
    if called and _is_free(atoms[end + 1]):
        return free, end + 2
    if (end < len(atoms) and _is_free(atoms[end])) or _unit(atoms, end):
        end += 1
    return free, end


def joins_lines(atoms: list[Atom], plus: int) -> bool:
    """`40 pipe 3/4 + 20 union`: a plus that stands apart, with goods behind its number, joins two lines."""
    if not _sign(atoms, plus, frozenset("+")) or atoms[plus].glued or plus + 2 >= len(atoms):
        return False
    goods = atoms[plus + 2]
    if _number(atoms, plus + 1) is None or not goods.wordlike or goods.taken is not None:
        return False
    return goods.unit is None and goods.number is None and not goods.noise and not _is_free(goods)


def _is_free(atom: Atom) -> bool:
    return atom.fold in vocabulary().grammar["free"]


def quantities(atoms: list[Atom], named: Container[int] = ()) -> Iterator[Quantity]:
    """All hypotheses of a message, in the order of the text; numbers at `named` are parts of names and no amounts.

    Without a unit of its own an amount has the one said for all (`sab peti`).
    """
    place = unit_of_all(atoms)
    of_all = atoms[place].unit if place is not None else None
    for at in range(len(atoms)):
        value = _number(atoms, at)
        if value is None or value <= 0 or at in named or _lasts(atoms, at + 1):
            continue
        meant = itertools.chain(_from(atoms, at, value), _corrected(atoms, at))
        yield from (replace(found, unit=found.unit or of_all) for found in meant)
        unit = _unit(atoms, at - 1)
        sized = unit in MEASURES and at > 1 and _number(atoms, at - 2) is not None  # the litre of `half litre 5`
        if unit and not sized and not atoms[at].glued and _ends_a_line(atoms, at + 1):
            yield Quantity(at - 1, at + 1, value, _unit(atoms, at - 1), UNIT_FIRST)


def unit_of_all(atoms: list[Atom]) -> int | None:
    """The place of a unit said for all amounts: `sab peti` and `sab ladi mein` at the end, `all in cases:` above.

    With a number beside it, or goods behind, it is said of those: `sab 5 peti`, `har peti 700`.
    """
    words = vocabulary()
    for at, atom in enumerate(atoms):
        if atom.unit is None or atom.number is not None or atom.taken is not None or atom.unit in MEASURES:
            continue
        first = at - 1
        while first > 0 and atoms[first].noise == "particles" and atoms[first].fold not in words.grammar["all"]:
            first -= 1
        behind = next((other for other in atoms[at + 1 :] if other.noise != "particles"), None)
        ends = behind is None or behind.kind is not Kind.WORD or behind.noise is not None
        if first >= 0 and ends and atoms[first].fold in words.grammar["all"]:
            return at if behind is None or behind.number is None else None
    return None


def _lasts(atoms: list[Atom], at: int) -> bool:
    """`2 din baad`, `3 ghante`: a number of days or hours is no amount of goods."""
    return at < len(atoms) and atoms[at].unit is None and atoms[at].fold in vocabulary().grammar["lasting"]


def _ends_a_line(atoms: list[Atom], at: int) -> bool:
    return at >= len(atoms) or atoms[at].kind is Kind.BREAK or atoms[at].text in ",;"


def _belong(first: Atom, second: Atom, sign: str) -> bool:
    """Two numbers that one sign holds together: a range, `5-5`, `10+1`; but not `85-2`, a size and its quantity."""
    if first.number is None or second.number is None:
        return False
    return sign == "+" or first.number <= second.number <= first.number * 3 + 5


def _from(atoms: list[Atom], at: int, value: Decimal) -> Iterator[Quantity]:
    end = at + 1
    high = None
    spread = False
    second = _number(atoms, at + 2) if _sign(atoms, at + 1, DASHES) and not atoms[at + 1].text.isspace() else None
    if second is not None and at + 2 < len(atoms):
        joined = atoms[at + 1].glued and atoms[at + 2].glued
        if second == value and _sign(atoms, at + 3, DASHES) and _number(atoms, at + 4) is not None:
            high, end = _number(atoms, at + 4), at + 5  # `40-40-30`: one for each of three, or who knows
        elif second == value:
            spread, end = True, at + 3
        elif joined and value < second <= value * 3 + 5:
            high, end = second, at + 3
    second = _number(atoms, at + 1)
    if (
        second is not None
        and atoms[at].worded
        and atoms[at + 1].worded
        and value < second <= value * 2 + 1
        and value < 20
    ):
        high, end = second, at + 2
    for stop in {end, at + 1}:
        special = stop == end
        unit = _unit(atoms, stop)
        shared = {"spread": spread and special, "high": high if special else None}
        if unit is not None:
            yield _made(atoms, at, stop + 1, value, unit, shared)
            times = _counted(atoms[stop], unit)
            packs = _unit(atoms, stop + 1)
            if times and packs is not None and packs not in MEASURES:
                yield Quantity(at, stop + 2, value * times, packs, WITH_UNIT + 0.8)
            free = _with_free(atoms, stop + 1) or _said_again(atoms, stop + 1, value)
            if free:
                yield Quantity(at, free[1], value, unit, WITH_UNIT + 1.0, free=free[0])
        free = _with_free(atoms, stop)
        if free:
            unit = _unit(atoms, free[1] - 1) if atoms[free[1] - 1].unit else None
            yield Quantity(at, free[1], value, unit, WITH_UNIT + (0.8 if unit else 0.6), free=free[0])
        yield _made(atoms, at, stop, value, None, shared)
    product = _number(atoms, at + 2) if at + 2 < len(atoms) and atoms[at + 1].plain in TIMES else None
    if product is not None and product > 1 and value > 1:
        unit = _unit(atoms, at + 3)
        score = PRODUCT + (0.4 if unit else 0.0)
        yield Quantity(at, at + 4 if unit else at + 3, value * product, unit, score, product=True)


def _counted(atom: Atom, unit: str) -> int:
    """How many of the packs named behind it a word stands for: `2 dozen packet`, `12 ta ladi`; of most none."""
    if unit == "DOZ":
        return 12
    return 1 if atom.fold in vocabulary().grammar["counter"] else 0


def _corrected(atoms: list[Atom], at: int) -> Iterator[Quantity]:
    """`10 nahi 15 peti`, `6 box, na na 7 box`, `5 dozen... nahi 6`: the amount that takes the place of the one before.

    Behind a sign it must end what is said: `6 box, nahi 7 box gola` takes back the goods with their amount.
    """
    first = _unit(atoms, at + 1)
    behind = at + 2 if first else at + 1
    start = behind
    while start < len(atoms) and _pauses(atoms[start]):
        start += 1
    place = start
    while place < len(atoms) and vocabulary().negates(atoms[place].text):
        place += 1
    if place == start or place >= len(atoms):
        return
    place += _pauses(atoms[place])
    value, unit = _number(atoms, place), _unit(atoms, place + 1)
    another_size = unit in MEASURES and first not in MEASURES  # `10 nahi 5 kg wala`
    end = place + (2 if unit else 1)
    anew = start > behind and (first in MEASURES or not _says_no_more(atoms, end))  # `1680 for 1 kg, not 1650`
    if value is None or value <= 0 or another_size or anew:
        return
    yield Quantity(at, end, value, unit or first, WITH_UNIT + CORRECTED)


def _pauses(atom: Atom) -> bool:
    return atom.kind is Kind.SIGN and set(atom.text) <= PAUSES and atom.taken is None


def _says_no_more(atoms: list[Atom], at: int) -> bool:
    """Nothing follows, or a break, a sign or a word that names no goods."""
    if at >= len(atoms):
        return True
    atom = atoms[at]
    return atom.kind in (Kind.BREAK, Kind.SIGN) or (atom.number is None and atom.noise not in (None, "joiners"))


def _said_again(atoms: list[Atom], at: int, value: Decimal) -> tuple[Decimal, int] | None:
    """`10 peti 10+1 scheme`, `20 peti (20+1)`: the amount once more with what is free, and where that ends."""
    opened = _sign(atoms, at, frozenset("("))
    place = at + opened
    free = _with_free(atoms, place + 1) if _number(atoms, place) == value else None
    if free is None:
        return None
    return free[0], free[1] + (opened and _sign(atoms, free[1], frozenset(")")))


def _made(
    atoms: list[Atom], at: int, end: int, value: Decimal, unit: str | None, shared: Mapping[str, object]
) -> Quantity:
    score = _naturalness(atoms, at, end, unit) + (REPEATED if shared["spread"] else 0.3 if shared["high"] else 0.0)
    return Quantity(at, end, value, unit, score, high=shared["high"], spread=bool(shared["spread"]))  # type: ignore[arg-type]
