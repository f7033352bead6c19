"""Approvals as conversations while time passes: expiry, levels, standing in, leaving, rules that change meanwhile."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from orders.approval_model import Approval
from people.model import Person
from routing import delegations
from routing.ask_model import Ask
from tests.scenarios.cast import RAMESH, SUSHMA, VIKAS
from tests.scenarios.plant_files import posted, rewrite
from tests.scenarios.stage import INDIA, Bubble, Phone, Stage

RAJESH, SNEHA = "+919000049064", "+919000049071"
"""Approvers of the first level at Pithampur, and at Butibori."""
ARVIND, CHANDRAKANT = "+919000049078", "+919000049092"
"""Of the second and the third."""
SHALLOW = "20 peti kutku g chota rate 550"
"""1 % below list: the first level's."""
DEEP = "20 peti kutku g chota rate 530"
"""4.6 %: the second's."""
DECIDES = ["approve", "counter", "reject"]
SUMMARY = ["confirm", "change", "cancel"]


def asks(stage: Stage, text: str = SHALLOW, *, phone: str = RAMESH) -> Phone:
    """Somebody asks for a price and sees that it waits."""
    asker = stage.phone(phone)
    asker.says(text)
    asker.expects(" maanga: office", "× ₹555.43", buttons=SUMMARY)
    return asker


def is_asked(stage: Stage, phone: str, *patterns: str) -> Bubble:
    return stage.phone(phone).expects("Price request A", *patterns, buttons=DECIDES)


def prices(plant: Path) -> list[str]:
    return [line["price"] for order in posted(plant).values() for line in order["lines"]]


def person(stage: Stage, phone: str) -> int:
    with stage.session() as session:
        return session.scalars(select(Person.id).where(Person.phone == phone)).one()


def leaves(stage: Stage, plant: Path, phone: str) -> None:
    rewrite(plant, "people.csv", {"phone": phone}, active="no")
    stage.pull()


def test_expiry_over_night_and_holiday(stage: Stage, plant: Path) -> None:
    """Pithampur closes at half past six; Tuesday, 24 November is a holiday."""
    stage.until(18, 20, days=2)
    ramesh = asks(stage)
    is_asked(stage, RAJESH)
    stage.until(12, 0, days=1)
    stage.phone(ARVIND).expects_nothing()
    stage.until(9, 19, days=1)
    stage.phone(ARVIND).expects_nothing()
    stage.passes(minutes=1)
    is_asked(stage, ARVIND, "Agrawal Trading Company")
    stage.phone(RAJESH).taps("approve")
    stage.phone(RAJESH).expects("A1 has gone on to somebody else")
    assert not posted(plant)
    stage.phone(ARVIND).taps("approve")
    stage.phone(ARVIND).expects("approved")
    stage.phone(RAJESH).expects("approved", "Arvind Mehrotra")
    ramesh.ignores()
    assert ramesh.last is not None
    assert "× ₹550 " in ramesh.last.text
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert prices(plant) == ["550"]


def test_asked_at_night_its_sender_is_told_when_it_will_be_seen(stage: Stage) -> None:
    stage.until(20)
    ramesh = stage.phone(RAMESH)
    ramesh.says(SHALLOW)
    ramesh.expects("Monday", "9:00", buttons=SUMMARY)
    stage.phone(RAJESH).expects_nothing()
    stage.until(9, 0, days=2)
    is_asked(stage, RAJESH)
    ramesh.ignores()


def test_an_answer_that_waits_to_be_read_is_heard_before_it_moves_on(stage: Stage) -> None:
    ramesh = asks(stage)
    is_asked(stage, RAJESH)
    stage.phone(RAJESH).presses("approve")
    stage.passes(minutes=31)
    stage.phone(RAJESH).expects("approved")
    assert ARVIND not in stage.phones
    ramesh.ignores()


def test_with_no_level_left_it_goes_at_list_or_not_at_all(stage: Stage, plant: Path) -> None:
    ramesh = asks(stage)
    is_asked(stage, RAJESH)
    for phone in (ARVIND, CHANDRAKANT, SUSHMA):
        stage.passes(minutes=30)
        is_asked(stage, phone)
    ramesh.ignores()
    stage.passes(minutes=30)
    ramesh.expects("× ₹555.43", without=["maanga"], buttons=SUMMARY)
    assert not posted(plant)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert prices(plant) == ["555.43"]
    stage.phone(CHANDRAKANT).taps("approve")
    stage.phone(CHANDRAKANT).ignores()
    assert prices(plant) == ["555.43"]


