"""What is taken back or said again: amounts put right behind a pause, goods that are refused, schemes."""

from decimal import Decimal

import pytest

from nlp.atoms import atoms
from nlp.quantities import quantities
from nlp.tokens import tokens
from nlp.values import Intent
from nlp.vocabulary import vocabulary
from tests.unit.nlp.plant import reading


@pytest.mark.parametrize(
    "text",
    [
        "marie 6 peti, nahi nahi 7 peti kar do",
        "marie 6 peti... nahi 7 peti",
        "marie 6 peti, na na 7 peti",
        "marie 6 peti nahi 7 peti",
    ],
)
def test_an_amount_put_right_takes_the_place_of_the_one_before(text: str) -> None:
    (line,) = reading(text).lines
    assert (line.sku, line.quantity) == ("MR-120", 7)


def test_goods_behind_the_second_amount_are_a_line_of_their_own() -> None:
    found = reading("marie 6 peti, nahi 7 peti glucose 70")
    assert [line.quantity for line in found.lines if line.sku == "MR-120"] != [7]


def test_a_price_that_is_put_right_is_no_amount() -> None:
    made = atoms(tokens("safeda 1 kg, not 1650"), vocabulary())
    assert max(found.end for found in quantities(made) if found.value == 1) == 3
    assert all(found.start == 5 for found in quantities(made) if found.value == 1650)


@pytest.mark.parametrize(
    "text", ["marie 10 peti 10+1 scheme", "marie 10 peti (10+1)", "marie 10 peti 10+1 wala scheme"]
)
def test_an_amount_said_again_with_what_is_free_is_one_amount(text: str) -> None:
    (line,) = reading(text).lines
    assert (line.sku, line.quantity, line.free_quantity) == ("MR-120", 10, Decimal(1))


@pytest.mark.parametrize("refusal", ["glucose abhi nahi bhejna", "glucose venda", "glucose ekhon lagbe na"])
def test_goods_of_which_none_are_wanted_are_no_line_of_an_order(refusal: str) -> None:
    found = reading(f"marie 10 peti, {refusal}")
    assert (found.intent, [line.sku for line in found.lines]) == (Intent.ORDER, ["MR-120"])
    assert found.left_over


def test_goods_in_the_clause_of_a_refusal_with_an_amount_are_asked() -> None:
    found = reading("marie 10 peti, atta 5 kg nahi bhejna")
    assert len(found.lines) == 2


def test_no_amount_before_goods_that_are_refused_is_theirs() -> None:
    found = reading("chakki atta 6 bag, marie gold 6. kesar rusk nahi chahiye")
    assert [(line.sku, line.quantity, line.doubt) for line in found.lines] == [("AT-10", 6, ()), ("MR-120", 6, ())]
