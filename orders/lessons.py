"""What words meant, by the orders keyed beside them: weighed into proposals, conflicts and what was seen too seldom.

Pure. One lesson is one line somebody wrote beside the one line of an order that it can have become.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from orders.alias_rules import fold, phrase_problem

TIMES = 2
FIRMS_FOR_EVERYONE = 3
EVERYONE = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """Words, and the item that was keyed for them. `known`: they were read so without a question."""

    party_code: str
    words: str
    sku: str
    day: date
    said: str
    """The line as written."""
    keyed: str
    """The order's line as the ERP has it."""
    known: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """Words that meant one item each time; of one customer, or (an empty code) of everyone."""

    party_code: str
    phrase: str
    sku: str
    lessons: tuple[Lesson, ...]

    @property
    def times(self) -> int:
        """On how many days, each customer's counted apart."""
        return len({(lesson.party_code, lesson.day) for lesson in self.lessons})


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """Words of one customer that meant several items."""

    party_code: str
    phrase: str
    lessons: Mapping[str, tuple[Lesson, ...]]
    """By SKU."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """What comes of all lessons."""

    proposals: tuple[Proposal, ...]
    conflicts: tuple[Conflict, ...]
    too_seldom: tuple[Proposal, ...]


Bundle = dict[str, list[Lesson]]


def weigh(lessons: Iterable[Lesson], *, times: int = TIMES, firms: int = FIRMS_FOR_EVERYONE) -> Weighed:
    """Proposed is what was never contradicted and seen on so many days; for everyone what so many firms agree on.

    Words always read rightly teach nothing, but contradict those that meant something else.
    """
    by_firm: dict[tuple[str, str], Bundle] = defaultdict(lambda: defaultdict(list))
    for lesson in lessons:
        phrase = fold(lesson.words)
        if not phrase_problem(phrase):
            by_firm[lesson.party_code, phrase][lesson.sku].append(lesson)
    conflicts = [
        Conflict(party_code=firm, phrase=phrase, lessons={sku: tuple(one) for sku, one in skus.items()})
        for (firm, phrase), skus in sorted(by_firm.items())
        if len(skus) > 1
    ]
    agreed = [
        Proposal(party_code=firm, phrase=phrase, sku=sku, lessons=tuple(found))
        for (firm, phrase), skus in sorted(by_firm.items())
        for sku, found in skus.items()
        if len(skus) == 1 and not all(lesson.known for lesson in found)
    ]
    meanings: dict[str, set[str]] = defaultdict(set)
    for (_, phrase), skus in by_firm.items():
        meanings[phrase] |= set(skus)
    common, own = _for_everyone(agreed, meanings, firms=firms)
    proposed = [*common, *(one for one in own if one.times >= times)]
    return Weighed(
        proposals=tuple(sorted(proposed, key=lambda one: (-one.times, one.party_code, one.phrase))),
        conflicts=tuple(conflicts),
        too_seldom=tuple(one for one in own if one.times < times),
    )


def _for_everyone(
    agreed: Sequence[Proposal], meanings: Mapping[str, set[str]], *, firms: int
) -> tuple[list[Proposal], list[Proposal]]:
    """What many firms agree on and nobody denies, as one proposal; and the others as they are."""
    by_phrase: dict[str, list[Proposal]] = defaultdict(list)
    for one in agreed:
        by_phrase[one.phrase].append(one)
    common, own = [], []
    for phrase, found in by_phrase.items():
        if len(found) >= firms and len(meanings[phrase]) == 1:
            lessons = tuple(lesson for one in found for lesson in one.lessons)
            common.append(Proposal(party_code=EVERYONE, phrase=phrase, sku=found[0].sku, lessons=lessons))
        else:
            own += found
    return common, own
