"""Approvals where they meet other things: free goods, several at once, many lines, the window, their own orders."""

from dataclasses import replace
from pathlib import Path

from bot.channels.port import OutgoingMessage
from store.clock import ManualClock
from tests.scenarios.cast import RAMESH, SUNITA
from tests.scenarios.modes import puts
from tests.scenarios.plant_files import posted, rewrite
from tests.scenarios.stage import CHANNEL, Stage
from tests.scenarios.test_approvals import ASKS, CONFIRMS, RAJESH, asked
from tests.scenarios.test_approvals_over_time import ARVIND, CHANDRAKANT
from tests.scenarios.test_waiting import Windowed

LOOKS = ["approve", "counter", "more", "reject"]


def test_free_goods_that_no_scheme_gives_are_asked_for_and_post_as_the_price_they_come_to(
    stage: Stage, plant: Path
) -> None:
    asked(stage, "10+1 dena")
    ramesh, chandrakant = stage.phone(RAMESH), stage.phone(CHANDRAKANT)
    # 20 × 555.43 over 22 cases: 504.94.
    chandrakant.expects("free: 2 CASE, so that one comes to ₹504.94", "(-9.1 %)", buttons=ASKS)
    ramesh.expects("2 free maanga", "₹11,108.60", buttons=CONFIRMS)
    chandrakant.taps("approve")
    chandrakant.expects("approved")
    ramesh.expects("₹504.94", "₹10,098.80", buttons=CONFIRMS)
    assert not posted(plant)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (document,) = posted(plant).values()
    assert [(line["qty"], line["price"], line["free"]) for line in document["lines"]] == [("20", "504.94", False)]
    assert [(one["by"], one["price"]) for one in document["approvals"]] == [("Chandrakant Rewal", "504.94")]


def test_requests_that_come_together_are_one_message(stage: Stage) -> None:
    ramesh, sunita, rajesh = stage.phone(RAMESH), stage.phone(SUNITA), stage.phone(RAJESH)
    ramesh.says("20 peti kutku g chota")
    sunita.says("30 peti marie 120")
    ramesh.expects(buttons=CONFIRMS)
    sunita.expects(buttons=CONFIRMS)
    ramesh.sends("rate 545 lagao")
    sunita.sends("rate 540 lagao")
    rajesh.expects("1. A1 Agrawal", "2. A2 Jain", buttons=["more", "more"])
    ramesh.expects(buttons=CONFIRMS)
    sunita.expects(buttons=CONFIRMS)
    rajesh.says("1 2 ok")
    rajesh.expects("A1", "A2", "approved")
    ramesh.expects("₹545", buttons=CONFIRMS)
    sunita.expects("₹540", buttons=CONFIRMS)


def test_of_many_lines_those_behind_more_keep_their_numbers(stage: Stage) -> None:
    ramesh, chandrakant = stage.phone(RAMESH), stage.phone(CHANDRAKANT)
    ramesh.says("20 peti kutku g chota\n20 peti marie 120\n20 peti lachhi masala\n20 peti pankh wafer orange 75")
    ramesh.expects(buttons=CONFIRMS)
    ramesh.says("2% do")
    ramesh.expects("A1", buttons=CONFIRMS)
    chandrakant.expects("1. Pankh", "3 of 4 lines shown", without=["4. Lachhi"], buttons=LOOKS)
    chandrakant.taps("more")
    chandrakant.expects("4. Lachhi", without=["1. Pankh"], buttons=LOOKS)
    chandrakant.says("1 nahi, 4 ok")
    chandrakant.expects("2, 3")
    chandrakant.says("1 nahi, baaki ok")
    chandrakant.expects("A1")
    ramesh.expects("₹544.32", "₹1,016.06", "₹740.57", buttons=CONFIRMS)


