"""What a rep hears of his customers: their orders, those that are held, what was short; combined in one message."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.model import COPY
from bot.notices import keep, language_of
from bot.replies import Words, words
from bot.replies.orders import order_facts
from bot.replies.words import amount
from erp import mirror
from orders.model import OrderDraft, OrderState, SalesOrder
from orders.schedule import plant_of_party
from orders.shortage import fell_short
from people.model import Party, Person, Role
from routing.quiet import quiet_until
from routing.staff_hours import hours_of
from store.database import now

COMBINED = timedelta(minutes=5)
"""So long what happens is gathered before it is told; while his plant is closed, until it opens."""


def copy(app: Munshi, session: Session, order: SalesOrder) -> None:
    """Keep a sentence about an order that was posted or is held for the rep of its customer, unless it is his own."""
    party = session.get_one(Party, order.party_code)
    rep = _rep(session, party)
    if rep is None or rep.id == order.person_id:
        return
    said, present = words(language_of(rep)), now(session)
    plant = plant_of_party(session, party, timezone=app.settings.timezone).code
    quiet = quiet_until(hours_of(session, rep, plant=plant, timezone=app.settings.timezone), present)
    held = order.state == OrderState.HELD.value
    sentence = said("copy.held" if held else "copy.posted", firm=party.name, **order_facts(order))
    keep(
        session,
        rep,
        " ".join([sentence, *_short(session, order, said)]),
        plant=plant,
        due_at=quiet or present + COMBINED,
        simulated=order.simulated,
        topic=COPY,
        facts={},
    )


def _rep(session: Session, party: Party) -> Person | None:
    """The person of the number the ERP gives for the firm, if he is a rep; his access is looked at by the digest."""
    if not party.sales_rep:
        return None
    person = session.scalars(select(Person).where(Person.phone == party.sales_rep)).first()
    return person if person is not None and Role.SALES_REP.value in person.roles else None


def _short(session: Session, order: SalesOrder, said: Words) -> list[str]:
    lines = fell_short(session.get_one(OrderDraft, order.draft_id))
    if not lines:
        return []
    items = mirror.items(session, {line.sku for line in lines if line.sku})
    named = [
        f"{items[line.sku].name} {amount(line.free_now, None)}/{amount(line.wanted or line.quantity, line.uom)}"
        for line in lines
        if line.sku in items
    ]
    return [said("copy.short", lines=", ".join(named))]
