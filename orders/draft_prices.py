"""The lines of a draft at the prices of the rules in force, with what was granted them and what keeps them back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from erp import mirror
from erp.records import Scheme, plain
from orders import approvals
from orders.checks import Problem
from orders.goods import Goods, goods_of
from orders.model import DraftLine, LineStatus, OrderDraft
from orders.price_values import CustomerFacts, FreeGoods, Priced, PricedLine, SchemeUse, WantedLine
from orders.priced import as_price, list_quote, price_order
from orders.pricing import Quote
from orders.rule_book import rules_for
from orders.rules import Rules
from orders.scheme_uses import lock_budgets, uses_of
from people.model import Party


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceBook:
    """All that one customer's order of some items is priced by on a day."""

    goods: Goods
    rules: Rules
    customer: CustomerFacts
    used: SchemeUse
    day: date

    @property
    def schemes(self) -> list[Scheme]:
        """Those that may give something."""
        return [row for rows in self.rules.schemes.values() for row in rows]

    def list_price(self, sku: str, *, uom: str, quantity: Decimal) -> Quote | None:
        """Of a line by itself, by contract or price list, before schemes."""
        return list_quote(sku, self.rules, self.customer, self.goods, uom=uom, quantity=quantity, day=self.day)

    def price(self, wanted: Sequence[WantedLine], *, explain: bool = False) -> Priced:
        """An order of these lines and no others."""
        return price_order(wanted, self.rules, self.customer, self.goods, day=self.day, used=self.used, explain=explain)


def book_for(
    session: Session,
    party: Party,
    skus: Iterable[str],
    *,
    day: date,
    simulated: bool = False,
    except_order: str | None = None,
    to_confirm: bool = False,
) -> PriceBook:
    """What an order of these SKUs is priced by; what schemes gave in `except_order` does not count."""
    goods = goods_of(session, skus, price_list=None)
    rules = rules_for(session, party, goods.items, day=day, groups=_groups(goods))
    rows = [row for rows in rules.schemes.values() for row in rows]
    if more := {row.free_sku for row in rows if row.free_sku} - set(goods.items):
        goods = goods_of(session, {*goods.items, *more}, price_list=None)
        rules = rules_for(session, party, goods.items, day=day, groups=_groups(goods))
        rows = [row for rows in rules.schemes.values() for row in rows]
    if to_confirm:
        lock_budgets(session, rows)
    agreed = {sku: [as_price(row) for row in rows] for sku, rows in rules.contracts.items()}
    return PriceBook(
        goods=Goods(items=goods.items, ladders=goods.ladders, prices={**rules.prices, **agreed}),
        rules=rules,
        customer=CustomerFacts(
            code=party.code,
            tier=party.tier,
            price_list=party.price_list,
            plant=mirror.plant_of(session, party.warehouse),
        ),
        used=uses_of(session, rows, party.code, simulated=simulated, except_order=except_order),
        day=day,
    )


def _groups(goods: Goods) -> dict[str, str]:
    return {sku: item.group for sku, item in goods.items.items()}


def book_of(session: Session, draft: OrderDraft, *, day: date, to_confirm: bool = False) -> PriceBook:
    """What a draft is priced by, with all that it names or offers."""
    skus = {line.sku for line in draft.lines if line.sku}
    skus |= {entry["sku"] for line in draft.lines for entry in line.candidates if entry.get("sku")}
    skus |= {line["sku"] for line in draft.changes_from.get("lines", ())}
    return book_for(
        session,
        session.get_one(Party, draft.party_code),
        skus,
        day=day,
        simulated=draft.simulated,
        except_order=draft.changes_order,
        to_confirm=to_confirm,
    )


def set_list_price(line: DraftLine, book: PriceBook) -> None:
    """A line by itself at list: what is asked first, since much may keep it from going."""
    line.price = line.list_price = line.effective = line.floor = line.absolute = None
    line.schemes, line.free_goods, line.price_note, line.held_schemes = [], [], "", {}
    item = book.goods.items.get(line.sku or "")
    if item is None or line.quantity is None or line.uom is None:
        return
    line.tax_rate = item.gst_rate
    found = book.list_price(item.sku, uom=line.uom, quantity=line.quantity)
    if found is not None:
        line.price = line.list_price = found.price
        line.price_note = found.note


