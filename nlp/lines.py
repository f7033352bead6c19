"""From the winning segments to order lines: is the item settled, is the unit, is the amount, or is it asked.

What would be wrong if posted must not be `matched`: each doubt found here turns the line into a question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from nlp.aliases import AliasHit
from nlp.alike import alike
from nlp.atoms import Atom
from nlp.catalogue import Catalogue
from nlp.evidence import Evidence, Scores
from nlp.fold import is_size
from nlp.habits import Habit
from nlp.joined import single
from nlp.lookup import may_be_one_of, similar_words
from nlp.marks import letter_marks, numbers_of, said_number
from nlp.plainness import plainest
from nlp.prices import AskedPrice
from nlp.relative import direction, furthest
from nlp.search import Segment
from nlp.tokens import Kind, tokens
from nlp.units import Fit, Resolved, resolve
from nlp.values import Candidate, Doubt, ItemRecord, Part, ReadLine, Status, UomRecord
from nlp.vocabulary import Role, Vocabulary

NAMED, OTHER_SIZE = "an alias names it", "the goods of the line before in the other size"
TIE = 0.75
"""Items whose words fit the text within this margin of the best one cannot be told apart by the text."""
NEARLY_ALWAYS, MOSTLY = 0.95, 0.75
ENOUGH_ORDERS = 1
SEALED = frozenset(
    {
        "CASE",
        "BOX",
        "CRATE",
        "PKT",
        "POUCH",
        "SET",
        "PCS",
        "TIN",
        "CAN",
        "BKT",
        "DRUM",
        "JAR",
        "BTL",
        "TUBE",
        "KIT",
        "PAIR",
    }
)
APART = frozenset({"-", "–", "—", "=", ":", "---", "--", "|"})
MOST_CANDIDATES = 10
SURE_WORD, CLEARLY_CLOSER, CLEARLY_BETTER = 0.8, 0.2, 0.4
SETTLED = 0.8
"""A line whose text says less than this about its item is never posted."""


@dataclass(slots=True)
class Found:
    """One line in the making, with everything the vetoes want to see."""

    segment: Segment
    text: Scores
    best: float
    ties: list[int]
    chosen: int | None
    why: str
    doubts: list[Doubt] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    leaning: bool = False
    """The item was settled by what a heading or the line before says."""
    confidence: float = 0.0
    unknown: bool = False
    unusual: bool = False
    """Matched, but to be shown as an amount this customer does not usually take."""
    quantity: Decimal | None = None
    uom: str | None = None
    free: Decimal | None = None
    price: Decimal | None = None
    strange: list[int] = field(default_factory=list)

    def doubt(self, doubt: Doubt, why: str) -> None:
        if doubt not in self.doubts:
            self.doubts.append(doubt)
        self.notes.append(f"{doubt.value}: {why}")


@dataclass(frozen=True, slots=True)
class Before:
    """What the line before has said: its words' favour for each candidate, and the category of its item.

    With a `heading` the words are those of the heading above the lines (`Ankle legging black` over `XL 3`, `L 2`).
    """

    words: Mapping[int, float]
    category: str
    chosen: int | None = None
    end: int = 0
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What deciding needs to know besides the segment."""

    text: str
    atoms: list[Atom]
    evidence: Evidence
    catalogue: Catalogue
    words: Vocabulary
    habits: Mapping[str, Habit]
    hits: list[AliasHit]

    def item(self, column: int) -> ItemRecord:
        return self.catalogue.items[int(self.evidence.rows[column - 1])]

    def sku(self, column: int) -> str:
        return self.item(column).sku

    def category(self, column: int) -> str:
        return self.item(column).category

    def name_words(self, column: int) -> frozenset[str]:
        """The words of the item's name without its numbers, units and sizes."""
        item = self.item(column)
        return frozenset(
            token.fold
            for token in tokens(item.name)
            if token.kind is Kind.WORD and not is_size(token.plain) and Role.UNIT not in self.words.roles(token.text)
        )

    def habit(self, column: int) -> Habit | None:
        return self.habits.get(self.sku(column))

    def active(self, column: int) -> bool:
        return bool(self.catalogue.active[int(self.evidence.rows[column - 1])])


def own_atoms(segment: Segment) -> list[int]:
    quantity = segment.quantity
    places = range(segment.start, segment.end)
    if quantity is None:
        return list(places)
    return [at for at in places if not quantity.start <= at < quantity.end]


def decide(segment: Segment, setting: Setting, before: Before | None = None) -> Found:
    """The line of one segment with its item, unit and amount as far as they are settled, and every doubt."""
    places = own_atoms(segment)
    text: Scores = (
        setting.evidence.text[places].sum(axis=0)
        if places
        else np.zeros(setting.evidence.text.shape[1], dtype=np.float32)
    )
    scores = text[1:]
    best = float(scores.max()) if len(scores) else 0.0
    said = _said_words(places, setting)
    ties = [int(at) + 1 for at in np.flatnonzero(scores >= best - TIE)] if len(scores) else []
    ties = _by_themselves(ties, said, setting)
    named = _named_by_alias(segment, places, ties, setting)
    fitting = _sold_by(ties, segment, setting)
    chosen, why = (named, NAMED) if named is not None else _choose(fitting, text, said, setting)
    leaning = False
    compared = [at for at in places if _compares(at, ties, setting)] if named is None else []
    if compared and (end := _at_the_end(compared, ties, setting)) is not None:
        chosen, why = end, "of those that fit, the one of the size said"
    elif chosen is None or not _is_at_that_end(compared, chosen, places, setting):
        compared = []
    if named is None and places and before is not None and _only_sizes(places, before.end, setting):
        sibling = _sibling(ties, text, setting, before)
        if sibling is not None:
            chosen, why, leaning = sibling, "the goods of the line before in another size", True
    other = _other_size(places, setting, before) if before is not None and best <= 0.0 else None
    if other is not None:
        ties, chosen, why, leaning = [other], other, OTHER_SIZE, True
        compared = places
    if chosen is None and before is not None and (before.words or before.chosen is not None):
        chosen, why = _with_line_before(ties, text, said, setting, before, why)
        leaning = chosen is not None
    if chosen is not None and (richer := _richer(chosen, places, setting)) is not None:
        chosen, why = richer, "the variant that is said"
    found = Found(segment, text, best, ties, chosen, why, leaning=leaning)
    found.strange = [
        at for at in places if setting.evidence.content[at] and at not in compared and _unexplained(at, found, setting)
    ]
    _judge_item(found, places, setting)
    _judge_amount(found, setting)
    return found


