from collections.abc import Callable

import pytest

from bot.bubbles import Bubble, Button, Row, Tap, fits, length, misfit, payload, split_payload


def bubble(**changes: object) -> Bubble:
    return Bubble(**{"kind": "summary", "lines": ("1. Parle G 20 peti",), "language": "en", **changes})


def button(number: int, **changes: object) -> Button:
    return Button(**{"act": "pick", "arg": str(number), "title": f"Number {number}", **changes})


def row(number: int, **changes: object) -> Row:
    return Row(**{"act": "pick", "arg": str(number), "title": f"Row {number}", **changes})


def test_a_plain_bubble_holds_1600_characters_line_breaks_included() -> None:
    assert fits(bubble(lines=("a" * 799, "b" * 800)))
    assert not fits(bubble(lines=("a" * 800, "b" * 800)))


@pytest.mark.parametrize("offer", [{"buttons": (button(1),)}, {"rows": (row(1),), "rows_title": "Choose"}])
def test_with_buttons_or_rows_a_bubble_holds_1024_characters(offer: dict[str, object]) -> None:
    assert fits(bubble(lines=("a" * 1024,), **offer))
    assert not fits(bubble(lines=("a" * 1025,), **offer))


def test_an_emoji_counts_as_two_characters_as_the_platform_counts_it() -> None:
    assert length("ok 👍") == 5
    assert not fits(bubble(lines=("👍" * 801,)))


def of_rows(number: int) -> dict[str, object]:
    return {"rows": tuple(row(n) for n in range(number)), "rows_title": "Choose"}


def of_row(**changes: object) -> dict[str, object]:
    return {"rows": (row(1, **changes),), "rows_title": "Choose"}


MISFITS: dict[str, Callable[[], Bubble]] = {
    "four buttons": lambda: bubble(buttons=tuple(button(n) for n in range(4))),
    "a button's title of 21 characters": lambda: bubble(buttons=(button(1, title="x" * 21),)),
    "an empty button": lambda: bubble(buttons=(button(1, title=" "),)),
    "two buttons of one title": lambda: bubble(buttons=(button(1, title="Yes"), button(2, title="Yes"))),
    "a payload over 256": lambda: bubble(buttons=(button(1, arg="x" * 250),)),
    "eleven rows": lambda: bubble(**of_rows(11)),
    "a row's title of 25 characters": lambda: bubble(**of_row(title="x" * 25)),
    "a description of 73 characters": lambda: bubble(**of_row(description="x" * 73)),
    "a row's payload over 200": lambda: bubble(**of_row(arg="x" * 190)),
    "two rows that mean the same": lambda: bubble(rows=(row(1), row(1)), rows_title="Choose"),
    "rows that nothing opens": lambda: bubble(rows=(row(1),)),
    "buttons and rows at once": lambda: bubble(buttons=(button(1),), **of_rows(1)),
    "a line break within a line": lambda: bubble(lines=("a\nb",)),
    "a line that ends with a line break": lambda: bubble(lines=("a\n",)),
    "nothing said": lambda: bubble(lines=("", "  ")),
    "more lines than a template has variables": lambda: bubble(lines=("a",) * 61, buttons=(button(1),)),
    "an act of two words": lambda: bubble(buttons=(button(1, act="pick:me"),)),
    "no language": lambda: bubble(language=""),
}


@pytest.mark.parametrize("made", MISFITS.values(), ids=MISFITS.keys())
def test_a_bubble_the_platform_would_refuse_does_not_fit_and_says_why(made: Callable[[], Bubble]) -> None:
    assert not fits(made())
    assert misfit(made()).startswith("summary: ")


def test_everything_at_its_limit_fits() -> None:
    rows = tuple(row(n, title="x" * 24, description="y" * 72, arg=str(n) * 150) for n in range(10))
    assert fits(bubble(rows=rows, rows_title="x" * 20))
    assert fits(bubble(buttons=tuple(button(n, title=str(n) * 20) for n in range(3))))
    assert fits(bubble(lines=("a",) * 500))


def test_a_payload_comes_apart_as_it_was_put_together() -> None:
    assert split_payload(payload(act="pick", token="tok-en_1", arg="3:SKU-1")) == Tap(
        act="pick", token="tok-en_1", arg="3:SKU-1"
    )
    assert split_payload(payload(act="confirm", token="t")) == Tap(act="confirm", token="t")


@pytest.mark.parametrize("text", ["", "haan", "confirm", "confirm:", ":token", "::"])
def test_what_is_no_payload_of_ours_is_none(text: str) -> None:
    assert split_payload(text) is None
