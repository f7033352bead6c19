"""Questions to the rules of prices as they hold now: whole, or only what can matter for one customer and some items."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import ColumnExpressionArgument, select
from sqlalchemy.orm import Session

from erp.mirror_model import MirroredItem, MirroredPrice, MirroredScheme
from erp.mirror_rows import among, rows_of
from erp.record import Key
from erp.records import ApprovalLevel, CustomerPrice, Floor, Limit, Price, Scheme
from erp.rule_model import (
    MirroredCustomerPrice,
    MirroredFloor,
    MirroredLevel,
    MirroredLimit,
    RuleState,
)

ANY = ""
"""In a rule's cell: whoever or whatever."""
Conditions = list[ColumnExpressionArgument[bool]]


def version(session: Session) -> int:
    """The number of the rules in force; 0 before the first were taken over."""
    return session.scalar(select(RuleState.number)) or 0


def _holding(model: Any, day: date | None) -> Conditions:
    """Listed, and of force on that day; None: whatever its dates."""
    if day is None:
        return [model.listed]
    begun = model.valid_from.is_(None) | (model.valid_from <= day)
    return [model.listed, begun, model.valid_to.is_(None) | (model.valid_to >= day)]


class _Dated(Protocol):
    key_fields: ClassVar[tuple[str, ...]]

    @property
    def key(self) -> Key: ...
    @property
    def valid_from(self) -> date | None: ...


R = TypeVar("R", bound=_Dated)


def _newest(rows: list[R]) -> list[R]:
    """Of those in force that differ by their first day alone the last: it ended the ones before it."""
    last: dict[Key, R] = {}
    for row in rows:
        begins = row.key_fields.index("valid_from")
        place = row.key[:begins] + row.key[begins + 1 :]
        if place not in last or (row.valid_from or date.min) > (last[place].valid_from or date.min):
            last[place] = row
    return rows if len(last) == len(rows) else list(last.values())


def customer_prices(session: Session, *, day: date | None = None) -> list[CustomerPrice]:
    """Every contract price."""
    model = MirroredCustomerPrice
    return rows_of(session, model, CustomerPrice, *_holding(model, day), order=(model.row_key,))


def floors(session: Session, *, day: date | None = None) -> list[Floor]:
    """Every floor of `floors`; those of price lists stand in their rows."""
    return rows_of(session, MirroredFloor, Floor, *_holding(MirroredFloor, day), order=(MirroredFloor.row_key,))


def limits(session: Session, *, day: date | None = None) -> list[Limit]:
    """How far people may go by their own word."""
    rows = rows_of(session, MirroredLimit, Limit, *_holding(MirroredLimit, day), order=(MirroredLimit.row_key,))
    return rows if day is None else _newest(rows)


def levels(session: Session, *, day: date | None = None) -> list[ApprovalLevel]:
    """The approval matrix, first level first."""
    model = MirroredLevel
    order = (model.level, model.row_key)
    rows = rows_of(session, model, ApprovalLevel, *_holding(model, day), order=order)
    return rows if day is None else _newest(rows)


def groups_of(session: Session, skus: Iterable[str]) -> dict[str, str]:
    """The group of each of these items."""
    statement = select(MirroredItem.sku, MirroredItem.group).where(among(MirroredItem.sku, skus))
    return {row.sku: row.group for row in session.execute(statement)}


def _not_over(model: Any, since: date) -> Conditions:
    return [model.listed, model.valid_to.is_(None) | (model.valid_to >= since)]


def standing_prices(session: Session, *, since: date, skus: Iterable[str] | None = None) -> list[Price]:
    """Every price row that is or will be in force, of these items or of all."""
    model = MirroredPrice
    of_items = [] if skus is None else [among(model.sku, skus)]
    return rows_of(session, model, Price, *_not_over(model, since), *of_items)


def standing_contracts(session: Session, *, since: date, skus: Iterable[str] | None = None) -> list[CustomerPrice]:
    """Every contract price that is or will be in force, of these items or of all."""
    model = MirroredCustomerPrice
    of_items = [] if skus is None else [among(model.sku, skus)]
    return rows_of(session, model, CustomerPrice, *_not_over(model, since), *of_items)


def standing_schemes(
    session: Session, *, since: date, skus: Iterable[str] | None = None, groups: Iterable[str] | None = None
) -> list[Scheme]:
    """Every scheme that is or will be in force, that can be about these items or about any."""
    of_items = _about(MirroredScheme, skus, groups)
    return rows_of(session, MirroredScheme, Scheme, *_not_over(MirroredScheme, since), *of_items)


def standing_floors(
    session: Session, *, since: date, skus: Iterable[str] | None = None, groups: Iterable[str] | None = None
) -> list[Floor]:
    """Every floor that is or will be in force, that can be about these items or about any."""
    of_items = _about(MirroredFloor, skus, groups)
    return rows_of(session, MirroredFloor, Floor, *_not_over(MirroredFloor, since), *of_items)


def _about(model: Any, skus: Iterable[str] | None, groups: Iterable[str] | None) -> Conditions:
    if skus is None:
        return []
    return [among(model.sku, [ANY, *skus]), among(model.group, [ANY, *(groups or ())])]


def prices_of(session: Session, price_list: str, skus: Iterable[str], *, day: date) -> list[Price]:
    """The rows of a price list for these items on a day, smallest `min_qty` first."""
    model = MirroredPrice
    conditions = [model.price_list == price_list, among(model.sku, skus), *_holding(model, day)]
    return rows_of(session, model, Price, *conditions, order=(model.min_qty, model.row_key))


def contract_of(session: Session, customer: str, skus: Iterable[str], *, day: date) -> list[CustomerPrice]:
    """What this customer has been promised for these items on a day."""
    model = MirroredCustomerPrice
    conditions = [model.customer == customer, among(model.sku, skus), *_holding(model, day)]
    return rows_of(session, model, CustomerPrice, *conditions, order=(model.row_key,))


def schemes_of(
    session: Session,
    *,
    customer: str,
    tier: str,
    price_list: str,
    skus: Iterable[str],
    groups: Iterable[str],
    day: date,
) -> list[Scheme]:
    """The schemes that can matter for this customer and these items on a day."""
    model = MirroredScheme
    conditions = [
        among(model.sku, [ANY, *skus]),
        among(model.group, [ANY, *groups]),
        among(model.customer, [ANY, customer]),
        among(model.tier, [ANY, tier]),
        among(model.price_list, [ANY, price_list]),
        *_holding(model, day),
    ]
    return _newest(rows_of(session, model, Scheme, *conditions, order=(model.row_key,)))


def floors_of(
    session: Session, *, customer: str, tier: str, skus: Iterable[str], groups: Iterable[str], day: date
) -> list[Floor]:
    """The floors that can matter for this customer and these items on a day."""
    model = MirroredFloor
    conditions = [
        among(model.sku, [ANY, *skus]),
        among(model.group, [ANY, *groups]),
        among(model.customer, [ANY, customer]),
        among(model.tier, [ANY, tier]),
        *_holding(model, day),
    ]
    return rows_of(session, model, Floor, *conditions, order=(model.row_key,))
