"""What a line that leaves its item open takes over from the line before or from a heading."""

from __future__ import annotations

from collections.abc import Set

from nlp.atoms import Atom
from nlp.choosing import CLEARLY_CLOSER, choose
from nlp.evidence import Scores
from nlp.fold import is_size
from nlp.found import TIE, Before, Setting
from nlp.marks import numbers_of


def with_line_before(
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
    chosen, _ = choose(closer, text, said, setting)
    if chosen is None:
        return None, why
    if not before.heading and not setting.habit(chosen) and not _differs_as_said(chosen, said, setting, before):
        return None, why
    if _names_it_again(said, before, setting) and _in_other_sizes(chosen, kind, closer, setting):
        return None, why
    return chosen, "of those that fit, the one like the line before"


def _differs_as_said(chosen: int, said: Set[str], setting: Setting, before: Before) -> bool:
    """`gel blue 10, red 3`: all that tells it from the item before is said; without a habit nothing less will do."""
    if before.chosen is None:
        return False
    mine, theirs = ({*setting.name_words(one), *numbers_of(setting.item(one).name)} for one in (chosen, before.chosen))
    return mine - theirs <= said


def _names_it_again(said: Set[str], before: Before, setting: Setting) -> bool:
    return not before.heading and before.chosen is not None and bool(said & setting.name_words(before.chosen))


def _in_other_sizes(chosen: int, kind: list[int], closer: list[int], setting: Setting) -> bool:
    """`tee white XL 2, tee black 12`: what is named anew without its size, and taken in several, is open."""
    words = setting.name_words(chosen)
    return any(
        column not in closer and setting.habit(column) and setting.name_words(column) == words for column in kind
    )


def only_sizes(places: list[int], since: int, setting: Setting) -> bool:
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


def sibling_of(ties: list[int], text: Scores, setting: Setting, before: Before) -> int | None:
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
