"""Which line or machine a message names: by its code, or by words of its name with the number behind them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from nlp.atoms import Atom
from nlp.cues import find_cues
from nlp.fold import fold, is_tamil, latin, skeleton, tamil_skeleton
from nlp.tokens import Kind, tokens
from nlp.values import WorkCentreRecord
from nlp.vocabulary import vocabulary

SHORTEST_CODE, SHORTEST_BONES, SHORTEST_ALIKE = 3, 2, 5
MOST_PIECES = 6
ALIKE = 75
NUMBER_IN_NAME, NUMBER_IN_CODE = 1.0, 0.5
HALF_ITS_NAME = 0.5
TIE = 0.01
JOINING_SIGNS = frozenset("-/.#")
CLAIM = "work centre"


@dataclass(frozen=True, slots=True)
class Named:
    """The centre meant, and the atoms `start` to `end` that name it."""

    code: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Name:
    """A centre's name taken apart: its words, folded, and its number or letter; what stands in brackets is left out."""

    code: str
    words: tuple[str, ...]
    number: str | None
    numbered: float = NUMBER_IN_NAME
    """How much it says that the number was said: one that only the code has counts less."""


@dataclass(frozen=True, slots=True)
class _Match:
    score: float
    named: Named


def find_work_centre(atoms: list[Atom], centres: Iterable[WorkCentreRecord]) -> Named | None:
    """The one centre that is named; None where none is, or where several are equally likely."""
    centres = list(centres)
    return _by_code(atoms, centres) or _by_name(atoms, [_taken_apart(centre) for centre in centres])


def _by_code(atoms: Sequence[Atom], centres: list[WorkCentreRecord]) -> Named | None:
    """A code however it is cut: `KM-03`, `km 3`, `KM03`."""
    codes = {code: centre.code for centre in centres if len(code := _plain_code(centre.code)) >= SHORTEST_CODE}
    for start, atom in enumerate(atoms):
        said = ""
        for end in range(start, min(start + MOST_PIECES, len(atoms)) if atom.kind is Kind.WORD else start):
            if not (_joins(atoms[end]) or _is_piece(atoms[end])):
                break
            said += _plain_code(atoms[end].plain) if _is_piece(atoms[end]) else ""
            if said in codes and _is_piece(atoms[end]) and not _goes_on(atoms, end):
                return Named(codes[said], start, end + 1)
    return None


def _plain_code(code: str) -> str:
    """Letters and numbers alone, numbers without leading zeros."""
    pieces = re.findall(r"[a-z]+|\d+", latin(code))
    return "".join(piece.lstrip("0") or "0" if piece.isdigit() else piece for piece in pieces)


def _is_piece(atom: Atom) -> bool:
    """A word or number that no document's number holds; a firm's name may hold a code's letters, a date its number."""
    free = atom.taken in (None, "firm") or (atom.taken == "date" and atom.glued)
    return free and atom.kind in (Kind.WORD, Kind.NUMBER)


def _joins(atom: Atom) -> bool:
    return atom.kind is Kind.SIGN and atom.text in JOINING_SIGNS


def _goes_on(atoms: Sequence[Atom], end: int) -> bool:
    """Whether a longer code or number begins here: `PR-2` is not meant by `PR-2x`, nor `B2` by `B2-31`."""
    following = atoms[end + 1 : end + 3]
    if following and following[0].glued and following[0].kind in (Kind.WORD, Kind.NUMBER):
        return True
    dashed = len(following) == 2 and following[0].text == "-" and following[0].glued and following[1].glued
    return dashed and following[1].kind is Kind.NUMBER


def _taken_apart(centre: WorkCentreRecord) -> _Name:
    pieces = tokens(re.sub(r"\([^)]*\)", " ", centre.name))
    numbers = [piece.plain for piece in pieces if piece.kind is Kind.NUMBER]
    words = tuple(piece.fold for piece in pieces if piece.kind is Kind.WORD)
    if numbers:
        return _Name(centre.code, words, numbers[-1].lstrip("0"))
    if len(words) > 1 and len(words[-1]) == 1:
        return _Name(centre.code, words[:-1], words[-1])
    written = re.search(r"\d+$", centre.code)
    return _Name(centre.code, words, written[0].lstrip("0") if written else None, NUMBER_IN_CODE)


