"""The documents that were posted, read from their files: orders with what was changed and cancelled since."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a posted order."""

    no: int
    sku: str
    qty: Decimal
    uom: str
    price: Decimal
    list_price: Decimal
    free: bool = False
    scheme: str = ""
    base_line: int | None = None

    @classmethod
    def read(cls, data: Json) -> "Line":
        return cls(
            no=data["line"],
            sku=data["sku"],
            qty=Decimal(data["qty"]),
            uom=data["uom"],
            price=Decimal(data["price"]),
            list_price=Decimal(data["list_price"]),
            free=data["free"],
            scheme=data["scheme"],
            base_line=data["base_line"],
        )


@dataclass(frozen=True, kw_only=True)
class Paper:
    """An order as it was posted."""

    name: str
    """Of its file."""
    data: Json
    lines: tuple[Line, ...]

    @property
    def number(self) -> str:
        return str(self.data["number"])

    @property
    def customer(self) -> str:
        return str(self.data["customer"])

    @property
    def confirmed_at(self) -> datetime:
        return datetime.fromisoformat(self.data["confirmed_at"])

    @property
    def paid(self) -> list[Line]:
        return [line for line in self.lines if not line.free]

    @property
    def free(self) -> list[Line]:
        return [line for line in self.lines if line.free]

    def line(self, no: int | None) -> Line | None:
        return next((line for line in self.lines if line.no == no), None)

    def approvals(self, no: int) -> list[Json]:
        """Who let this line pass."""
        return [one for one in self.data["approvals"] if one["line"] == no]


def amended(paper: Paper, change: Json, at: datetime) -> tuple[Paper, frozenset[int]]:
    """The order as a change makes it, and the numbers of the lines that it touches."""
    lines = {line.no: line for line in paper.lines}
    touched = set()
    for one in change["diff"]:
        before = lines.pop(one["line"], None)
        if one["op"] == "remove":
            continue
        said = {name: value for name, value in one.items() if value is not None}
        old = {} if before is None else {"price": str(before.price), "list_price": str(before.list_price)}
        lines[one["line"]] = Line.read({**NOTHING_SAID, **old, **said})
        touched |= {one["line"], one.get("base_line") or one["line"]}
    kept = [one for one in paper.data["approvals"] if one["line"] not in touched]
    data = {
        **paper.data,
        "ordered_by": change["ordered_by"],
        "confirmed_at": at.isoformat(),
        "approvals": [*kept, *change.get("approvals", ())],
    }
    return Paper(name=paper.name, data=data, lines=tuple(lines[no] for no in sorted(lines))), frozenset(touched)


NOTHING_SAID: Json = {"free": False, "scheme": "", "base_line": None}


@dataclass(kw_only=True)
class Papers:
    """Everything under `out/`."""

    orders: list[Paper] = field(default_factory=list)
    """By the moment of their confirmation."""
    changes: list[Json] = field(default_factory=list)
    """By order and revision."""
    cancellations: list[Json] = field(default_factory=list)

    @classmethod
    def read(cls, out: Path) -> "Papers":
        orders = [_order(path.stem, json.loads(path.read_text("utf-8"))) for path in _files(out / "sales_orders")]
        return cls(
            orders=sorted(orders, key=lambda paper: (paper.confirmed_at, paper.number)),
            changes=sorted(_all(out / "order_changes"), key=lambda one: (one["order"], one["revision"])),
            cancellations=sorted(_all(out / "order_cancellations"), key=lambda one: (one["order"], one["revision"])),
        )

    @classmethod
    def of(cls, *orders: Json) -> "Papers":
        """From documents made by hand."""
        return cls(orders=[_order(str(data["number"]), data) for data in orders])

    def cancelled(self) -> set[str]:
        """Orders that are not wanted any more."""
        return {one["order"] for one in self.cancellations}


def _order(name: str, data: Json) -> Paper:
    return Paper(name=name, data=data, lines=tuple(Line.read(line) for line in data["lines"]))


def _files(folder: Path) -> Iterable[Path]:
    return sorted(folder.glob("*.json")) if folder.is_dir() else ()


def _all(folder: Path) -> list[Json]:
    return [json.loads(path.read_text("utf-8")) for path in _files(folder)]
