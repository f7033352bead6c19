"""What other order bots got wrong in the field, and the platform's laws of talk: each played once, and not repeated."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.model import InboundState, Outbound
from tests.scenarios.cast import ANKIT, FARIDA, OMPRAKASH, RAMESH, VIJAY
from tests.scenarios.plant_files import goods, posted
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]


def test_an_amount_after_the_goods_is_read_like_one_before_them(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    farida.says("marie 120 8 case")
    farida.expects("/1. Sanjh Marie.* 8 CASE/", buttons=BUTTONS)


def test_without_a_unit_the_first_word_of_the_goods_is_not_taken_for_one(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("10 kutku g chota")
    ramesh.ignores()
    ((line,),) = [draft.lines for draft in stage.drafts()]
    assert (line.sku, line.quantity) == ("KG-050", 10)
    assert line.uom in (None, "CASE")


def test_the_last_line_of_a_message_far_over_a_thousand_characters_is_not_cut_off(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("bhaiya namaste, bahut din baad likh raha hoon. " * 40 + "\n20 peti kutku g chota\n5 ctn lachhi masala")
    ramesh.ignores()
    (draft,) = stage.drafts()
    assert {"KG-050", "LN-MA-070"} <= {line.sku for line in draft.lines}


def test_an_open_draft_is_still_there_the_next_morning_and_is_not_begun_anew(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    stage.until(9, days=1)
    ramesh.ignores()
    ramesh.says("aur 5 ctn lachhi masala")
    ramesh.expects("1. Kutku-G", "2. Lachhi", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert goods(order) == [("KG-050", "20", "CASE"), ("LN-MA-070", "5", "CASE")]


def test_the_title_of_a_button_may_be_typed_instead_of_tapped(stage: Stage, plant: Path) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    stage.passes(seconds=10)
    farida.says("confirm")
    farida.expects("✅")
    assert len(posted(plant)) == 1


def test_a_question_is_answered_by_another_order_and_stays_open_beside_it(stage: Stage) -> None:
    vijay = stage.phone(VIJAY)
    vijay.says("8 peti milap cream 80")
    vijay.expects("a) Milap", "b) Milap")
    vijay.says("12 peti kutku g chota")
    both = vijay.expects("1. ❓", "a) Milap", "/2. Kutku-G.* 12 CASE/")
    assert both.acts[-2:] == ["confirm", "cancel"]


def test_after_confirming_no_reminder_is_sent(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.orders("20 peti kutku g chota")
    stage.passes(minutes=21)
    stage.passes(hours=3)
    ramesh.expects_nothing()
    assert not stage.matters("unconfirmed_draft")


def test_a_change_after_the_posting_changes_the_order_with_a_yes_and_not_before(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders("20 peti kutku g chota")
    ramesh.says("1 number wali 30 kar do")
    ramesh.expects(order.number, "20 → 30 CASE", buttons=["confirm", "change", "cancel"])
    assert not (plant / "out/order_changes").exists()
    ramesh.taps("confirm")
    ramesh.expects("✅", order.number)
    assert [path.stem for path in (plant / "out/order_changes").iterdir()] == ["M26000002"]
    assert goods(posted(plant)[order.number]) == [("KG-050", "20", "CASE")]


def test_the_posted_message_says_that_a_change_is_a_new_message(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("✅", "For any change, send a new message")


def test_who_writes_stop_is_told_so_and_reminded_of_nothing_but_his_draft_stands_before_a_person(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.says("STOP")
    farida.expects()
    stage.passes(minutes=25)
    farida.expects_nothing()
    assert stage.matters("unconfirmed_draft")


def test_cancel_cancels_the_open_draft_and_opts_nobody_out(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    stage.passes(seconds=10)
    farida.says("cancel")
    farida.expects(buttons=[])
    assert [draft.state for draft in stage.drafts()] == ["declined"]
    farida.says("8 case marie 120")
    farida.expects("8 CASE", buttons=BUTTONS)
    stage.passes(minutes=21)
    farida.expects("8 CASE", buttons=BUTTONS)


def test_two_bots_do_not_feed_each_other(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    replies = 0
    for _ in range(20):
        farida.says("Hello! Thank you for your message.")
        replies += len(farida.unread)
        farida.ignores()
        stage.passes(seconds=6)
    assert replies <= 3
    assert len(stage.matters("not_understood")) == 1


def test_what_is_no_business_of_an_order_clerk_is_not_answered_as_by_an_assistant(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    farida.says("who won the cricket match yesterday")
    farida.expects(buttons=[], without=["cricket", "won"])
    assert not stage.drafts()


def test_a_forwarded_order_unlike_this_firm_is_asked_for_whose_it_is(stage: Stage, plant: Path) -> None:
    farida = stage.phone(FARIDA)
    farida.says("10 case subah rusk suji 200", forwarded=True)
    farida.expects("forwarded", "your own order")
    assert not posted(plant)


def test_a_tap_known_from_the_providers_list_alone_shows_the_order_again_and_posts_nothing(
    stage: Stage, plant: Path
) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    stage.passes(minutes=4)
    farida.says("Confirm", found_in_list=True)
    farida.expects("8 CASE", buttons=BUTTONS)
    assert not posted(plant)
    farida.taps("confirm")
    farida.expects("✅")


def test_taps_that_only_the_list_brings_are_no_circle_however_many(stage: Stage, plant: Path) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    for _ in range(5):
        stage.passes(minutes=1)
        farida.says("Confirm", found_in_list=True)
        farida.expects("8 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("✅")
    assert len(posted(plant)) == 1


def test_a_tap_the_list_dates_a_moment_before_its_question_is_still_an_answer_to_it(stage: Stage, plant: Path) -> None:
    farida = stage.phone(FARIDA)
    for _ in range(2):
        farida.says("8 case marie 120")
        farida.expects(buttons=BUTTONS)
        farida.taps("confirm")
        farida.expects()
        stage.passes(minutes=11)
        farida.ignores()
    farida.says("Same order", found_in_list=True, sent_at=asked_at(stage) - timedelta(milliseconds=700))
    farida.expects("8 CASE", buttons=BUTTONS)
    assert [len(draft.lines) for draft in stage.drafts()] == [1, 1]
    assert len(posted(plant)) == 1


def asked_at(stage: Stage) -> datetime:
    """When the question of sameness went out."""
    with stage.app.database.transaction() as session:
        at = session.scalars(select(Outbound.sent_at).where(Outbound.kind == "same_order")).one()
    assert at is not None
    return at


def test_a_yes_the_list_brings_is_not_answered_with_the_order_before(stage: Stage, plant: Path) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    (first,) = posted(plant)
    farida.expects(first)
    stage.passes(minutes=1)
    before = stage.clock.now()
    farida.says("10 case subah rusk suji 200")
    farida.expects(buttons=BUTTONS)
    farida.says("Confirm", found_in_list=True, sent_at=before)
    farida.expects("10 CASE", buttons=BUTTONS, without=[first])


def test_a_summary_is_quoted_and_changed_by_what_it_lacks(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    shown = ramesh.expects("20 CASE", buttons=BUTTONS)
    ramesh.says("wahi, 2 kam karo", quoting=shown)
    ramesh.expects("18 CASE", buttons=BUTTONS)


def test_a_place_a_card_and_a_voice_note_are_each_put_before_a_person_and_their_sender_is_told(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    media = ({"url": "data:audio/ogg;base64,AAAA", "type": "audio/ogg"},)
    for more in ({"kind": "location"}, {"kind": "contacts"}, {"kind": "audio", "media": media}):
        sid = farida.says("", **more)
        matter = stage.matters("media")[-1]
        assert matter.inbound_id == stage.inbound(sid).id
        farida.expects(matter.number)


def test_a_picture_with_an_order_under_it_is_both_looked_at_and_read(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    media = ({"url": "data:image/jpeg;base64,AAAA", "type": "image/jpeg"},)
    farida.says("8 case marie 120", kind="image", media=media)
    farida.expects("/N\\d+/", "8 CASE", buttons=BUTTONS)
    assert stage.matters("media")


def test_amounts_of_credit_are_told_only_to_those_who_see_money(stage: Stage) -> None:
    told = {}
    for number in (RAMESH, ANKIT):
        buyer = stage.phone(number)
        buyer.says("6000 peti kutku g chota")
        if "confirm" not in buyer.expects("6000 CASE").acts or "1a" in buyer.last.titles:  # type: ignore[union-attr]
            buyer.says("1a")
            buyer.expects(buttons=BUTTONS)
        buyer.taps("confirm")
        bubble = buyer.expects()
        if "confirm" in bubble.acts:
            buyer.taps("confirm:new")
            bubble = buyer.expects()
        told[number] = bubble.text
        for phone in stage.phones.values():
            phone.ignores()
    assert "limit" in told[RAMESH].casefold()
    assert "₹" in told[RAMESH]
    assert "₹" not in told[ANKIT]
    assert "limit" not in told[ANKIT].casefold()


def test_a_price_is_told_to_its_customer_as_that_customers_list_has_it(stage: Stage) -> None:
    ramesh, omprakash = stage.phone(RAMESH), stage.phone(OMPRAKASH)
    ramesh.says("kutku g chota ka rate kya hai")
    own = ramesh.expects("₹555.43").text
    omprakash.says("kutku g chota ka rate kya hai")
    assert omprakash.expects("₹").text != own


def test_a_quantity_nobody_can_mean_is_asked_again_however_it_is_said(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    for text in (f"1: {'9' * 40}", f"1: {10**7}", "1: 0.0000001"):
        ramesh.says(text)
        ramesh.expects("/1. ❓ .*CASE/")
        ramesh.says("1: 20")
        ramesh.expects("/1. Kutku-G.* 20 CASE/", buttons=BUTTONS)
    for text in (
        f"aur {10**30} peti lachhi masala",
        "9" * 400,
        f"5 peti marie 120 @ {10**30}",
        f"{10**9} peti marie 120",
    ):
        sid = ramesh.says(text)
        ramesh.ignores()
        assert stage.inbound(sid).state == InboundState.DONE
    assert not stage.matters("failed_message")
