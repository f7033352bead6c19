"""Deciding what is asked: taps on an ask's buttons, and what a decision, however it was given, makes of the ask."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot import approving
from bot.ask_values import Unclear, Verdict
from bot.asked import about
from bot.bubbles import Bubble, Button, Tap
from bot.model import Outbound
from bot.replies.approval import number
from bot.replies.words import rupees
from bot.turn import Turn
from nlp.approvals import Decided, Decision, decisions
from routing import asks
from routing.ask_model import Ask, AskState
from routing.asks import Answered, Changed, NotAsked, TooLate
from store.database import now

WAITS_FOR = "decision"
"""In `Conversation.pending`: the ask whose counter or reason is to be written, and since when."""
COUNTER, REASON = "counter", "reason"
WHY = "why."
OTHER = "other"
SAID = "typed"
"""The argument of the button that repeats a typed decision, and where its words stand in the bubble's subject."""
BACK = "back"


def is_about_asks(bubble: Outbound) -> bool:
    """Whether it puts something to its reader that he is to decide."""
    return "ask" in bubble.subject or "asks" in bubble.subject


def may_decide(turn: Turn) -> list[Ask]:
    """What this person may decide now; whoever plays his part decides nothing but what was played."""
    found = asks.open_for(turn.session, turn.known.person_id, timezone=turn.app.settings.timezone)
    return [ask for ask in found if ask.simulated or not turn.inbound.simulated]


def tapped(turn: Turn, tap: Tap, bubble: Outbound) -> None:
    """A button or row under an ask, or under the list of what is open."""
    if "asks" in bubble.subject:
        _on_list(turn, tap)
        return
    ask = turn.session.get_one(Ask, bubble.subject["ask"])
    if not is_open_to(turn, ask):
        return
    if tap.act == "more":
        turn.show(about(ask).bubble(ask, turn.words, first=int(tap.arg) if tap.arg.isdecimal() else 0))
        turn.got("looked")
    elif bubble.subject.get("version") != ask.version:
        show_again(turn, ask, "approval.changed")
    else:
        _act(turn, tap, ask, str(bubble.subject.get(SAID, "")))


def _act(turn: Turn, tap: Tap, ask: Ask, said: str) -> None:
    everything = Decided(decision=Decision.APPROVE)
    match tap.act, tap.arg:
        case "approve", "":
            decide(turn, ask, [everything], by_tap=True)
        case "approve", "typed":
            found = decisions(said, numbered=about(ask).numbered(ask))
            decide(turn, ask, found, by_tap=True)
        case "counter", "":
            _wait_for(turn, ask, COUNTER)
            turn.said.append(about(ask).how_to_counter(ask, turn.words))
            turn.got("asked_for_counter")
        case "reject", "":
            turn.show(about(ask).why_rejected(ask, turn.words))
            turn.got("asked_for_reason")
        case "reject", "why.other":
            _wait_for(turn, ask, REASON)
            turn.say("approval.write_reason", number=number(ask.id))
            turn.got("asked_for_reason")
        case "reject", arg if arg.startswith(WHY):
            decide(turn, ask, [Decided(decision=Decision.REJECT, reason=arg.removeprefix(WHY))], by_tap=True)
        case _:
            show_again(turn, ask, "approval.see_first")


def _on_list(turn: Turn, tap: Tap) -> None:
    """A row opens what it names, the last one the next page."""
    kind, _, arg = tap.arg.partition(".")
    at = int(arg) if arg.isdecimal() else 0
    if kind == "a" and (ask := turn.session.get(Ask, at)) is not None:
        if is_open_to(turn, ask):
            turn.show(about(ask).bubble(ask, turn.words))
            turn.got("looked")
        return
    show_open(turn, may_decide(turn), first=at if kind == "l" else 0)


def is_open_to(turn: Turn, ask: Ask) -> bool:
    """Whether this person may decide it now; else he is told how it stands, and is shown no figures."""
    if any(one.id == ask.id for one in may_decide(turn)):
        return True
    if ask.state != AskState.OPEN.value:
        _tell_end(turn, asks.too_late(turn.session, ask))
    else:
        was = approving.was_asked(turn.session, ask, turn.known.person_id)
        turn.say("approval.moved_on" if was else "approval.not_yours", number=number(ask.id))
    return False


def _tell_end(turn: Turn, outcome: TooLate) -> None:
    timezone = turn.app.settings.timezone
    turn.said.append(approving.ended(outcome.ask, outcome.by, turn.words, timezone=timezone))
    turn.got("too_late")


