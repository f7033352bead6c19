"""Use cases on approvals: which one covers a line of a draft now, its one use, and its end."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from erp import mirror
from orders.approval_model import Approval, Basis, PriceRequest
from orders.approval_rules import Granted, LineFacts, WhyNot, own_free, why_not_covered
from orders.model import DraftLine, OrderDraft
from people.model import Party
from store.database import now


class AlreadyUsed(Exception):  # noqa: N818  (a decision, not a fault)
    """An approval is good for one line of one order, once."""


def covering(session: Session, draft: OrderDraft, line: DraftLine) -> Approval | None:
    """The live approval that covers a line as it stands, priced with what was granted; nothing is changed."""
    facts = line_facts(session, draft, line)
    if facts is None:
        return None
    moment = now(session)
    of_line = [one for one in live_of(session, draft.id) if one.line_no == line.no]
    return next((one for one in of_line if _why(one, facts, moment) is None), None)


def void_outside(session: Session, draft: OrderDraft, lines: Iterable[DraftLine]) -> None:
    """End for good what was granted for these lines and does not cover them any more, or for lines that are gone."""
    known = {line.no for line in draft.lines}
    going = {line.no: line for line in lines}
    for approval in live_of(session, draft.id):
        line = going.get(approval.line_no)
        if line is not None:
            facts = line_facts(session, draft, line)
            why = "changed" if facts is None else _why(approval, facts, now(session))
        else:
            why = None if approval.line_no in known else "removed"
        if why is not None:
            void(session, approval, reason=why)


def live_of(session: Session, draft_id: int) -> Sequence[Approval]:
    """The approvals of a draft that were neither used nor voided, the newest first."""
    return session.scalars(
        select(Approval)
        .where(Approval.draft_id == draft_id, Approval.used_at.is_(None), Approval.voided_at.is_(None))
        .order_by(Approval.id.desc())
    ).all()


def use(session: Session, approval: Approval, order_number: str, line_no: int) -> None:
    """Take an approval for a line of an order, under its lock. Raises AlreadyUsed when it is not live any more.

    Used again for the same line of the same order it stays as it is.
    """
    row = session.get_one(Approval, approval.id, with_for_update=True, populate_existing=True)
    if (row.used_order, row.used_line) == (order_number, line_no):
        return
    moment = now(session)
    if row.used_at is not None or row.voided_at is not None or row.expires_at <= moment:
        raise AlreadyUsed(f"approval {row.id} is not live")
    row.used_order, row.used_line, row.used_at = order_number, line_no, moment
    session.execute(update(PriceRequest).where(PriceRequest.id == row.request_id).values(order_number=order_number))


def void(session: Session, approval: Approval, *, reason: str) -> bool:
    """End an approval for good; False when it was used, or ended before."""
    row = session.get_one(Approval, approval.id, with_for_update=True, populate_existing=True)
    if row.used_at is not None or row.voided_at is not None:
        return False
    row.voided_at, row.void_reason = now(session), reason
    return True


def line_facts(session: Session, draft: OrderDraft, line: DraftLine) -> LineFacts | None:
    """What of a line an approval is held against; None while it has no item, quantity or price."""
    if not line.sku or not line.quantity or not line.uom or line.effective is None or line.list_price is None:
        return None
    return LineFacts(
        party_code=draft.party_code,
        ship_to=draft.ship_to or "",
        sku=line.sku,
        uom=line.uom,
        quantity=line.quantity,
        effective=line.effective,
        free=_own_free(session, line),
        payment_term=session.get_one(Party, draft.party_code).credit_days,
        list_price=line.list_price,
        floor=line.floor,
        absolute=line.absolute,
    )


def _own_free(session: Session, line: DraftLine) -> Decimal:
    """The free goods of a line that are of its own item, in its UoM."""
    sku, uom = line.sku or "", line.uom or ""
    own = [entry for entry in line.free_goods or () if entry["sku"] == sku]
    other_uoms = any(entry["uom"] != uom for entry in own)
    factors = {name: rung.factor for name, rung in mirror.uoms(session, [sku])[sku].items()} if other_uoms else {}
    return own_free(own, sku, uom, factors)


def granted(approval: Approval) -> Granted:
    """An approval as a value."""
    return Granted(
        party_code=approval.party_code,
        ship_to=approval.ship_to,
        sku=approval.sku,
        uom=approval.uom,
        least_quantity=approval.least_quantity,
        price=approval.price,
        least_price=approval.least_price,
        most_free=approval.most_free,
        payment_term=approval.payment_term,
        list_price=approval.list_price,
        floor=approval.floor,
        expires_at=approval.expires_at,
    )


def _why(approval: Approval, facts: LineFacts, moment: datetime) -> str | None:
    why = why_not_covered(granted(approval), facts, at=moment)
    if why is None and approval.basis == Basis.OWN_LIMIT and facts.quantity > approval.least_quantity:
        return WhyNot.QUANTITY  # more of it may be more than is his to give: his limit is asked again
    return why
