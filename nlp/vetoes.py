"""Whole-order vetoes after the search: each looks at the lines together and turns a suspicious one into a question."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from nlp.atoms import Atom, atoms
from nlp.catalogue import DASHES
from nlp.found import NAMED, Found, Setting, own_atoms, speaks_of
from nlp.item_doubts import calls_it_plain
from nlp.search import Rival, Segment
from nlp.tokens import TIMES, Kind, tokens
from nlp.unwanted import is_refused
from nlp.values import Doubt
from nlp.vocabulary import vocabulary

RIVAL_TOO_CLOSE = 0.6
CLEARLY_LESS, LONGEST_SIZE = 0.5, 3
FURTHEST_NEGATION = 4
SET_ASIDE = frozenset({"signature", "bullet", "contact"})
CLAUSE_ENDS = frozenset(",;.।")


def apply(found: list[Found], setting: Setting, rivals: Sequence[Rival]) -> list[str]:
    """Raises doubts on the lines; returns what was raised, for the trace."""
    raised: list[str] = []
    before = [len(line.notes) for line in found]
    _unmatched_neighbours(found, setting)
    _same_item_twice(found, setting)
    _after_a_torn_line(found, setting)
    _read_otherwise(found, setting, rivals)
    _two_numbers(found, setting)
    _joined_in_the_middle(found, setting)
    _cut_through(found, setting)
    _in_brackets(found, setting)
    _taken_back(found, setting)
    _number_said_twice(found, setting)
    for line, count in zip(found, before, strict=True):
        raised += line.notes[count:]
    return raised


def _unmatched_neighbours(found: list[Found], setting: Setting) -> None:
    """A content word or number that was skipped in the same clause as a line may be what decides it."""
    covered = {at for line in found for at in range(line.segment.start, line.segment.end)}
    one = vocabulary().grammar["one"]
    for line in found:
        for step, edge in ((-1, line.segment.start - 1), (1, line.segment.end)):
            at, touches = edge, step < 0 or not _ends_with_amount(line) or _amount_follows(line, found)
            while 0 <= at < len(setting.atoms) and at not in covered:
                atom = setting.atoms[at]
                if atom.kind is Kind.BREAK or atom.text in CLAUSE_ENDS or atom.taken in SET_ASIDE:
                    break
                if setting.evidence.content[at] and atom.taken is None:
                    number = atom.number is not None and not atom.worded
                    named = speaks_of(at, line.chosen or 0, setting) or calls_it_plain(at, line.chosen or 0, setting)
                    if number or (touches and not named):
                        what = Doubt.QUANTITY if number else Doubt.ITEM
                        line.doubt(what, f"{atom.text} beside the line is unexplained")
                    break
                touches = touches and (_only_a_unit(at, setting) or atom.noise == "particles" or atom.fold in one)
                at += step


def _only_a_unit(at: int, setting: Setting) -> bool:
    """The sheet of `acrylic sheet lal 5`: a word for a form of goods, with no number of its own."""
    atom, before = setting.atoms[at], setting.atoms[at - 1] if at else None
    return atom.unit is not None and atom.number is None and (before is None or before.number is None)


def _amount_follows(line: Found, found: list[Found]) -> bool:
    """What comes next begins with its amount: `4 case green 2 case unknown 2 case grease` may be told either way."""
    after = [other.segment for other in found if other.segment.start >= line.segment.end]
    return bool(after) and after[0].quantity is not None and after[0].quantity.start == after[0].start


def _ends_with_amount(line: Found) -> bool:
    """`pad 4 set`: a word behind it begins something else, where one before the goods may be their maker's."""
    quantity = line.segment.quantity
    return quantity is not None and quantity.end == line.segment.end


def _after_a_torn_line(found: list[Found], setting: Setting) -> None:
    """A stretch without quantity right before a line, nothing between them: its words may belong to that line."""
    for first, second in itertools.pairwise(found):
        between = setting.atoms[first.segment.end : second.segment.start]
        edge = setting.atoms[second.segment.start]
        parted = any(atom.kind is Kind.BREAK or atom.text in CLAUSE_ENDS for atom in (*between, edge))
        if first.quantity is None and not parted:
            second.doubt(Doubt.ITEM, "the words before it have no quantity")


def _two_numbers(found: list[Found], setting: Setting) -> None:
    """`do do`, `20 30`: a second number right behind the quantity that belongs to nothing."""
    for line in found:
        quantity = line.segment.quantity
        if quantity is None or quantity.end >= len(setting.atoms):
            continue
        atom = setting.atoms[quantity.end]
        elsewhere = any(other.segment.start <= quantity.end < other.segment.end for other in found)
        if atom.number is not None and atom.taken is None and not elsewhere and not _ends_the_asking(line, setting):
            line.doubt(Doubt.QUANTITY, f"{atom.text} behind the quantity")


