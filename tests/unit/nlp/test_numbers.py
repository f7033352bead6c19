from decimal import Decimal

import pytest

from nlp.atoms import atoms
from nlp.tokens import tokens
from nlp.vocabulary import vocabulary


def first_number(text: str) -> Decimal | None:
    return next((atom.number for atom in atoms(tokens(text), vocabulary()) if atom.number is not None), None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("१२", "12"),
        ("૬૦", "60"),
        ("১৫", "15"),
        ("௧௨", "12"),
        ("1,00,000", "100000"),
        ("2.5", "2.5"),
        ("1/2", "0.5"),
        ("1.5k", "1500"),
        ("2 hazar", "2000"),
        ("1 lakh", "100000"),
        ("bees", "20"),
        ("बीस", "20"),
        ("ek sau bees", "120"),
        ("do sau pachas", "250"),
        ("dedh", "1.5"),
        ("dedh sau", "150"),
        ("dhai sau", "250"),
        ("sava sau", "125"),
        ("sava do", "2.25"),
        ("paune teen", "2.75"),
        ("paune do sau", "175"),
        ("pauna do", "1.75"),
        ("pauna 10 bandal", "0.75"),
        ("mukka", "0.75"),
        ("ondukaal", "1.25"),
        ("1 1/4", "1.25"),
        ("2-1/2", "2.5"),
        ("sadhe teen hajar", "3500"),
        (".5", "0.5"),
        ("twenty-one", "21"),
        ("one hundred thousand", "100000"),
        ("one hundred and twenty-five", "125"),
        ("one and a half", "1.5"),
        ("2 and a half", "2.5"),
        ("ondu vare", "1.5"),
        ("ಎರಡು ವರೆ", "2.5"),
        ("saadhe saat", "7.5"),
        ("aadha", "0.5"),
        ("half", "0.5"),
        ("twenty five", "25"),
        ("one hundred and twenty", "120"),
        ("irubathu", "20"),
        ("இருபது", "20"),
        ("അമ്പത്", "50"),
        ("ఇరవై", "20"),
        ("ಇಪ್ಪತ್ತು", "20"),
        ("દોઢસો", "150"),
    ],
)
def test_a_number_is_read_in_digits_words_and_fractions(text: str, value: str) -> None:
    assert first_number(text) == Decimal(value)


def test_a_list_of_numbers_is_not_one_number() -> None:
    found = [atom.number for atom in atoms(tokens("8,10,12"), vocabulary()) if atom.number is not None]
    assert found == [8, 10, 12]


def test_tin_is_a_tin_and_teen_is_three() -> None:
    tin, teen = atoms(tokens("tin teen"), vocabulary())
    assert (tin.unit, tin.number, teen.number) == ("TIN", None, 3)


def test_a_word_of_one_script_is_no_number_of_another() -> None:
    assert first_number("ar") is None  # the Malayalam word for six reads the same in Latin letters
    assert first_number("ആറ്") == 6


@pytest.mark.parametrize(("language", "value"), [("ta", "0.5"), ("bn", "2.5"), ("", "2.5")])
def test_a_word_that_is_another_number_in_another_language_is_read_in_that_of_the_message(
    language: str, value: str
) -> None:
    (half,) = atoms(tokens("arai"), vocabulary(), None, language)
    assert half.number == Decimal(value)
