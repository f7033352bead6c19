"""Changing and cancelling an order that was confirmed: a draft of how it is to be, shown as a difference."""

from collections.abc import Sequence
from dataclasses import replace

from bot.bubbles import Tap
from bot.dialogues import office, order_status, ordering, show, which_order
from bot.dialogues.change_confirmed import refuse
from bot.dialogues.reading import read_for
from bot.dialogues.which_order import Found, Named, named
from bot.model import Inbound, Outbound
from bot.replies.words import quoted
from bot.turn import Turn
from bot.urgency import WITH_THE_ERP
from erp import mirror
from erp.port import Capability
from nlp.values import DraftLine, Intent, Reading
from orders import drafts, order_changes
from orders.amended import StandingLine
from orders.drafts import Changed, Edit
from orders.left import what_left
from orders.model import OrderDraft, SalesOrder
from orders.order_changes import Refusal
from people.model import Function
from routing.model import MatterKind

CANCELS = Intent.CANCEL_ORDER


def names_an_order(turn: Turn, reading: Reading) -> bool:
    """Whether the message says which order that was confirmed it is about: by number, by quoting, by an answer."""
    if turn.order or which_order.quoted(turn) is not None:
        return True
    said = named(turn, reading)
    return said is not None and bool(_of_number(turn, said).ours)


def change(turn: Turn, reading: Reading, party_code: str | None) -> None:
    """“M26000123 mein lachhi 8 kar do”, “pichle order se rusk hata do”: the draft of the change, and its difference."""
    said = named(turn, reading)
    order = _meant(turn, reading, party_code, said)
    if order is None:
        return
    if _refused(turn, order, cancels=False):
        return
    again = _read_again(turn, order, said) if reading.intent == Intent.CHANGE_ORDER else reading
    draft = _begin(turn, order)
    edits = _edits(order_changes.standing(turn.session, order).ordered, reading, again)
    if edits is None and not again.lines:
        turn.say("change.how")
        show.draft_summary(turn, draft)
        turn.got("change")
        return
    ordering.edit(turn, replace(again, lines=() if edits else again.lines), draft, edits or [])


def cancel(turn: Turn, reading: Reading, party_code: str | None) -> None:
    """“Order cancel kar do”, “lachhi cancel kar do”: the whole of it, or the item that is named."""
    said = named(turn, reading)
    order = _meant(turn, reading, party_code, said)
    if order is None:
        return
    item = reading.slots.get("sku")
    if _refused(turn, order, cancels=not item):
        return
    draft = _begin(turn, order)
    if item and any(line.sku == item for line in draft.lines):
        ordering.edit(turn, replace(reading, lines=()), draft, [Edit(op="remove", sku=item)])
        return
    if item:
        turn.say("change.not_found", said=quoted(_name(turn, item)))
        show.draft_summary(turn, draft)
        turn.got("change")
        return
    removed = [line.source or str(line.sku) for line in draft.lines]
    draft.lines.clear()
    turn.session.flush()
    ordering.take_terms(turn, draft, reading)
    show.changed_summary(turn, draft, Changed(removed=removed))


def _begin(turn: Turn, order: SalesOrder) -> OrderDraft:
    draft = order_changes.begin(
        turn.session,
        order,
        account_id=turn.account.id,
        person_id=turn.known.person_id,
        on_behalf=order.party_code not in turn.known.buys_for,
        simulated=turn.inbound.simulated,
    )
    turn.conversation.draft_id = draft.id
    turn.session.flush()
    return draft


# --- which one ---


def _of_number(turn: Turn, said: Named) -> Found:
    return which_order.of_number(turn, said.number, turn.known.firms)


def _meant(turn: Turn, reading: Reading, party_code: str | None, said: Named | None) -> SalesOrder | None:
    """The order it is about; None after having asked, or said that there is none."""
    if turn.order:
        return turn.session.get_one(SalesOrder, turn.order)
    if (order := which_order.quoted(turn)) is not None:
        return order
    if said is not None:
        return _of_the_number(turn, said, reading)
    possible = which_order.recent(turn, party_code)
    skus = {one.sku for one in reading.changes if one.sku and one.op.value != "add"}
    skus |= {sku} if (sku := reading.slots.get("sku")) else set()
    holding = [order for order in possible if skus <= {line.sku for line in order.lines}] if skus else possible
    open_ones = [order for order in holding if _can_be_changed(turn, order)]
    if len(open_ones) > 1:
        which_order.ask(turn, open_ones)
        return None
    found = next(iter([*open_ones, *holding, *possible]), None)
    if found is None:
        turn.say("change.nothing_open")
    return found