def test_delegation_across_midnight(stage: Stage, plant: Path) -> None:
    stage.until(18, 10)
    ramesh = asks(stage, DEEP)
    is_asked(stage, ARVIND)
    with stage.session() as session:
        midnight = datetime(2026, 11, 22, tzinfo=INDIA)
        delegations.delegate(
            session,
            from_person=person(stage, ARVIND),
            to_person=person(stage, CHANDRAKANT),
            starts_at=midnight,
            ends_at=midnight + timedelta(days=2),
            inbound_id=None,
            timezone="Asia/Kolkata",
        )
    stage.until(23, 59)
    stage.phone(CHANDRAKANT).expects_nothing()
    stage.passes(minutes=2)
    stage.until(9, 0, days=1)
    is_asked(stage, CHANDRAKANT, "Arvind Mehrotra")
    stage.phone(CHANDRAKANT).taps("approve")
    stage.phone(CHANDRAKANT).expects("approved")
    stage.phone(ARVIND).expects("approved", "Chandrakant Rewal")
    ramesh.ignores()
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert [(one["by"], one["price"]) for one in order["approvals"]] == [("Chandrakant Rewal", "530")]


def test_who_leaves_with_two_open_loses_his_taps_and_both_move_on(stage: Stage, plant: Path) -> None:
    asks(stage)
    first = is_asked(stage, RAJESH)
    stage.passes(seconds=10)
    vikas = stage.phone(VIKAS)
    vikas.says("Balaji Kirana Ratlam: 20 peti kutku g chota rate 548")
    vikas.expects("maanga", buttons=SUMMARY)
    stage.phone(RAJESH).ignores()
    leaves(stage, plant, RAJESH)
    stage.phone(RAJESH).taps("approve", on=first)
    stage.phone(RAJESH).ignores()
    with stage.session() as session:
        assert not session.scalars(select(Approval)).all()
    stage.passes(seconds=15)
    stage.phone(SNEHA).expects("Agrawal Trading Company", "Balaji Kirana Ratlam")
    for phone in stage.phones.values():
        phone.ignores()


def test_a_rep_leaves_with_two_open_and_the_office_has_his_orders(stage: Stage, plant: Path) -> None:
    vikas = stage.phone(VIKAS)
    for firm in ("Agrawal Trading Company", "Balaji Kirana Ratlam"):
        vikas.says(f"{firm}: {DEEP}")
        vikas.expects("maanga", buttons=SUMMARY)
    stage.phone(ARVIND).ignores()
    leaves(stage, plant, VIKAS)
    stage.passes(seconds=15)
    stage.phone(ARVIND).ignores()
    stage.phone(ARVIND).says("pending")
    stage.phone(ARVIND).expects("/nothing/")
    assert len(stage.matters("unconfirmed_draft")) == 2
    vikas.taps("confirm")
    vikas.ignores()
    assert not posted(plant)


def test_the_customer_lowers_the_quantity_as_the_approver_taps(stage: Stage, plant: Path) -> None:
    ramesh = asks(stage)
    is_asked(stage, RAJESH)
    stage.phone(RAJESH).presses("approve")
    ramesh.sends("1 number 10 case kar do")
    stage.run()
    with stage.session() as session:
        assert all(one.voided_at is not None for one in session.scalars(select(Approval)))
    ramesh.ignores()
    ramesh.taps("confirm")
    ramesh.ignores()
    assert prices(plant) == ["555.43"]
    for phone in stage.phones.values():
        phone.ignores()


def test_a_price_list_uploaded_between_the_yes_and_the_confirmation(stage: Stage, plant: Path) -> None:
    ramesh = asks(stage, DEEP)
    is_asked(stage, ARVIND)
    stage.phone(ARVIND).taps("approve")
    stage.phone(ARVIND).expects("approved")
    ramesh.expects("× ₹530 ", buttons=SUMMARY)
    where = {"price_list": "PL-DIST", "sku": "KG-050", "uom": "CASE", "min_qty": "1"}
    rewrite(plant, "prices.csv", where, floor="540")
    stage.pull()
    ramesh.taps("confirm")
    ramesh.expects("× ₹555.43")
    assert not posted(plant)
    for phone in stage.phones.values():
        phone.ignores()


def test_whoever_plays_an_approver_at_the_console_decides_nothing_real(stage: Stage, plant: Path) -> None:
    ramesh = asks(stage)
    shown = is_asked(stage, RAJESH)
    payload, title = shown.payload("approve")
    stage.deliver(RAJESH, body=title, payload=payload, kind="button", simulated=True)
    stage.run()
    with stage.session() as session:
        assert session.scalars(select(Ask.state)).all() == ["open"]
        assert not session.scalars(select(Approval)).all()
    stage.phone(RAJESH).ignores()
    stage.phone(RAJESH).taps("approve", on=shown)
    stage.phone(RAJESH).expects("approved")
    ramesh.expects("× ₹550 ")
