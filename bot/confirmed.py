"""What follows a confirmation that no message of its sender brought about: a clerk's, or that of the clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.bubbles import Bubble, fits
from bot.held_orders import held_bubble, put_before_finance
from bot.model import Conversation
from bot.notices import account_language, tell_main_buyer, write_to
from bot.replies import words
from bot.replies.orders import moved, order_facts
from bot.turn import pages
from orders.confirm import Confirmed
from orders.credit import Standing
from orders.model import OrderDraft, SalesOrder
from people.model import Account, Person
from routing import matters

FOR_THE_NUMBER = timedelta(seconds=2)
"""How long the answer to a yes waits for the ERP's number."""


def follow(
    app: Munshi,
    session: Session,
    conversation: Conversation,
    outcome: Confirmed,
    *,
    first: Sequence[str],
    closed_by: str = "munshi",
    reason: str = "",
) -> None:
    """Tell the sender, beginning with `first`, and everybody else concerned. The locks are the caller's.

    What stood before a person about the draft is closed with the reason, else with the order's number.
    """
    order = outcome.order
    draft = session.get_one(OrderDraft, order.draft_id)
    matters.close_about(session, f"draft:{draft.id}", by=closed_by, reason=reason or order.number)
    if conversation.draft_id == draft.id:
        conversation.draft_id = None
    account = session.get_one(Account, order.account_id)
    if outcome.standing is not None:
        _tell_held(app, session, account, order, outcome.standing, first=first)
    else:
        _tell(app, session, account, order, first=[*first, *_where_it_stands(account, order, draft)])
    if order.on_behalf:
        tell_main_buyer(app, session, order, by=session.get_one(Person, order.person_id).name)


def _where_it_stands(account: Account, order: SalesOrder, draft: OrderDraft) -> list[str]:
    """The last sentence is the one that gives way to the ERP's number."""
    said = words(account_language(account))
    return [*moved(said, order, draft), said("order.noted", **order_facts(order))]


def _tell_held(
    app: Munshi, session: Session, account: Account, order: SalesOrder, standing: Standing, *, first: Sequence[str]
) -> None:
    """Credit keeps it from the ERP: finance is asked, and its sender has his ways out in the last bubble."""
    opened = put_before_finance(app, session, order, standing)
    said = words(account_language(account))
    sees, zone = account.person is not None and account.person.sees_money, app.settings.timezone
    held = held_bubble(said, order, standing, opened, sees_money=sees, timezone=zone)
    whole = replace(held, lines=(*first, *held.lines))
    before = [] if fits(whole) else pages(first, language=said.catalogue, kind="confirmed")
    for bubble in (*before, held if before else whole):
        write_to(app, session, account, bubble, simulated=order.simulated)


def _tell(app: Munshi, session: Session, account: Account, order: SalesOrder, *, first: Sequence[str]) -> None:
    """As few bubbles as it takes; the last one waits for the number."""
    said = words(account_language(account))
    *before, last = pages(first, language=said.catalogue, kind="confirmed")
    for bubble in before:
        write_to(app, session, account, bubble, simulated=order.simulated)
    subject, topic = {"order": order.number}, f"order:{order.number}"
    bubble = Bubble(kind="confirmed", lines=last.lines, topic=topic, language=said.catalogue, subject=subject)
    write_to(app, session, account, bubble, simulated=order.simulated, hold=FOR_THE_NUMBER)
