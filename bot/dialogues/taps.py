"""Buttons and list rows: each is bound to what it was shown with, and works once."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from bot.bubbles import Tap, split_payload
from bot.dialogues import (
    amending,
    answers,
    approval_words,
    approvals,
    confirming,
    credit_raises,
    customers,
    delegating,
    firms,
    further,
    held_by_credit,
    more_to_come,
    picks,
    price_requests,
    shadow,
    show,
    stock,
    which_order,
)
from bot.model import ACCEPTED_STATES, Outbound
from bot.replies.questions import FIRM
from bot.replies.summary import WAIT
from bot.turn import Turn
from orders import drafts
from orders.confirm import NEW
from orders.drafts import Changed
from orders.model import DraftState, OrderDraft

DECIDES = {"confirm", "cancel", "add"}
LIST_TELLS_TO = timedelta(seconds=1)
"""The provider's list names whole seconds, cut off: a tap it brings may be as much later than it says."""
MOST_BUBBLES = 10
"""So many bubbles back a title that the list brought is looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tapped:
    """A tap with the bubble it was made on; `typed` when the title was written instead."""

    tap: Tap
    bubble: Outbound | None
    typed: bool = False


NOTHING = Tapped(tap=Tap(act="", token=""), bubble=None)


def tap_of(turn: Turn) -> Tapped | None:
    """The tap this message is: by its payload, or by the title of a button of the bubble quoted or shown last.

    A tap found in the provider's list has no payload, and people type what stands on a button.
    """
    if turn.inbound.payload:
        tap = split_payload(turn.inbound.payload)
        return Tapped(tap=tap, bubble=_of_token(turn, tap.token)) if tap else NOTHING
    quoted = turn.inbound.quoted_sid
    bubbles = [_of_sid(turn, quoted)] if quoted else _with_choices(turn)
    for bubble in bubbles if turn.text else ():
        for entry in [*bubble.buttons, *bubble.rows] if bubble else ():
            if _plain(entry["title"]) == _plain(turn.text) and (tap := split_payload(entry["payload"])):
                return Tapped(tap=tap, bubble=bubble, typed=not quoted)
    return None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _of_token(turn: Turn, token: str) -> Outbound | None:
    return _said(turn, Outbound.token == token)


def _of_sid(turn: Turn, sid: str) -> Outbound | None:
    return _said(turn, Outbound.sid == sid)


def _said(turn: Turn, which: ColumnElement[bool]) -> Outbound | None:
    """A bubble that was said to this account."""
    return turn.session.scalars(select(Outbound).where(which, Outbound.account_id == turn.account.id)).first()


def _with_choices(turn: Turn) -> Sequence[Outbound]:
    """The last bubble to tap on; all that were shown for what the list brought, as it never acts by itself."""
    listed = turn.inbound.found_in_list
    return turn.session.scalars(
        select(Outbound)
        .where(
            Outbound.account_id == turn.account.id,
            (Outbound.buttons != []) | (Outbound.rows != []),
            Outbound.state.in_([state.value for state in ACCEPTED_STATES]),
            Outbound.sent_at <= turn.came_at + (LIST_TELLS_TO if listed else timedelta()),
            Outbound.sent_at >= turn.came_at - answers.SHOWN_WITHIN,
        )
        .order_by(Outbound.sent_at.desc(), Outbound.position.desc())
        .limit(MOST_BUBBLES if listed else 1)
    ).all()


def answer(turn: Turn, tapped: Tapped) -> None:
    """Do what the button says, if it still holds."""
    bubble, tap = tapped.bubble, tapped.tap
    # Only people tap: what comes of it is said however often it is no more than where things stand.
    turn.progress = bubble is not None and not tapped.typed
    if bubble is None or turn.inbound.failure:
        _works_no_more(turn)
    elif tap.arg.startswith(FIRM):
        _firm(turn, tap)
    elif bubble.kind == "which_draft":
        _draft(turn, tap)
    elif bubble.kind == stock.WHICH:
        further.stock_tap(turn, tap, bubble)
    elif bubble.kind == which_order.KIND:
        amending.chosen(turn, tap, bubble)
    elif approvals.is_about_asks(bubble):
        _on_ask(turn, tap, bubble)
    elif bubble.kind == delegating.KIND:
        delegating.tapped(turn, tap, bubble)
    elif bubble.kind == held_by_credit.KIND:
        held_by_credit.tapped(turn, tap, bubble)
    elif "order" in bubble.subject:
        further.order_tap(turn, tap.act, str(bubble.subject["order"]))
    elif bubble.draft_id is not None:
        _on_draft(turn, tapped, bubble)
    else:
        _works_no_more(turn)


def _on_ask(turn: Turn, tap: Tap, bubble: Outbound) -> None:
    """A title that was written, or found in the provider's list without its payload, is no tap where it grants."""
    if credit_raises.tapped(turn, tap, bubble):
        return
    if turn.inbound.payload or tap.act != "approve":
        approvals.tapped(turn, tap, bubble)
    elif not approval_words.answered(turn):
        _works_no_more(turn)


def _works_no_more(turn: Turn) -> None:
    turn.say("tap.unknown")
    show.present_state(turn)


