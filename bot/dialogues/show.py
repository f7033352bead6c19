"""Showing where things stand: the summary of a draft, the list of open ones, the last order."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bot.bubbles import MOST_ROWS, ROW_DESCRIPTION, ROW_TITLE, Bubble, Row
from bot.dialogues import announcing, assist, office, price_wishes
from bot.drafted import facts_of
from bot.model import ACCEPTED_STATES, Outbound
from bot.replies.orders import order_facts, where_it_stands
from bot.replies.words import amount, rupees, short
from bot.turn import OWED, Turn
from erp.records import plain
from orders import drafts, more_to_come, order_changes
from orders.amended import Standing
from orders.drafts import Changed
from orders.left import what_left
from orders.memory import recall
from orders.model import DraftState, OrderDraft, SalesOrder
from people.model import Party
from people.modes import in_shadow
from routing import matters


def draft_summary(turn: Turn, draft: OrderDraft, **how: Any) -> None:
    """Show a draft as it is now; `how` goes into the summary's Facts. Of a customer in assist a clerk sees it first."""
    turn.conversation.draft_id = draft.id
    if assist.keeps(turn, draft):
        assist.leave_to_the_desk(turn, draft)
        return
    if how.get("heading") not in announcing.ASKS_WHETHER:
        announcing.announce_if_allowed(turn, draft)
    name_firm = draft.on_behalf or len(turn.known.firms) > 1
    turn.show(facts_of(turn.session, draft, name_firm=name_firm, timezone=turn.app.settings.timezone, **how))


def changed_summary(turn: Turn, draft: OrderDraft, changed: Changed, **how: Any) -> None:
    """After a change: a new version at today's prices, and its summary at the end of the turn."""
    if draft.changes_order is not None:
        what_left_stays(turn, draft, changed)
    repriced = drafts.refresh(turn.session, draft, day=turn.today)
    changed.repriced = {**repriced.repriced, **changed.repriced}
    remembered = recall(turn.session, draft, changed.lines)
    if remembered:
        repriced = drafts.refresh(turn.session, draft, day=turn.today)
    usual = turn.app.settings.draft_reminder
    drafts.touch(turn.session, draft, reminder=more_to_come.reminder(turn.session, draft, usual=usual))
    drafts.note(
        turn.session,
        draft,
        "changed" if draft.version > 1 else "drafted",
        by=turn.known.name,
        inbound_id=turn.inbound.id,
        version=draft.version,
        lines=trail_lines(draft),
    )
    turn.got("summary")
    turn.session.flush()
    if not draft.lines and not drafts.is_cancellation(draft):
        drafts.close(turn.session, draft, DraftState.DECLINED, by=turn.known.name, reason="emptied")
        matters.close_about(turn.session, f"draft:{draft.id}", by="munshi", reason="emptied")
        turn.conversation.draft_id = None
        turn.say("draft.emptied")
        return
    office.tell_unpriced(turn, draft)
    price_wishes.ask(turn, draft)
    whole = draft.version == 1 or not _was_shown(turn, draft)
    draft_summary(turn, draft, changed=changed, goods=repriced.goods, whole=whole, remembered=remembered, **how)


def what_left_stays(turn: Turn, draft: OrderDraft, changed: Changed) -> None:
    """Of an order that is changed: what has left stays in it, and is said to."""
    order = turn.session.get_one(SalesOrder, draft.changes_order)
    base = Standing.from_json(draft.changes_from)
    gone = what_left(turn.session, order, base.lines)
    moved = order_changes.keep_what_left(draft, base, gone)
    turn.session.flush()
    names = drafts.goods_in(turn.session, draft)
    for line in [line for line in draft.lines if line.no in moved]:
        left = gone.of(line.changes_line)
        key = "change.line_gone" if left.closed else "change.line_partly_gone"
        turn.say(key, item=names.name(str(line.sku)), left=amount(left.quantity, line.uom))
    changed.lines |= set(moved)


