"""The main job: an order in the chat becomes a sales order in the ERP."""

from pathlib import Path

from tests.scenarios.cast import RAMESH
from tests.scenarios.plant_files import posted
from tests.scenarios.stage import Stage


def test_a_hinglish_order_is_summarised_confirmed_and_posted_with_its_number(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota aur 5 ctn lachhi bhej do")
    ramesh.expects("20 CASE", "5 CASE", "₹16,292.60", buttons=["confirm", "change", "cancel"])
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert order["customer"] == "C101"
    assert [(line["qty"], line["uom"]) for line in order["lines"]] == [("20", "CASE"), ("5", "CASE")]
