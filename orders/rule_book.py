"""The rules of prices that are in force, as far as they matter for an order."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy.orm import Session

from erp import rule_mirror
from orders.rules import Rules, rules
from people.model import Party


def rules_for(
    session: Session, party: Party, skus: Iterable[str], *, day: date, groups: Mapping[str, str] | None = None
) -> Rules:
    """What is in force for this customer and these items on a day; reads by index what can matter, and nothing else.

    `groups`: the items' groups by SKU, where the caller has them already.
    """
    wanted = sorted({sku for sku in skus if sku})
    known = rule_mirror.groups_of(session, wanted) if groups is None else groups
    of_items = {known[sku] for sku in wanted if known.get(sku)}
    return rules(
        version=rule_mirror.version(session),
        day=day,
        prices=rule_mirror.prices_of(session, party.price_list, wanted, day=day),
        contracts=rule_mirror.contract_of(session, party.code, wanted, day=day),
        schemes=rule_mirror.schemes_of(
            session,
            customer=party.code,
            tier=party.tier,
            price_list=party.price_list,
            skus=wanted,
            groups=of_items,
            day=day,
        ),
        floors=rule_mirror.floors_of(
            session, customer=party.code, tier=party.tier, skus=wanted, groups=of_items, day=day
        ),
    )
