"""Whether a line's words say enough of its item to post it: each doubt found here becomes a question."""

from __future__ import annotations

import re

from nlp.choosing import plainer_than
from nlp.found import OTHER_SIZE, Found, Setting, speaks_of
from nlp.plainness import is_plain, says_plain
from nlp.values import Doubt

APART = frozenset("-–—=:|")
SURE_WORD = 0.8
SETTLED = 0.8
"""A line whose text says less than this about its item is never posted."""


def unexplained(at: int, found: Found, setting: Setting) -> bool:
    column = found.chosen if found.chosen is not None else (found.ties[0] if found.ties else 0)
    if calls_it_plain(at, column, setting):
        return False
    return float(setting.evidence.text[at, column]) <= 0.0 and not (found.chosen and speaks_of(at, column, setting))


def calls_it_plain(at: int, column: int, setting: Setting) -> bool:
    """A word like `sada` for the one item of its kind that is named without further words."""
    if not column or not says_plain(setting.atoms[at], setting.words):
        return False
    return is_plain(setting.item(column), (setting.catalogue.items[int(row)] for row in setting.evidence.rows))


def judge_item(found: Found, places: list[int], setting: Setting) -> None:
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
    plainer = plainer_than(found, places, setting)
    if plainer is not None:
        found.doubt(Doubt.ITEM, f"{setting.sku(plainer)} fits without a further word")
    if found.leaning:
        return
    if not _has_word(found, places, setting):
        if not _numbers_suffice(found, places, setting) and not _pack_suffices(found, places, setting):
            found.doubt(Doubt.ITEM, "numbers alone")
    elif not setting.habit(found.chosen):
        _judge_newcomer(found, places, setting)


def _numbers_suffice(found: Found, places: list[int], setting: Setting) -> bool:
    """`8x50 - 20 kg`, `240 wala 5 ctn`: enough for what this customer buys, if no number is doubtful."""
    assert found.chosen is not None
    quantity = found.segment.quantity
    numbers = [
        at for at in places if setting.atoms[at].number is not None and setting.evidence.text[at, found.chosen] >= 1.0
    ]
    apart = quantity is not None and quantity.start > 0 and _parts(setting.atoms[quantity.start - 1].plain)
    measured = any(_is_measured(at, setting) for at in numbers)
    called = any(_is_called_by(at, found.chosen, setting) for at in numbers)
    said = quantity is not None and (quantity.unit is not None or len(numbers) >= 2 or apart or called or measured)
    return setting.habit(found.chosen) is not None and bool(numbers) and said


def _parts(sign: str) -> bool:
    """A dash, an equals sign or a bar, however often it is repeated."""
    return sign[:1] in APART and len(set(sign)) == 1


def _is_measured(at: int, setting: Setting) -> bool:
    """`2 KVA 2`, `40Ah 6`, `80 number 3`: behind the number stands of what it is, so it is no amount."""
    following = setting.atoms[at + 1] if at + 1 < len(setting.atoms) else None
    if following is None or setting.atoms[at].worded:
        return False
    meaning = setting.words.meanings.get(following.unit or "")
    return following.noise == "labels" or (meaning is not None and meaning.measure is not None)


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
