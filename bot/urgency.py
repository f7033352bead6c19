"""Hands the wish for speed of an order that is with the ERP to dispatch: a matter, and one notice."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.notices import tell_function
from orders.model import OrderState, SalesOrder
from orders.schedule import plant_of_party
from people.model import Function, Party
from routing import matters
from routing.model import Matter, MatterKind

WITH_THE_ERP = (OrderState.ACCEPTED.value, OrderState.POSTED.value)


def request(app: Munshi, session: Session, order: SalesOrder) -> None:
    """Once an order, however often it is said or the ERP answers."""
    reference = f"order:{order.number}"
    if session.scalars(
        select(Matter.id).where(Matter.kind == MatterKind.URGENT.value, Matter.reference == reference).limit(1)
    ).first():
        return
    matter, new = matters.open_once(
        session,
        kind=MatterKind.URGENT,
        reference=reference,
        function=Function.DISPATCH,
        party_code=order.party_code,
        account_id=order.account_id,
        facts={"order": order.number},
    )
    if not new:
        return
    party = session.get_one(Party, order.party_code)
    tell_function(
        app,
        session,
        Function.DISPATCH,
        "notice.urgent",
        party_code=order.party_code,
        plant=plant_of_party(session, party, timezone=app.settings.timezone).code,
        simulated=order.simulated,
        number=order.erp_number or order.number,
        day=lambda said: "–" if order.next_dispatch_on is None else said.day(order.next_dispatch_on),
        reference=matter.number,
    )
