"""Reads the committed demo plant for its tests, with nothing but the csv module."""

import csv
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "demo"
PLANT = DEMO / "plant"


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (PLANT / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))


@cache
def by(name: str, key: str) -> dict[str, dict[str, str]]:
    return {row[key]: row for row in rows(name)}


@cache
def sold() -> list[dict[str, str]]:
    return [item for item in rows("items") if item["category"] in ("biscuit", "savoury")]


@cache
def ladders() -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in rows("uoms"):
        found[row["sku"]][row["uom"]] = Decimal(row["factor"])
    return found


def exposure(customer: dict[str, str]) -> Decimal:
    open_value = Decimal(0)
    for line in rows("orders"):
        if line["customer"] == customer["code"]:
            qty = Decimal(line["ordered"]) - Decimal(line["cancelled"]) - Decimal(line["invoiced"])
            tax = Decimal(by("items", "sku")[line["sku"]]["gst_rate"])
            open_value += qty * Decimal(line["price"]) * (1 + tax / 100)
    return Decimal(customer["outstanding"]) + open_value
