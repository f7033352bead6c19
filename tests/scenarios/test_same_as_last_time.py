"""Paragraph 5: "same as last time", with its date and placer, at today's prices, without what is no longer made."""

from pathlib import Path

import pytest

from tests.scenarios.cast import ANKIT, RAMESH, SANJAY
from tests.scenarios.plant_files import goods, posted, rewrite
from tests.scenarios.stage import Bubble, Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]
LAST = "SO26-04718"
OTHERS = [
    ("G5-RS-200", "5", "CASE"),
    ("KC-LM-012", "37", "LADI"),
    ("LN-MA-070", "7", "CASE"),
    ("RP-MO-200", "4", "CASE"),
]


@pytest.fixture
def sanjay(stage: Stage, plant: Path) -> Phone:
    """Of his last order one item has a successor since, and one another price."""
    rewrite(plant, "items.csv", {"sku": "KG-050"}, active="no", replaced_by="KG-100")
    rewrite(
        plant, "prices.csv", {"price_list": "PL-DIST", "sku": "RP-MO-200", "uom": "CASE", "min_qty": "1"}, price="2000"
    )
    stage.pull()
    return stage.phone(SANJAY)


def line_of(bubble: Bubble, word: str) -> str:
    return next(line for line in bubble.text.splitlines() if word in line)


def test_its_date_and_placer_are_named_and_what_changed_since_is_marked(sanjay: Phone) -> None:
    sanjay.says("same as last time")
    shown = sanjay.expects(LAST, "14 Nov", "Sanjay Poddar")
    assert "⚠" in line_of(shown, "Kutku-G Glucose Biscuit 50 g")
    assert "Kutku-G Glucose Biscuit 100 g" in line_of(shown, "   a) ")
    changed = next(line for line in shown.text.splitlines() if "₹1,944" in line)
    assert "₹2,000" in changed
    assert sum("₹1,944" in line or "⚠" in line for line in shown.text.splitlines()) == 2, "the others are as before"


def test_the_successor_is_not_put_in_unasked(sanjay: Phone, plant: Path) -> None:
    sanjay.says("same as last time")
    sanjay.expects(LAST)
    sanjay.taps("confirm:rest")
    sanjay.expects("✅")
    (order,) = posted(plant).values()
    assert sorted(goods(order)) == OTHERS
    assert {line["sku"]: line["price"] for line in order["lines"]}["RP-MO-200"] == "2000"


def test_the_successor_goes_when_it_is_chosen(sanjay: Phone, plant: Path) -> None:
    sanjay.says("same as last time")
    sanjay.expects(LAST)
    sanjay.taps("Kutku-G Glucose Biscuit 100 g")
    sanjay.expects("Kutku-G Glucose Biscuit 100 g", buttons=BUTTONS)
    sanjay.taps("confirm")
    sanjay.expects("✅")
    (order,) = posted(plant).values()
    assert sorted(goods(order)) == sorted([*OTHERS, ("KG-100", "14", "CASE")])


def test_it_is_the_last_order_of_the_firm_whoever_placed_it_named_by_the_plants_own_day(
    stage: Stage, plant: Path
) -> None:
    stage.until(3, days=1)
    order = stage.phone(RAMESH).orders("20 peti kutku g chota")
    stage.until(12)
    ankit = stage.phone(ANKIT)
    ankit.says("same as last time")
    ankit.expects(order.number, "22 Nov", "Ramesh Agrawal", "20 CASE", buttons=BUTTONS)
