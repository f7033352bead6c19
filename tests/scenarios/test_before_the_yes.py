"""Paragraph 5: drafts are extended, edited, answered; a yes acts only on what was shown."""

from pathlib import Path

from sqlalchemy import select

from bot.model import Conversation
from erp import mirror
from orders import aliases
from orders.model import Alias
from tests.scenarios.cast import FARIDA, MAHENDRA, OMPRAKASH, RAMESH, VIJAY
from tests.scenarios.plant_files import posted
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]


def test_an_order_over_four_messages_within_a_minute_is_one_draft_and_only_the_last_answers(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    for text in ("20 peti kutku g chota", "5 ctn lachhi", "3 peti marie 120", "kal bhej dena"):
        ramesh.sends(text)
    ramesh.expects("1. Kutku-G", "2. Lachhi", "3. Sanjh Marie", "22 Nov", buttons=BUTTONS)
    ramesh.expects_nothing()


def test_a_message_while_a_draft_is_open_extends_it(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("1. Kutku-G", buttons=BUTTONS)
    ramesh.says("aur 5 ctn lachhi")
    ramesh.expects("1. Kutku-G", "2. Lachhi", buttons=BUTTONS)


def test_five_cartons_of_noodles_never_become_five_pieces(stage: Stage, plant: Path) -> None:
    order = stage.phone(RAMESH).orders("5 ctn lachhi masala")
    assert [(line.sku, line.quantity, line.uom) for line in order.lines] == [("LN-MA-070", 5, "CASE")]


def test_a_typed_haan_confirms_the_only_summary_shown_just_now(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    stage.passes(seconds=30)
    ramesh.says("haan")
    ramesh.expects("✅")
    assert len(posted(plant)) == 1


def test_a_typed_yes_after_half_an_hour_sees_the_order_again_first(stage: Stage, plant: Path) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    stage.passes(minutes=45)
    farida.ignores()
    stage.passes(minutes=45)
    farida.says("ok")
    farida.expects("8 CASE", buttons=BUTTONS)
    assert not posted(plant)


def test_haan_with_two_drafts_open_lists_them_and_confirms_none(stage: Stage, plant: Path) -> None:
    mahendra = stage.phone(MAHENDRA)
    mahendra.says("Kothari Agencies ke liye 8 peti lachhi masala")
    mahendra.expects("Kothari Agencies", buttons=BUTTONS)
    mahendra.says("Shree Kothari Provision ke liye 15 peti kutku g chota")
    mahendra.expects("Shree Kothari Provision", buttons=BUTTONS)
    mahendra.says("haan")
    asked = mahendra.expects("kai order khule")
    assert all(said in asked.choices for said in ("Kothari Agencies", "Shree Kothari Provision", "₹"))
    assert not posted(plant)
    mahendra.taps("Kothari Agencies")
    mahendra.expects("Kothari Agencies", "Lachhi", buttons=BUTTONS)


def test_a_tap_on_an_older_summary_shows_the_present_one_and_posts_nothing(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    old = ramesh.expects(buttons=BUTTONS)
    ramesh.says("aur 5 ctn lachhi")
    ramesh.expects("2. Lachhi")
    ramesh.taps("confirm", on=old)
    present = ramesh.expects("2. Lachhi", buttons=BUTTONS)
    assert not posted(plant)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    ramesh.taps("confirm", on=present)
    ramesh.expects("M26")
    assert len(posted(plant)) == 1


def test_a_price_that_changed_between_summary_and_tap_is_shown_and_not_posted(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("₹555.43", buttons=BUTTONS)
    prices = plant / "prices.csv"
    prices.write_text(prices.read_text(encoding="utf-8").replace("555.43", "560.00"), encoding="utf-8")
    stage.pull()
    ramesh.taps("confirm")
    ramesh.expects("₹560", "₹555.43", buttons=BUTTONS)
    assert not posted(plant)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert order["lines"][0]["price"] == "560"


def test_the_rest_goes_without_the_line_that_is_asked(stage: Stage, plant: Path) -> None:
    vijay = stage.phone(VIJAY)
    vijay.says("12 peti kutku g chota aur 8 peti milap cream 80")
    asked = vijay.expects("Milap Cream Orange 80 g", "Milap Cream Elaichi 80 g")
    assert asked.acts[-2:] == ["confirm", "cancel"]
    vijay.taps("confirm:rest")
    vijay.expects("✅", "milap cream 80")
    (order,) = posted(plant).values()
    assert [line["sku"] for line in order["lines"]] == ["KG-050"]


def test_a_question_is_answered_by_number_and_letter(stage: Stage) -> None:
    vijay = stage.phone(VIJAY)
    vijay.says("12 peti kutku g chota aur 8 peti milap cream 80")
    asked = vijay.expects("a) Milap", "b) Milap")
    second = next(line for line in asked.text.splitlines() if line.strip().startswith("b)"))
    vijay.says("2b")
    vijay.expects("2. " + second.strip()[3:].split(" – ")[0], buttons=BUTTONS)


def test_the_same_words_are_not_asked_twice_and_match_after_the_second_equal_pick(stage: Stage) -> None:
    vijay = stage.phone(VIJAY)
    for round_ in range(3):
        vijay.says(f"{8 + round_} peti milap cream 80")
        bubble = vijay.expects("Milap Cream")
        if round_ == 0:
            vijay.taps("Milap Cream Orange 80 g")
            bubble = vijay.expects(buttons=BUTTONS)
        assert bubble.acts == BUTTONS, f"asked again in round {round_}:\n{bubble.text}"
        assert "Orange" in bubble.text
        vijay.taps("confirm")
        vijay.expects("✅")
        stage.passes(hours=25)
        vijay.ignores()


def test_an_admins_yes_makes_a_proposed_name_match(stage: Stage) -> None:
    vijay = stage.phone(VIJAY)
    vijay.says("8 peti milap cream 80")
    vijay.expects("a) Milap")
    vijay.taps("Milap Cream Orange 80 g")
    vijay.expects(buttons=BUTTONS)
    vijay.taps("confirm")
    vijay.expects("✅")
    with stage.session() as session:
        proposed = [alias.id for alias in session.scalars(select(Alias).where(Alias.state == "proposed"))]
        assert aliases.approve(session, proposed, by="keeper") == proposed
        assert len(proposed) == 1
    stage.passes(hours=25)
    vijay.says("9 peti milap cream 80")
    vijay.expects("Milap Cream Orange 80 g", buttons=BUTTONS, without=["pichli baar"])


def test_a_long_order_of_forty_lines_comes_as_a_full_list_and_then_the_buttons(stage: Stage, plant: Path) -> None:
    with stage.app.database.transaction() as session:
        items = [item for item in mirror.all_items(session) if item.active and item.mrp]
        priced = {
            sku for sku, rows in mirror.prices_for(session, "PL-SS", [item.sku for item in items]).items() if rows
        }
    chosen = [item for item in items if item.sku in priced and item.order_uom == "CASE"][:40]
    omprakash = stage.phone(OMPRAKASH)
    omprakash.says("\n".join(f"{item.name} - 10 case" for item in chosen))
    bubbles = []
    while not bubbles or not bubbles[-1].acts:
        stage.passes(seconds=6)
        bubbles.append(omprakash.expects())
    whole = "\n".join(bubble.text for bubble in bubbles[:-1])
    assert all(f"{number}. " in whole for number in range(1, len(chosen) + 1))
    assert bubbles[-1].row.draft_version is not None


def test_a_complaint_beside_an_order_is_put_before_a_person(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota bhej do\nkal ka maal kharab nikla, shikayat hai")
    ramesh.ignores()
    assert stage.drafts() or stage.matters()
    assert stage.matters()


def test_after_two_misunderstandings_munshi_says_who_will_call_and_stops(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("zzqx vvrt plim")
    ramesh.ignores()
    ramesh.says("qqq wwx ttrz bnm")
    ramesh.expects("/N\\d+/")
    ramesh.says("grmpf lolo xy")
    ramesh.expects_nothing()
    assert stage.matters("not_understood")


def test_an_order_starts_the_talk_again_though_what_came_right_behind_it_would_not_have(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    for gibberish in ("zzqx vvrt plim", "qqq wwx ttrz bnm"):
        ramesh.says(gibberish)
        ramesh.ignores()
    ramesh.sends("8 case marie 120")
    ramesh.says("zzqx vvrt plim")
    ramesh.expects("/marie.*8 (case|peti)/", buttons=BUTTONS)


def test_while_we_have_stopped_nothing_is_left_to_the_next_message_either(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    for gibberish in ("zzqx vvrt plim", "qqq wwx ttrz bnm"):
        ramesh.says(gibberish)
        ramesh.ignores()
    ramesh.sends("grmpf lolo xy")
    ramesh.says("tttr wqwq mnb")
    ramesh.expects_nothing()
    with stage.session() as session:
        assert session.scalars(select(Conversation.unsaid).where(Conversation.unsaid != [])).all() == []
