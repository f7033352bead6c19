"""Lines of a draft that are short of free stock: settled by their customer's rule, or asked. None blocks an order."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp.records import ItemUom, ShortRule, plain
from orders.amended import Standing
from orders.checks import Problem
from orders.choices import ChoiceFacts, choice
from orders.free_stock import ZERO, Judged, Short, in_packs, is_soon, judge, sendable
from orders.goods import Goods
from orders.model import DraftLine, LineStatus, OrderDraft, TrailEntry
from orders.stock import free_stock
from people.model import Party

SHORT = "short"
"""In a choice: what it decides of a line that is short."""
ASKED = (Problem.SHORT.value, Problem.NONE_NOW.value)
DROPPED = "dropped_short"
NOW = "now"
"""Of free goods: how many of them are there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stocked:
    """A line that may be judged, with its rung."""

    line: DraftLine
    rung: ItemUom
    wanted: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortLines:
    """The lines whose quantity is another now, and what these lines leave of the free stock, in base units by SKU."""

    changed: list[DraftLine]
    left: dict[str, Decimal]


def settle_short(
    session: Session, draft: OrderDraft, goods: Goods, *, day: date, as_shown: bool, but: Collection[int] = ()
) -> ShortLines:
    """Judge the lines that are otherwise ready by today's free stock, but for those left as they were confirmed.

    Lines of one item share what there is in their order. With `as_shown` nothing that was cut is raised again.
    """
    before = {line.no: line.quantity for line in draft.lines}
    judged = [one for one in _to_be_judged(draft, goods, day) if one.line.no not in but]
    party = session.get_one(Party, draft.party_code)
    skus = {one.rung.sku for one in judged}
    left = free_stock(session, skus, warehouse=party.warehouse, day=day)
    for one in judged:
        _give_back_its_own(draft, one, goods, left)
        if one.rung.sku in left:
            _take(one, goods, left, rule=ShortRule(party.short_rule or ShortRule.BACKORDER), as_shown=as_shown)
    return ShortLines(changed=[line for line in draft.lines if line.quantity != before[line.no]], left=left)


def _give_back_its_own(draft: OrderDraft, one: Stocked, goods: Goods, left: dict[str, Decimal]) -> None:
    """What the order that is changed holds of an item for this line is no shortage of it."""
    before = Standing.from_json(draft.changes_from).line(one.line.changes_line) if draft.changes_order else None
    if before is not None and before.sku == one.rung.sku and before.sku in left:
        left[before.sku] += goods.base_quantity(before.sku, before.quantity, before.uom)


def note_free_stock(session: Session, draft: OrderDraft, goods: Goods, short: ShortLines, *, day: date) -> None:
    """Say of free goods what of them is there now (`now`), where that is less; they are never cut: they were earned."""
    leaving = [line for line in draft.lines if line.free_goods and _leaves_soon(draft, line, day)]
    others = {entry["sku"] for line in leaving for entry in line.free_goods} - set(short.left)
    left = dict(short.left)
    if others:
        party = session.get_one(Party, draft.party_code)
        left |= free_stock(session, others, warehouse=party.warehouse, day=day)
    for line in leaving:
        line.free_goods = [_with_stock(entry, goods, left) for entry in line.free_goods]


def _with_stock(entry: dict[str, Any], goods: Goods, left: dict[str, Decimal]) -> dict[str, Any]:
    rung = goods.ladders.get(entry["sku"], {}).get(entry["uom"])
    if rung is None or entry["sku"] not in left:
        return entry
    quantity = Decimal(entry["qty"])
    there = in_packs(left[entry["sku"]], factor=rung.factor, wanted=quantity)
    left[entry["sku"]] = max(ZERO, left[entry["sku"]] - quantity * rung.factor)
    return {**entry, NOW: plain(there)} if there < quantity else entry


def free_of(entries: Iterable[Mapping[str, Any]] | None) -> list[tuple[str, ...]]:
    """What goes free with a line, whatever of it is there now."""
    return [(entry["scheme"], entry["sku"], entry["qty"], entry["uom"]) for entry in entries or ()]


def _to_be_judged(draft: OrderDraft, goods: Goods, today: date) -> Iterator[Stocked]:
    """Settled lines without another problem that leave soon."""
    for line in draft.lines:
        if line.status != LineStatus.MATCHED.value or line.problem or line.left_out or line.price is None:
            continue
        rung = goods.ladders.get(line.sku or "", {}).get(line.uom or "")
        if not _leaves_soon(draft, line, today):
            restore(line)
        elif rung is not None and line.quantity:
            yield Stocked(line=line, rung=rung, wanted=line.wanted or line.quantity)


def _leaves_soon(draft: OrderDraft, line: DraftLine, today: date) -> bool:
    """What was put on a day of its own is meant to be made until then."""
    return line.requested_on is None and is_soon(draft.requested_on, today=today)


