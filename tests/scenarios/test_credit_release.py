"""Credit in the chat: finance lets an order go once, raises a limit for a time, or does not; each told truly."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import desk
from bot.settings import read
from orders import held
from orders.audit import Wish, audit
from orders.credit_model import CreditRelease
from orders.exposure import credit_standing
from people.model import Function, Party, Person
from routing import matters
from routing.ask_model import Ask
from routing.model import MatterKind
from tests.scenarios.cast import AWADHESH, BABULAL, FARIDA, HARISH, SUSHMA
from tests.scenarios.plant_files import posted, rewrite
from tests.scenarios.stage import Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]
DECIDE = ["approve", "counter", "reject"]
WAYS_OUT = ["ack", "change", "cancel"]
GIRISH, LATA = "+919000049302", "+919000049085"
"""Finance of the other plant, one of them an approver of prices as well."""
BAKSHI = "+919000049309"
"""Plant head at Pithampur."""
LAKEVIEW, OWED = "C104", Decimal("75806.93")
MARIE = "8 case marie 120"


@pytest.fixture
def short(stage: Stage, plant: Path) -> Stage:
    """Lakeview's limit leaves ₹1,000, its balance is of this morning."""
    rewrite(plant, "customers.csv", {"code": LAKEVIEW}, credit_limit=str(OWED + 1000))
    stage.pull()
    return stage


def orders(phone: Phone, text: str = MARIE) -> str:
    """Say it and confirm it; the number of the order that is held."""
    phone.says(text)
    phone.expects(buttons=BUTTONS)
    phone.taps("confirm")
    phone.expects("M26", buttons=WAYS_OUT, without=["✅"])
    return phone.stage.orders()[-1].number


def standing(stage: Stage, party: str, value: int = 0) -> tuple[Decimal | None, Decimal]:
    """The limit in force and the exposure, as the next confirmation would see them."""
    with stage.session() as session:
        found = credit_standing(
            session,
            session.get_one(Party, party),
            order_value=Decimal(value),
            erp=stage.app.erp.name,
            day=stage.clock.now().date(),
        )
    return found.limit, found.exposure


def releases(stage: Stage) -> list[tuple[str, Decimal]]:
    with stage.session() as session:
        return [
            (row.basis, row.most_value) for row in session.scalars(select(CreditRelease).order_by(CreditRelease.id))
        ]


def test_one_tap_lets_the_order_go_once_with_every_figure_in_front(short: Stage, plant: Path) -> None:
    farida, sushma = short.phone(FARIDA), short.phone(SUSHMA)
    number = orders(farida)
    value = short.orders()[0].value_with_tax
    shown = sushma.expects(
        f"order {number}", "*Lakeview Mart Distribution* (C104)", "Farida Contractor", "Exposure before it ₹75,806.93",
        "on order ₹0", "Limit ₹76,806.93", "up to ₹1,000 with tax", "Nothing is overdue", "Last orders:",
        buttons=DECIDE,
    )  # fmt: skip
    assert f"Over its limit of ₹76,806.93 by ₹{value - 1000:,.2f}".replace(".00", "") in shown.text
    assert not posted(plant)
    sushma.taps("approve")
    sushma.expects("is released past credit")
    farida.expects("Accounts have cleared your order", "✅")
    assert list(posted(plant)) == [number]
    assert not short.matters("held_order")
    assert releases(short) == [("once", value)]
    with short.session() as session:
        (release,) = session.scalars(select(CreditRelease))
        assert (release.by, release.order_number, release.facts["exposure"]) == ("Sushma Vyas", number, str(OWED))
        assert (release.used_at, release.limit_then) == (release.at, OWED + 1000)
    sushma.taps("approve", on=shown)
    sushma.expects("Sushma Vyas")
    assert len(posted(plant)) == 1
    orders(farida, "5 case marie 120")
    sushma.expects("let go past credit in the last 30 days: 1", buttons=DECIDE)