def _named_by_alias(segment: Segment, places: list[int], ties: list[int], setting: Setting) -> int | None:
    """The item of the one alias that covers all that is said about the item; its owner's before everyone's."""
    content = {at for at in places if setting.evidence.content[at]}
    for own in (True, False):
        rows = {
            hit.row
            for hit in setting.hits
            if hit.own is own
            and {at for at, _ in hit.weights} <= {*places}  # in `washer 16` the 16 may be the amount
            and segment.start <= hit.start
            and hit.end <= segment.end
            and content <= {at for at, _ in hit.weights}
        }
        columns = [setting.evidence.column[row] for row in rows]
        if len(columns) == 1 and columns[0] in ties:
            others = [column for column in ties if column != columns[0] and setting.habit(column)]
            if own or not others or setting.habit(columns[0]):
                return columns[0]
    return None


def _sold_by(ties: list[int], segment: Segment, setting: Setting) -> list[int]:
    """Of items that fit equally those sold by the unit said: `500 8 crate` is no milk powder.

    A unit that means just that comes before one that may mean another: `Levovin 20 box` is no syrup by the case.
    Of several that this customer buys, the one he has ever taken by that unit: board by the bundle, MDF by the sheet.
    """
    unit = segment.quantity.unit if segment.quantity is not None else None
    if unit is None:
        return ties
    fits: dict[int, Fit] = {}
    units: dict[int, str | None] = {}
    for column in ties:
        item, habit = setting.item(column), setting.habit(column)
        ladder, usual = setting.catalogue.ladders.get(item.sku, {}), habit.usual_uom if habit else None
        resolved = resolve(unit, item, ladder, setting.words, usual)
        usually = resolved.fit is Fit.LOOSE and resolved.uom == usual and unit != "PCS"  # which may count anything
        units[column] = resolved.uom
        fits[column] = Fit.EXACT if usually or resolved.fit is Fit.SCALED else resolved.fit
    for wanted in ({Fit.EXACT}, {Fit.EXACT, Fit.LOOSE}):
        fitting = [column for column in ties if fits[column] in wanted]
        if _orders(fitting, setting):
            ever = [column for column in fitting if _ever_in(column, units[column], setting)]
            return ever if len(ever) == 1 else fitting
    return ties


def _by_themselves(ties: list[int], said: Set[str], setting: Setting) -> list[int]:
    """Without goods sold together with others that nobody speaks of, unless just those are bought."""
    if not 1 < len(ties) <= MOST_CANDIDATES:
        return ties
    kept = single({column: setting.item(column) for column in ties}, said, setting.words)
    return kept if _orders(kept, setting) or not _orders(ties, setting) else ties


def _ever_in(column: int, uom: str | None, setting: Setting) -> bool:
    """Whether this customer has ever taken the item by that unit."""
    habit = setting.habit(column)
    return habit is not None and any(code == uom for code, _ in habit.uoms)


def _choose(ties: list[int], text: Scores, said: Set[str], setting: Setting) -> tuple[int | None, str]:
    """The one item meant, if text and habit leave no other; else None and why."""
    if not ties:
        return None, "no item fits"
    if len(ties) == 1:
        return ties[0], "the text fits one item only"
    plain = _plain(ties, setting) or _plain([column for column in ties if setting.habit(column)], setting)
    if plain is not None and _is_meant([plain], ties, said, setting):
        return plain, "of those that fit, the one without further words"
    one_kind = len({setting.category(column) for column in ties}) == 1
    unmarked = _unmarked(ties, said, setting) if one_kind else ties
    if len(unmarked) < len(ties) and _is_meant(unmarked, ties, said, setting):
        return _choose(unmarked, text, said, setting)
    items = {column: setting.item(column) for column in ties}
    taken = {column: item for column, item in items.items() if setting.habit(column)}
    kindless = plainest(items, said, setting.words) or plainest(taken, said, setting.words)
    if kindless is not None and setting.habit(kindless) and setting.active(kindless):
        return kindless, "of those that fit, the one of no further kind"
    bought = [(column, habit.orders) for column in ties if (habit := setting.habit(column)) and setting.active(column)]
    if not bought:
        return None, f"{len(ties)} items fit, none bought before"
    bought.sort(key=lambda pair: -pair[1])
    top, orders = bought[0]
    share = orders / sum(count for _, count in bought)
    if (len(bought) == 1 or share >= NEARLY_ALWAYS) and orders >= ENOUGH_ORDERS:
        better = [column for column in ties if float(text[column]) > float(text[top]) + CLEARLY_BETTER]
        if not better or _says_as_much(top, better, said, setting):
            return top, "of those that fit, the one this customer buys"
    best = max(float(text[column]) for column in ties)
    closest = [column for column in ties if float(text[column]) > best - CLEARLY_CLOSER]
    if len(closest) < len(ties) and _orders(closest, setting):
        chosen, _ = _choose(closest, text, said, setting)
        if chosen is not None:
            return chosen, "of those that fit best, the one this customer buys"
    return None, f"{len(ties)} items fit, {len(bought)} of them bought"


