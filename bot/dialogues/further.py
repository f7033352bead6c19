"""Matters beside the order: complaints, payments told, questions, what is said of posted orders. A person gets each."""

from decimal import Decimal

from nlp.values import Intent, Matter, Reading
from sqlalchemy import select

from bot.dialogues import show
from bot.notices import tell_function
from bot.replies.words import quoted, rupees
from bot.turn import Turn
from orders import drafts, held
from orders.drafts import Changed
from orders.goods import goods_of
from orders.model import SalesOrder
from orders.pricing import quote
from orders.repeat import last_order
from people.model import Function, Party
from routing import matters
from routing.model import MatterKind

FUNCTION_OF: dict[Intent, Function] = {
    Intent.COMPLAINT: Function.QUALITY,
    Intent.RETURN_REQUEST: Function.COMMERCIAL,
    Intent.DISCOUNT_REQUEST: Function.COMMERCIAL,
    Intent.PAYMENT_REPORT: Function.FINANCE,
    Intent.DELIVERY_REPORT: Function.DISPATCH,
    Intent.STOCK_QUERY: Function.COMMERCIAL,
    Intent.PRICE_QUERY: Function.COMMERCIAL,
    Intent.ORDER_STATUS: Function.DISPATCH,
    Intent.BREAKDOWN: Function.MAINTENANCE,
    Intent.BACK_UP: Function.MAINTENANCE,
    Intent.QUALITY_HOLD: Function.QUALITY,
    Intent.QUALITY_RELEASE: Function.QUALITY,
    Intent.PRODUCTION_REPORT: Function.PRODUCTION,
    Intent.CONSUMPTION_REPORT: Function.MATERIALS,
    Intent.SHORTAGE: Function.MATERIALS,
    Intent.PRIORITY_CHANGE: Function.PLANNING,
}
LAST_ORDERS = 3


def each(turn: Turn, reading: Reading, party_code: str | None) -> None:
    """Every further matter of a message is answered with a reference."""
    for matter in reading.also:
        answer(turn, matter.intent, _said(turn, matter), party_code, slots=dict(matter.slots))


def _said(turn: Turn, matter: Matter) -> str:
    start, end = matter.span
    return turn.inbound.body[start:end].strip() or turn.text


def answer(turn: Turn, intent: Intent, said: str, party_code: str | None, *, slots: dict[str, str]) -> None:
    """Answer what we know ourselves; put everything else before a person. None of it changes stock, money or credit."""
    if intent == Intent.ORDER_STATUS and party_code:
        order_status(turn, party_code, slots.get("order", ""))
    elif intent == Intent.PRICE_QUERY and party_code and slots.get("sku"):
        _price(turn, party_code, slots)
    else:
        put_before_a_person(turn, intent, said, party_code)


def put_before_a_person(turn: Turn, intent: Intent, said: str, party_code: str | None) -> None:
    """Note it under a reference, tell the sender the reference, and the function that it is theirs."""
    function = FUNCTION_OF.get(intent, Function.COMMERCIAL)
    matter = matters.open_matter(
        turn.session,
        kind=MatterKind.QUESTION if intent.value.endswith("_query") else MatterKind.FURTHER,
        reference=f"inbound:{turn.inbound.id}:{intent.value}:{abs(hash_of(said))}",
        function=function,
        party_code=party_code,
        account_id=turn.account.id,
        inbound_id=turn.inbound.id,
        facts={"intent": intent.value, "said": said},
    )
    turn.say(f"further.{_key(intent)}", number=matter.number, said=quoted(said))
    turn.progress, turn.outcome = True, turn.outcome or "matter"


def hash_of(text: str) -> int:
    """A small number that is the same for the same words in every process."""
    return sum(ord(character) * position for position, character in enumerate(text, 1)) % 1_000_003


def _key(intent: Intent) -> str:
    known = {Intent.COMPLAINT, Intent.PAYMENT_REPORT, Intent.RETURN_REQUEST, Intent.DISCOUNT_REQUEST, Intent.STOCK_QUERY}
    return intent.value if intent in known else "noted"


def order_status(turn: Turn, party_code: str, number: str) -> None:
    """Where the last orders stand, or the one named; only to whoever may order for that firm."""
    condition = [SalesOrder.party_code == party_code]
    if number:
        condition.append(SalesOrder.number.endswith(number) | SalesOrder.erp_number.endswith(number))
    found = turn.session.scalars(
        select(SalesOrder).where(*condition).order_by(SalesOrder.confirmed_at.desc()).limit(1 if number else LAST_ORDERS)
    ).all()
    turn.progress, turn.outcome = True, turn.outcome or "answered"
    if not found:
        put_before_a_person(turn, Intent.ORDER_STATUS, turn.text, party_code)
    for order in found:
        turn.say(show.order_state_key(order)[0], **show.order_facts(order))


