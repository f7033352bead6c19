"""After posting: what has left is told once, and reps hear of their customers in one message."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot import dispatch_news
from erp.files.stand_in import StandIn
from people import consent
from people.who import account_of
from store.holds import pause, resume
from tests.scenarios.cast import ANKIT, OMPRAKASH, RAMESH, SUNITA, VIKAS
from tests.scenarios.modes import puts
from tests.scenarios.plant_files import add_column, rewrite
from tests.scenarios.stage import Stage

WANTED = "20 peti kutku g chota aur 5 ctn lachhi"


@pytest.fixture
def other_side(plant: Path, stage: Stage) -> StandIn:
    """Whoever sends the goods; what had left before is known to us."""
    stage.tick()
    return StandIn(plant, now=stage.clock.now)


def seen(stage: Stage) -> None:
    """The ERP's list is read again, and what follows happens; reps are another test's concern."""
    stage.pull()
    dispatch_news.tell_dispatches(stage.app)
    stage.run()


def test_what_had_left_before_is_told_to_nobody(stage: Stage) -> None:
    for hours in (0, 1):
        stage.passes(hours=hours)
        stage.phone(OMPRAKASH).expects_nothing()


def test_a_partial_dispatch_is_told_then_the_rest_and_the_papers_that_come_later_each_once(
    stage: Stage, plant: Path, other_side: StandIn
) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(WANTED)
    other_side.dispatch(order.number, line=1, qty=Decimal(12), vehicle="MP09GF4417", lr_no="LR25820")
    rewrite(plant, "orders.csv", {"our_number": order.number}, promised_on="2026-11-24")
    seen(stage)
    ramesh.expects(
        "Agrawal Trading Company",
        "• Kutku-G Glucose Biscuit 50 g – 12 CASE",
        "gaadi MP09GF4417 · LR LR25820",
        "Baaki: Kutku-G Glucose Biscuit 50 g – 8 CASE (Tue 24 Nov), Lachhi Noodles Masala 70 g – 5 CASE (Tue 24 Nov)",
        without=["Invoice"],
    )
    seen(stage)
    ramesh.expects_nothing()
    other_side.dispatch(order.number, vehicle="MP09ZZ1111", lr_no="LR25999")
    seen(stage)
    ramesh.expects("– 8 CASE", "– 5 CASE", "MP09ZZ1111", "poora maal nikal gaya", without=["12 CASE", "Baaki"])
    rewrite(plant, "orders.csv", {"our_number": order.number}, invoice="INV-77", invoiced="0")
    seen(stage)
    ramesh.expects("uske kagaz", "Invoice INV-77", without=["CASE"])
    seen(stage)
    ramesh.expects_nothing()


def test_two_orders_that_leave_together_are_one_message(stage: Stage, plant: Path, other_side: StandIn) -> None:
    ramesh = stage.phone(RAMESH)
    first, second = ramesh.orders("20 peti kutku g chota"), ramesh.orders("5 ctn lachhi")
    for order in (first, second):
        other_side.dispatch(order.number, vehicle="MP09GF4417")
    seen(stage)
    ramesh.expects("Kutku-G", "Lachhi")
    ramesh.expects_nothing()


def test_two_clocks_tell_it_once(stage: Stage, other_side: StandIn) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(WANTED)
    other_side.dispatch(order.number)
    stage.pull()
    assert dispatch_news.tell_dispatches(stage.app) == 1
    assert dispatch_news.tell_dispatches(stage.app) == 0
    ramesh.expects("maal nikla")


def test_what_leaves_at_night_is_told_in_the_morning(stage: Stage, other_side: StandIn) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(WANTED)
    stage.until(23, 30)
    other_side.dispatch(order.number)
    seen(stage)
    ramesh.expects_nothing()
    stage.until(8, 1, days=1)
    ramesh.expects("maal nikla")


def test_who_is_silent_off_or_in_shadow_is_told_nothing_then_or_later(
    stage: Stage, plant: Path, other_side: StandIn
) -> None:
    add_column(plant, "customers.csv", "dispatch_news", "yes")
    rewrite(plant, "customers.csv", {"code": "C102"}, dispatch_news="no")
    stage.pull()
    ankit, sunita, ramesh = stage.phone(ANKIT), stage.phone(SUNITA), stage.phone(RAMESH)
    of_ankit, of_sunita, of_ramesh = ankit.orders(WANTED), sunita.orders(WANTED), ramesh.orders("7 ctn lachhi")
    with stage.session() as session:
        consent.stop(session, account_of(session, ANKIT), inbound_id=None)
    for order in (of_ankit, of_sunita):
        other_side.dispatch(order.number)
    seen(stage)
    ankit.expects_nothing()
    sunita.expects_nothing()
    puts(stage, "shadow", "C101")
    other_side.dispatch(of_ramesh.number)
    seen(stage)
    puts(stage, "live", "C101")
    seen(stage)
    ramesh.expects_nothing()


def test_what_leaves_while_we_are_paused_is_told_when_we_go_on(stage: Stage, other_side: StandIn) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(WANTED)
    with stage.session() as session:
        pause(session, by="Asha")
    other_side.dispatch(order.number)
    seen(stage)
    ramesh.expects_nothing()
    with stage.session() as session:
        resume(session)
    seen(stage)
    ramesh.expects("maal nikla")


# --- reps ---


def test_a_rep_hears_of_orders_shortages_and_holds_of_his_customers_in_one_message(
    stage: Stage, plant: Path, other_side: StandIn
) -> None:
    rewrite(plant, "stock.csv", {"sku": "KG-050", "warehouse": "PTH-FG"}, qty=str(12 * 144))
    rewrite(plant, "customers.csv", {"code": "C102"}, credit_limit="100")
    stage.pull()
    first = stage.phone(RAMESH).orders(WANTED)
    sunita = stage.phone(SUNITA)
    sunita.says("5 ctn lachhi")
    sunita.expects()
    sunita.taps("confirm")
    sunita.expects("accounts ki manzoori")
    vikas = stage.phone(VIKAS)
    vikas.expects_no_copy()
    stage.passes(minutes=6)
    vikas.expects_copy(
        "Aapke customers (2)",
        f"Agrawal Trading Company: order {first.number}",
        "Maal kam: Kutku-G Glucose Biscuit 50 g 12/20 CASE",
        "Jain Kirana Bhandar",
        "accounts ke liye ruka",
    )
    stage.passes(minutes=10)
    vikas.expects_no_copy()
    for phone in stage.phones.values():
        phone.ignores()


def test_a_rep_hears_nothing_of_his_own_orders_and_at_night_only_in_the_morning(stage: Stage) -> None:
    vikas, ramesh = stage.phone(VIKAS), stage.phone(RAMESH)
    vikas.says("Agrawal Trading ke liye 20 peti kutku g chota")
    vikas.expects("Agrawal")
    vikas.taps("confirm")
    vikas.expects("✅")
    ramesh.expects("Vikas Patidar")
    stage.until(20)
    vikas.expects_no_copy()
    ramesh.orders("5 ctn lachhi")
    stage.until(22)
    vikas.expects_no_copy()
    stage.until(9, 5, days=2)
    vikas.expects_copy("Agrawal Trading Company")
    for phone in stage.phones.values():
        phone.ignores()
