"""What a change of the rules would do, shown before it is saved: whom it touches, and an order before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from erp import mirror, rule_edit
from erp.mirror_model import MirroredItem, MirroredPrice
from erp.rule_edit import Write
from erp.rule_records import Rule
from orders.goods import goods_of
from orders.priced import CustomerFacts, PricedLine, SchemeUse, WantedLine, price_order
from orders.rule_book import rules_for
from orders.rule_changes import Outcome, Wish, change_rule
from people.model import Party


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One line as a customer whom the change touches would get it, before and after."""

    party: str
    item: str
    quantity: Decimal
    uom: str
    day: date
    before: PricedLine
    after: PricedLine


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What would come of a change."""

    outcome: Outcome
    customers: int = 0
    items: int = 0
    sample: Sample | None = None


def preview(session: Session, wish: Wish, *, by: str, admin: bool, today: date) -> Preview:
    """Make the change, look, and take it back."""
    standing = rule_edit.standing(session, wish.kind, wish.key) if wish.key else None
    rules = [rule for rule in (wish.rule, standing) if rule is not None]
    before = _priced(session, rules, day=wish.day)
    attempt = session.begin_nested()
    outcome = change_rule(session, wish, by=by, admin=admin, today=today)
    after = None if outcome.refused else _priced(session, rules, day=wish.day)
    attempt.rollback()
    session.expire_all()
    sample = None
    if before and after:
        party, item, wanted, was = before
        sample = Sample(
            party=party,
            item=item,
            quantity=wanted.quantity,
            uom=wanted.uom,
            day=wish.day,
            before=was,
            after=after[3],
        )
    return Preview(
        outcome=outcome,
        customers=_count_parties(session, rules),
        items=_count_items(session, _rules_of(outcome.writes) or rules),
        sample=sample,
    )


def _rules_of(writes: Sequence[Write]) -> list[Rule]:
    return [one.after for one in writes if one.after is not None]


def _priced(session: Session, rules: Iterable[Rule], *, day: date) -> tuple[str, str, WantedLine, PricedLine] | None:
    """A line that one of the rules is about, as it is priced now; None: they are about no line there is."""
    for rule in rules:
        if not hasattr(rule, "sku"):
            continue
        found = _customer_and_item(session, rule)
        if found is None:
            continue
        party, sku = found
        goods = goods_of(session, _named(session, party, sku, day=day), price_list=party.price_list)
        item = goods.items.get(sku)
        if item is None:
            continue
        uom = str(getattr(rule, "uom", "") or getattr(rule, "buy_uom", "") or item.order_uom)
        quantity = next((q for name in ("min_qty", "buy_qty") if (q := getattr(rule, name, None))), Decimal(1))
        wanted = WantedLine(no=1, sku=sku, quantity=quantity, uom=uom)
        customer = CustomerFacts(code=party.code, tier=party.tier, price_list=party.price_list)
        in_force = rules_for(session, party, [sku], day=day)
        priced = price_order([wanted], in_force, customer, goods, day=day, used=SchemeUse())
        return party.name, item.name, wanted, priced.lines[0]
    return None


def _named(session: Session, party: Party, sku: str, *, day: date) -> set[str]:
    """The item and what schemes in force give with it."""
    in_force = rules_for(session, party, [sku], day=day)
    return {sku} | {row.free_sku for rows in in_force.schemes.values() for row in rows if row.free_sku}


def _customer_and_item(session: Session, rule: Rule) -> tuple[Party, str] | None:
    """The first customer the rule is about, and the first item of it that is on that customer's list."""
    parties = session.scalars(select(Party).where(*_parties(rule)).order_by(Party.code).limit(20)).all()
    for party in parties:
        prices = select(MirroredPrice.sku).where(MirroredPrice.price_list == party.price_list, MirroredPrice.listed)
        sku = session.scalar(
            select(MirroredItem.sku)
            .where(*_items(rule), MirroredItem.sku.in_(prices) | (MirroredItem.sku == getattr(rule, "sku", "")))
            .order_by(MirroredItem.sku)
            .limit(1)
        )
        if sku is not None:
            return party, sku
    return None


def _parties(rule: Rule) -> list[ColumnElement[bool]]:
    columns: tuple[tuple[str, Any], ...] = (
        ("customer", Party.code),
        ("tier", Party.tier),
        ("price_list", Party.price_list),
    )
    named = [column == value for name, column in columns if (value := getattr(rule, name, ""))]
    return [Party.active.is_(True), *named]


def _items(rule: Rule) -> list[ColumnElement[bool]]:
    columns: tuple[tuple[str, Any], ...] = (("sku", MirroredItem.sku), ("group", MirroredItem.group))
    named = [column == value for name, column in columns if (value := getattr(rule, name, ""))]
    return [MirroredItem.listed, MirroredItem.active.is_(True), *named]


def _count_parties(session: Session, rules: Sequence[Rule]) -> int:
    rule = rules[0] if rules else None
    return 0 if rule is None else session.scalar(select(func.count()).select_from(Party).where(*_parties(rule))) or 0


def _count_items(session: Session, rules: Sequence[Rule]) -> int:
    """Items that are sold: those on a list."""
    if not rules:
        return 0
    conditions = [*_items(rules[0]), MirroredItem.sku.in_(mirror.priced_skus(session))]
    return session.scalar(select(func.count()).select_from(MirroredItem).where(*conditions)) or 0
