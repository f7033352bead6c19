"""Whether rules that were typed in or uploaded speak of items, units, customers, groups, tiers and plants there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from erp.mirror_model import MirroredItem
from erp.rule_records import Rule
from erp.rule_rows import RowFault
from people.model import Party

ITEMS = ("sku", "free_sku")
UOMS = ("uom", "buy_uom")


class Known:
    """What rules may speak of."""

    def __init__(self, session: Session, rules: Iterable[Rule]) -> None:
        named = {str(getattr(rule, name)) for rule in rules for name in ITEMS if getattr(rule, name, "")}
        self._ladders = mirror.uoms(session, named)
        self._of: Mapping[str, tuple[AbstractSet[str], str]] = {
            "customer": (set(session.scalars(select(Party.code).where(Party.active))), "no customer"),
            "tier": (set(session.scalars(select(Party.tier).where(Party.active).distinct())), "no customer's tier"),
            "group": (set(session.scalars(select(MirroredItem.group).distinct())), "no group of items"),
            "plant": ({plant.code for plant in mirror.plants(session)}, "no plant"),
            **dict.fromkeys(ITEMS, (set(mirror.items(session, named)), "no SKU")),
        }

    def faults_of(self, rule: Rule) -> list[RowFault]:
        """Each cell that names nothing there is."""
        found = []
        for column, (codes, what) in self._of.items():
            value = str(getattr(rule, column, ""))
            if value and value not in codes:
                text = f"{value} is {what}"
                found.append(RowFault(column=column, text=text, remedy="choose one there is, or leave it empty"))
        return found or self._units(rule)

    def _units(self, rule: Rule) -> list[RowFault]:
        sku = str(getattr(rule, "sku", ""))
        if not sku:
            return []
        return [
            RowFault(
                column=column,
                text=f"{sku} has no unit {value}",
                remedy=f"choose one of {', '.join(sorted(self._ladders.get(sku, ())))}",
            )
            for column in UOMS
            if (value := str(getattr(rule, column, ""))) and value not in self._ladders.get(sku, ())
        ]


def unknown(session: Session, rules: Sequence[Rule]) -> list[RowFault]:
    """What of these rules names nothing there is."""
    known = Known(session, rules)
    return [fault for rule in rules for fault in known.faults_of(rule)]
