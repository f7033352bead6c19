"""A change of a posted order that credit does not bear: finance decides on it in the chat as on a held order."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import desk
from orders.audit import Wish, audit
from orders.change_model import OrderChange
from orders.credit_model import CreditRelease
from orders.exposure import credit_standing
from people.model import Party, Person
from tests.scenarios.cast import FARIDA, SUSHMA
from tests.scenarios.plant_files import rewrite
from tests.scenarios.stage import Bubble, Phone, Stage
from tests.scenarios.test_credit_release import BAKSHI, DECIDE, GIRISH, LAKEVIEW, LATA, MARIE
from tests.scenarios.test_order_changes import BUTTONS, changes


@pytest.fixture
def short(stage: Stage, plant: Path) -> Stage:
    """Lakeview's order of 8 cases is posted, and its limit then leaves ₹1,000."""
    stage.phone(FARIDA).orders(MARIE)
    rewrite(plant, "customers.csv", {"code": LAKEVIEW}, credit_limit=str(exposure(stage) + 1000))
    stage.pull()
    return stage


def exposure(stage: Stage) -> Decimal:
    """Of Lakeview, as the next confirmation would see it."""
    with stage.session() as session:
        party = session.get_one(Party, LAKEVIEW)
        day = stage.clock.now().date()
        return credit_standing(session, party, order_value=Decimal(0), erp=stage.app.erp.name, day=day).exposure


def raises_it(phone: Phone, cases: int = 40) -> OrderChange:
    """Say it and confirm it; the change that is held."""
    phone.says(f"change marie 120 to {cases} cases")
    phone.expects(buttons=BUTTONS)
    phone.taps("confirm")
    phone.expects("Accounts must clear it first", without=["✅"])
    return held(phone.stage)


def held(stage: Stage) -> OrderChange:
    """The change made last, as it is now."""
    with stage.session() as session:
        return session.scalars(select(OrderChange).order_by(OrderChange.confirmed_at.desc()).limit(1)).one()


def rupees(amount: Decimal) -> str:
    """Below ten lakh, as it is told."""
    whole, _, paise = f"{amount:.2f}".partition(".")
    lakhs, rest = whole[:-5], whole[-5:]
    text = f"{int(lakhs)},{rest[:2]},{rest[2:]}" if lakhs else f"{int(rest):,}"
    return f"₹{text}" if paise == "00" else f"₹{text}.{paise}"


def releases(stage: Stage) -> list[tuple[str, Decimal, str | None]]:
    with stage.session() as session:
        rows = session.scalars(select(CreditRelease).order_by(CreditRelease.id))
        return [(row.basis, row.most_value, row.change_number) for row in rows]


def asked(stage: Stage, *said: str) -> Bubble:
    return stage.phone(SUSHMA).expects(*said, buttons=DECIDE)


def test_one_tap_lets_the_change_go_once_with_its_own_figures_in_front(short: Stage, plant: Path) -> None:
    before = exposure(short)
    change = raises_it(short.phone(FARIDA))
    shown = asked(
        short, f"{change.order_number} + {change.number}", "*Lakeview Mart Distribution* (C104)", "Farida Contractor",
        f"{rupees(change.more)} more with tax, which makes the order {rupees(change.value_with_tax)}",
        f"Exposure before it {rupees(before)}", f"by {rupees(change.more - 1000)}", "up to ₹1,000 with tax",
    )  # fmt: skip
    assert not changes(plant)
    short.phone(SUSHMA).taps("approve")
    short.phone(SUSHMA).expects(change.number, "is released past credit, once")
    short.phone(FARIDA).expects("Accounts have cleared the change", "✅")
    assert [document["number"] for document in changes(plant)] == [change.number]
    assert not short.matters("held_change")
    assert releases(short) == [("once", change.more, change.number)]
    with short.session() as session:
        (release,) = session.scalars(select(CreditRelease))
        assert (release.by, release.order_number) == ("Sushma Vyas", change.order_number)
        assert release.used_at == release.at
        present = short.clock.now()
        wish = Wish(since=present.replace(hour=0), until=present.replace(hour=23), number=change.order_number)
        told = {one.what for one in audit(session, wish, costs=True)}
    assert {"credit_asked", "credit_approve", "credit_released_once", "change_held", "change_released"} <= told
    short.phone(SUSHMA).taps("approve", on=shown)
    short.phone(SUSHMA).expects("Sushma Vyas")
    assert len(changes(plant)) == 1
    raises_it(short.phone(FARIDA), 60)
    asked(short)
    assert len(changes(plant)) == 1


