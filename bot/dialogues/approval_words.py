"""Typed decisions: they act on what they quote, on numbers of the list shown last, or on the only thing open, alone."""

import re
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select

from bot.approving import was_asked
from bot.asked import about
from bot.dialogues import answers
from bot.dialogues.approvals import (
    REASON,
    asked_since,
    decide,
    forget_question,
    is_about_asks,
    is_open_to,
    may_decide,
    show_again,
    show_open,
    waits_for,
)
from bot.dialogues.reading import read_for
from bot.model import ACCEPTED_STATES, Inbound, Outbound
from bot.replies.approval import KIND, LIST_KIND
from bot.turn import Turn
from nlp.approvals import LONGEST_REASON, MOST_NUMBERS, Decided, Decision, asks_what_is_open, decisions
from orders import drafts
from people.model import Role
from routing.ask_model import Ask
from store.database import now

APPROVERS = {Role.APPROVER_1, Role.APPROVER_2, Role.APPROVER_3}
QUESTION_HOLDS = timedelta(minutes=30)
NAMED = re.compile(r"(?<!\w)A(\d{1,9})(?![\w.])", re.I)
"""What an ask is called (`bot.replies.approval.number`)."""


def answered(turn: Turn) -> bool:
    """Take the message as a decision, or as the question what is open; False when it is neither."""
    open_ones = may_decide(turn)
    if turn.inbound.quoted_sid:
        bubble = _said(turn, Outbound.sid == turn.inbound.quoted_sid)
        return bubble is not None and is_about_asks(bubble) and _on_quoted(turn, bubble, open_ones)
    if asks_what_is_open(turn.text):
        return _whats_open(turn, open_ones)
    if (ask := _named(turn)) is not None:
        return _on_named(turn, ask)
    if _answers_question(turn):
        return True
    if open_ones or _was_asked(turn):
        return _unquoted(turn, open_ones)
    return _decides_nothing(turn)


def _whats_open(turn: Turn, open_ones: Sequence[Ask]) -> bool:
    """Whoever has nothing open is told so; what is pending of the order book he hears besides."""
    if open_ones:
        show_open(turn, open_ones)
        return True
    if APPROVERS & set(turn.known.roles):
        turn.say("approval.none_open")
    return False


def _decides_nothing(turn: Turn) -> bool:
    """An approver's decision while nothing waits for one."""
    if not (APPROVERS & set(turn.known.roles)) or turn.known.orders or not decisions(turn.text, numbered=MOST_NUMBERS):
        return False
    turn.say("approval.none_open")
    turn.got("answered")
    return True


def _on_quoted(turn: Turn, bubble: Outbound, open_ones: Sequence[Ask]) -> bool:
    if "asks" in bubble.subject:
        return _on_list(turn, bubble, open_ones)
    ask = turn.session.get_one(Ask, bubble.subject["ask"])
    if not is_open_to(turn, ask):
        return True
    return _on_ask(turn, ask, bubble)


def _unquoted(turn: Turn, open_ones: Sequence[Ask]) -> bool:
    """Of the only thing open, or by the numbers of the list shown last; whatever else could be meant is asked."""
    shown = _last_shown(turn)
    if shown is None:
        return _show_what_he_has_not_seen(turn, open_ones)
    if "asks" in shown.subject:
        return _on_list(turn, shown, open_ones)
    ask = turn.session.get_one(Ask, shown.subject["ask"])
    numbered = about(ask).numbered(ask)
    if not (decisions(turn.text, numbered=numbered) or decisions(turn.text, numbered=1)):
        return _show_what_he_has_not_seen(turn, open_ones)
    others = [one for one in open_ones if one.id != ask.id]
    if others or drafts.open_drafts(turn.session, turn.account.id):
        if not open_ones:
            return False
        show_open(turn, open_ones, key="approval.which")
        return True
    if not is_open_to(turn, ask):
        return True
    return _on_ask(turn, ask, shown)


def _named(turn: Turn) -> Ask | None:
    """“A17 ok”: what was put to him is called by its number, and a decision stands beside it."""
    said = NAMED.findall(turn.text)
    ask = turn.session.get(Ask, int(said[0])) if len(said) == 1 else None
    if ask is None or not was_asked(turn.session, ask, turn.known.person_id):
        return None
    return ask if decisions(_without_its_number(turn), numbered=about(ask).numbered(ask)) else None


def _without_its_number(turn: Turn) -> str:
    return NAMED.sub(" ", turn.text)


def _on_named(turn: Turn, ask: Ask) -> bool:
    if not is_open_to(turn, ask):
        return True
    bubble = next((one for one in _bubbles(turn) if _shows(one, ask.id)), None)
    if bubble is None or "ask" not in bubble.subject:
        show_again(turn, ask, "approval.see_first")
        return True
    return _on_ask(turn, ask, bubble, text=_without_its_number(turn))


def _on_ask(turn: Turn, ask: Ask, bubble: Outbound, *, text: str = "") -> bool:
    """A decision on what one message showed, if that is still how it stands and all of it was seen."""
    said = text or turn.text
    found = decisions(said, numbered=about(ask).numbered(ask))
    if bubble.subject.get("version") != ask.version:
        show_again(turn, ask, "approval.changed")
    elif not found:
        show_again(turn, ask, "approval.not_clear")
    elif not _saw_it(turn, bubble) or answers.unread(turn, since=bubble.created_at) or turn.inbound.failure:
        show_again(turn, ask, "approval.see_first")
    else:
        decide(turn, ask, found, by_tap=False, said=said)
    return True


