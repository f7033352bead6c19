"""Paragraph 8: what may be the same order twice is asked, and each answer is played to its end."""

from pathlib import Path

import pytest

from erp import mirror
from tests.scenarios.cast import ANKIT, OMPRAKASH, RAMESH
from tests.scenarios.plant_files import add, goods, posted
from tests.scenarios.stage import Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]
pytestmark = pytest.mark.usefixtures("goes_whole")
ASKED = ["confirm", "add", "cancel"]
TEXT = "20 peti kutku g chota aur 5 ctn lachhi masala"
WANTED = [("KG-050", "20", "CASE"), ("LN-MA-070", "5", "CASE")]
KEYED = "SO26-04807"


def both_write(stage: Stage) -> tuple[Phone, Phone]:
    """Two people of one firm send the same list; the second one confirms, and is asked."""
    ramesh, ankit = stage.phone(RAMESH), stage.phone(ANKIT)
    ramesh.says(TEXT)
    ramesh.expects(buttons=BUTTONS)
    ankit.says(TEXT)
    ankit.expects(buttons=BUTTONS)
    ankit.taps("confirm")
    ankit.expects("Ramesh Agrawal", "10:00", buttons=ASKED)
    return ramesh, ankit


def test_of_the_same_list_on_two_phones_the_same_order_leaves_the_colleagues_to_his_yes(
    stage: Stage, plant: Path
) -> None:
    ramesh, ankit = both_write(stage)
    assert not posted(plant)
    ankit.taps("cancel")
    ankit.expects(buttons=[], without=["✅"])
    assert [draft.state for draft in stage.drafts()] == ["open", "declined"]
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert [goods(order) for order in posted(plant).values()] == [WANTED]


def test_of_the_same_list_on_two_phones_a_new_order_goes_and_the_colleague_is_asked_in_turn(
    stage: Stage, plant: Path
) -> None:
    ramesh, ankit = both_write(stage)
    ankit.taps("confirm")
    ankit.expects("✅")
    (first,) = posted(plant)
    ramesh.taps("confirm")
    ramesh.expects(first, "Ankit Agrawal", buttons=ASKED)
    ramesh.taps("cancel")
    ramesh.expects(buttons=[], without=["✅"])
    assert list(posted(plant)) == [first]


def test_added_to_a_list_that_is_not_confirmed_it_goes_alone_and_the_list_still_waits(
    stage: Stage, plant: Path
) -> None:
    _, ankit = both_write(stage)
    ankit.taps("add")
    ankit.expects("✅")
    (order,) = posted(plant).values()
    assert (goods(order), order["remarks"]) == (WANTED, "")
    assert [draft.state for draft in stage.drafts()] == ["open", "confirmed"]


def writes_what_is_keyed(stage: Stage) -> Phone:
    """The buyer sends the list the office has keyed already, and is asked."""
    omprakash = stage.phone(OMPRAKASH)
    with stage.session() as session:
        lines = [line for line in mirror.open_lines(session, "C113") if line.erp_number == KEYED]
        items = mirror.items(session, [line.sku for line in lines])
    omprakash.says("\n".join(f"{items[line.sku].name} - {line.ordered} {line.uom}" for line in lines))
    omprakash.expects()
    omprakash.taps("confirm")
    omprakash.expects(KEYED, "21 Nov", buttons=ASKED)
    return omprakash


def test_the_same_as_an_order_keyed_in_the_erp_is_dropped(stage: Stage, plant: Path) -> None:
    omprakash = writes_what_is_keyed(stage)
    omprakash.taps("cancel")
    omprakash.expects(buttons=[], without=["✅"])
    assert not posted(plant)
    assert [draft.state for draft in stage.drafts()] == ["declined"]


def test_added_to_an_order_keyed_in_the_erp_it_names_that_one(stage: Stage, plant: Path) -> None:
    omprakash = writes_what_is_keyed(stage)
    omprakash.taps("add")
    omprakash.expects("✅", KEYED)
    (order,) = posted(plant).values()
    assert KEYED in order["remarks"]


def test_a_new_order_beside_one_keyed_in_the_erp_goes_without_a_word_of_it(stage: Stage, plant: Path) -> None:
    omprakash = writes_what_is_keyed(stage)
    omprakash.taps("confirm")
    omprakash.expects("✅")
    (order,) = posted(plant).values()
    assert "adds to" not in order["remarks"]


def test_an_order_of_the_day_before_yesterday_in_the_erp_is_not_compared(stage: Stage, plant: Path) -> None:
    usual = {"customer": "C101", "line": "1", "uom": "CASE", "dispatched": "0", "invoiced": "0", "cancelled": "0"}
    add(
        plant,
        "orders.csv",
        **usual,
        erp_number="SO26-09998",
        sku="KG-050",
        ordered="20",
        price="555.43",
        status="open",
        date="2026-11-20",
    )
    stage.pull()
    stage.until(3, days=2)
    ramesh = stage.phone(RAMESH)
    ramesh.orders("20 peti kutku g chota")
    assert len(posted(plant)) == 1


def test_the_same_order_a_day_later_is_another_one(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.orders(TEXT)
    stage.passes(hours=24, minutes=1)
    ramesh.orders(TEXT)
    assert len(posted(plant)) == 2


def test_the_same_amount_in_another_unit_is_the_same(stage: Stage) -> None:
    order = stage.phone(RAMESH).orders("20 peti kutku g chota")
    ankit = stage.phone(ANKIT)
    ankit.says("120 box kutku g chota")
    ankit.expects("120 BOX", buttons=BUTTONS)
    ankit.taps("confirm")
    ankit.expects(order.number, buttons=ASKED)
    ankit.taps("cancel")
    ankit.ignores()


def test_the_same_text_within_ten_minutes_of_its_order_is_told_its_number_and_makes_no_other(
    stage: Stage, plant: Path
) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(TEXT)
    stage.passes(minutes=8)
    ramesh.says(TEXT)
    ramesh.expects(order.number, buttons=[])
    assert len(stage.drafts()) == 1


def test_the_same_text_after_ten_minutes_is_a_new_list(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(TEXT)
    stage.passes(minutes=11)
    ramesh.says(TEXT)
    ramesh.expects("20 CASE", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects(order.number, buttons=ASKED)
    ramesh.taps("cancel")
    ramesh.expects(buttons=[])
    assert len(posted(plant)) == 1
