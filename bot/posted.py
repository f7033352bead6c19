"""What the ERP made of an order, told truly to everybody concerned."""

from dataclasses import replace
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import changed_orders, differing, rep_copies, urgency
from bot.app import Munshi
from bot.bubbles import Bubble
from bot.model import Outbound, OutboundState
from bot.notices import account_language, tell_function, write_to
from bot.outgoing import release
from bot.replies import Words, words
from bot.replies.orders import moved, where_it_stands
from erp import outbox
from orders import booked as read_back
from orders import post
from orders.change_model import OrderChange
from orders.change_posting import last_change, note_order, post_next
from orders.model import OrderDraft, OrderState, SalesOrder
from orders.read_back import ReadBack
from people.model import Account, Function
from routing import matters
from routing.model import MatterKind
from store.holds import held

log = structlog.get_logger()


def order_posted(app: Munshi, reference: str) -> None:
    """Follows each outcome of an order in the outbox; a repeat of the same news says nothing."""
    state = app.database.retrying(lambda session: _order_posted(app, session, reference))
    if state:
        log.info("order_told", order=reference, state=state)


def _order_posted(app: Munshi, session: Session, number: str) -> str:
    """The order's new state, or nothing when that is no news."""
    order, news = post.outcome_of(session, number)
    if not news:
        return ""
    if order.state == OrderState.REJECTED.value:
        _rejected(app, session, order)
        changed_orders.order_refused(app, session, order)
    if order.state in (OrderState.POSTED.value, OrderState.REJECTED.value):
        late = [MatterKind.LATE_RESULT]
        matters.close_about(session, f"order:{number}", kinds=late, by="munshi", reason=order.state)
    if order.state == OrderState.POSTED.value:
        rep_copies.copy(app, session, order)
    if order.urgent and order.state in urgency.WITH_THE_ERP:
        urgency.request(app, session, order)
    if order.state == OrderState.POSTED.value:
        post_next(session, order)
    if order.state == OrderState.POSTED.value and order.read_back == ReadBack.DIFFERS:
        differing.put_before_a_person(app, session, order, post.apart(session, order))
    elif not read_back.waits(session, order, app.settings.read_back_wait):
        tell_sender(app, session, order)
    return order.state


def tell_sender(app: Munshi, session: Session, order: SalesOrder) -> None:
    """In the bubble that waits for it; if that has gone, in one of its own. Accepted is no news beside 'noted'."""
    if order.state == OrderState.ACCEPTED.value:
        return
    account = session.get_one(Account, order.account_id)
    said = words(account_language(account))
    bubble = order_bubble(said, order)
    if order.state == OrderState.POSTED.value:
        later = moved(said, order, session.get_one(OrderDraft, order.draft_id))
        bubble = replace(bubble, lines=(*bubble.lines, *later))
    waiting = session.scalars(
        select(Outbound)
        .where(
            Outbound.account_id == account.id,
            Outbound.topic == f"order:{order.number}",
            Outbound.kind == "confirmed",
            Outbound.state == OutboundState.QUEUED.value,
        )
        .order_by(Outbound.position.desc())
        .limit(1)
    ).first()
    if waiting is not None:
        before = tuple(waiting.lines[:-1])
        joined = Bubble(
            kind=bubble.kind,
            lines=(*before, *bubble.lines),
            topic=bubble.topic,
            language=bubble.language,
            subject=bubble.subject,
        )
        if release(session, waiting.id, bubble=joined):
            return
    write_to(app, session, account, bubble, simulated=order.simulated)


def say_posted(app: Munshi, session: Session, number: str, *, by: str, reason: str) -> bool:
    """A person has looked at what the ERP booked otherwise: its sender hears now what he was not told."""
    order = post.locked(session, number)
    if order.read_back != ReadBack.DIFFERS:
        return False
    order.read_back = ReadBack.SETTLED.value
    note_order(session, order, "read_back_settled", by=by, reason=reason)
    change = last_change(session, order)
    if change is not None and order.changed_at is not None and change.posted_at == order.changed_at:
        changed_orders.tell_posted(app, session, order, change)
    else:
        tell_sender(app, session, order)
    return True


def read_back_due(app: Munshi) -> int:
    """Orders whose senders wait until the ERP's list shows what it booked, or has not in time: how many are told."""
    with app.database.transaction() as session:
        if held(session):
            return 0
        due = read_back.due(session)
    return sum(app.database.retrying(partial(_looked_up, app, number=number)) for number in due)


def _looked_up(app: Munshi, session: Session, *, number: str) -> bool:
    order = post.locked(session, number)
    found = read_back.looked_up(session, order)
    if found is None:
        return False
    if found:
        differing.put_before_a_person(app, session, order, found)
    else:
        tell_sender(app, session, order)
    return True


def order_bubble(said: Words, order: SalesOrder) -> Bubble:
    """Where an order stands, in a bubble of its topic."""
    return Bubble(
        kind=order.state,
        lines=(where_it_stands(said, order),),
        topic=f"order:{order.number}",
        language=said.catalogue,
        subject={"order": order.number},
    )


def _rejected(app: Munshi, session: Session, order: SalesOrder) -> None:
    """The customer hears that the office is looking; the office hears why."""
    matter = matters.open_matter(
        session,
        kind=MatterKind.REJECTED_ORDER,
        reference=f"order:{order.number}",
        function=Function.COMMERCIAL,
        party_code=order.party_code,
        account_id=order.account_id,
        facts={"reason": order.reason, "erp": order.erp},
    )
    tell_function(
        app,
        session,
        Function.COMMERCIAL,
        "notice.rejected",
        party_code=order.party_code,
        number=order.number,
        reason=order.reason,
        reference=matter.number,
        simulated=order.simulated,
    )


def post_gave_up(app: Munshi, error: str, outbox_id: int) -> None:
    """A document's job failed for good: its row still says what is due, and a person must look."""
    with app.database.transaction() as session:
        matters.open_matter(
            session,
            kind=MatterKind.FAILED_JOB,
            reference=f"outbox:{outbox_id}",
            function=Function.IT,
            facts={"error": error[:500]},
        )


def job_gave_up(app: Munshi, error: str, **ids: int | str) -> None:
    """Any other job that failed for good."""
    about = ",".join(f"{name}:{value}" for name, value in sorted(ids.items()))
    with app.database.transaction() as session:
        matters.open_matter(
            session,
            kind=MatterKind.FAILED_JOB,
            reference=about,
            function=Function.IT,
            facts={"error": error[:500]},
        )


def late_results(app: Munshi) -> int:
    """Orders the ERP accepted and has not answered for in time are put before a person, once each."""
    with app.database.transaction() as session:
        if held(session):
            return 0  # what a restore brought back may have been answered for long ago
        late = outbox.overdue(session, app.settings.result_max_age)
        for outcome in late:
            _late(app, session, outcome.number)
        return len(late)


def _late(app: Munshi, session: Session, number: str) -> None:
    change = session.get(OrderChange, number)
    order = session.get(SalesOrder, change.order_number if change is not None else number)
    if order is None:
        return
    matter = matters.open_matter(
        session,
        kind=MatterKind.LATE_RESULT,
        reference=f"change:{number}" if change is not None else f"order:{number}",
        function=Function.COMMERCIAL,
        party_code=order.party_code,
        account_id=order.account_id,
        facts={"erp": order.erp, "order": order.number},
    )
    tell_function(
        app,
        session,
        Function.COMMERCIAL,
        "notice.late",
        party_code=order.party_code,
        number=number,
        reference=matter.number,
        simulated=order.simulated,
    )
