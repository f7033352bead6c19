"""Where a line ends, which number is its amount, and which of several sizes it means."""

from dataclasses import replace
from decimal import Decimal

import pytest

from nlp.atoms import atoms
from nlp.quantities import quantities
from nlp.tokens import tokens
from nlp.values import AliasRecord, Intent, Status
from nlp.vocabulary import vocabulary
from tests.unit.nlp.plant import bought
from tests.unit.nlp.test_names import plant, read_in, skus
from tests.unit.nlp.test_variants import OTHERS, buyer, sold_by

SHELF = plant("Aam Jar", "Imli Biscuit", "Rusk 10 Pack", *OTHERS)


def amounts(text: str) -> list[tuple[Decimal, str | None]]:
    """The most natural amount first."""
    found = sorted(quantities(atoms(tokens(text), vocabulary())), key=lambda one: -one.score)
    return [(one.value, one.unit) for one in found]


@pytest.mark.parametrize("text", ["aam jar 6 dono imli biscuit be dozen", "imli biscuit 6, aam jar be dozen"])
def test_a_number_with_its_unit_is_no_word_for_both(text: str) -> None:
    found = read_in(SHELF, text, buyer("1", "2"))
    assert all(line.quantity is not None for line in found.lines)


def test_one_amount_for_both_is_none_for_the_goods_behind_a_comma() -> None:
    found = read_in(SHELF, "aam jar aur imli biscuit dono 5-5, rusk 10 das", buyer("1", "2", "3"))
    assert [(line.sku, line.quantity) for line in found.lines] == [("1", 5), ("2", 5), ("3", 10)]


def test_one_amount_said_first_is_for_all_of_its_line() -> None:
    found = read_in(SHELF, "dono aam jar, imli biscuit 5 box", buyer("1", "2"))
    assert [line.quantity for line in found.lines] == [5, 5]


def test_a_number_of_inches_is_hardly_an_amount() -> None:
    assert amounts('bolt 4" - 10')[0] == (10, None)
    assert amounts('bolt 4" 10')[0] == (10, None)


@pytest.mark.parametrize("text", ["20... nahi nahi 30 box", "20, nahi 30 box", "20 box nahi nahi 30"])
def test_an_amount_takes_the_place_of_one_taken_back_twice(text: str) -> None:
    assert amounts(text)[0] == (30, "BOX")


BOARDS = plant("Gaja Board 18 mm 8x4", "Gaja Board 12 mm 8x4", "Gaja Board 12 mm 7x3", "Gaja Tile 12 mm 7x3", *OTHERS)


def test_another_size_is_that_of_the_same_further_numbers() -> None:
    found = read_in(BOARDS, "gaja board 18 8x4 20 box, 12 mm 15", buyer("1"))
    assert skus(found) == ["1", "2"]


SHEETS = plant("Ranga Sheet 1010 SF", "Ranga Sheet 1010 MT", "Loose Nails", *OTHERS)


def test_a_unit_in_the_name_of_goods_not_sold_by_it_names_them() -> None:
    """Nails are sold by the kilo and so by the ton (MT), but no sheet is: MT is matt."""
    shelf = sold_by(SHEETS, u3="KG BAG")
    found = read_in(shelf, "1010 MT 20 box", buyer("1", "2"))
    assert [(line.sku, line.quantity) for line in found.lines] == [("2", 20)]


def test_a_word_of_a_name_is_no_noise_that_folds_like_it() -> None:
    found = read_in(plant("Gaja Pine Board", "Gaja Teak Board", *OTHERS), "pine board 40 box", buyer("1", "2"))
    assert (skus(found), found.lines[0].status) == (["1"], Status.MATCHED)


def test_a_stranger_before_a_form_of_goods_and_a_colour_is_asked() -> None:
    colours = plant("Ranga Cherry Red", "Ranga Royal Blue", *OTHERS)
    found = read_in(colours, "blue 10 box, acrylic sheet red 5 box", buyer("1", "2"))
    assert [line.status for line in found.lines] == [Status.MATCHED, Status.ASK]


def test_pieces_are_whatever_the_goods_are_counted_in() -> None:
    found = read_in(sold_by(SHELF, u1="SHT"), "aam jar 30 nag", buyer("1", uom="SHT"))
    assert [(line.quantity, line.uom, line.status) for line in found.lines] == [(30, "SHT", Status.MATCHED)]


def test_pieces_of_what_is_weighed_are_asked() -> None:
    found = read_in(sold_by(SHELF, u1="KG"), "aam jar 30 nag", buyer("1", uom="KG"))
    assert found.lines[0].status is Status.ASK


