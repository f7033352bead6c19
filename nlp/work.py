"""What the steps pass on: one message in the making."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from nlp.aliases import AliasHit
from nlp.atoms import Atom
from nlp.catalogue import Catalogue
from nlp.dates import FoundDate
from nlp.evidence import Evidence
from nlp.found import Found, Setting
from nlp.habits import Habit
from nlp.prices import AskedPrice
from nlp.quantities import Quantity
from nlp.search import Layout, Rival, Segment
from nlp.values import Change, Context, Intent, Matter, Moment, ReadLine, Span, Speaker, TraceEntry


@dataclass(slots=True)
class Work:
    """The message, what is known about it, and what each step has found so far."""

    text: str
    catalogue: Catalogue
    speaker: Speaker
    moment: Moment
    context: Context
    atoms: list[Atom] = field(default_factory=list)
    slots: dict[str, str] = field(default_factory=dict)
    dates: list[FoundDate] = field(default_factory=list)
    prices: list[AskedPrice] = field(default_factory=list)
    percents: list[Decimal] = field(default_factory=list)
    habits: dict[str, Habit] = field(default_factory=dict)
    hits: list[AliasHit] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    evidence: Evidence | None = None
    segments: list[Segment] = field(default_factory=list)
    layout: Layout = Layout.LAST
    rivals: tuple[Rival, ...] = ()
    found: list[Found] = field(default_factory=list)
    setting: Setting | None = None
    lines: list[ReadLine] = field(default_factory=list)
    asked: list[ReadLine] = field(default_factory=list)
    requested_on: date | None = None
    urgent: bool = False
    halves: tuple[date, date] | None = None
    seen: dict[str, float] = field(default_factory=dict)
    intent: Intent = Intent.OTHER
    confidence: float = 0.0
    edits: list[Change] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    also: list[Matter] = field(default_factory=list)
    left_over: list[Span] = field(default_factory=list)
    language: str = ""
    trace: list[TraceEntry] = field(default_factory=list)

    def note(self, step: str, decided: str, *facts: str) -> None:
        self.trace.append(TraceEntry(step=step, decided=decided, facts=facts))

    def spans(self) -> dict[str, list[Span]]:
        return {
            "lines": [line.span for line in self.lines],
            "dates": [(found.start, found.end) for found in self.dates],
            "left_over": list(self.left_over),
        }
