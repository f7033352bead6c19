"""“Order kahan hai”, “M26000123 ka kya hua”, “0123 wala”: where orders stand, from the ERP's list and from ours."""

from sqlalchemy import select

from bot.dialogues import show, which_order
from bot.dialogues.which_order import BARE, POINTED, only_a_number
from bot.replies.status import keyed_text, progress_text
from bot.turn import Turn
from erp import mirror
from erp.listed_orders import ListedLine, keyed_lines, lines_of
from orders.change_model import OrderChange
from orders.model import OrderState, SalesOrder
from orders.order_changes import unfinished

LAST_ORDERS = 3


def answer(turn: Turn, party_code: str, number: str) -> bool:
    """Where the order named stands, or the last ones of this firm; False when there is nothing to tell of."""
    if turn.order:
        return tell(turn, turn.order)
    if (order := which_order.quoted(turn)) is not None:
        return _tell(turn, order)
    number = _said(turn) or number
    if number:
        return of_number(turn, number)
    newest = select(SalesOrder).where(SalesOrder.party_code == party_code)
    found = turn.session.scalars(newest.order_by(SalesOrder.confirmed_at.desc()).limit(LAST_ORDERS)).all()
    for one in found:
        _tell(turn, one)
    return bool(found) or _keyed_of_firm(turn, party_code)


def _said(turn: Turn) -> str:
    match = POINTED.search(turn.body) or BARE.search(turn.body)
    return next((group for group in match.groups() if group), "") if match else ""


def of_a_number(turn: Turn) -> bool:
    """A message that is nothing but the number of an order, or the end of one; False when it is none of theirs."""
    said = only_a_number(turn)
    if said is None:
        return False
    found = which_order.of_number(turn, said.number, turn.known.firms)
    return bool(found.ours or found.keyed) and of_number(turn, said.number)


def of_number(turn: Turn, number: str) -> bool:
    """The order of this number, or asked which; False when no order of theirs has it."""
    found = which_order.of_number(turn, number, turn.known.firms)
    if found.several:
        which_order.ask(turn, found.ours, found.keyed)
        return True
    return next((tell(turn, one) for one in (*(order.number for order in found.ours), *found.keyed)), False)


def tell(turn: Turn, number: str) -> bool:
    """Where it stands, by our number, or by the ERP's when it was keyed there."""
    order = turn.session.get(SalesOrder, number)
    if order is not None:
        return order.party_code in turn.known.firms and _tell(turn, order)
    lines = [line for line in keyed_lines(turn.session, number) if line.line.customer in turn.known.firms]
    return bool(lines) and _say_keyed(turn, number, lines)


def _tell(turn: Turn, order: SalesOrder) -> bool:
    show.tell_order(turn, order)
    lines = lines_of(turn.session, our_number=order.number, erp_number=order.erp_number or "")
    if order.state in (OrderState.POSTED.value, OrderState.ACCEPTED.value):
        turn.said += progress_text(turn.words, lines, _items(turn, lines), leaves_on=order.next_dispatch_on)
    if waiting := unfinished(turn.session, order.number):
        _say_waiting(turn, waiting[-1])
    turn.got("answered")
    return True


def _say_waiting(turn: Turn, change: OrderChange) -> None:
    held = change.state == OrderState.HELD.value
    turn.say("status.change_held" if held else "status.change_waits", number=change.number)


def _keyed_of_firm(turn: Turn, party_code: str) -> bool:
    numbers = dict.fromkeys(line.erp_number for line in mirror.open_lines(turn.session, party_code))
    told = [tell(turn, number) for number in list(numbers)[-LAST_ORDERS:]]
    return any(told)


def _say_keyed(turn: Turn, number: str, lines: list[ListedLine]) -> bool:
    turn.said += keyed_text(turn.words, number, lines, _items(turn, lines))
    turn.got("answered")
    return True


def _items(turn: Turn, lines: list[ListedLine]) -> dict[str, str]:
    found = mirror.items(turn.session, {line.line.sku for line in lines})
    return {sku: item.name for sku, item in found.items()}