def owed(turn: Turn) -> None:
    """The last of several messages shows what the earlier ones left to it."""
    left = turn.conversation.pending.get(OWED)
    if not left or turn.waits_behind() or turn.speaker is None:
        return
    turn.conversation.pending = {name: value for name, value in turn.conversation.pending.items() if name != OWED}
    current = turn.conversation.draft_id
    for draft_id, heading in left.items():
        draft = drafts.locked(turn.session, int(draft_id))
        if draft.state == DraftState.OPEN.value and draft.party_code in turn.known.firms:
            _show_owed(turn, draft, heading or {})
    turn.conversation.draft_id = current or turn.conversation.draft_id


def _show_owed(turn: Turn, draft: OrderDraft, heading: dict[str, Any]) -> None:
    """Unless this turn ends with that draft anyway; then only what had to be said first is added."""
    shown = any(what.topic == f"draft:{draft.id}" for what in turn.shown)
    if heading or not shown:
        draft_summary(turn, draft, **heading)
    turn.got("summary")


def _was_shown(turn: Turn, draft: OrderDraft) -> bool:
    accepted = Outbound.state.in_([state.value for state in ACCEPTED_STATES])
    return (
        turn.session.scalars(select(Outbound.id).where(Outbound.draft_id == draft.id, accepted).limit(1)).first()
        is not None
    )


def trail_lines(draft: OrderDraft) -> list[dict[str, Any]]:
    """The lines as the trail keeps them."""
    return [
        {
            "no": line.no,
            "sku": line.sku,
            "quantity": None if line.quantity is None else plain(line.quantity),
            "uom": line.uom,
            "status": line.status,
            "price": None if line.price is None else str(line.price),
            "source": line.source,
            **({"short": line.short} if line.short else {}),
        }
        for line in draft.lines
    ]


def present_state(turn: Turn) -> None:
    """Where this person's order stands: the open draft, else the last order."""
    draft = open_draft_of(turn)
    order = None if draft is not None else last_order_of(turn)
    if draft is not None:
        draft_summary(turn, draft)
    elif order is not None:
        tell_order(turn, order)
    else:
        turn.say("state.nothing_open")


def tell_order(turn: Turn, order: SalesOrder) -> None:
    """Say where an order stands."""
    turn.said.append(where_it_stands(turn.words, order))


def open_draft_of(turn: Turn) -> OrderDraft | None:
    """The draft this conversation is about, while it is open."""
    draft_id = turn.conversation.draft_id
    draft = turn.session.get(OrderDraft, draft_id) if draft_id else None
    if draft is None or draft.state != DraftState.OPEN.value or draft.party_code not in turn.known.firms:
        return None
    return None if in_shadow(turn.session, (draft.party_code,)) else draft


def last_order_of(turn: Turn) -> SalesOrder | None:
    """The last order this person placed, for a firm he may still speak for."""
    return turn.session.scalars(
        select(SalesOrder)
        .where(SalesOrder.account_id == turn.account.id, SalesOrder.party_code.in_(turn.known.firms))
        .order_by(SalesOrder.confirmed_at.desc())
        .limit(1)
    ).first()


def list_open(turn: Turn, open_ones: list[OrderDraft]) -> None:
    """Several drafts are open: each is a row to be tapped, which shows its summary."""
    turn.show(
        Bubble(
            kind="which_draft",
            lines=(turn.words("draft.several_open"),),
            rows=tuple(_draft_row(turn, draft) for draft in open_ones[-MOST_ROWS:]),
            rows_title=turn.words("button.choose"),
            topic="which_draft",
            language=turn.words.catalogue,
        )
    )
    turn.outcome = turn.outcome or "asked"


def _draft_row(turn: Turn, draft: OrderDraft) -> Row:
    firm = turn.session.get_one(Party, draft.party_code).name
    total = sum(((line.quantity or Decimal(0)) * (line.price or Decimal(0)) for line in draft.lines), Decimal(0))
    said = turn.words("draft.one_open", firm=firm, count=len(draft.lines), total=rupees(total))
    return Row(act="pick", arg=f"d.{draft.id}", title=short(firm, ROW_TITLE), description=short(said, ROW_DESCRIPTION))


def order_bubble(turn: Turn, order: SalesOrder, kind: str, key: str, **facts: object) -> Bubble:
    """One sentence about an order, under the topic of that order."""
    return Bubble(
        kind=kind,
        lines=(turn.words(key, **(order_facts(order) | facts)),),
        topic=f"order:{order.number}",
        language=turn.words.catalogue,
        subject={"order": order.number},
    )
