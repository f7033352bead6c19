"""Showing where things stand: the summary of a draft, the list of open ones, the last order."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bot.bubbles import Bubble
from bot.model import ACCEPTED_STATES, Outbound
from bot.replies.summary import Facts, summary
from bot.replies.words import rupees
from bot.turn import Turn
from orders import drafts
from orders.drafts import Changed
from orders.goods import goods_of
from orders.model import DraftState, OrderDraft, OrderState, SalesOrder
from people.model import Party

OWED = "owed"
"""In `Conversation.pending`: the draft whose summary a turn left to the next message."""


def draft_summary(turn: Turn, draft: OrderDraft, **how: Any) -> None:
    """Show a draft as it is now; `how` goes into the summary's Facts."""
    turn.show(summary(turn.words, facts_of(turn, draft, **how)))
    turn.conversation.draft_id = draft.id
    turn.wants_summary = None


def facts_of(turn: Turn, draft: OrderDraft, **how: Any) -> Facts:
    """What a summary is made from; every line must have been priced."""
    session = turn.session
    party = session.get_one(Party, draft.party_code)
    skus = {line.sku for line in draft.lines if line.sku}
    skus |= {entry["sku"] for line in draft.lines for entry in line.candidates}
    return Facts(
        draft=draft,
        goods=goods_of(session, skus, price_list=party.price_list),
        firm=party.name,
        name_firm=draft.on_behalf or len(turn.known.firms) > 1,
        places=drafts.places(session, draft.party_code),
        **how,
    )


def changed_summary(turn: Turn, draft: OrderDraft, changed: Changed, **how: Any) -> None:
    """After a change: a new version at today's prices, and its summary unless a newer message will show it."""
    repriced = drafts.refresh(turn.session, draft, day=turn.today)
    changed.repriced = {**repriced.repriced, **changed.repriced}
    drafts.touch(turn.session, draft, reminder=turn.app.settings.draft_reminder)
    drafts.note(
        turn.session,
        draft,
        "changed" if draft.version > 1 else "drafted",
        by=turn.known.name,
        inbound_id=turn.inbound.id,
        version=draft.version,
        lines=trail_lines(draft),
    )
    turn.conversation.draft_id = draft.id
    turn.progress = True
    turn.outcome = turn.outcome or "summary"
    turn.session.flush()
    if not draft.lines:
        drafts.close(turn.session, draft, DraftState.DECLINED, by=turn.known.name, reason="emptied")
        turn.say("draft.emptied")
        return
    if turn.waits_behind():
        turn.conversation.pending = {**turn.conversation.pending, OWED: draft.id}
        return
    whole = draft.version == 1 or not _was_shown(turn, draft)
    draft_summary(turn, draft, changed=changed, whole=whole, **how)
    _forget_owed(turn)


def owed(turn: Turn) -> None:
    """The last of several messages shows what the earlier ones left to it."""
    draft_id = turn.conversation.pending.get(OWED)
    if draft_id is None or turn.waits_behind():
        return
    _forget_owed(turn)
    draft = turn.session.get_one(OrderDraft, draft_id)
    if draft.state == DraftState.OPEN.value and not any(bubble.draft_id == draft_id for bubble in turn.bubbles):
        draft_summary(turn, draft)
        turn.progress = True


def _forget_owed(turn: Turn) -> None:
    pending = dict(turn.conversation.pending)
    if pending.pop(OWED, None) is not None:
        turn.conversation.pending = pending


def _was_shown(turn: Turn, draft: OrderDraft) -> bool:
    return (
        turn.session.scalars(
            select(Outbound.id)
            .where(Outbound.draft_id == draft.id, Outbound.state.in_([state.value for state in ACCEPTED_STATES]))
            .limit(1)
        ).first()
        is not None
    )


def trail_lines(draft: OrderDraft) -> list[dict[str, Any]]:
    """The lines as the trail keeps them."""
    return [
        {
            "no": line.no,
            "sku": line.sku,
            "quantity": None if line.quantity is None else format(line.quantity.normalize(), "f"),
            "uom": line.uom,
            "status": line.status,
            "price": None if line.price is None else str(line.price),
            "source": line.source,
        }
        for line in draft.lines
    ]


def present_state(turn: Turn) -> None:
    """Where this person's order stands: the open draft, else the last order."""
    draft_id = turn.conversation.draft_id
    draft = turn.session.get(OrderDraft, draft_id) if draft_id else None
    if draft is not None and draft.state == DraftState.OPEN.value:
        draft_summary(turn, draft)
        turn.outcome = "summary"
        return
    order = turn.session.scalars(
        select(SalesOrder)
        .where(SalesOrder.account_id == turn.account.id)
        .order_by(SalesOrder.confirmed_at.desc())
        .limit(1)
    ).first()
    if order is None:
        turn.say("state.nothing_open")
        return
    turn.say(*order_state_key(order), **order_facts(order))


def order_state_key(order: SalesOrder) -> tuple[str]:
    """The sentence that says truly where an order stands."""
    return (f"order.is_{order.state}",)


def order_facts(order: SalesOrder) -> dict[str, object]:
    """The facts of that sentence."""
    return {
        "number": order.number,
        "erp_number": order.erp_number or order.number,
        "total": rupees(order.total),
        "count": len(order.lines),
    }


def list_open(turn: Turn, open_ones: list[OrderDraft]) -> None:
    """Several drafts are open: each is named, and the newest can be tapped."""
    turn.say("draft.several_open")
    for draft in open_ones:
        party = turn.session.get_one(Party, draft.party_code)
        total = sum(
            ((line.quantity or Decimal(0)) * (line.price or Decimal(0)) for line in draft.lines), Decimal(0)
        )
        turn.say("draft.one_open", firm=party.name, count=len(draft.lines), total=rupees(total))
    draft_summary(turn, open_ones[-1])


def order_bubble(turn: Turn, order: SalesOrder, kind: str, key: str, **facts: object) -> Bubble:
    """One sentence about an order, under the topic of that order."""
    return Bubble(
        kind=kind,
        lines=(turn.words(key, **(order_facts(order) | facts)),),
        topic=f"order:{order.number}",
        language=turn.words.catalogue,
        subject={"order": order.number},
    )

