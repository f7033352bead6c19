"""What a person takes from a bubble: numbered lines, the total, the ERP's number, the choices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LINE = re.compile(r"^(\d+)\. (.+?) – ([\d.]+) (\w+) × ₹([\d,.]+) = ₹([\d,.]+)", re.MULTILINE)
ERP_NUMBER = re.compile(r"\bSO\d{6}\b")
OUR_NUMBER = re.compile(r"\bM\d{8}\b")
MONEY = re.compile(r"₹([\d,]+(?:\.\d+)?)")


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownLine:
    """One priced line of a summary or list."""

    no: int
    name: str
    quantity: Decimal
    uom: str
    price: Decimal
    value: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One bubble as it came."""

    sid: str
    to: str
    body: str
    buttons: Sequence[Mapping[str, str]]
    rows: Sequence[Mapping[str, str]]
    arrived: float

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Seen:
        names = ("sid", "to", "body", "buttons", "rows", "arrived")
        return cls(**{name: event[name] for name in names})

    @property
    def lines(self) -> list[ShownLine]:
        return [
            ShownLine(
                no=int(no),
                name=name,
                quantity=Decimal(quantity),
                uom=uom,
                price=money(price),
                value=money(value.rstrip(".")),
            )
            for no, name, quantity, uom, price, value in LINE.findall(self.body)
        ]

    @property
    def erp_numbers(self) -> set[str]:
        return set(ERP_NUMBER.findall(self.body))

    @property
    def posted_numbers(self) -> set[str]:
        """The ERP's numbers that it tells as posted; one beside buttons is only spoken of."""
        return set() if self.buttons else self.erp_numbers

    @property
    def our_numbers(self) -> set[str]:
        return set(OUR_NUMBER.findall(self.body))

    def amounts(self) -> set[Decimal]:
        """Every sum of money in the text outside the lines."""
        return {money(text) for text in MONEY.findall(LINE.sub("", self.body))}

    def choice(self, act: str, arg: str | None = None) -> Mapping[str, str] | None:
        """The button or row with this act (and argument: a whole one, or "" for none)."""
        for choice in (*self.buttons, *self.rows):
            found, _, rest = choice["id"].partition(":")
            if found == act and (arg is None or rest.partition(":")[2] == arg):
                return choice
        return None


def money(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))
