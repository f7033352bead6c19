"""Price requests as their approvers see and decide them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from bot.ask_values import Unclear, Verdict
from bot.bubbles import ROW_TITLE, Bubble
from bot.replies import Words
from bot.replies import approval as texts
from bot.replies.words import rupees, short
from nlp.approvals import Decided, Decision
from orders import approval_rules as rules
from orders.approval_model import PriceRequest, RequestedLine
from orders.approval_rules import LineVerdict
from orders.deal import DealFacts, DealLine, facts_of_json, worst
from orders.deal_facts import deal_facts
from orders.price_requests import counter_fits
from orders.pricing import money
from routing.ask_model import Answer, Ask, AskState

DEAL = "deal"
"""In the facts of an ask: what it is decided on, as it was when it was asked."""
HUNDRED = Decimal(100)
ANSWERS = {
    rules.Verdict.APPROVE: Answer.APPROVE,
    rules.Verdict.REJECT: Answer.REJECT,
    rules.Verdict.COUNTER: Answer.COUNTER,
}


def request_of(session: Session, ask: Ask) -> PriceRequest:
    """The price request an ask is about."""
    return session.get_one(PriceRequest, int(ask.reference.partition(":")[2]))


def facts_of(ask: Ask) -> DealFacts:
    """The figures it is decided on, as they were when it was asked."""
    return facts_of_json(ask.facts[DEAL])


def keep_facts(session: Session, ask: Ask, *, timezone: str) -> None:
    """Write down what it is decided on, in the transaction in which it is asked."""
    if DEAL not in ask.facts:
        facts = deal_facts(session, request_of(session, ask), timezone=timezone)
        ask.facts = {**ask.facts, DEAL: facts.as_json()}


class PriceAsk:
    """`bot.asked.AskedAbout` of a price."""

    def bubble(self, ask: Ask, words: Words, *, first: int = 0, before: Sequence[str] = ()) -> Bubble:
        """Its figures; see `bot.replies.approval`."""
        return texts.price_request(words, facts_of(ask), ask_id=ask.id, version=ask.version, first=first, before=before)

    def row(self, ask: Ask, words: Words) -> tuple[str, str]:
        """In one line, and the customer's name."""
        facts = facts_of(ask)
        return texts.row_text(words, facts, ask.id), short(facts.buyer.name, ROW_TITLE)

    def urgency(self, ask: Ask) -> Decimal:
        """The margin that would be left, in percent; what is not known is worst."""
        return worst(facts_of(ask).after)

    def amount(self, ask: Ask) -> Decimal:
        """Of the whole order as asked."""
        return facts_of(ask).size

    def numbered(self, ask: Ask) -> int:
        """Its lines, worst margin first."""
        return len(facts_of(ask).lines)

    def verdict(self, session: Session, ask: Ask, decided: Sequence[Decided]) -> Verdict | Unclear:
        """Of every line, by the numbers they were shown under; a price that was asked for is no counter."""
        lines = facts_of(ask).worst_first()
        wished = {line.line_no: line for line in request_of(session, ask).lines}
        found: dict[int, LineVerdict] = {}
        for one in decided:
            for line in _lines_of(lines, one):
                verdict = _of_line(line, wished[line.no], one)
                if isinstance(verdict, Unclear):
                    return verdict
                found[line.no] = verdict
        if missing := [str(place) for place, line in enumerate(lines, 1) if line.no not in found]:
            return Unclear(key="approval.also_others", facts={"numbers": ", ".join(missing)})
        said = {verdict.verdict for verdict in found.values()}
        answer = ANSWERS[said.pop()] if len(said) == 1 else Answer.MIXED
        return Verdict(answer=answer, facts=rules.answer_facts(found))

    def how_to_counter(self, ask: Ask, words: Words) -> str:
        """One line: a price; several: each under its number, or a percentage for all."""
        lines = facts_of(ask).worst_first()
        if len(lines) > 1:
            return words("approval.counter_lines", number=texts.number(ask.id))
        (line,) = lines
        return words(
            "approval.counter_price",
            number=texts.number(ask.id),
            item=short(line.item, 60),
            uom=line.uom,
            asked=rupees(line.asked),
            listed=rupees(line.list_price),
        )

    def why_rejected(self, ask: Ask, words: Words) -> Bubble:
        """One tap."""
        return texts.why_rejected(words, ask_id=ask.id, version=ask.version, facts=facts_of(ask))

    def outcome(self, ask: Ask, words: Words) -> str:
        """Who bought is named, who decided is said by whoever tells it."""
        facts = facts_of(ask)
        named = {"number": texts.number(ask.id), "firm": short(facts.buyer.name, 60), "size": rupees(facts.size)}
        if ask.state != AskState.ANSWERED.value:
            return words(f"approval.was_{ask.state}", **named)
        said = words(f"approval.was_{ask.answer}", **named)
        counters = _prices(facts, rules.verdicts(ask.answer_facts))
        return f"{said} {counters}" if counters else said


def _lines_of(lines: Sequence[DealLine], decided: Decided) -> Iterable[DealLine]:
    return [lines[place - 1] for place in decided.numbers] if decided.numbers else lines


def _of_line(line: DealLine, wish: RequestedLine, decided: Decided) -> LineVerdict | Unclear:
    if decided.decision is Decision.REJECT:
        return LineVerdict(verdict=rules.Verdict.REJECT, reason=decided.reason)
    if decided.decision is Decision.APPROVE:
        return LineVerdict(verdict=rules.Verdict.APPROVE)
    price = decided.price
    if decided.percent is not None:
        price = money(line.list_price * (HUNDRED - decided.percent) / HUNDRED)
    assert price is not None, "a counter names a price or a percentage"
    if price == line.asked and not line.asked_free:
        return LineVerdict(verdict=rules.Verdict.APPROVE)
    if not counter_fits(wish, price):
        return Unclear(
            key="approval.counter_outside",
            facts={"price": rupees(price), "asked": rupees(line.asked), "by_rules": rupees(wish.price)},
        )
    return LineVerdict(verdict=rules.Verdict.COUNTER, price=price)


def _prices(facts: DealFacts, verdicts: Mapping[int, LineVerdict]) -> str:
    """The prices that were named instead."""
    named = [(facts.line(no), verdict.price) for no, verdict in verdicts.items() if verdict.price is not None]
    return ", ".join(f"{short(line.item, 40)}: {rupees(price)}/{line.uom}" for line, price in named if line and price)
