"""Orders that are changed, cancelled and asked for after the yes."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import desk
from erp.documents import BookedLine
from erp.files.stand_in import StandIn
from erp.outbox_model import OutboxRow
from erp.port import Posting, PostingState
from orders.model import UsedScheme
from store.clock import ManualClock
from tests.scenarios.cast import ANKIT, DINESH, FARIDA, RAMESH, SUSHMA, VIKAS
from tests.scenarios.plant_files import add, rewrite
from tests.scenarios.stage import Phone, Stage
from tests.wayward_erp import WaywardErp, accepted, is_down, refuses, times_out_after

BUTTONS = ["confirm", "change", "cancel"]
APPROVER = "+919000049078"
"""Of the first level, for Agrawal's part of the country."""
LIST = "20 peti kutku g chota aur 5 ctn lachhi bhej do"


def changes(plant: Path, kind: str = "order_changes") -> list[dict[str, Any]]:
    """The documents of this kind that reached the ERP, in the order of their numbers."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((plant / "out" / kind).glob("*.json"))]


def diff(document: dict[str, Any]) -> list[tuple[int, str, str, str | None, str | None]]:
    """What a document says of each line."""
    return [(one["line"], one["op"], one["sku"], one["qty"], one["price"]) for one in document["diff"]]


def lines(stage: Stage, number: str) -> list[tuple[int, str, str]]:
    """An order as our own rows have it."""
    (order,) = [one for one in stage.orders() if one.number == number]
    return [(line.no, line.sku, f"{line.quantity.normalize():f}") for line in order.lines]


def confirms(phone: Phone, *said: str) -> None:
    """See the difference, say yes, hear what came of it."""
    phone.expects(buttons=BUTTONS)
    phone.taps("confirm")
    phone.expects(*said)


def test_a_change_is_shown_as_a_difference_and_posted_with_a_yes(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(LIST)
    ramesh.says(f"{order.number} mein lachhi 5 ki jagah 8 kar do")
    ramesh.expects(order.number, "5 → 8 CASE", "₹16,292.60", "₹19,403", buttons=BUTTONS, without=["Kutku"])
    assert changes(plant) == []
    ramesh.taps("confirm")
    ramesh.expects("✅", order.number, "₹19,403")
    (document,) = changes(plant)
    assert (document["order"], document["revision"]) == (order.number, 1)
    assert diff(document) == [(2, "set", "LN-MA-070", "8", "1036.8")]
    assert lines(stage, order.number) == [(1, "KG-050", "20"), (2, "LN-MA-070", "8")]


def test_an_order_is_cancelled_with_a_yes_and_not_by_saying_so_alone(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(LIST)
    ramesh.says("order cancel kar do")
    ramesh.expects(order.number, "➖ Kutku", "➖ Lachhi", buttons=BUTTONS)
    ramesh.taps("cancel")
    ramesh.expects(order.number, "waisa hi")
    ramesh.says(f"{order.number} cancel kar do")
    confirms(ramesh, "✅", order.number, "cancel")
    assert changes(plant) == []
    (document,) = changes(plant, "order_cancellations")
    assert [one[:3] for one in diff(document)] == [(1, "remove", "KG-050"), (2, "remove", "LN-MA-070")]
    assert stage.orders()[0].state == "cancelled"
    ramesh.says(f"{order.number} ko cancel karo")
    ramesh.expects("pehle hi cancel")


@pytest.fixture
def other_side(plant: Path, stage: Stage) -> StandIn:
    """Whoever sends the goods, and shows each order in the list at once."""
    return StandIn(plant, now=stage.clock.now)


@pytest.fixture
def wayward(stage: Stage, clock: ManualClock) -> WaywardErp:
    """The ERP of this stage, which does what it is told."""
    erp = WaywardErp(clock, name=stage.app.erp.name)
    stage.app = replace(stage.app, erps={erp.name: erp})
    return erp


def payloads(stage: Stage) -> list[tuple[str, str]]:
    """What stands in the outbox: kind and state."""
    with stage.session() as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    return [(row.kind, row.state) for row in rows]


def acts(stage: Stage, kind: str, what: desk.Act) -> None:
    """The office decides about the only matter of its kind."""
    (matter,) = stage.matters(kind)
    with stage.session() as session:
        desk.act(stage.app, session, matter.id, what, by="Lata", reason="looked at")
    stage.run()


def test_lines_are_added_taken_out_and_replaced_by_number_and_name(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(LIST)
    ramesh.says(f"{order.number} se lachhi hata do")
    ramesh.expects("➖ Lachhi Noodles Masala 70 g – 5 CASE", buttons=BUTTONS)
    ramesh.says("1 number wali 25 kar do")
    ramesh.expects("20 → 25 CASE", "➖ Lachhi", buttons=BUTTONS)
    ramesh.says("aur 3 case marie 120")
    ramesh.expects("➕", "20 → 25 CASE", "➖ Lachhi", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (document,) = changes(plant)
    assert [(line, op, qty) for line, op, _, qty, _ in diff(document)] == [
        (2, "remove", None),
        (1, "set", "25"),
        (3, "add", "3"),
    ]
    assert [no for no, *_ in lines(stage, order.number)] == [1, 3]
    ramesh.says("pichla order repeat kar do")
    ramesh.expects("25 CASE", buttons=BUTTONS, without=["Lachhi"])


def test_a_line_that_is_touched_costs_what_it_costs_today_and_the_others_what_was_agreed(
    stage: Stage, plant: Path
) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(LIST)
    agreed = {line.sku: line.price for line in order.lines}
    rewrite(plant, "prices.csv", {"sku": "KG-050", "uom": "CASE"}, price="600", floor="")
    rewrite(plant, "prices.csv", {"sku": "LN-MA-070", "uom": "CASE"}, price="1200", floor="")
    stage.pull()
    ramesh.says(f"{order.number} mein lachhi 5 ki jagah 8 kar do")
    ramesh.expects("5 → 8 CASE × ₹1,200", "1,036.80", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (document,) = changes(plant)
    assert diff(document) == [(2, "set", "LN-MA-070", "8", "1200")]
    (changed,) = stage.orders()
    assert changed.lines[0].price == agreed["KG-050"]


def test_what_has_left_stays_and_what_has_not_is_cancelled(stage: Stage, plant: Path, other_side: StandIn) -> None:
    ramesh = stage.phone(RAMESH)
    stage.tick()
    order = ramesh.orders(LIST)
    other_side.dispatch(order.number, line=1, qty=Decimal(12))
    stage.pull()
    ramesh.says(f"{order.number} mein 1 number wali 5 kar do")
    ramesh.expects("12 CASE", "20 → 12 CASE", buttons=BUTTONS)
    ramesh.taps("cancel")
    ramesh.expects("waisa hi")
    ramesh.says(f"{order.number} cancel kar do")
    ramesh.expects("20 → 12 CASE", "➖ Lachhi", buttons=BUTTONS)
    other_side.dispatch(order.number, line=1, qty=Decimal(3))
    stage.pull()
    ramesh.taps("confirm")
    ramesh.expects("20 → 15 CASE", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅", "baaki cancel")
    (document,) = changes(plant, "order_cancellations")
    assert [(line, op, qty) for line, op, _, qty, _ in diff(document)] == [(2, "remove", None), (1, "set", "15")]
    assert document["diff"][1]["price"] == f"{order.lines[0].price.normalize():f}"


def test_an_order_that_has_left_is_not_changed_and_its_status_says_so(
    stage: Stage, plant: Path, other_side: StandIn
) -> None:
    ramesh, vikas = stage.phone(RAMESH), stage.phone(VIKAS)
    stage.tick()
    order = ramesh.orders(LIST)
    other_side.dispatch(order.number, line=1, vehicle="MP09GF4417")
    stage.pull()
    ramesh.says(f"{order.number} ka kya hua")
    ramesh.expects(order.number, "MP09GF4417", "20 CASE mein se 20", "5 CASE mein se 0")
    other_side.dispatch(order.number)
    stage.pull()
    ramesh.says("0001 wala cancel kar do")
    ramesh.expects("nikal chuka", "/N\\d+/", buttons=[])
    vikas.expects(order.number)
    for phone in stage.phones.values():
        phone.ignores()
    assert changes(plant, "order_cancellations") == []


def test_when_the_erp_refuses_a_change_the_order_stays_and_the_office_alone_hears_why(
    stage: Stage, wayward: WaywardErp
) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    confirms(farida, "✅")
    (order,) = stage.orders()
    wayward.acts.append(refuses)
    farida.says("change marie 120 to 10 cases")
    confirms(farida, order.number, "stays as it was")
    (matter,) = stage.matters("rejected_change")
    assert matter.facts["reason"]
    assert lines(stage, order.number)[0][2] == "8"
    for phone in stage.phones.values():
        phone.ignores()
    farida.says("make marie 120 12 cases in my last order")
    farida.expects("8 → 12 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("✅")
    assert lines(stage, order.number)[0][2] == "12"


def test_while_the_erp_has_nothing_of_it_the_order_itself_changes_and_one_document_says_all(
    stage: Stage, wayward: WaywardErp
) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    wayward.acts.extend([is_down] * 20)
    farida.taps("confirm")
    stage.passes(seconds=3)
    farida.expects("noted")
    farida.says("change marie 120 to 10 cases")
    farida.expects("8 → 10 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    stage.passes(seconds=3)
    wayward.acts.clear()
    stage.passes(minutes=1)
    farida.expects("is changed", "will be posted so")
    farida.expects("✅", "E-M26000001")
    assert wayward.made == ["M26000001"]
    assert payloads(stage) == [("sales_orders", "posted")]
    assert lines(stage, "M26000001")[0][2] == "10"


def test_a_change_of_an_order_on_its_way_follows_it_and_two_changes_follow_one_another(
    stage: Stage, wayward: WaywardErp
) -> None:
    farida = stage.phone(FARIDA)
    wayward.acts.append(accepted)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    stage.passes(seconds=3)
    farida.expects("noted")
    (order,) = stage.orders()
    for quantity in (10, 12):
        farida.says(f"change marie 120 to {quantity} cases")
        farida.expects(f"→ {quantity} CASE", buttons=BUTTONS)
        farida.taps("confirm")
        stage.passes(seconds=3)
        farida.expects("on its way", "follows")
    assert wayward.made == [order.number]
    wayward.answers[order.number] = wayward._booked(order.number)
    stage.passes(seconds=5)
    farida.expects("✅", f"E-{order.number}")
    farida.expects("✅", "changed")
    farida.expects("✅", "changed")
    assert wayward.made == [order.number, "M26000002", "M26000003"]
    assert lines(stage, order.number)[0][2] == "12"


def test_a_change_falls_with_the_order_the_erp_refuses(stage: Stage, wayward: WaywardErp) -> None:
    farida = stage.phone(FARIDA)
    wayward.acts.append(accepted)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    stage.passes(seconds=3)
    farida.expects("noted")
    (order,) = stage.orders()
    farida.says("change marie 120 to 10 cases")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    stage.passes(seconds=3)
    farida.expects("on its way")
    wayward.answers[order.number] = Posting(number=order.number, state=PostingState.REJECTED, reason="period closed")
    stage.passes(seconds=5)
    said = farida.expects().text + farida.expects().text
    assert "could not be posted" in said
    assert "could not be made either" in said
    for phone in stage.phones.values():
        phone.ignores()
    assert wayward.made == [order.number]


def test_an_unknown_outcome_makes_one_change_and_one_sentence(stage: Stage, wayward: WaywardErp) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    confirms(farida, "✅")
    wayward.acts.append(times_out_after)
    farida.says("change marie 120 to 10 cases")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    for _ in range(5):
        stage.passes(seconds=20)
    said = [farida.expects().text for _ in range(len(farida.unread))]
    assert sum("✅" in text for text in said) == 1
    assert wayward.made == ["M26000001", "M26000002"]


def test_what_the_erp_booked_otherwise_goes_to_a_person_before_the_customer_hears_posted(
    stage: Stage, wayward: WaywardErp
) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    wayward.booked["M26000001"] = (BookedLine(line=1, sku="MR-120", qty=Decimal(8), uom="CASE", price=Decimal("1")),)
    farida.taps("confirm")
    stage.passes(seconds=3)
    farida.expects("noted", without=["✅"])
    for phone in stage.phones.values():
        phone.ignores()
    farida.says("where is my order")
    farida.expects("checking", without=["✅"])
    acts(stage, "posted_differs", desk.Act.SAY_POSTED)
    farida.expects("✅", "E-M26000001")


def test_a_change_that_credit_does_not_bear_waits_for_finance_and_the_order_goes_on(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(LIST)
    rewrite(plant, "customers.csv", {"code": "C101"}, credit_limit="60000")
    stage.pull()
    ramesh.says(f"{order.number} mein 1 number wali 19 kar do")
    confirms(ramesh, "✅")
    ramesh.says(f"{order.number} mein 1 number wali 90 kar do")
    ramesh.expects("19 → 90 CASE", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("accounts")
    assert len(changes(plant)) == 1
    sushma = stage.phone(SUSHMA)
    sushma.expects(order.number, buttons=["approve", "counter", "reject"])
    acts(stage, "held_change", desk.Act.RELEASE_CHANGE)
    ramesh.expects("✅", order.number)
    sushma.expects("needs no decision")
    assert [document["revision"] for document in changes(plant)] == [1, 2]


def test_a_rep_changes_the_order_of_his_customer_and_nobody_the_order_of_another(stage: Stage, plant: Path) -> None:
    dinesh, vikas, ramesh = stage.phone(DINESH), stage.phone(VIKAS), stage.phone(RAMESH)
    order = dinesh.orders("5 ctn lachhi")
    ramesh.says(f"{order.number} cancel kar do")
    ramesh.expects(order.number, "nahi mila")
    vikas.says(f"{order.number} mein lachhi 5 ki jagah 6 kar do")
    confirms(vikas, "✅", order.number)
    dinesh.expects("badal diya", order.number)
    assert [document["ordered_by"] for document in changes(plant)] != []
    for phone in stage.phones.values():
        phone.ignores()


def test_a_short_tail_is_told_when_it_is_one_and_asked_when_it_is_several(stage: Stage, plant: Path) -> None:
    ramesh, ankit = stage.phone(RAMESH), stage.phone(ANKIT)
    first = ramesh.orders(LIST)
    ramesh.says("001 wala")
    ramesh.expects(first.number, "✅")
    add(
        plant, "orders.csv", erp_number="E9001", customer="C101", date="2026-11-20", line="1", sku="KG-050", uom="CASE",
        ordered="10", dispatched="4", invoiced="0", cancelled="0", price="500", status="open",
    )  # fmt: skip
    stage.pull()
    ankit.says("0001 wala kahan hai")
    ankit.expects(first.number)
    ankit.says("order 001 ka status")
    ankit.expects("Kaun sa order")
    ankit.taps("E9001")
    ankit.expects("E9001", "10 CASE mein se 4")


def test_free_goods_are_cut_with_their_line_and_what_a_scheme_gave_is_given_back(stage: Stage, plant: Path) -> None:
    rewrite(plant, "stock.csv", {"sku": "PW-OR-075"}, qty="90000")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders("20 peti pankh orange wafer 75 aur 5 ctn lachhi")
    ramesh.says(f"{order.number} mein 1 number wali 10 kar do")
    ramesh.expects("20 → 10 CASE", "+ 1 CASE free (WIN10)", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅", "lines: 2")
    (document,) = changes(plant)
    assert [one[:4] for one in diff(document)] == [(1, "set", "PW-OR-075", "10"), (3, "set", "PW-OR-075", "1")]
    assert (document["diff"][1]["free"], document["diff"][1]["base_line"], document["diff"][1]["price"]) == (
        True,
        1,
        "0",
    )
    ramesh.says("us order mein 1 number wali 9 kar do")
    ramesh.expects("10 → 9 CASE", buttons=BUTTONS, without=["free (WIN10)"])
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert (3, "remove", "PW-OR-075") in [one[:3] for one in diff(changes(plant)[1])]
    with stage.session() as session:
        uses = session.scalars(select(UsedScheme).order_by(UsedScheme.id)).all()
    assert [(use.quantity, use.given_back_at is not None) for use in uses] == [(192, True), (96, True)]


def test_a_change_below_its_floor_waits_for_an_approval_and_a_line_left_alone_is_not_asked_again(
    stage: Stage, plant: Path
) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(LIST)
    for sku in ("KG-050", "LN-MA-070"):
        add(plant, "schemes.csv", code=f"CUT-{sku}", name="Five off", price_list="PL-DIST", sku=sku, percent="5")
    stage.pull()
    ramesh.says(f"{order.number} mein lachhi 5 ki jagah 8 kar do")
    ramesh.expects("8 CASE × ₹1,036.80", "CUT-LN-MA-070 ke bina", buttons=BUTTONS, without=["Kutku"])
    approver = stage.phone(APPROVER)
    approver.expects("Lachhi", "floor ₹995.32", without=["Kutku"])
    assert changes(plant) == []
    approver.taps("approve")
    ramesh.expects("5 → 8 CASE × ₹984.96", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    approver.ignores()
    (document,) = changes(plant)
    assert [(one["line"], one["price"]) for one in document["approvals"]] == [(2, "984.96")]
    assert diff(document) == [(2, "set", "LN-MA-070", "8", "984.96")]


def test_two_people_who_change_one_order_see_each_others_change_before_their_yes(stage: Stage, plant: Path) -> None:
    ramesh, ankit = stage.phone(RAMESH), stage.phone(ANKIT)
    order = ramesh.orders(LIST)
    ramesh.says(f"{order.number} mein lachhi 5 ki jagah 8 kar do")
    summary = ramesh.expects("5 → 8 CASE", buttons=BUTTONS)
    ankit.says(f"{order.number} mein 1 number wali 15 kar do")
    confirms(ankit, "✅")
    ramesh.expects(order.number, "badal diya")
    ramesh.taps("confirm", on=summary)
    ramesh.expects("5 → 8 CASE", buttons=BUTTONS, without=["20"])
    ramesh.taps("confirm")
    ramesh.expects("✅")
    ankit.ignores()
    assert lines(stage, order.number) == [(1, "KG-050", "15"), (2, "LN-MA-070", "8")]
    assert [one["revision"] for one in changes(plant)] == [1, 2]