def show_open(turn: Turn, open_ones: Sequence[Ask], *, key: str = "", first: int = 0) -> None:
    """The list of what is open, even of one thing."""
    if key:
        turn.say(key)
    if open_ones:
        turn.show(approving.open_list(open_ones, turn.words, first=first))
    else:
        turn.say("approval.none_open")
    turn.got("listed")


def show_again(turn: Turn, ask: Ask, key: str, **facts: object) -> None:
    """Everything about it once more, beginning with a sentence."""
    turn.show(about(ask).bubble(ask, turn.words, before=(turn.words(key, **facts),)))
    turn.got("shown_again")


def decide(
    turn: Turn, ask: Ask, decided: Sequence[Decided], *, by_tap: bool, said: str = "", version: int | None = None
) -> bool:
    """Answer an ask, if it may be answered so; whether that counted. `said` are the words of a typed answer."""
    verdict = about(ask).verdict(turn.session, ask, decided)
    if isinstance(verdict, Unclear):
        turn.say(verdict.key, **verdict.facts)
        turn.outcome = turn.outcome or "unclear"
        return False
    if not by_tap and needs_a_tap(turn, ask, decided):
        _ask_for_a_tap(turn, ask, decided, said)
        return False
    return answer(turn, ask, verdict, version=version)


def answer(turn: Turn, ask: Ask, verdict: Verdict, *, version: int | None = None) -> bool:
    """Give a decision to the ask, and tell what came of it; whether it counted."""
    outcome = asks.answer(
        turn.session,
        ask.id,
        person_id=turn.known.person_id,
        version=ask.version if version is None else version,
        answer=verdict.answer,
        facts=verdict.facts,
        inbound_id=turn.inbound.id,
        timezone=turn.app.settings.timezone,
    )
    return _tell(turn, outcome)


def _tell(turn: Turn, outcome: Answered | TooLate | NotAsked | Changed) -> bool:
    forget_question(turn)
    match outcome:
        case Answered():
            what = about(outcome.ask).outcome(outcome.ask, turn.words)
            turn.say("approval.done", what=what)
            turn.got("decided")
            approving.tell_end(turn.app, turn.session, outcome.ask, outcome.others)
            return True
        case TooLate():
            _tell_end(turn, outcome)
        case NotAsked():
            turn.say("approval.not_yours", number=number(outcome.ask.id))
        case Changed():
            if is_open_to(turn, outcome.ask):
                show_again(turn, outcome.ask, "approval.changed")
    return False


def needs_a_tap(turn: Turn, ask: Ask, decided: Sequence[Decided]) -> bool:
    """Whether so much is at stake that words do not do; a refusal gives nothing away."""
    grants = any(one.decision is not Decision.REJECT for one in decided)
    return grants and about(ask).amount(ask) > turn.app.settings.tap_only_amount


def _ask_for_a_tap(turn: Turn, ask: Ask, decided: Sequence[Decided], said: str) -> None:
    """A plain yes has its button; anything else is repeated with one of its own."""
    limit = rupees(turn.app.settings.tap_only_amount)
    if not said or all(one.decision is Decision.APPROVE and not one.numbers for one in decided):
        show_again(turn, ask, "approval.tap_please", limit=limit)
        return
    turn.show(
        Bubble(
            kind="approval_offer",
            lines=(turn.words("approval.offer", number=number(ask.id), limit=limit, what=said),),
            buttons=(
                Button(act="approve", arg=SAID, title=turn.words("button.yes_do")),
                Button(act="reject", arg=BACK, title=turn.words("button.no_back")),
            ),
            language=turn.words.catalogue,
            topic=f"ask:{ask.id}",
            subject={"ask": ask.id, "version": ask.version, SAID: said},
        )
    )
    turn.got("asked_for_tap")


def _wait_for(turn: Turn, ask: Ask, what: str) -> None:
    asked = {"ask": ask.id, "version": ask.version, "what": what, "at": now(turn.session).isoformat()}
    turn.conversation.pending = {**turn.conversation.pending, WAITS_FOR: asked}


def waits_for(turn: Turn) -> dict[str, Any] | None:
    """The ask whose counter or reason was asked for."""
    found: dict[str, Any] | None = turn.conversation.pending.get(WAITS_FOR)
    return found


def asked_since(question: dict[str, Any]) -> datetime:
    """When that was asked."""
    return datetime.fromisoformat(question["at"])


def forget_question(turn: Turn) -> None:
    """It is answered, or over."""
    turn.conversation.pending = {name: value for name, value in turn.conversation.pending.items() if name != WAITS_FOR}