def test_a_typed_yes_acts_on_the_only_thing_open_and_not_above_the_limit_for_taps(plant: Path, short: Stage) -> None:
    sushma = short.phone(SUSHMA)
    orders(short.phone(FARIDA))
    sushma.expects(buttons=DECIDE)
    sushma.says("ok")
    sushma.expects("is released past credit")
    short.phone(FARIDA).expects("✅")
    assert len(posted(plant)) == 1
    short.app = replace(short.app, settings=read({"TAP_ONLY_AMOUNT": "2000", "DIGEST_AT": "off"}))
    orders(short.phone(FARIDA), "5 case marie 120")
    sushma.expects(buttons=DECIDE)
    sushma.says("ok")
    sushma.expects(buttons=DECIDE)
    assert len(posted(plant)) == 1
    sushma.taps("approve")
    sushma.expects("is released past credit")
    short.phone(FARIDA).expects("✅")
    assert len(posted(plant)) == 2


def test_a_raise_is_typed_repeated_back_and_holds_to_its_last_day(short: Stage, plant: Path) -> None:
    farida, sushma = short.phone(FARIDA), short.phone(SUSHMA)
    orders(farida)
    sushma.expects(buttons=DECIDE)
    sushma.taps("counter")
    sushma.expects("To what limit for Lakeview", "needs at least")
    sushma.says("77000")
    sushma.expects("₹77,000 does not bear this order")
    sushma.says("1 lakh")
    sushma.expects("Until when?")
    sushma.says("30 nov tak")
    sushma.expects("from ₹76,806.93 to *₹1,00,000* until *Monday 30 Nov*", buttons=BUTTONS)
    assert not posted(plant)
    sushma.taps("confirm")
    sushma.expects("raised to ₹1,00,000 until Mon 30 Nov")
    farida.expects("cleared", "✅")
    assert len(posted(plant)) == 1
    assert [basis for basis, _ in releases(short)] == ["raise", "once"]
    assert standing(short, LAKEVIEW)[0] == 100_000
    farida.orders("4 case marie 120")
    short.until(23, 59, days=9)
    assert standing(short, LAKEVIEW)[0] == 100_000
    short.until(0, 1, days=1)
    assert standing(short, LAKEVIEW)[0] == OWED + 1000
    for phone in short.phones.values():
        phone.ignores()


def test_a_raise_is_tapped_and_whoever_lowers_the_limit_in_the_erp_ends_it(short: Stage, plant: Path) -> None:
    sushma = short.phone(SUSHMA)
    orders(short.phone(FARIDA))
    sushma.expects(buttons=DECIDE)
    sushma.taps("counter")
    how = sushma.expects("To what limit")
    sushma.taps(how.titles[0])
    repeated = sushma.expects("Raise the limit of Lakeview", buttons=BUTTONS)
    sushma.taps("cancel")
    sushma.expects("The limit is as it was", buttons=DECIDE)
    assert not releases(short)
    sushma.taps("confirm", on=repeated)
    sushma.expects("is raised to")
    short.phone(FARIDA).expects("✅")
    limit, _ = standing(short, LAKEVIEW)
    assert limit is not None
    assert limit > OWED + 1000
    rewrite(plant, "customers.csv", {"code": LAKEVIEW}, credit_limit="50000")
    short.pull()
    assert standing(short, LAKEVIEW)[0] == 50_000


def test_a_refusal_reaches_its_sender_with_the_reason_and_his_ways_out(short: Stage, plant: Path) -> None:
    farida, sushma = short.phone(FARIDA), short.phone(SUSHMA)
    number = orders(farida)
    sushma.expects(buttons=DECIDE)
    sushma.taps("reject")
    sushma.expects("/why/")
    sushma.taps("reject:why.overdue")
    sushma.expects("is not released")
    refused = farida.expects(number, "Old bills first", buttons=WAYS_OUT)
    assert short.matters("held_order"), "the desk may still let it go"
    farida.taps("cancel")
    farida.expects("/cancel/")
    assert not short.matters("held_order")
    assert standing(short, LAKEVIEW)[1] == OWED
    farida.taps("cancel", on=refused)
    farida.expects("/cancel/")
    assert not posted(plant)


