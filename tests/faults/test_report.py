"""The judge of the fault run finds each wrong it is there to find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.people import Held
from tests.faults.plant import make_plant
from tests.faults.report import Records, judge
from tests.faults.script import Conversation, Fate, Script, Talk, write_script

PLANT = make_plant(firms=12, two_phones=3)
AT = "2026-11-21T04:30:00+00:00"


def erp_order(script: Script, conversation: Conversation, talk: Talk, number: int) -> dict[str, Any]:
    price = {one: script.plant.price_of(conversation.firm, one.goods, one.quantity, one.uom) for one in talk.meant}
    lines = [
        {"line": n, "sku": one.goods.sku, "qty": str(one.quantity), "uom": one.uom, "price": str(price[one])}
        for n, one in enumerate(talk.meant, 1)
    ]
    total = sum(one.quantity * price[one] for one in talk.meant)
    return {
        "erp_number": f"SO{100000 + number}",
        "at": AT,
        "document": {
            "number": f"M26{number:06d}",
            "customer": conversation.firm.code,
            "total": str(total),
            "lines": lines,
        },
    }


def told(order: dict[str, Any], talk: Talk) -> dict[str, Any]:
    total = f"₹{order['document']['total']}"
    return {
        "kind": "message",
        "sid": f"SM{order['erp_number']}",
        "to": talk.buyer.address,
        "body": f"Order posted: {order['erp_number']} ({total}). Our number {order['document']['number']}.",
        "buttons": [],
        "rows": [],
        "arrived": 1.0,
        "on": "2026-11-21T04:30:01+00:00",
    }


def perfect_run() -> Records:
    script = write_script(PLANT, seed=3, conversations=40)
    held: list[Held] = []
    orders: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for conversation in script.conversations:
        for talk in conversation.talks:
            number = ""
            if talk.fate is Fate.ORDERED:
                order = erp_order(script, conversation, talk, len(orders) + 1)
                orders.append(order)
                events.append(told(order, talk))
                number = order["erp_number"]
            held.append(Held(conversation=conversation.number, talk=talk, told_number=number))
    return Records(script=script, held=held, twilio=events, erp_orders=orders, kills=0)


@pytest.fixture
def run() -> Records:
    return perfect_run()


def changed(order: Mapping[str, Any], **line: str) -> dict[str, Any]:
    document = order["document"]
    return {
        **order,
        "document": {**document, "lines": [{**document["lines"][0], **line}, *document["lines"][1:]]},
    }


def test_a_perfect_run_passes(run: Records) -> None:
    verdict = judge(run)
    assert verdict.findings == []
    assert verdict.expected == verdict.in_erp == len(run.erp_orders) > 30


def test_an_order_that_is_missing_is_lost(run: Records) -> None:
    verdict = judge(replace(run, erp_orders=run.erp_orders[1:], twilio=run.twilio[1:]))
    assert (verdict.lost, verdict.doubled) == (1, 0)
    assert not verdict.passed


def test_an_order_that_is_there_twice_is_doubled(run: Records) -> None:
    again = {**run.erp_orders[0], "erp_number": "SO199999"}
    verdict = judge(replace(run, erp_orders=[*run.erp_orders, again]))
    assert (verdict.lost, verdict.doubled) == (0, 1)


@pytest.mark.parametrize("wrong", [{"qty": "99"}, {"price": "1"}, {"uom": "PKT"}, {"sku": "OTHER"}])
def test_a_line_that_is_not_as_meant_is_found(run: Records, wrong: dict[str, str]) -> None:
    orders = [changed(run.erp_orders[0], **wrong), *run.erp_orders[1:]]
    verdict = judge(replace(run, erp_orders=orders))
    assert (verdict.lost, verdict.doubled) == (1, 1)


def test_a_line_that_stands_twice_in_one_order_is_found(run: Records) -> None:
    document = run.erp_orders[0]["document"]
    order = {
        **run.erp_orders[0],
        "document": {**document, "lines": [*document["lines"], document["lines"][0]]},
    }
    assert judge(replace(run, erp_orders=[order, *run.erp_orders[1:]])).doubled == 1


def test_a_person_who_was_not_told_is_found(run: Records) -> None:
    first = next(held for held in run.held if held.told_number)
    held = [replace(one, told_number="") if one is first else one for one in run.held]
    assert judge(replace(run, held=held)).untold == 1


def test_a_talk_that_never_ended_is_found(run: Records) -> None:
    assert not judge(replace(run, held=run.held[1:])).passed


@pytest.mark.parametrize(
    "body",
    [
        "Order posted: SO999999 (₹1)",
        "Order posted: SO100001 (₹1). Our number M26000001.",
        "Order posted: SO100001. Our number M26000002.",
        "1. Kesar Rusk – 5 CASE × ₹1 = ₹5",
        "1. Kesar Rusk – 5 CASE × ₹400 = ₹1,999",
        "1. Moon Dust – 5 CASE × ₹400 = ₹2,000",
    ],
)
def test_an_untrue_word_is_found(run: Records, body: str) -> None:
    lie = {**run.twilio[0], "body": body}
    assert judge(replace(run, twilio=[*run.twilio, lie])).untrue >= 1


def test_a_number_told_before_the_erp_had_the_order_is_untrue(run: Records) -> None:
    early = {**run.twilio[0], "on": "2026-11-21T04:29:59+00:00"}
    assert judge(replace(run, twilio=[early, *run.twilio[1:]])).untrue == 1


def test_a_number_told_again_needs_a_kill_to_excuse_it(run: Records) -> None:
    again = replace(run, twilio=[*run.twilio, run.twilio[0]])
    assert not judge(again).passed
    assert judge(replace(again, kills=1)).passed


def test_a_posted_order_that_is_told_to_be_posted_still_is_untrue(run: Records) -> None:
    number = run.erp_orders[0]["document"]["number"]
    late = {**run.twilio[0], "body": f"Order {number} is noted and will be posted."}
    assert judge(replace(run, twilio=[*run.twilio, late])).untrue == 1
    assert judge(replace(run, twilio=[late, *run.twilio])).untrue == 0


def test_a_question_about_what_was_said_plainly_is_found(run: Records) -> None:
    rows = [{"id": "pick:t:1.0", "title": "1a", "description": "Kesar Rusk – 5 CASE"}]
    asked = {**run.twilio[0], "body": "Which one?", "rows": rows}
    assert judge(replace(run, twilio=[*run.twilio, asked])).asked == 1


def test_what_twilio_refused_is_a_finding(run: Records) -> None:
    refused = {"kind": "refused", "code": 21656, "text": "newline"}
    assert not judge(replace(run, twilio=[*run.twilio, refused])).passed


def test_the_script_has_the_shares_it_promises() -> None:
    script = write_script(make_plant(), seed=1, conversations=500)
    talks = [talk for conversation in script.conversations for talk in conversation.talks]
    assert sum(conversation.edited for conversation in script.conversations) == 100
    assert sum(len(conversation.talks) > 1 for conversation in script.conversations) == 50
    assert sum(talk.ending == "cancel" for talk in talks) == 50
    assert len({conversation.firm.code for conversation in script.conversations}) == 60
    assert {len(talk.steps[0].meant) for talk in talks} >= {1, 40}


def test_the_same_seed_gives_the_same_script() -> None:
    plant = make_plant()
    assert write_script(plant, seed=5, conversations=50) == write_script(plant, seed=5, conversations=50)
    assert write_script(plant, seed=5, conversations=50) != write_script(plant, seed=6, conversations=50)