def _says_as_much(column: int, others: list[int], said: Set[str], setting: Setting) -> bool:
    """No word of the text speaks for the others and not for this one: what they are ahead by is but word order."""
    words = [
        {word for word in setting.catalogue.features[int(setting.evidence.rows[place - 1])].words if word in said}
        for place in (column, *others)
    ]
    return all(other <= words[0] for other in words[1:])


def _compares(at: int, ties: list[int], setting: Setting) -> bool:
    """A word like `chota` that no item that fits is named with."""
    spoken = any(float(setting.evidence.text[at, column]) > 0.5 for column in ties)
    return not spoken and direction(setting.atoms[at], setting.words) != 0


def _at_the_end(compared: list[int], ties: list[int], setting: Setting) -> int | None:
    """The smallest or the largest of those that fit: of those this customer buys, or of all if he buys it or none."""
    ways = {direction(setting.atoms[at], setting.words) for at in compared}
    kinds = {setting.category(column) for column in ties}, {setting.name_words(column) for column in ties}
    if len(ways) > 1 or len(ties) > MOST_CANDIDATES or all(len(kind) > 1 for kind in kinds):
        return None
    bought = [column for column in ties if setting.habit(column) and setting.active(column)]
    pool = bought if len(bought) > 1 else [column for column in ties if setting.active(column)]
    column_of = {int(setting.evidence.rows[column - 1]): column for column in pool}
    end = furthest(list(column_of), setting.catalogue, ways.pop())
    if end is None or (bought and column_of[end] not in bought):
        return None
    return column_of[end]


def _is_at_that_end(compared: list[int], column: int, places: list[int], setting: Setting) -> bool:
    """`paste bada 200`: the number says which one, and it is the largest of its kind that this customer buys."""
    row = int(setting.evidence.rows[column - 1])
    ways = {direction(setting.atoms[at], setting.words) for at in compared}
    sized = any(setting.atoms[at].number is not None and setting.evidence.text[at, column] >= 1.0 for at in places)
    if len(ways) != 1 or not sized:
        return False
    kind = [int(one) for one in setting.catalogue.siblings.get(row, ()) if setting.catalogue.active[int(one)]]
    bought = [one for one in kind if setting.catalogue.items[one].sku in setting.habits]
    way = ways.pop()
    return row in (furthest(bought, setting.catalogue, way), furthest(kind, setting.catalogue, way))


def _is_meant(plain: list[int], ties: list[int], said: Set[str], setting: Setting) -> bool:
    """Whether what is named without further words is meant: mostly bought, or bought at all and called by its name."""
    orders = _orders(plain, setting)
    if orders >= MOSTLY * _orders(ties, setting):
        return True
    return orders > 0 and all(_is_called(column, said, setting) for column in plain)


def _is_called(column: int, said: Set[str], setting: Setting) -> bool:
    """The text says the item's brand, or the first word of its name: `Suhana`, and not just `emulsion`."""
    item = setting.item(column)
    maker = {token.fold for token in tokens(item.brand)}
    words = [token.fold for token in tokens(item.name) if token.kind is Kind.WORD]
    return bool(said & {*maker, *words[:1], *[word for word in words if word not in maker][:1]})


def _plain(ties: list[int], setting: Setting) -> int | None:
    """The item whose name all the others that fit only add words to: `Kanak`, beside `Kanak Super` and `Kanak Gold`."""
    if not 1 < len(ties) <= MOST_CANDIDATES:
        return None
    items = {column: setting.item(column) for column in ties}
    words = {
        column: {token.fold for token in tokens(item.name) if token.kind in (Kind.WORD, Kind.NUMBER)}
        for column, item in items.items()
    }
    least = min(ties, key=lambda column: len(words[column]))
    fewer = all(
        words[least] < words[column]
        and setting.name_words(column) > setting.name_words(least)  # more of the name, and not another size
        and items[least].category == items[column].category
        for column in ties
        if column != least
    )
    return least if fewer and setting.active(least) else None


def _unmarked(ties: list[int], said: Set[str], setting: Setting) -> list[int]:
    """Those with the fewest words for a variant (`Gold`, `Plus`) that the text does not say."""
    marks, letters = {}, {}
    for column in ties:
        item = setting.item(column)
        words = {token.fold for token in tokens(item.name) if token.kind is Kind.WORD}
        letters[column] = letter_marks(item.name) - said
        marks[column] = len((words & setting.words.variants) - said)
    if all(_is_all_said(column, said, setting) for column in ties if not letters[column]) or _are_told_apart(
        letters, setting
    ):
        marks = {column: marks[column] + len(letters[column]) for column in ties}
    least = min(marks.values())
    return [column for column in ties if marks[column] == least]


def _is_all_said(column: int, said: Set[str], setting: Setting) -> bool:
    """Every number of the item's name is said: `Telmavin 40`, and not just `Levovin`, which may be 5 or M."""
    return numbers_of(setting.item(column).name) <= said


