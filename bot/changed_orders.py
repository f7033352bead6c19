"""What the ERP made of a change of an order, told to whoever asked for it, whose order it is, and the office."""

from collections.abc import Callable, Iterable
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import approving, differing
from bot.app import Munshi
from bot.bubbles import Bubble
from bot.confirmed import FOR_THE_NUMBER
from bot.credit_asks import house_of
from bot.credit_decided import settle, take_back
from bot.held_orders import put_before_finance
from bot.model import Outbound, OutboundState
from bot.notices import account_language, language_of, tell, tell_function, write_to
from bot.outgoing import release
from bot.replies import Words, words
from bot.replies.credit import moment_text
from bot.replies.words import rupees
from orders.change_model import OrderChange
from orders.change_posting import change_apart, change_outcome, drop_change, fall
from orders.confirm_change import ChangeConfirmed
from orders.credit import Standing
from orders.credit_asks import CHANGE
from orders.credit_releases import ask_finance_of_change
from orders.model import OrderDraft, OrderState, SalesOrder
from orders.read_back import ReadBack
from people.model import Account, Function, Person
from people.who import main_buyer
from routing import matters
from routing.asks import Opened
from routing.model import MatterKind

log = structlog.get_logger()


def change_posted(app: Munshi, reference: str) -> None:
    """Follows each outcome of a change in the outbox; a repeat of the same news says nothing."""
    state = app.database.retrying(lambda session: _change_posted(app, session, reference))
    if state:
        log.info("change_told", change=reference, state=state)


def _change_posted(app: Munshi, session: Session, number: str) -> str:
    change, order, news, fallen = change_outcome(session, number)
    if not news:
        return ""
    if change.state != OrderState.ACCEPTED.value:
        late = [MatterKind.LATE_RESULT]
        matters.close_about(session, f"change:{number}", kinds=late, by="munshi", reason=change.state)
    if change.state == OrderState.REJECTED.value:
        _rejected(app, session, order, change)
        tell_fallen(app, session, order, fallen)
    elif change.state == OrderState.POSTED.value and order.read_back == ReadBack.DIFFERS:
        differing.put_before_a_person(app, session, order, change_apart(session, change))
    elif change.state == OrderState.POSTED.value:
        tell_posted(app, session, order, change)
    return change.state


def tell_posted(app: Munshi, session: Session, order: SalesOrder, change: OrderChange) -> None:
    """The order is what was asked for: said to whoever asked, and to whoever else it concerns."""
    _tell(app, session, change, lambda said: said(f"change.{_done(change)}", **_facts(order, change)))
    tell_others(app, session, order, change)


def _done(change: OrderChange) -> str:
    if not change.cancels:
        return "posted"
    return "rest_cancelled" if change.lines else "cancelled"


def _facts(order: SalesOrder, change: OrderChange) -> dict[str, object]:
    return {
        "number": order.erp_number or order.number,
        "revision": change.revision,
        "total": rupees(change.total),
        "count": sum(not line.get("free") for line in change.lines),
    }


def noted_sentence(words: Words, outcome: ChangeConfirmed) -> str:
    """What its sender hears of his yes before the ERP has said anything."""
    order, change = outcome.order, outcome.change
    if outcome.standing is not None:
        return words("change.held_with_order" if outcome.at_once else "change.held", **_facts(order, change))
    if outcome.at_once:
        gone = order.state == OrderState.CANCELLED.value
        return words("change.cancelled" if gone else "change.in_the_order", **_facts(order, change))
    return words("change.noted_behind" if outcome.behind else "change.noted", **_facts(order, change))


def noted_lines(words: Words, outcome: ChangeConfirmed, opened: Opened | None, *, timezone: str) -> tuple[str, ...]:
    """The same, and when finance will see it where that is not now."""
    noted = noted_sentence(words, outcome)
    if opened is None or opened.seen_at is None:
        return (noted,)
    return (noted, words("order.held_seen_at", moment=moment_text(words, opened.seen_at, timezone)))


