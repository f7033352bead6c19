"""The sentence that says truly where an order stands."""

from bot.replies.words import Words, rupees
from orders.model import OrderDraft, OrderState, SalesOrder
from orders.read_back import ReadBack


def where_it_stands(words: Words, order: SalesOrder) -> str:
    """By its state, and with the ERP's number once it has one of its own."""
    if order.state == OrderState.POSTED.value and order.read_back == ReadBack.DIFFERS:
        return words("order.is_checked", **order_facts(order))
    if order.read_back_due is not None:
        return words("order.is_accepted", **order_facts(order))
    if order.state == OrderState.CANCELLED.value and not order.lines:
        return words("change.cancelled", **order_facts(order))
    own = order.state == OrderState.POSTED.value and order.erp_number in (None, order.number)
    return words("order.is_posted_as_ours" if own else f"order.is_{order.state}", **order_facts(order))


def moved(words: Words, order: SalesOrder, draft: OrderDraft) -> list[str]:
    """When the goods leave, if that is another day than the summary said; from then on it has been said."""
    if order.next_dispatch_on in (None, draft.next_dispatch_on):
        return []
    draft.next_dispatch_on = order.next_dispatch_on
    return [words("dispatch.moved", day=words.long_day(order.next_dispatch_on))]


def order_facts(order: SalesOrder) -> dict[str, object]:
    """What sentences about an order may say of it."""
    return {
        "number": order.number,
        "erp_number": order.erp_number or order.number,
        "total": rupees(order.total),
        "count": sum(not line.free for line in order.lines),
    }
