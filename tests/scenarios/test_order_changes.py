"""Orders that are changed, cancelled and asked for after the yes."""

from pathlib import Path

from tests.scenarios.cast import RAMESH
from tests.scenarios.stage import Stage


def test_a_change_is_shown_as_a_difference_confirmed_and_posted(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    order = ramesh.orders("20 peti kutku g chota aur 5 ctn lachhi bhej do")
    ramesh.says(f"{order.number} mein lachhi 5 ki jagah 8 kar do")
    bubble = ramesh.expects(order.number)
    print(bubble.text, bubble.titles)
    ramesh.taps("confirm")
    print(ramesh.expects().text)
    print([p.read_text() for p in (plant / "out/order_changes").glob("*")])
    ramesh.says("order kahan hai")
    print(ramesh.expects().text)
    ramesh.says("order cancel kar do")
    bubble = ramesh.expects()
    print(bubble.text, bubble.titles)
    ramesh.taps("confirm")
    print(ramesh.expects().text)