def _are_told_apart(letters: Mapping[int, Set[str]], setting: Setting) -> bool:
    """The message says one of the letters elsewhere: who writes `omezar 30, omezar d 10` tells them apart."""
    marks = {mark for found in letters.values() for mark in found}
    return any(atom.fold in marks and atom.wordlike for atom in setting.atoms)


def _orders(columns: list[int], setting: Setting) -> int:
    return sum(habit.orders for column in columns if (habit := setting.habit(column)))


def _said_words(places: list[int], setting: Setting) -> frozenset[str]:
    """Every word of the catalogue that the words at these places may be and the numbers there."""
    atoms = [setting.atoms[at] for at in places]
    words = (word for atom in atoms if atom.wordlike for word, _ in similar_words(atom.text, setting.catalogue))
    return frozenset([*words, *(said_number(atom.plain) for atom in atoms if atom.number is not None)])


def _with_line_before(
    ties: list[int], text: Scores, said: Set[str], setting: Setting, before: Before, why: str
) -> tuple[int | None, str]:
    """Of items of several kinds that fit, those of the kind the line before spoke of and nearest to its words.

    A line that names its own kind of goods takes nothing over: what it leaves open is asked.
    """
    if not before.heading and len({setting.category(column) for column in ties}) < 2:
        return None, why
    kind = [column for column in ties if not before.category or setting.category(column) == before.category]
    strengths = {column: before.words.get(column, 0.0) for column in kind}
    most = max(strengths.values(), default=0.0)
    if most < 0.8:
        return None, why
    closer = [column for column in kind if strengths[column] >= most - TIE]
    chosen, _ = _choose(closer, text, said, setting)
    if chosen is None or (_names_it_again(said, before, setting) and _in_other_sizes(chosen, kind, closer, setting)):
        return None, why
    return chosen, "of those that fit, the one like the line before"


def _names_it_again(said: Set[str], before: Before, setting: Setting) -> bool:
    return not before.heading and before.chosen is not None and bool(said & setting.name_words(before.chosen))


def _in_other_sizes(chosen: int, kind: list[int], closer: list[int], setting: Setting) -> bool:
    """`tee white XL 2, tee black 12`: what is named anew without its size, and taken in several, is open."""
    words = setting.name_words(chosen)
    return any(
        column not in closer and setting.habit(column) and setting.name_words(column) == words for column in kind
    )


def _only_sizes(places: list[int], since: int, setting: Setting) -> bool:
    """No word of the line, nor any between it and the line that ended at `since`, can name goods.

    Such a line is the goods of the line before in another size.
    """
    if any(_is_counted(at, setting) for at in places):
        return False
    near = {*range(since, places[0]), *places}
    words = [
        at
        for at in near
        if setting.atoms[at].wordlike and setting.atoms[at].number is None and not is_size(setting.atoms[at].plain)
    ]
    named = any(
        setting.atoms[at].fold in setting.catalogue.words and not _goes_with_numbers(setting.atoms[at]) for at in words
    )
    return not named and not any(setting.evidence.content[at] for at in words if at in places)


def _goes_with_numbers(atom: Atom) -> bool:
    return atom.unit is not None or atom.noise == "labels"


def _is_counted(at: int, setting: Setting) -> bool:
    """A number in words, which is no size; but not the `ek` of `har ek`, nor a part like `half`, `pauna`."""
    atom = setting.atoms[at]
    whole = atom.number is not None and atom.number % 1 == 0
    return atom.worded and whole and not atom.noise and not (at and setting.atoms[at - 1].fold in setting.words.each)


def _other_size(places: list[int], setting: Setting, before: Before) -> int | None:
    """`mug chota 10 drz, bada 5`: nothing but a word that compares, so the line before's goods at that end."""
    ways = {direction(setting.atoms[at], setting.words) for at in places if setting.atoms[at].wordlike}
    row = int(setting.evidence.rows[before.chosen - 1]) if before.chosen else None
    if len(ways) != 1 or ways == {0} or any(setting.atoms[at].number is not None for at in places):
        return None
    family = setting.catalogue.siblings.get(row, ()) if row is not None else ()
    active = [int(one) for one in family if setting.catalogue.active[int(one)]]
    bought = [one for one in active if setting.catalogue.items[one].sku in setting.habits]
    end = furthest(bought if len(bought) > 1 else active, setting.catalogue, ways.pop())
    return setting.evidence.column.get(end) if end is not None and end != row else None


def _sibling(ties: list[int], text: Scores, setting: Setting, before: Before) -> int | None:
    """The one item that fits best and is named with the very words of the line before's item, but for its numbers."""
    if before.chosen is None:
        return None
    same = [
        column
        for column in ties
        if setting.active(column) and setting.name_words(column) == setting.name_words(before.chosen)
    ]
    best = max((float(text[column]) for column in same), default=0.0)
    closest = [column for column in same if float(text[column]) > best - CLEARLY_CLOSER]
    if len(closest) > 1:
        closest = _differing_least(closest, before.chosen, setting)
    return closest[0] if len(closest) == 1 else None


def _differing_least(columns: list[int], column: int, setting: Setting) -> list[int]:
    """Those that share most numbers with an item: behind `board 18` of 8x4 feet `12` is the one of 8x4, not of 7x3."""
    own = numbers_of(setting.item(column).name)
    shared = {other: len(own & numbers_of(setting.item(other).name)) for other in columns}
    return [other for other in columns if shared[other] == max(shared.values())]


