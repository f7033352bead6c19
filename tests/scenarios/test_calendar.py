"""The plant's calendar in the chat: the day goods leave, days said at night, urgent orders, the morning's digest."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import digest
from bot.model import KeptNotice
from bot.notices import keep, tell_function
from orders import held
from people.model import Function, Person
from routing import matters
from routing.quiet import MOST_SEVERE
from store.holds import pause, resume
from tests.scenarios.cast import FARIDA, IMRAN, KAILASH, RAMESH, RAMSWAROOP, SUNITA, SUSHMA
from tests.scenarios.plant_files import add, posted, rewrite
from tests.scenarios.stage import INDIA, Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]


def the_order(plant: Path) -> dict[str, object]:
    (order,) = posted(plant).values()
    return order


# --- when goods leave ---


def test_an_order_for_a_holiday_keeps_the_day_asked_and_says_when_the_vehicle_goes(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota 24 nov ko bhejna")
    ramesh.expects(
        "Tue 24 Nov ke liye", "Tue 24 Nov band (Guru Nanak Jayanti); Wednesday 25 Nov gaadi", buttons=BUTTONS
    )
    ramesh.taps("confirm")
    ramesh.expects("✅", without=["gaadi"])
    order = the_order(plant)
    assert (order["requested_on"], order["next_dispatch_on"]) == ("2026-11-24", "2026-11-25")


def test_an_order_for_a_sunday_leaves_on_monday(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota kal bhej do")
    ramesh.expects("Sun 22 Nov ke liye", "Sunday band; Monday 23 Nov gaadi", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    order = the_order(plant)
    assert (order["requested_on"], order["next_dispatch_on"]) == ("2026-11-22", "2026-11-23")


def test_every_language_says_when_the_vehicle_goes(stage: Stage) -> None:
    stage.phone(FARIDA).says("20 case kutku g chota tomorrow")
    stage.phone(FARIDA).expects("For Sun 22 Nov", "Sunday closed; vehicle Monday 23 Nov")
    stage.phone(RAMSWAROOP).says("20 पेटी कुटकु जी छोटा कल भेज दो")
    stage.phone(RAMSWAROOP).expects("रविवार बंद; ")


def test_without_a_day_the_next_vehicle_is_counted_from_today(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("Saturday 21 Nov gaadi", without=["band", "ke liye"], buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    order = the_order(plant)
    assert (order["requested_on"], order["next_dispatch_on"]) == (None, "2026-11-21")


def test_after_the_cut_off_the_next_working_day_is_named(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(16, 1)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("Aaj 16:00 baj chuke; Monday 23 Nov gaadi")


def test_a_route_that_does_not_run_that_day_is_said(stage: Stage, plant: Path) -> None:
    rewrite(plant, "customers.csv", {"code": "C101"}, route="R-GUJ")
    rewrite(plant, "addresses.csv", {"customer": "C101"}, route="R-GUJ")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota monday ko")
    ramesh.expects("Monday ko aapki taraf gaadi nahi; Saturday 28 Nov gaadi")  # Tuesday is a holiday


def test_the_route_of_the_place_goes_before_the_customers(stage: Stage, plant: Path) -> None:
    rewrite(plant, "addresses.csv", {"customer": "C101"}, route="R-RAJ")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota monday ko")
    ramesh.expects("Friday 27 Nov gaadi")


def test_without_a_route_any_working_day_will_do(stage: Stage, plant: Path) -> None:
    rewrite(plant, "customers.csv", {"code": "C101"}, route="")
    rewrite(plant, "addresses.csv", {"customer": "C101"}, route="")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota kal")
    ramesh.expects("Sunday band; Monday 23 Nov gaadi")


def test_where_nobody_says_when_a_plant_works_no_day_is_named(stage: Stage, plant: Path) -> None:
    rewrite(plant, "plants.csv", {"code": "PTH"}, calendar="NOWHERE")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota kal")
    ramesh.expects("Sun 22 Nov ke liye", without=["gaadi"], buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert the_order(plant)["next_dispatch_on"] is None


def test_a_day_asked_for_that_cannot_be_kept_any_more_is_shown_again_before_it_posts(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(15, 50)
    ramesh.says("20 peti kutku g chota aaj hi bhej do")
    ramesh.expects("Saturday 21 Nov gaadi", buttons=BUTTONS)
    stage.until(16, 1)
    ramesh.taps("confirm")
    ramesh.expects("Sat 21 Nov ke liye", "Aaj 16:00 baj chuke; Monday 23 Nov gaadi", buttons=BUTTONS)
    assert not stage.orders()
    ramesh.taps("confirm")
    ramesh.expects("✅")
    order = the_order(plant)
    assert (order["requested_on"], order["next_dispatch_on"]) == ("2026-11-21", "2026-11-23")


def test_an_order_without_a_day_is_not_asked_again_but_told_that_the_vehicle_has_gone(
    stage: Stage, plant: Path
) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(15, 50)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("Saturday 21 Nov gaadi", buttons=BUTTONS)
    stage.until(16, 1)
    ramesh.taps("confirm")
    ramesh.expects("Ab gaadi Monday 23 Nov ko jayegi", "✅")
    assert the_order(plant)["next_dispatch_on"] == "2026-11-23"


def test_a_held_order_goes_on_the_next_day_there_is_when_it_is_released(stage: Stage, plant: Path) -> None:
    kailash = stage.phone(KAILASH)
    kailash.says("20 peti kutku g chota")
    kailash.expects(buttons=BUTTONS)
    kailash.taps("confirm")
    kailash.expects()
    for phone in told_by(stage):
        phone.expects("credit for order")
    (order,) = stage.orders()
    stage.until(11, days=2)
    with stage.session() as session:
        assert held.release(session, order.number, by="finance", reason="paid", timezone="Asia/Kolkata")
    stage.run()
    kailash.expects("✅", "Monday 23 Nov")
    for phone in told_by(stage):
        phone.expects("credit for order")
    assert the_order(plant)["next_dispatch_on"] == "2026-11-23"


@pytest.mark.parametrize("said", ["to the second address", "doosre address par bhejna", "deliver to other godown"])
def test_to_the_second_address_goes_there_with_its_own_route(stage: Stage, plant: Path, said: str) -> None:
    rewrite(plant, "addresses.csv", {"customer": "C104", "code": "A2"}, route="R-RAJ")
    stage.pull()
    farida = stage.phone(FARIDA)
    farida.says(f"20 case kutku g chota {said}")
    farida.expects("20 CASE", "godown Sagar", "Vehicle Friday 27 Nov", buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("✅")
    order = the_order(plant)
    assert (order["ship_to"], order["next_dispatch_on"]) == ("A2", "2026-11-27")


def test_the_second_of_three_places_is_asked(stage: Stage) -> None:
    imran = stage.phone(IMRAN)
    imran.says("20 case kutku g chota to the second address")
    imran.expects("S1)", "S2)", "S3)")


# --- days said at night ---


@pytest.mark.parametrize("word", ["kal bhej do", "aaj hi bhej do"])
def test_kal_and_aaj_are_asked_between_midnight_and_five(stage: Stage, plant: Path, word: str) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(0, 30, days=1)
    ramesh.says(f"20 peti kutku g chota {word}")
    bubble = ramesh.expects("Kis din ke liye?", without=["gaadi"], buttons=["pick", "pick", "cancel"])
    assert bubble.titles[:2] == ["Sun 22 Nov", "Mon 23 Nov"]
    ramesh.taps("Mon 23 Nov")
    ramesh.expects("Mon 23 Nov ke liye", "Monday 23 Nov gaadi", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert the_order(plant)["requested_on"] == "2026-11-23"


def test_a_yes_to_a_day_that_is_asked_orders_nothing(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(0, 30, days=1)
    ramesh.says("20 peti kutku g chota kal")
    ramesh.expects("Kis din ke liye?")
    ramesh.says("haan")
    ramesh.expects("Pehle batayiye kis din", buttons=["pick", "pick", "cancel"])
    assert not stage.orders()
    ramesh.says("23")
    ramesh.expects("Mon 23 Nov ke liye", buttons=BUTTONS)


def test_a_day_named_by_its_weekday_settles_it(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(2, days=1)
    ramesh.says("20 peti kutku g chota kal")
    ramesh.expects("Kis din ke liye?")
    ramesh.says("monday ko")
    ramesh.expects("Mon 23 Nov ke liye", buttons=BUTTONS)


def test_the_day_stands_in_the_list_beside_other_questions(stage: Stage) -> None:
    imran = stage.phone(IMRAN)
    stage.until(0, 30, days=1)
    imran.says("20 case kutku g chota kal")
    bubble = imran.expects("D1)", "D2)", "S1)")
    assert [act for act in bubble.acts if act == "confirm"] == []
    imran.says("S1 D2")
    imran.expects("Monday 23 Nov", buttons=BUTTONS)


def test_at_five_in_the_morning_kal_is_tomorrow(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(5, 0, days=1)
    ramesh.says("20 peti kutku g chota kal bhej do")
    ramesh.expects("Mon 23 Nov ke liye", buttons=BUTTONS)


def test_a_weekday_said_at_night_is_not_asked(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(0, 30, days=1)
    ramesh.says("20 peti kutku g chota wednesday ko")
    ramesh.expects("Wed 25 Nov ke liye", buttons=BUTTONS)


# --- urgent ---


def test_urgent_goes_to_dispatch_as_a_request_and_is_promised_to_nobody(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota urgent chahiye")
    ramesh.expects("vaada nahi", "Saturday 21 Nov gaadi", buttons=BUTTONS)
    assert not stage.matters("urgent")
    ramesh.taps("confirm")
    ramesh.expects("✅")
    order = the_order(plant)
    assert order["remarks"] == "urgent"
    assert order["next_dispatch_on"] == "2026-11-21"
    (matter,) = stage.matters("urgent")
    assert (matter.function, matter.reference) == ("dispatch", f"order:{order['number']}")
    told = [phone for phone in stage.phones.values() if phone.unread]
    assert told
    for phone in told:
        phone.expects("Agrawal Trading Company", matter.number)


def test_urgent_said_of_the_open_list_or_of_the_last_order(stage: Stage) -> None:
    ramesh, sunita = stage.phone(RAMESH), stage.phone(SUNITA)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    ramesh.says("jaldi bhejo urgent hai")
    ramesh.expects("vaada nahi", buttons=BUTTONS)
    sunita.orders("10 peti kutku g chota")
    assert not stage.matters("urgent")
    sunita.says("urgent hai")
    sunita.expects("Vaada nahi hai")
    (matter,) = stage.matters("urgent")
    sunita.says("bahut urgent hai")
    sunita.expects("Vaada nahi hai")
    assert [one.id for one in stage.matters("urgent")] == [matter.id]
    for phone in stage.phones.values():
        if phone.number not in (RAMESH, SUNITA):
            phone.expects("Jain Kirana Bhandar")


@pytest.mark.parametrize("said", ["mera order kab aayega urgent hai", "yeh order urgent hai jaldi bhej do"])
def test_urgent_beside_a_question_or_like_a_yes_reaches_dispatch(stage: Stage, said: str) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders("20 peti kutku g chota")
    ramesh.says(said)
    ramesh.expects("Vaada nahi hai", order.number)
    assert [matter.reference for matter in stage.matters("urgent")] == [f"order:{order.number}"]
    for phone in told_by(stage):
        phone.expects(order.number)


def test_urgent_beside_the_yes_is_not_lost(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    ramesh.says("haan urgent bhejna")
    ramesh.ignores()
    if not stage.orders():
        ramesh.taps("confirm")
        ramesh.ignores()
    assert stage.matters("urgent")
    for phone in stage.phones.values():
        phone.ignores()


# --- quiet hours ---


def test_staff_hear_of_the_night_and_the_sunday_in_one_digest_at_opening(stage: Stage, plant: Path) -> None:
    rewrite(plant, "customers.csv", {"code": "C101"}, blocked="yes")
    rewrite(plant, "customers.csv", {"code": "C102"}, blocked="yes")
    stage.pull()
    stage.until(23, 10)
    for number in (RAMESH, SUNITA):
        phone = stage.phone(number)
        phone.says("20 peti kutku g chota")
        phone.expects(buttons=BUTTONS)
        phone.taps("confirm")
        phone.expects()  # customers are answered at any hour
    finance = told_by(stage)
    assert not finance
    assert len(stage.matters("check_failed")) == 2
    stage.until(12, days=1)
    assert not told_by(stage), "Sunday"
    stage.until(8, 59, days=1)
    assert not told_by(stage)
    stage.until(9, 1)
    told = told_by(stage)
    assert told
    for phone in told:
        phone.expects("Agrawal Trading Company", "Jain Kirana Bhandar", "2")
        phone.expects_nothing()
    stage.until(15)
    assert not told_by(stage), "told once"
    stage.phone(RAMESH).ignores()
    stage.phone(SUNITA).ignores()


def told_by(stage: Stage) -> list[Phone]:
    """The phones of staff with something unread."""
    stage.run()
    return [phone for phone in stage.phones.values() if phone.unread and phone.number.startswith("+919000049")]


# --- lines for different days ---


def test_half_now_half_monday_divides_every_line(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota aur 5 ctn lachhi, aadha abhi aadha monday ko")
    ramesh.expects("10 CASE", "3 CASE", "(Mon 23 Nov ke liye)", "Sat 21 Nov ke liye", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    order = the_order(plant)
    assert order["requested_on"] == "2026-11-21"
    lines = order["lines"]
    assert isinstance(lines, list)
    assert [(line["sku"], line["qty"], line["requested_on"]) for line in lines] == [
        ("KG-050", "10", None),
        ("LN-MA-070", "3", None),
        ("KG-050", "10", "2026-11-23"),
        ("LN-MA-070", "2", "2026-11-23"),
    ]


def test_half_now_half_monday_divides_the_open_list(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota aur 1 ctn lachhi")
    ramesh.expects(buttons=BUTTONS)
    ramesh.says("half now, half monday")
    ramesh.expects(
        "Line 2 do hisson mein nahi", "1. Kutku-G Glucose Biscuit 50 g – 10 CASE", "3. Kutku-G", buttons=BUTTONS
    )


def test_lines_may_name_days_of_their_own(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("monday ko 20 peti kutku g chota\n24 nov ko 5 ctn lachhi")
    ramesh.expects("Mon 23 Nov ke liye", "(Tue 24 Nov ke liye, gaadi Wed 25 Nov)", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    order = the_order(plant)
    lines = order["lines"]
    assert isinstance(lines, list)
    assert (order["requested_on"], [line["requested_on"] for line in lines]) == ("2026-11-23", [None, "2026-11-24"])


# --- the least an order should come to ---


def test_an_order_below_the_least_value_is_told_the_gap_and_may_still_go(stage: Stage, plant: Path) -> None:
    rewrite(plant, "customers.csv", {"code": "C101"}, min_order_value="15000")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects("Minimum order ₹15,000: ₹3,891.40 kam hai", buttons=BUTTONS)
    ramesh.says("aur 5 ctn lachhi")
    ramesh.expects("₹16,292.60", without=["Minimum"], buttons=BUTTONS)


# --- what wakes people, and what is kept ---


def blocked_tries_to_order(stage: Stage, plant: Path) -> None:
    rewrite(plant, "customers.csv", {"code": "C101"}, blocked="yes")
    stage.pull()
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects()


def test_what_is_of_the_first_severity_is_told_at_any_hour(stage: Stage) -> None:
    stage.until(23, 10)
    with stage.session() as session:
        tell_function(
            stage.app,
            session,
            Function.FINANCE,
            "notice.blocked",
            party_code="C101",
            simulated=False,
            severity=MOST_SEVERE,
            reference="N1",
        )
    for phone in told_by(stage):
        phone.expects("Agrawal Trading Company")
    assert len(kept(stage)) == 0


def test_a_day_that_turned_out_a_holiday_keeps_the_digest_for_the_next_one(stage: Stage, plant: Path) -> None:
    stage.until(20)
    blocked_tries_to_order(stage, plant)
    assert {notice.due_at.astimezone(INDIA).date() for notice in kept(stage)} == {date(2026, 11, 23)}
    for calendar in ("MALWA", "VIDARBHA", "AWADH"):
        add(plant, "calendar.csv", calendar=calendar, date="2026-11-23", name="Strike")
    stage.pull()
    stage.until(10, days=2)
    assert not told_by(stage), "on Monday they strike, on Tuesday it is Guru Nanak's day"
    stage.until(10, days=2)
    told = told_by(stage)
    assert told
    for phone in told:
        phone.expects("Agrawal Trading Company")
    stage.phone(RAMESH).ignores()


def test_what_was_dealt_with_overnight_is_told_as_settled(stage: Stage, plant: Path) -> None:
    stage.until(20)
    blocked_tries_to_order(stage, plant)
    (matter,) = stage.matters("check_failed")
    with stage.session() as session:
        matters.close(session, matter.id, by="Sushma", reason="paid")
    stage.until(10, days=2)
    for phone in told_by(stage):
        phone.expects("(settled)")
    stage.phone(RAMESH).ignores()


def test_a_second_clock_tells_no_digest_twice(stage: Stage, plant: Path) -> None:
    stage.until(20)
    blocked_tries_to_order(stage, plant)
    stage.until(10, days=2)
    assert digest.tell_kept(stage.app) == 0
    for phone in told_by(stage):
        phone.expects("Agrawal Trading Company")
        phone.expects_nothing()
    assert all(notice.told_at for notice in kept(stage))
    stage.phone(RAMESH).ignores()


def test_a_calendar_of_holidays_alone_wakes_nobody_at_night(stage: Stage, plant: Path) -> None:
    rewrite(plant, "plants.csv", {"code": "PTH"}, calendar="FEASTS")
    add(plant, "calendar.csv", calendar="FEASTS", date="2026-11-24", name="Guru Nanak Jayanti")
    stage.pull()
    stage.until(23, 30, days=1)
    with stage.session() as session:
        tell_function(
            stage.app,
            session,
            Function.FINANCE,
            "notice.urgent",
            party_code="C101",
            simulated=False,
            plant="PTH",
            number="M26000001",
            day="–",
            reference="N1",
        )
    assert SUSHMA not in [phone.number for phone in told_by(stage)]
    stage.until(8, 5, days=1)
    stage.phone(SUSHMA).expects("M26000001")
    for phone in stage.phones.values():
        phone.ignores()


def test_while_everybody_is_paused_the_digest_waits_and_then_says_what_was_settled(stage: Stage, plant: Path) -> None:
    stage.until(20)
    blocked_tries_to_order(stage, plant)
    with stage.session() as session:
        pause(session, by="Asha")
    stage.until(10, days=2)
    assert not told_by(stage)
    assert not any(notice.told_at for notice in kept(stage))
    (matter,) = stage.matters("check_failed")
    with stage.session() as session:
        matters.close(session, matter.id, by="Sushma", reason="paid")
        resume(session)
    stage.until(10, 5)
    told = told_by(stage)
    assert told
    for phone in told:
        phone.expects("(settled)")
        phone.expects_nothing()
    stage.phone(RAMESH).ignores()


def test_what_waits_for_a_plant_that_is_closed_keeps_nothing_of_another_one(stage: Stage, plant: Path) -> None:
    add(plant, "calendar.csv", calendar="VIDARBHA", date="2026-11-23", name="Strike")
    stage.pull()
    stage.until(20)
    with stage.session() as session:
        (person,) = session.scalars(select(Person).where(Person.phone == SUSHMA))
        person.plant = ""  # she answers for all of them
        for at, simulated in (("PTH", False), ("PTH", True), ("BTB", False)):
            keep(
                session,
                person,
                f"about {at}, {'played' if simulated else 'real'}",
                plant=at,
                due_at=stage.clock.now() + timedelta(hours=1),
                simulated=simulated,
                facts={},
            )
    stage.until(10, days=2)
    sushma = stage.phone(SUSHMA)
    sushma.expects("about PTH, real", without=["played", "BTB"])
    sushma.expects("about PTH, played", without=["real"])
    sushma.expects_nothing()
    stage.until(10, days=2)
    sushma.expects("about BTB")


def test_who_has_left_overnight_is_told_nothing(stage: Stage, plant: Path) -> None:
    stage.until(20)
    blocked_tries_to_order(stage, plant)
    rewrite(plant, "people.csv", {"phone": SUSHMA}, active="no")
    stage.pull()
    stage.until(10, days=2)
    told = told_by(stage)
    assert SUSHMA not in [phone.number for phone in told]
    for phone in told:
        phone.expects("Agrawal Trading Company")
    stage.phone(RAMESH).ignores()


def test_urgent_at_night_waits_in_the_digest_of_dispatch(stage: Stage) -> None:
    stage.until(20)
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota urgent")
    ramesh.expects("vaada nahi", "Monday 23 Nov gaadi")
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert stage.matters("urgent")
    assert not told_by(stage)
    stage.until(9, 5, days=2)
    (tulsiram,) = told_by(stage)
    tulsiram.expects("Agrawal Trading Company", "Mon 23 Nov")


def kept(stage: Stage) -> list[KeptNotice]:
    """Every notice that was ever kept."""
    with stage.session() as session:
        return list(session.scalars(select(KeptNotice)))
