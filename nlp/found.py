"""An order line in the making, what the line before has said, and what deciding on them needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from nlp.aliases import AliasHit
from nlp.atoms import Atom
from nlp.catalogue import Catalogue
from nlp.evidence import Evidence, Scores
from nlp.fold import is_size
from nlp.habits import Habit
from nlp.lookup import may_be_one_of, similar_words
from nlp.marks import said_number
from nlp.search import Segment
from nlp.tokens import Kind, tokens
from nlp.values import Doubt, ItemRecord
from nlp.vocabulary import Role, Vocabulary

NAMED, OTHER_SIZE = "an alias names it", "the goods of the line before in the other size"
TIE = 0.75
"""Items whose words fit the text within this margin of the best one cannot be told apart by the text."""
MOST_CANDIDATES = 10


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


def said_words(places: list[int], setting: Setting) -> frozenset[str]:
    """Every word of the catalogue that the words at these places may be and the numbers there."""
    atoms = [setting.atoms[at] for at in places]
    words = (word for atom in atoms if atom.wordlike for word, _ in similar_words(atom.goods, setting.catalogue))
    return frozenset([*words, *(said_number(atom.plain) for atom in atoms if atom.number is not None)])


def orders_of(columns: list[int], setting: Setting) -> int:
    return sum(habit.orders for column in columns if (habit := setting.habit(column)))


def speaks_of(at: int, column: int, setting: Setting) -> bool:
    """Whether the word may be one of the item's own, misspelled or cut short."""
    atom = setting.atoms[at]
    if not column or not atom.wordlike or atom.number is not None:
        return False
    item = setting.item(column)
    described = f"{item.name} {item.brand} {item.category}"
    spelled = {form for token in tokens(described) if token.kind is Kind.WORD for form in (token.fold, token.plain)}
    return may_be_one_of(atom.text, spelled) or (len(atom.plain) > 1 and item.sku.lower().startswith(atom.plain))
