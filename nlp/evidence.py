"""How much each atom of the message speaks for each item: one matrix, atoms by candidate items.

Column 0 is the null item, goods that are not sold here: it competes for what no item explains.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from nlp.aliases import AliasHit
from nlp.atoms import Atom
from nlp.catalogue import DASHES, Catalogue, Rows, compact
from nlp.fold import is_size
from nlp.habits import Habit
from nlp.lookup import SAME_BONES, SYNONYM, similar_words
from nlp.plainness import says_plain
from nlp.quantities import joins_lines
from nlp.relative import direction
from nlp.sizes import INCH, Measure, is_inch_sign, pairs_in
from nlp.tokens import Kind
from nlp.vocabulary import Vocabulary, vocabulary

Scores = npt.NDArray[np.float32]

UNEXPLAINED_WORD, UNEXPLAINED_STRANGER, UNEXPLAINED_NUMBER, UNEXPLAINED_LETTER = -1.5, -1.1, -1.6, -0.6
CALLED_BY_IT = 0.5
MEASURE_AGREES, CALLED_SO, NUMBER_AGREES, MEASURE_DIFFERS, PRICE_AGREES = 2.0, 1.8, 1.6, -2.6, 0.8
PAIR_AGREES, TOGETHER = 1.7, 0.7
SIZE_WORD_AGREES, UNIT_PASSED_OVER = 1.0, -0.8
NULL_WORD, NULL_NUMBER = 0.12, -0.9
SKIP_WORD, SKIP_STRANGER, SKIP_NUMBER, SKIP_LETTER = -1.3, -0.7, -1.1, -0.3
BREAKS: Mapping[str, float] = {
    ",": -1.3,
    ";": -1.3,
    "\n": -2.6,
    ".": -0.8,
    "+": -0.5,
    "&": -0.5,
    "/": -0.2,
    "|": -0.1,
    "।": -0.9,
}
CLAUSE_SIGNS = frozenset(",;।")
OF_ITS_KIND = 0.6
"""What an alias says for its item's siblings: `tc` is the 250 ml, and `tc 2 l` the one of 2 l."""
PICTURE = -0.9
OTHER_SIGN, QUIET_SIGNS = -0.35, frozenset("-–—:=()[]'\"*_#₹@x×”″")
NOISE_AS_GOODS, JOINED_BY = 0.5, -0.8
COMPARED, SKIP_COMPARED = -0.4, -0.3
PLAINLY, SKIP_PLAIN = -0.5, -0.9
COMMON_WORD = 150
SHORTEST_HALF = 3
BEST_OF_COMMON = 100


@dataclass(slots=True)
class Evidence:
    """`text[a, c]` is what atom a says about candidate c; candidate c is catalogue row `rows[c - 1]`, c = 0 is null."""

    rows: Rows
    text: Scores
    skip: npt.NDArray[np.float64]
    content: npt.NDArray[np.bool_]
    column: dict[int, int]
    parts: list[bool]
    """Which atoms part clauses: commas, full stops, line breaks."""
    breaks: list[bool]
    """Which atoms are line breaks."""
    likeness: list[float]
    """How surely each atom is a word of the catalogue; 1 for what is no word."""

    def sku_columns(self, catalogue: Catalogue, skus: Iterable[str]) -> list[int]:
        found = (self.column.get(catalogue.row_of[sku]) for sku in skus if sku in catalogue.row_of)
        return [column for column in found if column is not None]


@dataclass(slots=True)
class Sparse:
    """What one atom says: items it speaks for (sorted) with weights, and what it costs all the others.

    Of the others, those `against` which it speaks (sorted) lose MEASURE_DIFFERS.
    """

    rows: Rows
    weights: Scores
    otherwise: float
    against: Rows | None = None


NO_ROWS: Rows = np.empty(0, dtype=np.int32)
NO_WEIGHTS: Scores = np.empty(0, dtype=np.float32)


def _word(atom: Atom, catalogue: Catalogue) -> tuple[Rows, Scores, float]:
    similar = similar_words(atom.goods, catalogue)[:8]
    if not similar:
        return _torn(atom, catalogue)
    rows, weights = [], []
    surely = [catalogue.words[word].worth for word, likeness in similar if likeness >= SYNONYM]
    for word, likeness in similar:
        entry = catalogue.words[word]
        worth = (
            min(surely) if likeness >= SYNONYM else entry.worth
        )  # `narkel` is as telling as coconut, if both are meant
        rows.append(entry.rows)
        weights.append(entry.weights * np.float32(worth * likeness))
    if len(rows) == 1:
        return rows[0], weights[0], similar[0][1]
    if max(map(len, rows)) > COMMON_WORD:
        return *_best_of_many(rows, weights, len(catalogue.items)), similar[0][1]
    return *_best_of(np.concatenate(rows), np.concatenate(weights)), similar[0][1]


