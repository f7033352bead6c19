"""Paragraph 7: what counts against a customer's credit, once each; who is told of it, and how old the balance is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text

from bot import desk
from bot.hear import hear
from bot.settings import read
from orders.exposure import credit_standing
from people.model import Party
from store.clock import ManualClock
from tests.scenarios.cast import ANKIT, FARIDA, HARISH, RAMESH, SUSHMA
from tests.scenarios.plant_files import add, add_column, drop, posted, rewrite
from tests.scenarios.stage import Stage
from tests.wayward_erp import WaywardErp, refuses

BUTTONS = ["confirm", "change", "cancel"]
AGRAWAL, LAKEVIEW, SAHU = "C101", "C104", "C109"
OWED = {AGRAWAL: Decimal("40975.63"), LAKEVIEW: Decimal("75806.93"), SAHU: Decimal("782432.99")}
"""What each has been invoiced and not paid."""
KUTKU, KUTKU_VALUE = "20 peti kutku g chota", Decimal("11664.03")
LACHHI, LACHHI_VALUE = "8 ctn lachhi masala", Decimal("8709.12")


def limits(stage: Stage, plant: Path, party: str, amount: Decimal) -> None:
    """The ERP gives a customer another credit limit."""
    rewrite(plant, "customers.csv", {"code": party}, credit_limit=str(amount))
    stage.pull()


def exposure(stage: Stage, party: str) -> Decimal:
    """What is invoiced or on order, as the next confirmation would see it."""
    with stage.session() as session:
        standing = credit_standing(
            session,
            session.get_one(Party, party),
            order_value=Decimal(0),
            erp=stage.app.erp.name,
            day=stage.clock.now().date(),
        )
    return standing.exposure


def listed(plant: Path, number: str, **row: str) -> None:
    """The ERP lists an order of 20 cases of Kutku-G."""
    usual = {
        "erp_number": f"SO-{number}",
        "our_number": number,
        "customer": AGRAWAL,
        "date": "2026-11-21",
        "line": "1",
        "sku": "KG-050",
        "uom": "CASE",
        "ordered": "20",
        "dispatched": "0",
        "invoiced": "0",
        "cancelled": "0",
        "price": "555.43",
        "status": "open",
    }
    add(plant, "orders.csv", **usual | row)


@contextmanager
def held_back(stage: Stage, party: str, *, until_waiting: int) -> Iterator[None]:
    """Nobody gets past this customer's row before so many transactions wait for it."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with stage.app.database.engine.connect() as connection, connection.begin():
        connection.execute(text("SELECT code FROM parties WHERE code = :code FOR NO KEY UPDATE"), {"code": party})
        yield
        for _ in range(500):
            with stage.session() as session:
                if session.scalar(waiting) == until_waiting:
                    return
            time.sleep(0.01)
        raise AssertionError("they did not wait for the customer's credit")


def test_two_people_who_confirm_at_the_same_moment_never_pass_the_limit_together(stage: Stage, plant: Path) -> None:
    limits(stage, plant, AGRAWAL, OWED[AGRAWAL] + KUTKU_VALUE + LACHHI_VALUE - 1)
    ramesh, ankit = stage.phone(RAMESH), stage.phone(ANKIT)
    ramesh.says(KUTKU)
    ramesh.expects(buttons=BUTTONS)
    ankit.says(LACHHI)
    ankit.expects(buttons=BUTTONS)
    taps = [stage.inbound(phone.presses("confirm")).id for phone in (ramesh, ankit)]
    at_once = [Thread(target=hear, args=(stage.app, tap)) for tap in taps]
    with held_back(stage, AGRAWAL, until_waiting=2):
        for thread in at_once:
            thread.start()
    for thread in at_once:
        thread.join(timeout=10)
    stage.run()
    assert sorted(order.state for order in stage.orders()) == ["held", "posted"]
    assert len(posted(plant)) == 1
    assert len(stage.matters("held_order")) == 1
    for phone in stage.phones.values():
        phone.ignores()


def test_two_people_whose_orders_fit_together_both_get_theirs(stage: Stage, plant: Path) -> None:
    limits(stage, plant, AGRAWAL, OWED[AGRAWAL] + KUTKU_VALUE + LACHHI_VALUE)
    stage.phone(RAMESH).orders(KUTKU)
    stage.phone(ANKIT).orders(LACHHI)
    assert len(posted(plant)) == 2


