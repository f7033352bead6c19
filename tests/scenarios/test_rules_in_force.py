"""Rules that change under an open order: bad ones are refused and the running ones hold, an admin's word stays."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from erp.records import Price, RecordKind
from orders.rule_changes import Op, Wish, change_rule
from orders.rule_judge import findings
from tests.scenarios.cast import RAMESH
from tests.scenarios.plant_files import add, drop, posted, rewrite
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]
TODAY = date(2026, 11, 21)
KUTKU = {"price_list": "PL-DIST", "sku": "KG-050", "uom": "CASE", "min_qty": "1"}
KEY = ("PL-DIST", "KG-050", "CASE", "1", "2026-08-03", "")


def test_a_price_at_odds_with_another_is_refused_and_the_one_that_ran_is_confirmed(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("10 peti kutku g chota")
    ramesh.expects("– 10 CASE × ₹555.43", buttons=BUTTONS)
    (plant / "prices.csv").write_text(
        (plant / "prices.csv").read_text(encoding="utf-8").replace("valid_from\n", "valid_from,valid_to\n", 1),
        encoding="utf-8",
    )
    rewrite(plant, "prices.csv", KUTKU, price="700", valid_to="2026-12-31")
    add(plant, "prices.csv", **KUTKU, price="710", floor="", valid_from="2026-12-01")
    stage.pull()
    (matter,) = stage.matters("master_data")
    (said,) = matter.facts["problems"]
    assert "overlaps" in said
    assert "Remedy: let the earlier one end" in said
    ramesh.taps("confirm")
    ramesh.expects("✅", "₹5,554.30")
    drop(plant, "prices.csv", KUTKU | {"valid_from": "2026-12-01"})
    stage.pull()
    assert not stage.matters("master_data")
    ramesh.says("12 peti kutku g chota")
    ramesh.expects("– 12 CASE × ₹700", buttons=BUTTONS)


def test_a_price_decided_on_the_pages_survives_the_next_file_and_check_says_so(stage: Stage, plant: Path) -> None:
    rule = Price(
        price_list="PL-DIST", sku="KG-050", uom="CASE", min_qty=Decimal(1), price=Decimal("540"), floor=Decimal("530")
    )
    wish = Wish(op=Op.CHANGE, kind=RecordKind.PRICES, key=KEY, rule=rule, day=TODAY, reason="Season")
    with stage.session() as session:
        assert change_rule(session, wish, by="asha", admin=False, today=TODAY).version
        session.commit()
    ramesh = stage.phone(RAMESH)
    ramesh.says("10 peti kutku g chota")
    ramesh.expects("– 10 CASE × ₹540", buttons=BUTTONS)
    rewrite(plant, "prices.csv", KUTKU, price="600")
    stage.pull()
    ramesh.taps("confirm")
    ramesh.expects("✅", "₹5,400")
    (order,) = posted(plant).values()
    assert order["lines"][0]["price"] == "540"
    with stage.session() as session:
        told = [finding.text for finding in findings(session, timezone="Asia/Kolkata")]
    assert any("asha decided" in one and "₹600 a CASE" in one and "Season" in one for one in told), told
    assert all(str(TODAY - timedelta(days=1)) in one for one in told if "asha decided" in one)