def test_a_refusal_ends_the_change_and_reaches_its_sender_with_the_reason(short: Stage, plant: Path) -> None:
    before = exposure(short)
    sushma = short.phone(SUSHMA)
    raises_it(short.phone(FARIDA))
    asked(short)
    sushma.taps("reject")
    sushma.expects("/why/")
    sushma.taps("reject:why.overdue")
    sushma.expects("is not released")
    short.phone(FARIDA).expects("could not clear the change", "Old bills first", "stays as it was")
    assert held(short).state == "cancelled"
    assert exposure(short) == before
    assert not changes(plant)
    assert not short.matters("held_change")
    assert not releases(short)


def test_a_raise_with_its_last_day_lets_the_change_go(short: Stage, plant: Path) -> None:
    sushma = short.phone(SUSHMA)
    change = raises_it(short.phone(FARIDA))
    asked(short)
    sushma.taps("counter")
    sushma.expects("needs at least")
    sushma.says("5 lakh 30 nov")
    sushma.expects("*₹5,00,000* until *Monday 30 Nov*", change.number, buttons=BUTTONS)
    sushma.taps("confirm")
    sushma.expects("raised to ₹5,00,000")
    short.phone(FARIDA).expects("cleared", "✅")
    assert [basis for basis, _, _ in releases(short)] == ["raise", "once"]
    assert len(changes(plant)) == 1


def test_nobody_in_time_it_goes_on_and_then_stays_with_the_desk(short: Stage, plant: Path) -> None:
    change = raises_it(short.phone(FARIDA))
    first = asked(short)
    short.passes(minutes=31)
    for phone in (GIRISH, LATA):
        short.phone(phone).expects(change.number, buttons=DECIDE)
    short.phone(SUSHMA).taps("approve", on=first)
    short.phone(SUSHMA).expects("has gone on to somebody else")
    short.passes(minutes=31)
    short.phone(BAKSHI).expects(change.number, buttons=DECIDE)
    short.passes(minutes=31)
    short.phone(FARIDA).expects("have not decided on the change", "stays with the office")
    assert short.matters("held_change")
    assert held(short).state == "held"
    assert not changes(plant)
    for phone in short.phones.values():
        phone.ignores()


@pytest.mark.parametrize(("what", "said"), [(desk.Act.RELEASE_CHANGE, "✅"), (desk.Act.DROP_CHANGE, "could not clear")])
def test_the_desk_goes_the_same_way_and_takes_the_question_back(
    short: Stage, plant: Path, what: desk.Act, said: str
) -> None:
    change = raises_it(short.phone(FARIDA))
    shown = asked(short)
    (matter,) = short.matters("held_change")
    with short.session() as session:
        desk.act(short.app, session, matter.id, what, by="Anita", reason="cheque came")
    short.phone(FARIDA).expects(said)
    short.phone(SUSHMA).expects("needs no decision")
    short.phone(SUSHMA).taps("approve", on=shown)
    short.phone(SUSHMA).expects("needs no decision")
    released = what == desk.Act.RELEASE_CHANGE
    assert len(changes(plant)) == int(released)
    assert releases(short) == ([("once", change.more, change.number)] if released else [])


def test_a_blocked_customer_stays_blocked_at_the_desk_too(short: Stage, plant: Path) -> None:
    raises_it(short.phone(FARIDA))
    asked(short)
    rewrite(plant, "customers.csv", {"code": LAKEVIEW}, blocked="yes")
    short.pull()
    short.phone(SUSHMA).taps("approve")
    short.phone(SUSHMA).expects("has blocked Lakeview")
    (matter,) = short.matters("held_change")
    with short.session() as session, pytest.raises(desk.assisting.NotNow, match="blocked"):
        desk.act(short.app, session, matter.id, desk.Act.RELEASE_CHANGE, by="Anita", reason="paid")
    assert not changes(plant)
    assert not releases(short)


def test_nobody_lets_his_own_change_go(short: Stage, plant: Path) -> None:
    with short.session() as session:
        farida = session.scalars(select(Person).where(Person.phone == FARIDA)).one()
        farida.functions, farida.roles, farida.plant = ["finance"], [*farida.roles, "finance"], "PTH"
        farida.from_pages = True
    raises_it(short.phone(FARIDA))
    asked(short)
    short.phone(FARIDA).expects_nothing()
    short.phone(FARIDA).says("ok")
    short.phone(FARIDA).ignores()
    assert not changes(plant)


def test_a_change_that_fits_is_not_counted_twice(short: Stage, plant: Path) -> None:
    farida = short.phone(FARIDA)
    before = exposure(short)
    change = raises_it(farida)
    asked(short)
    (matter,) = short.matters("held_change")
    with short.session() as session:
        desk.act(short.app, session, matter.id, desk.Act.DROP_CHANGE, by="Anita", reason="again")
    farida.expects("could not clear")
    rewrite(plant, "customers.csv", {"code": LAKEVIEW}, credit_limit=str(before + change.more + 1000))
    short.pull()
    farida.says("change marie 120 to 41 cases")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("✅")
    assert len(changes(plant)) == 1
    short.phone(SUSHMA).ignores()