def test_the_erps_own_open_orders_count(stage: Stage, plant: Path) -> None:
    harish = stage.phone(HARISH)
    harish.says("50 case kutku g chota")
    harish.expects(buttons=BUTTONS)
    harish.taps("confirm")
    harish.expects("M26", without=["✅"])
    assert [order.state for order in stage.orders()] == ["held"]
    for phone in stage.phones.values():
        phone.ignores()
    with_it = exposure(stage, SAHU)
    drop(plant, "orders.csv", {"customer": SAHU})
    stage.pull()
    without = exposure(stage, SAHU)
    assert with_it - without == Decimal("160394.01")
    assert stage.orders()[0].value_with_tax == without - OWED[SAHU]


def test_an_open_order_the_erp_tells_without_a_price_counts_at_todays(stage: Stage, plant: Path) -> None:
    before = exposure(stage, AGRAWAL)
    listed(plant, "", erp_number="SO26-09999", price="")
    stage.pull()
    assert exposure(stage, AGRAWAL) - before == KUTKU_VALUE


def test_an_order_of_ours_counts_once_before_and_after_the_erp_lists_it(stage: Stage, plant: Path) -> None:
    assert exposure(stage, AGRAWAL) == OWED[AGRAWAL]
    order = stage.phone(RAMESH).orders(KUTKU)
    assert exposure(stage, AGRAWAL) == OWED[AGRAWAL] + KUTKU_VALUE
    listed(plant, order.number)
    stage.pull()
    assert exposure(stage, AGRAWAL) == OWED[AGRAWAL] + KUTKU_VALUE
    rewrite(plant, "orders.csv", {"our_number": order.number}, invoiced="5", dispatched="5")
    rewrite(plant, "customers.csv", {"code": AGRAWAL}, outstanding=str(OWED[AGRAWAL] + KUTKU_VALUE / 4))
    stage.pull()
    assert exposure(stage, AGRAWAL) == pytest.approx(OWED[AGRAWAL] + KUTKU_VALUE, abs=Decimal("0.02"))
    drop(plant, "orders.csv", {"our_number": order.number})
    rewrite(plant, "customers.csv", {"code": AGRAWAL}, outstanding=str(OWED[AGRAWAL] + KUTKU_VALUE))
    stage.pull()
    assert exposure(stage, AGRAWAL) == OWED[AGRAWAL] + KUTKU_VALUE, "it is all invoiced and counts no more on order"


def test_a_held_order_that_the_office_cancels_reserves_nothing_any_more(stage: Stage, plant: Path) -> None:
    limits(stage, plant, AGRAWAL, OWED[AGRAWAL] + KUTKU_VALUE - 1)
    ramesh = stage.phone(RAMESH)
    ramesh.says(KUTKU)
    ramesh.expects(buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("M26", without=["✅"])
    assert exposure(stage, AGRAWAL) == OWED[AGRAWAL] + KUTKU_VALUE
    (matter,) = stage.matters("held_order")
    with stage.session() as session:
        desk.act(stage.app, session, matter.id, desk.Act.CANCEL_ORDER, by="Lata", reason="unpaid bills")
    ramesh.expects("M26", without=["unpaid"])
    assert exposure(stage, AGRAWAL) == OWED[AGRAWAL]
    ramesh.orders(LACHHI)
    for phone in stage.phones.values():
        phone.ignores()


def test_an_order_the_erp_rejects_reserves_nothing_any_more(stage: Stage, clock: ManualClock) -> None:
    erp = WaywardErp(clock, name=stage.app.erp.name)
    erp.acts.append(refuses)
    stage.app = replace(stage.app, erps={erp.name: erp})
    ramesh = stage.phone(RAMESH)
    ramesh.says(KUTKU)
    ramesh.expects(buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("M26", without=["✅"])
    assert [order.state for order in stage.orders()] == ["rejected"]
    assert exposure(stage, AGRAWAL) == OWED[AGRAWAL]
    for phone in stage.phones.values():
        phone.ignores()


@pytest.mark.parametrize(("max_age", "is_old"), [("4 hours", True), ("3 days", False)])
def test_a_balance_older_than_allowed_is_marked_so_to_finance_and_dated_to_the_customer(
    stage: Stage, plant: Path, max_age: str, *, is_old: bool
) -> None:
    stage.app = replace(stage.app, settings=read({"CREDIT_MAX_AGE": max_age}))
    add_column(plant, "customers.csv", "balance_as_of", "2026-11-19T10:00:00+05:30")
    limits(stage, plant, LAKEVIEW, OWED[LAKEVIEW] + 1000)
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("₹75,806.93 (as of Thu 19 Nov 10:00)", "limit ₹76,806.93", without=["48 h"])
    told = stage.phone(SUSHMA).expects("₹75,806.93", "as of Thu 19 Nov 10:00")
    assert ("48 h old" in told.text) is is_old
    (matter,) = stage.matters("held_order")
    assert matter.facts["balance_hours_old"] == (48 if is_old else None)
    for phone in stage.phones.values():
        phone.ignores()