def test_what_fits_is_offered_and_the_sender_cancels_before_anybody_decides(stage: Stage, plant: Path) -> None:
    harish = stage.phone(HARISH)
    harish.says("50 case kutku g chota")
    harish.expects(buttons=BUTTONS)
    harish.taps("confirm")
    harish.expects("₹7,17", "fits within the limit", buttons=WAYS_OUT)
    asked = stage.phone(GIRISH).expects("up to ₹7,17", buttons=DECIDE)
    stage.phone(LATA).ignores()
    harish.taps("cancel")
    harish.expects("/cancel/")
    stage.phone(GIRISH).expects("needs no decision on credit any more")
    stage.phone(LATA).expects("needs no decision on credit any more")
    stage.phone(GIRISH).taps("approve", on=asked)
    stage.phone(GIRISH).expects("needs no decision")
    assert not posted(plant)


def test_nobody_in_time_the_next_is_asked_and_then_it_stays_held_and_is_told(short: Stage, plant: Path) -> None:
    farida, sushma = short.phone(FARIDA), short.phone(SUSHMA)
    number = orders(farida)
    first = sushma.expects(buttons=DECIDE)
    short.passes(minutes=31)
    for phone in (GIRISH, LATA):
        short.phone(phone).expects(number, buttons=DECIDE)
    sushma.taps("approve", on=first)
    sushma.expects("has gone on to somebody else")
    short.passes(minutes=31)
    short.phone(BAKSHI).expects(number, buttons=DECIDE)
    short.passes(minutes=31)
    farida.expects("have not decided", buttons=WAYS_OUT)
    assert not posted(plant)
    assert short.matters("held_order")
    for phone in short.phones.values():
        phone.ignores()


def test_asked_at_night_its_sender_hears_when_it_will_be_seen(short: Stage) -> None:
    short.until(21, 30)
    farida = short.phone(FARIDA)
    farida.says(MARIE)
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("They will see it on Mon 23 Nov 09:00", buttons=WAYS_OUT)
    short.phone(SUSHMA).expects_nothing()
    short.until(9, 1, days=2)
    short.phone(SUSHMA).expects(buttons=DECIDE)
    for phone in short.phones.values():
        phone.ignores()


def test_nobody_lets_his_own_order_go(short: Stage, plant: Path) -> None:
    with short.session() as session:
        farida = session.scalars(select(Person).where(Person.phone == FARIDA)).one()
        farida.functions, farida.roles, farida.plant = ["finance"], [*farida.roles, "finance"], "PTH"
        farida.from_pages = True
    number = orders(short.phone(FARIDA))
    short.phone(SUSHMA).expects(number, buttons=DECIDE)
    short.phone(FARIDA).expects_nothing()
    short.phone(FARIDA).says("ok")
    short.phone(FARIDA).ignores()
    assert not posted(plant)


def test_a_blocked_customer_stays_blocked_whoever_says_yes(short: Stage, plant: Path) -> None:
    orders(short.phone(FARIDA))
    sushma = short.phone(SUSHMA)
    sushma.expects(buttons=DECIDE)
    rewrite(plant, "customers.csv", {"code": LAKEVIEW}, blocked="yes")
    short.pull()
    sushma.taps("approve")
    sushma.expects("has blocked Lakeview")
    assert not posted(plant)
    assert not releases(short)
    (matter,) = short.matters("held_order")
    with short.session() as session, pytest.raises(desk.assisting.NotNow, match="blocked"):
        desk.act(short.app, session, matter.id, desk.Act.RELEASE_ORDER, by="Anita", reason="paid")
    assert not posted(plant)