def _unexplained(at: int, found: Found, setting: Setting) -> bool:
    column = found.chosen if found.chosen is not None else (found.ties[0] if found.ties else 0)
    return float(setting.evidence.text[at, column]) <= 0.0 and not (found.chosen and speaks_of(at, column, setting))


def speaks_of(at: int, column: int, setting: Setting) -> bool:
    """Whether the word may be one of the item's own, misspelled or cut short."""
    atom = setting.atoms[at]
    if not column or not atom.wordlike or atom.number is not None:
        return False
    item = setting.item(column)
    described = f"{item.name} {item.brand} {item.category}"
    spelled = {form for token in tokens(described) if token.kind is Kind.WORD for form in (token.fold, token.plain)}
    return may_be_one_of(atom.text, spelled) or (len(atom.plain) > 1 and item.sku.lower().startswith(atom.plain))


def _judge_item(found: Found, places: list[int], setting: Setting) -> None:
    if found.why != OTHER_SIZE and (found.segment.column == 0 or not found.ties or found.best <= 0.0):
        found.unknown = True
        found.doubt(Doubt.ITEM, "no item explains these words")
        return
    if found.chosen is None:
        found.doubt(Doubt.ITEM, found.why)
    elif not setting.active(found.chosen):
        found.doubt(Doubt.ITEM, f"{setting.sku(found.chosen)} is discontinued")
    if found.strange:
        words = " ".join(setting.atoms[at].text for at in found.strange)
        found.doubt(Doubt.ITEM, f"unexplained: {words}")
    if found.best < SETTLED and not found.leaning:
        found.doubt(Doubt.ITEM, "the words say too little")
    if found.chosen is None:
        return
    plainer = _plainer(found, places, setting)
    if plainer is not None:
        found.doubt(Doubt.ITEM, f"{setting.sku(plainer)} fits without a further word")
    if found.leaning:
        return
    if not _has_word(found, places, setting):
        if not _numbers_suffice(found, places, setting) and not _pack_suffices(found, places, setting):
            found.doubt(Doubt.ITEM, "numbers alone")
    elif not setting.habit(found.chosen):
        _judge_newcomer(found, places, setting)


def _plainer(found: Found, places: list[int], setting: Setting) -> int | None:
    """Another item whose whole name is said, when the chosen one is a variant of it: `Azotop`, not `Azotop Gold`."""
    assert found.chosen is not None
    if len(found.ties) < 2 or found.why == NAMED:
        return None
    chosen = setting.item(found.chosen)
    mine = _kind_words(chosen)
    said = _said_words(places, setting)
    for column in found.ties:
        other = setting.item(column)
        theirs = _kind_words(other)
        marked = (mine - theirs) & setting.words.variants
        if other.active and theirs < mine and marked and other.category == chosen.category and theirs <= said:
            return column if theirs else None
    return None


def _richer(column: int, places: list[int], setting: Setting) -> int | None:
    """The one variant of an item whose mark is said, if only as if it were noise: `Topper plus 4 inner`."""
    chosen = setting.item(column)
    marks = {setting.atoms[at].fold for at in places if setting.atoms[at].noise} & setting.words.variants
    mine = _kind_words(chosen)
    if not marks - mine:
        return None
    found = []
    for place in range(1, len(setting.evidence.rows) + 1):
        other = setting.item(place)
        if other.active and other.category == chosen.category and mine < _kind_words(other) <= mine | marks:
            found.append(place)
    return found[0] if len(found) == 1 else None


def _kind_words(item: ItemRecord) -> frozenset[str]:
    return frozenset(token.fold for token in tokens(item.name) if token.kind is Kind.WORD and len(token.fold) > 2)


def _numbers_suffice(found: Found, places: list[int], setting: Setting) -> bool:
    """`8x50 - 20 kg`, `240 wala 5 ctn`: enough for what this customer buys, if no number is doubtful."""
    assert found.chosen is not None
    quantity = found.segment.quantity
    numbers = [
        at for at in places if setting.atoms[at].number is not None and setting.evidence.text[at, found.chosen] >= 1.0
    ]
    apart = quantity is not None and quantity.start > 0 and setting.atoms[quantity.start - 1].plain in APART
    called = any(_is_called_by(at, found.chosen, setting) for at in numbers)
    said = quantity is not None and (quantity.unit is not None or len(numbers) >= 2 or apart or called)
    return setting.habit(found.chosen) is not None and bool(numbers) and said


def _pack_suffices(found: Found, places: list[int], setting: Setting) -> bool:
    """`drum 2`: the one thing that this customer takes by the drum, and by nothing else."""
    assert found.chosen is not None
    habit, quantity = setting.habit(found.chosen), found.segment.quantity
    if habit is None or quantity is None or quantity.unit is not None:
        return False
    usual = habit.usual_uom
    packs = {
        concept for at in places if (concept := setting.atoms[at].unit) and setting.evidence.text[at, found.chosen] > 0
    }
    said = any(usual in setting.words.meanings[concept].exact for concept in packs)
    return said and sum(other.usual_uom == usual for other in setting.habits.values()) == 1


def _is_called_by(at: int, column: int, setting: Setting) -> bool:
    """`4401 2`, `16 wali 5`: a number that begins the item's name or code, or that `wali` makes a name."""
    item, following = setting.item(column), setting.atoms[at + 1] if at + 1 < len(setting.atoms) else None
    begins = any(re.match(rf"\D*0*{re.escape(setting.atoms[at].plain)}(?!\d)", text) for text in (item.name, item.sku))
    makes_a_name = following is not None and following.fold in setting.words.grammar["one"]
    return (begins and len(setting.atoms[at].plain) > 2) or makes_a_name


