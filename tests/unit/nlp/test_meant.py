"""What is meant by words that several things are called by: by language, by what is bought, by what stands before."""

from dataclasses import replace
from decimal import Decimal

import pytest

from nlp import build_catalogue
from nlp.atoms import atoms
from nlp.catalogue import Catalogue
from nlp.tokens import tokens
from nlp.values import Doubt, ItemRecord, Status, UomRecord
from nlp.vocabulary import vocabulary
from tests.unit.nlp.test_names import plant, read_in, skus
from tests.unit.nlp.test_variants import CUSTOMER, OTHERS, buyer, sold_by

PAINTS = plant("Kiran Enamel White", "Kiran Enamel Black", *OTHERS)


def numbers(text: str, language: str) -> list[Decimal]:
    return [atom.number for atom in atoms(tokens(text), vocabulary(), None, language) if atom.number is not None]


def test_sada_is_white_to_a_bengali() -> None:
    found = read_in(PAINTS, "dada kiran enamel sada 2 box pathaben, lagbe", buyer("1", "2"))
    assert skus(found) == ["1"]
    assert (found.lines[0].quantity, found.lines[0].status) == (Decimal(2), Status.MATCHED)


def test_sada_posts_no_white_for_who_writes_hindi() -> None:
    found = read_in(PAINTS, "bhaiya kiran enamel sada 2 box bhej dijiye", buyer("1", "2"))
    assert [line.status for line in found.lines] == [Status.ASK]


@pytest.mark.parametrize(("language", "read"), [("gu", [Decimal("3.5")]), ("hi", [Decimal(3)]), ("bn", [Decimal(3)])])
def test_sada_adds_a_half_in_gujarati_only(language: str, read: list[Decimal]) -> None:
    assert numbers("sada 3 peti", language) == read


def test_a_word_that_may_add_a_half_is_asked_before_an_amount() -> None:
    found = read_in(plant("Sal Door", "Sal Door Carved", *OTHERS), "bhaiya sal door sada 3 bhej dijiye", buyer("1"))
    assert Doubt.QUANTITY in found.lines[0].doubt


def test_a_word_for_the_plain_one_needs_no_further_explanation() -> None:
    doors = plant("Sal Flush Door", "Sal Flush Door Carved", *OTHERS)
    found = read_in(doors, "bhaiya sada sal flush door 3 box bhej dijiye", buyer("1"))
    assert (skus(found), found.lines[0].status) == (["1"], Status.MATCHED)


def test_saath_me_is_no_sixty() -> None:
    assert numbers("saath me 1 peti", "hi") == [Decimal(1)]
    assert numbers("rusk saath peti", "hi") == [Decimal(60)]


CELLS = plant("Volta Cell 40 Ah", "Volta Cell 75 Ah", *OTHERS)


def test_a_number_with_its_measure_names_what_is_bought() -> None:
    found = read_in(CELLS, "jupiter mix 2 box, 40 ah 6", buyer("1", "3"))
    assert (skus(found)[-1], found.lines[-1].status) == ("1", Status.MATCHED)


def test_a_bare_number_before_an_amount_is_still_asked() -> None:
    found = read_in(CELLS, "jupiter mix 2 box\n40 6", buyer("1", "3"))
    assert all(line.status is not Status.MATCHED for line in found.lines[1:])


def of_kinds(**names: str) -> Catalogue:
    items = [
        ItemRecord(sku=sku, name=name.replace("_", " "), category=sku[0], base_uom="PCS", order_uom="BOX")
        for sku, name in names.items()
    ]
    uoms = [
        UomRecord(sku=item.sku, uom=uom, factor=Decimal(n)) for item in items for uom, n in (("PCS", 1), ("BOX", 10))
    ]
    return build_catalogue(1, items, uoms)


SPARES = of_kinds(
    f1="Cabin Filter Marut",
    f2="Cabin Filter Tejas Petrol",
    p1="Brake Pad Tejas Front",
    q1="Jupiter Mix",
    q2="Quartz Mix",
)
PENS = of_kinds(g1="Gel Pen Blue", g2="Gel Pen Red", c1="Chart Paper Red", c2="Chart Paper Pink", q1="Jupiter Mix")


def test_what_was_never_bought_is_not_meant_for_the_sake_of_the_line_before() -> None:
    found = read_in(SPARES, "cabin filter marut 10 box, tejas 5 box", buyer("f1"))
    assert [line.status for line in found.lines] == [Status.MATCHED, Status.ASK]


def test_unless_all_that_tells_it_from_the_item_before_is_said() -> None:
    found = read_in(PENS, "gel pen blue 10 box, red 3 box", buyer("g1"))
    assert skus(found) == ["g1", "g2"]


def test_a_word_that_counts_anything_chooses_no_pack() -> None:
    water = sold_by(plant("Amrit Water 1 L", "Amrit Water 5 L", *OTHERS), u1="BTL CTN", u2="CAN")
    history = buyer("1", uom="CTN").history + buyer("2", uom="CAN").history
    found = read_in(water, "amrit water 6 pcs", replace(CUSTOMER, history=history))
    assert [line.status for line in found.lines] == [Status.ASK]


def test_a_letter_is_a_kind_as_a_word_is() -> None:
    syrups = plant("Kofa-D Syrup", "Kofa-LS Syrup", *OTHERS, category="Syrup")
    found = read_in(syrups, "kofa syrup 10 box", buyer("1", "2"))
    assert [line.status for line in found.lines] == [Status.ASK]
