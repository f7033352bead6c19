import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.furniture import PATTERNS
from tests.unit.nlp.plant import reading
from tests.unit.nlp.soundness import require_soundness

WORDS = st.sampled_from(
    [
        "10",
        "20",
        "5-5",
        "12x50",
        "1/2",
        "+",
        "@240",
        "peti",
        "case",
        "marie",
        "120",
        "lachhi",
        "nahi",
        "dono",
        "aur",
        "kal",
        "hata",
        "do",
        "2",
        "number",
        "wali",
        "ki",
        "jagah",
        ",",
        "\n",
        ".",
        "👍",
        "बीस",
        "பெட்டி",
        "each",
        "%",
        "₹",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=120))
def test_any_text_is_read_without_an_error_and_spans_lie_within_it(text: str) -> None:
    require_soundness(text, reading(text))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_any_jumble_of_order_words_is_read_without_an_error(text: str) -> None:
    require_soundness(text, reading(text))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_binary_junk_is_read_without_an_error(junk: bytes) -> None:
    text = junk.decode("utf-8", "surrogateescape")
    require_soundness(text, reading(text))


def test_64_kilobytes_are_read_and_what_is_too_much_is_left_over() -> None:
    text = "10 case marie 120\n" * 3600
    found = reading(text)
    require_soundness(text, found)
    assert found.left_over[-1][1] == len(text.rstrip())


def test_emoji_alone_and_nothing_at_all_are_read() -> None:
    for text in ("", " ", "\n\n", "😀🎉", "....", "0", "-1"):
        require_soundness(text, reading(text))


@pytest.mark.parametrize("one", ["x", "x@", "x.", "\n", "-", "* ", "6", "[1/1, 1:11 ", "क"])
def test_the_marks_around_an_order_are_looked_for_in_time_that_grows_with_the_text_alone(one: str) -> None:
    """A pattern that starts anew at each character took five seconds for these."""
    text = (one * 60_000)[:60_000]
    began = time.process_time()
    for pattern in PATTERNS.values():
        assert len(list(pattern.finditer(text))) <= len(text)
    assert time.process_time() - began < 1
