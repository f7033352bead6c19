"""The rules that prices are tried under: two schemes, a contract, floors of several ranks; and their changes."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from tests.prices.reckoning import paisa
from tests.scenarios.plant_files import add, rewrite

KUTKU, LACHHI, WAFER, TIN = "KG-050", "LN-MA-070", "PW-OR-075", "RT-AS-250"
ITEMS = (KUTKU, LACHHI, WAFER, TIN)
UNITS = {KUTKU: ("CASE", "CASE", "BOX"), LACHHI: ("CASE", "BOX"), WAFER: ("CASE", "CASE", "BOX"), TIN: ("CASE",)}
AGRAWAL, JAIN, PODDAR = "C101", "C102", "C110"
FIRMS = {AGRAWAL: "Agrawal Trading", JAIN: "Jain Kirana", PODDAR: "Poddar Enterprises"}
LIST = "PL-DIST"


def write_rules(plant: Path) -> None:
    """Every firm may order, two of them nearly without limit, and goods go whole however little is in stock."""
    rewrite(plant, "customers.csv", {}, short_rule="backorder", overdue_days="0", min_order_value="")
    for code in (AGRAWAL, PODDAR):
        rewrite(plant, "customers.csv", {"code": code}, credit_limit="50000000")
    rewrite(plant, "customers.csv", {"code": JAIN}, credit_limit="100000")
    contract = {"customer": PODDAR, "sku": KUTKU, "uom": "CASE", "price": "540", "valid_from": "2026-11-01"}
    add(plant, "customer_prices.csv", **contract)
    add(plant, "floors.csv", group="gift", tier="DIST", max_discount_percent="6", absolute="no")
    add(plant, "floors.csv", sku=LACHHI, floor_price="900", absolute="yes")


# Changes of the files while people talk: each says whether there was anything to change.


def dearer_list(plant: Path, sku: str, day: date) -> bool:
    """Four percent up, floors with it."""
    return _scaled(plant, sku, Decimal("1.04"))


def cheaper_list(plant: Path, sku: str, day: date) -> bool:
    """Three percent down, floors with it."""
    return _scaled(plant, sku, Decimal("0.97"))


def higher_floor(plant: Path, sku: str, day: date) -> bool:
    """Half way up to the price."""
    return _scaled(plant, sku, Decimal(1), floor=Decimal("0.5"))


def _scaled(plant: Path, sku: str, factor: Decimal, *, floor: Decimal = Decimal(0)) -> bool:
    for row in _rows(plant, "prices.csv"):
        if row["price_list"] == LIST and row["sku"] == sku:
            price, least = Decimal(row["price"]), Decimal(row["floor"])
            where = {name: row[name] for name in ("price_list", "sku", "uom", "min_qty")}
            least = paisa((least + (price - least) * floor) * factor)
            rewrite(plant, "prices.csv", where, price=str(paisa(price * factor)), floor=str(least))
    return True


def end_scheme(plant: Path, sku: str, day: date) -> bool:
    """The scheme of this item ended yesterday."""
    return _until(plant, sku, day - timedelta(days=1))


def renew_scheme(plant: Path, sku: str, day: date) -> bool:
    """It goes on for a month."""
    return _until(plant, sku, day + timedelta(days=30))


def _until(plant: Path, sku: str, end: date) -> bool:
    code = {WAFER: "WIN10", TIN: "GIFT3"}.get(sku)
    if code is not None:
        rewrite(plant, "schemes.csv", {"code": code}, valid_to=end.isoformat())
    return code is not None


def new_contract(plant: Path, sku: str, day: date) -> bool:
    """Agrawal is promised a price, or once more what he was promised before."""
    if any(row["customer"] == AGRAWAL and row["sku"] == sku for row in _rows(plant, "customer_prices.csv")):
        rewrite(plant, "customer_prices.csv", {"customer": AGRAWAL, "sku": sku}, valid_to="")
        return True
    listed = next(
        row
        for row in _rows(plant, "prices.csv")
        if row["price_list"] == LIST and row["sku"] == sku and row["uom"] == "CASE" and row["min_qty"] == "1"
    )
    price = str(paisa(Decimal(listed["price"]) * Decimal("0.98")))
    add(plant, "customer_prices.csv", customer=AGRAWAL, sku=sku, uom="CASE", price=price, valid_from="2026-11-01")
    return True


def no_contract(plant: Path, sku: str, day: date) -> bool:
    """The promise held until yesterday. (A row that leaves so short a file is taken for a mistake.)"""
    if not any(row["customer"] == AGRAWAL and row["sku"] == sku for row in _rows(plant, "customer_prices.csv")):
        return False
    end = (day - timedelta(days=1)).isoformat()
    rewrite(plant, "customer_prices.csv", {"customer": AGRAWAL, "sku": sku}, valid_to=end)
    return True


def tighter_limit(plant: Path, sku: str, day: date) -> bool:
    """Jain may owe little more than he owes."""
    rewrite(plant, "customers.csv", {"code": JAIN}, credit_limit="60000")
    return True


def wider_limit(plant: Path, sku: str, day: date) -> bool:
    """Jain may owe what he likes."""
    rewrite(plant, "customers.csv", {"code": JAIN}, credit_limit="5000000")
    return True


def _rows(plant: Path, file: str) -> list[dict[str, str]]:
    with (plant / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
