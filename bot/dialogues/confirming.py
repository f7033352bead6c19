"""The yes: from a confirmed summary to the order, or to the reason why not yet."""

from datetime import timedelta
from decimal import Decimal

from bot.bubbles import Bubble, Button
from bot.dialogues import show
from bot.notices import tell_function, tell_main_buyer
from bot.replies.words import clock_time, quoted, rupees
from bot.turn import Turn
from orders import aliases, drafts
from orders.confirm import (
    NEW,
    Blocked,
    Confirmation,
    Confirmed,
    Incomplete,
    LooksTheSame,
    Outcome,
    Over,
    ShowAgain,
    confirm,
    order_of,
)
from orders.credit import Credit
from orders.duplicates import Other
from orders.model import DraftState, OrderDraft
from people.model import Function, Party
from routing import matters
from routing.model import MatterKind

FOR_THE_NUMBER = timedelta(seconds=2)
"""How long the answer to a yes waits for the ERP's number."""


def confirm_draft(turn: Turn, draft_id: int, *, version: int, rest_only: bool = False) -> None:
    """Confirm what was shown, and say what came of it."""
    outcome = confirm(
        turn.session,
        Confirmation(
            draft_id=draft_id,
            version=version,
            by=turn.known.name,
            account_id=turn.account.id,
            inbound_id=turn.inbound.id,
            rest_only=rest_only,
            timezone=turn.app.settings.timezone,
            erp=turn.app.erp.name,
        ),
    )
    _answer(turn, outcome)


def _answer(turn: Turn, outcome: Outcome) -> None:
    match outcome:
        case Confirmed():
            _confirmed(turn, outcome)
        case ShowAgain():
            _again(turn, outcome)
        case Incomplete():
            turn.say(f"confirm.first_{outcome.missing}")
            show.draft_summary(turn, outcome.draft)
            turn.progress = True
        case LooksTheSame():
            _same(turn, outcome.draft, outcome.other)
        case Blocked():
            _blocked(turn, outcome)
        case Over():
            over(turn, outcome.draft)


def _again(turn: Turn, outcome: ShowAgain) -> None:
    if outcome.stale:
        turn.say("confirm.stale")
        show.draft_summary(turn, outcome.draft)
    else:
        turn.say("confirm.changed_since")
        show.changed_summary(turn, outcome.draft, outcome.changed)
    turn.progress = True


def over(turn: Turn, draft: OrderDraft) -> None:
    """A tap on what has ended: told the present state."""
    if draft.state == DraftState.CONFIRMED.value:
        order = order_of(turn.session, draft)
        if order is not None:
            turn.say(show.order_state_key(order)[0], **show.order_facts(order))
            return
    turn.say("draft.over")


def _confirmed(turn: Turn, outcome: Confirmed) -> None:
    order = outcome.order
    turn.progress, turn.outcome = True, "confirmed"
    turn.conversation.draft_id = None
    matters.close_about(turn.session, f"draft:{order.draft_id}", by="munshi", reason=order.number)
    _count_picks(turn, order.draft_id)
    if outcome.aside:
        turn.say("confirm.set_aside", said=quoted(", ".join(outcome.aside)))
    if outcome.held:
        _held(turn, outcome)
    else:
        turn.show([show.order_bubble(turn, order, "confirmed", "order.noted")])
        turn.hold = FOR_THE_NUMBER
    if order.on_behalf:
        tell_main_buyer(turn.app, turn.session, order, by=turn.known.name)


def _count_picks(turn: Turn, draft_id: int) -> None:
    """A remembered pick that was confirmed without a word counts as the second equal one."""
    draft = turn.session.get_one(OrderDraft, draft_id)
    remembered = aliases.remembered(turn.session, draft.party_code)
    for line in draft.lines:
        alias = remembered.get(aliases.fold(line.item_words or line.source))
        if alias is not None and alias.sku == line.sku and not line.picked and drafts.is_ready(line):
            aliases.learn_pick(
                turn.session,
                party_code=draft.party_code,
                phrase=alias.phrase,
                sku=alias.sku,
                uom=None,
                inbound_id=turn.inbound.id,
                message=line.source,
            )


def _held(turn: Turn, outcome: Confirmed) -> None:
    """Credit keeps it from the ERP: said politely, figures only to those who may see them."""
    order, standing = outcome.order, outcome.standing
    assert standing is not None
    facts = {
        "verdict": standing.verdict.value,
        "limit": None if standing.limit is None else str(standing.limit),
        "exposure": str(standing.exposure),
        "order_value": str(standing.order_value),
        "balance_as_of": standing.balance_as_of.isoformat() if standing.balance_as_of else None,
    }
    matter = matters.open_matter(
        turn.session,
        kind=MatterKind.HELD_ORDER,
        reference=f"order:{order.number}",
        function=Function.FINANCE,
        party_code=order.party_code,
        account_id=turn.account.id,
        inbound_id=turn.inbound.id,
        facts=facts,
    )
    sees = turn.known.sees_money and standing.verdict == Credit.OVER_LIMIT
    key = "order.held_with_figures" if sees else "order.held"
    turn.show(
        [
            show.order_bubble(
                turn,
                order,
                "held",
                key,
                exposure=rupees(standing.exposure),
                limit=rupees(standing.limit or Decimal(0)),
                short=rupees(standing.short_by),
            )
        ]
    )
    tell_function(
        turn.app,
        turn.session,
        Function.FINANCE,
        "notice.credit",
        kind="notice_credit",
        number=order.number,
        firm=_firm(turn, order.party_code),
        value=rupees(standing.order_value),
        exposure=rupees(standing.exposure),
        limit="–" if standing.limit is None else rupees(standing.limit),
        reference=matter.number,
        simulated=order.simulated,
    )


def _firm(turn: Turn, code: str) -> str:
    return turn.session.get_one(Party, code).name


def _blocked(turn: Turn, outcome: Blocked) -> None:
    matter = matters.open_matter(
        turn.session,
        kind=MatterKind.CHECK_FAILED,
        reference=f"draft:{outcome.draft.id}",
        function=Function.FINANCE,
        party_code=outcome.party.code,
        account_id=turn.account.id,
        inbound_id=turn.inbound.id,
        facts={"reason": "blocked"},
    )
    turn.say("confirm.blocked", number=matter.number)
    turn.progress, turn.outcome = True, "matter"
    tell_function(
        turn.app,
        turn.session,
        Function.FINANCE,
        "notice.blocked",
        kind="notice_blocked",
        firm=outcome.party.name,
        reference=matter.number,
        simulated=turn.inbound.simulated,
    )


def _same(turn: Turn, draft: OrderDraft, other: Other) -> None:
    """It looks like an order that is there already: only its sender knows."""
    at = clock_time(other.placed_at, turn.app.settings.timezone)
    key = "same.as_order" if other.number else "same.as_draft"
    turn.say(key, number=other.number, at=at, by=other.placed_by or turn.words("same.the_office"))
    turn.show(
        [
            Bubble(
                kind="same_order",
                lines=(turn.words("same.ask"),),
                buttons=(
                    Button(act="confirm", arg=NEW, title=turn.words("button.new_order")),
                    Button(act="add", title=turn.words("button.add_to_it")),
                    Button(act="cancel", arg="same", title=turn.words("button.same_order")),
                ),
                topic=f"draft:{draft.id}",
                draft_id=draft.id,
                draft_version=draft.version,
                language=turn.words.catalogue,
                subject={"other": other.reference},
            )
        ]
    )
    turn.progress, turn.outcome = True, "same_order"