@pytest.mark.parametrize("text", ["aam jar 3% aur doge to 50 box lunga", "5% discount aam jar pe 40 box lunga"])
def test_a_percentage_asked_on_one_kind_of_goods_is_no_order(text: str) -> None:
    assert read_in(SHELF, text, buyer("1")).intent is Intent.DISCOUNT_REQUEST


def test_a_percentage_of_the_name_is_an_order() -> None:
    shelf = plant("Zinc Sulphate 33% Powder", "Zinc Chelate 12% Powder", *OTHERS)
    assert read_in(shelf, "zinc 33% 5 box", buyer("1")).intent is Intent.ORDER


BOLTS = plant("Mazbut Bolt 4 inch", "Mazbut Bolt 6 inch", "Mazbut Hinge 4 inch", "Mazbut Hinge 6 inch", *OTHERS)
TAUGHT = (AliasRecord(customer=None, phrase="chitkani 6", sku="2"),)


def test_a_name_taught_for_one_size_is_that_of_another() -> None:
    found = read_in(BOLTS, "chitkani 4 inch 10 box, chitkani 6 inch 5 box", buyer("1", "2", "3", aliases=TAUGHT))
    assert [(line.sku, line.quantity, line.status) for line in found.lines] == [
        ("1", 10, Status.MATCHED),
        ("2", 5, Status.MATCHED),
    ]


def test_a_taught_name_does_not_choose_between_variants() -> None:
    ruled = plant("King Note Ruled 96", "King Note Unruled 96", "King Note Ruled 172", *OTHERS)
    taught = (AliasRecord(customer=None, phrase="king 172", sku="3"),)
    found = read_in(ruled, "king 96 10 box", buyer("1", "2", "3", aliases=taught))
    assert found.lines[0].status is Status.ASK


def test_a_number_that_a_unit_counts_is_no_size_of_a_taught_name() -> None:
    found = read_in(BOLTS, "chitkani 4 box", buyer("1", "2", aliases=TAUGHT))
    assert all(line.status is not Status.MATCHED for line in found.lines)


@pytest.mark.parametrize(("text", "day"), [("aam jar 24 box. Sat ko bhejna", 28), ("aam jar 24 box mon tak", 23)])
def test_a_short_weekday_with_what_stands_behind_a_day_is_one(text: str, day: int) -> None:
    found = read_in(SHELF, text, buyer("1")).requested_on
    assert found is not None
    assert found.day == day


def test_a_day_behind_an_amount_is_no_unit_with_a_slip() -> None:
    found = read_in(SHELF, "aam jar 50 kale moklo", buyer("1"))
    assert (found.lines[0].quantity, found.lines[0].uom) == (50, "BOX")
    assert found.requested_on is not None


KINDS = plant("Gaja Board Plain", "Gaja Board Prelam", *OTHERS)


@pytest.mark.parametrize(("text", "sku"), [("gaja board 6 box", "1"), ("gaja board 6 pcs", "2")])
def test_of_two_that_are_bought_the_one_ever_taken_by_the_unit_said(text: str, sku: str) -> None:
    speaker = buyer("1")
    found = read_in(KINDS, text, replace(speaker, history=speaker.history + bought("2", "40", "PCS")))
    assert (skus(found), found.lines[0].status) == ([sku], Status.MATCHED)


def test_of_two_taken_by_the_unit_said_none_is_chosen() -> None:
    assert read_in(KINDS, "gaja board 6 box", buyer("1", "2")).lines[0].status is Status.ASK


DRUMS = sold_by(plant("Jod Gum 50 kg Drum", "Jod Gum 5 kg", *OTHERS), u1="KG DRUM")


def test_a_pack_names_the_one_thing_taken_by_it() -> None:
    speaker = buyer("1", uom="DRUM")
    found = read_in(DRUMS, "imli 5 box\ndrum 2", replace(speaker, history=speaker.history + bought("2", "10", "BOX")))
    line = found.lines[-1]
    assert (line.sku, line.quantity, line.uom, line.status) == ("1", 2, "DRUM", Status.MATCHED)


def test_a_pack_in_which_nothing_is_taken_names_nothing() -> None:
    found = read_in(DRUMS, "drum 2", buyer("2"))
    assert all(line.status is not Status.MATCHED for line in found.lines)


def test_a_size_in_feet_is_its_size_in_inches() -> None:
    beds = plant("Neend Mattress 72x36", "Neend Mattress 72x48", *OTHERS)
    assert skus(read_in(beds, "mattress 6x3 4 box, mattress 6x4 2 box", buyer("1", "2"))) == ["1", "2"]
