"""A small plant for the reader's unit tests: a few items that differ in one attribute, two customers' habits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from nlp import build_catalogue, read
from nlp.catalogue import Catalogue
from nlp.values import (
    NO_CONTEXT,
    AliasRecord,
    Context,
    CustomerRecord,
    HistoryLine,
    ItemRecord,
    Moment,
    Reading,
    Speaker,
    UomRecord,
)

SENT = datetime.fromisoformat("2026-11-21T10:00:00+05:30")  # a Saturday
NOW = Moment(now=SENT)


def item(
    sku: str, name: str, category: str, *, base: str = "PCS", order: str = "CASE", **attributes: str
) -> ItemRecord:
    return ItemRecord(
        sku=sku,
        name=name,
        brand=name.split()[0],
        category=category,
        base_uom=base,
        order_uom=order,
        attributes=attributes,
    )


ITEMS = (
    item("PG-070", "Parag Glucose Biscuit 70 g", "biscuit", size="70 g"),
    item("PG-140", "Parag Glucose Biscuit 140 g", "biscuit", size="140 g"),
    item("MR-120", "Marie Gold Biscuit 120 g", "biscuit", size="120 g"),
    item("RS-300", "Kesar Rusk 300 g", "rusk", size="300 g"),
    item("NM-070", "Lachhi Noodles Masala 70 g", "noodles", size="70 g"),
    item("BJ-5K", "Bhujia Sev Loose 5 kg", "namkeen", base="KG", order="KG", size="5 kg"),
    item("AT-10", "Chakki Atta 10 kg", "atta", order="BAG", size="10 kg"),
    item("AT-5", "Chakki Atta 5 kg", "atta", order="BAG", size="5 kg"),
    replace(item("OL-1", "Tara Mustard Oil 1 L", "oil", size="1 L"), active=False, replaced_by="OL-2"),
    item("OL-2", "Tara Mustard Oil 900 ml", "oil", size="900 ml"),
)
LADDERS: Mapping[str, Mapping[str, str]] = {
    "BJ-5K": {"KG": "1", "BAG": "5"},
    "AT-10": {"PCS": "1", "BAG": "5"},
    "AT-5": {"PCS": "1", "BAG": "10"},
}
USUAL = {"PCS": "1", "CASE": "24"}


def catalogue() -> Catalogue:
    uoms = [
        UomRecord(sku=row.sku, uom=uom, factor=Decimal(factor))
        for row in ITEMS
        for uom, factor in LADDERS.get(row.sku, USUAL).items()
    ]
    firms = [
        CustomerRecord(code="C1", name="Gupta Trading Co", city="Ludhiana"),
        CustomerRecord(code="C2", name="Meenakshi Agencies", city="Madurai"),
    ]
    return build_catalogue(7, ITEMS, uoms, firms)


PLANT = catalogue()
ALIASES = (
    AliasRecord(customer="C1", phrase="chota glucose", sku="PG-070"),
    AliasRecord(customer=None, phrase="lachhi", sku="NM-070"),
)


def bought(sku: str, quantity: str, uom: str, *, times: int = 4) -> tuple[HistoryLine, ...]:
    return tuple(
        HistoryLine(
            order=f"{sku}-{n}", customer="C1", date=date(2026, 10, n), sku=sku, quantity=Decimal(quantity), uom=uom
        )
        for n in range(1, times + 1)
    )


HISTORY = bought("MR-120", "10", "CASE") + bought("AT-10", "20", "BAG") + bought("PG-070", "12", "CASE")
BUYER = Speaker(customer="C1", role="buyer", aliases=ALIASES, history=HISTORY)


def reading(text: str, speaker: Speaker = BUYER, context: Context = NO_CONTEXT) -> Reading:
    return read(text, PLANT, speaker, NOW, context)
