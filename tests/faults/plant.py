"""The manufacturer of the fault run, in plain files: goods nobody can confuse, firms with ample credit."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tests.faults.erp_stand_in import FORBIDDEN_SKU

FLAVOURS = (
    *("Kesar", "Elaichi", "Pudina", "Adrak", "Lasun", "Nariyal", "Badam", "Pista"),
    *("Jeera", "Methi", "Tamatar", "Nimbu", "Gulab", "Chandan", "Saunf", "Ajwain"),
)
GOODS = ("Rusk", "Cookies", "Bhujia", "Papad", "Toffee", "Wafers", "Khakhra", "Murukku", "Sharbat")
SHORTENED = ("Toffee", "Wafers", "Murukku")
"""Of these the short names are far enough from each other to be told apart."""
PRICE_LISTS = ("PL-A", "PL-B")
BREAK_AT = 8
"""From so many cases on, a line is cheaper."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Goods:
    """One item, sold by the case of 24 packets or the box of 6."""

    sku: str
    name: str
    case_price: Decimal

    @property
    def short_name(self) -> str:
        """What people who order every day call a case of it, or nothing; too short to be told from a repeat."""
        short = "".join(word[:2] for word in self.name.lower().split())
        return short if self.name.endswith(SHORTENED) else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    """One phone of a firm."""

    phone: str
    name: str

    @property
    def address(self) -> str:
        return f"whatsapp:{self.phone}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Firm:
    """A customer; the first `two_phones` firms of a plant have two buyers."""

    code: str
    name: str
    price_list: str
    buyers: tuple[Buyer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plant:
    """All that the script needs to know; `price_of` is the script's own word on prices, not the product's."""

    goods: tuple[Goods, ...]
    forbidden: Goods
    firms: tuple[Firm, ...]

    def price_of(self, firm: Firm, goods: Goods, quantity: Decimal, uom: str) -> Decimal:
        """Net price of one `uom` on a line of this quantity."""
        return _price(firm.price_list, goods, uom, several=uom == "CASE" and quantity >= BREAK_AT)


def make_plant(*, firms: int = 60, two_phones: int = 12) -> Plant:
    """The same plant each time; the script's seed decides what is ordered, not what there is."""
    goods = tuple(
        Goods(
            sku=f"{flavour[:3].upper()}-{name[:3].upper()}",
            name=f"{flavour} {name}",
            case_price=_case_price(n),
        )
        for n, (flavour, name) in enumerate((flavour, name) for name in GOODS for flavour in FLAVOURS)
    )
    return Plant(
        goods=goods,
        forbidden=Goods(sku=FORBIDDEN_SKU, name="Zafrani Halwa", case_price=Decimal(1200)),
        firms=tuple(_firm(number, phones=2 if number <= two_phones else 1) for number in range(1, firms + 1)),
    )


def _case_price(number: int) -> Decimal:
    return Decimal(400 + 7 * number) + Decimal("0.50") * (number % 2)


def _price(price_list: str, goods: Goods, uom: str, *, several: bool) -> Decimal:
    case = goods.case_price - (20 if price_list == "PL-B" else 0) - (5 if several else 0)
    return case if uom == "CASE" else (goods.case_price / 4).quantize(Decimal("0.01"))


def _firm(number: int, *, phones: int) -> Firm:
    buyers = tuple(
        Buyer(phone=f"+9190000{number:03d}{phone:02d}", name=f"Buyer {number}-{phone}")
        for phone in range(1, phones + 1)
    )
    return Firm(code=f"F{number:03d}", name=f"Firm {number}", price_list=PRICE_LISTS[number % 2], buyers=buyers)


def write_plant(plant: Plant, folder: Path) -> None:
    """Lay the plant down as the plain files that the adapter reads."""
    folder.mkdir(parents=True, exist_ok=True)
    everything = (*plant.goods, plant.forbidden)
    _write(folder, "items", _ITEM_COLUMNS, (_item(goods) for goods in everything))
    ladder = (("PKT", 1, "no"), ("BOX", 6, "yes"), ("CASE", 24, "yes"))
    uoms = ((goods.sku, uom, factor, "no", sales) for goods in everything for uom, factor, sales in ladder)
    _write(folder, "uoms", "sku,uom,factor,decimals,sales", uoms)
    _write(folder, "prices", "price_list,sku,uom,min_qty,price,floor", _prices(everything))
    _write(folder, "customers", _CUSTOMER_COLUMNS, (_customer(firm) for firm in plant.firms))
    places = (
        (firm.code, "A1", firm.name, "1 Bazaar Road", "Indore", "23", "452001", "", "", "yes") for firm in plant.firms
    )
    _write(folder, "addresses", "customer,code,name,address,city,state,pincode,gstin,route,active", places)
    people = [
        (
            buyer.phone,
            buyer.name,
            firm.code,
            "buyer",
            "",
            "",
            "en",
            "yes" if buyer is firm.buyers[0] else "no",
        )
        for firm in plant.firms
        for buyer in firm.buyers
    ]
    people.append(("+919000099901", "Office", "", "order_desk;finance;admin", "", "P1", "en", "no"))
    _write(folder, "people", "phone,name,customer,roles,functions,plant,language,main", people)
    stock = ((goods.sku, "P1-FG", "", 1_000_000, "available") for goods in everything)
    _write(folder, "stock", "sku,warehouse,lot,qty,status", stock)
    _write(folder, "plants", _PLANT_COLUMNS, [("P1", "Plant", "23", "", "Asia/Kolkata", "", "")])
    _write(folder, "warehouses", "code,plant,name,kind", [("P1-FG", "P1", "Finished goods", "fg")])
    aliases = (("", goods.short_name, goods.sku, "CASE") for goods in plant.goods if goods.short_name)
    _write(folder, "aliases", "customer,alias,sku,uom", aliases)
    _write(folder, "history", "order,customer,date,sku,qty,uom,price", [])


_PLANT_COLUMNS = "code,name,state,gstin,timezone,calendar,cutoff"
_ITEM_COLUMNS = "sku,name,brand,category,base_uom,order_uom,mrp,cost,active,hsn,gst_rate"
_CUSTOMER_COLUMNS = (
    "code,name,tier,price_list,credit_limit,outstanding,overdue_days,blocked,language,city,state,warehouse"
)


def _item(goods: Goods) -> Sequence[object]:
    return (goods.sku, goods.name, "", "snacks", "PKT", "CASE", 40, 10, "yes", "2106", 5)


def _customer(firm: Firm) -> Sequence[object]:
    return (
        firm.code,
        firm.name,
        "A",
        firm.price_list,
        900_000_000,
        0,
        0,
        "no",
        "en",
        "Indore",
        "23",
        "P1-FG",
    )


def _prices(everything: Iterable[Goods]) -> Iterable[Sequence[object]]:
    for goods in everything:
        for price_list in PRICE_LISTS:
            for uom, least, several in (("BOX", 1, False), ("CASE", 1, False), ("CASE", BREAK_AT, True)):
                yield price_list, goods.sku, uom, least, _price(price_list, goods, uom, several=several), 1


def _write(folder: Path, name: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split(","))
        writer.writerows(rows)
