"""Lines of a confirmed order that a change leaves as they were confirmed, whatever today's rules say."""

from decimal import ROUND_FLOOR, Decimal
from typing import Any

from erp.records import plain
from orders.amended import Standing, StandingLine
from orders.draft_prices import PriceBook
from orders.model import DraftLine, OrderDraft

AS_CONFIRMED = "as_confirmed"
"""In a draft line's `price_note`: its price is that of the order it changes."""
LEFT = "left"
"""In a draft's `changes_from`: how much of which line has left, by its number in the order."""


def wanted_of(line: DraftLine) -> tuple[object, ...]:
    """What its sender decides of a line, as `orders.amended.StandingLine.wanted` has it."""
    return (line.sku, line.quantity, line.uom, line.requested_on)


def kept_line(draft: OrderDraft, line: DraftLine) -> StandingLine | None:
    """The line of the order whose price this one keeps: it is the same, or less of one of which some has left.

    One that was granted another price since has that one.
    """
    if draft.changes_order is None or line.changes_line is None:
        return None
    if line.granted_price is not None or line.granted_free is not None:
        return None
    before = Standing.from_json(draft.changes_from).line(line.changes_line)
    if before is None:
        return None
    if before.wanted == wanted_of(line):
        return before
    left = draft.changes_from.get(LEFT, {}).get(str(before.no))
    same = (before.sku, before.uom, before.requested_on) == (line.sku, line.uom, line.requested_on)
    if left is None or not same or not line.quantity or line.quantity >= before.quantity:
        return None
    # What was approved below the floor was approved for more of it than that.
    return before if before.approval_id is None or line.quantity == Decimal(left) else None


def keeps_its_price(draft: OrderDraft, line: DraftLine, book: PriceBook) -> bool:
    """Put back the price and the free goods a line was confirmed with. Call it after the line was priced.

    Whoever touches a line orders it anew, at the slab it now reaches; and with it all lines that a scheme of their
    group counts together, so that nothing is given for goods that are not taken any more.
    """
    before = kept_line(draft, line)
    if before is None or _is_bound(draft, before, book):
        return False
    line.price, line.list_price, line.tax_rate = before.price, before.list_price, before.tax_rate
    line.effective, line.floor, line.price_note = before.effective, before.floor, AS_CONFIRMED
    share = (line.quantity or before.quantity) / before.quantity
    of_it = [one for one in Standing.from_json(draft.changes_from).lines if one.free and one.base_line == before.no]
    line.free_goods = [entry for one in of_it if (entry := _entry(one, share)) is not None]
    line.schemes = [one.scheme for one in of_it]
    line.absolute = None
    line.problem, line.problem_facts = "", {}
    return True


def _entry(free: StandingLine, share: Decimal) -> dict[str, Any] | None:
    """Whole units of what was given, for the part of the line that stays."""
    quantity = free.quantity if share == 1 else (free.quantity * share).to_integral_value(ROUND_FLOOR)
    if not quantity:
        return None
    return {
        "scheme": free.scheme,
        "sku": free.sku,
        "qty": plain(quantity),
        "uom": free.uom,
        "list_price": plain(free.list_price),
    }


def _is_bound(draft: OrderDraft, before: StandingLine, book: PriceBook) -> bool:
    """Whether a scheme counts it together with a line that is touched."""
    item = book.goods.items.get(before.sku)
    group = item.group if item is not None else ""
    if not group or not any(row.group == group and not row.sku for row in book.schemes):
        return False
    return any((one := book.goods.items.get(sku)) is not None and one.group == group for sku in touched(draft))


def touched(draft: OrderDraft) -> set[str]:
    """The items of a change that are more, less, other, new or gone."""
    base = Standing.from_json(draft.changes_from)
    there = {line.changes_line for line in draft.lines if kept_line(draft, line) is not None}
    gone = {line.sku for line in base.ordered if line.no not in there}
    return gone | {line.sku for line in draft.lines if line.sku and kept_line(draft, line) is None}
