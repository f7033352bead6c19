"""Finding the speaker's and everyone's names for items in the message, spelling slips allowed."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz.distance import DamerauLevenshtein

from nlp.atoms import Atom
from nlp.atoms import atoms as to_atoms
from nlp.catalogue import Catalogue
from nlp.fold import script, skeleton
from nlp.quantities import MEASURES
from nlp.relative import direction
from nlp.slips import swapped
from nlp.tokens import Kind, tokens
from nlp.values import AliasRecord, ItemRecord
from nlp.vocabulary import Role, UnitMeaning, Vocabulary, vocabulary

OWN, EVERYONES = 2.7, 2.3
OWN_KIN = 1.8
"""What a name taught for another size says: less than the name itself."""
SAME_SPELLING, SAME_FOLD, SIMILAR = 2, 1, 0
SHORTEST_HASTY, SHORTEST_GOODS = 3, 4
NUMBER_SHARE, NOISE_SHARE, LETTER_SHARE = 0.75, 0.2, 0.5


LEAST_CODE = 100
"""A smaller number before a word that also is a unit is an amount of it."""


@dataclass(frozen=True, slots=True)
class AliasHit:
    """An alias found at atoms `start` to `end`: the item it names and what each atom contributes."""

    start: int
    end: int
    row: int
    uom: str | None
    own: bool
    likeness: int
    weights: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class _Name:
    alias: AliasRecord
    parts: tuple[Atom, ...]


def _same(said: Atom, named: Atom) -> bool:
    if named.number is not None and said.number is not None:
        return said.number == named.number
    if said.fold == named.fold:
        return True
    if not (said.wordlike and named.wordlike) or named.noise or named.number is not None:
        return False
    if len(skeleton(named.fold)) >= 3 and skeleton(said.fold) == skeleton(named.fold):
        return True
    return _hasty(said.plain, named.plain) or _a_slip_apart(said.fold, named.fold) or _swapped(said.plain, named.plain)


def _a_slip_apart(said: str, named: str) -> bool:
    long = min(len(said), len(named)) >= 5
    return long and said[0] == named[0] and DamerauLevenshtein.distance(said, named, score_cutoff=1) <= 1


def _swapped(said: str, named: str) -> bool:
    return len(said) == len(named) >= 4 and said in swapped(named)


def _hasty(said: str, named: str) -> bool:
    """Typed with some of its vowels left out: `nla` for `neela`."""
    rest = iter(named)
    return SHORTEST_HASTY <= len(said) < len(named) and _bones(said) == _bones(named) and all(c in rest for c in said)


def _bones(word: str) -> str:
    return "".join(char for char in word if char not in "aeiouy")


def _likeness(said: Atom, named: Atom) -> int:
    if said.plain == named.plain or (said.number is not None and said.number == named.number):
        return SAME_SPELLING
    return SAME_FOLD if said.fold == named.fold else SIMILAR


def _match(atoms: list[Atom], at: int, parts: tuple[Atom, ...]) -> list[int] | None:
    """The places of the alias's words from `at` on; dashes and particles in between do not disturb."""
    places: list[int] = []
    for number, part in enumerate(parts):
        while number and at < len(atoms) and atoms[at].text in ("-", "/", "'", "ka", "ki", "ke", "."):
            if _same(atoms[at], part):
                break
            at += 1
        if at >= len(atoms) or atoms[at].taken is not None or not _same(atoms[at], part):
            return None
        places.append(at)
        at += 1
    return places


def found_from(atoms: list[Atom], parts: tuple[Atom, ...]) -> Iterator[list[int]]:
    """The places of some words wherever they stand one behind the other."""
    for at, atom in enumerate(atoms):
        if atom.wordlike and atom.taken is None and _same(atom, parts[0]):
            places = _match(atoms, at, parts)
            if places is not None:
                yield places


def _weight(atom: Atom, base: float, *, alone: bool) -> float:
    if atom.number is not None:
        return base * NUMBER_SHARE
    if atom.noise is not None and not alone:
        return base * NOISE_SHARE
    if len(atom.plain) == 1 and not alone:
        return base * LETTER_SHARE
    return base


