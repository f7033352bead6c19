"""`chota`, `bada`: words that compare mean the smallest or the largest of what fits, or of the line before's goods."""

from __future__ import annotations

from nlp.found import MOST_CANDIDATES, Before, Setting
from nlp.relative import direction, furthest


def compares(at: int, ties: list[int], setting: Setting) -> bool:
    """A word like `chota` that no item that fits is named with."""
    spoken = any(float(setting.evidence.text[at, column]) > 0.5 for column in ties)
    return not spoken and direction(setting.atoms[at], setting.words) != 0


def at_the_end(compared: list[int], ties: list[int], setting: Setting) -> int | None:
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


def is_at_that_end(compared: list[int], column: int, places: list[int], setting: Setting) -> bool:
    """`paste bada 200`: the number says which one, and it is the largest of its kind that this customer buys."""
    row = int(setting.evidence.rows[column - 1])
    ways = {direction(setting.atoms[at], setting.words) for at in compared}
    sized = any(setting.atoms[at].number is not None and setting.evidence.text[at, column] >= 1.0 for at in places)
    if len(ways) != 1:
        return False
    kind = [int(one) for one in setting.catalogue.siblings.get(row, ()) if setting.catalogue.active[int(one)]]
    bought = [one for one in kind if setting.catalogue.items[one].sku in setting.habits]
    way = ways.pop()
    ends = [furthest(kind, setting.catalogue, way)]
    if sized:
        ends.append(furthest(bought, setting.catalogue, way))
    return row in ends


def other_size(places: list[int], setting: Setting, before: Before) -> int | None:
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