def _by_name(atoms: list[Atom], names: list[_Name]) -> Named | None:
    """The centre of which most is said at one place; a word that many centres share says little."""
    holders = Counter(word for name in names for word in set(name.words))
    weights = {word: math.log(1 + len(names) / count) for word, count in holders.items()}
    said = [_words_meant(atom, weights) for atom in atoms]
    behind = _numbers_behind(atoms)
    starts = [at for at, meant in enumerate(said) if meant]
    matches = [found for name in names for at in starts if (found := _match(said, at, name, weights, behind))]
    best = max(matches, key=lambda match: match.score, default=None)
    if best is None or any(match.score >= best.score - TIE for match in matches if match.named.code != best.named.code):
        return None
    return best.named


def _words_meant(atom: Atom, words: Iterable[str]) -> set[str] | None:
    """Words of names that an atom may be, in whatever script or spelling, the surest kind alone; None for a sign."""
    if _joins(atom):
        return None
    if atom.kind is not Kind.WORD or not _is_piece(atom) or (atom.worded and atom.noise):
        return set()
    folded = fold(atom.text)
    if folded in words:
        return {folded}
    bare = tamil_skeleton if is_tamil(atom.text) else skeleton
    bones = bare(atom.text)
    alike = {word for word in words if len(bones) >= SHORTEST_BONES and bare(word) == bones}
    return alike or {word for word in words if _nearly(folded, word)}


def _nearly(said: str, word: str) -> bool:
    return min(len(said), len(word)) >= SHORTEST_ALIKE and said[0] == word[0] and fuzz.ratio(said, word) >= ALIKE


def _match(
    said: list[set[str] | None],
    start: int,
    name: _Name,
    weights: dict[str, float],
    behind: dict[int, tuple[str, int, bool]],
) -> _Match | None:
    """What is said of the name from `start` on, in its order and with no stranger between, and the number behind it."""
    left, heard, end = name.words, [], start
    for at in range(start, len(said)):
        meant = said[at]
        if meant is None:
            continue
        word = next((word for word in left if word in meant), None)
        if word is None:
            break
        left = left[left.index(word) + 1 :]
        heard.append(word)
        end = at + 1
    score = sum(weights[word] for word in heard)
    number, last, counts = behind.get(end, (None, end, False))
    if number is not None and heard and not (counts and len(heard) == 1):
        return _Match(score + name.numbered, Named(name.code, start, last)) if number == name.number else None
    enough = len(heard) > 1 or len(name.words) == 1
    share = score / (sum(weights[word] for word in name.words) or 1)
    return _Match(score, Named(name.code, start, end)) if enough and share > HALF_ITS_NAME else None


def _numbers_behind(atoms: list[Atom]) -> dict[int, tuple[str, int, bool]]:
    """For each place the number or single letter right there, where it ends, and whether a unit makes it an amount."""
    verbs = {start for name, start, _ in find_cues(atoms) if name in ("running", "stopped")}
    grammar = vocabulary().grammar
    said_anyway = grammar["numbered"] | grammar["machine"]
    found: dict[int, tuple[str, int, bool]] = {}
    for at in range(len(atoms)):
        place = at
        while place < len(atoms) and (_joins(atoms[place]) or atoms[place].fold in said_anyway):
            place += 1
        if place == len(atoms) or atoms[place].taken is not None:
            continue
        atom = atoms[place]
        counts = place + 1 < len(atoms) and atoms[place + 1].unit is not None and place + 1 not in verbs
        letter = atom.kind is Kind.WORD and len(atom.plain) == 1 and atom.plain.isalpha()
        if atom.number is not None and not (atom.worded and atom.noise):
            found[at] = str(atom.number), place + 1, counts
        elif letter:
            found[at] = atom.plain, place + 1, False
    return found