def _judge_newcomer(found: Found, places: list[int], setting: Setting) -> None:
    """An item this customer never bought needs more than one word, or a word spelled out."""
    assert found.chosen is not None
    row = int(setting.evidence.rows[found.chosen - 1])
    if any(hit.row == row and found.segment.start <= hit.start < found.segment.end for hit in setting.hits):
        return
    speaking = [at for at in places if setting.evidence.text[at, found.chosen] >= 0.6]
    words = [at for at in speaking if setting.atoms[at].wordlike]
    if max((setting.evidence.likeness[at] for at in words), default=0.0) < SURE_WORD:
        found.doubt(Doubt.ITEM, "a word only resembles the name")
    elif len(speaking) < 2 and not any(setting.evidence.text[at, found.chosen] >= 3.9 for at in speaking):
        found.doubt(Doubt.ITEM, "one word for an item never bought")


def _has_word(found: Found, places: list[int], setting: Setting) -> bool:
    """Some word, or an alias, or a number that only one item carries, must speak for the item."""
    assert found.chosen is not None
    for at in places:
        atom = setting.atoms[at]
        if (
            setting.evidence.text[at, found.chosen] >= 0.6
            and atom.wordlike
            and atom.number is None
            and atom.unit is None
        ):
            return True
    row = int(setting.evidence.rows[found.chosen - 1])
    return any(hit.row == row and found.segment.start <= hit.start < found.segment.end for hit in setting.hits)


def _alias_uom(found: Found, setting: Setting) -> str | None:
    if found.chosen is None:
        return None
    row = int(setting.evidence.rows[found.chosen - 1])
    for hit in setting.hits:
        if hit.row == row and hit.uom and found.segment.start <= hit.start < found.segment.end:
            return hit.uom
    return None


def _judge_amount(found: Found, setting: Setting) -> None:
    quantity = found.segment.quantity
    if quantity is None:
        found.doubt(Doubt.QUANTITY, "no quantity said")
        return
    found.quantity, found.free = quantity.value, quantity.free
    if quantity.high is not None:
        found.doubt(Doubt.QUANTITY, "a range")
    if quantity.product:
        found.doubt(Doubt.QUANTITY, "a multiplication")
    open_or_crowded = found.chosen is None or _number_follows(quantity.end, setting)
    if quantity.unit is None and open_or_crowded and _may_be_a_name(found, setting):
        found.doubt(Doubt.QUANTITY, "the number may belong to the name")
    after = quantity.end
    if quantity.unit is None and _next_unit(after, setting) and not _begins_a_size(after, setting):
        found.doubt(Doubt.UOM, f"{setting.atoms[quantity.end].text} after the quantity does not fit")
    if quantity.unit in SEALED and quantity.value != quantity.value.to_integral_value():
        found.doubt(Doubt.QUANTITY, "part of a closed pack")
    column = found.chosen if found.chosen is not None else (found.ties[0] if found.ties else None)
    if column is None or column == 0:
        return
    resolved = amount_for(column, found, setting)
    if resolved is None:
        found.doubt(Doubt.UOM, f"{quantity.unit} is no unit of this item")
        return
    found.uom = resolved.uom
    found.quantity = quantity.value * resolved.factor
    if quantity.unit is None and found.uom in SEALED and found.quantity % 1:
        found.doubt(Doubt.QUANTITY, "part of a closed pack")
    if found.chosen is not None:
        _judge_plausible(found, resolved, setting)


def _may_be_a_name(found: Found, setting: Setting) -> bool:
    """Some item that fits carries this very number, and no other word of the line has said it."""
    quantity = found.segment.quantity
    assert quantity is not None
    said = {setting.atoms[at].number for at in own_atoms(found.segment)}
    before = setting.atoms[quantity.start - 1] if quantity.start else None
    if quantity.value in said or quantity.spread or (before is not None and before.text in "-–—=:"):
        return False
    return any(float(setting.evidence.text[quantity.start, column]) >= 1.5 for column in found.ties)


def _number_follows(at: int, setting: Setting) -> bool:
    return at < len(setting.atoms) and setting.atoms[at].number is not None and setting.atoms[at].taken is None


def _next_unit(at: int, setting: Setting) -> str | None:
    atom = setting.atoms[at] if at < len(setting.atoms) else None
    return atom.unit if atom is not None and atom.taken is None and atom.number is None else None


def _begins_a_size(at: int, setting: Setting) -> bool:
    """`M 10 L 20`: the letter and the number behind it are the next size with its amount."""
    follows = at + 1 < len(setting.atoms) and setting.atoms[at + 1].number is not None
    return follows and is_size(setting.atoms[at].plain)


def amount_for(column: int, found: Found, setting: Setting) -> Resolved | None:
    """The unit meant if the item is that of `column`: said, or the alias's, or the habit's, or the order unit."""
    item = setting.item(column)
    ladder = setting.catalogue.ladders.get(item.sku, {})
    habit = setting.habit(column)
    usual = habit.usual_uom if habit else None
    quantity = found.segment.quantity
    if quantity is None or quantity.unit is None:
        alias_uom = _alias_uom(found, setting) if column == found.chosen else None
        for uom in (alias_uom, usual, item.order_uom):
            if uom and uom in ladder:
                return Resolved(Fit.EXACT, uom)
        return None
    resolved = resolve(quantity.unit, item, ladder, setting.words, usual)
    if resolved.fit is Fit.NONE:
        return None
    if (
        resolved.fit is Fit.SCALED
        and quantity.unit in ("DOZ", "GRS")
        and resolved.uom not in (usual or item.order_uom, quantity.unit)
    ):
        return None  # a dozen of what this customer takes by the box of ten is no clear amount
    unusual = resolved.fit is Fit.LOOSE and resolved.uom != usual
    if unusual and not _loosely(quantity.unit, resolved.uom, item, setting):
        return None
    return resolved


