"""Orders the ERP booked otherwise than they were posted: before a person, and their senders hear nothing until then."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.notices import tell_function
from bot.replies.words import short
from orders.model import SalesOrder
from orders.read_back import Apart
from people.model import Function
from routing import matters
from routing.model import MatterKind

SHOWN = 300


def put_before_a_person(app: Munshi, session: Session, order: SalesOrder, apart: Sequence[Apart]) -> None:
    """Once an order, with both sides of every line that differs."""
    said = [f"{one.sku}: {one.ours} → {one.theirs}" for one in apart]
    matter, new = matters.open_once(
        session,
        kind=MatterKind.POSTED_DIFFERS,
        reference=f"order:{order.number}",
        function=Function.COMMERCIAL,
        party_code=order.party_code,
        account_id=order.account_id,
        facts={"order": order.number, "erp_number": order.erp_number, "lines": said},
    )
    if new:
        tell_function(
            app,
            session,
            Function.COMMERCIAL,
            "notice.posted_differs",
            party_code=order.party_code,
            simulated=order.simulated,
            number=order.erp_number or order.number,
            lines=short("; ".join(said), SHOWN),
            reference=matter.number,
        )