def test_the_desk_goes_the_same_way_and_takes_the_question_back(short: Stage, plant: Path) -> None:
    farida = short.phone(FARIDA)
    number = orders(farida)
    asked = short.phone(SUSHMA).expects(buttons=DECIDE)
    (matter,) = short.matters("held_order")
    with short.session() as session:
        desk.act(short.app, session, matter.id, desk.Act.RELEASE_ORDER, by="Anita", reason="cheque came")
    farida.expects("✅")
    short.phone(SUSHMA).expects("needs no decision")
    assert list(posted(plant)) == [number]
    with short.session() as session:
        (release,) = session.scalars(select(CreditRelease))
        assert (release.by, release.person_id, release.reason) == ("Anita", None, "cheque came")
    short.phone(SUSHMA).taps("approve", on=asked)
    short.phone(SUSHMA).expects("needs no decision")
    assert len(posted(plant)) == 1


def test_a_payment_told_in_the_chat_changes_no_figure_and_finance_sees_that_it_was_told(
    short: Stage, plant: Path
) -> None:
    farida = short.phone(FARIDA)
    before = standing(short, LAKEVIEW)
    farida.says("payment of 50000 done by NEFT today")
    farida.ignores()
    assert short.matters("further")
    assert standing(short, LAKEVIEW) == before
    orders(farida)
    short.phone(SUSHMA).expects(
        "Exposure before it ₹75,806.93", "Told in the chat on Sat 21 Nov, not in the balance", "50000", buttons=DECIDE
    )
    assert not posted(plant)


def test_bills_that_are_overdue_too_long_go_to_finance_within_the_limit_too(stage: Stage, plant: Path) -> None:
    rewrite(plant, "customers.csv", {"code": LAKEVIEW}, overdue_days="15")
    stage.pull()
    farida = stage.phone(FARIDA)
    farida.orders(MARIE)
    rewrite(plant, "customers.csv", {"code": LAKEVIEW}, overdue_days="16")
    stage.pull()
    orders(farida, "5 case marie 120")
    sushma = stage.phone(SUSHMA)
    sushma.expects("Within its limit", "overdue by 16 days (allowed 15; credit days 14)", buttons=DECIDE)
    sushma.taps("approve")
    sushma.expects("released")
    farida.expects("✅")
    assert len(posted(plant)) == 2


def test_who_has_no_limit_gets_one_for_a_time_and_a_buyer_hears_no_figure(stage: Stage, plant: Path) -> None:
    babulal, sushma = stage.phone(BABULAL), stage.phone(SUSHMA)
    babulal.says("10 peti kutku g chota")
    babulal.expects(buttons=BUTTONS)
    babulal.taps("confirm")
    babulal.expects("M26", buttons=WAYS_OUT, without=["limit", "1,58,687"])
    sushma.expects("No credit limit is configured", "₹1,58,687.10", buttons=DECIDE)
    sushma.taps("counter")
    sushma.expects("To what limit")
    sushma.says("2.5 lakh 7 din")
    sushma.expects("from – to *₹2,50,000* until *Saturday 28 Nov*", buttons=BUTTONS)
    sushma.taps("confirm")
    sushma.expects("raised to ₹2,50,000")
    babulal.expects("✅")
    assert standing(stage, "C127")[0] == 250_000
    assert len(posted(plant)) == 1


