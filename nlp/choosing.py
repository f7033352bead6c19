"""Which of the items that fit a line's words is meant: what is plainly named, and what this customer buys."""

from __future__ import annotations

from collections.abc import Mapping, Set

from nlp.evidence import Scores
from nlp.found import MOST_CANDIDATES, NAMED, Found, Setting, orders_of, said_words
from nlp.joined import single
from nlp.marks import letter_marks, numbers_of
from nlp.plainness import plainest
from nlp.search import Segment
from nlp.tokens import Kind, tokens
from nlp.units import Fit, resolve
from nlp.values import ItemRecord

NEARLY_ALWAYS, MOSTLY = 0.95, 0.75
ENOUGH_ORDERS = 1
CLEARLY_CLOSER, CLEARLY_BETTER = 0.2, 0.4


def named_by_alias(segment: Segment, places: list[int], ties: list[int], setting: Setting) -> int | None:
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


def sold_by(ties: list[int], segment: Segment, setting: Setting) -> list[int]:
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
    for wanted in ({Fit.EXACT}, {Fit.EXACT, Fit.LOOSE}) if unit != "PCS" else ({Fit.EXACT},):
        fitting = [column for column in ties if fits[column] in wanted]
        if orders_of(fitting, setting):
            ever = [column for column in fitting if _ever_in(column, units[column], setting)]
            return ever if len(ever) == 1 else fitting
    return ties


def by_themselves(ties: list[int], said: Set[str], setting: Setting) -> list[int]:
    """Without goods sold together with others that nobody speaks of, unless just those are bought."""
    if not 1 < len(ties) <= MOST_CANDIDATES:
        return ties
    kept = single({column: setting.item(column) for column in ties}, said, setting.words)
    return kept if orders_of(kept, setting) or not orders_of(ties, setting) else ties


def _ever_in(column: int, uom: str | None, setting: Setting) -> bool:
    """Whether this customer has ever taken the item by that unit."""
    habit = setting.habit(column)
    return habit is not None and any(code == uom for code, _ in habit.uoms)


def choose(ties: list[int], text: Scores, said: Set[str], setting: Setting) -> tuple[int | None, str]:
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
        return choose(unmarked, text, said, setting)
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
    if len(closest) < len(ties) and orders_of(closest, setting):
        chosen, _ = choose(closest, text, said, setting)
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


def _is_meant(plain: list[int], ties: list[int], said: Set[str], setting: Setting) -> bool:
    """Whether what is named without further words is meant: mostly bought, or bought at all and called by its name."""
    orders = orders_of(plain, setting)
    if orders >= MOSTLY * orders_of(ties, setting):
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


def plainer_than(found: Found, places: list[int], setting: Setting) -> int | None:
    """Another item whose whole name is said, when the chosen one is a variant of it: `Azotop`, not `Azotop Gold`."""
    assert found.chosen is not None
    if len(found.ties) < 2 or found.why == NAMED:
        return None
    chosen = setting.item(found.chosen)
    mine = _kind_words(chosen)
    said = said_words(places, setting)
    for column in found.ties:
        other = setting.item(column)
        theirs = _kind_words(other)
        marked = (mine - theirs) & setting.words.variants
        if other.active and theirs < mine and marked and other.category == chosen.category and theirs <= said:
            return column if theirs else None
    return None


def richer_than(column: int, places: list[int], setting: Setting) -> int | None:
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
