"""Paragraphs 6 to 9: drafts at risk, checks, credit, duplicates, and what is heard of the ERP."""

from pathlib import Path

import pytest

from erp import mirror
from tests.scenarios.cast import (
    ANKIT,
    AWADHESH,
    BABULAL,
    IMRAN,
    IQBAL,
    KAILASH,
    OMPRAKASH,
    RAMESH,
    SANJAY,
    UMESH,
)
from tests.scenarios.plant_files import posted
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]
pytestmark = pytest.mark.usefixtures("goes_whole")


def test_an_unconfirmed_draft_is_reminded_of_once_and_stands_before_a_person(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    stage.passes(minutes=21)
    ramesh.expects("20 CASE", buttons=BUTTONS)
    stage.passes(minutes=60)
    ramesh.expects_nothing()
    assert [matter.kind for matter in stage.matters()] == ["unconfirmed_draft"]
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert not stage.matters()


def test_nobody_is_reminded_between_nine_in_the_evening_and_eight(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(20, 55)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    stage.until(23, 30)
    ramesh.expects_nothing()
    assert stage.matters("unconfirmed_draft")
    stage.until(8, 1, days=1)
    ramesh.expects("20 CASE", buttons=BUTTONS)


@pytest.mark.parametrize("number", [AWADHESH, BABULAL, KAILASH])
def test_an_order_that_credit_does_not_bear_waits_for_finance_and_is_not_posted(
    stage: Stage, plant: Path, number: str
) -> None:
    buyer = stage.phone(number)
    buyer.says("10 peti kutku g chota")
    if "S1)" in buyer.expects("10 CASE").text:
        buyer.says("S1")
        buyer.expects(buttons=BUTTONS)
    buyer.taps("confirm")
    buyer.expects("M26", without=["✅"])
    for phone in stage.phones.values():
        phone.ignores()
    (order,) = stage.orders()
    assert order.state == "held"
    assert not posted(plant)
    assert stage.matters("held_order")


def test_a_blocked_customer_is_told_politely_and_nothing_is_ordered(stage: Stage, plant: Path) -> None:
    iqbal = stage.phone(IQBAL)
    iqbal.says("10 peti kutku g chota")
    iqbal.ignores()
    if iqbal.last is not None and "confirm" in iqbal.last.acts:
        iqbal.taps("confirm")
        iqbal.ignores()
    for phone in stage.phones.values():
        phone.ignores()
    assert not stage.orders()
    assert not posted(plant)
    assert stage.matters()


def test_a_ship_to_without_a_default_is_asked_and_never_invented(stage: Stage, plant: Path) -> None:
    imran = stage.phone(IMRAN)
    imran.says("20 peti kutku g chota")
    imran.expects("S1)", "S2)", "S3)")
    imran.says("S2")
    imran.expects(buttons=BUTTONS)
    imran.taps("confirm")
    imran.expects("✅")
    (order,) = posted(plant).values()
    assert order["ship_to"]


def test_the_same_order_from_a_second_phone_of_the_firm_is_asked(stage: Stage, plant: Path) -> None:
    stage.phone(RAMESH).orders("20 peti kutku g chota aur 5 ctn lachhi bhej do")
    ankit = stage.phone(ANKIT)
    ankit.says("kutku g chota 20 peti, lachhi 5 ctn")
    ankit.expects(buttons=BUTTONS)
    ankit.taps("confirm")
    ankit.expects("M26", buttons=["confirm", "add", "cancel"])
    ankit.taps("cancel")
    ankit.ignores()
    assert len(posted(plant)) == 1


def test_a_new_order_equal_to_an_earlier_one_goes_when_its_sender_says_so(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.orders("20 peti kutku g chota aur 5 ctn lachhi bhej do")
    stage.passes(hours=2)
    ramesh.says("kutku g chota 20 peti, lachhi 5 ctn")
    ramesh.expects(buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects(buttons=["confirm", "add", "cancel"])
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert len(posted(plant)) == 2


def test_the_same_text_again_within_ten_minutes_gets_the_present_state(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota aur 5 ctn lachhi bhej do")
    ramesh.expects(buttons=BUTTONS)
    stage.passes(minutes=3)
    ramesh.says("20 peti kutku g chota aur 5 ctn lachhi bhej do")
    ramesh.expects("20 CASE", "5 CASE", without=["40 CASE"], buttons=BUTTONS)


def test_an_order_keyed_in_the_erp_today_is_compared_too(stage: Stage) -> None:
    lines = [
        row.split(",")
        for row in (Path(__file__).parents[2] / "demo" / "plant" / "orders.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    ]
    names = lines[0]
    keyed = [dict(zip(names, row, strict=False)) for row in lines[1:] if row[0] == "SO26-04807"]
    omprakash = stage.phone(OMPRAKASH)
    with stage.app.database.transaction() as session:
        items = mirror.items(session, [row["sku"] for row in keyed])
    omprakash.says("\n".join(f"{items[row['sku']].name} - {row['ordered']} {row['uom']}" for row in keyed))
    omprakash.expects()
    omprakash.taps("confirm")
    omprakash.expects("SO26-04807", buttons=["confirm", "add", "cancel"])


def test_a_discontinued_item_is_never_put_in_and_its_successor_is_offered(stage: Stage) -> None:
    sanjay = stage.phone(SANJAY)
    sanjay.says("5 peti ratlami 180 aur 6 peti lachhi masala")
    sanjay.expects("Gali 56 Ratlami Sev 200 g")
    assert not stage.orders()


def test_what_the_floor_writes_is_put_before_its_function(stage: Stage) -> None:
    umesh = stage.phone(UMESH)
    umesh.says("line 2 band hai motor jal gaya")
    umesh.expects("/N\\d+/")
    (matter,) = stage.matters()
    assert matter.function == "maintenance"