def _ends_the_asking(line: Found, setting: Setting) -> bool:
    """`20 set do`: behind an amount with its unit, and before the end or the next goods, `do` is `give`."""
    quantity = line.segment.quantity
    if quantity is None or quantity.unit is None:
        return False
    after = setting.atoms[quantity.end]
    behind = setting.atoms[quantity.end + 1] if quantity.end + 1 < len(setting.atoms) else None
    ends = behind is None or behind.kind is not Kind.WORD or behind.noise == "joiners"
    return after.worded and after.noise == "verbs" and ends


def _read_otherwise(found: list[Found], setting: Setting, rivals: Sequence[Rival]) -> None:
    """If quantities first (or last) reads nearly as well and gives the item another amount, the amount is asked.

    Not if that reading leaves goods without an amount where this one gives each its own and leaves no amount over.
    """
    for rival in rivals:
        if rival.gap > RIVAL_TOO_CLOSE:
            continue
        mine = [line.segment for line in found if rival.start <= line.segment.start < rival.end]
        if _counts_what_is_refused(rival.segments, mine, setting):
            continue
        worse = _halves(rival.segments) > _halves(mine) and not _left_over(rival.segments, mine)
        for line in found:
            own = _has_own_amount(line.segment)
            for other in rival.segments if not (worse and own) else ():
                if other.start < line.segment.end and line.segment.start < other.end and other.column:
                    first, second = line.segment.quantity, other.quantity
                    if first is not None and second is not None and first.start != second.start:
                        line.doubt(Doubt.QUANTITY, "another number may be its quantity")


def _counts_what_is_refused(theirs: Iterable[Segment], mine: Iterable[Segment], setting: Setting) -> bool:
    """`lal paste 4. loban cup nahi chahiye`: no reading in which those four are of what is not wanted."""
    refused = [segment for segment in mine if is_refused(segment, setting.atoms)]
    counted = [segment for segment in theirs if segment.quantity is not None]
    return any(one.start < other.end and other.start < one.end for one in refused for other in counted)


def _halves(segments: Iterable[Segment]) -> int:
    """How many are goods without an amount of their own, or an amount without goods."""
    return sum(1 for segment in segments if bool(segment.column) is not _has_own_amount(segment))


def _left_over(theirs: Iterable[Segment], mine: Sequence[Segment]) -> bool:
    """Whether the others take an amount that none of these covers."""
    amounts = [segment.quantity.start for segment in theirs if segment.quantity is not None]
    return not all(any(segment.start <= at < segment.end for segment in mine) for at in amounts)


def _has_own_amount(segment: Segment) -> bool:
    """An amount of its own and none shared with the lines beside it."""
    quantity = segment.quantity
    return quantity is not None and segment.start <= quantity.start < segment.end


def _joined_in_the_middle(found: list[Found], setting: Setting) -> None:
    """`A 2 case and A extra 700`: goods, amount, `and`, goods are two lines even if one item explains them all."""
    for line in found:
        quantity = line.segment.quantity
        if quantity is None or not line.segment.start < quantity.start < quantity.end < line.segment.end:
            continue
        behind = setting.atoms[quantity.end]
        if behind.noise == "joiners" or behind.fold in vocabulary().grammar["joining"]:
            line.doubt(Doubt.QUANTITY, f"{behind.text} behind the quantity")


def _cut_through(found: list[Found], setting: Setting) -> None:
    """Lines that part `95-2` or `24x18` between them: one of them takes what belongs to the other."""
    said = setting.atoms
    for line in found:
        start = line.segment.start
        before = [at for at in (start - 1, start) if 0 < at < len(said) - 1 and _joins(said[at])]
        if any(said[at - 1].number is not None and said[at + 1].number is not None for at in before):
            for other in found:
                if start - 2 <= other.segment.end - 1 <= start:
                    other.doubt(Doubt.QUANTITY, "cut through a pair of numbers")
            line.doubt(Doubt.QUANTITY, "cut through a pair of numbers")


def _joins(atom: Atom) -> bool:
    return atom.glued and (atom.plain in TIMES or atom.text in DASHES)