def _take(one: Stocked, goods: Goods, left: dict[str, Decimal], *, rule: ShortRule, as_shown: bool) -> None:
    line, rung = one.line, one.rung
    item = goods.items[rung.sku]
    order_rung = goods.ladders[rung.sku].get(item.order_uom)
    free = in_packs(left[rung.sku], factor=rung.factor, wanted=one.wanted)
    scale = rung.factor / order_rung.factor if order_rung is not None else Decimal(1)
    found = judge(
        one.wanted,
        ordered=line.quantity or one.wanted,
        free=free,
        may_send=sendable(free, item=item, scale=scale),
        rule=rule,
        decided=Short(line.short) if line.short else None,
        as_shown=as_shown,
    )
    _write(line, found, wanted=one.wanted)
    left[rung.sku] = max(ZERO, left[rung.sku] - found.quantity * rung.factor)


def _write(line: DraftLine, found: Judged, *, wanted: Decimal) -> None:
    line.quantity = found.quantity
    line.wanted = wanted if found.quantity < wanted else None
    line.free_now = found.free
    line.short = found.decided.value if found.decided else None
    line.candidates = []
    if found.none:
        line.problem, line.problem_facts = Problem.OUT.value, {}
    elif found.asked:
        line.problem = Problem.SHORT.value if found.free else Problem.NONE_NOW.value
        line.problem_facts = {"free": plain(found.free or ZERO), "wanted": f"{plain(wanted)} {line.uom}"}
        line.candidates = list(_ways(line, found))


def _ways(line: DraftLine, found: Judged) -> Iterator[ChoiceFacts]:
    yield choice(str(line.sku), found.quantity, line.uom, short=Short.LATER.value)
    if found.free:
        yield choice(str(line.sku), found.free, line.uom, short=Short.NOW.value)
    yield choice(str(line.sku), found.quantity, line.uom, short=Short.DROP.value)


def restore(line: DraftLine) -> None:
    """As it was asked for, before it was cut to what there is."""
    line.quantity = line.wanted or line.quantity
    forget(line)


def forget(line: DraftLine) -> None:
    """Nothing is decided of it any more: its quantity is what its sender says now."""
    line.wanted = line.free_now = line.short = None


def asked(draft: OrderDraft) -> list[DraftLine]:
    """The lines whose sender must say what becomes of them."""
    return [line for line in draft.lines if line.problem in ASKED and not line.left_out]


def go_whole(draft: OrderDraft) -> None:
    """A clerk confirms: what its sender would have been asked goes as it was written, the rest when made."""
    for line in asked(draft):
        line.short, line.free_now = Short.BACKORDER.value, line.free_now or ZERO
        line.problem, line.problem_facts, line.candidates = "", {}, []


def fell_short(draft: OrderDraft) -> list[DraftLine]:
    """The lines of which less was there than was wanted, whatever was decided of them."""
    return [line for line in draft.lines if line.short is not None or line.problem == Problem.OUT.value]


def answer(line: DraftLine, decided: Short) -> bool:
    """Its sender's word on a line that is short, but for `drop`; False where it is not one of the ways offered."""
    way = next((entry for entry in line.candidates if entry.get(SHORT) == decided.value), None)
    if way is None or decided == Short.DROP:
        return False
    wanted = line.quantity
    line.quantity = Decimal(way["quantity"])
    line.wanted = wanted if decided == Short.NOW else None
    line.short, line.candidates = decided.value, []
    return True


def remarks(session: Session, draft: OrderDraft, ready: Iterable[DraftLine]) -> list[str]:
    """What was decided of short lines, for the ERP's order; `ready` are its lines in their order."""
    lines = list(enumerate(ready, 1))
    said = [text for position, line in lines if (text := _remark(position, line))]
    said += [
        f"line {position}: {entry[NOW]} of {entry['qty']} {entry['uom']} {entry['sku']} free in stock, rest when made"
        for position, line in lines
        for entry in line.free_goods
        if NOW in entry
    ]
    said += [
        f"not in stock, not ordered: {plain(line.quantity)} {line.uom} {line.sku}"
        for line in draft.lines
        if line.problem == Problem.OUT.value and line.quantity is not None
    ]
    ordered = {line.sku for line in draft.lines if not line.left_out}
    dropped = session.scalars(
        select(TrailEntry).where(TrailEntry.draft_id == draft.id, TrailEntry.what == DROPPED).order_by(TrailEntry.id)
    )
    said += [
        f"not in stock and dropped: {entry.facts['quantity']} {entry.facts['uom']} {entry.facts['sku']}"
        for entry in dropped
        if entry.facts["sku"] not in ordered
    ]
    return said


def _remark(position: int, line: DraftLine) -> str:
    if line.short is None or line.quantity is None:
        return ""
    free, quantity, wanted = plain(line.free_now or ZERO), plain(line.quantity), plain(line.wanted or line.quantity)
    return {
        Short.BACKORDER: f"line {position}: {free} of {quantity} {line.uom} in stock, rest when made",
        Short.LATER: f"line {position}: all {quantity} {line.uom} together when made, {free} in stock",
        Short.NOW: f"line {position}: {wanted} {line.uom} asked, {quantity} in stock ordered, rest not wanted",
        Short.CUT: f"line {position}: {wanted} {line.uom} asked, cut to {quantity} in stock",
    }.get(Short(line.short), "")
