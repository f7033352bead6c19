"""Use cases on approvals: which one covers a line of a draft now, its one use, and its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from orders.approval_model import Approval
from orders.approval_rules import Granted, LineFacts, why_not_covered
from orders.model import DraftLine, OrderDraft
from people.model import Party
from store.database import now

ONE = Decimal(1)


class AlreadyUsed(Exception):  # noqa: N818  (a decision, not a fault)
    """An approval is good for one line of one order, once."""


def covering(session: Session, draft: OrderDraft, line: DraftLine) -> Approval | None:
    """The live approval that covers a line as it stands, priced with what was granted; nothing is changed."""
    facts = line_facts(session, draft, line)
    if facts is None:
        return None
    moment = now(session)
    return next((one for one in live(session, draft.id, line.no) if _why(one, facts, moment) is None), None)


def live(session: Session, draft_id: int, line_no: int) -> Sequence[Approval]:
    """The approvals of a draft's line that were neither used nor voided, the newest first."""
    return session.scalars(
        select(Approval)
        .where(
            Approval.draft_id == draft_id,
            Approval.line_no == line_no,
            Approval.used_at.is_(None),
            Approval.voided_at.is_(None),
        )
        .order_by(Approval.id.desc())
    ).all()


def void_uncovered(session: Session, draft: OrderDraft, line: DraftLine) -> list[Approval]:
    """End whatever was granted for a line and does not cover it any more, for good; which, with the reason in each."""
    facts = line_facts(session, draft, line)
    ended = []
    for approval in live(session, draft.id, line.no):
        why = "changed" if facts is None else _why(approval, facts, now(session))
        if why is not None and void(session, approval, reason=why):
            ended.append(approval)
    return ended


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
        free=own_free(session, line),
        payment_term=session.get_one(Party, draft.party_code).credit_days,
        list_price=line.list_price,
        floor=line.floor,
        absolute=line.absolute,
    )


def own_free(session: Session, line: DraftLine) -> Decimal:
    """The free goods of a line that are of its own item, in its UoM."""
    own = [entry for entry in line.free_goods or () if entry["sku"] == line.sku]
    ladder: Mapping[str, Decimal] = {}
    if any(entry["uom"] != line.uom for entry in own) and line.sku:
        rungs = mirror.uoms(session, [line.sku]).get(line.sku, {})
        ladder = {uom: rung.factor for uom, rung in rungs.items()}
    return sum(
        (Decimal(entry["qty"]) * ladder.get(entry["uom"], ONE) / ladder.get(line.uom or "", ONE) for entry in own),
        Decimal(0),
    )


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
    return why_not_covered(granted(approval), facts, at=moment)
