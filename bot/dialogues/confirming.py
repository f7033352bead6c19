"""The yes and the no: from a confirmed summary to the order, or to the reason why not yet."""

from bot import price_asking
from bot.bubbles import Bubble, Button
from bot.confirmed import FOR_THE_NUMBER
from bot.dialogues import change_confirmed, office, show
from bot.held_orders import held_bubble, put_before_finance
from bot.model import Outbound
from bot.notices import tell_main_buyer
from bot.replies.orders import moved
from bot.replies.words import clock_time, enumerations, quoted
from bot.turn import Turn
from erp.records import Mode
from nlp import CODE
from orders import drafts
from orders.aliases import fold, learn_pick, remembered
from orders.confirm import (
    NEW,
    Blocked,
    Confirmation,
    Confirmed,
    Incomplete,
    LooksTheSame,
    NotAlone,
    Over,
    ShowAgain,
    confirm,
    order_of,
)
from orders.confirm_change import CannotChange, ChangeConfirmed
from orders.credit import Standing
from orders.duplicates import Other
from orders.model import DraftLine, DraftState, OrderDraft, SalesOrder
from people.model import Function
from routing import matters
from routing.model import MatterKind

CODE_WORDS = f"{CODE} "


def confirm_draft(turn: Turn, draft_id: int, *, version: int, rest_only: bool = False) -> None:
    """Confirm what was shown, and say what came of it."""
    draft = turn.session.get_one(OrderDraft, draft_id)
    if draft.account_id != turn.account.id or draft.party_code not in turn.known.firms:
        turn.say("draft.not_yours")
        return
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
            overdue_allowed=turn.app.settings.credit_overdue_days,
        ),
    )
    match outcome:
        case Confirmed():
            _confirmed(turn, outcome)
        case ShowAgain():
            _again(turn, outcome)
        case Incomplete():
            turn.say(f"confirm.first_{outcome.missing}")
            show.draft_summary(turn, outcome.draft)
        case LooksTheSame():
            _same(turn, outcome.draft, outcome.other)
        case Blocked():
            _blocked(turn, outcome)
        case NotAlone():
            _not_alone(turn, outcome)
        case Over():
            over(turn, outcome.draft)
        case ChangeConfirmed():
            _settled(turn, draft, reason=outcome.change.number)
            change_confirmed.confirmed(turn, outcome)
        case CannotChange():
            _settled(turn, draft, reason=outcome.why.value)
            change_confirmed.cannot(turn, outcome)


def _not_alone(turn: Turn, outcome: NotAlone) -> None:
    """A clerk confirms it, or nobody: nothing is said of customers in shadow."""
    if outcome.mode == Mode.SHADOW:
        turn.got("shadow")
    else:
        show.draft_summary(turn, outcome.draft)


def decline(turn: Turn, draft: OrderDraft, *, key: str = "draft.declined") -> None:
    """Its sender does not want it; nothing was ordered."""
    draft = drafts.locked(turn.session, draft.id)
    drafts.close(turn.session, draft, DraftState.DECLINED, by=turn.known.name, reason="declined")
    drafts.note(turn.session, draft, "declined", by=turn.known.name, inbound_id=turn.inbound.id)
    price_asking.withdraw(turn.app, turn.session, draft, reason="declined")
    _settled(turn, draft, reason="declined")
    order = order_of(turn.session, draft) if draft.changes_order is not None else None
    if order is not None:
        turn.say("change.dropped", number=order.erp_number or order.number)
    else:
        turn.say(key)
    turn.got("declined")


def _settled(turn: Turn, draft: OrderDraft, *, reason: str) -> None:
    matters.close_about(turn.session, f"draft:{draft.id}", by="munshi", reason=reason)
    if turn.conversation.draft_id == draft.id:
        turn.conversation.draft_id = None


def over(turn: Turn, draft: OrderDraft) -> None:
    """A tap on what has ended is told the present state."""
    order = order_of(turn.session, draft) if draft.state == DraftState.CONFIRMED.value else None
    if order is not None:
        show.tell_order(turn, order)
    else:
        turn.say("draft.over")


def _again(turn: Turn, outcome: ShowAgain) -> None:
    if outcome.stale:
        turn.say("confirm.stale")
        show.draft_summary(turn, outcome.draft)
    else:
        turn.say("confirm.changed_since")
        show.changed_summary(turn, outcome.draft, outcome.changed)


