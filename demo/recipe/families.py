"""The shape in which product families are written down."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """One pack size of a family: MRP in rupees for one base unit, the rungs above it with their counts."""

    code: str
    size: str
    mrp: int
    ladder: tuple[tuple[str, int], ...]
    kind: str = ""
    base: str = "PKT"


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """Products that share brand, recipe and line; each variant comes in each pack, but for those left out."""

    code: str
    brand: str
    line: str
    name: str
    category: str
    group: str
    plant: str
    hsn: str
    variants: Mapping[str, str]
    packs: tuple[Pack, ...]
    shelf_life_days: int = 180
    gst_rate: int = 5
    cost_percent: int = 58
    left_out: frozenset[tuple[str, str]] = frozenset()


def pack(code: str, size: str, mrp: int, *ladder: tuple[str, int], kind: str = "", base: str = "PKT") -> Pack:
    """Write a pack in one line: code, printed size ("120 g", "1 kg", "4 x 70 g"), MRP, ladder."""
    return Pack(code=code, size=size, mrp=mrp, ladder=ladder, kind=kind, base=base)


def grams(size: str) -> int:
    """Read the grams of one pack off its printed size."""
    count, _, each = size.rpartition(" x ")
    number, unit = each.split()
    return int(count or 1) * int(number) * (1000 if unit == "kg" else 1)
