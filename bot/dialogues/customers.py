"""What buyers and reps write: reads it for the firm it is about and gives it to the dialogue it belongs to."""

from nlp import read
from nlp.values import Context, DraftLine, Intent, Moment, PastOrder, Reading
from sqlalchemy import select

from bot.catalogue import reader_speaker
from bot.dialogues import answers, firms, further, ordering, picks, show, smalltalk, taps
from bot.model import Inbound, Outbound
from bot.turn import Turn
from orders import drafts
from orders.model import OrderDraft, SalesOrder

ABOUT_A_FIRM = {
    Intent.ORDER,
    Intent.REPEAT_ORDER,
    Intent.CHANGE_ORDER,
    Intent.PRICE_QUERY,
    Intent.ORDER_STATUS,
    Intent.CANCEL_ORDER,
}
YES = {Intent.YES, Intent.APPROVE, Intent.ACKNOWLEDGE}
NO = {Intent.NO, Intent.DECLINE}
TALK = {Intent.GREETING, Intent.HELP, Intent.OPT_OUT}
PAST_ORDERS = 5


def answer(turn: Turn) -> None:
    """Answer one text of a person who orders."""
    waiting = firms.typed(turn)
    if waiting is not None and firms.answered(turn, waiting):
        return
    if picks.typed(turn):
        return
    party_code = firms.firm_of(turn)
    stranger = firms.names_a_strange_firm(turn) if turn.known.is_rep else None
    if stranger is not None:
        turn.say("firm.not_yours")
        return
    reading = read_for(turn, party_code)
    if turn.conversation.language != reading.language and reading.language:
        turn.conversation.language = reading.language
    if party_code is None and _needs_a_firm(reading):
        firms.ask(turn)
        return
    _dispatch(turn, reading, party_code)
    further.each(turn, reading, party_code)


def _needs_a_firm(reading: Reading) -> bool:
    return reading.intent in ABOUT_A_FIRM or bool(reading.lines)


def read_for(turn: Turn, party_code: str | None) -> Reading:
    """Read the message with this firm's aliases and habits, and with what stands around it."""
    return read(
        turn.inbound.body,
        turn.app.catalogues.current(turn.session),
        reader_speaker(
            turn.session,
            party_code=party_code,
            role="buyer" if party_code in turn.known.buys_for else "sales_rep",
            language=turn.known.language,
            may_order_for=turn.known.firms,
        ),
        Moment(now=turn.inbound.sent_at, timezone=turn.app.settings.timezone),
        _context(turn, party_code),
    )


def _context(turn: Turn, party_code: str | None) -> Context:
    draft = None
    if party_code is not None:
        draft = drafts.open_draft(turn.session, account_id=turn.account.id, party_code=party_code)
    orders = (
        turn.session.scalars(
            select(SalesOrder)
            .where(SalesOrder.party_code == party_code)
            .order_by(SalesOrder.confirmed_at.desc())
            .limit(PAST_ORDERS)
        ).all()
        if party_code
        else []
    )
    return Context(
        quoted=_quoted(turn),
        draft=_draft_lines(draft) if draft is not None else (),
        orders=tuple(
            PastOrder(
                number=order.number,
                placed_on=order.confirmed_at.date(),
                lines=tuple(
                    DraftLine(sku=line.sku, quantity=line.quantity, uom=line.uom, source=line.original_text)
                    for line in order.lines
                ),
            )
            for order in orders
        ),
    )


def _draft_lines(draft: OrderDraft) -> tuple[DraftLine, ...]:
    """By the numbers its sender sees: a number that is gone leaves an empty line behind."""
    by_number = {line.no: line for line in draft.lines}
    lines = []
    for number in range(1, max(by_number, default=0) + 1):
        line = by_number.get(number)
        lines.append(
            DraftLine(sku=line.sku, quantity=line.quantity, uom=line.uom, source=line.source)
            if line is not None
            else DraftLine(sku=None)
        )
    return tuple(lines)


def _quoted(turn: Turn) -> str | None:
    """The text of the bubble this message quotes, theirs or ours."""
    sid = turn.inbound.quoted_sid
    if not sid:
        return None
    theirs = turn.session.scalars(select(Inbound.body).where(Inbound.sid == sid)).first()
    if theirs:
        return theirs
    ours = turn.session.scalars(select(Outbound.lines).where(Outbound.sid == sid)).first()
    return "\n".join(ours) if ours else None


def _dispatch(turn: Turn, reading: Reading, party_code: str | None) -> None:
    intent = reading.intent
    if intent in YES and not reading.lines:
        answers.yes(turn)
    elif intent in NO and not reading.lines:
        answers.no(turn)
    elif intent == Intent.REPEAT_ORDER and party_code:
        further.repeat(turn, reading, party_code)
        if reading.lines:
            ordering.take_lines(turn, reading, party_code, adds=True)
    elif intent == Intent.CHANGE_ORDER:
        ordering.change(turn, reading, party_code)
    elif intent == Intent.CANCEL_ORDER:
        _cancel(turn, reading)
    elif intent == Intent.ORDER and reading.lines and party_code:
        ordering.take_lines(turn, reading, party_code)
    elif intent in TALK:
        smalltalk.answer(turn, intent)
    elif intent in (Intent.OTHER, Intent.ORDER):
        if not reading.also:
            smalltalk.not_understood(turn, party_code)
    else:
        said = turn.text
        further.answer(turn, intent, said, party_code, slots=_slots(reading))


def _slots(reading: Reading) -> dict[str, str]:
    """The slots, with the item of the only line asked about."""
    slots = dict(reading.slots)
    if len(reading.lines) == 1 and reading.lines[0].sku:
        slots.setdefault("sku", reading.lines[0].sku)
        if reading.lines[0].uom:
            slots.setdefault("uom", reading.lines[0].uom)
    return slots


def _cancel(turn: Turn, reading: Reading) -> None:
    """Cancel what is open: the quoted draft, or the only one."""
    quoted = ordering.quoted_draft_id(turn)
    open_ones = drafts.open_drafts(turn.session, turn.account.id)
    if quoted is not None:
        open_ones = [draft for draft in open_ones if draft.id == quoted]
    if len(open_ones) == 1 and not reading.slots.get("order"):
        taps.decline(turn, open_ones[0])
        turn.say("draft.declined")
    elif len(open_ones) > 1:
        show.list_open(turn, open_ones)
    else:
        further.after_posting(turn, reading)
