"""What a plain file is: its columns, and which rows of other files it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from erp.files.cells import Parser
from erp.record import RecordKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column. An optional one may be absent; a needed cell may not be empty."""

    name: str
    parse: Parser | None
    """None: a moment, whose parser depends on the time zone."""
    field: str
    optional: bool
    needed: bool


class Keys(StrEnum):
    """Sets of codes that other rows refer to."""

    SKUS = "SKUs"
    SKU_UOMS = "pairs of SKU and UoM"
    CUSTOMERS = "customer codes"
    ADDRESSES = "addresses"
    WAREHOUSES = "warehouse codes"
    PLANTS = "plant codes"
    PRICE_LISTS = "price lists"
    ROUTES = "routes"
    CALENDARS = "calendars"
    BASE_UOMS = "base UoMs"
    UOM_SKUS = "SKUs with a pack ladder"
    GROUPS = "item groups"
    TIERS = "tiers"


KEY_COLUMNS: Mapping[Keys, tuple[RecordKind, tuple[str, ...]]] = MappingProxyType(
    {
        Keys.SKUS: (RecordKind.ITEMS, ("sku",)),
        Keys.SKU_UOMS: (RecordKind.UOMS, ("sku", "uom")),
        Keys.CUSTOMERS: (RecordKind.CUSTOMERS, ("code",)),
        Keys.ADDRESSES: (RecordKind.ADDRESSES, ("customer", "code")),
        Keys.WAREHOUSES: (RecordKind.WAREHOUSES, ("code",)),
        Keys.PLANTS: (RecordKind.PLANTS, ("code",)),
        Keys.PRICE_LISTS: (RecordKind.PRICES, ("price_list",)),
        Keys.ROUTES: (RecordKind.ROUTES, ("route",)),
        Keys.CALENDARS: (RecordKind.CALENDAR, ("calendar",)),
        Keys.BASE_UOMS: (RecordKind.ITEMS, ("sku", "base_uom")),
        Keys.UOM_SKUS: (RecordKind.UOMS, ("sku",)),
        Keys.GROUPS: (RecordKind.ITEMS, ("group",)),
        Keys.TIERS: (RecordKind.CUSTOMERS, ("tier",)),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """Fields of a row that must name a row elsewhere; empty ones name nothing."""

    fields: tuple[str, ...]
    keys: Keys
    fatal: bool
    """Whether a row that names nothing known is skipped, or only told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One file."""

    kind: RecordKind
    columns: tuple[Column, ...]
    optional: bool = False
    references: tuple[Reference, ...] = ()
    attributes: bool = False
    """Whether further columns are attributes of the row, or only told."""

    @property
    def file(self) -> str:
        """Its name in the folder."""
        return f"{self.kind.value}.csv"


def _column(spec: str, parse: Parser | None) -> Column:
    name, _, field = spec.partition("=")
    bare = name.rstrip("!?")
    return Column(name=bare, parse=parse, field=field or bare, optional="?" in name, needed="!" in name)


def columns(specs: Mapping[str, Parser | None]) -> tuple[Column, ...]:
    """By their heads: `name`, `name!` (needed), `name?` (optional column), each with `=field` where that differs."""
    return tuple(_column(spec, parse) for spec, parse in specs.items())


def ref(keys: Keys, *fields: str) -> Reference:
    """A row that names nothing known is skipped."""
    return Reference(fields=fields, keys=keys, fatal=True)


def hint(keys: Keys, *fields: str) -> Reference:
    """A row that names nothing known is told, and used."""
    return Reference(fields=fields, keys=keys, fatal=False)


MOMENT: Parser | None = None
"""Its parser depends on the time zone."""
