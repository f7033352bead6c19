"""Stock in the chat: short lines by each rule, lists that wait for more, and questions whether there is any."""

from pathlib import Path
from typing import Any

from bot import assisting
from orders.model import OrderDraft
from tests.scenarios.cast import FARIDA, RAMESH, RAMSWAROOP, SUNITA
from tests.scenarios.modes import puts
from tests.scenarios.plant_files import goods, posted, rewrite
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]
ITEM, NAME = "KG-050", "kutku g chota"
PACK = 144


def leave(stage: Stage, plant: Path, cases: int, *, sku: str = ITEM, rule: str = "") -> None:
    """So many cases are left at Pithampur; the firm of Ramesh has this rule."""
    pack = {"KG-050": 144, "LN-MA-070": 96}[sku]
    rewrite(plant, "stock.csv", {"sku": sku, "warehouse": "PTH-FG"}, qty=str(cases * pack))
    if rule:
        rewrite(plant, "customers.csv", {"code": "C101"}, short_rule=rule)
    stage.pull()


def the_order(plant: Path) -> dict[str, Any]:
    (order,) = posted(plant).values()
    return order


def test_by_backorder_a_short_line_goes_whole_and_is_said_to(stage: Stage, plant: Path) -> None:
    leave(stage, plant, 12)
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("– 20 CASE", "20 CASE mein se abhi 12, baaki banne par", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    order = the_order(plant)
    assert goods(order) == [(ITEM, "20", "CASE")]
    assert order["remarks"] == "line 1: 12 of 20 CASE in stock, rest when made"


def test_by_cut_a_short_line_is_cut_and_what_was_cut_is_named(stage: Stage, plant: Path) -> None:
    leave(stage, plant, 12, rule="cut")
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("– 12 CASE", "20 CASE maanga, stock mein 12: 8 CASE is order mein nahi", buttons=BUTTONS)
    ramesh.says("1 number 25 kar do")
    ramesh.expects("– 12 CASE", "25 CASE maanga", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    order = the_order(plant)
    assert goods(order) == [(ITEM, "12", "CASE")]
    assert order["remarks"] == "line 1: 25 CASE asked, cut to 12 in stock"


def test_a_line_that_is_cut_to_nothing_stays_behind_and_the_office_knows(stage: Stage, plant: Path) -> None:
    leave(stage, plant, 0, rule="cut")
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota aur 5 ctn lachhi")
    ramesh.expects("stock mein nahi, isliye is order mein nahi", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("Nahi bheja", "✅")
    order = the_order(plant)
    assert goods(order) == [("LN-MA-070", "5", "CASE")]
    assert order["remarks"] == "not in stock, not ordered: 20 CASE KG-050"
    assert stage.matters("left_over")


def test_by_ask_one_tap_decides_a_short_line(stage: Stage, plant: Path) -> None:
    leave(stage, plant, 12, rule="ask")
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota aur 5 ctn lachhi")
    asked = ramesh.expects("20 CASE mein se abhi 12, baaki banne par", buttons=["pick", "pick", "pick"])
    assert asked.titles == ["Poora baad mein", "12 abhi bhejo", "Hata do"]
    ramesh.says("haan")
    ramesh.expects("Pehle nishan wali lines", buttons=["pick", "pick", "pick"])
    ramesh.taps("12 abhi bhejo")
    ramesh.expects("– 12 CASE", "8 CASE is order mein nahi", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    order = the_order(plant)
    assert goods(order) == [(ITEM, "12", "CASE"), ("LN-MA-070", "5", "CASE")]
    assert order["remarks"] == "line 1: 20 CASE asked, 12 in stock ordered, rest not wanted"


def test_by_ask_several_short_lines_are_one_question_answered_by_one_tap_or_each_by_itself(
    stage: Stage, plant: Path
) -> None:
    leave(stage, plant, 12, rule="ask")
    leave(stage, plant, 0, sku="LN-MA-070")
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota aur 5 ctn lachhi")
    asked = ramesh.expects("a) poora 20 CASE baad mein", "abhi stock mein nahi", buttons=["pick", "pick", "pick"])
    assert asked.titles == ["Poora baad mein", "Jo hai abhi bhejo", "Yeh sab hata do"]
    ramesh.says("1a 2b")
    ramesh.expects("Hata diya: Lachhi", "poora 20 CASE ek saath, banne par", without=["2. "], buttons=BUTTONS)
    ramesh.taps("Jo hai abhi bhejo", on=asked)
    ramesh.expects("purani list", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    order = the_order(plant)
    assert goods(order) == [(ITEM, "20", "CASE")]
    assert order["remarks"] == (
        "line 1: all 20 CASE together when made, 12 in stock; not in stock and dropped: 5 CASE LN-MA-070"
    )


def test_a_tap_for_all_sends_what_is_there_and_names_what_is_not(stage: Stage, plant: Path) -> None:
    leave(stage, plant, 12, rule="ask")
    leave(stage, plant, 0, sku="LN-MA-070")
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota aur 5 ctn lachhi")
    ramesh.expects(buttons=["pick", "pick", "pick"])
    ramesh.taps("Jo hai abhi bhejo")
    ramesh.expects("Hata diya: Lachhi", "– 12 CASE", buttons=BUTTONS)


def test_what_sold_out_since_it_was_shown_is_shown_again_to_who_takes_nothing_later(stage: Stage, plant: Path) -> None:
    leave(stage, plant, 30, rule="cut")
    ramesh, sunita = stage.phone(RAMESH), stage.phone(SUNITA)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("– 20 CASE", buttons=BUTTONS)
    sunita.orders("18 peti kutku g chota")
    ramesh.taps("confirm")
    ramesh.expects("kuch badla hai", "– 12 CASE", "20 CASE maanga", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")


def test_other_languages_say_it_too(stage: Stage, plant: Path) -> None:
    for warehouse in ("PTH-FG", "BTB-FG", "LKO-DEP"):
        rewrite(plant, "stock.csv", {"sku": ITEM, "warehouse": warehouse}, qty="0")
    rewrite(plant, "customers.csv", {}, short_rule="ask")
    stage.pull()
    stage.phone(FARIDA).says("20 case kutku g chota")
    assert stage.phone(FARIDA).expects("none in stock now").titles == ["All later", "Drop"]
    stage.phone(RAMSWAROOP).says("20 पेटी कुटकु जी छोटा")
    assert stage.phone(RAMSWAROOP).expects("अभी स्टॉक में नहीं").titles == ["पूरा बाद में", "हटा दो"]


def test_without_stock_that_is_known_nothing_is_said_or_asked(stage: Stage, plant: Path) -> None:
    leave(stage, plant, 12, rule="ask")
    stage.until(12, days=3)
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("– 20 CASE", without=["stock", "banne"], buttons=BUTTONS)
    ramesh.says("kutku g chota hai kya?")
    ramesh.expects("office jawab dega")
    assert stage.matters("question")


def test_what_is_put_on_another_day_is_not_short_of_the_stock_of_today(stage: Stage, plant: Path) -> None:
    leave(stage, plant, 12, rule="ask")
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota, aadha abhi aadha monday ko")
    ramesh.expects("10 CASE", "(Mon 23 Nov ke liye)", without=["banne"], buttons=BUTTONS)


# --- the least an order should come to ---


def test_a_list_below_the_least_value_waits_for_more(stage: Stage, plant: Path) -> None:
    rewrite(plant, "customers.csv", {"code": "C101"}, min_order_value="15000")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("Minimum order ₹15,000: ₹3,891.40 kam hai", buttons=BUTTONS)
    ramesh.taps("Aur aayega, ruko")
    ramesh.expects("list khuli hai; minimum mein ₹3,891.40 baaki")
    stage.passes(minutes=30)
    ramesh.expects_nothing()
    stage.passes(hours=24)
    ramesh.expects("aur maal ka", buttons=BUTTONS)
    ramesh.says("aur 5 ctn lachhi")
    ramesh.expects("1. Kutku-G", "2. Lachhi", "₹16,292.60", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")


# --- is there any? ---


def test_is_there_any_is_answered_in_words_and_orders_nothing(stage: Stage, plant: Path) -> None:
    leave(stage, plant, 12)
    leave(stage, plant, 0, sku="LN-MA-070")
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota stock mein hai kya?")
    ramesh.expects("Kutku-G Glucose Biscuit 50 g: thoda hai", "order nahi hua", without=["12"])
    ramesh.says("stock batao:\nkutku g chota\nlachhi")
    ramesh.expects("Kutku-G Glucose Biscuit 50 g: ", "Lachhi Noodles Masala 70 g: abhi nahi hai")
    assert not stage.drafts()
    assert not stage.matters()


def test_an_item_in_doubt_is_asked_and_answered_for_by_a_tap(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    farida.says("is kutku g in stock?")
    asked = farida.expects("which one?")
    assert len(asked.row.rows) > 1
    farida.taps(asked.row.rows[0]["title"])
    farida.expects("Kutku-G")


def test_a_clerk_confirms_what_is_short_and_it_goes_whole(stage: Stage, plant: Path) -> None:
    leave(stage, plant, 12, rule="ask")
    puts(stage, "assist", "C101")
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("note")
    (draft,) = stage.drafts()
    with stage.session() as session:
        assert assisting.bring_up_to_date(stage.app, session, draft.id)
        assert assisting.can_be_confirmed(session.get_one(OrderDraft, draft.id))
        assisting.confirm_for(
            stage.app, session, draft.id, version=draft.version, by="Deepika", reason="as agreed", as_new=False
        )
    ramesh.expects("20 CASE mein se abhi 12, baaki banne par", "✅")
    assert goods(the_order(plant)) == [(ITEM, "20", "CASE")]
