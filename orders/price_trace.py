"""Why a line costs what it costs: every rule looked at, in order, with its figures. For `price explain` and pages."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from erp.records import Floor, Scheme, plain
from orders.floors import FloorFacts, FoundFloor, absolute_of, floor_of, floors_in_force
from orders.price_values import CustomerFacts, GrantedScheme, Listed, PricedLine, Step
from orders.pricing import CONVERTED, FROM_LARGER, Quote
from orders.schemes import Given

NOTES = {FROM_LARGER: "taken from a larger unit that divides the quantity", CONVERTED: "converted"}
TERMS = (
    *("sku", "group", "buy_qty", "buy_uom", "free_qty", "free_sku", "percent", "amount"),
    *("cap_order", "cap_customer", "budget"),
)
"""What of a scheme is told."""


def trace_of(
    found: PricedLine,
    one: Listed,
    given: Given,
    *,
    customer: CustomerFacts,
    schemes: Sequence[Scheme],
    rules: Sequence[Floor],
    facts: FloorFacts,
    day: date,
) -> list[Step]:
    """The steps in the order in which they are taken."""
    return [
        *_list_price(one, customer),
        *_schemes(found, one, schemes),
        *_decisions(one, found, by_rules=one.quote.price - given.off),
        Step(rule="net price", outcome=_each(found.price, one)),
        Step(rule="effective price", outcome=_each(found.effective, one), facts=_effective(one, given)),
        *_floors("floor", rules, facts, one, floor_of(rules, facts, day=day), day=day),
        *_floors("absolute floor", rules, facts, one, absolute_of(rules, facts, day=day), day=day),
        Step(rule="verdict", outcome=_verdict(found)),
    ]


def _each(amount: Decimal | None, one: Listed) -> str:
    return f"{plain(amount)} a {one.line.uom}" if amount is not None else "none"


def _list_price(one: Listed, customer: CustomerFacts) -> Iterator[Step]:
    row = one.contract
    if row is not None:
        yield Step(
            rule="contract price",
            outcome=_each(one.quote.price, one),
            facts=_row(one.quote) | ({"reference": row.reference} if row.reference else {}),
        )
    if one.by_list is not None:
        outcome = _each(one.by_list.price, one)
        passed = "; the contract goes before it" if row is not None else ""
        yield Step(rule=f"price list {customer.price_list}", outcome=outcome + passed, facts=_row(one.by_list))


def _row(quote: Quote) -> dict[str, str]:
    row = f"{quote.row_uom} from {plain(quote.min_qty)}" if quote.min_qty else quote.row_uom
    return {"row": row} | ({"note": NOTES[quote.note]} if quote.note in NOTES else {})


def _schemes(found: PricedLine, one: Listed, schemes: Sequence[Scheme]) -> Iterator[Step]:
    given = {scheme.code: scheme for scheme in found.schemes}
    told = set()
    for row in schemes:
        if row.code in given and row.code not in told:
            told.add(row.code)
            yield Step(rule=_named(row), outcome=_gives(found, given[row.code], one), facts=_terms(row))
        elif row.code not in given:
            yield Step(rule=_named(row), outcome=_why_nothing(row, one), facts=_terms(row))


def _named(row: Scheme) -> str:
    return f"scheme {row.code}" + (f" ({row.name})" if row.name else "")


def _gives(found: PricedLine, scheme: GrantedScheme, one: Listed) -> str:
    parts = [f"{plain(scheme.off)} off a {one.line.uom}"] if scheme.off else []
    parts += [f"{plain(free.qty)} {free.uom} {free.sku} free" for free in found.free if free.scheme == scheme.code]
    return ", ".join(parts)


def _why_nothing(row: Scheme, one: Listed) -> str:
    factor = one.ladder.get(row.buy_uom or one.item.order_uom)
    if factor is None:
        return f"nothing: the item has no {row.buy_uom}"
    count = one.line.quantity * one.ladder[one.line.uom] / factor
    if row.buy_qty is not None and count < row.buy_qty:
        return f"nothing: from {plain(row.buy_qty)} {row.buy_uom or one.item.order_uom} on"
    return "nothing: used up, or something else gives more"


def _terms(row: Scheme) -> dict[str, str]:
    """As the rule says them, what is empty left out."""
    told = {name: getattr(row, name) for name in TERMS}
    found = {name: plain(value) if isinstance(value, Decimal) else value for name, value in told.items() if value}
    return found | {"stacks": "yes" if row.stacks else "no"}


def _decisions(one: Listed, found: PricedLine, *, by_rules: Decimal) -> Iterator[Step]:
    for name, granted in (("granted price", one.line.granted_price), ("granted free", one.line.granted_free)):
        if granted is not None:
            held = "holds" if found.price is not None and found.price < by_rules else "the rules ask no more"
            yield Step(rule=name, outcome=f"{plain(granted)}: {held}")


def _effective(one: Listed, given: Given) -> dict[str, str]:
    facts = {"quantity": f"{plain(one.line.quantity)} {one.line.uom}"}
    if given.own_free:
        facts["free of the item itself"] = f"{plain(given.own_free)} {one.line.uom}"
    if given.credit:
        facts["value of other free goods"] = plain(given.credit)
    return facts


def _floors(
    name: str,
    rules: Iterable[Floor],
    facts: FloorFacts,
    one: Listed,
    chosen: FoundFloor | None,
    *,
    day: date,
) -> Iterator[Step]:
    absolute = name != "floor"
    told = [rule for rule in floors_in_force(rules, facts, day=day) if rule.rule and rule.rule.absolute == absolute]
    if not absolute and facts.row_floor is not None:
        told.append(FoundFloor(amount=facts.row_floor))
    if absolute and facts.cost is not None:
        told.append(FoundFloor(amount=facts.cost))
    for one_rule in told:
        holds = chosen is not None and one_rule.rule == chosen.rule
        outcome = _each(chosen.amount if holds and chosen else one_rule.amount, one)
        yield Step(
            rule=f"{name}, {_scope(one_rule.rule, absolute)}", outcome=outcome + ("" if holds else ", passed over")
        )
    if not told:
        yield Step(rule=name, outcome="none")


def _scope(rule: Floor | None, absolute: bool) -> str:  # noqa: FBT001
    if rule is None:
        return "cost" if absolute else "price row"
    named = {"customer": rule.customer, "sku": rule.sku, "group": rule.group, "tier": rule.tier}
    return " ".join(f"{word} {value}" for word, value in named.items() if value) or "everything"


def _verdict(found: PricedLine) -> str:
    if found.below_absolute:
        return "below the absolute floor: cannot be posted"
    return "below the floor: needs an approval" if found.below_floor else "may be posted"
