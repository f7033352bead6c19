"""The summary of a change: what its order is, what it is to be, line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.replies.words import Words, amount, rupees
from orders.amended import StandingLine
from orders.drafts import is_cancellation, is_ready
from orders.goods import Goods
from orders.kept_prices import wanted_of
from orders.model import DraftLine
from orders.pricing import totals

if TYPE_CHECKING:
    from bot.replies.summary import Amends, Facts

LineText = Callable[[Words, "Facts", DraftLine], list[str]]
REMINDS = "summary.reminder"


def heading(words: Words, facts: Facts) -> str:
    """What is said first of a change; empty where it is none."""
    if facts.amends is None:
        return ""
    what = "cancel" if is_cancellation(facts.draft) else "change"
    key = f"change.{what}_reminder" if facts.heading == REMINDS else f"change.{what}_heading"
    return words(key, number=facts.amends.number)


def lines(words: Words, facts: Facts, amends: Amends, line_text: LineText) -> list[str]:
    """What becomes another, what is new and what goes out; of what stays how many lines it is."""
    texts: list[str] = []
    kept = 0
    for line in facts.draft.lines:
        if line.left_out:
            continue
        before = amends.base.line(line.changes_line)
        if is_ready(line) and _is_as_it_was(amends, line):
            kept += 1
        else:
            texts += _line(words, facts, line, before, line_text)
    there = {line.changes_line for line in facts.draft.lines}
    texts += [_out(words, facts.goods, line) for line in amends.base.ordered if line.no not in there]
    if kept:
        texts.append(words("change.rest_stays" if texts else "change.all_stays", count=kept))
    return texts


def _line(words: Words, facts: Facts, line: DraftLine, before: StandingLine | None, line_text: LineText) -> list[str]:
    texts = line_text(words, facts, line)
    if before is None:
        return [f"➕ {texts[0]}", *texts[1:]]
    if not is_ready(line) or line.sku != before.sku:
        return [_out(words, facts.goods, before), *texts] if line.sku != before.sku else texts
    was = amount(before.quantity, "" if before.uom == line.uom else before.uom)
    price = rupees(before.price)
    marked = f" {words('mark.was', price=price)}" if before.price != line.price else ""
    name = facts.goods.name(before.sku)
    first = texts[0].replace(f"{name} – ", f"{name} – {was} → ", 1)
    return [first if marked.strip() and marked.strip() in first else first + marked, *texts[1:]]


def changes_something(facts: Facts, amends: Amends) -> bool:
    """Whether a yes would change the order: what waits for something else stays as it is in it."""
    there = {line.changes_line for line in facts.draft.lines}
    if any(line.no not in there for line in amends.base.ordered):
        return True
    return any(is_ready(line) and not _is_as_it_was(amends, line) for line in facts.draft.lines)


def _is_as_it_was(amends: Amends, line: DraftLine) -> bool:
    before = amends.base.line(line.changes_line)
    return before is not None and before.wanted == wanted_of(line)


def _out(words: Words, goods: Goods, line: StandingLine) -> str:
    return words("change.line_out", item=goods.name(line.sku), amount=amount(line.quantity, line.uom))


def total_before(words: Words, amends: Amends) -> list[str]:
    """What the order comes to without the change."""
    return [words("change.total_before", total=rupees(_net(amends.base.lines)))]


def _net(lines: Sequence[StandingLine]) -> Decimal:
    return totals([(line.quantity, line.price, line.tax_rate) for line in lines]).net
