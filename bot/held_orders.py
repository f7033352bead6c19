"""Orders that credit keeps from the ERP: before finance with all figures, before their sender with his ways out."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from bot import approving, rep_copies
from bot.app import Munshi
from bot.bubbles import Bubble, Button
from bot.credit_asks import house_of
from bot.replies import Words
from bot.replies.credit import moment_text
from bot.replies.orders import order_facts
from bot.replies.words import rupees
from orders.credit import Credit, Standing
from orders.credit_releases import ask_finance
from orders.model import SalesOrder
from people.model import Function
from routing import matters
from routing.asks import Opened
from routing.model import MatterKind
from store.database import now

KIND = "held_by_credit"


def put_before_finance(
    app: Munshi, session: Session, order: SalesOrder, standing: Standing, *, inbound_id: int | None = None
) -> Opened | None:
    """Open the matter of a held order and ask finance to decide; what was asked, None when it was asked already."""
    too_old = _too_old(app, session, standing)
    _, new = matters.open_once(
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
    opened = ask_finance(session, order, standing, house=house_of(app))
    if opened is not None:
        approving.tell_new(app, session, opened.ask, opened.asked)
    return opened


def held_bubble(
    said: Words, order: SalesOrder, standing: Standing, opened: Opened | None, *, sees_money: bool, timezone: str
) -> Bubble:
    """What its sender is told of it, with his ways out: to wait, to lower it to what fits, to cancel it."""
    sentences = [_held_sentence(said, order, standing, opened, sees_money=sees_money, timezone=timezone)]
    if opened is not None and opened.seen_at is not None:
        sentences.append(said("order.held_seen_at", moment=moment_text(said, opened.seen_at, timezone)))
    if sees_money and standing.fits > 0:
        sentences.append(said("order.held_fits", fits=rupees(standing.fits)))
    return with_ways_out(said, order, sentences)


def with_ways_out(said: Words, order: SalesOrder, sentences: list[str]) -> Bubble:
    """Sentences about a held order, and what its sender may do about it."""
    return Bubble(
        kind="held_by_credit",
        lines=tuple(sentences),
        buttons=(
            Button(act="ack", title=said("button.let_wait")),
            Button(act="change", title=said("button.change")),
            Button(act="cancel", title=said("button.cancel")),
        ),
        topic=f"order:{order.number}",
        language=said.catalogue,
        subject={"order": order.number},
    )


def _held_sentence(
    said: Words, order: SalesOrder, standing: Standing, opened: Opened | None, *, sees_money: bool, timezone: str
) -> str:
    """Said politely; figures only to those who may see them, and that somebody has been told only if he was."""
    if opened is not None and not opened.asked:
        return said("order.is_held", **order_facts(order))
    if not sees_money or standing.verdict != Credit.OVER_LIMIT:
        return said("order.held", **order_facts(order))
    return said(
        "order.held_with_figures",
        exposure=rupees(standing.exposure),
        limit=rupees(standing.limit or Decimal(0)),
        short=rupees(standing.short_by),
        as_of=moment_text(said, standing.balance_as_of, timezone),
        **order_facts(order),
    )


def _too_old(app: Munshi, session: Session, standing: Standing) -> timedelta | None:
    """The age of the balance credit was judged by, when that is more than it may be."""
    age = now(session) - standing.balance_as_of if standing.balance_as_of else timedelta()
    return age if age > app.settings.credit_max_age else None
