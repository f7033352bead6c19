"""Phones, firms and those we do not know: nobody becomes a customer by writing, nobody orders for a firm not his."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.model import InboundState
from bot.parked import read_now
from people.model import Party, Person
from people.newcomers import dismiss, make_buyer
from people.who import account_of, assign
from tests.scenarios.cast import (
    AJAY,
    ANKIT,
    DINESH,
    LAKHAN,
    MAHENDRA,
    OMPRAKASH,
    RAMESH,
    STRANGER,
    VIKAS,
)
from tests.scenarios.plant_files import goods, posted, rewrite
from tests.scenarios.stage import Stage

ORDER = ["confirm", "change", "cancel"]
BSUID = "IN.4f8c2a91d7"


def give(stage: Stage, sender: str, *, name: str, firm: str) -> None:
    """An admin says who a sender is."""
    with stage.session() as session:
        account = account_of(session, sender)
        person = make_buyer(session, account, name=name, party_code=firm)
        assign(session, account.id, person=person)
        read_now(session, account.id)
    stage.run()


def parties(stage: Stage) -> int:
    with stage.session() as session:
        return len(session.scalars(select(Party)).all()) + len(session.scalars(select(Person)).all())


# --- unknown senders ---


def test_an_unknown_sender_is_greeted_once_asked_for_his_firm_and_shown_to_an_admin(stage: Stage) -> None:
    before = parties(stage)
    stranger = stage.phone(STRANGER)
    stranger.says("10 peti kutku g chota", profile_name="Lakhan V")
    stranger.expects("Aap kis firm se hain?", buttons=[])
    stage.passes(seconds=30)
    stranger.says("Gayatri Stores, Dewas")
    stranger.expects("Office aapko jod dega", "N")
    stranger.says("hello?")
    stranger.says("bhai order likho")
    stranger.expects_nothing()
    (matter,) = stage.matters()
    assert matter.kind == "unknown_sender"
    assert matter.facts["claimed_firm"] == "Gayatri Stores, Dewas"
    assert matter.facts["profile_name"] == "Lakhan V"
    assert not stage.drafts()
    assert parties(stage) == before


def test_an_unknown_sender_who_writes_hindi_is_greeted_in_hindi(stage: Stage) -> None:
    stranger = stage.phone(STRANGER)
    stranger.says("नमस्ते, 10 पेटी कुटकु जी छोटा")
    stranger.expects("किस फर्म से")


def test_an_unknown_sender_who_writes_english_is_greeted_in_english(stage: Stage) -> None:
    stranger = stage.phone(STRANGER)
    stranger.says("Hello, please send 10 cases by tomorrow")
    stranger.expects("Which firm are you from?")


def test_an_order_over_several_messages_is_not_taken_for_a_firms_name(stage: Stage) -> None:
    stranger = stage.phone(STRANGER)
    stranger.sends("10 peti kutku g chota")
    stranger.sends("aur 5 peti marie 120")
    stranger.expects("Aap kis firm se hain?")
    stage.passes(seconds=30)
    stranger.says("Gayatri Stores")
    stranger.expects("Office aapko jod dega")
    give(stage, STRANGER, name="Lakhan Verma", firm="C111")
    stranger.expects("10 CASE", "5 CASE", buttons=ORDER)


def test_what_an_unknown_sender_wrote_is_read_as_if_it_had_just_come_once_he_is_assigned(
    stage: Stage, plant: Path
) -> None:
    stranger = stage.phone(STRANGER)
    stranger.says("10 peti kutku g chota")
    stranger.expects("Aap kis firm se hain?")
    stage.passes(minutes=1)
    stranger.says("Gayatri Stores, Dewas")
    stranger.expects("Office aapko jod dega")
    stage.passes(minutes=30)
    give(stage, STRANGER, name="Lakhan Verma", firm="C111")
    stranger.expects("10 CASE", buttons=ORDER, without=["Still wanted", "still wanted"])
    stranger.taps("confirm")
    stranger.expects("✅")
    (order,) = posted(plant).values()
    assert order["customer"] == "C111"


def test_what_an_unknown_sender_wrote_more_than_two_hours_ago_is_asked_for_again(stage: Stage) -> None:
    stranger = stage.phone(STRANGER)
    stranger.says("10 peti kutku g chota")
    stranger.expects("Aap kis firm se hain?")
    stage.passes(minutes=1)
    stranger.says("Gayatri Stores, Dewas")
    stranger.expects("Office aapko jod dega")
    stage.passes(hours=2, minutes=5)
    give(stage, STRANGER, name="Lakhan Verma", firm="C111")
    stranger.expects("Ab bhi chahiye?", "10 CASE", buttons=ORDER)


def test_a_sender_an_admin_dismissed_is_kept_and_not_answered(stage: Stage) -> None:
    stranger = stage.phone(STRANGER)
    stranger.says("loan chahiye?")
    stranger.expects("Aap kis firm se hain?")
    with stage.session() as session:
        dismiss(session, account_of(session, STRANGER))
    stage.passes(minutes=1)
    sid = stranger.says("best loan offers")
    stranger.expects_nothing()
    assert stage.inbound(sid).state == InboundState.PARKED


# --- one person, two names ---


def test_a_business_scoped_user_id_that_came_with_the_phone_is_known_when_it_comes_alone(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("10 peti marie 120", also_known_as=BSUID)
    ramesh.expects("10 CASE")
    stage.deliver(BSUID, body="aur 5 peti lachhi")
    stage.run()
    ramesh.expects("10 CASE", "5 CASE", buttons=ORDER)


def test_a_hidden_number_is_a_stranger_even_when_its_id_holds_the_digits_of_a_customer(stage: Stage) -> None:
    hidden = stage.phone(f"IN.{RAMESH.removeprefix('+')}")
    hidden.says("10 peti marie 120")
    hidden.expects("Aap kis firm se hain?")


# --- who left ---


def test_a_person_who_left_is_no_one_any_more(stage: Stage) -> None:
    ajay = stage.phone(AJAY)
    ajay.says("Balaji Kirana Ratlam ke liye 10 peti marie 120")
    ajay.expects("Aap kis firm se hain?")
    assert not stage.drafts()
    (matter,) = stage.matters("unknown_sender")
    assert matter.facts["was_known"] is True


def test_access_ends_with_the_last_day_even_between_the_summary_and_the_tap(stage: Stage, plant: Path) -> None:
    rewrite(plant, "people.csv", {"phone": ANKIT}, until="2026-11-21")
    stage.pull()
    ankit = stage.phone(ANKIT)
    stage.until(20)
    ankit.says("10 peti marie 120")
    ankit.expects("10 CASE", buttons=ORDER)
    stage.until(0, 5, days=1)
    ankit.taps("confirm")
    ankit.expects("Aap kis firm se hain?")
    assert not stage.orders()


def test_a_buyer_taken_off_the_list_cannot_confirm_what_he_was_shown(stage: Stage, plant: Path) -> None:
    ankit = stage.phone(ANKIT)
    ankit.says("10 peti marie 120")
    ankit.expects("10 CASE")
    rewrite(plant, "people.csv", {"phone": ANKIT}, active="no")
    stage.pull()
    ankit.says("haan")
    ankit.expects("Aap kis firm se hain?")
    assert not stage.orders()


def test_a_rep_whose_territory_changed_cannot_confirm_for_a_firm_that_is_no_longer_his(
    stage: Stage, plant: Path
) -> None:
    vikas = stage.phone(VIKAS)
    vikas.says("Balaji Kirana Ratlam ke liye 10 peti marie 120 aur 3 peti lachhi masala")
    summary = vikas.expects("Balaji Kirana Ratlam", buttons=ORDER)
    rewrite(plant, "customers.csv", {"code": "C108"}, territory="GUJ")
    stage.pull()
    vikas.taps("confirm", on=summary)
    vikas.expects("aapka nahi hai")
    vikas.says("haan")
    vikas.expects("aapka nahi hai")
    assert not stage.orders()


# --- several firms on one phone ---


def test_for_which_firm_is_asked_once_per_draft_and_answered_by_a_tap(stage: Stage, plant: Path) -> None:
    mahendra = stage.phone(MAHENDRA)
    mahendra.says("15 peti kutku g chota")
    question = mahendra.expects("kis firm ke liye")
    assert "Kothari Agencies, Nagpur" in question.choices
    assert "Shree Kothari Provision, Nagpur" in question.choices
    mahendra.taps("Shree Kothari Provision")
    mahendra.expects("Shree Kothari Provision", "15 CASE", buttons=ORDER)
    mahendra.says("aur 8 peti lachhi masala")
    mahendra.expects("Shree Kothari Provision", "8 CASE", buttons=ORDER)
    mahendra.taps("confirm")
    mahendra.expects("✅")
    (order,) = posted(plant).values()
    assert order["customer"] == "C107"
    assert goods(order) == [("KG-050", "15", "CASE"), ("LN-MA-070", "8", "CASE")]


def test_the_firm_may_be_typed(stage: Stage) -> None:
    mahendra = stage.phone(MAHENDRA)
    mahendra.says("15 peti kutku g chota")
    mahendra.expects("kis firm ke liye")
    mahendra.says("kothari agencies")
    mahendra.expects("*Kothari Agencies*", "15 CASE", buttons=ORDER)


def test_the_firm_is_taken_from_the_text_when_it_says_it(stage: Stage) -> None:
    mahendra = stage.phone(MAHENDRA)
    mahendra.says("Kothari Agencies ke liye 8 peti lachhi masala aur 4 peti marie 120")
    mahendra.expects("*Kothari Agencies*", "8 CASE", "4 CASE")


def test_another_order_instead_of_the_firms_name_waits_with_the_first(stage: Stage) -> None:
    mahendra = stage.phone(MAHENDRA)
    mahendra.says("15 peti kutku g chota")
    mahendra.expects("kis firm ke liye")
    mahendra.says("8 peti lachhi masala")
    mahendra.expects("kis firm ke liye")
    mahendra.says("haan")
    mahendra.expects("kis firm ke liye")
    mahendra.taps("Kothari Agencies, Nagpur")
    mahendra.expects("*Kothari Agencies*", "15 CASE", "8 CASE", buttons=ORDER)


def test_no_in_answer_to_for_which_firm_drops_the_order(stage: Stage) -> None:
    mahendra = stage.phone(MAHENDRA)
    mahendra.says("15 peti kutku g chota")
    question = mahendra.expects("kis firm ke liye")
    mahendra.says("nahi chahiye")
    mahendra.expects("Cancel")
    mahendra.taps("Kothari Agencies, Nagpur", on=question)
    mahendra.expects("ab kaam ka nahi")
    assert not stage.drafts()


def test_an_order_whose_firm_is_never_told_is_asked_once_more_and_stands_before_a_person(stage: Stage) -> None:
    mahendra = stage.phone(MAHENDRA)
    mahendra.says("15 peti kutku g chota")
    mahendra.expects("kis firm ke liye")
    stage.passes(minutes=21)
    mahendra.expects("kis firm ke liye")
    stage.passes(hours=2)
    mahendra.expects_nothing()
    (matter,) = stage.matters("unconfirmed_draft")
    assert matter.facts == {"waits_for": "firm"}
    mahendra.taps("Kothari Agencies, Nagpur")
    mahendra.expects("15 CASE")
    assert not stage.matters("unconfirmed_draft")


# --- reps ---


def test_a_rep_orders_for_his_customer_and_the_firm_is_echoed(stage: Stage, plant: Path) -> None:
    vikas, dinesh = stage.phone(VIKAS), stage.phone(DINESH)
    vikas.says("Balaji Kirana Ratlam ke liye 10 peti marie 120 aur 3 peti lachhi masala")
    vikas.expects("*Balaji Kirana Ratlam*", "10 CASE", "3 CASE", buttons=ORDER)
    vikas.taps("confirm")
    vikas.expects("✅")
    dinesh.expects("Vikas Patidar", "Balaji Kirana Ratlam", "10 CASE", buttons=["ack", "notmine"])
    (order,) = posted(plant).values()
    assert (order["customer"], order["ordered_by"], order["on_behalf_of"]) == ("C108", "Vikas Patidar", "C108")
    dinesh.taps("ack")
    dinesh.expects("kayam hai")


def test_a_rep_neither_orders_nor_asks_for_a_firm_that_is_not_his(stage: Stage) -> None:
    vikas = stage.phone(VIKAS)
    vikas.says("Sharma Traders ke liye 10 peti marie 120")
    vikas.expects("aapki list mein nahi", buttons=[])
    vikas.says("Sharma Traders ka order kahan hai?")
    vikas.expects("aapki list mein nahi", buttons=[])
    assert not stage.drafts()


def test_a_rep_who_names_no_firm_pages_through_his_firms(stage: Stage) -> None:
    vikas = stage.phone(VIKAS)
    vikas.says("10 peti marie 120")
    first = vikas.expects("kis firm ke liye")
    assert len(first.row.rows) == 10
    vikas.taps("more")
    second = vikas.expects("kis firm ke liye")
    assert not set(first.titles[:-1]) & set(second.titles)
    vikas.says("Gayatri Stores")
    vikas.expects("*Gayatri Stores*", "10 CASE")


def test_a_firm_that_wants_no_orders_from_reps_is_not_the_reps_to_order_for(stage: Stage, plant: Path) -> None:
    add_column(plant, "customers.csv", "rep_orders", {"C108": "no"})
    stage.pull()
    vikas = stage.phone(VIKAS)
    vikas.says("Balaji Kirana Ratlam ke liye 10 peti marie 120")
    vikas.expects("aapki list mein nahi")


def test_not_ours_before_posting_holds_the_order(stage: Stage, plant: Path) -> None:
    vikas, dinesh = stage.phone(VIKAS), stage.phone(DINESH)
    rewrite(plant, "customers.csv", {"code": "C108"}, credit_limit="0")
    stage.pull()
    vikas.says("Balaji Kirana Ratlam ke liye 10 peti marie 120 aur 3 peti lachhi masala")
    vikas.expects(buttons=ORDER)
    vikas.taps("confirm")
    vikas.expects("accounts", "note hai")
    notice = dinesh.expects("Vikas Patidar", buttons=["ack", "notmine"])
    dinesh.taps("notmine")
    dinesh.expects("rok diya")
    stage.passes(minutes=5)
    assert not posted(plant)
    (order,) = stage.orders()
    assert order.state == "held"
    assert [matter.reference for matter in stage.matters("not_ours")] == [f"order:{order.number}"]
    desk_is_told(stage, "not theirs")
    vikas.expects("unka nahi")
    dinesh.taps("ack", on=notice)
    dinesh.expects("office ki manzoori", without=["kayam"])


def test_not_ours_after_posting_is_told_to_the_office_and_said_to_be_too_late(stage: Stage, plant: Path) -> None:
    vikas, dinesh = stage.phone(VIKAS), stage.phone(DINESH)
    vikas.says("Balaji Kirana Ratlam ke liye 10 peti marie 120 aur 3 peti lachhi masala")
    vikas.expects(buttons=ORDER)
    vikas.taps("confirm")
    vikas.expects("✅")
    dinesh.expects("Vikas Patidar")
    stage.passes(minutes=2)
    dinesh.says("nahi", quoting=dinesh.last)
    dinesh.expects("books mein", "N")
    assert len(stage.matters("not_ours")) == 1
    desk_is_told(stage, "not theirs")
    vikas.expects("unka nahi")


def desk_is_told(stage: Stage, text: str) -> None:
    """The order desk hears it, finance of what waits; nobody in the office answers."""
    stage.run()
    heard = [phone for phone in stage.phones.values() if phone.number not in (VIKAS, DINESH)]
    told = [phone for phone in heard for bubble in phone.unread if text in bubble.text]
    assert told, "nobody at the order desk was told"
    for phone in heard:
        phone.unread.clear()


def add_column(plant: Path, file: str, column: str, values: dict[str, str]) -> None:
    """A column the file did not have; the first column is the key."""
    path = plant / file
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    lines = [f"{header},{column}"]
    lines += [f"{row},{values.get(row.partition(',')[0], '')}" for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


THREE_FIRMS = [
    (
        "Balaji Kirana ko 10 peti marie 120 aur 3 peti lachhi masala, Gayatri Stores ko 2 case marie 120\n"
        "Mahakal 4 case marie 120 kal bhej dena"
    ),
    "10 peti marie 120 aur 3 peti lachhi masala Balaji ko, 2 case marie 120 Gayatri ko, 4 case marie 120 Mahakal ko",
    "*Mahakal*\n4 case marie 120\n*Balaji Kirana*\nmarie 120 10 peti\nlachhi masala 3 peti\n*Gayatri*\nmarie 120 2",
]


@pytest.mark.parametrize("text", THREE_FIRMS)
def test_rep_of_three_firms_in_one_message(stage: Stage, plant: Path, text: str) -> None:
    vikas, buyers = stage.phone(VIKAS), [stage.phone(number) for number in (DINESH, LAKHAN, OMPRAKASH)]
    vikas.says(text)
    shown = [vikas.expects(buttons=ORDER) for _ in range(3)]
    for firm in ("Balaji Kirana Ratlam", "Gayatri Stores", "Mahakal Super Stockist"):
        vikas.taps("confirm", on=next(bubble for bubble in shown if f"*{firm}*" in bubble.text))
        vikas.expects("✅")
    for buyer in buyers:
        buyer.ignores()
    orders = {order["customer"]: order["lines"] for order in posted(plant).values()}
    amounts = {firm: sorted(line["qty"] for line in lines) for firm, lines in orders.items()}
    assert amounts == {"C108": ["10", "3"], "C111": ["2"], "C113": ["4"]}


@pytest.mark.parametrize(
    "text",
    [
        "Balaji Kirana ko 10 peti marie 120 aur 3 peti lachhi masala Gayatri Stores ko",
        "Balaji Kirana ko 10 peti marie 120, Gayatri Stores ko 2 peti marie 120, Sharma Traders ko 3 peti marie 120",
    ],
)
def test_of_several_firms_nothing_is_taken_where_it_cannot_be_told_whose_it_is(stage: Stage, text: str) -> None:
    vikas = stage.phone(VIKAS)
    vikas.says(text)
    vikas.expects("kai firmein", "Balaji Kirana Ratlam", "Gayatri Stores", "alag message", buttons=[])
    assert not stage.drafts()