def _price(turn: Turn, party_code: str, slots: dict[str, str]) -> None:
    party = turn.session.get_one(Party, party_code)
    sku = slots["sku"]
    goods = goods_of(turn.session, {sku}, price_list=party.price_list)
    item = goods.items.get(sku)
    uom = slots.get("uom") or (item.order_uom if item else "")
    found = item and quote(
        goods.prices.get(sku, ()), goods.factors(sku), uom=uom, quantity=Decimal(1), day=turn.today, tax_rate=item.gst_rate
    )
    if not item or not found:
        put_before_a_person(turn, Intent.PRICE_QUERY, turn.text, party_code)
        return
    turn.say("price.is", item=item.name, price=rupees(found.price), uom=uom)
    turn.progress, turn.outcome = True, turn.outcome or "answered"


def after_posting(turn: Turn, reading: Reading) -> None:
    """A change or cancellation with nothing open: it is about an order that has gone, and the office decides."""
    order = turn.session.scalars(
        select(SalesOrder)
        .where(SalesOrder.account_id == turn.account.id)
        .order_by(SalesOrder.confirmed_at.desc())
        .limit(1)
    ).first()
    if order is None:
        turn.say("change.nothing_open")
        return
    matter = matters.open_matter(
        turn.session,
        kind=MatterKind.FURTHER,
        reference=f"inbound:{turn.inbound.id}",
        function=Function.COMMERCIAL,
        party_code=order.party_code,
        account_id=turn.account.id,
        inbound_id=turn.inbound.id,
        facts={"intent": reading.intent.value, "order": order.number, "said": turn.text},
    )
    turn.say("change.already_posted", number=order.number, reference=matter.number)
    turn.progress, turn.outcome = True, "matter"


def repeat(turn: Turn, reading: Reading, party_code: str) -> None:
    """'Same as last time': the last posted order as a draft, its date and placer named."""
    _repeat(turn, party_code, reading.slots.get("order"), reading)


def _repeat(turn: Turn, party_code: str, number: str | None, reading: Reading) -> None:
    last = last_order(turn.session, party_code, number=number)
    if last is None:
        turn.say("repeat.none")
        turn.progress = True
        return
    draft = drafts.open_draft(turn.session, account_id=turn.account.id, party_code=party_code) or drafts.start(
        turn.session,
        party_code=party_code,
        account_id=turn.account.id,
        person_id=turn.known.person_id,
        on_behalf=party_code not in turn.known.buys_for,
        simulated=turn.inbound.simulated,
    )
    changed = drafts.add_lines(turn.session, draft, last.lines)
    draft.repeats = last.number
    draft.message_ids = [*draft.message_ids, turn.inbound.sid]
    if reading.requested_on:
        draft.requested_on = reading.requested_on
    turn.session.flush()
    drafts.change(turn.session, draft, edits_of(reading))
    show.changed_summary(
        turn,
        draft,
        Changed(lines=changed.lines),
        heading="repeat.heading",
        heading_facts={
            "number": last.number,
            "day": turn.words.day(last.placed_on),
            "by": last.placed_by or turn.words("same.the_office"),
        },
    )


def edits_of(reading: Reading) -> list[drafts.Edit]:
    """The edits a reading asks for."""
    return [
        drafts.Edit(
            op=change.op.value, sku=change.sku, quantity=change.quantity, uom=change.uom, with_sku=change.with_sku
        )
        for change in reading.changes
    ]


def order_tap(turn: Turn, act: str, number: str) -> None:
    """A button under an order placed in this firm's name: ours, or not ours."""
    order = turn.session.get_one(SalesOrder, number)
    if order.party_code not in turn.known.buys_for and order.person_id != turn.known.person_id:
        turn.say("draft.not_yours")
        return
    turn.progress = True
    if act == "ack":
        turn.say("on_behalf.thanks", number=number)
    elif act == "notmine":
        _not_ours(turn, order)
    else:
        turn.say(show.order_state_key(order)[0], **show.order_facts(order))


def _not_ours(turn: Turn, order: SalesOrder) -> None:
    stopped = held.hold(turn.session, order.number, by=turn.known.name, reason="not ours")
    matter = matters.open_matter(
        turn.session,
        kind=MatterKind.NOT_OURS,
        reference=f"order:{order.number}",
        function=Function.COMMERCIAL,
        party_code=order.party_code,
        account_id=turn.account.id,
        inbound_id=turn.inbound.id,
        facts={"stopped": stopped, "by": turn.known.name},
    )
    turn.say("on_behalf.stopped" if stopped else "on_behalf.too_late", number=order.number, reference=matter.number)
    turn.outcome = "matter"
    tell_function(
        turn.app,
        turn.session,
        Function.COMMERCIAL,
        "notice.not_ours",
        kind="notice_not_ours",
        number=order.number,
        firm=turn.session.get_one(Party, order.party_code).name,
        reference=matter.number,
        simulated=order.simulated,
    )

