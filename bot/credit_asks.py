"""Orders, and changes of orders, that credit does not bear, as finance sees and decides them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.ask_values import Unclear, Verdict
from bot.bubbles import ROW_TITLE, Bubble
from bot.replies import Words
from bot.replies import credit_ask as texts
from bot.replies.words import rupees, short
from nlp.approvals import Decided, Decision
from orders.credit_facts import CreditFacts
from orders.credit_releases import House, Stays, hindrance
from routing.ask_model import Answer, Ask, AskState

ZERO = Decimal(0)


def house_of(app: Munshi) -> House:
    """How credit is judged here."""
    settings = app.settings
    return House(
        timezone=settings.timezone,
        erp=app.erp.name,
        overdue_allowed=settings.credit_overdue_days,
        max_age=settings.credit_max_age,
    )


def facts_of(ask: Ask) -> CreditFacts:
    """The figures it is decided on, as they were when it was asked."""
    return CreditFacts.of(ask.facts)


def hindered(session: Session, ask: Ask, *, person_id: int | None = None) -> Unclear | None:
    """Why letting it go would come to nothing now. What the firm disowns may be let go by credit all the same."""
    stays = hindrance(session, ask, person_id=person_id)
    if stays in (None, Stays.NOT_OURS):
        return None
    return Unclear(key=f"credit.stays_{stays}", facts=texts.outcome_facts(facts_of(ask), ask.id))


class CreditAsk:
    """`bot.asked.AskedAbout` of credit."""

    def bubble(self, ask: Ask, words: Words, *, first: int = 0, before: Sequence[str] = ()) -> Bubble:
        """Its figures; see `bot.replies.credit_ask`."""
        del first
        return texts.credit_request(words, facts_of(ask), ask_id=ask.id, version=ask.version, before=before)

    def row(self, ask: Ask, words: Words) -> tuple[str, str]:
        """In one line, and the customer's name."""
        facts = facts_of(ask)
        return texts.row_text(words, facts, ask.id), short(facts.firm, ROW_TITLE)

    def urgency(self, ask: Ask) -> Decimal:
        """An order that stands still goes before any price that leaves a margin."""
        del ask
        return ZERO

    def amount(self, ask: Ask) -> Decimal:
        """Of the order, with tax."""
        return facts_of(ask).value

    def numbered(self, ask: Ask) -> int:
        """It is one thing."""
        del ask
        return 1

    def verdict(self, session: Session, ask: Ask, decided: Sequence[Decided]) -> Verdict | Unclear:
        """Yes or no; how far the limit is raised takes a day, and its own tap (`bot.dialogues.credit_raises`)."""
        if len(decided) != 1 or decided[0].decision is Decision.COUNTER:
            facts = facts_of(ask)
            return Unclear(key="credit_ask.tap_to_raise", facts={"order": facts.named, "needed": rupees(facts.needed)})
        (one,) = decided
        if one.decision is Decision.REJECT:
            return Verdict(answer=Answer.REJECT, facts={"reason": one.reason})
        return hindered(session, ask) or Verdict(answer=Answer.APPROVE)

    def how_to_counter(self, ask: Ask, words: Words) -> str:
        """A limit and a day."""
        facts = facts_of(ask)
        return words("credit_ask.tap_to_raise", order=facts.named, needed=rupees(facts.needed))

    def why_rejected(self, ask: Ask, words: Words) -> Bubble:
        """One tap."""
        return texts.why_rejected(words, facts_of(ask), ask_id=ask.id, version=ask.version)

    def outcome(self, ask: Ask, words: Words) -> str:
        """Whose order is named, who decided is said by whoever tells it."""
        named = texts.outcome_facts(facts_of(ask), ask.id)
        if ask.state != AskState.ANSWERED.value:
            return words(f"credit_ask.was_{ask.state}", **named)
        if ask.answer == Answer.COUNTER.value:
            named |= {
                "limit": rupees(Decimal(ask.answer_facts["limit"])),
                "until": words.day(date.fromisoformat(ask.answer_facts["until"])),
            }
        return words(f"credit_ask.was_{ask.answer}", **named)
