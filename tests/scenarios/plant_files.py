"""Looking into the plant's folder and changing its files, as the ERP's side would."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def posted(plant: Path) -> dict[str, dict[str, Any]]:
    """The sales orders in the ERP's folder, by number."""
    found = sorted((plant / "out" / "sales_orders").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in found}


def goods(order: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """SKU, quantity and UoM of each line of a posted order."""
    return [(line["sku"], line["qty"], line["uom"]) for line in order["lines"]]


def rewrite(plant: Path, file: str, where: Mapping[str, str], **changes: str) -> None:
    """Change the rows of a file that fit; at least one must."""
    header, rows = _read(plant / file)
    fitting = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert fitting, f"no row of {file} fits {where}"
    for row in fitting:
        row.update(changes)
    _write(plant / file, header, rows)


def drop(plant: Path, file: str, where: Mapping[str, str]) -> None:
    """Take the rows of a file out that fit; at least one must."""
    header, rows = _read(plant / file)
    kept = [row for row in rows if not all(row[name] == value for name, value in where.items())]
    assert len(kept) < len(rows), f"no row of {file} fits {where}"
    _write(plant / file, header, kept)


def add(plant: Path, file: str, **row: str) -> None:
    """Add a row; columns not named stay empty."""
    header, rows = _read(plant / file)
    assert set(row) <= set(header), set(row) - set(header)
    _write(plant / file, header, [*rows, dict.fromkeys(header, "") | row])


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def _write(path: Path, header: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)


def add_column(plant: Path, file: str, column: str, value: str = "") -> None:
    """Add an optional column, with this value in every row."""
    header, rows = _read(plant / file)
    _write(plant / file, [*header, column], [row | {column: value} for row in rows])