def _firm(turn: Turn, tap: Tap) -> None:
    what = tap.arg.removeprefix(FIRM)
    if not firms.is_asked(turn):
        _works_no_more(turn)
    elif tap.act == "more":
        firms.show_question(turn, first=int(what) if what.isdecimal() else 0)
    elif kept := firms.answered(turn, what):
        customers.read_kept(turn, kept, what)
    else:
        turn.say("firm.not_yours")
        turn.outcome = "refused"


def _draft(turn: Turn, tap: Tap) -> None:
    """One of several open drafts is chosen: its summary, to be confirmed there."""
    chosen = tap.arg.removeprefix("d.")
    open_ones = drafts.open_drafts(turn.session, turn.account.id)
    draft = next((draft for draft in open_ones if str(draft.id) == chosen), None)
    if draft is None or draft.party_code not in turn.known.firms:
        _works_no_more(turn)
        return
    show.draft_summary(turn, draft)


def _on_draft(turn: Turn, tapped: Tapped, bubble: Outbound) -> None:
    draft = turn.session.get_one(OrderDraft, bubble.draft_id)
    if draft.account_id != turn.account.id or draft.party_code not in turn.known.firms:
        turn.say("draft.not_yours")
        return
    if shadow.is_of(turn, draft.party_code):
        turn.got(shadow.OUTCOME)
        return
    tap = tapped.tap
    if draft.state != DraftState.OPEN.value:
        _over(turn, tapped, draft)
    elif tap.act in DECIDES and not _is_sure(turn, tapped, bubble):
        _see_again(turn)
    else:
        _act(turn, tap, bubble, drafts.locked(turn.session, draft.id))


def _act(turn: Turn, tap: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    """Choices can be looked through on any summary; all else is bound to the version it was shown with."""
    acts: dict[str, Callable[[Turn, Tap, Outbound, OrderDraft], None]] = {
        "confirm": _confirm,
        "change": _change,
        "cancel": _cancel,
        "pick": _pick,
        "add": _add,
    }
    if tap.act == "more":
        show.draft_summary(turn, draft, whole=False, first_row=int(tap.arg) if tap.arg.isdecimal() else 0)
    elif tap.act not in acts:
        _works_no_more(turn)
    elif draft.version != bubble.draft_version:
        turn.say("confirm.stale")
        show.draft_summary(turn, draft)
    else:
        acts[tap.act](turn, tap, bubble, draft)


def _is_sure(turn: Turn, tapped: Tapped, bubble: Outbound) -> bool:
    """Whether this answers exactly what was shown: all before it was read, and words are words of the last bubble."""
    if not tapped.typed:
        # Whoever taps after he was told that a message failed knows that it is not in the summary.
        return not answers.unread(turn, since=turn.came_at)
    shown = answers.last_shown(turn)
    return (
        not turn.inbound.found_in_list
        and shown is not None
        and shown.id == bubble.id
        and not answers.unread(turn, since=bubble.created_at)
        and len(drafts.open_drafts(turn.session, turn.account.id)) == 1
    )


def _over(turn: Turn, tapped: Tapped, draft: OrderDraft) -> None:
    """What became of it; words alone may have been meant for what is still open."""
    if tapped.typed and drafts.open_drafts(turn.session, turn.account.id):
        _see_again(turn)
    else:
        confirming.over(turn, draft)


def _see_again(turn: Turn) -> None:
    first, *more = drafts.open_drafts(turn.session, turn.account.id)
    if more:
        show.list_open(turn, [first, *more])
        return
    turn.say("confirm.see_again")
    show.draft_summary(turn, first)


def _confirm(turn: Turn, tap: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    if bubble.kind == price_requests.COUNTER:
        price_requests.accept(turn, draft, int(bubble.subject["request"]))
        return
    if tap.arg == NEW:
        draft.duplicate_answer = NEW
    confirming.confirm_draft(turn, draft.id, version=draft.version, rest_only=tap.arg in (NEW, "rest"))


def _change(turn: Turn, tap: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    if bubble.kind == price_requests.COUNTER:
        price_requests.at_list(turn, draft)
        return
    if tap.arg == WAIT:
        more_to_come.wait(turn, draft)
        return
    turn.conversation.draft_id = draft.id
    turn.say("change.how")
    turn.got("change")


def _cancel(turn: Turn, tap: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    if tap.arg != "same":
        confirming.decline(turn, draft)
        return
    waits = str(bubble.subject.get("other", "")).startswith("draft:")
    confirming.decline(turn, draft, key="draft.same_waits" if waits else "draft.same_dropped")


def _pick(turn: Turn, tap: Tap, _: Outbound, draft: OrderDraft) -> None:
    changed = Changed()
    if not picks.tapped(turn, draft, tap.arg, changed):
        _works_no_more(turn)
        return
    show.changed_summary(turn, draft, changed)
    turn.outcome = "picked"


def _add(turn: Turn, _: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    """It belongs to an order that is there: posted as its own, marked to go with that one."""
    kind, _sep, number = str(bubble.subject.get("other", "")).partition(":")
    if kind != "draft":
        draft.remarks = "; ".join(part for part in (draft.remarks, f"adds to {number}") if part)
        turn.say("same.goes_with", number=number)
    draft.duplicate_answer = NEW
    confirming.confirm_draft(turn, draft.id, version=draft.version, rest_only=True)
