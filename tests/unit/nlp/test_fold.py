import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.fold import fold, latin, skeleton


@pytest.mark.parametrize(
    "spellings",
    [
        ("chota", "chhota", "Chhotaa", "छोटा"),
        ("peti", "petee", "पेटी", "ਪੇਟੀ", "પેટી"),
        ("pachas", "pachaas", "पचास"),
        ("katte", "ਕੱਟੇ", "कट्टे"),
        ("namak", "नमक"),
    ],
)
def test_the_usual_spellings_of_a_word_fold_to_one(spellings: tuple[str, ...]) -> None:
    assert len({fold(word) for word in spellings}) == 1


def test_a_skeleton_survives_dropped_vowels() -> None:
    assert skeleton("crbn") == skeleton("carbon")
    assert skeleton("bhjna") == skeleton("bhejna")


@given(st.text(max_size=30))
def test_folding_never_raises_and_is_lower_case(word: str) -> None:
    assert latin(word) == latin(word).lower()
    fold(word)
    skeleton(word)


@given(st.text(alphabet="abcdefghijklmnoprstuvy", min_size=1, max_size=12))
def test_folding_twice_changes_little(word: str) -> None:
    assert fold(fold(fold(word))) == fold(fold(fold(fold(word))))


@pytest.mark.parametrize(
    ("written", "typed"),
    [("च्यवनप्राश", "chyawanprash"), ("नमकीन", "namkeen"), ("पतला", "patla"), ("सरसों", "sarson"), ("মসলা", "masla")],
)
def test_a_short_a_that_nobody_says_is_not_spelled(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


@pytest.mark.parametrize(("written", "said"), [("मटर", "matar"), ("समोसा", "samosa"), ("नमक", "namak")])
def test_a_short_a_that_is_said_stays(written: str, said: str) -> None:
    assert fold(written) == said
