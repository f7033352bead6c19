"""What follows the yes to a change: noted, held by credit, done at once, or not possible any more."""

from bot.bubbles import Bubble
from bot.changed_orders import held_no_more, noted_lines, noted_sentence, put_change_before_finance, tell_others
from bot.confirmed import FOR_THE_NUMBER
from bot.dialogues import office
from bot.held_orders import with_ways_out
from bot.replies.words import enumerations, quoted
from bot.turn import Turn
from orders.confirm_change import CannotChange, ChangeConfirmed
from orders.model import OrderState, SalesOrder
from orders.order_changes import Refusal
from people.model import Function
from routing.model import MatterKind


def confirmed(turn: Turn, outcome: ChangeConfirmed) -> None:
    """Say what became of it. What goes to the ERP waits for its answer in the same bubble."""
    order, change = outcome.order, outcome.change
    turn.got("confirmed")
    if outcome.aside:
        _set_aside(turn, outcome)
    opened = None
    if outcome.standing is not None:
        opened = put_change_before_finance(turn.app, turn.session, outcome, inbound_id=turn.inbound.id)
    held_no_more(turn.app, turn.session, outcome)
    waits = order.state == OrderState.CONFIRMED.value if outcome.at_once else change.state == OrderState.CONFIRMED.value
    if outcome.at_once and outcome.standing is not None:
        turn.show(with_ways_out(turn.words, order, [noted_sentence(turn.words, outcome)]))
        tell_others(turn.app, turn.session, order, change)
        return
    topic = f"order:{order.number}" if outcome.at_once else f"change:{change.number}"
    turn.show(
        Bubble(
            kind="confirmed",
            lines=noted_lines(turn.words, outcome, opened, timezone=turn.app.settings.timezone),
            topic=topic,
            language=turn.words.catalogue,
            subject={"order": order.number},
        )
    )
    if waits:
        turn.hold = FOR_THE_NUMBER
    if outcome.at_once:
        tell_others(turn.app, turn.session, order, change)


def _set_aside(turn: Turn, outcome: ChangeConfirmed) -> None:
    """What of the change did not go is said, and a person sees it; the lines of the order it was about stay."""
    for said in enumerations(quoted(source) for source in outcome.aside):
        turn.say("confirm.set_aside", said=said)
    office.raise_matter(
        turn,
        MatterKind.LEFT_OVER,
        reference=f"change:{outcome.change.number}",
        function=Function.COMMERCIAL,
        party_code=outcome.order.party_code,
        facts={"order": outcome.order.number, "left_over": list(outcome.aside)},
    )


def cannot(turn: Turn, outcome: CannotChange) -> None:
    """Between summary and yes it became impossible; the order stays as it is."""
    refuse(turn, outcome.order, outcome.why)


def refuse(turn: Turn, order: SalesOrder, why: Refusal) -> None:
    """Politely; where a person may still do something about it, his words are put before one."""
    number = order.erp_number or order.number
    if why in (Refusal.CANCELLED, Refusal.NOTHING):
        turn.say(f"change.is_{why.value}", number=number)
        turn.got("answered")
        return
    matter = office.raise_matter(
        turn,
        MatterKind.FURTHER,
        reference=f"inbound:{turn.inbound.id}:order",
        function=Function.COMMERCIAL,
        party_code=order.party_code,
        facts={"intent": "change_order", "order": order.number, "said": turn.text, "refused": why.value},
        notice="notice.after_posting",
        number=number,
        said=quoted(turn.text),
    )
    turn.say(f"change.is_{why.value}", number=number, reference=matter.number)
    turn.got("matter")
