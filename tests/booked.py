"""Orders laid straight into a database, and what an ERP's list says of them, for tests of registers and measures."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.model import Inbound, InboundState
from erp.mirror_model import MirroredOrderLine, MirrorState
from orders.model import DraftLine, OrderDraft, OrderLine, SalesOrder, TrailEntry
from people.model import Account, Person
from store.database import now

_sids = count(1)

Goods = tuple[str, str, str, str]
"""SKU, quantity, UoM, price."""
SALT: Goods = ("00123", "4", "BAG", "610")
PARLE: Goods = ("PG-070", "20", "CASE", "820")


def person_and_account(session: Session, phone: str) -> tuple[Person, Account]:
    person = session.scalars(select(Person).where(Person.phone == phone)).one()
    account = session.scalars(select(Account).where(Account.person_id == person.id)).first()
    if account is None:
        account = Account(first_seen_at=now(session), person_id=person.id)
        session.add(account)
        session.flush()
    return person, account


def draft(
    session: Session, *, party: str, phone: str, at: datetime, goods: tuple[Goods, ...] = (SALT,), **more: Any
) -> OrderDraft:
    """A draft begun then by a message of that phone."""
    person, account = person_and_account(session, phone)
    heard = Inbound(
        channel="console",
        sid=f"SM{next(_sids)}",
        sender=phone,
        account_id=account.id,
        body="order",
        sent_at=at,
        stored_at=at,
        state=InboundState.DONE.value,
    )
    made = OrderDraft(
        party_code=party,
        account_id=account.id,
        person_id=person.id,
        opened_at=at,
        touched_at=at,
        message_ids=[heard.sid],
        lines=[
            DraftLine(no=no, status="matched", sku=sku, quantity=Decimal(quantity), uom=uom)
            for no, (sku, quantity, uom, _) in enumerate(goods, 1)
        ],
        **({"state": "open"} | more),
    )
    session.add_all([heard, made])
    session.flush()
    lines = [{"no": line.no, "status": line.status, "sku": line.sku} for line in made.lines]
    trail(session, made, "drafted", at=at, by=person.name, inbound_id=heard.id, lines=lines)
    return made


def trail(
    session: Session,
    of: OrderDraft,
    what: str,
    *,
    at: datetime,
    by: str,
    inbound_id: int | None = None,
    **facts: Any,
) -> None:
    session.add(TrailEntry(draft_id=of.id, at=at, what=what, by=by, inbound_id=inbound_id, facts=facts))
    session.flush()


def order(
    session: Session,
    number: str,
    *,
    at: datetime,
    party: str = "C004",
    phone: str = "+919000000007",
    goods: tuple[Goods, ...] = (SALT,),
    tax: str = "0",
    took: timedelta = timedelta(minutes=2),
    **more: Any,
) -> SalesOrder:
    """An order confirmed then and posted at once under the number `E-…`; its first message came `took` before."""
    begun = draft(session, party=party, phone=phone, at=at - took, goods=goods, state="confirmed")
    person = session.get_one(Person, begun.person_id)
    heard = session.scalars(select(TrailEntry.inbound_id).where(TrailEntry.draft_id == begun.id)).one()
    trail(session, begun, "confirmed", at=at, by=person.name, inbound_id=heard)
    total = sum((Decimal(quantity) * Decimal(price) for _, quantity, _, price in goods), Decimal(0))
    made = SalesOrder(
        number=number,
        party_code=party,
        draft_id=begun.id,
        draft_version=1,
        account_id=begun.account_id,
        person_id=begun.person_id,
        total=total,
        tax_estimate=Decimal(tax),
        value_with_tax=total + Decimal(tax),
        message_ids=begun.message_ids,
        confirmed_at=at,
        lines=[
            OrderLine(
                no=no, sku=sku, quantity=Decimal(quantity), uom=uom, price=Decimal(price), list_price=Decimal(price)
            )
            for no, (sku, quantity, uom, price) in enumerate(goods, 1)
        ],
        **({"state": "posted", "erp": "main", "erp_number": f"E-{number}", "posted_at": at} | more),
    )
    session.add(made)
    session.flush()
    return made


def listed(session: Session, number: str, *goods: Goods, ours: str = "", party: str = "C004", **more: Any) -> None:
    """The ERP's list holds an order of these goods."""
    present = now(session)
    for line, (sku, quantity, uom, price) in enumerate(goods, 1):
        values: dict[str, Any] = {
            "erp_number": number,
            "line": line,
            "our_number": ours,
            "customer": party,
            "ship_to": "",
            "date": present.date(),
            "sku": sku,
            "uom": uom,
            "ordered": Decimal(quantity),
            "dispatched": Decimal(0),
            "invoiced": Decimal(0),
            "cancelled": Decimal(0),
            "price": Decimal(price) if price else None,
            "status": "open",
            "promised_on": None,
            "invoice": "",
            "vehicle": "",
            "lr_no": "",
            "as_of": None,
            "erp": "main",
            "listed": True,
            "changed_at": present,
        }
        session.add(MirroredOrderLine(**(values | more)))
    session.flush()


def list_taken_over(session: Session, at: datetime) -> None:
    """The ERP's list of orders was read then."""
    state = session.get_one(MirrorState, ("main", "orders"))
    state.pulled_at, state.as_of = at, at
    session.flush()
