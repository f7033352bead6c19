"""What a message that is no order says besides its intent: machines, amounts, items, prices, reasons, times."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from nlp import build_catalogue, read
from nlp.values import (
    Change,
    ChangeOp,
    CustomerRecord,
    HistoryLine,
    Intent,
    Reading,
    Speaker,
    UomRecord,
    WorkCentreRecord,
)
from tests.unit.nlp.plant import BUYER, ITEMS, LADDERS, NOW, USUAL, reading

CENTRES = {
    "OVN-1": "Biscuit Oven 1",
    "OVN-2": "Biscuit Oven 2",
    "WRP-1": "Wrapping Machine 1",
    "WRP-2": "Wrapping Machine 2",
    "MIX1": "Dough Mixer",
    "RST-1": "Rusk Toasting Line",
    "CT-04": "Carton Sealer 4",
}
FLOOR = build_catalogue(
    7,
    ITEMS,
    [
        UomRecord(sku=row.sku, uom=uom, factor=Decimal(factor))
        for row in ITEMS
        for uom, factor in LADDERS.get(row.sku, USUAL).items()
    ],
    [
        CustomerRecord(code="C1", name="Gupta Trading Co", city="Ludhiana"),
        CustomerRecord(code="C2", name="Oven Fresh Bakers", city="Delhi"),
    ],
    work_centres=[WorkCentreRecord(code=code, name=name) for code, name in CENTRES.items()],
)


def said(role: str, text: str) -> Reading:
    return read(text, FLOOR, Speaker(customer="C1" if role == "buyer" else None, role=role), NOW)


def slots(role: str, text: str, *names: str) -> tuple[str | None, ...]:
    found = said(role, text).slots
    return tuple(found.get(name) for name in names)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sir ovn 2 band hai", "OVN-2"),
        ("OVN2 band ho gaya", "OVN-2"),
        ("CT 4 ka heater kharab band hai", "CT-04"),
        ("wrapping machine 2 ka belt toot gaya", "WRP-2"),
        ("रैपिंग मशीन 2 बंद हो गई", "WRP-2"),
        ("oven 1 ruk gaya motor jal gayi", "OVN-1"),
        ("rusk toasting line band hai chain toot gayi", "RST-1"),
        ("dough mixer tripped", "MIX1"),
        ("wrapping m/c no 2 jam, bearing seized", "WRP-2"),
        ("biscuit oven 2 liner toot gaya", "OVN-2"),
    ],
)
def test_a_work_centre_is_named_by_its_code_or_by_words_and_number_of_its_name(text: str, code: str) -> None:
    assert slots("maintenance", text, "work_centre") == (code,)


@pytest.mark.parametrize("text", ["oven 3 band hai", "wrapping machine band hai jam ho gaya", "OVN-26 band hai"])
def test_a_number_no_centre_has_or_a_name_that_several_have_names_none(text: str) -> None:
    assert slots("maintenance", text, "work_centre") == (None,)


def test_no_customer_is_named_where_a_machine_is_reported() -> None:
    assert slots("operator", "oven fresh sensor kharab, OVN-1 band hai", "work_centre", "customer") == ("OVN-1", None)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("dough mixer tripped, will be down till 6 am tomorrow", "2026-11-22T06:00:00+05:30"),
        ("oven 1 band hai, 3 ghante lagenge", "2026-11-21T13:00:00+05:30"),
        ("OVN-1 band hai 4 baje tak chalu hoga", "2026-11-21T16:00:00+05:30"),
        ("oven 2 stopped 20 min se", None),
    ],
)
def test_until_when_a_machine_stands_is_a_time_or_what_it_takes(text: str, until: str | None) -> None:
    assert slots("maintenance", text, "until") == (until,)


@pytest.mark.parametrize(
    ("role", "text", "reason"),
    [
        ("maintenance", "oven 2 chalu ho gaya naya burner lagaya", "naya burner lagaya"),
        ("quality", "Hold lot BX2611-04 Parag Glucose 140, moisture high", "moisture high"),
        ("quality", "BX-2611 released, retest ok", "retest ok"),
        ("buyer", "kal wala order cancel kar do, party ne mana kar diya", "party ne mana kar diya"),
        ("buyer", "order cancel kar do", None),
        ("planner", "Run WO-5520 before WO-5511, export truck is waiting", "export truck is waiting"),
        ("driver", "Gupta Trading Ludhiana 35 peti utar diya, sign ho gaya", None),
    ],
)
def test_the_reason_is_the_clause_beside_what_the_message_says_anyway(role: str, text: str, reason: str | None) -> None:
    assert slots(role, text, "reason") == (reason,)


@pytest.mark.parametrize("lot", ["BX2611-04", "BX-2611", "M2611-77"])
def test_a_lot_with_a_dash_is_no_order(lot: str) -> None:
    assert slots("quality", f"{lot} hold karo, taste kharab", "lot", "order") == (lot, None)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Hold lot BX2611-04 Parag Glucose 140, moisture high", ("PG-140", None, None)),
        ("lot BX2611-04 rok do, 60 case, taste kharab hai", (None, "60", "CASE")),
        ("hold M2611-77 marie, 3 of 40 packets open", ("MR-120", None, None)),
    ],
)
def test_a_hold_has_the_item_beside_its_lot_and_the_amount_held_but_no_sample(
    text: str, wanted: tuple[str | None, ...]
) -> None:
    assert slots("quality", text, "sku", "quantity", "uom") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("pichle hafte 30 peti marie 120 liya tha usme 4 peti toota nikla", ("4", "CASE")),
        ("lachhi noodles 12 peti mangaya tha 5 pkt phata nikla", ("5", "PCS")),
        ("marie 120 invoice shows 40 case but we received only 36 case, complaint", ("4", "CASE")),
        ("marie 120 ki 6 peti tooti nikli", ("6", "CASE")),
    ],
)
def test_a_complaint_is_about_the_bad_part_of_what_was_bought(text: str, wanted: tuple[str, str]) -> None:
    assert slots("buyer", text, "quantity", "uom") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("WO-5511 parag glucose 140 g 300 case ho gaya 4 case damage", ("PG-140", "300", "4")),
        ("WO-5511 me 240 case bana, 6 kharab", (None, "240", "6")),
        ("WO-5512 pe 80 peti taiyar, scrap 3", (None, "80", "3")),
    ],
)
def test_scrap_stands_beside_a_word_for_what_is_bad(text: str, wanted: tuple[str | None, ...]) -> None:
    assert slots("operator", text, "sku", "quantity", "scrap") == wanted


def test_a_material_is_named_by_its_code_though_no_item_has_it() -> None:
    wanted = ("RM-FLOUR", "450", "KG")
    assert slots("operator", "WO-5511 me RM-FLOUR 450 kg laga", "sku", "quantity", "uom") == wanted


def test_the_size_of_a_pack_is_no_amount_used() -> None:
    assert slots("operator", "WO-5511 me 3 drum oil 600 kg laga", "quantity", "uom") == ("600", "KG")


def test_figures_without_a_word_name_no_item() -> None:
    assert slots("operator", "5511 ka 300 case ho gaya", "sku", "quantity") == (None, "300")


def test_what_is_short_is_what_is_needed_before_what_is_left() -> None:
    assert slots("materials", "RM-SUGAR khatam, 900 kg chahiye", "quantity", "uom") == ("900", "KG")
    assert slots("materials", "RM-SUGAR sirf 200 kg bachi hai, 900 kg chahiye", "quantity") == ("900",)
    assert slots("materials", "chini sirf 2 ghante ki bachi hai, kal ruk jayega", "quantity") == (None,)


def test_what_was_delivered_is_the_amount_that_is_not_damaged() -> None:
    text = "Gupta Trading 35 peti utar diya, 2 peti phata hua"
    assert slots("driver", text, "customer", "quantity", "uom") == ("C1", "35", "CASE")


@pytest.mark.parametrize(
    "text",
    [
        "WO-5511 se pehle WO-5520 chalao",
        "Run WO-5520 before WO-5511",
        "WO-5511 baad me, WO-5520 pehle lo",
        "WO-5511 rok do, pehle 5520 chalao",
        "move WO-5520 up, push WO-5511 to tomorrow",
    ],
)
def test_the_production_order_to_come_first_is_the_one_not_put_off(text: str) -> None:
    assert slots("planner", text, "production_order") == ("WO-5520",)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1450 nahi, 1480 de sakte hai", ("1480", None)),
        ("can do 1480 per case, not 1450", ("1480", None)),
        ("1450 too low, offer 1480", ("1480", None)),
        ("1490 se neeche nahi", ("1490", None)),
        ("4% nahi, 2 tak kar do", (None, "2")),
    ],
)
def test_a_counter_offer_is_the_number_that_is_not_refused(text: str, wanted: tuple[str | None, ...]) -> None:
    found = said("approver:1", text)
    assert found.intent is Intent.COUNTER_OFFER
    assert (found.slots.get("price"), found.slots.get("discount_percent")) == wanted


def test_an_approval_says_what_it_grants() -> None:
    assert slots("approver:1", "approved, 3% de do Gupta ko", "discount_percent") == ("3",)


def test_a_payment_has_its_sum_and_not_the_number_of_a_bill() -> None:
    assert slots("buyer", "Rs 1,45,000 RTGS done today against bill 2231", "payment_amount") == ("145000",)
    assert slots("buyer", "payment 2 din me kar dunga", "payment_amount") == (None,)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("what is your best price of marie 120 for 50 case?", "50"),
        ("marie 120 ka kya rate hai? last time 760 tha", None),
    ],
)
def test_a_question_is_about_an_amount_only_with_its_unit(text: str, quantity: str | None) -> None:
    assert slots("buyer", text, "sku", "quantity") == ("MR-120", quantity)


def test_broken_goods_to_be_replaced_are_no_edit() -> None:
    assert not said("buyer", "rusk 300 3 case toota nikla, replace with fresh rusk").changes


def test_a_buyer_s_complaint_may_name_a_lot() -> None:
    text = "marie 120 3 case toota nikla batch KR2611B"
    assert slots("buyer", text, "lot", "quantity") == ("KR2611B", "3")


def test_a_price_asked_per_unit_is_no_amount() -> None:
    text = "marie 120 1450 per case maang raha hai Gupta, 50 case lega, de du?"
    assert slots("sales_rep", text, "sku", "price", "quantity") == ("MR-120", "1450", "50")


ADDED = Change(op=ChangeOp.ADD, sku="MR-120", quantity=Decimal(5), uom="CASE")
REMOVED = Change(op=ChangeOp.REMOVE, sku="RS-300")
SWAPPED = Change(op=ChangeOp.REPLACE, sku="RS-300", quantity=Decimal(6), uom="CASE", with_sku="MR-120")


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("kal ke order me marie 120 5 case aur jod do, rusk hata do", (ADDED, REMOVED)),
        ("In yesterdays order add marie 120 5 case and remove rusk 300", (ADDED, REMOVED)),
        ("kal ke order me rusk 300 hata do aur marie 120 5 case aur jod do", (REMOVED, ADDED)),
        ("kal ke order me rusk 300 ki jagah marie 120 kar do, 6 case", (SWAPPED,)),
        ("kal ke order me marie 120 5 case aur badha do", (ADDED,)),
        ("kal ke order me parag glucose 140 hata do", (Change(op=ChangeOp.REMOVE, sku="PG-140"),)),
        ("kal ke order me rusk 300 hata do, uski jagah marie 120 6 case", (SWAPPED,)),
        ("please replace rusk 300 with marie 120 6 case", (SWAPPED,)),
        ("order M26000123 remove rusk 300, add marie 120 5 case", (REMOVED, ADDED)),
        (
            "kal wale order me marie 120 ki qty 10 se 12 kar do",
            (Change(op=ChangeOp.SET, sku="MR-120", quantity=Decimal(12), uom="CASE"),),
        ),
        (
            "kal ke order me marie 120 20 nahi 15 case karo",
            (Change(op=ChangeOp.SET, sku="MR-120", quantity=Decimal(15), uom="CASE"),),
        ),
    ],
)
def test_edits_of_an_order_that_stands_are_read_clause_by_clause(text: str, changes: tuple[Change, ...]) -> None:
    found = said("buyer", text)
    assert (found.intent, found.changes) == (Intent.CHANGE_ORDER, changes)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4111 pe 640 nag ban gaye, 11 kharab", "WO-4111"),
        ("wo 4111 640 nag ban gaye", "WO-4111"),
        ("4999 nag ban gaye", None),
        ("aaj 4111 nag ban gaye", None),
    ],
)
def test_a_known_production_order_is_named_by_its_figures_alone(text: str, number: str | None) -> None:
    operator = Speaker(role="operator", production_orders=("WO-4111", "WO-4112"))
    assert read(text, FLOOR, operator, NOW).slots.get("production_order") == number


@pytest.mark.parametrize("text", ["BW5313 me 380 box nikle", "bw 5313 me 380 box nikle", "BW-5313 me 380 box nikle"])
def test_a_production_order_has_the_letters_of_the_plant_s_own(text: str) -> None:
    operator = Speaker(role="operator", production_orders=("BW5312", "BW5313"))
    assert read(text, FLOOR, operator, NOW).slots.get("production_order") == "BW5313"


def test_an_order_is_known_by_the_letters_and_figures_of_those_before_it() -> None:
    past = HistoryLine(
        order="SP2601", customer="C014", date=date(2026, 8, 1), sku="MR-120", quantity=Decimal(1), uom="CASE"
    )
    buyer = replace(BUYER, history=(*BUYER.history, past))
    assert reading("ayya naa order SP2834 vachinda?", buyer).slots.get("order") == "SP2834"
    assert reading("ayya naa order SP28 vachinda?", buyer).slots.get("order") is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("blister foil sirf 40 kg bacha hai, kal dopahar tak khatam", ("40", "KG")),
        ("film khatam, 500 kg chahiye, sirf 40 kg bacha hai", ("500", "KG")),
    ],
)
def test_what_is_left_is_told_where_nothing_else_is_asked_for(text: str, amount: tuple[str, str]) -> None:
    assert slots("materials", text, "quantity", "uom") == amount


def test_what_is_taken_out_under_the_customer_s_own_number_edits_that_order() -> None:
    found = said("buyer", "With reference to PO GT/131, kindly delete marie 120")
    assert (found.intent, [change.op for change in found.changes]) == (Intent.CHANGE_ORDER, [ChangeOp.REMOVE])
    assert said("buyer", "PO GT/131: marie 120 10 case").intent is Intent.ORDER
