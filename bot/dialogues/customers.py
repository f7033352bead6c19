"""What buyers and reps write: reads it for the firm it is about and gives it to the dialogue it belongs to."""

from collections.abc import Sequence

from bot.dialogues import (
    amending,
    announcing,
    answers,
    confirming,
    firms,
    further,
    order_status,
    ordering,
    papers,
    picks,
    price_requests,
    repeating,
    several,
    shadow,
    show,
    smalltalk,
    unknown,
    urgent,
    which_order,
)
from bot.dialogues.reading import left_over, read_for
from bot.model import Inbound, InboundState
from bot.papers.derived import KIND as PAPER
from bot.turn import Turn
from nlp.values import Intent, Reading
from orders import drafts
from store.database import now

ABOUT_A_FIRM = {Intent.ORDER, Intent.REPEAT_ORDER, Intent.CHANGE_ORDER, Intent.PRICE_QUERY, Intent.STOCK_QUERY}
ABOUT_AN_ORDER = {Intent.CHANGE_ORDER, Intent.CANCEL_ORDER, Intent.ORDER_STATUS}
YES = {Intent.YES, Intent.APPROVE, Intent.ACKNOWLEDGE}
NO = {Intent.NO, Intent.DECLINE}
BESIDE_AN_ORDER = {
    Intent.COMPLAINT,
    Intent.DELIVERY_REPORT,
    Intent.ORDER_STATUS,
    Intent.PAYMENT_REPORT,
    Intent.RETURN_REQUEST,
}
"""Matters that say nothing of the order they are written with."""
TALK = {Intent.GREETING, Intent.HELP, Intent.OPT_OUT}


def answer(turn: Turn) -> None:
    """Answer one message of a person who orders."""
    if turn.inbound.kind == PAPER:
        papers.answer(turn)
    else:
        answer_text(turn)


def answer_text(turn: Turn) -> None:
    """Answer what he wrote, be it under a paper."""
    firm = firms.typed(turn)
    if firm is not None:
        read_kept(turn, firms.answered(turn, firm), firm)
    elif not (
        price_requests.wished(turn, show.open_draft_of(turn)) or picks.typed(turn) or several.answered(turn, _answer)
    ):
        _answer(turn)


def read_kept(turn: Turn, kept: Sequence[Inbound], firm: str) -> None:
    """Read the messages that waited for their firm, in the order they came, as part of the turn that named it."""
    asking = turn.inbound
    turn.firm = firm
    for inbound in kept:
        turn.inbound = inbound
        inbound.state, inbound.outcome, inbound.done_at = InboundState.DONE.value, "firm_known", now(turn.session)
        answer(turn)
    turn.inbound, turn.firm = asking, ""
    turn.got("firm_known")


def _answer(turn: Turn) -> None:
    party_code = firms.firm_of(turn)
    reading = read_for(turn, party_code)
    if party_code is None and (party_code := which_order.firm_of(turn, reading)) is not None:
        reading = read_for(turn, party_code)
    turn.conversation.language = reading.language or turn.conversation.language
    if unknown.said_who_he_is(turn) and not any(line.quantity for line in reading.lines):
        turn.got("firm_claimed")
        return
    if firms.is_for_a_stranger(turn):
        turn.say("firm.not_yours")
        turn.outcome = "refused"
        return
    if party_code is None and reading.intent in ABOUT_AN_ORDER and not reading.lines:
        last = show.last_order_of(turn)
        party_code = last.party_code if last is not None else None
    if party_code is None and (reading.lines or reading.intent in ABOUT_A_FIRM):
        firms.ask(turn)
        return
    if party_code is not None and shadow.is_of(turn, party_code):
        shadow.note(turn, party_code)
        return
    _dispatch(turn, reading, party_code)
    urgent.beside_a_question(turn, reading)
    further.each(turn, reading, party_code)
    if any(matter.intent not in BESIDE_AN_ORDER for matter in reading.also):
        announcing.stop(turn, turn.conversation.draft_id)
    ordering.tell_left_over(turn, reading, party_code)


def _dispatch(turn: Turn, reading: Reading, party_code: str | None) -> None:
    intent = reading.intent
    if urgent.alone(turn, reading) or _taken_as_change(turn, reading, party_code):
        return
    if intent in YES and not reading.lines:
        _yes(turn, reading, party_code)
    elif intent in NO and not reading.lines:
        _no(turn, reading)
    elif intent == Intent.REPEAT_ORDER and party_code:
        repeating.repeat(turn, reading, party_code)
    elif intent == Intent.CHANGE_ORDER:
        _change(turn, reading, party_code)
    elif intent == Intent.CANCEL_ORDER:
        _cancel(turn, reading, party_code)
    elif intent == Intent.ORDER and reading.lines and party_code:
        ordering.take_lines(turn, reading, party_code)
    elif intent in TALK:
        smalltalk.answer(turn, intent)
    elif intent in (Intent.OTHER, Intent.ORDER):
        if reading.requested_on and show.open_draft_of(turn) is not None:
            ordering.change(turn, reading, party_code)
        elif not reading.also and not order_status.of_a_number(turn):
            smalltalk.not_understood(turn, party_code)
    else:
        further.answer(turn, reading, party_code)


def _taken_as_change(turn: Turn, reading: Reading, party_code: str | None) -> bool:
    """Goods, and with them the number of an order that was confirmed, or its bubble quoted."""
    if reading.intent != Intent.ORDER or not reading.lines or not amending.names_an_order(turn, reading):
        return False
    amending.change(turn, reading, party_code)
    return True


def _change(turn: Turn, reading: Reading, party_code: str | None) -> None:
    if amending.names_an_order(turn, reading) or not ordering.change(turn, reading, party_code):
        amending.change(turn, reading, party_code)


def _yes(turn: Turn, reading: Reading, party_code: str | None) -> None:
    if reading.changes:
        _change(turn, reading, party_code)
    elif firms.is_asked(turn):
        firms.show_question(turn)
    else:
        urgent.beside_a_yes(turn, reading)
        answers.yes(turn, plain=_is_plain(turn, reading))


def _no(turn: Turn, reading: Reading) -> None:
    if firms.dropped(turn):
        turn.say("draft.declined")
        turn.got("declined")
    else:
        answers.no(turn, plain=_is_plain(turn, reading))


def _is_plain(turn: Turn, reading: Reading) -> bool:
    """Nothing else is said: a yes with a condition is none."""
    return not left_over(turn, reading) and reading.requested_on is None and not reading.changes


def _cancel(turn: Turn, reading: Reading, party_code: str | None) -> None:
    """Cancel what is open: the quoted draft, or the only one; else the order that is named, or was the last."""
    quoted = ordering.quoted_draft_id(turn)
    open_ones = drafts.open_drafts(turn.session, turn.account.id)
    if quoted is not None:
        open_ones = [draft for draft in open_ones if draft.id == quoted]
    if amending.names_an_order(turn, reading):
        amending.cancel(turn, reading, party_code)
    elif len(open_ones) == 1 and _is_plain(turn, reading):
        confirming.decline(turn, open_ones[0])
    elif len(open_ones) == 1:
        turn.say("change.how")
        show.draft_summary(turn, open_ones[0])
    elif open_ones:
        show.list_open(turn, open_ones)
    elif firms.dropped(turn):
        turn.say("draft.declined")
        turn.got("declined")
    else:
        amending.cancel(turn, reading, party_code)
