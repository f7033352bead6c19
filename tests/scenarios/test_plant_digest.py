"""Planning and dispatch hear at a set time what was ordered of their plant: once a day, and nothing on a holiday."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from bot.links import holds
from bot.model import PlantDigest
from bot.plant_digest import SHEET, sheet_link, tell_plants
from bot.settings import read
from store.database import now
from store.holds import pause, resume
from tests.scenarios.cast import IMRAN, RAMESH, VIJAY
from tests.scenarios.stage import Stage

SAMEER, TULSIRAM, REHAN, KAMLESH = "+919000049120", "+919000049253", "+919000049267", "+919000049134"
"""Planner and dispatch at Pithampur, dispatch and planner of the Lucknow depot."""


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.app = replace(
        stage.app,
        settings=read({"DIGEST_AT": "16:30", "LEAKAGE_DAY": "off", "PUBLIC_URL": "https://orders.example.com"}),
    )
    return stage


def sheets(stage: Stage) -> dict[tuple[str, date], list[dict[str, str]]]:
    with stage.session() as session:
        rows = session.scalars(select(PlantDigest).order_by(PlantDigest.day)).all()
    return {(row.plant, row.day): list(csv.DictReader(io.StringIO(row.sheet))) for row in rows}


def ignore_reminders(stage: Stage, *people: str) -> None:
    for person in people:
        stage.phone(person).ignores()


def test_planning_and_dispatch_hear_the_orders_of_their_plant_with_what_is_short_and_what_is_unconfirmed(
    stage: Stage,
) -> None:
    order = stage.phone(RAMESH).orders("20 peti kutku g chota")
    stage.phone(VIJAY).says("5 ctn lachhi masala")
    stage.phone(VIJAY).expects(buttons=["confirm", "change", "cancel"])
    stage.until(16, 29)
    ignore_reminders(stage, VIJAY)
    stage.phone(SAMEER).expects_nothing()
    stage.until(16, 30)
    ignore_reminders(stage, VIJAY)
    said = stage.phone(SAMEER).expects(
        "Orders of Pithampur Biscuit Plant", "16:30: 1 (lines: 1)", "Kutku-G Glucose Biscuit 50 g: 20 CASE; stock"
    )
    assert "Not confirmed yet, so not ordered: 1" in said.text
    assert "New Vijay Agencies (lines: 1)" in said.text
    assert "₹" not in said.text
    stage.phone(TULSIRAM).expects("ke order", "20 CASE", "Abhi confirm nahi")
    rows = sheets(stage)["PTH", date(2026, 11, 21)]
    assert [(row["number"], row["quantity"], row["state"]) for row in rows if row["sku"] == "KG-050"] == [
        (order.number, "20", "posted")
    ]
    assert rows[1]["state"] == "unconfirmed"
    assert not any("price" in name or "total" in name for name in rows[0])
    stage.phone(REHAN).expects_nothing()


def test_a_digest_is_told_once_whatever_clocks_there_are_and_the_next_one_goes_on_from_it(stage: Stage) -> None:
    stage.phone(RAMESH).orders("20 peti kutku g chota")
    stage.until(16, 30)
    stage.phone(SAMEER).expects("16:30: 1 (")
    stage.phone(TULSIRAM).expects("16:30 se: 1 (")
    for _ in range(2):
        assert tell_plants(stage.app) == 0
    stage.passes(hours=1)
    stage.phone(RAMESH).orders("5 ctn lachhi masala")
    stage.until(16, 31, days=2)
    stage.phone(SAMEER).expects("Lachhi", without=["Kutku-G"])
    stage.phone(TULSIRAM).expects("Lachhi")
    assert [day for plant, day in sheets(stage) if plant == "PTH"] == [date(2026, 11, 21), date(2026, 11, 23)]


def test_on_a_holiday_nothing_is_told_and_the_next_digest_goes_back_to_the_last(stage: Stage) -> None:
    stage.until(16, 31, days=2)
    stage.passes(hours=3)
    stage.phone(RAMESH).orders("20 peti kutku g chota")
    stage.until(17, 0, days=1)
    stage.phone(SAMEER).expects_nothing()  # Guru Nanak Jayanti
    stage.until(16, 30, days=1)
    stage.phone(SAMEER).expects("since Mon 23 Nov 16:30: 1 (")
    stage.phone(TULSIRAM).ignores()


def test_what_could_not_be_told_in_time_is_told_when_the_plant_opens(stage: Stage) -> None:
    stage.phone(RAMESH).orders("20 peti kutku g chota")
    stage.until(16, 30)
    ignore_reminders(stage, SAMEER, TULSIRAM)
    stage.until(12, 0, days=2)
    stage.phone(RAMESH).orders("5 ctn lachhi masala")
    with stage.session() as session:
        pause(session, customer="", by="it", reason="")
    stage.until(22, 0)
    with stage.session() as session:
        resume(session, customer="")
    stage.passes(minutes=5)
    stage.phone(SAMEER).expects_nothing()
    stage.until(9, 1, days=2)  # Tuesday is a holiday
    stage.phone(SAMEER).expects("Lachhi")
    stage.phone(TULSIRAM).expects("Lachhi")
    assert ("PTH", date(2026, 11, 23)) in sheets(stage)


def test_the_link_is_ours_alone_and_ends(stage: Stage) -> None:
    stage.phone(IMRAN).says("5 ctn lachhi masala")
    stage.phone(IMRAN).ignores()
    stage.until(16, 30)
    ignore_reminders(stage, IMRAN)
    bubble = stage.phone(REHAN).expects("Lucknow")
    stage.phone(KAMLESH).ignores()
    with stage.session() as session:
        told = session.get_one(PlantDigest, ("LKO", date(2026, 11, 21)))
        link = sheet_link(stage.app, told, present=told.told_at)
        present = now(session)
    assert link in bubble.text
    assert link.startswith(f"https://orders.example.com{SHEET}?")
    given = dict(part.split("=") for part in link.partition("?")[2].split("&"))
    settings = stage.app.settings
    assert holds(settings, SHEET, given, present=present)
    assert not holds(settings, SHEET, given | {"sign": "à"}, present=present)
    assert not holds(settings, SHEET, given | {"plant": "PTH"}, present=present)
    assert not holds(settings, SHEET, {}, present=present)
    stage.passes(hours=24 * 7 + 1)
    assert not holds(settings, SHEET, given, present=stage.clock.now())
    ignore_reminders(stage, *stage.phones)


def test_an_order_of_the_last_minute_is_in_the_next_digest_and_in_no_other(stage: Stage) -> None:
    stage.until(16, 29)
    stage.passes(seconds=40)
    late = stage.phone(RAMESH).orders("20 peti kutku g chota")
    stage.until(16, 30)
    ignore_reminders(stage, SAMEER, TULSIRAM)
    stage.until(16, 31, days=2)
    ignore_reminders(stage, SAMEER, TULSIRAM)
    told = {day: [row["number"] for row in rows] for (plant, day), rows in sheets(stage).items() if plant == "PTH"}
    assert told == {date(2026, 11, 21): [], date(2026, 11, 23): [late.number]}