def _best_of_many(rows: list[Rows], weights: list[Scores], size: int) -> tuple[Rows, Scores]:
    """The same as `_best_of` for long lists, without sorting them."""
    best = np.zeros(size, dtype=np.float32)
    for some, theirs in zip(rows, weights, strict=True):
        best[some] = np.maximum(best[some], theirs)
    found = np.flatnonzero(best).astype(np.int32)
    return found, best[found]


def _torn(atom: Atom, catalogue: Catalogue) -> tuple[Rows, Scores, float]:
    """Two words of names typed as one (`chamkibar`): what both say together."""
    word = atom.fold
    for at in range(len(word) - SHORTEST_HALF, SHORTEST_HALF - 1, -1):
        halves = [_exactly(half, catalogue) for half in (word[:at], word[at:])]
        if all(halves):
            rows = np.concatenate([catalogue.words[name].rows for names in halves for name in names])
            weights = np.concatenate(
                [
                    catalogue.words[name].weights * np.float32(catalogue.words[name].worth * SAME_BONES)
                    for names in halves
                    for name in names
                ]
            )
            unique, place = np.unique(rows, return_inverse=True)
            return unique.astype(np.int32), np.bincount(place, weights=weights).astype(np.float32), SAME_BONES
    return NO_ROWS, NO_WEIGHTS, 0.0


def _exactly(half: str, catalogue: Catalogue) -> list[str]:
    """The words of names that this part of a word is, by spelling or meaning."""
    if half in catalogue.words:
        return [half]
    return [other for other in vocabulary().groups.get(half, ()) if other in catalogue.words][:1]


def _best_of(rows: Rows, weights: Scores) -> tuple[Rows, Scores]:
    """Each row once, with its best weight."""
    order = np.lexsort((-weights, rows))
    rows, weights = rows[order], weights[order]
    first = np.ones(len(rows), dtype=np.bool_)
    first[1:] = rows[1:] != rows[:-1]
    return rows[first], weights[first]


def _rows_of(table: Mapping[object, Rows], key: object) -> Rows:
    return table.get(key, NO_ROWS)


def _measured(atoms: list[Atom], at: int, words: Vocabulary) -> tuple[str, Decimal] | None:
    value = atoms[at].number
    if value is None or at + 1 >= len(atoms):
        return None
    following = atoms[at + 1]
    concept = "INCH" if is_inch_sign(atoms, at + 1) else following.unit
    meaning = words.meanings.get(concept) if concept else None
    if meaning is None or meaning.measure is None:
        return None
    return meaning.measure, (value * meaning.amount).normalize()


def _number(atoms: list[Atom], at: int, catalogue: Catalogue, words: Vocabulary) -> Sparse:
    value = atoms[at].number or Decimal(0)
    bare = _rows_of(catalogue.numbers, value.normalize())  # type: ignore[arg-type]
    measure = _measured(atoms, at, words)
    if measure is not None:
        return _measure(measure, bare, catalogue)
    named = 0.0 if not _by_price(atoms, at) else CALLED_BY_IT if _makes_a_name(atoms, at + 1) else 1.0
    priced = _rows_of(catalogue.prices, value.normalize())  # type: ignore[arg-type]
    sized = NO_ROWS
    if value < 10:
        for dimension in ("g", "ml"):
            sized = np.concatenate([sized, _rows_of(catalogue.measures, (dimension, (value * 1000).normalize()))])  # type: ignore[arg-type]
    weights = np.concatenate(
        [
            np.full(len(bare), NUMBER_AGREES),
            np.full(len(priced), PRICE_AGREES + named),
            np.full(len(sized), SIZE_WORD_AGREES + (0.3 if value < 1 else 0.0)),
        ]
    ).astype(np.float32)
    rows, best = _best_of(np.concatenate([bare, priced, sized]), weights)
    return Sparse(rows, best, UNEXPLAINED_NUMBER)