def test_two_answers_at_once_count_once_and_the_audit_tells_all_of_it(stage: Stage, plant: Path) -> None:
    awadhesh = stage.phone(AWADHESH)
    awadhesh.says("10 peti kutku g chota")
    if "S1)" in awadhesh.expects("10 CASE").text:
        awadhesh.says("S1")
        awadhesh.expects(buttons=BUTTONS)
    awadhesh.taps("confirm")
    awadhesh.expects("M26", buttons=WAYS_OUT)
    three = [stage.phone(number) for number in (SUSHMA, GIRISH, LATA)]
    for phone in three:
        phone.expects("C117", "overdue by 28 days", buttons=DECIDE)
    three[0].presses("approve")
    three[1].presses("reject")
    stage.run()
    three[0].expects("released")
    for phone in three[1:]:
        phone.ignores()
    awadhesh.expects("✅")
    assert len(posted(plant)) == 1
    with stage.session() as session:
        present = stage.clock.now()
        wish = Wish(since=present - timedelta(days=1), until=present + timedelta(days=1), customer="C117")
        told = list(audit(session, wish, costs=True))
        asked = session.scalars(select(Ask)).one()
    assert {"credit_asked", "credit_approve", "credit_released_once", "held", "released"} <= {one.what for one in told}
    decided = next(one for one in told if one.what == "credit_approve")
    assert (decided.by, decided.asked_by, bool(decided.message)) == ("Sushma Vyas", "Awadhesh Sinha", True)
    assert decided.facts["shown"]["exposure"] == asked.facts["exposure"]


def test_what_the_firm_disowns_is_not_sent_by_finances_yes(short: Stage, plant: Path) -> None:
    number = orders(short.phone(FARIDA))
    short.phone(SUSHMA).expects(buttons=DECIDE)
    with short.session() as session:
        held.hold(session, number, by="Joel", reason="not ours")
        matters.open_matter(
            session, kind=MatterKind.NOT_OURS, reference=f"order:{number}", function=Function.COMMERCIAL,
            party_code=LAKEVIEW,
        )  # fmt: skip
    short.phone(SUSHMA).taps("approve")
    short.phone(SUSHMA).expects("is released past credit")
    short.phone(SUSHMA).expects("is not its own")
    assert not posted(plant)
    (matter,) = short.matters("not_ours")
    with short.session() as session:
        desk.act(short.app, session, matter.id, desk.Act.RELEASE_ORDER, by="Anita", reason="it is theirs")
    short.phone(FARIDA).expects("✅")
    assert releases(short) == [("once", short.orders()[0].value_with_tax)]
    assert not short.matters("held_order")


def test_lowered_to_what_fits_it_goes_and_nobody_need_decide(stage: Stage, plant: Path) -> None:
    harish = stage.phone(HARISH)
    harish.says("50 case kutku g chota")
    harish.expects(buttons=BUTTONS)
    harish.taps("confirm")
    harish.expects("fits within the limit", buttons=WAYS_OUT)
    asked = stage.phone(GIRISH).expects(buttons=DECIDE)
    harish.taps("change")
    harish.expects("Changes to order")
    harish.says("1 number 10 kar do")
    harish.expects("10 CASE", buttons=BUTTONS)
    harish.taps("confirm")
    harish.expects("✅")
    stage.phone(GIRISH).expects("needs no decision on credit any more")
    stage.phone(GIRISH).taps("approve", on=asked)
    stage.phone(GIRISH).expects("needs no decision")
    assert not stage.matters("held_order")
    (order,) = posted(plant).values()
    assert [line["qty"] for line in order["lines"]] == ["10"]
    stage.phone(LATA).ignores()


def test_raised_by_its_sender_it_is_asked_anew_and_the_old_yes_lets_nothing_go(short: Stage, plant: Path) -> None:
    farida, sushma = short.phone(FARIDA), short.phone(SUSHMA)
    orders(farida)
    before = sushma.expects(buttons=DECIDE)
    farida.taps("change")
    farida.expects("Changes to order")
    farida.says("1 number 20 kar do")
    farida.expects("20 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects(buttons=WAYS_OUT)
    again = sushma.expects("A2", buttons=DECIDE)
    sushma.taps("approve", on=before)
    sushma.expects("needs no decision")
    assert not posted(plant)
    sushma.taps("approve", on=again)
    sushma.expects("is released past credit")
    farida.expects("✅")
    assert releases(short) == [("once", short.orders()[0].value_with_tax)]
