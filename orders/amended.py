"""An order as it stands and as it is to be, as values: what a change says to the ERP line by line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, Self

from erp.documents import DiffLine, DiffOp

AMOUNTS = ("quantity", "price", "list_price", "effective", "floor", "tax_rate")


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingLine:
    """One line of an order under its number there, free goods included; amounts a UoM, without tax."""

    no: int
    sku: str
    quantity: Decimal
    uom: str
    price: Decimal
    list_price: Decimal
    effective: Decimal | None = None
    floor: Decimal | None = None
    tax_rate: Decimal | None = None
    free: bool = False
    scheme: str = ""
    base_line: int | None = None
    approval_id: int | None = None
    requested_on: date | None = None
    original_text: str = ""

    @classmethod
    def of(cls, line: object) -> Self:
        """As the order's row has it: its columns have the same names."""
        return cls(**{field.name: getattr(line, field.name) for field in fields(cls)})

    def as_json(self) -> dict[str, Any]:
        """As it is kept: amounts and days as text."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: str(value) if isinstance(value, Decimal | date) else value
            for name, value in said.items()
            if value is not None
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`."""
        said = dict(data)
        for name in AMOUNTS:
            if name in said:
                said[name] = Decimal(said[name])
        if "requested_on" in said:
            said["requested_on"] = date.fromisoformat(said["requested_on"])
        return cls(**said)

    def as_columns(self) -> dict[str, Any]:
        """For the order's row."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def wanted(self) -> tuple[object, ...]:
        """What its sender decides of a line: with the same it keeps the price it was confirmed at."""
        return (self.sku, self.quantity, self.uom, self.requested_on)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """An order as it stands once everything confirmed so far is posted."""

    revision: int
    lines: tuple[StandingLine, ...]

    def as_json(self) -> dict[str, Any]:
        """As a draft keeps it."""
        return {"revision": self.revision, "lines": [line.as_json() for line in self.lines]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`."""
        lines = tuple(StandingLine.from_json(line) for line in data.get("lines", ()))
        return cls(revision=data.get("revision", 0), lines=lines)

    def line(self, no: int | None) -> StandingLine | None:
        """By its number."""
        return next((line for line in self.lines if line.no == no), None)

    @property
    def ordered(self) -> tuple[StandingLine, ...]:
        """Without what goes free with another line."""
        return tuple(line for line in self.lines if not line.free)


def diff_of(before: Iterable[StandingLine], after: Sequence[StandingLine]) -> tuple[DiffLine, ...]:
    """What turns one into the other, by line number. Another item under a number is a line less and a line more."""
    then = {line.no: line for line in before}
    now = {line.no: line for line in after}
    gone = [_line(then[no], DiffOp.REMOVE) for no in then if no not in now]
    kept = [
        _line(line, DiffOp.SET if line.no in then else DiffOp.ADD)
        for line in after
        if line.no not in then or _posted(then[line.no]) != _posted(line)
    ]
    return (*gone, *kept)


def _posted(line: StandingLine) -> tuple[object, ...]:
    """What the ERP is told of it."""
    return (*line.wanted, line.price, line.free, line.scheme, line.base_line)


def _line(line: StandingLine, op: DiffOp) -> DiffLine:
    if op is DiffOp.REMOVE:
        return DiffLine(line=line.no, op=op, sku=line.sku)
    return DiffLine(
        line=line.no,
        op=op,
        sku=line.sku,
        qty=line.quantity,
        uom=line.uom,
        price=line.price,
        list_price=line.list_price,
        free=line.free,
        scheme=line.scheme,
        base_line=line.base_line,
        requested_on=line.requested_on,
        original_text=line.original_text,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A line of a change: what is wanted of it, and which line of the order it was; `kept`: it is left as it stands."""

    was: int | None
    line: StandingLine
    free: tuple[StandingLine, ...] = ()
    kept: bool = False


def numbers_of(base: Standing, wanted: Iterable[Wanted]) -> list[int]:
    """Under which number each wanted line stands in the order. A line keeps its own; what is new counts on.

    Another item under a line of the order is a new line: an ERP turns no line into one of other goods.
    """
    last = max((line.no for line in base.lines), default=0)
    numbers = []
    for one in wanted:
        before = base.line(one.was)
        if before is not None and (one.kept or before.sku == one.line.sku):
            numbers.append(before.no)
        else:
            last += 1
            numbers.append(last)
    return numbers


def amended(base: Standing, wanted: Sequence[Wanted]) -> tuple[StandingLine, ...]:
    """The lines as they are to be; a free line is the same one while it comes with the same line by the same scheme."""
    numbers = numbers_of(base, wanted)
    last = max((*numbers, *(line.no for line in base.lines)), default=0)
    known = {(line.base_line, line.scheme, line.sku): line.no for line in base.lines if line.free}
    lines: list[StandingLine] = []
    for no, one in zip(numbers, wanted, strict=True):
        if one.kept:
            lines += [line for line in base.lines if line.no == no or (line.free and line.base_line == no)]
            continue
        lines.append(replace(one.line, no=no))
        for free in one.free:
            its_own = known.pop((no, free.scheme, free.sku), None)
            last += its_own is None
            lines.append(replace(free, no=its_own or last, base_line=no, free=True))
    return tuple(sorted(lines, key=lambda line: line.no))