def _loosely(concept: str, uom: str | None, item: ItemRecord, setting: Setting) -> bool:
    """A loose unit counts if it can mean but one thing: `peti` of what is ordered by the box, `bottle` of a bottle."""
    if concept in ("CASE", "BOX"):
        return (uom == item.order_uom and uom != item.base_uom) or (
            concept == "CASE" and uom == item.order_uom == "BOX"
        )
    if concept in ("PCS", "PKT"):
        return uom == item.base_uom
    feature = setting.catalogue.features[setting.catalogue.row_of[item.sku]]
    named = any(setting.words.roles(word).get(Role.UNIT) == concept for word in feature.words)
    liquid = concept == "BTL" and any(measure[0] == "ml" for measure in feature.measures)
    return uom == item.base_uom and (named or liquid)


def _judge_plausible(found: Found, resolved: Resolved, setting: Setting) -> None:
    assert found.chosen is not None
    assert found.segment.quantity is not None
    sku = setting.sku(found.chosen)
    ladder = setting.catalogue.ladders.get(sku, {})
    rung = ladder.get(resolved.uom or "")
    habit = setting.habits.get(sku)
    quantity = found.quantity or Decimal(0)
    if rung is None:
        found.doubt(Doubt.UOM, "no rung of the pack ladder")
        return
    if not rung.decimals and quantity != quantity.to_integral_value():
        found.doubt(Doubt.QUANTITY, "not sold in fractions")
    unit_said = found.segment.quantity.unit is not None
    largest = max((one.largest * one.factor for one in ladder.values() if one.largest), default=None)
    if habit is not None and _is_measured(found, setting) and _breaks_a_pack(quantity, rung, habit, ladder):
        found.doubt(Doubt.QUANTITY, "no whole number of what this customer always takes")
    if habit is not None and habit.is_odd(quantity * rung.factor, uom=rung.uom, unit_said=unit_said, largest=largest):
        found.doubt(Doubt.QUANTITY, f"far from the usual {habit.median} base units")
    elif habit is not None and habit.is_unusual(quantity * rung.factor):
        found.unusual = True
    elif habit is None and quantity >= 2000 and rung.factor > 1:
        found.doubt(Doubt.QUANTITY, "an amount nobody orders")
    elif habit is None and found.segment.quantity.unit is None and _beyond_all(quantity, resolved.uom, setting):
        found.doubt(Doubt.UOM, "more than this customer takes of anything in this unit")


def _is_measured(found: Found, setting: Setting) -> bool:
    quantity = found.segment.quantity
    meaning = setting.words.meanings.get(quantity.unit or "") if quantity is not None else None
    return meaning is not None and meaning.measure is not None


def _breaks_a_pack(quantity: Decimal, rung: UomRecord, habit: Habit, ladder: Mapping[str, UomRecord]) -> bool:
    """`125 litre` of what is always bought by the crate of twelve: in a unit never used, and no whole number of his."""
    usual = ladder.get(habit.usual_uom or "")
    used = any(code == rung.uom for code, _ in habit.most)
    return not used and usual is not None and usual.factor > 1 and quantity * rung.factor % usual.factor != 0


def _beyond_all(quantity: Decimal, uom: str | None, setting: Setting) -> bool:
    """Without a unit and without a habit: over three times the most this customer takes of any item in that unit."""
    most = max(
        (amount for habit in setting.habits.values() for code, amount in habit.most if code == uom), default=None
    )
    return most is not None and quantity > 3 * most


def _candidates(found: Found, setting: Setting) -> tuple[Candidate, ...]:
    """The choices of a question, best first: what fits the text, what is bought before the rest."""
    if found.unknown:
        return ()
    if found.chosen is not None and Doubt.ITEM not in found.doubts:
        columns = [found.chosen]
    else:
        columns = _choices(found, setting)
    best = max((float(found.text[column]) for column in columns), default=0.0)
    made = _successors(columns, found, setting)
    if columns and not made and not any(setting.active(column) for column in columns if column in found.ties):
        made += _in_its_place(columns[0], found, setting)
    for column in columns[: MOST_CANDIDATES - len(made)]:
        if any(candidate.sku == setting.sku(column) for candidate in made):
            continue
        resolved = amount_for(column, found, setting)
        said = found.segment.quantity
        value = said.value * (resolved.factor if resolved else 1) if said else None
        habit = setting.habit(column)
        why = f"text {found.text[column]:.2f}" + (f", bought {habit.orders} times" if habit else "")
        likely = round(math.exp(min(0.0, float(found.text[column]) - best)) * (0.9 if habit else 0.5), 3)
        made.append(
            Candidate(
                sku=setting.sku(column),
                quantity=value,
                uom=resolved.uom if resolved else None,
                confidence=likely,
                why=why,
            )
        )
    return tuple(made)


