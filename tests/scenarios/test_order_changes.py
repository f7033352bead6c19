"""Orders that are changed, cancelled and asked for after the yes."""

import json
from pathlib import Path
from typing import Any

from tests.scenarios.cast import RAMESH
from tests.scenarios.stage import Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]
LIST = "20 peti kutku g chota aur 5 ctn lachhi bhej do"


def changes(plant: Path, kind: str = "order_changes") -> list[dict[str, Any]]:
    """The documents of this kind that reached the ERP, in the order of their numbers."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((plant / "out" / kind).glob("*.json"))]


def diff(document: dict[str, Any]) -> list[tuple[int, str, str, str | None, str | None]]:
    """What a document says of each line."""
    return [(one["line"], one["op"], one["sku"], one["qty"], one["price"]) for one in document["diff"]]


def lines(stage: Stage, number: str) -> list[tuple[int, str, str]]:
    """An order as our own rows have it."""
    (order,) = [one for one in stage.orders() if one.number == number]
    return [(line.no, line.sku, f"{line.quantity.normalize():f}") for line in order.lines]


def confirms(phone: Phone, *said: str) -> None:
    """See the difference, say yes, hear what came of it."""
    phone.expects(buttons=BUTTONS)
    phone.taps("confirm")
    phone.expects(*said)


def test_a_change_is_shown_as_a_difference_and_posted_with_a_yes(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(LIST)
    ramesh.says(f"{order.number} mein lachhi 5 ki jagah 8 kar do")
    ramesh.expects(order.number, "5 → 8 CASE", "₹16,292.60", "₹19,403", buttons=BUTTONS, without=["Kutku"])
    assert changes(plant) == []
    ramesh.taps("confirm")
    ramesh.expects("✅", order.number, "₹19,403")
    (document,) = changes(plant)
    assert (document["order"], document["revision"]) == (order.number, 1)
    assert diff(document) == [(2, "set", "LN-MA-070", "8", "1036.8")]
    assert lines(stage, order.number) == [(1, "KG-050", "20"), (2, "LN-MA-070", "8")]


def test_an_order_is_cancelled_with_a_yes_and_not_by_saying_so_alone(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders(LIST)
    ramesh.says("order cancel kar do")
    ramesh.expects(order.number, "➖ Kutku", "➖ Lachhi", buttons=BUTTONS)
    ramesh.taps("cancel")
    ramesh.expects(order.number, "waisa hi")
    ramesh.says(f"{order.number} cancel kar do")
    confirms(ramesh, "✅", order.number, "cancel")
    assert changes(plant) == []
    (document,) = changes(plant, "order_cancellations")
    assert [one[:3] for one in diff(document)] == [(1, "remove", "KG-050"), (2, "remove", "LN-MA-070")]
    assert stage.orders()[0].state == "cancelled"
    ramesh.says(f"{order.number} ko cancel karo")
    ramesh.expects("pehle hi cancel")
