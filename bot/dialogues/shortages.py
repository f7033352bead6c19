"""What becomes of lines that are short of stock: all of it later, what there is now, or none."""

from bot.replies.words import amount, quoted
from bot.turn import Turn
from erp import mirror
from erp.records import plain
from orders import drafts, shortage
from orders.drafts import Changed
from orders.free_stock import Short
from orders.model import DraftLine, OrderDraft


def take(turn: Turn, draft: OrderDraft, line: DraftLine, decided: str, changed: Changed) -> bool:
    """Its sender's word on one line; False where that was not offered."""
    if decided not in {entry.get(shortage.SHORT) for entry in line.candidates}:
        return False
    if decided == Short.DROP:
        _drop(turn, draft, line, changed)
        return True
    changed.lines.add(line.no)
    return shortage.answer(line, Short(decided))


def take_all(turn: Turn, draft: OrderDraft, decided: str, changed: Changed) -> bool:
    """The same for every line that is short; one of which there is nothing is dropped by “what there is now”."""
    lines = shortage.asked(draft)
    if decided not in set(Short) or not lines:
        return False
    for line in lines:
        if not take(turn, draft, line, decided, changed):
            _drop(turn, draft, line, changed)
    return True


def _drop(turn: Turn, draft: OrderDraft, line: DraftLine, changed: Changed) -> None:
    """Said, and kept in the trail: the office sees what was wanted."""
    sku, quantity = line.sku or "", line.quantity
    item = mirror.items(turn.session, [sku]).get(sku)
    drafts.note(
        turn.session,
        draft,
        shortage.DROPPED,
        by=turn.known.name,
        inbound_id=turn.inbound.id,
        sku=sku,
        quantity="" if quantity is None else plain(quantity),
        uom=line.uom or "",
    )
    draft.lines.remove(line)
    changed.removed.append(line.source or sku)
    turn.say("short.dropped", item=quoted(item.name if item else sku), amount=amount(quantity, line.uom))
