"""A message that orders for several firms is cut at their names, or not at all."""

import pytest

from nlp import Catalogue, build_catalogue, several_firms
from nlp.values import CustomerRecord, ItemRecord, UomRecord

FIRMS = ("C1", "C2", "C3")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    firms = {"C1": "Balaji Kirana", "C2": "Mahakal Stockist", "C3": "Gayatri Stores"}
    items = [
        ItemRecord(sku=sku, name=name, brand="", category="", base_uom="PCS", order_uom="PCS", active=True)
        for sku, name in (("S", "Salt 1 kg"), ("G", "Gayatri Agarbatti 100 g"))
    ]
    uoms = [UomRecord(sku=item.sku, uom="PCS", factor=1) for item in items]
    customers = [CustomerRecord(code=code, name=name, city="Indore") for code, name in firms.items()]
    return build_catalogue(1, items, uoms, customers)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Balaji: 5 salt, Mahakal: 3 salt", ["Balaji: 5 salt, ", "Mahakal: 3 salt"]),
        ("bhai balaji ko 5 salt\nmahakal ko 3 salt", ["bhai balaji ko 5 salt\n", "mahakal ko 3 salt"]),
        ("5 salt balaji ko, 3 salt mahakal ko", ["5 salt balaji ko,", " 3 salt mahakal ko"]),
    ],
)
def test_each_firm_has_its_part(catalogue: Catalogue, text: str, parts: list[str]) -> None:
    several = several_firms(text, catalogue, FIRMS)
    assert several is not None
    assert several.firms == ("C1", "C2")
    assert [text[part.start : part.end] for part in several.parts] == parts


@pytest.mark.parametrize(
    "text",
    [
        "Balaji 5 salt aur 3 salt mahakal ko",
        "Balaji 5 salt, Mahakal 3 salt, Balaji 2 salt",
        "Balaji aur Mahakal dono ko 5-5 salt",
    ],
)
def test_what_cannot_be_told_apart_has_no_parts(catalogue: Catalogue, text: str) -> None:
    several = several_firms(text, catalogue, FIRMS)
    assert several is not None
    assert several.parts == ()


@pytest.mark.parametrize("text", ["Balaji ko 5 salt 3 agarbatti", "pending Balaji Mahakal", "Balaji: 5 gayatri 100 g"])
def test_one_firm_or_no_amount_is_no_order_for_several(catalogue: Catalogue, text: str) -> None:
    assert several_firms(text, catalogue, FIRMS) is None