def _of_the_number(turn: Turn, said: Named, reading: Reading) -> SalesOrder | None:
    found = _of_number(turn, said)
    if found.several:
        which_order.ask(turn, found.ours, found.keyed)
    elif found.keyed:
        _by_the_office(turn, found.keyed[0], reading.intent)
    elif not found.ours:
        turn.say("which_order.unknown", said=quoted(said.number))
        turn.got("answered")
    else:
        return found.ours[0]
    return None


def _can_be_changed(turn: Turn, order: SalesOrder) -> bool:
    base = order_changes.standing(turn.session, order)
    left = what_left(turn.session, order, base.lines)
    return order_changes.refusal(order, left, cancels=True) is None


def _by_the_office(turn: Turn, number: str, intent: Intent) -> None:
    """It was keyed in the ERP: what it became there Munshi does not know well enough to change it."""
    matter = office.raise_matter(
        turn,
        MatterKind.FURTHER,
        reference=f"inbound:{turn.inbound.id}:order",
        function=Function.COMMERCIAL,
        party_code=None,
        facts={"intent": intent.value, "erp_order": number, "said": turn.text},
        notice="notice.after_posting",
        number=number,
        said=quoted(turn.text),
    )
    turn.say("change.by_the_office", number=number, reference=matter.number)
    turn.got("matter")


def chosen(turn: Turn, tap: Tap, bubble: Outbound) -> None:
    """The order asked for is tapped: the message that did not say which is read again."""
    kind, _, number = tap.arg.partition(".")
    inbound = turn.session.get(Inbound, bubble.subject.get("inbound"))
    if inbound is None or inbound.account_id != turn.account.id:
        turn.say("tap.unknown")
        return
    order = turn.session.get(SalesOrder, number) if kind == "o" else None
    if order is not None and order.party_code not in turn.known.firms:
        turn.say("draft.not_yours")
        return
    tapped, turn.inbound = turn.inbound, inbound
    try:
        _read_for(turn, order, number)
    finally:
        turn.inbound, turn.order, turn.firm = tapped, "", ""


def _read_for(turn: Turn, order: SalesOrder | None, number: str) -> None:

    turn.order, turn.firm = (order.number, order.party_code) if order is not None else ("", "")
    reading = read_for(turn, turn.firm or None)
    if reading.intent == CANCELS and order is not None:
        cancel(turn, reading, turn.firm)
    elif reading.intent in (Intent.CHANGE_ORDER, Intent.ORDER) and order is not None:
        change(turn, reading, turn.firm)
    elif order is None and reading.intent in (CANCELS, Intent.CHANGE_ORDER):
        _by_the_office(turn, number, reading.intent)
    else:
        order_status.tell(turn, number if order is None else order.number)


# --- what is to change ---


def _read_again(turn: Turn, order: SalesOrder, said: Named | None) -> Reading:
    """With the lines of the order before it, as when a draft is open; its number is no amount of anything."""
    base = order_changes.standing(turn.session, order)
    draft = drafts.open_draft(
        turn.session, account_id=turn.account.id, party_code=order.party_code, changes_order=order.number
    )
    lines = (
        tuple(DraftLine(sku=one.sku, quantity=one.quantity, uom=one.uom, source=one.source) for one in draft.lines)
        if draft is not None
        else tuple(DraftLine(sku=one.sku, quantity=one.quantity, uom=one.uom) for one in base.ordered)
    )
    return read_for(turn, order.party_code, drafted=lines, without=said.span if said is not None else None)


def _edits(lines: Sequence[StandingLine], reading: Reading, again: Reading) -> list[Edit] | None:
    """The edits of either reading: what names items of the order as it was written goes before what was made of it."""
    known = {line.sku for line in lines}
    for one in (reading, again):
        edits = ordering.edits_of(one)
        if edits and all(edit.sku in known for edit in edits):
            return edits
    edits = ordering.edits_of(again)
    return edits or None


def _refused(turn: Turn, order: SalesOrder, *, cancels: bool) -> bool:
    """Say why nothing of it can be changed; False when something can."""
    base = order_changes.standing(turn.session, order)
    why = order_changes.refusal(order, what_left(turn.session, order, base.lines), cancels=cancels)
    if why is None and order.state in WITH_THE_ERP and not _takes(turn, order, cancels=cancels):
        why = Refusal.OFFICE
    if why is None:
        return False
    refuse(turn, order, why)
    return True


def _takes(turn: Turn, order: SalesOrder, *, cancels: bool) -> bool:
    """Whether its ERP can be handed a change, or a cancellation."""
    erp = turn.app.erps.get(order.erp)
    needed = Capability.CANCEL_ORDER if cancels else Capability.CHANGE_ORDER
    return erp is not None and needed in erp.capabilities


def _name(turn: Turn, sku: str) -> str:
    item = mirror.items(turn.session, [sku]).get(sku)
    return item.name if item else sku
