"""Matters beside the order: complaints, payments told, questions, what is said of posted orders. A person gets each."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.bubbles import Tap
from bot.dialogues import office, order_status, show, stock
from bot.model import Outbound
from bot.replies.words import quoted, rupees
from bot.turn import Turn
from nlp.values import Intent, Matter, Reading, ReadLine
from orders import held
from orders.draft_prices import book_for
from orders.model import OrderState, SalesOrder
from people.model import Function, Party
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
HAS_ITS_SENTENCE = {
    Intent.COMPLAINT,
    Intent.PAYMENT_REPORT,
    Intent.RETURN_REQUEST,
    Intent.DISCOUNT_REQUEST,
    Intent.STOCK_QUERY,
}
MOST_PRICES = 10


def each(turn: Turn, reading: Reading, party_code: str | None) -> None:
    """Every further matter of a message is answered with a reference."""
    for number, matter in enumerate(reading.also, 1):
        said = _said(turn, matter)
        if matter.intent == Intent.ORDER_STATUS and party_code:
            if not order_status.answer(turn, party_code, matter.slots.get("order", "")):
                put_before_a_person(turn, matter.intent, said, party_code, number=number)
        elif matter.intent == Intent.PRICE_QUERY and party_code and matter.slots.get("sku"):
            _prices(turn, party_code, [(matter.slots["sku"], matter.slots.get("uom"))], said)
        elif matter.intent == Intent.STOCK_QUERY and party_code and (matter.asked or "sku" in matter.slots):
            _stock(turn, party_code, matter.asked, matter.slots, said, number=number)
        else:
            put_before_a_person(turn, matter.intent, said, party_code, number=number)


def _said(turn: Turn, matter: Matter) -> str:
    start, end = matter.span
    return turn.body[start:end].strip() or turn.text


def answer(turn: Turn, reading: Reading, party_code: str | None) -> None:
    """Answer what we know ourselves; put all else before a person. None of it changes stock, money or credit."""
    if reading.intent == Intent.ORDER_STATUS and party_code:
        if not order_status.answer(turn, party_code, reading.slots.get("order", "")):
            put_before_a_person(turn, reading.intent, turn.text, party_code)
        return
    if reading.intent == Intent.STOCK_QUERY and party_code:
        _stock(turn, party_code, reading.asked, reading.slots, turn.text)
        return
    asked = [(line.sku, line.uom) for line in reading.lines if line.sku]
    if not asked and reading.slots.get("sku"):
        asked = [(reading.slots["sku"], reading.slots.get("uom"))]
    if reading.intent == Intent.PRICE_QUERY and party_code and asked:
        _prices(turn, party_code, asked, turn.text)
    else:
        put_before_a_person(turn, reading.intent, turn.text, party_code)


def put_before_a_person(turn: Turn, intent: Intent, said: str, party_code: str | None, *, number: int = 0) -> None:
    """Note it under a reference, which its sender is told; `number` tells the matters of one message apart."""
    matter = office.raise_matter(
        turn,
        MatterKind.QUESTION if intent.value.endswith("_query") else MatterKind.FURTHER,
        reference=f"inbound:{turn.inbound.id}:{number}",
        function=FUNCTION_OF.get(intent, Function.COMMERCIAL),
        party_code=party_code,
        facts={"intent": intent.value, "said": said},
    )
    key = intent.value if intent in HAS_ITS_SENTENCE else "noted"
    turn.say(f"further.{key}", number=matter.number, said=quoted(said))
    turn.got("matter")


def _stock(
    turn: Turn, party_code: str, asked: Sequence[ReadLine], slots: Mapping[str, str], said: str, *, number: int = 0
) -> None:
    """What the mirror cannot tell of is put before a person."""
    if not stock.answer(turn, party_code, asked, slots):
        put_before_a_person(turn, Intent.STOCK_QUERY, said, party_code, number=number)


def stock_tap(turn: Turn, tap: Tap, bubble: Outbound) -> None:
    """One of several items that a question about stock may have meant."""
    if not stock.tapped(turn, tap, bubble):
        said = f"{turn.text} ({tap.arg})"
        put_before_a_person(turn, Intent.STOCK_QUERY, said, str(bubble.subject.get("party", "")))


def _prices(turn: Turn, party_code: str, asked: Sequence[tuple[str, str | None]], said: str) -> None:
    """The prices of today for this customer; what has none is put before a person."""
    party = turn.session.get_one(Party, party_code)
    book = book_for(turn.session, party, {sku for sku, _ in asked}, day=turn.today)
    unknown = len(asked) > MOST_PRICES
    for sku, named in asked[:MOST_PRICES]:
        item = book.goods.items.get(sku)
        uom = named or (item.order_uom if item else "")
        found = book.list_price(sku, uom=uom, quantity=Decimal(1))
        if item and found:
            turn.say("price.is", item=item.name, price=rupees(found.price), uom=uom)
            turn.got("answered")
        else:
            unknown = True
    if unknown:
        put_before_a_person(turn, Intent.PRICE_QUERY, said, party_code)


def order_tap(turn: Turn, act: str, number: str) -> None:
    """A button under an order placed in this firm's name: ours, or not ours."""
    order = turn.session.get_one(SalesOrder, number)
    if order.party_code not in turn.known.buys_for:
        turn.say("draft.not_yours")
    elif act == "notmine":
        _not_ours(turn, order)
    elif act == "ack" and order.state not in (OrderState.HELD.value, OrderState.CANCELLED.value):
        turn.say("on_behalf.thanks", number=number)
        turn.got("acknowledged")
    else:
        show.tell_order(turn, order)


def _not_ours(turn: Turn, order: SalesOrder) -> None:
    stopped = held.hold(turn.session, order.number, by=turn.known.name, reason="not ours")
    matter = office.raise_matter(
        turn,
        MatterKind.NOT_OURS,
        reference=f"order:{order.number}",
        function=Function.COMMERCIAL,
        party_code=order.party_code,
        facts={"stopped": stopped, "by": turn.known.name},
        notice="notice.not_ours",
        number=order.number,
    )
    key = "on_behalf.stopped" if stopped else "on_behalf.too_late"
    turn.say(key, number=order.number, reference=matter.number)
    turn.got("matter")
