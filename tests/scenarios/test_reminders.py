"""Paragraph 6: when an unconfirmed draft is reminded of, as set, and what happens over the night."""

from dataclasses import replace
from pathlib import Path

from bot.settings import read
from tests.scenarios.cast import FARIDA, MAHENDRA, RAMESH
from tests.scenarios.plant_files import posted
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]


def test_a_draft_is_reminded_of_when_the_setting_says(stage: Stage) -> None:
    stage.app = replace(stage.app, settings=read({"DRAFT_REMINDER": "45 minutes"}))
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    stage.passes(minutes=44)
    ramesh.expects_nothing()
    assert not stage.matters()
    stage.passes(minutes=1)
    ramesh.expects("20 CASE", buttons=BUTTONS)
    assert stage.matters("unconfirmed_draft")


def test_a_firm_that_was_asked_for_is_asked_for_again_when_the_setting_says(stage: Stage) -> None:
    stage.app = replace(stage.app, settings=read({"DRAFT_REMINDER": "5 minutes"}))
    mahendra = stage.phone(MAHENDRA)
    mahendra.says("8 peti lachhi masala")
    mahendra.expects()
    stage.passes(minutes=4)
    mahendra.expects_nothing()
    stage.passes(minutes=1)
    assert "Kothari Agencies" in mahendra.expects().choices + str(mahendra.last and mahendra.last.titles)
    stage.passes(minutes=30)
    mahendra.expects_nothing()


def test_writing_on_puts_the_reminder_off(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    stage.passes(minutes=15)
    ramesh.says("aur 5 ctn lachhi masala")
    ramesh.expects("2. Lachhi", buttons=BUTTONS)
    stage.passes(minutes=19)
    ramesh.expects_nothing()
    stage.passes(minutes=1)
    ramesh.expects("2. Lachhi", buttons=BUTTONS)


def test_what_fell_due_in_the_night_is_reminded_of_at_eight_and_once(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(20, 50)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    for hour, minute in ((21, 9), (21, 11), (23, 59)):
        stage.until(hour, minute)
        ramesh.expects_nothing()
    assert stage.matters("unconfirmed_draft"), "in the night it stands before a person already"
    stage.until(7, 59, days=1)
    ramesh.expects_nothing()
    stage.until(8, 0)
    ramesh.expects("20 CASE", buttons=BUTTONS)
    stage.until(12)
    ramesh.expects_nothing()


def test_what_is_due_a_minute_before_nine_is_reminded_of_in_the_evening(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(20, 39)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    stage.until(20, 59)
    ramesh.expects("20 CASE", buttons=BUTTONS)
    stage.until(9, days=1)
    ramesh.expects_nothing()


def test_who_writes_before_eight_has_his_full_twenty_minutes(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    stage.until(7, 50, days=1)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    stage.until(8, 5)
    ramesh.expects_nothing()
    stage.until(8, 10)
    ramesh.expects("20 CASE", buttons=BUTTONS)


def test_what_was_confirmed_or_declined_in_the_night_is_not_reminded_of_at_eight(stage: Stage, plant: Path) -> None:
    ramesh, farida = stage.phone(RAMESH), stage.phone(FARIDA)
    stage.until(21, 30)
    for phone, text in ((ramesh, "20 peti kutku g chota"), (farida, "8 case marie 120")):
        phone.says(text)
        phone.expects(buttons=BUTTONS)
    stage.until(22)
    assert len(stage.matters("unconfirmed_draft")) == 2
    ramesh.taps("confirm")
    ramesh.expects("✅")
    farida.taps("cancel")
    farida.expects(buttons=[])
    assert not stage.matters("unconfirmed_draft"), "its sender has settled it"
    stage.until(9, days=1)
    ramesh.expects_nothing()
    farida.expects_nothing()
    assert len(posted(plant)) == 1