def _tell(app: Munshi, session: Session, change: OrderChange, sentence: Callable[[Words], str]) -> None:
    """In the bubble that waits for it; if that has gone, in one of its own."""
    account = session.get_one(Account, change.account_id)
    said = words(account_language(account))
    bubble = Bubble(
        kind="changed",
        lines=(sentence(said),),
        topic=f"change:{change.number}",
        language=said.catalogue,
        subject={"order": change.order_number},
    )
    waiting = session.scalars(
        select(Outbound)
        .where(
            Outbound.account_id == account.id,
            Outbound.topic == bubble.topic,
            Outbound.kind == "confirmed",
            Outbound.state == OutboundState.QUEUED.value,
        )
        .order_by(Outbound.position.desc())
        .limit(1)
    ).first()
    if waiting is not None:
        joined = Bubble(
            kind=bubble.kind,
            lines=(*waiting.lines[:-1], *bubble.lines),
            topic=bubble.topic,
            language=bubble.language,
            subject=bubble.subject,
        )
        if release(session, waiting.id, bubble=joined):
            return
    write_to(app, session, account, bubble, simulated=change.simulated)


def tell_others(app: Munshi, session: Session, order: SalesOrder, change: OrderChange) -> None:
    """Whose order it was, and the main buyer of a firm in whose name it was changed, hear who did it."""
    by = session.get_one(Person, change.person_id)
    told = {change.person_id}
    account = session.get_one(Account, order.account_id)
    key = f"change.others_{_done(change)}"
    if account.id != change.account_id and account.person is not None and account.person.id not in told:
        told.add(account.person.id)
        said = words(account_language(account))
        line = said(key, by=by.name, **_facts(order, change))
        write_to(app, session, account, _news(said, line, order), simulated=change.simulated)
    if not change.on_behalf:
        return
    buyer = main_buyer(session, order.party_code, timezone=app.settings.timezone)
    if buyer is not None and buyer.id not in told:
        said = words(language_of(buyer))
        line = said(key, by=by.name, **_facts(order, change))
        tell(app, session, buyer, _news(said, line, order), simulated=change.simulated)


def _news(said: Words, line: str, order: SalesOrder) -> Bubble:
    return Bubble(kind="changed_for_you", lines=(line,), language=said.catalogue, subject={"order": order.number})


def _rejected(app: Munshi, session: Session, order: SalesOrder, change: OrderChange) -> None:
    """The order stays as it was: said to whoever asked; the office hears why."""
    matter = matters.open_matter(
        session,
        kind=MatterKind.REJECTED_CHANGE,
        reference=f"change:{change.number}",
        function=Function.COMMERCIAL,
        party_code=order.party_code,
        account_id=change.account_id,
        facts={"reason": change.reason, "erp": change.erp, "order": order.number, "diff": change.diff},
    )
    tell_function(
        app,
        session,
        Function.COMMERCIAL,
        "notice.change_rejected",
        party_code=order.party_code,
        simulated=change.simulated,
        number=order.erp_number or order.number,
        reason=change.reason,
        reference=matter.number,
    )
    _tell(app, session, change, lambda said: said("change.rejected", **_facts(order, change)))


def change_followed(
    app: Munshi, session: Session, outcome: ChangeConfirmed, *, draft: OrderDraft, by: str, reason: str
) -> None:
    """A clerk has said yes for its sender, who is told so. The locks are the caller's."""
    matters.close_about(session, f"draft:{draft.id}", by=by, reason=reason)
    opened = None
    if outcome.standing is not None:
        opened = put_change_before_finance(app, session, outcome, inbound_id=None)
    held_no_more(app, session, outcome)
    account = session.get_one(Account, outcome.change.account_id)
    said = words(account_language(account))
    bubble = Bubble(
        kind="confirmed",
        lines=noted_lines(said, outcome, opened, timezone=app.settings.timezone),
        topic=f"order:{outcome.order.number}" if outcome.at_once else f"change:{outcome.change.number}",
        language=said.catalogue,
        subject={"order": outcome.order.number},
    )
    write_to(app, session, account, bubble, simulated=draft.simulated, hold=FOR_THE_NUMBER)


def drop(app: Munshi, session: Session, number: str, *, by: str, reason: str) -> bool:
    """Give up a change that credit kept back, and what was begun from it; whoever asked hears that the order stays."""
    dropped = drop_change(session, number, by=by, reason=reason)
    if dropped is None:
        return False
    change, order, fallen = dropped
    take_back(app, session, number, reason=f"dropped by {by}", what=CHANGE)
    tell_dropped(app, session, order, change, fallen)
    return True


