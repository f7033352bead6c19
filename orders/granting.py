"""What a decision makes of a line of a draft: its approval, and the price it has from then on."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from orders.approval_model import Approval, Basis, Decision, PriceRequest, RequestedLine, RequestState
from orders.approval_rules import Granted, LineFacts, covers, given_away, valid_until
from orders.model import DraftLine, OrderDraft
from orders.schedule import plant_of_party
from orders.wishes import ZERO, Wish
from people.model import Party, Person
from routing.staff_hours import hours_of_plant
from store.database import now


def requested_line(wish: Wish) -> RequestedLine:
    """A wish with the price snapshot it is asked against."""
    return RequestedLine(
        line_no=wish.no,
        sku=wish.line.sku,
        uom=wish.line.uom,
        quantity=wish.quantity,
        list_price=wish.list_price,
        price=wish.price,
        wished_price=wish.wished_price,
        asked_price=wish.asked_price,
        asked_free=wish.asked_free,
        own_free=wish.own_free,
        effective=wish.effective,
        floor=wish.floor,
        absolute=wish.absolute,
    )


def decide(line: RequestedLine, decision: Decision, *, price: Decimal | None = None, reason: str = "") -> None:
    """Write down what became of a line; without a counter's price it is what was asked, or nothing."""
    line.decision, line.reason = decision.value, reason
    if decision == Decision.COUNTERED:
        line.decided_price = price
    elif decision != Decision.REJECTED:
        line.decided_price, line.decided_free = line.wished_price, line.asked_free


def would_cover(session: Session, request: PriceRequest, asked: RequestedLine, draft: OrderDraft, wish: Wish) -> bool:
    """Whether an approval of a line as it was asked would let the line go as it is wished now."""
    party = session.get_one(Party, draft.party_code)
    same = (asked.asked_price, asked.asked_free) == (wish.asked_price, wish.asked_free)
    facts = LineFacts(
        party_code=draft.party_code,
        ship_to=draft.ship_to or "",
        sku=wish.line.sku or "",
        uom=wish.line.uom or "",
        quantity=wish.quantity,
        effective=wish.effective,
        free=wish.own_free,
        payment_term=party.credit_days,
        list_price=wish.list_price,
        floor=wish.floor,
        absolute=wish.absolute,
    )
    moment = now(session)
    granted = Granted(
        party_code=request.party_code,
        ship_to=request.ship_to,
        sku=asked.sku,
        uom=asked.uom,
        least_quantity=asked.quantity,
        price=asked.wished_price,
        least_price=asked.effective,
        most_free=asked.own_free,
        payment_term=request.payment_term,
        list_price=asked.list_price,
        floor=asked.floor,
        expires_at=moment + timedelta(days=1),
    )
    return same and covers(granted, facts, at=moment)


def was_refused(session: Session, draft: OrderDraft, wish: Wish) -> bool:
    """Whether a line that stands below its floor by the rules alone was refused just so: it is not asked again."""
    if wish.asked_price is not None or wish.asked_free is not None:
        return False
    refused = (
        select(RequestedLine)
        .join(PriceRequest, PriceRequest.id == RequestedLine.request_id)
        .where(
            PriceRequest.draft_id == draft.id,
            RequestedLine.line_no == wish.no,
            RequestedLine.sku == wish.line.sku,
            RequestedLine.uom == wish.line.uom,
            RequestedLine.quantity == wish.quantity,
            RequestedLine.effective == wish.effective,
            or_(
                RequestedLine.decision == Decision.REJECTED.value,
                PriceRequest.state == RequestState.LAPSED.value,
            ),
        )
    )
    return session.scalars(refused.limit(1)).first() is not None


def expiry(session: Session, party_code: str, *, since: datetime, timezone: str) -> datetime:
    """Until when an approval given at a moment may be used, by the calendar of the plant that supplies."""
    party = session.get_one(Party, party_code)
    plant = plant_of_party(session, party, timezone=timezone).code
    return valid_until(hours_of_plant(session, plant, timezone=timezone), since)


def approve(
    session: Session,
    request: PriceRequest,
    asked: RequestedLine,
    *,
    basis: Basis,
    person: Person,
    expires_at: datetime,
    price: Decimal | None = None,
    effective: Decimal | None = None,
) -> Approval:
    """Write an approval of a line as it was asked, or at the price named instead with what a UoM then comes to."""
    approval = Approval(
        basis=basis.value,
        request_id=request.id,
        draft_id=request.draft_id,
        draft_version=request.draft_version,
        line_no=asked.line_no,
        party_code=request.party_code,
        ship_to=request.ship_to,
        sku=asked.sku,
        uom=asked.uom,
        least_quantity=asked.quantity,
        price=asked.wished_price if price is None else price,
        free=asked.asked_free if price is None else None,
        least_price=asked.effective if effective is None else effective,
        most_free=asked.own_free,
        payment_term=request.payment_term,
        rules_version=request.rules_version,
        list_price=asked.list_price,
        floor=asked.floor,
        person_id=person.id,
        by=person.name,
        granted_at=now(session),
        expires_at=expires_at,
    )
    session.add(approval)
    session.flush()
    return approval


def price_as_granted(line: DraftLine | None, asked: RequestedLine) -> None:
    """Give a line what was asked for it; a line of another item or unit by now is left alone."""
    if line is None or (line.sku, line.uom) != (asked.sku, asked.uom):
        return
    if asked.asked_price is not None:
        line.granted_price = asked.asked_price
    if asked.asked_free is not None:
        line.granted_free = asked.asked_free


def forget_wish(line: DraftLine | None, asked: RequestedLine) -> None:
    """A wish that was answered with no, or by nobody, is over; one that has changed meanwhile stays."""
    if line is None or line.sku != asked.sku:
        return
    if asked.asked_price is not None and line.requested_price == asked.asked_price:
        line.requested_price = None
    if asked.asked_free is not None and line.asked_free == asked.asked_free:
        line.asked_free = None


def granted_so_far(session: Session, draft: OrderDraft, *, but: set[int], basis: Basis | None = None) -> Decimal:
    """Rupees below list of the lines that have live approvals, without those of these numbers."""
    live = select(Approval.line_no).where(
        Approval.draft_id == draft.id, Approval.used_at.is_(None), Approval.voided_at.is_(None)
    )
    if basis is not None:
        live = live.where(Approval.basis == basis.value)
    numbers = set(session.scalars(live)) - but
    return sum(
        (
            given_away(line.list_price, line.effective, line.quantity)
            for line in draft.lines
            if line.no in numbers and line.list_price and line.effective and line.quantity
        ),
        ZERO,
    )
