"""From the winning segments to order lines: is the item settled, is the unit, is the amount, or is it asked.

What would be wrong if posted must not be `matched`: each doubt found here turns the line into a question.
"""

from __future__ import annotations

import numpy as np

from nlp.amount_doubts import judge_amount
from nlp.carried import only_sizes, sibling_of, with_line_before
from nlp.choosing import by_themselves, choose, named_by_alias, richer_than, sold_by
from nlp.evidence import Scores
from nlp.extremes import at_the_end, compares, is_at_that_end, other_size
from nlp.found import NAMED, OTHER_SIZE, TIE, Before, Found, Setting, own_atoms, said_words
from nlp.item_doubts import judge_item, unexplained
from nlp.prices import AskedPrice
from nlp.search import Segment


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
    said = said_words(places, setting)
    ties = [int(at) + 1 for at in np.flatnonzero(scores >= best - TIE)] if len(scores) else []
    ties = by_themselves(ties, said, setting)
    named = named_by_alias(segment, places, ties, setting)
    fitting = sold_by(ties, segment, setting)
    chosen, why = (named, NAMED) if named is not None else choose(fitting, text, said, setting)
    leaning = False
    compared = [at for at in places if compares(at, ties, setting)] if named is None else []
    if compared and (end := at_the_end(compared, ties, setting)) is not None:
        chosen, why = end, "of those that fit, the one of the size said"
    elif chosen is None or not is_at_that_end(compared, chosen, places, setting):
        compared = []
    if named is None and places and before is not None and only_sizes(places, before.end, setting):
        sibling = sibling_of(ties, text, setting, before)
        if sibling is not None:
            chosen, why, leaning = sibling, "the goods of the line before in another size", True
    other = other_size(places, setting, before) if before is not None and best <= 0.0 else None
    if other is not None:
        ties, chosen, why, leaning = [other], other, OTHER_SIZE, True
        compared = places
    if chosen is None and before is not None and (before.words or before.chosen is not None):
        chosen, why = with_line_before(ties, text, said, setting, before, why)
        leaning = chosen is not None
    if chosen is not None and (richer := richer_than(chosen, places, setting)) is not None:
        chosen, why = richer, "the variant that is said"
    found = Found(segment, text, best, ties, chosen, why, leaning=leaning)
    found.strange = [
        at for at in places if setting.evidence.content[at] and at not in compared and unexplained(at, found, setting)
    ]
    judge_item(found, places, setting)
    judge_amount(found, setting)
    return found


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
