"""What buyers and reps ask of prices: “rate 235 lagao”, “2% aur do”, “10+1 dena”, with a reason; and their answers."""

from collections.abc import Sequence
from decimal import Decimal

from bot import approving
from bot.dialogues import show
from bot.dialogues.price_wishes import LONGEST_REASON, keep_reason
from bot.dialogues.reading import read_for
from bot.replies.words import rupees
from bot.turn import Turn
from nlp import fold
from nlp.bargain import PriceWish, gives_a_reason, price_wishes, speaks_of_others
from nlp.values import Intent
from orders import drafts, price_decisions, price_requests
from orders.approval_model import PriceRequest
from orders.drafts import Changed
from orders.goods import goods_of
from orders.model import DraftLine, OrderDraft
from orders.price_decisions import Gone
from orders.pricing import money
from orders.wishes import can_go

COUNTER = "price_counter"
"""The kind of the bubble that offers another price."""
LIST = "list"
NEVER_WHY = {Intent.CANCEL_ORDER, Intent.ORDER_STATUS, Intent.PAYMENT_REPORT, Intent.REPEAT_ORDER}
MAYBE_WHY = {Intent.OTHER, Intent.DISCOUNT_REQUEST, Intent.PRIORITY_CHANGE}
"""As what the reader of orders sees “pehle 540 me mila tha”."""
HUNDRED = Decimal(100)


def wished(turn: Turn, draft: OrderDraft | None) -> bool:
    """Take a wish about prices of the open draft, or the reason of one; False when the message is neither."""
    if draft is None:
        return False
    wishes = price_wishes(turn.text)
    if not wishes:
        return _says_why(turn, draft) and _take_reason(turn, draft)
    draft = drafts.locked(turn.session, draft.id)
    chosen = [(wish, _lines_meant(turn, draft, wish)) for wish in wishes]
    if any(lines is None for _, lines in chosen):
        return False
    changed = Changed()
    for wish, lines in chosen:
        if not lines:
            turn.say("price.which_line")
        for line in lines or ():
            _wish(turn, line, wish, changed)
    keep_reason(turn, draft, " ".join(wish.reason for wish in wishes if wish.reason))
    if changed.lines:
        show.changed_summary(turn, draft, changed)
    else:
        show.draft_summary(turn, draft)
        turn.got("summary")
    return True


def _lines_meant(turn: Turn, draft: OrderDraft, wish: PriceWish) -> list[DraftLine] | None:
    """None: the words name something else; none of them: it must be asked which."""
    lines = [line for line in draft.lines if can_go(line)]
    if wish.numbers:
        return [line for line in lines if line.no in wish.numbers]
    if wish.item_words:
        found = _named(turn, lines, wish.item_words)
        return found if len(found) == 1 else None if not found else []
    return lines if len(lines) == 1 or wish.percent is not None else []


def _named(turn: Turn, lines: Sequence[DraftLine], words: str) -> list[DraftLine]:
    """The lines whose item, or whose words, hold all of these."""
    goods = goods_of(turn.session, {line.sku for line in lines if line.sku}, price_list="")
    said = {fold(word) for word in words.split()}

    def holds(line: DraftLine) -> bool:
        names = f"{goods.name(line.sku or '')} {line.item_words} {line.source}"
        return said <= {fold(word) for word in names.replace("-", " ").split()}

    return [line for line in lines if holds(line)]


def _wish(turn: Turn, line: DraftLine, wish: PriceWish, changed: Changed) -> None:
    assert line.price is not None, "such lines can go"
    assert line.quantity is not None
    if wish.free is not None:
        bought, free = wish.free
        asked = free if not bought else (line.quantity // bought) * free
        if not asked:
            turn.say("price.too_few", no=line.no)
            return
        line.asked_free = asked
    else:
        price = wish.price
        if wish.percent is not None:
            price = money(line.price * (HUNDRED - wish.percent) / HUNDRED)
        assert price is not None, "a wish asks for something"
        if price >= line.price:
            turn.say("price.not_lower", no=line.no, price=rupees(line.price))
            return
        line.requested_price = price
    changed.lines.add(line.no)


def _says_why(turn: Turn, draft: OrderDraft) -> bool:
    """Whether it gives a reason and nothing else: goods, a payment, a question are never taken for one."""
    if not gives_a_reason(turn.text):
        return False
    reading = read_for(turn, draft.party_code)
    if any(line.sku or line.uom for line in reading.lines) or reading.intent in NEVER_WHY:
        return False
    return speaks_of_others(turn.text) or (not reading.lines and reading.intent in MAYBE_WHY)


def _take_reason(turn: Turn, draft: OrderDraft) -> bool:
    """“competitor 230 de raha hai”: it goes along with what is asked, or follows it to those who decide."""
    reason = " ".join(turn.text.split())[:LONGEST_REASON]
    request = price_requests.open_request(turn.session, draft.id)
    if request is not None and request.ask_id is not None:
        _add_reason(turn, draft, request, reason)
        turn.got("reason")
        return True
    if not any(line.requested_price is not None or line.asked_free is not None for line in draft.lines):
        return False
    keep_reason(turn, draft, reason)
    turn.say("price.reason_kept")
    show.draft_summary(turn, draft)
    turn.got("reason")
    return True


def _add_reason(turn: Turn, draft: OrderDraft, request: PriceRequest, reason: str) -> None:
    """Told to those who decide; whoever has decided meanwhile did so without it, and his answer is on its way."""
    assert request.ask_id is not None, "what is open is asked of somebody"
    if not approving.tell_reason(turn.app, turn.session, request.ask_id, reason):
        show.draft_summary(turn, draft)
        return
    request.reason = request.reason or reason
    turn.say("price.reason_told")


def accept(turn: Turn, draft: OrderDraft, request_id: int) -> None:
    """The price that was named instead is taken; the order still needs its yes."""
    taken = price_decisions.accept_counter(
        turn.session,
        request_id,
        line_nos=None,
        person_id=turn.known.person_id,
        timezone=turn.app.settings.timezone,
    )
    turn.say("price.counter_gone" if isinstance(taken, Gone) else "price.counter_taken")
    show.draft_summary(turn, draft)
    turn.got("summary")


def at_list(turn: Turn, draft: OrderDraft) -> None:
    """Not at the price that was named: the list price is there."""
    turn.say("price.list_holds")
    show.draft_summary(turn, draft)
    turn.got("summary")