def _telling(places: list[int], atoms: list[Atom]) -> int | None:
    """The one word that tells what is meant, if all others only stand with it: the `bukhar` of `bukhar wali`."""
    words = [place for place in places if atoms[place].noise != "particles"] or places
    noisy = all(atoms[place].noise is not None and atoms[place].number is None for place in words)
    return words[0] if len(places) == 1 or (noisy and len(words) == 1) else None


def find_aliases(atoms: list[Atom], aliases: tuple[AliasRecord, ...], catalogue: Catalogue) -> list[AliasHit]:
    """All aliases in the message, without those inside a longer one or spelled less like the words they cover."""
    names = _names(aliases)
    found: list[AliasHit] = []
    for at, atom in enumerate(atoms):
        for name in _starting(names, atom):
            places = _match(atoms, at, name.parts)
            row = catalogue.row_of.get(name.alias.sku)
            if places is None or row is None:
                continue
            own = name.alias.customer is not None
            base = OWN if own else EVERYONES
            telling = _telling(places, atoms)
            weights = tuple((place, _weight(atoms[place], base, alone=place == telling)) for place in places)
            alike = min(_likeness(atoms[place], part) for place, part in zip(places, name.parts, strict=True))
            found.append(AliasHit(at, places[-1] + 1, row, name.alias.uom, own, alike, weights))
    kept = [hit for hit in found if not any(_inside(hit, other) for other in found)]
    return sorted([*kept, *_shortened(atoms, kept, aliases, catalogue)], key=lambda hit: hit.start)


def _shortened(
    atoms: list[Atom], hits: list[AliasHit], aliases: tuple[AliasRecord, ...], catalogue: Catalogue
) -> Iterator[AliasHit]:
    """The speaker's name for a sibling without the word both share: the `bada` of `eclair chhota 10 bada 5`.

    It stands right behind the amount of the item named before, and says in one word that compares what differs.
    """
    own = [(parts_of(alias.phrase), alias) for alias in aliases if alias.customer is not None]
    covered = {at for hit in hits for at in range(hit.start, hit.end)}
    for at, atom in enumerate(atoms):
        if at in covered or not direction(atom, vocabulary()):
            continue
        before = max((hit for hit in hits if hit.own and hit.end <= at), key=lambda hit: hit.end, default=None)
        if before is None or not _only_an_amount(atoms[before.end : at]):
            continue
        shared = [part for part in atoms[before.start : before.end] if part.wordlike][:1]
        for parts, alias in own:
            row = catalogue.row_of.get(alias.sku)
            if row is None or row == before.row or len(parts) != 2 or not shared:
                continue
            if _same(shared[0], parts[0]) and _same(atom, parts[1]):
                yield AliasHit(at, at + 1, row, alias.uom, own=True, likeness=SAME_FOLD, weights=((at, OWN),))


def _only_an_amount(between: list[Atom]) -> bool:
    """A number, with its unit and what joins two goods at most."""
    counted = [atom for atom in between if atom.number is not None]
    joined = (atom for atom in between if atom.number is None and atom.unit is None)
    return len(counted) == 1 and all(atom.noise is not None or atom.text in ",-" for atom in joined)


def are_no_units(atoms: list[Atom], hits: Iterable[AliasHit], words: Vocabulary) -> None:
    """A word taught as a name is that name where it only resembles a unit (`kemu` is no case) or begins a longer name.

    In `6 patti kilo 20` of who calls tea `patti kilo`, none is bought by the strip.
    """
    for hit in hits:
        if hit.likeness >= SAME_FOLD:
            for place, _ in hit.weights:
                atom = atoms[place]
                begins = place == hit.start < hit.end - 1
                if atom.unit and ((begins and atom.unit not in MEASURES) or not _is_spelled_unit(atom, words)):
                    atom.unit = None


def _is_spelled_unit(atom: Atom, words: Vocabulary) -> bool:
    return words.units.get_spelled(atom.plain, script(atom.text)) is not None


def names_are_no_units(atoms: list[Atom], catalogue: Catalogue, words: Vocabulary) -> None:
    """A word that names goods here, or only resembles a unit, is no unit in which nothing here is sold.

    `2205 tan 3` is no ton, and `40 trav` (travertine) no tray. Nor is it one in which none of the goods it names is
    sold, with their number before it: in `1010 MT 20` MT is matt where nothing matt is sold by the ton.
    """
    for before, atom in zip([None, *atoms], atoms, strict=False):
        if atom.unit is None:
            continue
        meaning, named = words.meanings[atom.unit], atom.plain in catalogue.spelled
        if not catalogue.sells_by(meaning):
            none = named or Role.UNIT not in words.roles(atom.text)
        else:
            none = named and before is not None and _is_named(before, atom, meaning, catalogue)
        if none:
            atom.unit = None


