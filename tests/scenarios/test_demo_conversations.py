"""The ten conversations of demo/plant/README.md, played as they stand there."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.parked import read_now
from orders.drafts import is_ready
from orders.model import OrderDraft
from people.model import Person
from people.newcomers import make_buyer
from people.who import account_of, assign
from tests.scenarios.plant_files import posted
from tests.scenarios.stage import Bubble, Phone, Stage

CONVERSATIONS = json.loads(
    (Path(__file__).parents[2] / "demo" / "plant" / "conversations.json").read_text(encoding="utf-8")
)["conversations"]

Expected = dict[str, Any]


@pytest.mark.parametrize(
    "conversation", CONVERSATIONS, ids=[f"{one['number']} {one['title']}" for one in CONVERSATIONS]
)
def test_a_conversation_of_the_readme_goes_as_it_says(stage: Stage, plant: Path, conversation: dict[str, Any]) -> None:
    for step in conversation["steps"]:
        play(stage, plant, step)


def play(stage: Stage, plant: Path, step: dict[str, Any]) -> None:
    phone = stage.phone(step["person"])
    expected: Expected = step.get("expect", {})
    before = set(posted(plant))
    if "says" in step:
        phone.says(step["says"])
    elif "taps" in step:
        phone.taps(tapped(phone, step["taps"]))
    else:
        on_the_pages(stage, step)
    stage.passes(seconds=3)
    phone = stage.phone(step.get("phone", step["person"]))
    bubble = phone.unread[-1] if phone.unread else None
    judge(stage, phone, bubble, expected)
    new = {number: order for number, order in posted(plant).items() if number not in before}
    judge_posting(new, expected)
    for told in expected.get("told", []):
        judge_told(stage, told)
    phone.ignores()
    for other in stage.phones.values():
        other.ignores()


def tapped(phone: Phone, wanted: str) -> str:
    """`pick:` names the SKU or firm; a button's argument does not."""
    act, _, what = wanted.partition(":")
    if not what:
        return act
    assert phone.last is not None
    for entry in phone.last.row.rows:
        if what in entry["payload"] or choice_of(phone, entry["payload"]) == what:
            return str(entry["payload"].split(":")[0] + ":" + entry["payload"].split(":", 2)[2])
    raise AssertionError(f"{what} is not offered in {phone.last.row.rows}")


def choice_of(phone: Phone, payload: str) -> str | None:
    """The SKU behind a row that settles a draft line."""
    number, _, position = payload.split(":", 2)[-1].partition(".")
    draft = draft_of(phone)
    if draft is None or not number.isdigit() or not position.isdigit():
        return None
    line = next(line for line in draft.lines if line.no == int(number))
    return str(line.candidates[int(position)]["sku"])


def draft_of(phone: Phone) -> OrderDraft | None:
    assert phone.last is not None
    bubble = phone.unread[-1] if phone.unread else phone.last
    with phone.stage.app.database.transaction() as session:
        return session.get(OrderDraft, bubble.row.draft_id) if bubble.row.draft_id else None


def on_the_pages(stage: Stage, step: dict[str, Any]) -> None:
    """An admin assigns a number to a firm."""
    assert step["does"] == "assigns", step
    with stage.session() as session:
        account = account_of(session, step["phone"])
        person = make_buyer(session, account, name=step["name"], party_code=step["to"])
        assign(session, account.id, person=person)
        read_now(session, account.id)
    stage.run()


def judge(stage: Stage, phone: Phone, bubble: Bubble | None, expected: Expected) -> None:
    asked = {"firm", "lines", "asks", "asks_firm", "asks_name", "buttons", "contains", "refused"} & set(expected)
    if not asked:
        return
    assert bubble is not None, f"{phone.number} received nothing, expected {expected}"
    phone.last = bubble
    shown = bubble.text + "".join(entry.get("description", "") for entry in bubble.row.rows)
    for text in expected.get("contains", []):
        assert text in shown, f"{text!r} not in:\n{shown}"
    if "buttons" in expected:
        assert bubble.acts == expected["buttons"], shown
    draft = draft_of(phone)
    if {"firm", "lines", "ship_to", "asks", "value_without_tax"} & set(expected):
        assert draft is not None, shown
        judge_draft(draft, expected, shown)
    if expected.get("refused"):
        assert draft is None, shown


def judge_draft(draft: OrderDraft, expected: Expected, shown: str) -> None:
    ready = [line for line in draft.lines if is_ready(line)]
    if "firm" in expected:
        assert draft.party_code == expected["firm"], shown
    if "ship_to" in expected:
        assert draft.ship_to == expected["ship_to"], shown
    if "lines" in expected:
        assert [amounts(line) for line in ready] == [wanted(line) for line in expected["lines"]], shown
    if "asks" in expected:
        offered = {entry["sku"] for line in draft.lines for entry in line.candidates}
        assert set(expected["asks"]) <= offered, shown
    if "value_without_tax" in expected:
        total = sum((line.quantity or 0) * (line.price or 0) for line in ready)
        assert total == Decimal(expected["value_without_tax"]), shown


def amounts(line: Any) -> tuple[str, Decimal, str]:
    return (line.sku, Decimal(line.quantity), line.uom)


def wanted(line: dict[str, str]) -> tuple[str, Decimal, str]:
    return (line["sku"], Decimal(line["quantity"]), line["uom"])


def judge_posting(new: dict[str, Any], expected: Expected) -> None:
    if "posted" not in expected:
        assert not new, f"posted without being expected: {new}"
        return
    (order,) = new.values()
    wish = expected["posted"]
    assert order["customer"] == wish["customer"]
    lines = [(line["sku"], Decimal(line["qty"]), line["uom"]) for line in order["lines"]]
    assert lines == [wanted(line) for line in wish["lines"]]
    if "ship_to" in wish:
        assert order["ship_to"] == wish["ship_to"]


def judge_told(stage: Stage, told: dict[str, Any]) -> None:
    phones = [stage.phone(told["person"])] if "person" in told else phones_of_role(stage, told["role"])
    for phone in phones:
        for bubble in phone.unread:
            if all(text in bubble.text for text in told.get("contains", [])):
                phone.last = bubble
                if "buttons" in told:
                    assert set(told["buttons"]) <= set(bubble.acts)
                return
    raise AssertionError(f"nobody was told {told}: {[b.text for phone in phones for b in phone.unread]}")


def phones_of_role(stage: Stage, role: str) -> list[Phone]:
    with stage.app.database.transaction() as session:
        numbers = session.scalars(select(Person.phone).where(Person.roles.contains([role]))).all()
    return [stage.phone(number) for number in numbers]
