"""Buttons and list rows: each is bound to what it was shown with, and works once."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from bot.bubbles import Tap, split_payload
from bot.dialogues import confirming, firms, further, picks, show
from bot.model import Inbound, Outbound
from bot.turn import Turn
from orders import drafts
from orders.drafts import Changed
from orders.model import DraftState, OrderDraft
from routing import matters


@dataclass(frozen=True, kw_only=True, slots=True)
class Tapped:
    """A tap with the bubble it was made on."""

    tap: Tap
    bubble: Outbound | None


def tap_of(turn: Turn) -> Tapped | None:
    """The tap this message is, by its payload; one found in the provider's list has none, and is told by its title."""
    tap = split_payload(turn.inbound.payload)
    if tap is not None:
        return Tapped(tap=tap, bubble=_bubble(turn, token=tap.token))
    if turn.inbound.payload or not turn.inbound.quoted_sid:
        return None
    quoted = turn.session.scalars(
        select(Outbound).where(
            Outbound.sid == turn.inbound.quoted_sid, Outbound.account_id == turn.account.id
        )
    ).first()
    for entry in [*quoted.buttons, *quoted.rows] if quoted else []:
        if entry["title"] == turn.text and (tap := split_payload(entry["payload"])):
            return Tapped(tap=tap, bubble=quoted)
    return None


def _bubble(turn: Turn, *, token: str) -> Outbound | None:
    """The bubble, if it was said to this account."""
    return turn.session.scalars(
        select(Outbound).where(Outbound.token == token, Outbound.account_id == turn.account.id)
    ).first()


def answer(turn: Turn, tapped: Tapped) -> None:
    """Do what the button says, if it still holds."""
    bubble = tapped.bubble
    if bubble is None or turn.inbound.failure:
        turn.say("tap.unknown")
        show.present_state(turn)
        return
    if tapped.tap.act == "pick" and tapped.tap.arg.startswith("f."):
        _firm(turn, tapped.tap.arg.removeprefix("f."))
    elif "order" in bubble.subject:
        further.order_tap(turn, tapped.tap.act, str(bubble.subject["order"]))
    elif bubble.draft_id is not None:
        _on_draft(turn, tapped.tap, bubble)
    else:
        turn.say("tap.unknown")


def _firm(turn: Turn, code: str) -> None:
    if not firms.answered(turn, code):
        turn.say("tap.unknown")
        show.present_state(turn)


def _on_draft(turn: Turn, tap: Tap, bubble: Outbound) -> None:
    draft = turn.session.get_one(OrderDraft, bubble.draft_id)
    if draft.account_id != turn.account.id or draft.party_code not in turn.known.firms:
        turn.say("draft.not_yours")
        return
    acts: dict[str, Callable[[Turn, Tap, Outbound, OrderDraft], None]] = {
        "confirm": _confirm,
        "change": _change,
        "cancel": _cancel,
        "pick": _pick,
        "more": _more,
        "add": _add,
    }
    if draft.state != DraftState.OPEN.value:
        confirming.over(turn, draft)
    elif tap.act in acts:
        acts[tap.act](turn, tap, bubble, draft)
    else:
        turn.say("tap.unknown")


def _confirm(turn: Turn, tap: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    if _unread_before(turn):
        turn.say("confirm.read_all_first")
        show.draft_summary(turn, draft)
        return
    if tap.arg == confirming.NEW and draft.version == bubble.draft_version:
        drafts.locked(turn.session, draft.id).duplicate_answer = confirming.NEW
    rest = tap.arg == "rest" or (tap.arg == confirming.NEW)
    confirming.confirm_draft(turn, draft.id, version=bubble.draft_version or 0, rest_only=rest)


def _unread_before(turn: Turn) -> bool:
    """An earlier message of this person is stored and not read: what was shown may not be all he said."""
    return (
        turn.session.scalars(
            select(Inbound.id)
            .where(
                Inbound.sender == turn.inbound.sender,
                Inbound.channel == turn.inbound.channel,
                Inbound.id < turn.inbound.id,
                Inbound.state == "stored",
            )
            .limit(1)
        ).first()
        is not None
    )


def _change(turn: Turn, tap: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    turn.conversation.draft_id = draft.id
    turn.say("change.how")
    turn.progress = True


def _cancel(turn: Turn, tap: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    if draft.version != bubble.draft_version and tap.arg != "same":
        turn.say("confirm.stale")
        show.draft_summary(turn, draft)
        return
    decline(turn, draft)
    turn.say("draft.same_dropped" if tap.arg == "same" else "draft.declined")


def decline(turn: Turn, draft: OrderDraft) -> None:
    """Its sender does not want it."""
    locked = drafts.locked(turn.session, draft.id)
    drafts.close(turn.session, locked, DraftState.DECLINED, by=turn.known.name, reason="declined")
    drafts.note(turn.session, locked, "declined", by=turn.known.name, inbound_id=turn.inbound.id)
    matters.close_about(turn.session, f"draft:{draft.id}", by="munshi", reason="declined")
    turn.conversation.draft_id = None
    turn.progress, turn.outcome = True, "declined"


def _pick(turn: Turn, tap: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    """A choice holds while its line still asks the same, whatever else has changed since."""
    draft = drafts.locked(turn.session, draft.id)
    number, _, position = tap.arg.partition(".")
    changed = Changed()
    if number == "s":
        codes = [place.code for place in drafts.places(turn.session, draft.party_code)]
        if position in codes:
            draft.ship_to = position
            show.changed_summary(turn, draft, changed)
            return
    line = next((line for line in draft.lines if str(line.no) == number and not line.left_out), None)
    same = draft.version == bubble.draft_version
    if same and line is not None and position.isdigit() and picks.choose(turn, draft, line, int(position), changed):
        show.changed_summary(turn, draft, changed)
        return
    turn.say("confirm.stale")
    show.draft_summary(turn, draft)


def _more(turn: Turn, tap: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    show.draft_summary(turn, draft, whole=False, first_row=int(tap.arg) if tap.arg.isdigit() else 0)
    turn.progress = True


def _add(turn: Turn, tap: Tap, bubble: Outbound, draft: OrderDraft) -> None:
    """It belongs to an order that is there: posted as its own, marked to go with that one."""
    other = str(bubble.subject.get("other", ""))
    kind, _, number = other.partition(":")
    if draft.version != bubble.draft_version:
        turn.say("confirm.stale")
        show.draft_summary(turn, draft)
        return
    draft = drafts.locked(turn.session, draft.id)
    if kind != "draft":
        draft.remarks = "; ".join(part for part in (draft.remarks, f"adds to {number}") if part)
        turn.say("same.goes_with", number=number)
    draft.duplicate_answer = confirming.NEW
    confirming.confirm_draft(turn, draft.id, version=draft.version, rest_only=True)