def _measure(measure: Measure, bare: Rows, catalogue: Catalogue) -> Sparse:
    """What a number with its unit says; `3 inch` also means what is named in millimetres and called three inches."""
    agreeing = _rows_of(catalogue.measures, measure)  # type: ignore[arg-type]
    called = _rows_of(catalogue.nominal, measure)  # type: ignore[arg-type]
    weights = np.concatenate(
        [
            np.full(len(agreeing), MEASURE_AGREES),
            np.full(len(called), CALLED_SO),
            np.full(len(bare), NUMBER_AGREES * 0.7),
        ]
    )
    rows, best = _best_of(np.concatenate([agreeing, called, bare]), weights.astype(np.float32))
    differing = _rows_of(catalogue.dimensions, measure[0])  # type: ignore[arg-type]
    if measure[0] == INCH:
        differing = np.union1d(differing, catalogue.renamed)
    return Sparse(rows, best, UNEXPLAINED_NUMBER, against=differing)


def _together(atoms: list[Atom], catalogue: Catalogue) -> Iterator[tuple[int, Rows]]:
    """Places of words that follow another as in some names, with the items so named: `chana dal`, not dal and chana."""
    said = [at for at, atom in enumerate(atoms) if atom.wordlike and atom.number is None and atom.taken is None]
    for first, second in itertools.pairwise(said):
        if second - first > 1:
            continue
        for one, _ in similar_words(atoms[first].goods, catalogue)[:2]:
            for other, _ in similar_words(atoms[second].goods, catalogue)[:2]:
                rows = catalogue.neighbours.get((one, other))
                if rows is not None:
                    yield second, rows


def _pairs(atoms: list[Atom], catalogue: Catalogue) -> dict[int, Rows]:
    """By the place of each of two numbers that an `x` joins: the items of that size, where there are any.

    A size in feet or inches also means its nominal size in millimetres: `2x4` tiles are 600x1200, `12x18` 300x450.
    One in feet means its inches: a mattress of `6x3` is named 72x36.
    """
    found: dict[int, Rows] = {}
    said = [None if atom.worded else atom.number for atom in atoms]
    for (first, second), at, behind in pairs_in(atoms, said):
        if atoms[at].taken is not None or atoms[behind].taken is not None:
            continue
        for factor in (1, 300, 25, 12):
            rows = catalogue.pairs.get((first * factor, second * factor), NO_ROWS)
            if not len(rows):
                rows = catalogue.pairs.get((second * factor, first * factor), NO_ROWS)
            if len(rows):
                found[at] = found[behind] = rows
                break
    return found


def _of_size(said: Sparse, rows: Rows, catalogue: Catalogue) -> Sparse:
    """What a number of a pair says: for the items of that size, against those of another."""
    weights = np.full(len(rows), PAIR_AGREES, dtype=np.float32)
    kept = ~_among(said.rows, catalogue.paired)
    both, best = _best_of(np.concatenate([rows, said.rows[kept]]), np.concatenate([weights, said.weights[kept]]))
    return Sparse(both, best, said.otherwise, against=catalogue.paired)


def _makes_a_name(atoms: list[Atom], at: int) -> bool:
    """`60 wala`: the one of 60 ml as well as that of 60 rupees; what stands in a name is said more often."""
    return at < len(atoms) and atoms[at].fold in vocabulary().grammar["one"]


def _by_price(atoms: list[Atom], at: int) -> bool:
    before = atoms[at - 1] if at else None
    after = atoms[at + 1] if at + 1 < len(atoms) else None
    if before is not None and (before.text == "₹" or before.fold in ("rs", "mrp", "re")):
        return True
    return after is not None and (after.fold in vocabulary().grammar["price_named"] or after.text == "₹")


def _unit_alone(atoms: list[Atom], at: int, catalogue: Catalogue, words: Vocabulary) -> Sparse:
    """A unit that no number precedes: `kilo wali`, `jar`, `pouch`: part of the name, never held against an item."""
    atom = atoms[at]
    rows, weights, _ = _word(atom, catalogue)
    sized = is_size(atom.plain) and at + 1 < len(atoms) and atoms[at + 1].number is not None  # `M 10 L 20`
    after_number = at > 0 and atoms[at - 1].number is not None and not sized
    weights = np.minimum(weights, np.float32(0.5 if after_number else 1.6))
    meaning = words.meanings[atom.unit or ""]
    if not after_number and meaning.measure and (meaning.amount >= 1000 or meaning.measure == INCH):
        single = (meaning.measure, meaning.amount.normalize())
        one = np.union1d(_rows_of(catalogue.measures, single), _rows_of(catalogue.nominal, single))  # type: ignore[arg-type]
        rows = np.concatenate([rows, one]).astype(np.int32)
        weights = np.concatenate([weights, np.full(len(one), SIZE_WORD_AGREES, dtype=np.float32)])
        rows, weights = _best_of(rows, weights)
    passed_over = 0.0 if meaning.measure else UNIT_PASSED_OVER
    return Sparse(rows, weights, passed_over if after_number else -0.15)


