"""Lines that share words: one quantity for several items (`a b dono 5-5`), and what the line before has said."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nlp.evidence import parts_clauses
from nlp.found import TIE, Before, Found, Setting, own_atoms
from nlp.lines import decide
from nlp.quantities import MEASURES, Quantity
from nlp.search import Segment
from nlp.tokens import Kind
from nlp.values import Doubt

LIKE_THE_LINE_BEFORE = 0.8
FADING = 0.6


def shared_quantities(segments: list[Segment], setting: Setting) -> list[Segment]:
    """Gives a segment without quantity that of the next one, where `dono`, `each` or `5-5` says it is for both."""
    shared = list(segments)
    for at in range(len(segments) - 2, -1, -1):
        here, following = shared[at], shared[at + 1]
        if here.quantity is not None or following.quantity is None or here.column == 0:
            continue
        if _broken(here.end, following.start, setting) or _counts_itself(here, setting) or _ends_itself(here, setting):
            continue
        if following.quantity.spread or _says_each(here.start, following, setting):
            shared[at] = replace(here, quantity=_for_each(following.quantity))
            shared[at + 1] = replace(following, quantity=_for_each(following.quantity))
    return shared


def _for_each(quantity: Quantity) -> Quantity:
    return replace(quantity, spread=True, high=None)


def _counts_itself(segment: Segment, setting: Setting) -> bool:
    """A number in it that says nothing for its item may be its own amount."""
    return any(
        setting.atoms[at].number is not None
        and not setting.atoms[at].worded
        and setting.atoms[at].taken is None
        and float(setting.evidence.text[at, segment.column]) <= 0
        for at in range(segment.start, segment.end)
    )


def _ends_itself(segment: Segment, setting: Setting) -> bool:
    """Right before a comma an amount with a counting unit, or a number that is but half of the item's size.

    `chappal chhoti 2, shoe dono 3-3`, where the small ones are the sizes 2x5.
    """
    last, comma = setting.atoms[segment.end - 1], setting.atoms[segment.end : segment.end + 1]
    if not comma or not parts_clauses(comma[0]):
        return False
    if last.unit is not None and segment.end - 2 >= segment.start:
        return last.unit not in MEASURES and setting.atoms[segment.end - 2].number is not None
    features = setting.catalogue.features[int(setting.evidence.rows[segment.column - 1])]
    return last.number is not None and any(last.number in pair for pair in features.pairs)


def _broken(start: int, end: int, setting: Setting) -> bool:
    """A line break, an `each` or an amount of its own between two segments."""
    between = setting.atoms[start:end]
    return any(
        atom.kind is Kind.BREAK
        or atom.fold in setting.words.each
        or (atom.number is not None and atom.taken is None and not (atom.worded and atom.noise))
        for atom in between
    )


def _says_each(start: int, following: Segment, setting: Setting) -> bool:
    """`dono`, `both`, `each` just before the first item, or beside or just behind the quantity of the last."""
    end = following.end
    while end < len(setting.atoms) and end < following.end + 2 and setting.atoms[end].kind is Kind.WORD:
        end += 1
    near = [*range(max(0, start - 2), start + 1), *range(following.start, end)]
    return any(setting.atoms[at].fold in setting.words.each and not _says_the_unit(at, setting) for at in near)


def _says_the_unit(at: int, setting: Setting) -> bool:
    """`sab box me`: all by the box, and not as many of each."""
    return at + 1 < len(setting.atoms) and setting.atoms[at + 1].unit is not None


def headings(segments: list[Segment], setting: Setting) -> list[int]:
    """Places of the segments that only head the lines under them.

    Such a one has no quantity, stands alone on its line of text, and names goods that the next line's words fit too.
    """
    found = []
    for at, (here, following) in enumerate(itertools.pairwise(segments)):
        if here.quantity is not None or here.column == 0 or following.quantity is None:
            continue
        alone = _break_between(here.end, following.start, setting) and (
            at == 0 or _break_between(segments[at - 1].end, here.start, setting)
        )
        if (alone or _runs_on(here, following, setting)) and _fits_below(here, following, setting):
            found.append(at)
    return found


def _runs_on(here: Segment, following: Segment, setting: Setting) -> bool:
    """Nothing parts the segment from the next one: `GRY GL | 2x2 60` is one line torn in two."""
    between = setting.atoms[here.end : following.start + 1]
    return not any(parts_clauses(atom) or atom.text == "." for atom in between)


def _break_between(start: int, end: int, setting: Setting) -> bool:
    between = setting.atoms[start:end]
    return any(atom.kind is Kind.BREAK for atom in between) and not any(
        setting.evidence.content[at] for at in range(start, end)
    )


def _fits_below(heading: Segment, line: Segment, setting: Setting) -> bool:
    """Some item that the line's own words fit is among those that the heading's words speak for."""
    above, below = _words_of(heading, setting), setting.evidence.text[own_atoms(line)].sum(axis=0)
    best = float(below[1:].max(initial=0.0))
    most = max(above.values(), default=0.0)
    return any(above[column] >= most - TIE and float(below[column]) >= best - TIE for column in above if column)


def decide_all(segments: list[Segment], setting: Setting, heads: Sequence[int] = ()) -> list[Found]:
    """The lines in order, without the `heads`.

    Each may lean on a heading, or on the line before it, where its own words leave several items.
    """
    found: list[Found] = []
    carried: Mapping[int, float] = {}
    category = ""
    heading: Mapping[int, float] = {}
    for at, segment in enumerate(segments):
        if at in heads:
            heading, carried, category = _words_of(segment, setting), {}, ""
            continue
        if at - 1 not in heads and heading and not any(column in heading for column in _fitting(segment, setting)):
            heading = {}
        chosen, end = (found[-1].chosen, found[-1].segment.end) if found else (None, 0)
        line = decide(segment, setting, Before(carried, category, chosen, end))
        if line.chosen is None and heading:
            line = decide(segment, setting, Before(heading, "", chosen, end, heading=True))
        torn = at - 1 in heads and _runs_on(segments[at - 1], segment, setting)
        if torn and line.chosen is not None and heading.get(line.chosen, 0.0) < max(heading.values()) - TIE:
            line.doubt(Doubt.ITEM, "the words before it speak of another item")
        following = segments[at + 1] if at + 1 < len(segments) else None
        if (
            line.chosen is None
            and not line.unknown
            and following is not None
            and segment.quantity
            and segment.quantity.spread
        ):
            line = decide(segment, setting, Before(_words_of(following, setting), ""))
        found.append(line)
        if not line.unknown:
            carried = _merged(_words_of(segment, setting), carried)
            category = setting.category(line.chosen) if line.chosen is not None else category
    return found


def _fitting(segment: Segment, setting: Setting) -> list[int]:
    """The items that the segment's own words fit best."""
    said = setting.evidence.text[own_atoms(segment)].sum(axis=0)[1:]
    best = float(said.max(initial=0.0))
    return [int(place) + 1 for place in np.flatnonzero(said >= best - TIE)]


def _words_of(segment: Segment, setting: Setting) -> dict[int, float]:
    """What the segment's words say for each candidate, counted in its favour only."""
    places = own_atoms(segment)
    if not places:
        return {}
    said = np.maximum(setting.evidence.text[places], 0.0).sum(axis=0) * LIKE_THE_LINE_BEFORE
    return {int(column): float(said[column]) for column in np.flatnonzero(said > 0.3)}


def _merged(new: Mapping[int, float], old: Mapping[int, float]) -> dict[int, float]:
    return {column: max(new.get(column, 0.0), old.get(column, 0.0) * FADING) for column in {*new, *old}}
