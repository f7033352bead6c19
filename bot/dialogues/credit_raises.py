"""Raising a limit in the chat: to how much and until when, tapped or typed, repeated back, and done by a tap alone."""

import calendar
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from sqlalchemy import select

from bot.ask_values import Verdict
from bot.bubbles import Tap
from bot.credit_asks import facts_of, hindered
from bot.dialogues import approvals
from bot.dialogues.answers import SHOWN_WITHIN
from bot.model import Outbound
from bot.replies import credit_ask as texts
from bot.replies.words import rupees
from bot.turn import Turn
from nlp import RaiseWanted, raise_wanted
from orders.credit_facts import CreditFacts
from routing.ask_model import Answer, Ask, AskKind
from store.database import now

WAITS_FOR = "credit_raise"
"""In `Conversation.pending`: the ask whose limit is to be written, since when, and what of it was said."""
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
SOON = timedelta(days=3)
"""A month that ends within this is no offer."""
ROUNDED, ROUNDED_FAR = Decimal(5_000), Decimal(25_000)
ROOM = Decimal("1.2")


def tapped(turn: Turn, tap: Tap, bubble: Outbound) -> bool:
    """Take a tap that is about another limit; False when it is about anything else."""
    ask = turn.session.get(Ask, bubble.subject["ask"]) if "ask" in bubble.subject else None
    if ask is None or ask.kind != AskKind.CREDIT.value:
        return False
    if tap.act != "counter" and bubble.kind not in (texts.RAISE_KIND, texts.RAISE_HOW_KIND):
        return False
    if not approvals.is_open_to(turn, ask):
        return True
    if bubble.subject.get("version") != ask.version:
        approvals.show_again(turn, ask, "approval.changed")
    elif bubble.kind == texts.RAISE_HOW_KIND:
        amount, _, until = tap.arg.partition("|")
        _propose(turn, ask, RaiseWanted(amount=Decimal(amount), until=date.fromisoformat(until)))
    elif tap.act == "confirm" and turn.inbound.payload:
        _raise(turn, ask, bubble)
    elif tap.act == "confirm":
        limit, day = Decimal(bubble.subject["limit"]), date.fromisoformat(bubble.subject["until"])
        _propose(turn, ask, RaiseWanted(amount=limit, until=day))
    elif tap.act == "cancel":
        _forget(turn)
        approvals.show_again(turn, ask, "credit_ask.not_raised")
    else:
        _ask_how(turn, ask)
    return True


def answered(turn: Turn) -> bool:
    """Take a message as another limit: under the question for it, or under the order it is asked for."""
    ask = _meant(turn)
    if ask is None:
        return False
    wanted = raise_wanted(turn.text, today=turn.today)
    if wanted is None:
        return False
    if not approvals.is_open_to(turn, ask):
        _forget(turn)
        return True
    _propose(turn, ask, _with_what_was_said(turn, wanted))
    return True


def _meant(turn: Turn) -> Ask | None:
    if turn.inbound.quoted_sid:
        quoted = select(Outbound).where(Outbound.sid == turn.inbound.quoted_sid, Outbound.account_id == turn.account.id)
        bubble = turn.session.scalars(quoted).first()
        asked = bubble.subject.get("ask") if bubble is not None else None
    else:
        waits = turn.conversation.pending.get(WAITS_FOR)
        fresh = waits and datetime.fromisoformat(waits["at"]) >= turn.came_at - SHOWN_WITHIN
        asked = waits["ask"] if waits and fresh else None
    ask = turn.session.get(Ask, asked) if asked is not None else None
    return ask if ask is not None and ask.kind == AskKind.CREDIT.value else None


def _with_what_was_said(turn: Turn, wanted: RaiseWanted) -> RaiseWanted:
    """How much and until when may come one after the other."""
    waits = turn.conversation.pending.get(WAITS_FOR) or {}
    if wanted.amount is None and waits.get("limit"):
        wanted = replace(wanted, amount=Decimal(waits["limit"]), by=False)
    if wanted.until is None and waits.get("until"):
        wanted = replace(wanted, until=date.fromisoformat(waits["until"]))
    return wanted


def _propose(turn: Turn, ask: Ask, wanted: RaiseWanted) -> None:
    """Repeat it back, or ask for what lacks."""
    facts = facts_of(ask)
    limit = wanted.amount
    if limit is not None and wanted.by:
        limit += facts.limit or 0
    if limit is not None and limit < facts.needed:
        _ask_how(turn, ask, turn.words("credit_ask.raise_too_low", limit=rupees(limit), needed=rupees(facts.needed)))
    elif limit is None or wanted.until is None:
        _ask_how(turn, ask, limit=limit, until=wanted.until)
    else:
        _wait(turn, ask, limit=limit, until=wanted.until)
        turn.show(
            texts.raise_again(turn.words, facts, limit=limit, until=wanted.until, ask_id=ask.id, version=ask.version)
        )
        turn.got("asked_for_tap")


def _ask_how(turn: Turn, ask: Ask, note: str = "", *, limit: Decimal | None = None, until: date | None = None) -> None:
    _wait(turn, ask, limit=limit, until=until)
    if not note and (limit is not None or until is not None):
        note = turn.words("credit_ask.raise_until_when" if until is None else "credit_ask.raise_to_what")
    facts = facts_of(ask)
    offers = _offers(facts, turn.today, limit=limit, until=until)
    turn.show(texts.raise_how(turn.words, facts, offers, ask_id=ask.id, version=ask.version, note=note))
    turn.got("asked_for_limit")


def _offers(
    facts: CreditFacts, today: date, *, limit: Decimal | None, until: date | None
) -> Sequence[tuple[Decimal, date]]:
    """Round limits that would bear the order, for a week, to the end of the month, for a month."""
    near = _rounded(facts.needed, ROUNDED)
    limits = [limit] if limit is not None else list(dict.fromkeys([near, _rounded(facts.needed * ROOM, ROUNDED_FAR)]))
    end = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    ends = [today + WEEK, *([end] if end - today > SOON else []), today + MONTH]
    days = [until] if until is not None else sorted(dict.fromkeys(ends))
    return [(one, day) for one in limits for day in days]


def _rounded(amount: Decimal, to: Decimal) -> Decimal:
    return (amount / to).to_integral_value(ROUND_CEILING) * to


def _raise(turn: Turn, ask: Ask, bubble: Outbound) -> None:
    """Only this tap does it, and what was repeated is what holds."""
    limit, until = Decimal(bubble.subject["limit"]), date.fromisoformat(bubble.subject["until"])
    if until < turn.today:
        _ask_how(turn, ask, turn.words("credit_ask.raise_day_over"), limit=limit)
        return
    if (why := hindered(turn.session, ask, person_id=turn.known.person_id)) is not None:
        turn.say(why.key, **why.facts)
        turn.outcome = "unclear"
        return
    _forget(turn)
    verdict = Verdict(answer=Answer.COUNTER, facts={"limit": str(limit), "until": until.isoformat()})
    approvals.answer(turn, ask, verdict)


def _wait(turn: Turn, ask: Ask, *, limit: Decimal | None, until: date | None) -> None:
    waits = {
        "ask": ask.id,
        "at": now(turn.session).isoformat(),
        "limit": None if limit is None else str(limit),
        "until": None if until is None else until.isoformat(),
    }
    turn.conversation.pending = {**turn.conversation.pending, WAITS_FOR: waits}


def _forget(turn: Turn) -> None:
    turn.conversation.pending = {name: value for name, value in turn.conversation.pending.items() if name != WAITS_FOR}
