"""“Pending Sharma”, “aaj ke order Lucknow”: buyers hear of their firms, reps of theirs, the office of all."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import select

from bot.replies.words import quoted, rupees, short
from bot.turn import Turn
from nlp import RegisterQuestion, register_question
from orders.order_book import BookedOrder, ordered_on, pending, unconfirmed
from people.model import Party, Role

OFFICE = {
    Role.ORDER_DESK,
    Role.PLANNER,
    Role.DISPATCH,
    Role.FINANCE,
    Role.PLANT_HEAD,
    Role.ADMIN,
    Role.APPROVER_1,
    Role.APPROVER_2,
    Role.APPROVER_3,
}
"""Who is told of every customer."""
MOST_ORDERS, MOST_NAMES = 12, 3
LONGEST_NAME = 30
SAID_STATES = ("held", "confirmed", "accepted", "rejected", "erp")


def answered(turn: Turn) -> bool:
    """Answer it if it is such a question and its sender may ask it."""
    of_all = bool(OFFICE & set(turn.known.roles))
    if turn.inbound.quoted_sid or not (of_all or turn.known.firms):
        return False
    question = register_question(turn.text, turn.app.catalogues.current(turn.session), today=turn.today)
    if question is None:
        return False
    customers = _customers(turn, question, of_all=of_all)
    if question.named and not question.customers:
        turn.say("book.nobody", said=quoted(question.named))
    elif customers is not None and not customers:
        turn.say("firm.not_yours")
        turn.outcome = "refused"
        return True
    elif question.pending:
        _pending(turn, question, customers)
    else:
        _ordered(turn, question, customers)
    turn.got("answered")
    return True


def _customers(turn: Turn, question: RegisterQuestion, *, of_all: bool) -> Collection[str] | None:
    """Those asked about whom this person may be told of; None: every customer."""
    if of_all:
        return question.customers if question.named else None
    return [code for code in turn.known.firms if not question.named or code in question.customers]


def _pending(turn: Turn, question: RegisterQuestion, customers: Collection[str] | None) -> None:
    timezone, simulated = turn.app.settings.timezone, turn.inbound.simulated
    found = pending(turn.session, customers, day=question.day, timezone=timezone, simulated=simulated)
    of = _of(turn, question, customers)
    if not found:
        turn.say("book.none_pending", of=of)
    else:
        _list(turn, found, turn.words("book.pending", of=of, count=len(found), value=_sum(turn, found)))
    if drafts := unconfirmed(turn.session, customers, simulated=simulated):
        turn.say("book.unconfirmed", count=drafts)


def _ordered(turn: Turn, question: RegisterQuestion, customers: Collection[str] | None) -> None:
    timezone, simulated = turn.app.settings.timezone, turn.inbound.simulated
    assert question.day is not None, "the grammar asks for it"
    found = ordered_on(turn.session, question.day, customers, timezone=timezone, simulated=simulated)
    facts = {"of": _of(turn, question, customers), "day": turn.words.day(question.day)}
    if not found:
        turn.say("book.none_ordered", **facts)
    else:
        _list(turn, found, turn.words("book.ordered", **facts, count=len(found), value=_sum(turn, found)))


def _list(turn: Turn, found: Sequence[BookedOrder], heading: str) -> None:
    several = len({order.customer for order in found}) > 1
    turn.said.append(heading)
    turn.said += [_line(turn, order, named=several) for order in found[:MOST_ORDERS]]
    if len(found) > MOST_ORDERS:
        turn.say("book.more", count=len(found) - MOST_ORDERS)


def _line(turn: Turn, order: BookedOrder, *, named: bool) -> str:
    parts = [
        order.number,
        short(order.name, LONGEST_NAME) if named else "",
        turn.words.day(order.day),
        turn.words("book.lines", count=order.lines),
        rupees(order.value) if turn.known.sees_money and order.value is not None else "",
        turn.words(f"book.state_{order.state}") if order.state in SAID_STATES else "",
        "" if order.leaves_on is None else turn.words("book.leaves", day=turn.words.day(order.leaves_on)),
    ]
    return "• " + ", ".join(part for part in parts if part)


def _sum(turn: Turn, found: Sequence[BookedOrder]) -> str:
    """Only to who sees money, and only where every value is known."""
    values = [order.value for order in found]
    if not turn.known.sees_money or None in values:
        return ""
    return f", {rupees(sum((value for value in values if value is not None), Decimal(0)))}"


def _of(turn: Turn, question: RegisterQuestion, customers: Collection[str] | None) -> str:
    """Whose orders they are, by name while they are few."""
    if customers is None:
        return turn.words("book.everybody")
    if len(customers) > MOST_NAMES:
        return question.named or turn.words("book.your_customers", count=len(customers))
    names = turn.session.scalars(select(Party.name).where(Party.code.in_(customers)).order_by(Party.name))
    return ", ".join(names)