def test_an_approver_reached_by_a_form_sees_all_of_it_before_his_word_counts(stage: Stage, clock: ManualClock) -> None:
    class Forms(Windowed):
        """With every form approved."""

        def send(self, message: OutgoingMessage) -> str:
            return super(Windowed, self).send(message)

    stage.app = replace(stage.app, channels={CHANNEL: Forms(clock, stage)})
    asked(stage)
    rajesh, ramesh = stage.phone(RAJESH), stage.phone(RAMESH)
    rajesh.expects("A1")
    ramesh.expects(buttons=CONFIRMS)
    rajesh.says("ok")
    rajesh.expects("look at it first", "A1", "₹533.21", buttons=ASKS)
    ramesh.expects_nothing()
    rajesh.says("ok")
    rajesh.expects("approved")
    ramesh.expects("₹545", buttons=CONFIRMS)


def test_a_decision_for_a_customer_in_assist_goes_to_the_desk(stage: Stage, plant: Path) -> None:
    puts(stage, "assist", "C101")
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    ramesh.says("20 peti kutku g chota rate 545")
    ramesh.expects("N101")
    rajesh.expects(buttons=ASKS)
    rajesh.says("550")
    rajesh.expects("₹550")
    ramesh.expects("₹550 per CASE", buttons=CONFIRMS)
    ramesh.taps("confirm")
    ramesh.expects("N101")
    (draft,) = stage.drafts()
    assert draft.state == "open"
    assert not posted(plant), "a clerk says yes"
    assert len(stage.matters("draft_to_confirm")) == 1


def test_the_level_before_has_lost_its_word(stage: Stage) -> None:
    asked(stage)
    ramesh, rajesh, arvind = stage.phone(RAMESH), stage.phone(RAJESH), stage.phone(ARVIND)
    rajesh.expects(buttons=ASKS)
    ramesh.expects(buttons=CONFIRMS)
    stage.passes(minutes=31)
    arvind.expects(buttons=ASKS)
    rajesh.says("ok")
    rajesh.expects("gone on to somebody else")
    rajesh.says("A1 ok")
    rajesh.expects("gone on to somebody else")
    arvind.says("a1 552 kar do")
    arvind.expects("₹552")
    rajesh.expects("Arvind Mehrotra")
    ramesh.ignores()
    assert ramesh.last is not None
    assert "₹552 per CASE" in ramesh.last.text


def test_who_decides_and_orders_too_is_not_kept_at_the_question(stage: Stage, plant: Path) -> None:
    rewrite(plant, "people.csv", {"phone": RAJESH}, roles="approver:1;sales_rep", customers="territory:MALWA")
    stage.pull()
    asked(stage)
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    rajesh.expects(buttons=ASKS)
    request = rajesh.last
    ramesh.expects(buttons=CONFIRMS)
    for act in ("counter", "reject"):
        rajesh.taps(act, on=request)
        rajesh.expects()
        if act == "reject":
            rajesh.taps("reject:why.other")
            rajesh.expects()
        rajesh.says("Balaji Kirana Ratlam ke liye 10 peti marie 120")
        rajesh.expects("Balaji", buttons=CONFIRMS)
        rajesh.says("cancel")
        rajesh.expects()
    ramesh.expects_nothing()


def test_a_price_that_was_refused_is_asked_for_again_in_the_same_words(stage: Stage) -> None:
    asked(stage)
    ramesh, rajesh = stage.phone(RAMESH), stage.phone(RAJESH)
    rajesh.expects("A1", buttons=ASKS)
    ramesh.expects(buttons=CONFIRMS)
    ramesh.says("rate 545 lagao")
    ramesh.expects("A1", buttons=CONFIRMS)
    rajesh.says("nahi")
    rajesh.expects("rejected")
    ramesh.expects("₹555.43", buttons=CONFIRMS)
    ramesh.says("rate 545 lagao")
    ramesh.expects("A2", "₹545", buttons=CONFIRMS)
    rajesh.expects("A2", buttons=ASKS)
