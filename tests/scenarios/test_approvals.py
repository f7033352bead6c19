"""Prices asked for and decided in the chat: what each side reads, taps and types."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.settings import Settings, read
from orders.approval_model import PriceRequest
from tests.scenarios.cast import RAMESH, SUNITA, VIKAS
from tests.scenarios.plant_files import posted
from tests.scenarios.stage import Stage

RAJESH = "+919000049064"
"""Approver 1 at Pithampur."""
SNEHA = "+919000049071"
"""Approver 1 at Butibori."""
ASKS = ["approve", "counter", "reject"]
CONFIRMS = ["confirm", "change", "cancel"]


def asked(stage: Stage, text: str = "rate 545 lagao", *, who: str = RAMESH) -> None:
    """20 cases of Kutku-G, and a price for them."""
    phone = stage.phone(who)
    phone.says("20 peti kutku g chota")
    phone.expects(buttons=CONFIRMS)
    phone.says(text)


def test_every_figure_an_approver_reads_is_the_one_worked_out_by_hand(stage: Stage) -> None:
    # A case is 144 packets at a cost of ₹3.00 each: 432.00. List 555.43, floor 533.21, three prices paid.
    asked(stage, "rate 545 lagao, competitor 530 de raha hai")
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    rajesh.expects(
        "A1",
        "Agrawal Trading Company, Indore (C101, DIST)",
        "Ramesh Agrawal, the customer",
        "₹10,900 as asked, ₹11,108.60 by the rules (lines: 1, ₹208.60 less)",  # 20 × 545, 20 × 555.43
        "20 CASE",
        "asked ₹545, list ₹555.43 (-1.9 %), floor ₹533.21",  # 10.43 / 555.43
        "₹555.43 (Tue 10 Nov), ₹555.43 (Mon 2 Nov), ₹555.43 (Tue 27 Oct)",
        "₹2,468.60 (22.2 %) → ₹2,260 (20.7 %)",  # 20 × 123.43 of 11,108.60; 20 × 113 of 10,900
        "Exceptions this month: none",
        "Owes ₹40,975.63 of ₹2,50,000, nothing overdue",
        "competitor 530 de raha hai",
        buttons=ASKS,
    )
    ramesh.expects("A1", "₹555.43", buttons=CONFIRMS, without=["floor", "margin", "533.21", "432"])
    rajesh.taps("approve")
    rajesh.expects("A1", "approved")
    ramesh.expects("₹545", "₹10,900", buttons=CONFIRMS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    # Wafers were never bought before; one exception of this month cost 20 × 10.43.
    ramesh.says("5 peti lachhi masala, 4 peti pankh wafer orange 75")
    ramesh.expects("₹1,036.80", "₹740.57", buttons=CONFIRMS)
    ramesh.says("2% do")
    rajesh.expects(
        "Exceptions this month: 1, they cost ₹208.60",
        "(-2 %)",
        "asked ₹1,016.06, list ₹1,036.80",  # 1,036.80 × 0.98
        "never bought before",
        "Together: margin ₹2,021.48 (24.8 %) → ₹1,858.54 (23.3 %)",  # costs of a case: 779.52 and 556.80
        "Reason: none given",
        buttons=ASKS,
    )
    ramesh.ignores()


def test_what_was_granted_posts_with_who_granted_it_and_only_after_the_yes(stage: Stage, plant: Path) -> None:
    asked(stage)
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    rajesh.expects(buttons=ASKS)
    ramesh.expects(buttons=CONFIRMS)
    rajesh.says("haan")
    rajesh.expects("approved")
    assert not stage.orders(), "a decision posts nothing"
    ramesh.expects("₹545", buttons=CONFIRMS)
    ramesh.says("haan")
    ramesh.expects("✅")
    (document,) = posted(plant).values()
    assert [line["price"] for line in document["lines"]] == ["545"]
    assert [(one["by"], one["price"]) for one in document["approvals"]] == [("Rajesh Nema", "545")]


def test_the_list_price_stays_there_and_the_approver_hears_that_it_was_taken(stage: Stage) -> None:
    asked(stage)
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    rajesh.expects(buttons=ASKS)
    bubble = rajesh.last
    ramesh.expects("A1", buttons=CONFIRMS)
    ramesh.taps("confirm")
    ramesh.expects("✅", "₹11,108.60")
    rajesh.expects("not asked for any more")
    rajesh.taps("approve", on=bubble)
    rajesh.expects("not asked for any more")


def test_a_counter_is_taken_or_met_with_another_price(stage: Stage) -> None:
    asked(stage)
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    rajesh.expects(buttons=ASKS)
    ramesh.expects(buttons=CONFIRMS)
    rajesh.taps("counter")
    rajesh.expects("price per CASE", "₹545", "₹555.43")
    rajesh.says("600")
    rajesh.expects("cannot be offered")
    rajesh.says("552 kar do")
    rajesh.expects("₹552")
    ramesh.expects("₹552 per CASE", "₹545", buttons=CONFIRMS, without=["floor", "margin"])
    ramesh.says("548 final karo")
    ramesh.expects("A2", "₹548")
    rajesh.expects("A2", "asked ₹548", buttons=ASKS)
    rajesh.says("550")
    rajesh.expects("₹550")
    ramesh.expects("₹550 per CASE", buttons=CONFIRMS)
    ramesh.says("haan")
    ramesh.expects("₹550", "₹11,000", buttons=CONFIRMS)
    assert not stage.orders(), "taking a counter posts nothing"
    ramesh.taps("confirm")
    ramesh.expects("✅", "₹11,000")


def test_a_refusal_reaches_its_asker_with_the_reason_that_was_tapped(stage: Stage) -> None:
    asked(stage)
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    rajesh.expects(buttons=ASKS)
    ramesh.expects(buttons=CONFIRMS)
    rajesh.taps("reject")
    rajesh.expects("Why not")
    rajesh.taps("reject:why.stock")
    rajesh.expects("rejected")
    ramesh.expects("₹545", "Stock kam hai", "₹555.43", buttons=CONFIRMS)


def test_of_several_a_typed_yes_names_its_number_and_the_list_begins_with_the_worst_margin(stage: Stage) -> None:
    asked(stage)
    rajesh, sunita = stage.phone(RAJESH), stage.phone(SUNITA)
    rajesh.expects(buttons=ASKS)
    stage.phone(RAMESH).ignores()
    sunita.says("30 peti marie 120")
    sunita.expects(buttons=CONFIRMS)
    sunita.says("rate 540 lagao")
    sunita.ignores()
    rajesh.expects("A2", buttons=ASKS)
    rajesh.says("ok")
    rajesh.expects("Several things wait", "1. A1 Agrawal", "2. A2 Jain Kirana Bhandar")
    rajesh.says("1 ok, 2 nahi credit")
    rajesh.expects("A2", "rejected", "A1", "approved")
    stage.phone(RAMESH).expects("₹545", buttons=CONFIRMS)
    sunita.expects("Credit / overdue", "₹540", buttons=CONFIRMS)
    rajesh.says("pending")
    rajesh.expects("Nothing waits for your decision")
    rajesh.says("ok")
    rajesh.expects("Nothing waits for your decision")


@pytest.fixture
def careful(settings: Settings) -> Settings:
    """A tap is needed above ₹5,000."""
    return read({"DIGEST_AT": "off", "TAP_ONLY_AMOUNT": "5000"})


def test_above_the_limit_only_a_tap_decides(stage: Stage, careful: Settings) -> None:
    stage.app = replace(stage.app, settings=careful)
    asked(stage)
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    rajesh.expects(buttons=ASKS)
    ramesh.expects(buttons=CONFIRMS)
    rajesh.says("ok")
    rajesh.expects("Above ₹5,000 please tap", buttons=ASKS)
    rajesh.says("550 kar do")
    rajesh.expects("above ₹5,000 please tap", "550", buttons=["approve", "reject"])
    rajesh.taps("approve")
    rajesh.expects("₹550")
    ramesh.expects("₹550 per CASE", buttons=CONFIRMS)


def test_somebody_else_decides_after_a_tap_and_no_longer_than_was_said(stage: Stage) -> None:
    rajesh, sneha, ramesh = stage.phone(RAJESH), stage.phone(SNEHA), stage.phone(RAMESH)
    rajesh.says("aaj se kal tak Sneha dekhegi")
    rajesh.expects("Sat 21 Nov", "Sun 22 Nov", "Sneha Gokhale", buttons=["approve", "reject"])
    asked(stage)
    rajesh.expects("A1", buttons=ASKS)
    rajesh.says("delegate to Sneha till Sunday")
    rajesh.expects("Sneha Gokhale", buttons=["approve", "reject"])
    rajesh.taps("approve")
    rajesh.expects("Done")
    sneha.expects("Rajesh Nema")
    stage.passes(seconds=20)
    sneha.expects("In the stead of Rajesh Nema", "A1", buttons=ASKS)
    ramesh.ignores()
    sneha.says("ok")
    sneha.expects("approved")
    rajesh.expects("approved", "Sneha Gokhale")
    ramesh.expects("₹545", buttons=CONFIRMS)
    rajesh.says("delegation band karo")
    rajesh.expects("you decide again")
    sneha.expects("decides again")


def test_a_rep_grants_what_his_limit_allows_and_asks_for_the_rest(stage: Stage) -> None:
    vikas, rajesh = stage.phone(VIKAS), stage.phone(RAJESH)
    vikas.says("Balaji Kirana Ratlam ke liye 10 peti marie 120")
    vikas.expects("₹555.43", buttons=CONFIRMS)
    vikas.says("0.5% do")
    vikas.expects("₹552.65", "manzoor", buttons=CONFIRMS)
    vikas.says("rate 545 lagao")
    rajesh.expects("Vikas Patidar for this customer", "asked ₹545", buttons=ASKS)
    vikas.expects("A1", buttons=CONFIRMS)
    vikas.says("competitor 540 de raha hai")
    vikas.expects()
    rajesh.expects("competitor 540 de raha hai", buttons=ASKS)
    vikas.says("cancel")
    vikas.expects()
    rajesh.expects("not asked for any more")


@pytest.mark.parametrize(
    ("said", "hears"),
    [
        ("aur 5 peti marie 120 regular bhej do", "5 CASE"),
        ("payment 50000 NEFT kar diya", "payment"),
        ("order pehle kab aayega", "/./"),
        ("pehle wala cancel kar do", "/./"),
    ],
)
def test_only_a_reason_is_taken_for_one(stage: Stage, said: str, hears: str) -> None:
    asked(stage)
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    rajesh.expects(buttons=ASKS)
    ramesh.expects(buttons=CONFIRMS)
    ramesh.says(said)
    ramesh.expects(hears, without=["Faisla karne walon"])
    ramesh.ignores()
    rajesh.ignores()
    with stage.session() as session:
        assert not [one for one in session.scalars(select(PriceRequest)) if one.reason]


def test_every_reason_that_follows_reaches_who_decides_and_none_after_the_decision(stage: Stage) -> None:
    asked(stage)
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    rajesh.expects("Reason: none given", buttons=ASKS)
    ramesh.expects(buttons=CONFIRMS)
    ramesh.says("competitor kutku 530 me de raha hai")
    ramesh.expects()
    rajesh.expects("competitor kutku 530 me de raha hai", buttons=ASKS)
    ramesh.says("pehle 540 me mila tha")
    ramesh.expects()
    rajesh.expects("competitor kutku 530 me de raha hai; pehle 540 me mila tha", buttons=ASKS)
    rajesh.taps("approve")
    rajesh.expects("approved")
    ramesh.expects("₹545", buttons=CONFIRMS)
