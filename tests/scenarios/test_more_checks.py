"""Paragraphs 7 and 8: what an item asks for, what a line without a price may do, and how alike is the same."""

from pathlib import Path

from tests.scenarios.cast import ANKIT, HARISH, MAHENDRA, RAMESH
from tests.scenarios.plant_files import goods, posted, rewrite
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]
FOUR = "20 peti kutku g chota\n5 ctn lachhi masala\n8 peti marie 120\n6 peti subah rusk suji 60"


def test_less_than_an_item_is_sold_in_at_least_is_not_posted_as_it_stands(stage: Stage, plant: Path) -> None:
    rewrite(plant, "items.csv", {"sku": "KG-050"}, moq="30")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    asked = ramesh.expects("/1. .*30/")
    assert "confirm" not in asked.acts
    assert not posted(plant)


def test_a_line_without_a_price_never_confirms_and_the_rest_may_go(stage: Stage, plant: Path) -> None:
    rewrite(plant, "prices.csv", {"sku": "KG-050", "price_list": "PL-DIST"}, price="0", floor="0")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota\n5 ctn lachhi masala")
    shown = ramesh.expects("1. ⚠", "2. Lachhi")
    assert shown.payload("confirm:rest")
    ramesh.taps("confirm:rest")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert goods(order) == [("LN-MA-070", "5", "CASE")]
    assert stage.matters("check_failed")
    for phone in stage.phones.values():
        phone.ignores()


def test_three_of_four_lines_alike_are_asked_about_and_two_are_not(stage: Stage, plant: Path) -> None:
    stage.phone(RAMESH).orders(FOUR)
    ankit = stage.phone(ANKIT)
    ankit.says(FOUR.replace("6 peti subah", "7 peti subah"))
    ankit.expects(buttons=BUTTONS)
    ankit.taps("confirm")
    ankit.expects(buttons=["confirm", "add", "cancel"])
    ankit.taps("cancel")
    ankit.ignores()
    ankit.says(FOUR.replace("6 peti subah", "7 peti subah").replace("8 peti marie", "9 peti marie"))
    ankit.expects(buttons=BUTTONS)
    ankit.taps("confirm")
    ankit.expects("✅")
    assert len(posted(plant)) == 2


def test_added_to_an_order_that_is_there_it_goes_marked_to_go_with_it(stage: Stage, plant: Path) -> None:
    first = stage.phone(RAMESH).orders("20 peti kutku g chota")
    ankit = stage.phone(ANKIT)
    ankit.says("20 peti kutku g chota")
    ankit.expects(buttons=BUTTONS)
    ankit.taps("confirm")
    ankit.expects(first.number)
    ankit.taps("add")
    ankit.expects("✅", first.number)
    (second,) = [order for number, order in posted(plant).items() if number != first.number]
    assert first.number in second["remarks"]


def test_an_order_not_yet_invoiced_counts_against_the_credit_of_the_next(stage: Stage, plant: Path) -> None:
    harish = stage.phone(HARISH)
    harish.orders("12 peti kutku g chota")
    harish.says("10 peti marie 120")
    harish.expects(buttons=BUTTONS)
    harish.taps("confirm")
    harish.expects("M26", without=["✅"])
    assert len(posted(plant)) == 1
    assert [order.state for order in stage.orders()] == ["posted", "held"]
    for phone in stage.phones.values():
        phone.ignores()


def test_of_two_open_drafts_a_typed_yes_confirms_the_one_it_quotes(stage: Stage, plant: Path) -> None:
    mahendra = stage.phone(MAHENDRA)
    mahendra.says("Kothari Agencies ke liye 8 peti lachhi masala")
    first = mahendra.expects("Kothari Agencies", buttons=BUTTONS)
    mahendra.says("Shree Kothari Provision ke liye 15 peti kutku g chota")
    mahendra.expects("Shree Kothari Provision", buttons=BUTTONS)
    mahendra.says("haan", quoting=first)
    mahendra.expects("✅")
    (order,) = posted(plant).values()
    assert goods(order) == [("LN-MA-070", "8", "CASE")]