def settle_prices(session: Session, draft: OrderDraft, book: PriceBook, *, kept: Iterable[int] = ()) -> Priced:
    """Price what would go as one order. A grant that does not cover its line any more is over, and its line is at list.

    So is a line that schemes alone take below its floor, until somebody approves that.
    `kept` are lines of a confirmed order that stay as they were confirmed: they count, and nothing of them is changed.
    """
    still = set(kept)
    going = [line for line in draft.lines if would_go(line)]
    priced = book.price(wanted(going))
    _write(going, priced, but=still)
    approvals.void_outside(session, draft, [line for line in going if line.no not in still])
    lost = [
        line
        for line in going
        if line.no not in still and _is_granted(line) and approvals.covering(session, draft, line) is None
    ]
    if lost:
        for line in lost:
            line.granted_price = line.granted_free = None
        priced = book.price(wanted(going))
        _write(going, priced, but=still)
    # Without one line the schemes may give another more than before.
    while below := [line for line in going if line.no not in still and _is_held(session, draft, line)]:
        for line in below:
            line.held_schemes = _held(line)
        priced = book.price(wanted(going))
        _write(going, priced, but=still)
    for line in going:
        if line.no not in still:
            _judge(session, draft, line)
    return priced


def would_go(line: DraftLine) -> bool:
    """Settled, priced and without a problem: what schemes may give something for."""
    return (
        line.status == LineStatus.MATCHED.value
        and not line.problem
        and not line.left_out
        and line.list_price is not None
        and bool(line.sku and line.quantity and line.uom)
    )


def wanted(lines: Iterable[DraftLine]) -> list[WantedLine]:
    """Lines as values, with what was granted them."""
    return [
        WantedLine(
            no=line.no,
            sku=line.sku or "",
            quantity=line.quantity or Decimal(0),
            uom=line.uom or "",
            granted_price=line.granted_price,
            granted_free=line.granted_free,
            without_schemes=bool(line.held_schemes),
        )
        for line in lines
    ]


def _is_granted(line: DraftLine) -> bool:
    return line.granted_price is not None or line.granted_free is not None


def _is_held(session: Session, draft: OrderDraft, line: DraftLine) -> bool:
    """Whether it stands below its floor by what schemes give it, and would not at list."""
    if line.effective is None or line.floor is None or line.list_price is None or not line.price:
        return False
    by_schemes = (line.schemes or line.free_goods) and not line.held_schemes and not _is_granted(line)
    if not by_schemes or not line.effective < line.floor <= line.list_price:
        return False
    impossible = line.absolute is not None and line.effective < line.absolute
    return not impossible and approvals.covering(session, draft, line) is None


def _held(line: DraftLine) -> dict[str, Any]:
    """What schemes give a line, as it is kept while it has none of it."""
    return {
        "schemes": line.schemes,
        "price": plain(line.price or Decimal(0)),
        "effective": plain(line.effective or Decimal(0)),
        "free": line.free_goods,
    }


def _write(lines: Iterable[DraftLine], priced: Priced, *, but: set[int]) -> None:
    found = {one.no: one for one in priced.lines}
    for line in lines:
        if line.no not in but:
            _take(line, found[line.no])


def _take(line: DraftLine, found: PricedLine) -> None:
    line.price, line.list_price, line.effective = found.price, found.list_price, found.effective
    line.floor, line.absolute, line.price_note = found.floor, found.absolute, found.note
    line.schemes = [scheme.code for scheme in found.schemes]
    line.free_goods = [free_entry(free) for free in found.free]


def free_entry(free: FreeGoods) -> dict[str, Any]:
    """Free goods as a draft's line keeps them."""
    return {
        "scheme": free.scheme,
        "sku": free.sku,
        "qty": plain(free.qty),
        "uom": free.uom,
        "list_price": plain(free.list_price),
    }


def _judge(session: Session, draft: OrderDraft, line: DraftLine) -> None:
    """Below its floor it needs an approval, below its absolute floor it cannot go at all."""
    if line.effective is None or line.price is None:
        return
    if line.price <= 0 or (line.absolute is not None and line.effective < line.absolute):
        line.problem, line.problem_facts = Problem.BELOW_ABSOLUTE.value, {}
    elif line.floor is not None and line.effective < line.floor and approvals.covering(session, draft, line) is None:
        line.problem, line.problem_facts = Problem.NEEDS_APPROVAL.value, {}
