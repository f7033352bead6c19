"""Orders that credit keeps from the ERP: before finance with all figures, told to the sender with those he may see."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from bot import rep_copies
from bot.app import Munshi
from bot.notices import tell_function
from bot.replies import Words
from bot.replies.credit import limit_text, moment_text, office_moment_text
from bot.replies.orders import order_facts
from bot.replies.words import rupees
from orders.credit import Credit, Standing
from orders.model import SalesOrder
from people.model import Function
from routing import matters
from routing.model import MatterKind
from store.database import now


def put_before_finance(
    app: Munshi, session: Session, order: SalesOrder, standing: Standing, *, inbound_id: int | None = None
) -> None:
    """Open the matter of a held order; finance is told if it is new."""
    zone = app.settings.timezone
    too_old = _too_old(app, session, standing)
    matter, new = matters.open_once(
        session,
        kind=MatterKind.HELD_ORDER,
        reference=f"order:{order.number}",
        function=Function.FINANCE,
        party_code=order.party_code,
        account_id=order.account_id,
        inbound_id=inbound_id,
        facts={
            "verdict": standing.verdict.value,
            "limit": None if standing.limit is None else str(standing.limit),
            "exposure": str(standing.exposure),
            "overdue_days": standing.overdue_days,
            "order_value": str(standing.order_value),
            "balance_as_of": standing.balance_as_of.isoformat() if standing.balance_as_of else None,
            "balance_hours_old": None if too_old is None else int(too_old / timedelta(hours=1)),
        },
    )
    if new:
        rep_copies.copy(app, session, order)
        tell_function(
            app,
            session,
            Function.FINANCE,
            f"notice.credit_{standing.verdict.value}",
            party_code=order.party_code,
            simulated=order.simulated,
            reference=matter.number,
            number=order.number,
            value=rupees(standing.order_value),
            exposure=rupees(standing.exposure),
            limit=limit_text(standing.limit),
            overdue_days=standing.overdue_days,
            as_of=lambda said: office_moment_text(said, standing.balance_as_of, zone, age=too_old),
        )


def held_sentence(said: Words, order: SalesOrder, standing: Standing, *, sees_money: bool, timezone: str) -> str:
    """Said politely; figures only to those who may see them."""
    figures = {
        "exposure": rupees(standing.exposure),
        "limit": rupees(standing.limit or Decimal(0)),
        "short": rupees(standing.short_by),
        "as_of": moment_text(said, standing.balance_as_of, timezone),
    }
    sees = sees_money and standing.verdict == Credit.OVER_LIMIT
    return said("order.held_with_figures" if sees else "order.held", **(order_facts(order) | figures))


def _too_old(app: Munshi, session: Session, standing: Standing) -> timedelta | None:
    """The age of the balance credit was judged by, when that is more than it may be."""
    age = now(session) - standing.balance_as_of if standing.balance_as_of else timedelta()
    return age if age > app.settings.credit_max_age else None
