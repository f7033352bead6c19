"""Paused: nothing is answered or posted, everything is stored; resumed, it is worked through in order."""

from pathlib import Path

import pytest

from bot.hear import hear
from store.holds import pause, resume
from store.queue import depths
from tests.scenarios.cast import FARIDA, RAMESH, STRANGER, VIKAS
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]


def posted(plant: Path) -> int:
    return len(list((plant / "out" / "sales_orders").glob("*.json")))


def test_while_everybody_is_paused_messages_are_stored_and_then_read_in_their_order(stage: Stage) -> None:
    farida, stranger = stage.phone(FARIDA), stage.phone(STRANGER)
    with stage.session() as session:
        pause(session, by="Asha")
    first = farida.says("8 case marie 120")
    stage.passes(minutes=5)
    second = farida.says("aur 2 case glucose 50")
    third = stranger.says("hello")
    stage.passes(hours=2)
    farida.expects_nothing()
    stranger.expects_nothing()
    assert [stage.inbound(sid).state for sid in (first, second, third)] == ["stored"] * 3
    with stage.session() as session:
        resume(session)
    # One more comes in the moment it goes on: it waits behind what was stored.
    farida.says("aur 3 case bourbon 60")
    assert stage.inbound(first).done_at == stage.inbound(second).done_at == stage.clock.now()
    farida.expects("/marie.*8 case.*glucose.*2 case.*bourbon/", without=["❓ “8"])
    farida.expects_nothing()
    stranger.ignores()


def test_an_order_confirmed_before_the_pause_is_posted_and_told_after_it(stage: Stage, plant: Path) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.presses("confirm")
    with stage.session() as session:
        pause(session, by="Asha", reason="stock-taking")
    stage.passes(minutes=40)
    farida.expects_nothing()
    assert posted(plant) == 0
    with stage.session() as session:
        resume(session)
    stage.passes(seconds=5)
    assert posted(plant) == 1
    farida.ignores()
    (order,) = stage.orders()
    assert order.state == "posted"


def test_a_document_on_its_way_stays_here_while_we_are_paused(stage: Stage, plant: Path) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    sid = farida.presses("confirm")
    hear(stage.app, stage.inbound(sid).id)
    with stage.session() as session:
        pause(session, customer="C104", by="Asha")
    stage.passes(hours=1)
    assert posted(plant) == 0
    farida.expects_nothing()
    with stage.session() as session:
        resume(session, customer="C104")
    stage.passes(seconds=5)
    assert posted(plant) == 1
    farida.ignores()


@pytest.mark.parametrize("word", ["unread", "nobody"])
def test_a_draft_is_not_reminded_of_while_paused_nor_before_the_answer_was_read(stage: Stage, word: str) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    with stage.session() as session:
        pause(session, customer="C104", by="Asha")
    if word == "unread":
        farida.presses("confirm")
    stage.passes(hours=1)
    farida.expects_nothing()
    with stage.session() as session:
        resume(session, customer="C104")
    stage.passes(seconds=5)
    if word == "unread":
        farida.expects("✅")
    else:
        farida.expects(buttons=BUTTONS)


def test_one_customer_is_paused_and_the_others_are_answered(stage: Stage, plant: Path) -> None:
    farida, ramesh = stage.phone(FARIDA), stage.phone(RAMESH)
    with stage.session() as session:
        pause(session, customer="C104", by="Asha")
    farida.says("8 case marie 120")
    ramesh.orders("20 peti kutku g chota")
    stage.passes(hours=1)
    farida.expects_nothing()
    assert posted(plant) == 1
    with stage.session() as session:
        resume(session, customer="C104")
    farida.expects("8 CASE", buttons=BUTTONS)


def test_a_rep_of_many_firms_is_answered_and_his_order_for_the_paused_one_waits(stage: Stage, plant: Path) -> None:
    vikas = stage.phone(VIKAS)
    with stage.session() as session:
        pause(session, customer="C108", by="Asha")
    vikas.says("Balaji Kirana Ratlam ke liye 5 peti kutku g chota")
    if "pick" in vikas.expects("5 CASE").acts:  # whether the reader is sure of it is not the point here
        vikas.taps("pick")
        vikas.expects("5 CASE", buttons=BUTTONS)
    vikas.taps("confirm")
    stage.passes(hours=1)
    assert posted(plant) == 0
    with stage.session() as session:
        resume(session, customer="C108")
    stage.passes(seconds=5)
    assert posted(plant) == 1
    for phone in stage.phones.values():
        phone.ignores()


@pytest.mark.parametrize("customer", ["", "C104"])
def test_what_waits_for_hours_fills_no_queue(stage: Stage, customer: str) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.presses("confirm")
    sid = farida.sends("kab aayega")
    hear(stage.app, stage.inbound(sid).id)
    with stage.session() as session:
        pause(session, customer=customer, by="Asha")
    for _ in range(20):
        stage.passes(minutes=5)
    with stage.session() as session:
        assert sum(depths(session).values()) <= 4
        resume(session, customer=customer)
    stage.passes(seconds=10)
    farida.ignores()
    for phone in stage.phones.values():
        phone.ignores()
    assert stage.orders()
