"""Paragraph 7: every line that cannot go says why, is never mended unasked, and keeps the rest from nothing."""

from pathlib import Path

import pytest

from tests.scenarios.cast import FARIDA, IMRAN, IQBAL, RAMESH, STRANGER, UMESH
from tests.scenarios.plant_files import goods, posted, rewrite
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]
LATA = "+919000049085"
"""Of finance."""


def test_what_is_sold_in_steps_is_offered_the_steps_around_and_goes_as_chosen(stage: Stage, plant: Path) -> None:
    rewrite(plant, "items.csv", {"sku": "KG-050"}, multiple="12")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota\n5 ctn lachhi masala")
    asked = ramesh.expects("/1. ⚠ Kutku-G.*12 CASE/", "/a\\) .*24 CASE/", "/b\\) .*12 CASE/", "2. Lachhi")
    assert asked.payload("confirm:rest")
    ramesh.taps("pick:1.0")
    ramesh.expects("/1. Kutku-G.* 24 CASE/", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert goods(order) == [("KG-050", "24", "CASE"), ("LN-MA-070", "5", "CASE")]


def test_a_step_itself_is_not_asked(stage: Stage, plant: Path) -> None:
    rewrite(plant, "items.csv", {"sku": "KG-050"}, multiple="5", moq="10")
    stage.pull()
    stage.phone(RAMESH).orders("20 peti kutku g chota")


def test_the_least_quantity_is_rounded_up_to_whole_steps(stage: Stage, plant: Path) -> None:
    rewrite(plant, "items.csv", {"sku": "KG-050"}, multiple="12", moq="30")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("/1. ⚠ Kutku-G.*30 CASE/", "/a\\) .*36 CASE/", without=["b)"])


def test_a_step_counts_in_the_unit_of_the_order_whatever_was_said(stage: Stage, plant: Path) -> None:
    rewrite(plant, "items.csv", {"sku": "KG-050"}, multiple="12")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("120 box kutku g chota")
    ramesh.expects("/1. ⚠ Kutku-G.*12 CASE/", "/a\\) .*24 CASE/")


@pytest.mark.parametrize("price", ["0", ""], ids=["at 0", "no row"])
def test_a_line_without_a_price_says_so_and_its_yes_sends_nothing(stage: Stage, plant: Path, price: str) -> None:
    where = {"sku": "KG-050", "price_list": "PL-DIST"}
    if price:
        rewrite(plant, "prices.csv", where, price=price, floor=price)
    else:
        rewrite(plant, "prices.csv", where, price_list="PL-ELSEWHERE")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    shown = ramesh.expects("/1. ⚠ Kutku-G/", without=["₹"])
    assert "confirm" not in shown.acts
    ramesh.says("haan")
    ramesh.ignores()
    assert not posted(plant)
    assert not stage.orders()
    assert stage.matters("check_failed")
    for phone in stage.phones.values():
        phone.ignores()


def test_a_price_that_vanished_between_summary_and_tap_keeps_its_line_back(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota\n5 ctn lachhi masala")
    ramesh.expects(buttons=BUTTONS)
    rewrite(plant, "prices.csv", {"sku": "KG-050", "price_list": "PL-DIST"}, price="0", floor="0")
    stage.pull()
    ramesh.taps("confirm")
    ramesh.expects("/1. ⚠ Kutku-G/")
    assert not posted(plant)
    ramesh.taps("confirm:rest")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert goods(order) == [("LN-MA-070", "5", "CASE")]
    for phone in stage.phones.values():
        phone.ignores()


def test_a_blocked_customer_keeps_his_list_hears_a_reference_and_finance_is_told(stage: Stage, plant: Path) -> None:
    iqbal = stage.phone(IQBAL)
    iqbal.says("10 peti kutku g chota")
    iqbal.expects("10 CASE", buttons=BUTTONS)
    iqbal.taps("confirm")
    (matter,) = stage.matters("check_failed")
    iqbal.expects(matter.number, without=["✅", "₹", "block"])
    stage.phone(LATA).expects("Old Town Traders", matter.number)
    assert [draft.state for draft in stage.drafts()] == ["open"]
    stage.passes(minutes=25)
    iqbal.expects_nothing()
    assert not posted(plant)
    for phone in stage.phones.values():
        phone.ignores()


def test_a_customer_blocked_between_summary_and_tap_sends_nothing(stage: Stage, plant: Path) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    rewrite(plant, "customers.csv", {"code": "C104"}, blocked="yes")
    stage.pull()
    farida.taps("confirm")
    farida.expects("Orders for your firm are stopped", without=["✅"])
    assert not posted(plant)
    for phone in stage.phones.values():
        phone.ignores()


def test_an_address_written_in_the_chat_is_never_where_the_goods_go(stage: Stage, plant: Path) -> None:
    imran = stage.phone(IMRAN)
    imran.says("20 peti kutku g chota, deliver at 45 MG Road Jhansi")
    imran.expects("S1)", "S2)", "S3)", without=["S4)"])
    imran.says("confirm")
    imran.ignores()
    assert not posted(plant)
    imran.says("S3")
    imran.expects("Kanpur", buttons=BUTTONS)
    imran.taps("confirm")
    imran.expects("✅")
    (order,) = posted(plant).values()
    assert order["ship_to"] == "A3"
    for phone in stage.phones.values():
        phone.ignores()


def test_a_known_place_named_in_the_order_is_taken(stage: Stage, plant: Path) -> None:
    imran = stage.phone(IMRAN)
    imran.says("20 peti kutku g chota, deliver at Kanpur")
    imran.expects("Kanpur", buttons=BUTTONS)
    imran.taps("confirm")
    imran.expects("✅")
    (order,) = posted(plant).values()
    assert order["ship_to"] == "A3"


def test_where_there_is_one_place_another_one_is_refused_and_the_order_goes_to_that_one(
    stage: Stage, plant: Path
) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota, deliver at 45 MG Road Jhansi")
    ramesh.expects("20 CASE", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert order["ship_to"] == "A1"


def test_a_place_that_is_closed_in_the_books_is_none(stage: Stage, plant: Path) -> None:
    rewrite(plant, "addresses.csv", {"customer": "C104", "code": "A1"}, active="no")
    stage.pull()
    farida = stage.phone(FARIDA)
    farida.orders("8 case marie 120")
    (order,) = posted(plant).values()
    assert order["ship_to"] == "A2"


@pytest.mark.parametrize("number", [STRANGER, UMESH], ids=["a stranger", "the floor"])
def test_who_is_no_customer_is_told_no_price(stage: Stage, number: str) -> None:
    somebody = stage.phone(number)
    somebody.says("kutku g chota ka rate kya hai")
    somebody.expects(without=["₹", "555", "528"])
    for phone in stage.phones.values():
        phone.ignores()


def test_however_many_lines_are_set_aside_each_is_said(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    strange = [f"{number} peti sunehri dhoop {'x' * 30}" for number in range(5, 90)]
    ramesh.says("\n".join(["12 peti kutku g chota", *strange]))
    stage.passes(seconds=60)
    ramesh.ignores()
    ramesh.taps("confirm:rest")
    stage.passes(seconds=60)
    said = ""
    while "✅" not in said:
        said += ramesh.expects().text
    assert all(line in said for line in strange)