def _sparse(atoms: list[Atom], at: int, catalogue: Catalogue, words: Vocabulary) -> tuple[Sparse, float, bool]:  # noqa: C901 - a case each
    """What the atom says, what skipping it costs, and whether it is content that must be explained."""
    atom = atoms[at]
    if atom.taken is not None:
        return Sparse(NO_ROWS, NO_WEIGHTS, -0.4), 0.0, False
    if atom.kind in (Kind.SIGN, Kind.BREAK):
        quiet = atom.text in QUIET_SIGNS or len(atom.text) > 1
        pictured = unicodedata.category(atom.text[0]) == "So"
        cost = BREAKS.get(atom.plain, 0.0 if quiet else PICTURE if pictured else OTHER_SIGN)
        return Sparse(NO_ROWS, NO_WEIGHTS, cost), 0.0, False
    if atom.number is not None and not atom.worded:
        return _number(atoms, at, catalogue, words), SKIP_NUMBER, True
    if atom.number is not None:
        return _spoken_number(atoms, at, catalogue, words)
    if atom.unit is not None:
        return _unit_alone(atoms, at, catalogue, words), -0.3, False
    rows, weights, likeness = _word(atom, catalogue)
    if atom.noise == "labels":
        return Sparse(NO_ROWS, NO_WEIGHTS, 0.0), 0.0, False
    if _goes_with_a_number(atoms, at):
        named = atom.plain in catalogue.spelled  # `takar` says what kind of number it is, whatever goods it resembles
        return (Sparse(rows, weights, 0.0) if named else Sparse(NO_ROWS, NO_WEIGHTS, 0.0)), 0.0, False
    if atom.noise is not None and catalogue.leads(atom.plain, atom.fold):
        return Sparse(rows, weights, -0.02), 0.0, False
    if atom.noise == "joiners":
        return Sparse(NO_ROWS, NO_WEIGHTS, JOINED_BY), 0.0, False
    if atom.noise is not None:
        if atom.plain in catalogue.spelled or _translated(atom, catalogue):
            return Sparse(rows, weights * np.float32(NOISE_AS_GOODS), -0.02), 0.0, False
        return Sparse(NO_ROWS, NO_WEIGHTS, -0.02), 0.0, False
    if direction(atom, words):  # `boro` compares what fits; only a name that says big is meant more than another
        said = Sparse(rows, weights, COMPARED) if likeness >= SYNONYM else Sparse(NO_ROWS, NO_WEIGHTS, COMPARED)
        return said, SKIP_COMPARED, True
    if says_plain(atom, words):
        return Sparse(rows, weights, PLAINLY), SKIP_PLAIN, True
    if len(atom.plain) <= 1 and atom.plain.isascii():
        quiet = atom.plain == "x"
        return (
            Sparse(rows, weights * np.float32(0.6), 0.0 if quiet else UNEXPLAINED_LETTER),
            0.0 if quiet else SKIP_LETTER,
            not quiet,
        )
    if not len(rows):
        return Sparse(rows, weights, UNEXPLAINED_STRANGER), SKIP_STRANGER, True
    return Sparse(rows, weights, UNEXPLAINED_WORD), SKIP_WORD, True


def _goes_with_a_number(atoms: list[Atom], at: int) -> bool:
    """`10 rupai`, `80 nambar`, `number 6`, `5 saal`: says what kind of number it is, and nothing of its own."""
    grammar, fold = vocabulary().grammar, atoms[at].fold
    before = at > 0 and atoms[at - 1].number is not None
    behind = at + 1 < len(atoms) and atoms[at + 1].number is not None
    if before and (fold in grammar["price_named"] or fold in grammar["years"]):
        return True
    return (before or behind) and fold in grammar["numbered"]


def _translated(atom: Atom, catalogue: Catalogue) -> bool:
    """A noise word that names goods of this catalogue in another language: `subah` where milk is of the morning."""
    return any(other in catalogue.words for other in vocabulary().groups.get(atom.fold, ()))


