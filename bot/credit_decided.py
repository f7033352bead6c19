"""What follows finance's word on a held order, or its silence: told to its sender, truly and once."""

from sqlalchemy.orm import Session

from bot import approving
from bot.app import Munshi
from bot.bubbles import Bubble
from bot.confirmed import FOR_THE_NUMBER
from bot.credit_asks import facts_of, house_of
from bot.held_orders import with_ways_out
from bot.notices import account_language, language_of, tell, write_to
from bot.replies import Words, words
from bot.replies import credit_ask as texts
from bot.replies.orders import order_facts
from orders import held
from orders.credit_asks import ORDER, withdraw
from orders.credit_releases import Decided, decided
from orders.model import OrderState
from people.model import Account, Person
from routing import matters
from routing.ask_model import Answer
from routing.model import MatterKind


def credit_decided(app: Munshi, ask_id: int) -> None:
    """The job: let the order go or tell why not; a repeat does nothing."""
    app.database.retrying(lambda session: _follow(app, session, ask_id))


def _follow(app: Munshi, session: Session, ask_id: int) -> None:
    outcome = decided(session, ask_id, house=house_of(app))
    if outcome is None:
        return
    if outcome.went:
        settle(session, outcome.order.number, by=who(session, outcome), reason=str(outcome.answer))
    if outcome.stays is not None:
        tell_decider(app, session, outcome)
    else:
        _tell_sender(app, session, outcome)


def settle(session: Session, number: str, *, by: str, reason: str) -> None:
    """What stood before finance about a held order is over."""
    matters.close_about(session, f"order:{number}", kinds=[MatterKind.HELD_ORDER], by=by, reason=reason)


def cancel_held(app: Munshi, session: Session, number: str, *, by: str, reason: str) -> bool:
    """Cancel an order the ERP never had, and tell whoever was asked about it; False when it has it by now."""
    take_back(app, session, number, reason=f"cancelled by {by}")
    return held.cancel(session, number, by=by, reason=reason)


def take_back(app: Munshi, session: Session, number: str, *, reason: str, what: str = ORDER) -> None:
    """Nobody need decide on the credit of this order, or change, any more: those who were asked are told so."""
    withdrawn = withdraw(session, number, reason, what=what)
    if withdrawn is not None:
        approving.tell_end(app, session, withdrawn.ask, withdrawn.others)


def who(session: Session, outcome: Decided) -> str:
    """Whoever decided, by name."""
    person = session.get(Person, outcome.ask.answered_by) if outcome.ask.answered_by is not None else None
    return person.name if person is not None else "munshi"


def _tell_sender(app: Munshi, session: Session, outcome: Decided) -> None:
    order = outcome.order
    account = session.get_one(Account, order.account_id)
    said = words(account_language(account))
    if outcome.went:
        topic, subject = f"order:{order.number}", {"order": order.number}
        lines = (said("credit.cleared", **order_facts(order)), said("order.noted", **order_facts(order)))
        bubble = Bubble(kind="confirmed", lines=lines, topic=topic, language=said.catalogue, subject=subject)
        write_to(app, session, account, bubble, simulated=order.simulated, hold=FOR_THE_NUMBER)
        return
    if order.state != OrderState.HELD.value or was_never_asked(outcome):
        return  # he has been told where it stands
    bubble = with_ways_out(said, order, [_why_not(said, outcome)])
    write_to(app, session, account, bubble, simulated=order.simulated)


def _why_not(said: Words, outcome: Decided) -> str:
    if outcome.answer is None:
        return said("credit.lapsed", **order_facts(outcome.order))
    if not outcome.reason:
        return said("credit.refused", **order_facts(outcome.order))
    return said("credit.refused_because", why=texts.reason_text(said, outcome.reason), **order_facts(outcome.order))


def was_never_asked(outcome: Decided) -> bool:
    """Nobody was left to ask in the very moment it was asked; then that was said."""
    return outcome.answer is None and outcome.ask.ended_at == outcome.ask.opened_at


def tell_decider(app: Munshi, session: Session, outcome: Decided) -> None:
    """His yes came to nothing between the tap and now."""
    assert outcome.ask.answer in (Answer.APPROVE.value, Answer.COUNTER.value), "only a yes can come to nothing"
    person = session.get_one(Person, outcome.ask.answered_by)
    said = words(language_of(person))
    line = said(f"credit.stays_{outcome.stays}", **texts.outcome_facts(facts_of(outcome.ask), outcome.ask.id))
    bubble = Bubble(kind="approval_over", lines=(line,), language=said.catalogue, topic=f"ask:{outcome.ask.id}")
    tell(app, session, person, bubble, simulated=outcome.order.simulated)
