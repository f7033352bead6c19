"""Every corrected line is a lesson: what `aliases learn` proposes from what people wrote and what was ordered then."""

from datetime import date
from pathlib import Path

from sqlalchemy import select

from orders import drafts
from orders.alias_learning import learn
from orders.drafts import Edit
from orders.model import Alias
from tests.scenarios.cast import RAMESH, VIJAY
from tests.scenarios.plant_files import add
from tests.scenarios.stage import Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]
TODAY = date(2026, 11, 21)


def learnt(stage: Stage) -> list[tuple[str, str, str]]:
    with stage.session() as session:
        return [(row.customer, row.alias, row.sku) for row in learn(session)]


def replaces(stage: Stage, sku: str, with_sku: str, *, said: str) -> None:
    """Their only open draft is edited as by a message of these words."""
    with stage.session() as session:
        (draft,) = [draft for draft in stage.drafts() if draft.state == "open"]
        draft = drafts.locked(session, draft.id)
        drafts.change(draft, [Edit(op="replace", sku=sku, with_sku=with_sku, said=said)])
        drafts.refresh(session, draft, day=TODAY)


def goes(phone: Phone) -> None:
    phone.says("aur 5 ctn lachhi masala")
    phone.expects(buttons=BUTTONS)
    phone.taps("confirm")
    phone.expects("✅")


def test_a_line_its_sender_corrected_after_the_summary_is_proposed_at_once(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti glucose")
    ramesh.expects("Kutku-G Glucose Biscuit 50 g", buttons=BUTTONS)
    replaces(stage, "KG-050", "SM-120", said="nahi 1 number marie 120 hai")
    assert learnt(stage) == [], "nothing is confirmed yet"
    goes(ramesh)
    assert learnt(stage) == [("C101", "glucose", "SM-120")]
    with stage.session() as session:
        alias = session.scalars(select(Alias).where(Alias.origin == "learn")).one()
        assert (alias.state, alias.message) == ("proposed", "glucose (in 1 confirmed order, corrected to it in 1)")
    assert learnt(stage) == [], "once"


def test_another_item_instead_of_the_one_named_is_no_lesson(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti glucose")
    ramesh.expects(buttons=BUTTONS)
    replaces(stage, "KG-050", "SM-120", said="glucose ki jagah marie 120 kar do")
    goes(ramesh)
    assert learnt(stage) == []


def test_words_that_were_ordered_as_two_items_are_no_lesson(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.orders("20 peti glucose")
    stage.passes(hours=25)
    ramesh.ignores()
    ramesh.says("21 peti glucose")
    ramesh.expects(buttons=BUTTONS)
    replaces(stage, "KG-050", "SM-120", said="2 number marie")
    goes(ramesh)
    assert learnt(stage) == []


def set_aside(stage: Stage, phone: Phone, said: str) -> None:
    """A line nobody knows beside one that goes."""
    phone.says(f"12 peti kutku g chota\n{said}")
    phone.expects("hamare paas nahi hai")
    phone.taps("confirm:rest")
    phone.expects("✅")


def sold(plant: Path, order: str, day: str, *lines: tuple[str, str, str]) -> None:
    """Somebody keyed an order for C103 in the ERP."""
    for sku, quantity, uom in lines:
        add(plant, "history.csv", order=order, customer="C103", date=day, sku=sku, qty=quantity, uom=uom, price="1")


def test_what_was_keyed_in_the_erp_for_lines_set_aside_is_a_lesson(stage: Stage, plant: Path) -> None:
    vijay = stage.phone(VIJAY)
    set_aside(stage, vijay, "7 peti sunehri dhoop")
    sold(plant, "SO-X1", "2026-11-22", ("SM-120", "7", "CASE"), ("LN-MA-070", "3", "CASE"))
    stage.pull()
    assert learnt(stage) == [], "once may be chance"
    stage.passes(hours=48)
    vijay.ignores()
    set_aside(stage, vijay, "9 peti sunehri dhoop")
    sold(plant, "SO-X2", "2026-11-24", ("SM-120", "9", "CASE"))
    stage.pull()
    assert learnt(stage) == [("C103", "sunehri dhoop", "SM-120")]


def test_two_items_sold_in_that_amount_teach_nothing(stage: Stage, plant: Path) -> None:
    vijay = stage.phone(VIJAY)
    for round_, day in enumerate(("2026-11-22", "2026-11-24")):
        set_aside(stage, vijay, f"{7 + round_} peti sunehri dhoop")
        amount = str(7 + round_)
        sold(plant, f"SO-Y{round_}", day, ("SM-120", amount, "CASE"), ("LN-MA-070", amount, "CASE"))
        stage.passes(hours=48)
        vijay.ignores()
    stage.pull()
    assert learnt(stage) == []


def test_what_was_sold_a_week_later_teaches_nothing(stage: Stage, plant: Path) -> None:
    vijay = stage.phone(VIJAY)
    for round_, day in enumerate(("2026-11-28", "2026-11-30")):
        set_aside(stage, vijay, f"{7 + round_} peti sunehri dhoop")
        sold(plant, f"SO-Z{round_}", day, ("SM-120", str(7 + round_), "CASE"))
        stage.passes(hours=48)
        vijay.ignores()
    stage.pull()
    assert learnt(stage) == []


def test_an_edit_that_fits_nothing_is_not_said_to_be_about_none(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    ramesh.says("777 ki jagah 30 kar do")
    ramesh.ignores()
    assert ramesh.last is not None
    assert "None" not in ramesh.last.text
