"""Below which price a line needs an approval, and below which nobody can give one, as a function of values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.records import Floor
from orders.pricing import holds, money

Rank = tuple[bool, bool, bool, bool]
OF_A_PRICE_ROW: Rank = (False, True, False, False)
"""The floor in a row of the price list counts as a rule that names the SKU."""
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True, slots=True)
class FloorFacts:
    """A line as floors see it; amounts are rupees a ordered UoM without tax."""

    customer: str
    sku: str
    group: str
    tier: str
    list_price: Decimal
    by_contract: bool = False
    """The list price is what this customer was promised."""
    row_floor: Decimal | None = None
    """Of the price row that gave the list price."""
    cost: Decimal | None = None
    order_uoms: Decimal = Decimal(1)
    """How many order UoMs one ordered UoM is, since a floor's price is of one order UoM."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundFloor:
    """A floor and the rule it comes from; no rule: the price row, or for an absolute one the cost."""

    amount: Decimal
    rule: Floor | None = None


def floor_of(rules: Iterable[Floor], facts: FloorFacts, *, day: date) -> FoundFloor | None:
    """The most specific floor, the highest of several as specific; None: there is none.

    It passes the customer's contract price only where a rule names the customer.
    """
    named = _most_specific((rule for rule in rules if not rule.absolute), facts, day=day)
    own = FoundFloor(amount=facts.row_floor) if facts.row_floor is not None else None
    if named is None:
        found = own
    elif own is None or rank(named.rule) > OF_A_PRICE_ROW:
        found = named
    elif rank(named.rule) < OF_A_PRICE_ROW:
        found = own
    else:
        found = max(named, own, key=lambda one: one.amount)
    if found is not None and facts.by_contract and not (found.rule and found.rule.customer):
        return FoundFloor(amount=min(found.amount, facts.list_price), rule=found.rule)
    return found


def absolute_of(rules: Iterable[Floor], facts: FloorFacts, *, day: date) -> FoundFloor | None:
    """The most specific absolute floor, else the cost, else None."""
    named = _most_specific((rule for rule in rules if rule.absolute), facts, day=day)
    if named is not None:
        return named
    return FoundFloor(amount=money(facts.cost)) if facts.cost is not None else None


def rank(rule: Floor | None) -> Rank:
    """What a rule names: customer before SKU before group before tier."""
    if rule is None:
        return OF_A_PRICE_ROW
    return (rule.customer != "", rule.sku != "", rule.group != "", rule.tier != "")


def floors_in_force(rules: Iterable[Floor], facts: FloorFacts, *, day: date) -> list[FoundFloor]:
    """What each rule that fits says; one that says nothing of this line is passed over."""
    return [
        FoundFloor(amount=amount, rule=rule)
        for rule in rules
        if _fits(rule, facts) and holds(rule, day) and (amount := _amount(rule, facts)) is not None
    ]


def _most_specific(rules: Iterable[Floor], facts: FloorFacts, *, day: date) -> FoundFloor | None:
    """Of rules that name the same the one that began last."""
    found = floors_in_force(rules, facts, day=day)
    return max(
        found,
        key=lambda one: (rank(one.rule), (one.rule and one.rule.valid_from) or date.min, one.amount),
        default=None,
    )


def _fits(rule: Floor, facts: FloorFacts) -> bool:
    return (
        rule.customer in ("", facts.customer)
        and rule.sku in ("", facts.sku)
        and rule.group in ("", facts.group)
        and rule.tier in ("", facts.tier)
    )


def _amount(rule: Floor, facts: FloorFacts) -> Decimal | None:
    amounts = []
    if rule.floor_price is not None:
        amounts.append(rule.floor_price * facts.order_uoms)
    if rule.min_margin_percent is not None and facts.cost is not None:
        amounts.append(facts.cost * (1 + rule.min_margin_percent / HUNDRED))
    if rule.max_discount_percent is not None:
        amounts.append(facts.list_price * (1 - rule.max_discount_percent / HUNDRED))
    return money(max(amounts)) if amounts else None