def _in_brackets(found: list[Found], setting: Setting) -> None:
    """`12 case gel (8 lemon + 4 mint)`: what stands in brackets behind an amount says how it is made up."""
    depth = list(itertools.accumulate((atom.text == "(") - (atom.text == ")") for atom in setting.atoms))
    for at, before in enumerate(found):
        outside = depth[before.segment.start]
        within = [depth[line.segment.start] > outside for line in found[at + 1 :]]
        inner = found[at + 1 : at + 1 + (within.index(False) if False in within else len(within))]
        if not inner or before.quantity is None:
            continue
        named = any(
            one.quantity is not None and not word.isdigit() for one in inner for word in _item_words(one, setting)
        )
        for one in (before, *inner) if named else inner:
            one.doubt(Doubt.QUANTITY, "brackets say how the amount is made up")


def _taken_back(found: list[Found], setting: Setting) -> None:
    """`do sau nahi, bees`: a negation right behind a line, or inside it, may take it back."""
    refused = {line.segment.start for line in found if is_refused(line.segment, setting.atoms)}
    for line in found:
        words = 0
        for at in range(line.segment.start, len(setting.atoms)):
            atom = setting.atoms[at]
            if at in refused and at >= line.segment.end:
                break  # `marie 6. rusk nahi chahiye`: other goods are taken back
            if line.segment.quantity is not None and line.segment.quantity.start <= at < line.segment.quantity.end:
                continue  # `10 nahi 15 peti` is itself the amount
            words += at >= line.segment.end and atom.wordlike
            if words > FURTHEST_NEGATION:
                break
            number = atom.number is not None and not (atom.worded and atom.noise)
            if at > line.segment.end and (atom.kind is Kind.BREAK or number or atom.text in CLAUSE_ENDS):
                break
            if at == line.segment.end and (atom.kind is Kind.BREAK or number):
                break
            if setting.words.negates(atom.text) and not _speaks(at, line, setting):
                line.doubt(Doubt.QUANTITY, f"{atom.text}: taken back?")
                break


def _speaks(at: int, line: Found, setting: Setting) -> bool:
    """Whether the word names the line's item: `mat` of matt tiles."""
    inside = line.segment.start <= at < line.segment.end
    return inside and line.chosen is not None and float(setting.evidence.text[at, line.chosen]) > 0.6


def _number_said_twice(found: list[Found], setting: Setting) -> None:
    """`10w30 800ml 30`: if one number explains two places of a line, one of them is the quantity."""
    for line in found:
        if line.chosen is None or line.unknown:
            continue
        quantity = line.segment.quantity
        said = [
            setting.atoms[at].number
            for at in range(line.segment.start, line.segment.end)
            if not _twin(at, setting)
            and setting.atoms[at].number is not None
            and not (quantity and quantity.start <= at < quantity.end)
        ]
        if len(said) != len(set(said)) and not _said_by_the_name(said, line, setting):
            line.doubt(Doubt.QUANTITY, "the same number twice beside the quantity")


def _said_by_the_name(said: list[Decimal | None], line: Found, setting: Setting) -> bool:
    """Every number said more than once stands as often in the item's own name: `Chaubis 24-24` says 24 three times."""
    item = setting.catalogue.item(setting.sku(line.chosen or 0))
    if item is None:
        return False
    named = Counter(atom.number for atom in atoms(tokens(item.name), setting.words))
    return all(count == 1 or count <= named[number] for number, count in Counter(said).items())


def _twin(at: int, setting: Setting) -> bool:
    """The second half of a name like `24-24` or of a size like `2x2`."""
    said = setting.atoms
    joined = at >= 2 and ((said[at - 1].text in DASHES and said[at].glued) or said[at - 1].plain in TIMES)
    return joined and said[at - 2].number == said[at].number


def _same_item_twice(found: list[Found], setting: Setting) -> None:
    """Two lines of one item in different words: one of them may mean another, unless its words leave no choice."""
    seen: dict[int, Found] = {}
    for line in found:
        if line.chosen is None or line.unknown:
            continue
        other = seen.get(line.chosen)
        if other is not None and not _same_words(line, other, setting):
            for weaker, stronger in ((line, other), (other, line)):
                clear = len(weaker.ties) == 1 or weaker.why == NAMED
                if not clear and weaker.best <= stronger.best + CLEARLY_LESS:
                    weaker.doubt(Doubt.ITEM, "the same item twice")
        seen[line.chosen] = line


def _same_words(line: Found, other: Found, setting: Setting) -> bool:
    """Both say the same, and say it themselves: `L 20` twice, under two headings, does not."""
    words = _item_words(line, setting)
    named = any(len(word) > LONGEST_SIZE and not word.isdigit() for word in words)
    return named and not line.leaning and not other.leaning and words == _item_words(other, setting)


def _item_words(line: Found, setting: Setting) -> list[str]:
    return [setting.atoms[at].fold for at in own_atoms(line.segment) if setting.evidence.content[at]]
