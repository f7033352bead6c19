"""Paragraphs 5 and 9: the answer to a yes waits two seconds for the ERP's number, the office up to its limit."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from erp.files.adapter import Answer, FilesErp
from store.clock import ManualClock
from tests.scenarios.cast import FARIDA
from tests.scenarios.plant_files import posted
from tests.scenarios.stage import Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]
REP = "+919000049008"
"""Answers for Lakeview Mart Distribution in the office."""


@pytest.fixture
def erp(plant: Path) -> FilesErp:
    """The other side of the folder answers in files of its own."""
    return FilesErp(plant, name="files", answer=Answer.RESULTS, file_settles_in=timedelta())


@pytest.fixture
def farida(stage: Stage) -> Phone:
    return stage.phone(FARIDA)


def confirms(farida: Phone) -> str:
    """Order and confirm; the order's number."""
    farida.says("8 case marie 120")
    farida.expects("8 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    (order,) = farida.stage.orders()
    return order.number


def answers(plant: Path, number: str, status: str = "posted", **more: str) -> None:
    """The ERP's side writes what became of an order."""
    folder = plant / "in" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    said = {"number": number, "status": status, "at": "2026-11-21T10:00:01+05:30"} | more
    (folder / f"{number}.json").write_text(json.dumps(said), encoding="utf-8")


def test_a_number_that_comes_within_a_second_is_in_the_one_bubble(stage: Stage, plant: Path, farida: Phone) -> None:
    number = confirms(farida)
    farida.expects_nothing()
    stage.clock.push(timedelta(seconds=1))
    answers(plant, number, erp_number="SO26-05001")
    stage.tick()
    farida.expects("✅", "SO26-05001")
    stage.passes(seconds=10)
    farida.expects_nothing()


def test_a_number_that_comes_after_three_seconds_follows_the_note_in_a_second_bubble(
    stage: Stage, plant: Path, farida: Phone
) -> None:
    number = confirms(farida)
    stage.passes(seconds=1.9)
    farida.expects_nothing()
    stage.passes(seconds=0.1)
    farida.expects(number, "is noted", "will be posted", without=["✅"])
    stage.clock.push(timedelta(seconds=1))
    answers(plant, number, erp_number="SO26-05001")
    stage.tick()
    farida.expects("✅", "SO26-05001")
    stage.passes(seconds=10)
    farida.expects_nothing()


def test_past_the_limit_the_office_is_told_once_and_the_customer_hears_the_number_when_it_comes(
    stage: Stage, plant: Path, farida: Phone
) -> None:
    number = confirms(farida)
    stage.passes(seconds=2)
    farida.expects("will be posted")
    stage.passes(minutes=29)
    assert not stage.matters()
    stage.passes(minutes=2)
    (matter,) = stage.matters("late_result")
    stage.phone(REP).expects(number, matter.number, "Lakeview Mart Distribution")
    stage.passes(hours=2)
    stage.phone(REP).expects_nothing()
    farida.expects_nothing()
    farida.says("where is my order")
    farida.expects(number, without=["✅"])
    answers(plant, number, erp_number="SO26-05001")
    stage.passes(seconds=5)
    farida.expects("✅", "SO26-05001")
    assert not stage.matters("late_result")
    assert len(posted(plant)) == 1
    for phone in stage.phones.values():
        phone.ignores()


def test_a_rejection_that_comes_late_is_told_as_one(stage: Stage, plant: Path, farida: Phone) -> None:
    number = confirms(farida)
    stage.passes(seconds=2)
    farida.expects("will be posted")
    stage.passes(minutes=31)
    answers(plant, number, "rejected", reason="party frozen in books")
    stage.passes(seconds=5)
    farida.expects(number, "the office is looking", without=["✅", "frozen"])
    assert "frozen" in str(stage.matters("rejected_order")[0].facts)
    assert not stage.matters("late_result"), "the ERP has answered"
    for phone in stage.phones.values():
        phone.ignores()


def test_the_limit_is_as_set(stage: Stage, farida: Phone, clock: ManualClock) -> None:
    stage.app = replace(
        stage.app, settings=stage.app.settings.model_copy(update={"result_max_age": timedelta(minutes=5)})
    )
    confirms(farida)
    stage.passes(minutes=6)
    assert stage.matters("late_result")
    for phone in stage.phones.values():
        phone.ignores()