def tell_dropped(
    app: Munshi,
    session: Session,
    order: SalesOrder,
    change: OrderChange,
    fallen: Iterable[OrderChange],
    *,
    why: Callable[[Words], str] | None = None,
) -> None:
    """Its sender hears that his order stays as it was, and why if that was said."""

    def sentence(said: Words) -> str:
        if why is None:
            return said("change.held_dropped", **_facts(order, change))
        return said("change.held_refused", why=why(said), **_facts(order, change))

    _tell(app, session, change, sentence)
    tell_fallen(app, session, order, fallen)


def tell_lapsed(app: Munshi, session: Session, order: SalesOrder, change: OrderChange) -> None:
    """Nobody of finance decided in time: it stays with the desk."""
    _tell(app, session, change, lambda said: said("change.held_lapsed", **_facts(order, change)))


def tell_released(app: Munshi, session: Session, order: SalesOrder, change: OrderChange) -> None:
    """It goes now: what the ERP says of it comes in the same bubble."""
    account = session.get_one(Account, change.account_id)
    said = words(account_language(account))
    bubble = Bubble(
        kind="confirmed",
        lines=(said("change.cleared", **_facts(order, change)), said("change.noted", **_facts(order, change))),
        topic=f"change:{change.number}",
        language=said.catalogue,
        subject={"order": order.number},
    )
    write_to(app, session, account, bubble, simulated=change.simulated, hold=FOR_THE_NUMBER)


def settle_change(session: Session, number: str, *, by: str, reason: str) -> None:
    """What stood before finance about a held change is over."""
    matters.close_about(session, f"{CHANGE}{number}", kinds=[MatterKind.HELD_CHANGE], by=by, reason=reason)


def tell_fallen(app: Munshi, session: Session, order: SalesOrder, fallen: Iterable[OrderChange]) -> None:
    """Changes that were begun from one that did not come about did not either."""
    for change in fallen:
        take_back(app, session, change.number, reason="what it was to follow did not come about", what=CHANGE)
        settle_change(session, change.number, by="munshi", reason=change.reason)
        _tell(app, session, change, partial(_fallen, order=order, change=change))


def _fallen(said: Words, *, order: SalesOrder, change: OrderChange) -> str:
    return said("change.fallen", **_facts(order, change))


def order_refused(app: Munshi, session: Session, order: SalesOrder) -> None:
    """The ERP refused the order itself: what was to change it ends with it."""
    tell_fallen(app, session, order, fall(session, order))


def held_no_more(app: Munshi, session: Session, outcome: ChangeConfirmed) -> None:
    """What an order became at once needs nobody's word on its credit: whoever was asked about it is told."""
    order = outcome.order
    if outcome.at_once and outcome.standing is None and order.state != OrderState.HELD.value:
        take_back(app, session, order.number, reason="the order has changed")
        settle(session, order.number, by="munshi", reason=outcome.change.number)


def put_change_before_finance(
    app: Munshi, session: Session, outcome: ChangeConfirmed, *, inbound_id: int | None
) -> Opened | None:
    """A change that the customer's credit does not bear waits for finance; the order itself goes on."""
    order, change, standing = outcome.order, outcome.change, outcome.standing
    assert standing is not None, "only what is held is put before finance"
    if outcome.at_once:
        matters.close_about(
            session, f"order:{order.number}", kinds=[MatterKind.HELD_ORDER], by="munshi", reason=change.number
        )
        return put_before_finance(app, session, order, standing, inbound_id=inbound_id)
    matters.open_once(
        session,
        kind=MatterKind.HELD_CHANGE,
        reference=f"change:{change.number}",
        function=Function.FINANCE,
        party_code=order.party_code,
        account_id=change.account_id,
        inbound_id=inbound_id,
        facts=_credit_facts(order, change, standing),
    )
    opened = ask_finance_of_change(session, order, change, standing, house=house_of(app))
    if opened is not None:
        approving.tell_new(app, session, opened.ask, opened.asked)
    return opened


def _credit_facts(order: SalesOrder, change: OrderChange, standing: Standing) -> dict[str, object]:
    return {
        "order": order.number,
        "change": change.number,
        "verdict": standing.verdict.value,
        "limit": None if standing.limit is None else str(standing.limit),
        "exposure": str(standing.exposure),
        "order_value": str(change.value_with_tax),
        "more": str(change.more),
    }