def _is_named(before: Atom, atom: Atom, meaning: UnitMeaning, catalogue: Catalogue) -> bool:
    """The number and the word stand in one name, and nothing with that word in its name is sold or measured so."""
    entry = catalogue.words.get(atom.fold)
    if entry is None or before.number is None or before.number < LEAST_CODE:
        return False
    # Names are cut into words last, and as few as settle it: a word may stand in a hundred thousand.
    numbered = catalogue.numbers.get(before.number.normalize())
    if numbered is None:
        return False
    if not _any_spelled(atom.plain, numbered[np.isin(numbered, entry.rows, kind="table")], catalogue):
        return False
    units = {*meaning.exact, *meaning.loose, *((meaning.of,) if meaning.of else ())}
    in_it = (
        row
        for row in entry.rows
        if any(name == meaning.measure for name, _ in catalogue.features[row].measures)
        or units & set(catalogue.ladders.get(catalogue.items[row].sku, ()))
    )
    return not _any_spelled(atom.plain, in_it, catalogue)


def _any_spelled(plain: str, rows: Iterable[int], catalogue: Catalogue) -> bool:
    """Whether one of these rows is sold (no `case 5 ply` that cases come from) and has the word, spelled so, in it."""
    return any(catalogue.sold[row] and plain in described(catalogue.items[row]) for row in rows)


def described(item: ItemRecord) -> frozenset[str]:
    """The words of an item's name as they are spelled."""
    return frozenset(token.plain for token in tokens(item.name) if token.kind is Kind.WORD)


def names_are_no_noise(atoms: list[Atom], catalogue: Catalogue, words: Vocabulary) -> None:
    """A word of a name is no noise that only folds like it: `pine` is wood, and no `pinne`, which joins in Tamil."""
    for atom in atoms:
        spelled = words.noise.get_spelled(atom.plain, script(atom.text))
        if atom.noise and atom.number is None and spelled is None and atom.plain in catalogue.spelled:
            atom.noise = None


def are_goods(atoms: list[Atom], catalogue: Catalogue, words: Vocabulary) -> None:
    """A word that only resembles a unit and has a number behind it is goods if a name has it or begins so.

    `metro 400`, `20 chakka 15`.
    """
    for atom, behind in itertools.pairwise(atoms):
        if (
            behind.number is None
            or atom.unit is None
            or words.roles(atom.text).get(Role.UNIT) is not None
            or len(atom.fold) < SHORTEST_GOODS
        ):
            continue
        if atom.fold in catalogue.words or any(True for _ in catalogue.starting_with(atom.fold)):
            atom.unit = None


def _inside(hit: AliasHit, other: AliasHit) -> bool:
    if hit.start < other.start or other.end < hit.end:
        return False
    if other.end - other.start > hit.end - hit.start:
        return True
    return (other.likeness, other.own) > (hit.likeness, hit.own)


def _names(aliases: tuple[AliasRecord, ...]) -> dict[str, list[_Name]]:
    """Aliases by a key of their first word that survives misspelling: its first letter, or the number."""
    names: dict[str, list[_Name]] = defaultdict(list)
    for alias in aliases:
        parts = parts_of(alias.phrase)
        if parts:
            names[_key(parts[0])].append(_Name(alias, parts))
    return names


@lru_cache(maxsize=100_000)
def parts_of(phrase: str) -> tuple[Atom, ...]:
    """The words and numbers of a phrase; the same few phrases come with every message of a customer."""
    return tuple(atom for atom in to_atoms(tokens(phrase), vocabulary()) if atom.kind in (Kind.WORD, Kind.NUMBER))


def _key(atom: Atom) -> str:
    return str(atom.number.normalize()) if atom.number is not None else atom.fold[:1]


def _starting(names: dict[str, list[_Name]], atom: Atom) -> list[_Name]:
    found = list(names.get(_key(atom), ()))
    if atom.number is not None and atom.wordlike:
        found += names.get(atom.fold[:1], ())
    return found