def _confirmed(turn: Turn, outcome: Confirmed) -> None:
    order = outcome.order
    draft = turn.session.get_one(OrderDraft, order.draft_id)
    turn.got("confirmed")
    price_asking.withdraw(turn.app, turn.session, draft, reason="confirmed")
    _settled(turn, draft, reason=order.number)
    _count_picks(turn, draft)
    if outcome.aside:
        _set_aside(turn, order, outcome.aside)
    if outcome.standing is not None:
        _held(turn, order, outcome.standing)
    else:
        turn.said += moved(turn.words, order, draft)
        turn.show(show.order_bubble(turn, order, "confirmed", "order.noted"))
        turn.hold = FOR_THE_NUMBER
    if order.on_behalf:
        tell_main_buyer(turn.app, turn.session, order, by=turn.known.name)


def _count_picks(turn: Turn, draft: OrderDraft) -> None:
    """A remembered pick that was confirmed without a word counts as the second equal one."""
    before = remembered(turn.session, draft.party_code)
    for line in draft.lines:
        if line.item_words.startswith(CODE_WORDS) and line.sku and not line.picked and drafts.is_ready(line):
            _count_code(turn, draft, line)
            continue
        alias = before.get(fold(line.item_words or line.source))
        if alias is not None and alias.sku == line.sku and not line.picked and drafts.is_ready(line):
            learn_pick(
                turn.session,
                party_code=draft.party_code,
                phrase=alias.phrase,
                sku=alias.sku,
                uom=None,
                inbound_id=turn.inbound.id,
                message=line.source,
            )


def _count_code(turn: Turn, draft: OrderDraft, line: DraftLine) -> None:
    """The customer's own code beside goods he confirmed: the second time it names them by itself."""
    learn_pick(
        turn.session,
        party_code=draft.party_code,
        phrase=line.item_words,
        sku=str(line.sku),
        uom=None,
        inbound_id=turn.inbound.id,
        message=line.source,
    )


def _set_aside(turn: Turn, order: SalesOrder, aside: tuple[str, ...]) -> None:
    """What did not go is said, and a person sees what the customer wanted besides."""
    for said in enumerations(quoted(source) for source in aside):
        turn.say("confirm.set_aside", said=said)
    office.raise_matter(
        turn,
        MatterKind.LEFT_OVER,
        reference=f"order:{order.number}",
        function=Function.COMMERCIAL,
        party_code=order.party_code,
        facts={"order": order.number, "left_over": list(aside)},
    )


def _held(turn: Turn, order: SalesOrder, standing: Standing) -> None:
    """Credit keeps it from the ERP."""
    opened = put_before_finance(turn.app, turn.session, order, standing, inbound_id=turn.inbound.id)
    zone, sees = turn.app.settings.timezone, turn.known.sees_money
    turn.show(held_bubble(turn.words, order, standing, opened, sees_money=sees, timezone=zone))


def _blocked(turn: Turn, outcome: Blocked) -> None:
    """The list is kept; reminding of it would be mockery until the office has dealt with it."""
    outcome.draft.reminder_due_at = None
    matter = office.raise_matter(
        turn,
        MatterKind.CHECK_FAILED,
        reference=f"draft:{outcome.draft.id}",
        function=Function.FINANCE,
        party_code=outcome.party.code,
        facts={"reason": "blocked"},
        notice="notice.blocked",
    )
    turn.say("confirm.blocked", number=matter.number)
    turn.got("matter")


def _same(turn: Turn, draft: OrderDraft, other: Other) -> None:
    """It looks like an order that is there already: only its sender knows."""
    by = other.placed_by or turn.words("same.the_office")
    if other.in_erp_only:
        turn.say("same.as_erp_order", number=other.number, day=turn.words.day(other.placed_on))
    else:
        at = clock_time(other.placed_at, turn.app.settings.timezone)
        turn.say("same.as_order" if other.number else "same.as_draft", number=other.number, at=at, by=by)
    _ask_if_same(turn, draft, other.reference)


def ask_again_if_same(turn: Turn, draft: OrderDraft, shown: Outbound) -> None:
    """A bare yes or no answers this question with either."""
    turn.say("same.tap_please")
    _ask_if_same(turn, draft, str(shown.subject.get("other", "")))


def _ask_if_same(turn: Turn, draft: OrderDraft, other: str) -> None:
    turn.show(
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
            subject={"other": other},
        )
    )
    turn.got("same_order")