def _on_list(turn: Turn, bubble: Outbound, open_ones: Sequence[Ask]) -> bool:
    """By the numbers of the list; without one only when a single thing is open."""
    listed: list[list[int]] = bubble.subject["asks"]
    found = decisions(turn.text, numbered=len(listed))
    if not found:
        if turn.inbound.quoted_sid:
            show_open(turn, open_ones, key="approval.not_clear")
            return True
        return _show_what_he_has_not_seen(turn, open_ones)
    if answers.unread(turn, since=bubble.created_at) or turn.inbound.failure or not _saw_it(turn, bubble):
        show_open(turn, open_ones, key="approval.see_first")
        return True
    if not all(one.numbers for one in found) and max(len(listed), len(open_ones)) > 1:
        show_open(turn, open_ones, key="approval.which")
        return True
    for one in found:
        for number in one.numbers or (1,):
            _decide_listed(turn, listed[number - 1], one)
    return True


def _decide_listed(turn: Turn, listed: Sequence[int], one: Decided) -> None:
    ask_id, version = listed
    ask = turn.session.get_one(Ask, ask_id)
    if not is_open_to(turn, ask):
        return
    if ask.version != version:
        show_again(turn, ask, "approval.changed")
        return
    alone = Decided(decision=one.decision, price=one.price, percent=one.percent, reason=one.reason)
    if one.price is not None and about(ask).numbered(ask) > 1:
        show_again(turn, ask, "approval.see_first")  # the price of which of its lines?
        return
    said = "" if one.price is None and one.percent is None else f"{one.price or ''}{one.percent or ''}"
    if one.percent is not None:
        said += "%"
    decide(turn, ask, [alone], by_tap=False, said=said)


def _answers_question(turn: Turn) -> bool:
    """The price or the reason that was asked for after a tap."""
    question = waits_for(turn)
    if question is None:
        return False
    ask = turn.session.get_one(Ask, question["ask"])
    if now(turn.session) - asked_since(question) > QUESTION_HOLDS:
        forget_question(turn)
        return False
    if not is_open_to(turn, ask):
        forget_question(turn)
        return True
    if ask.version != question["version"]:
        forget_question(turn)
        show_again(turn, ask, "approval.changed")
        return True
    found = decisions(turn.text, numbered=about(ask).numbered(ask))
    if not found and _orders_goods(turn):
        forget_question(turn)
        return False
    grants = any(one.decision is not Decision.REJECT for one in found)
    if question["what"] == REASON and not grants:
        reason = " ".join(turn.text.split())[:LONGEST_REASON]
        decide(turn, ask, [Decided(decision=Decision.REJECT, reason=reason)], by_tap=True)
    elif question["what"] == REASON or not found:
        show_again(turn, ask, "approval.not_clear")
    else:
        decide(turn, ask, found, by_tap=False, said=turn.text)
    return True


def _orders_goods(turn: Turn) -> bool:
    """Whoever decides may order too, as a rep: goods are neither a price nor a reason."""
    return turn.known.orders and any(line.sku and line.quantity for line in read_for(turn, None).lines)


def _show_what_he_has_not_seen(turn: Turn, open_ones: Sequence[Ask]) -> bool:
    """Of what opened the talk by an approved form he has seen the beginning alone: now he sees all of it."""
    unseen = [ask for ask in open_ones if not _has_seen(turn, ask)]
    if not unseen:
        return False
    if len(open_ones) == 1:
        show_again(turn, unseen[0], "approval.see_first")
    else:
        show_open(turn, open_ones, key="approval.see_first")
    return True


def _has_seen(turn: Turn, ask: Ask) -> bool:
    of_ask = [bubble for bubble in _bubbles(turn) if _shows(bubble, ask.id)]
    return not of_ask or any(_saw_it(turn, bubble) for bubble in of_ask)


def _shows(bubble: Outbound, ask_id: int) -> bool:
    return bubble.subject.get("ask") == ask_id or any(one == ask_id for one, _ in bubble.subject.get("asks", ()))


def _saw_it(turn: Turn, bubble: Outbound) -> bool:
    """Whether it came as it is, and not as an approved form: he had written within the channel's window before it."""
    channel = turn.app.channels.get(bubble.channel)
    if channel is None or channel.window is None or bubble.sent_at is None:
        return True
    heard = select(Inbound.id).where(
        Inbound.account_id == turn.account.id,
        Inbound.id != turn.inbound.id,
        Inbound.sent_at > bubble.sent_at - channel.window,
        Inbound.sent_at <= bubble.sent_at,
    )
    return turn.session.scalars(heard.limit(1)).first() is not None


def _was_asked(turn: Turn) -> bool:
    """Whether the last thing he was shown was put to him to decide: his answer may come too late."""
    last = turn.session.scalars(
        select(Outbound)
        .where(Outbound.account_id == turn.account.id, Outbound.state.in_([state.value for state in ACCEPTED_STATES]))
        .order_by(Outbound.sent_at.desc(), Outbound.position.desc())
        .limit(1)
    ).first()
    return last is not None and is_about_asks(last)


def _last_shown(turn: Turn) -> Outbound | None:
    """The last message with something to decide that WhatsApp had taken before this one came."""
    return next(iter(_bubbles(turn)), None)


def _bubbles(turn: Turn) -> Sequence[Outbound]:
    return turn.session.scalars(
        select(Outbound)
        .where(
            Outbound.account_id == turn.account.id,
            or_(Outbound.kind == KIND, Outbound.kind == LIST_KIND),
            Outbound.state.in_([state.value for state in ACCEPTED_STATES]),
            Outbound.sent_at <= turn.came_at,
        )
        .order_by(Outbound.sent_at.desc(), Outbound.position.desc())
        .limit(20)
    ).all()


def _said(turn: Turn, which: ColumnElement[bool]) -> Outbound | None:
    return turn.session.scalars(select(Outbound).where(which, Outbound.account_id == turn.account.id)).first()