def _spoken_number(atoms: list[Atom], at: int, catalogue: Catalogue, words: Vocabulary) -> tuple[Sparse, float, bool]:
    """`das`, `do`, `bara`: a number and perhaps a word; a noise word among them may be skipped for little."""
    atom = atoms[at]
    said = _number(atoms, at, catalogue, words)
    if atom.noise and _measured(atoms, at, words) is None:
        said = Sparse(NO_ROWS, NO_WEIGHTS, UNEXPLAINED_NUMBER)
    rows, weights, likeness = _word(atom, catalogue) if " " not in atom.text else (NO_ROWS, NO_WEIGHTS, 0.0)
    if likeness >= SYNONYM and atom.plain in catalogue.spelled:
        both_rows, both = _best_of(np.concatenate([said.rows, rows]), np.concatenate([said.weights, weights]))
        said = Sparse(both_rows, both, said.otherwise, said.against)
    if atom.noise or atom.unit:
        said.otherwise = -0.3
        return said, -0.15, False
    return said, SKIP_NUMBER, True


def _code_hits(atoms: list[Atom], text: str, catalogue: Catalogue) -> dict[int, tuple[list[int], int]]:
    """Chunks between blanks that are an item's code: first atom to (all its atoms, row)."""
    hits: dict[int, tuple[list[int], int]] = {}
    at = 0
    while at < len(atoms):
        end = at + 1
        while (
            end < len(atoms) and atoms[end].glued and atoms[end].kind is not Kind.BREAK and atoms[end].text not in ",;"
        ):
            end += 1
        last = end
        while last > at + 1:
            row = catalogue.codes.get(compact(text[atoms[at].start : atoms[last - 1].end]))
            if row is not None and atoms[at].taken is None:
                hits[at] = (list(range(at, last)), row)
                break
            last -= 1
        at = end
    return hits


def gather(
    text: str,
    atoms: list[Atom],
    catalogue: Catalogue,
    words: Vocabulary,
    alias_hits: list[AliasHit],
    habits: Mapping[str, Habit],
    *,
    buyer: bool,
) -> Evidence:
    """The matrix for one message. Candidates: what the rarer words point at, aliases, and what this customer buys.

    To a `buyer` what is not sold (raw material, packing) is no candidate; on the floor it is.
    """
    said = [_sparse(atoms, at, catalogue, words) for at in range(len(atoms))]
    for at in each_as_many(atoms, words):
        said[at] = (Sparse(NO_ROWS, NO_WEIGHTS, UNEXPLAINED_NUMBER), SKIP_NUMBER, True)
    for at, sized in _pairs(atoms, catalogue).items():
        said[at] = (_of_size(said[at][0], sized, catalogue), *said[at][1:])
    codes = _code_hits(atoms, text, catalogue)
    rows = _pool(atoms, [sparse for sparse, _, _ in said], alias_hits, habits, catalogue, codes)
    if buyer:
        rows = rows[catalogue.sold[rows]]
        codes = {first: hit for first, hit in codes.items() if catalogue.sold[hit[1]]}
    matrix = np.zeros((len(atoms), len(rows) + 1), dtype=np.float32)
    for at, (sparse, _, content) in enumerate(said):
        _write(matrix[at], sparse, rows)
        matrix[at, 0] = _null(atoms[at], sparse, content=content)
    column = {int(row): at + 1 for at, row in enumerate(rows)}
    for at, together in _together(atoms, catalogue):
        matrix[at, 1 + _places(rows, together)] += TOGETHER
    _say_aliases(matrix, atoms, alias_hits, column, catalogue)
    for places, row in codes.values():
        for order, at in enumerate(places):
            matrix[at, column[row]] = max(matrix[at, column[row]], 4.0 if order == 0 else 0.3)
    skip = np.array([cost for _, cost, _ in said], dtype=np.float64)
    content_flags = np.array([flag for _, _, flag in said], dtype=np.bool_)
    likeness = [_likeness(atom, catalogue) for atom in atoms]
    for hit in alias_hits:
        for at, _ in hit.weights:
            likeness[at] = 1.0
    parts = [parts_clauses(atom) or joins_lines(atoms, at) for at, atom in enumerate(atoms)]
    breaks = [atom.kind is Kind.BREAK for atom in atoms]
    return Evidence(rows, matrix, skip, content_flags, column, parts, breaks, likeness)


