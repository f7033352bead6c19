"""Paragraph 9, as the customer hears it: accepted, posted and rejected are different, and each is the truth."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store.clock import ManualClock
from tests.scenarios.cast import FARIDA
from tests.scenarios.stage import Phone, Stage
from tests.wayward_erp import WaywardErp, accepted, acts_late, is_down, refuses, times_out_after

BUTTONS = ["confirm", "change", "cancel"]


@pytest.fixture
def wayward(stage: Stage, clock: ManualClock) -> WaywardErp:
    """The ERP of this stage, which does what it is told."""
    erp = WaywardErp(clock, name=stage.app.erp.name)
    stage.app = replace(stage.app, erps={erp.name: erp})
    return erp


@pytest.fixture
def farida(stage: Stage, wayward: WaywardErp) -> Phone:
    return stage.phone(FARIDA)


def confirms(farida: Phone) -> str:
    """Order and confirm; the order's number."""
    farida.says("8 case marie 120")
    farida.expects("8 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    (order,) = farida.stage.orders()
    return order.number


def test_the_number_the_erp_gave_is_what_the_customer_hears(farida: Phone) -> None:
    number = confirms(farida)
    farida.expects("✅", f"E-{number}")


def test_while_the_erp_is_down_it_is_noted_and_the_number_follows_once(
    stage: Stage, wayward: WaywardErp, farida: Phone
) -> None:
    wayward.acts.extend([is_down] * 3)
    number = confirms(farida)
    stage.passes(seconds=2)
    farida.expects(number, "will be posted", without=["✅"])
    for _ in range(10):
        stage.passes(minutes=1)
    farida.expects("✅", f"E-{number}")
    farida.expects_nothing()
    assert wayward.made == [number]


def test_what_the_erp_has_accepted_is_not_yet_said_to_be_posted(
    stage: Stage, wayward: WaywardErp, farida: Phone
) -> None:
    wayward.acts.append(accepted)
    number = confirms(farida)
    stage.passes(seconds=2)
    farida.expects(number, without=["✅"])
    wayward.answers[number] = wayward._booked(number)
    stage.passes(seconds=5)
    farida.expects("✅", f"E-{number}")


def test_a_rejected_order_is_with_the_office_which_alone_hears_the_erps_reason(
    stage: Stage, wayward: WaywardErp, farida: Phone
) -> None:
    wayward.acts.append(refuses)
    number = confirms(farida)
    farida.expects(number, "the office is looking", without=["✅", "frozen"])
    (matter,) = stage.matters("rejected_order")
    assert "frozen" in str(matter.facts)
    for phone in stage.phones.values():
        phone.ignores()


@pytest.mark.parametrize("act", [times_out_after, acts_late(timedelta(seconds=5))], ids=["after", "late"])
def test_when_the_erp_does_not_answer_there_is_one_order_and_one_number(
    stage: Stage, wayward: WaywardErp, farida: Phone, act: object
) -> None:
    wayward.acts.append(act)  # type: ignore[arg-type]
    number = confirms(farida)
    stage.passes(seconds=2)
    farida.expects(number, "will be posted", without=["✅"])
    for _ in range(30):
        stage.passes(seconds=5)
        wayward.tick()
    farida.expects("✅", f"E-{number}")
    farida.expects_nothing()
    assert wayward.made == [number]