def _successors(columns: list[int], found: Found, setting: Setting) -> list[Candidate]:
    """What replaces a discontinued item that fits, in its order unit: offered first, never put in."""
    made = []
    for column in columns:
        item = setting.item(column)
        heir = setting.catalogue.item(item.replaced_by or "")
        if item.active or heir is None or not heir.active or column not in found.ties:
            continue
        said = found.segment.quantity
        made.append(
            Candidate(
                sku=heir.sku,
                quantity=said.value if said else None,
                uom=heir.order_uom,
                confidence=0.5,
                why=f"replaces {item.sku}",
            )
        )
    return made[:2]


def _in_its_place(column: int, found: Found, setting: Setting) -> list[Candidate]:
    """What is like a discontinued item and still made, for when nothing that fits is."""
    gone = setting.item(column)
    said = found.segment.quantity
    made = []
    for item in alike(gone, setting.catalogue, setting.habits):
        uom = found.uom if found.uom in setting.catalogue.ladders.get(item.sku, {}) else item.order_uom
        amount = said.value if said else None
        made.append(Candidate(sku=item.sku, quantity=amount, uom=uom, confidence=0.3, why=f"in place of {gone.sku}"))
    return made


def _choices(found: Found, setting: Setting) -> list[int]:
    def rank(column: int) -> tuple[float, float]:
        habit = setting.habit(column)
        return (-(1 if habit else 0), -float(found.text[column]) - (0.2 * math.log1p(habit.orders) if habit else 0))

    near = [int(at) + 1 for at in np.flatnonzero(found.text[1:] >= found.best - 1.6)]
    alive = [column for column in near if setting.active(column)]
    tied = sorted((c for c in alive if c in found.ties), key=rank)
    rest = sorted((c for c in alive if c not in found.ties), key=lambda c: -float(found.text[c]))
    gone = [c for c in near if not setting.active(c) and c in found.ties]
    return (tied + gone[:2] + rest)[:MOST_CANDIDATES]


def as_line(found: Found, setting: Setting) -> ReadLine:
    """The value handed out, with the place of each of its parts."""
    start, end = trimmed(found.segment, setting.atoms)
    span = (setting.atoms[start].start, setting.atoms[end - 1].end)
    status = Status.UNKNOWN if found.unknown else Status.ASK if found.doubts else Status.MATCHED
    settled = found.chosen is not None and Doubt.ITEM not in found.doubts
    line = ReadLine(
        source=setting.text[span[0] : span[1]],
        span=span,
        quantity=found.quantity,
        uom=found.uom if settled else (found.uom if found.segment.quantity and found.segment.quantity.unit else None),
        sku=setting.sku(found.chosen) if settled and found.chosen is not None else None,
        status=status,
        confidence=found.confidence,
        requested_price=found.price,
        free_quantity=found.free,
        doubt=tuple(found.doubts) or ((Doubt.QUANTITY,) if found.unusual else ()),
        candidates=_candidates(found, setting),
    )
    return replace(line, parts=_parts(found, setting))


def trimmed(segment: Segment, atoms: list[Atom]) -> tuple[int, int]:
    """The segment without signs, breaks and noise at its ends."""
    start, end = segment.start, segment.end
    held = segment.quantity

    def idle(at: int) -> bool:
        if held is not None and held.start <= at < held.end:
            return False
        return atoms[at].kind in (Kind.SIGN, Kind.BREAK) or (atoms[at].noise is not None and atoms[at].number is None)

    while start < end - 1 and idle(start):
        start += 1
    while end > start + 1 and idle(end - 1):
        end -= 1
    return start, end


def _parts(found: Found, setting: Setting) -> tuple[Part, ...]:
    made = []
    order = [int(place) + 1 for place in np.argsort(-found.text[1:])[:2]]
    runner = next((setting.sku(column) for column in order if column != found.chosen), None)
    places = [at for at in own_atoms(found.segment) if setting.atoms[at].kind not in (Kind.SIGN, Kind.BREAK)]
    if places:
        span = (setting.atoms[places[0]].start, setting.atoms[places[-1]].end)
        named = setting.sku(found.chosen) if found.chosen is not None else ""
        made.append(
            Part(
                name="item",
                text=setting.text[span[0] : span[1]],
                span=span,
                value=named,
                score=round(found.best, 3),
                runner_up=runner,
            )
        )
    quantity = found.segment.quantity
    if quantity is not None:
        span = (setting.atoms[quantity.start].start, setting.atoms[quantity.end - 1].end)
        made.append(
            Part(
                name="quantity",
                text=setting.text[span[0] : span[1]],
                span=span,
                value=str(quantity.value),
                score=round(quantity.score, 3),
            )
        )
        if quantity.unit:
            made.append(
                Part(name="uom", text=quantity.unit, span=span, value=found.uom or "", score=round(quantity.score, 3))
            )
    return tuple(made)


def attach_prices(found: list[Found], prices: list[AskedPrice]) -> None:
    """A price belongs to the line around it, else to the one just before it, else to the one just after."""
    for asked in prices:
        around = [line for line in found if line.segment.start <= asked.start < line.segment.end]
        before = [line for line in found if line.segment.end <= asked.start]
        after = [line for line in found if line.segment.start >= asked.end]
        for line in (*around, *before[::-1], *after):
            if line.price is None:
                line.price = asked.price
                break


def describe(found: Found, setting: Setting) -> str:
    """One line of the trace: the winner, its score, and the items that came closest."""
    order = [int(column) + 1 for column in np.argsort(-found.text[1:])[:3]]
    rivals = ", ".join(f"{setting.sku(column)} {found.text[column]:.2f}" for column in order)
    notes = "; ".join(found.notes)
    return f"{setting.atoms[found.segment.start].text}…: {found.why} [{rivals}] {notes}"
