"""What every row of master data has in common: a kind, and the fields that tell it from others of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

Key = tuple[str, ...]
Day = date
"""`date` under a name that no column has."""


class RecordKind(StrEnum):
    """The listings an ERP can be asked for; the values are the names of the plain files."""

    CALENDAR = "calendar"
    PLANTS = "plants"
    WAREHOUSES = "warehouses"
    ROUTES = "routes"
    ITEMS = "items"
    UOMS = "uoms"
    CUSTOMERS = "customers"
    ADDRESSES = "addresses"
    PEOPLE = "people"
    PRICES = "prices"
    SCHEMES = "schemes"
    STOCK = "stock"
    ORDERS = "orders"
    ALIASES = "aliases"
    WORK_CENTRES = "work_centres"
    PRODUCTION_ORDERS = "production_orders"
    HISTORY = "history"
    FLOORS = "floors"
    LIMITS = "limits"
    APPROVAL_MATRIX = "approval_matrix"
    CUSTOMER_PRICES = "customer_prices"


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What all rows have in common: a kind, and the fields that tell one row from another."""

    kind: ClassVar[RecordKind]
    key_fields: ClassVar[tuple[str, ...]]

    @property
    def key(self) -> tuple[str, ...]:
        """The row's identity within its kind, as text; equal numbers give equal keys however written."""
        return tuple(_text(getattr(self, name)) for name in self.key_fields)

    @classmethod
    def key_of(cls, values: Mapping[str, object]) -> tuple[str, ...] | None:
        """The key that a row of these values would have; None when they do not suffice."""
        defaults = {field.name: field.default for field in fields(cls) if field.default is not MISSING}
        if any(name not in values and name not in defaults for name in cls.key_fields):
            return None
        return tuple(_text(values.get(name, defaults.get(name))) for name in cls.key_fields)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    return str(value)


def plain(number: Decimal) -> str:
    """A number without exponent and without trailing zeros: `240`, `0.5`."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def field_names(cls: type[Record]) -> tuple[str, ...]:
    """The fields of a record class in their order of declaration."""
    return tuple(field.name for field in fields(cls))
