"""Prices in the chat: schemes and free goods as they are shown and posted, contracts, and the gate below the floor."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from orders.model import UsedScheme
from tests.scenarios.cast import RAMESH, SUNITA, VIKAS
from tests.scenarios.plant_files import add, goods, posted, rewrite
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]
CHANDRAKANT = "+919000049092"
"""Who decides on a price so far below list."""
WAFER = "PW-OR-075"


def the_order(plant: Path) -> dict[str, Any]:
    (order,) = posted(plant).values()
    return order


def test_ten_and_one_is_shown_posted_as_a_line_of_its_own_cut_with_its_line_and_not_repeated(
    stage: Stage, plant: Path
) -> None:
    rewrite(plant, "stock.csv", {"sku": WAFER}, qty="90000")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("9 peti pankh orange wafer 75")
    ramesh.expects("– 9 CASE", without=["free"], buttons=BUTTONS)
    ramesh.says("1 number 20 kar do")
    ramesh.expects("– 20 CASE × ₹740.57 = ₹14,811.40", "+ 2 CASE free (WIN10)", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅", "lines: 1", "₹14,811.40")
    order = the_order(plant)
    base, free = order["lines"]
    assert order["total"] == "14811.4"
    assert goods(order) == [(WAFER, "20", "CASE"), (WAFER, "2", "CASE")]
    assert (base["price"], base["list_price"], base["free"], base["base_line"]) == ("740.57", "740.57", False, None)
    assert (free["price"], free["list_price"], free["free"]) == ("0", "740.57", True)
    assert (free["scheme"], free["base_line"], order["approvals"]) == ("WIN10", 1, [])
    with stage.app.database.transaction() as session:
        (use,) = session.scalars(select(UsedScheme))
        assert (use.scheme, use.party_code, use.order_number, use.line) == ("WIN10", "C101", order["number"], 1)
        assert (use.quantity, use.rupees) == (2 * 96, Decimal("1481.14"))
    ramesh.says("pichhla order repeat")
    ramesh.expects("1. ", "– 20 CASE", without=["2. "], buttons=BUTTONS)


def test_a_cap_of_the_customer_counts_his_earlier_orders_and_a_scheme_that_ends_is_not_posted(
    stage: Stage, plant: Path
) -> None:
    rewrite(plant, "schemes.csv", {"code": "WIN10"}, cap_customer="3")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti pankh orange wafer 75")
    ramesh.expects("+ 2 CASE free (WIN10)", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    ramesh.says("30 peti pankh orange wafer 75")
    shown = ramesh.expects("– 30 CASE", "+ 1 CASE free (WIN10)", buttons=BUTTONS)
    rewrite(plant, "schemes.csv", {"code": "WIN10"}, valid_to="2026-11-20")
    stage.pull()
    ramesh.taps("confirm", on=shown)
    ramesh.expects("– 30 CASE", without=["free"], buttons=BUTTONS)
    assert len(posted(plant)) == 1


def test_money_off_is_shown_against_the_list_and_its_budget_is_of_all_customers(stage: Stage, plant: Path) -> None:
    rewrite(plant, "schemes.csv", {"code": "GIFT3"}, budget="150")
    stage.pull()
    ramesh, sunita = stage.phone(RAMESH), stage.phone(SUNITA)
    ramesh.says("2 peti rt assorted 250")
    first = ramesh.expects("GIFT3 ki chhoot", buttons=BUTTONS)
    sunita.says("2 peti rt assorted 250")
    second = sunita.expects("GIFT3 ki chhoot", buttons=BUTTONS)
    ramesh.taps("confirm", on=first)
    ramesh.expects("✅")
    sunita.taps("confirm", on=second)
    sunita.expects("pehle", buttons=BUTTONS)
    order = the_order(plant)
    assert order["customer"] == "C101"


def test_what_schemes_take_below_the_floor_goes_at_list_and_what_nobody_may_approve_is_told_to_the_office(
    stage: Stage, plant: Path
) -> None:
    """Scenario of the gate: neither a tap nor a word posts a line at such a price."""
    deep = {"sku": "KG-050", "percent": "9", "stacks": "yes", "valid_from": "2026-11-01", "valid_to": "2026-12-31"}
    add(plant, "schemes.csv", code="DEEP", **deep)
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota aur 5 ctn lachhi")
    ramesh.expects("× ₹555.43", "DEEP ke bina", "₹505.44", "Rate request A1", "2. ", buttons=BUTTONS)
    office = stage.phone(CHANDRAKANT)
    office.expects("A1")
    ramesh.taps("confirm")
    ramesh.expects("✅", without=["Nahi bheja"])
    assert goods(the_order(plant)) == [("KG-050", "20", "CASE"), ("LN-MA-070", "5", "CASE")]
    assert [line["price"] for line in the_order(plant)["lines"]] == ["555.43", "1036.8"]
    office.expects("A1")
    rewrite(plant, "schemes.csv", {"code": "DEEP"}, percent="60")
    stage.pull()
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("is rate par nahi ja sakta")
    ramesh.says("haan")
    ramesh.expects("kuch bhi nahi bheja ja sakta")
    assert len(posted(plant)) == 1
    assert stage.matters("check_failed")
    stage.phone(VIKAS).expects("us seema se bhi neeche", without=["cost"])
    for phone in stage.phones.values():
        phone.ignores()


def test_what_schemes_take_below_the_floor_stays_at_list_when_the_request_lapses(stage: Stage, plant: Path) -> None:
    """And rules that bring it there in a waiting order are put to the office by the reminder."""
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("× ₹555.43", buttons=BUTTONS)
    deep = {"sku": "KG-050", "percent": "9", "stacks": "yes", "valid_from": "2026-11-01", "valid_to": "2026-12-31"}
    add(plant, "schemes.csv", code="DEEP", **deep)
    stage.pull()
    stage.passes(minutes=45)
    ramesh.expects("Rate request A1 manzoori", "DEEP ke bina", "₹505.44", buttons=BUTTONS)
    stage.phone(CHANDRAKANT).expects("A1")
    for _ in range(4):
        stage.passes(minutes=31)
    last = ramesh.expects("A1", "× ₹555.43", "DEEP ke bina", buttons=BUTTONS)
    ramesh.taps("confirm", on=last)
    ramesh.expects("✅")
    assert [line["price"] for line in the_order(plant)["lines"]] == ["555.43"]
    for phone in stage.phones.values():
        phone.unread.clear()


def test_a_contract_price_goes_before_the_list_and_a_claim_that_a_scheme_covers_is_no_request(
    stage: Stage, plant: Path
) -> None:
    promised = {"customer": "C101", "sku": "KG-050", "uom": "CASE", "price": "549.10", "reference": "June"}
    add(plant, "customer_prices.csv", **promised, valid_from="2026-11-01", valid_to="2026-12-31")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota aur 10+1 peti pankh orange wafer 75 dena")
    ramesh.expects("× ₹549.10", "+ 1 CASE free (WIN10)", without=["maanga"], buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert [line["price"] for line in the_order(plant)["lines"]] == ["549.1", "740.57", "0"]


def test_free_goods_beyond_the_stock_are_said_to_follow(stage: Stage, plant: Path) -> None:
    rewrite(plant, "stock.csv", {"sku": WAFER, "warehouse": "PTH-FG"}, qty=str(21 * 96))
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti pankh orange wafer 75")
    ramesh.expects("+ 2 CASE free (WIN10), abhi stock mein 1, baaki banne par", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert the_order(plant)["remarks"] == f"line 1: 1 of 2 CASE {WAFER} free in stock, rest when made"
