"""Units of packs that only some trades know, and words that only look like units."""

from dataclasses import replace
from decimal import Decimal

import pytest

from nlp import build_catalogue
from nlp.catalogue import Catalogue
from nlp.values import AliasRecord, Speaker, UomRecord
from tests.unit.nlp.plant import bought, item
from tests.unit.nlp.test_names import read_in, skus


def packed(units: str, *names: str) -> Catalogue:
    """Goods of these names under the numbers 1, 2, 3 …, sold by the piece and by each of the units."""
    items = [replace(item(str(number), name, "goods"), order_uom="CASE") for number, name in enumerate(names, 1)]
    ladders = [
        UomRecord(sku=one.sku, uom=uom, factor=Decimal(12**step))
        for one in items
        for step, uom in enumerate(["PCS", *units.split()])
    ]
    return build_catalogue(1, items, ladders)


@pytest.mark.parametrize(
    ("said", "uom"), [("patti", "STRIP"), ("पट्टी", "STRIP"), ("patta", "STRIP"), ("ladi", "STRIP"), ("peti", "CASE")]
)
def test_small_packs_hang_in_strips_and_a_strip_is_no_case(said: str, uom: str) -> None:
    (line,) = read_in(packed("STRIP CASE", "Reshmi Neem Shampoo", "Tulika Rose Soap"), f"neem shampoo 30 {said}").lines
    assert (line.sku, line.quantity, line.uom) == ("1", 30, uom)


@pytest.mark.parametrize(
    ("unit", "said"), [("HANGER", "hangr"), ("HANGER", "हैंगर"), ("SHRINK", "shrinks"), ("TRAY", "tray")]
)
def test_packs_of_single_trades(unit: str, said: str) -> None:
    (line,) = read_in(packed(f"{unit} CASE", "Chatpati Imli Goli", "Aaram Strong Balm"), f"imli goli 5 {said}").lines
    assert (line.quantity, line.uom) == (5, unit)


def test_what_only_resembles_a_unit_is_none_in_which_nothing_is_sold() -> None:
    tiles = packed("CASE", "Travertine Light", "Armani Grey")
    buyer = Speaker(customer="C1", role="buyer", history=bought("1", "50", "CASE") + bought("2", "50", "CASE"))
    found = read_in(tiles, "armani grey 40 trav light 60", buyer)
    assert [(line.sku, line.quantity) for line in found.lines] == [("2", 40), ("1", 60)]


def test_a_unit_that_begins_a_taught_name_is_that_name() -> None:
    teas = packed("STRIP CASE", "Kadak Tea 5 kg", "Kadak Tea 1 kg")
    names = tuple(
        AliasRecord(customer="C1", phrase=f"patti {size}", sku=sku) for size, sku in (("bori", "1"), ("kilo", "2"))
    )
    buyer = Speaker(customer="C1", role="buyer", aliases=names)
    found = read_in(teas, "patti bori 6 patti kilo 20", buyer)
    assert [(line.sku, line.quantity) for line in found.lines] == [("1", 6), ("2", 20)]
    assert skus(found) == ["1", "2"]