def _say_aliases(
    matrix: Scores, atoms: list[Atom], hits: list[AliasHit], column: Mapping[int, int], catalogue: Catalogue
) -> None:
    """What aliases say for their items, and less for the siblings of these; which size is meant the number says."""
    for hit in hits:
        words = [(at, weight) for at, weight in hit.weights if atoms[at].number is None]
        for row in catalogue.siblings.get(hit.row, NO_ROWS):
            for at, weight in words:
                if not direction(atoms[at], vocabulary()):
                    matrix[at, column[int(row)]] = max(matrix[at, column[int(row)]], weight * OF_ITS_KIND)
        for at, weight in hit.weights:
            matrix[at, column[hit.row]] = max(matrix[at, column[hit.row]], weight)


def each_as_many(atoms: list[Atom], words: Vocabulary) -> Iterator[int]:
    """The two numbers of `dono 5-5`: behind a word for all of several goods, an amount and part of no name."""
    for at in range(1, len(atoms) - 2):
        first, sign, second = atoms[at : at + 3]
        same = first.number is not None and first.number == second.number and sign.text in DASHES
        if same and any(before.fold in words.each for before in atoms[max(0, at - 2) : at]):
            yield at
            yield at + 2


def _write(line: Scores, sparse: Sparse, rows: Rows) -> None:
    """One atom's words for and against each candidate, into its line of the matrix."""
    line[1:] = sparse.otherwise
    if sparse.against is not None:
        line[1 + _places(rows, sparse.against)] = MEASURE_DIFFERS
    if len(sparse.rows):
        place = np.minimum(np.searchsorted(sparse.rows, rows), len(sparse.rows) - 1)
        spoken = sparse.rows[place] == rows
        line[1:][spoken] = sparse.weights[place[spoken]]


def parts_clauses(atom: Atom) -> bool:
    return atom.kind is Kind.BREAK or atom.text in CLAUSE_SIGNS


def _likeness(atom: Atom, catalogue: Catalogue) -> float:
    if not atom.wordlike or atom.number is not None or atom.noise or atom.taken:
        return 1.0
    similar = similar_words(atom.goods, catalogue)
    return similar[0][1] if similar else _torn(atom, catalogue)[2]


def _null(atom: Atom, sparse: Sparse, *, content: bool) -> float:
    if atom.number is not None and not atom.worded:
        return NULL_NUMBER
    if content and atom.wordlike:
        return NULL_WORD if len(atom.plain) > 1 else -0.1
    return sparse.otherwise


def _places(rows: Rows, wanted: Rows) -> npt.NDArray[np.intp]:
    return np.flatnonzero(_among(rows, wanted))


def _among(rows: Rows, wanted: Rows) -> npt.NDArray[np.bool_]:
    """Which of the rows are among the wanted, which are sorted: a look-up each, however many are wanted."""
    if not len(wanted):
        return np.zeros(len(rows), dtype=np.bool_)
    place = np.minimum(np.searchsorted(wanted, rows), len(wanted) - 1)
    found: npt.NDArray[np.bool_] = wanted[place] == rows
    return found


def _pool(
    atoms: list[Atom],
    said: list[Sparse],
    alias_hits: list[AliasHit],
    habits: Mapping[str, Habit],
    catalogue: Catalogue,
    codes: Mapping[int, tuple[list[int], int]],
) -> Rows:
    chosen: list[Rows] = [np.array([hit.row for hit in alias_hits], dtype=np.int32)]
    chosen += [catalogue.siblings[hit.row] for hit in alias_hits if hit.row in catalogue.siblings]
    chosen.append(np.array([row for _, row in codes.values()], dtype=np.int32))
    chosen.append(np.array([catalogue.row_of[sku] for sku in habits], dtype=np.int32))
    wordy: list[Sparse] = []
    for atom, sparse in zip([*atoms, None], [*said, None], strict=True):
        if atom is None or sparse is None or atom.kind is Kind.BREAK:
            chosen.append(_best_rows(wordy, len(catalogue.items)))
            wordy = []
        elif len(sparse.rows):
            if atom.number is None and len(sparse.rows) <= COMMON_WORD:
                chosen.append(sparse.rows)
            wordy.append(sparse)
    return np.unique(np.concatenate(chosen))


def _best_rows(said: list[Sparse], size: int) -> Rows:
    """Of items that only common words and numbers of one line point at, those that most of them point at."""
    if not said:
        return NO_ROWS
    total = np.zeros(size, dtype=np.float32)
    for sparse in said:
        total[sparse.rows] += sparse.weights
    rows = np.flatnonzero(total).astype(np.int32)
    if len(rows) <= BEST_OF_COMMON:
        return rows
    return rows[np.argpartition(-total[rows], BEST_OF_COMMON)[:BEST_OF_COMMON]]
