"""Orders below list laid straight into a database: by schemes, own limits and approvals, with what was asked."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from orders.approval_model import Approval, Basis, PriceRequest, RequestedLine
from orders.model import OrderLine, SalesOrder, UsedScheme
from people.model import Person
from routing.ask_model import Ask, AskedPerson
from tests import booked

PARLE = ("PG-070", "CASE", "820")


def below_list(
    session: Session,
    number: str,
    price: str,
    *,
    at: datetime,
    item: tuple[str, str, str] = PARLE,
    quantity: str = "10",
    party: str = "C004",
    phone: str = "+919000000007",
    by: Person | None = None,
    took: timedelta = timedelta(minutes=5),
    floor: str | None = None,
    claims_free: bool = False,
    scheme: tuple[str, str] | None = None,
    free_goods: str = "",
    **more: Any,
) -> SalesOrder:
    """An order of one line at that price, list price as in `item`.

    `by`: the approver, who took so long; without one, and unless `scheme` (code, rupees) gave it all, it was within the
    requester's own limit. `free_goods`: the list value of what the scheme gave in goods.
    """
    sku, uom, list_price = item
    order = booked.order(session, number, at=at, party=party, phone=phone, goods=((sku, quantity, uom, price),), **more)
    line = order.lines[0]
    line.list_price, line.effective = Decimal(list_price), Decimal(price)
    line.floor = Decimal(floor) if floor else None
    if scheme is not None:
        code, rupees = scheme
        _used(session, order, code, Decimal(rupees))
    if free_goods:
        _used(session, order, "FREE", Decimal(free_goods), quantity=Decimal(1))
        free = {"no": 2, "sku": sku, "uom": uom, "quantity": Decimal(1), "price": Decimal(0), "base_line": 1}
        order.lines.append(OrderLine(**free, list_price=Decimal(free_goods), free=True, scheme="FREE"))
    given = (line.list_price - line.price) * line.quantity - (Decimal(scheme[1]) if scheme else 0)
    if given > 0:
        request = asked(session, order, at=at, by=by, took=took, claims_free=claims_free)
        line.approval_id = _approved(session, order, request, by=by).id
    session.flush()
    return order


def asked(
    session: Session, order: SalesOrder, *, at: datetime, by: Person | None, took: timedelta, claims_free: bool = False
) -> PriceRequest:
    """The request that led to an order's first line, answered by an approver or within the own limit."""
    line = order.lines[0]
    ask = _answered(session, order, by=by, at=at, took=took) if by is not None else None
    request = PriceRequest(
        draft_id=order.draft_id,
        draft_version=1,
        order_number=order.number,
        party_code=order.party_code,
        account_id=order.account_id,
        person_id=order.person_id,
        state="decided",
        asked_at=at,
        ask_id=ask.id if ask else None,
        lines=[
            RequestedLine(
                line_no=1,
                sku=line.sku,
                uom=line.uom,
                quantity=line.quantity,
                list_price=line.list_price,
                price=line.list_price,
                asked_price=line.price,
                asked_free=Decimal(1) if claims_free else None,
                effective=line.price,
                floor=line.floor,
                decision="approved" if by else "granted",
                decided_price=line.price,
            )
        ],
    )
    session.add(request)
    session.flush()
    return request


def _answered(session: Session, order: SalesOrder, *, by: Person, at: datetime, took: timedelta) -> Ask:
    ask = Ask(
        kind="price",
        reference=f"order:{order.number}",
        party_code=order.party_code,
        then="orders.price_decided",
        state="answered",
        opened_at=at - took,
        step_opened_at=at - took,
        answer="approve",
        answered_by=by.id,
        answered_at=at,
    )
    session.add(ask)
    session.flush()
    session.add(
        AskedPerson(ask_id=ask.id, step=0, level=1, person_id=by.id, asked_at=at - took, sees_at=at - took, due_at=at)
    )
    return ask


def _approved(session: Session, order: SalesOrder, request: PriceRequest, *, by: Person | None) -> Approval:
    line = order.lines[0]
    decider = by or session.get_one(Person, order.person_id)
    approval = Approval(
        basis=(Basis.APPROVER if by else Basis.OWN_LIMIT).value,
        request_id=request.id,
        draft_id=order.draft_id,
        draft_version=1,
        line_no=1,
        party_code=order.party_code,
        ship_to="",
        sku=line.sku,
        uom=line.uom,
        least_quantity=line.quantity,
        price=line.price,
        least_price=line.price,
        list_price=line.list_price,
        person_id=decider.id,
        by=decider.name,
        granted_at=order.confirmed_at,
        expires_at=order.confirmed_at + timedelta(hours=1),
        used_order=order.number,
        used_line=1,
        used_at=order.confirmed_at,
    )
    session.add(approval)
    session.flush()
    return approval


def _used(session: Session, order: SalesOrder, code: str, rupees: Decimal, *, quantity: Decimal = Decimal(0)) -> None:
    session.add(
        UsedScheme(
            scheme=code,
            party_code=order.party_code,
            order_number=order.number,
            line=1,
            quantity=quantity,
            rupees=rupees,
            at=order.confirmed_at,
        )
    )
