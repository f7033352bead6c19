"""Once a week the head of sales of a plant hears what went below list and what is becoming a habit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.leakage_digest import tell_leakage, unread
from bot.model import LeakageDigest
from bot.settings import read
from people.model import Person
from store.database import now
from tests.leaked import below_list
from tests.scenarios.cast import RAMESH
from tests.scenarios.stage import Stage

CHANDRAKANT, SUDHIR, VAISHALI = "+919000049092", "+919000049309", "+919000049316"
"""Approver 3 and plant head of Pithampur; plant head of Butibori."""
GLUCOSE = ("KG-050", "CASE", "555.43")
LAST_MONDAY = date(2026, 11, 16)


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.app = replace(
        stage.app,
        settings=read({"DIGEST_AT": "off", "LEAKAGE_DAY": "monday", "PUBLIC_URL": "https://orders.example.com"}),
    )
    return stage


def leak(stage: Stage, *, weeks: int = 4) -> None:
    """Each week Ramesh gets a price from Rajesh, below the floor."""
    with stage.session() as session:
        rajesh = session.scalars(select(Person).where(Person.name == "Rajesh Nema")).one()
        for number in range(weeks):
            at = now(session) - timedelta(days=7 * number)
            below_list(
                session, f"M{number}", "535.43", at=at, item=GLUCOSE, party="C101", phone=RAMESH, by=rajesh,
                floor="540.43", plant="PTH",
            )  # fmt: skip


def told(stage: Stage) -> dict[tuple[str, date], int]:
    with stage.session() as session:
        return {(row.plant, row.week): row.told for row in session.scalars(select(LeakageDigest))}


def test_the_head_of_sales_hears_on_monday_when_the_plant_opens_and_once(stage: Stage) -> None:
    leak(stage)
    stage.until(8, 59, days=2)
    stage.phone(CHANDRAKANT).expects_nothing()
    stage.until(9, 1)
    said = stage.phone(CHANDRAKANT).expects(
        "Prices below list, Pithampur Biscuit Plant, week of Mon 16 Nov: ₹200 (3.6 % of ₹5,554, orders: 1)",
        "The week before: ₹200.",
        "approvals ₹200",
        "Below the floor, approved: 1 lines, ₹50 under it (Rajesh Nema).",
        "Customers: Agrawal Trading Company ₹200",
        "Agrawal Trading Company now always gets Kutku-G Glucose",
        "granted in 4 of the last 4 orders. (₹800; this week ₹200)",
        "https://orders.example.com/leakage/?until=2026-11-23&plant=PTH",
    )
    assert "margin" not in said.text.casefold()
    assert tell_leakage(stage.app) == 0
    stage.passes(hours=26)
    stage.phone(SUDHIR).expects_nothing()
    assert told(stage)["PTH", LAST_MONDAY] == 1
    assert set(told(stage).values()) == {0, 1}, "the other plants sold nothing and are told nothing"


def test_a_week_in_which_nothing_leaked_is_told_in_one_line_and_the_plant_head_stands_in(stage: Stage) -> None:
    with stage.session() as session:
        below_list(session, "M1", "555.43", at=now(session), item=GLUCOSE, party="C101", phone=RAMESH, plant="BTB")
        assert "LKO" in unread(session, timezone="Asia/Kolkata")
        session.scalars(select(Person).where(Person.phone == VAISHALI)).one().language = "hi-Latn"
    stage.until(10, 1, days=2)
    stage.phone(VAISHALI).expects(
        "mein Mon 16 Nov wale hafte mein kuch bhi list se kam par nahi gaya (bikri: ₹5,554, order: 1).",
        without=["•"],
    )


def test_closed_on_monday_it_is_told_on_the_next_working_day(stage: Stage) -> None:
    leak(stage, weeks=1)
    stage.app = replace(
        stage.app,
        settings=read({"DIGEST_AT": "off", "LEAKAGE_DAY": "tuesday", "PUBLIC_URL": "https://orders.example.com"}),
    )
    stage.until(12, 0, days=3)
    stage.phone(CHANDRAKANT).expects_nothing()  # Guru Nanak Jayanti
    stage.until(9, 1, days=1)
    stage.phone(CHANDRAKANT).expects("week of Mon 16 Nov: ₹200", without=["habit"])


def test_what_a_scheme_gives_in_the_chat_is_told_at_list_price(stage: Stage) -> None:
    stage.phone(RAMESH).orders("20 peti pankh orange wafer 75")
    stage.until(9, 1, days=2)
    stage.phone(CHANDRAKANT).expects(
        "week of Mon 16 Nov: ₹1,481 (10.0 % of ₹14,811, orders: 1)", "schemes ₹1,481", "Reps: Vikas Patidar ₹1,481"
    )
