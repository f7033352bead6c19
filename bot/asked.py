"""What kinds of asks there are, as their deciders see them: one entry a kind, all answered in the same way."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from sqlalchemy.orm import Session

from bot import credit_asks, price_asks
from bot.ask_values import Unclear, Verdict
from bot.bubbles import Bubble
from bot.replies import Words
from nlp.approvals import Decided
from routing.ask_model import Ask, AskKind


class AskedAbout(Protocol):
    """One kind of ask. Costs may be in what it says: it is said to its deciders alone."""

    def bubble(self, ask: Ask, words: Words, *, first: int = 0, before: Sequence[str] = ()) -> Bubble:
        """All there is to decide on, with its buttons; in its subject the ask and its version. `first`: behind More."""

    def row(self, ask: Ask, words: Words) -> tuple[str, str]:
        """The same in one line of a list, and the title of its row."""

    def urgency(self, ask: Ask) -> Decimal:
        """By which a list is put in order: the lowest first."""

    def amount(self, ask: Ask) -> Decimal:
        """What is at stake, in rupees: above the limit of the settings only a tap decides."""

    def numbered(self, ask: Ask) -> int:
        """How many parts of it can be decided each by itself, under 1, 2, …; 1: it is one thing."""

    def verdict(self, session: Session, ask: Ask, decided: Sequence[Decided]) -> Verdict | Unclear:
        """What was decided, as the ask takes it."""

    def how_to_counter(self, ask: Ask, words: Words) -> str:
        """Asks for the counter in words."""

    def why_rejected(self, ask: Ask, words: Words) -> Bubble:
        """Asks for the reason of a refusal."""

    def outcome(self, ask: Ask, words: Words) -> str:
        """What was decided or became of it, in one sentence for those who were asked."""


ABOUT: Mapping[str, AskedAbout] = {
    AskKind.PRICE.value: price_asks.PriceAsk(),
    AskKind.CREDIT.value: credit_asks.CreditAsk(),
}


def about(ask: Ask) -> AskedAbout:
    """What kind of ask it is."""
    return ABOUT[ask.kind]
