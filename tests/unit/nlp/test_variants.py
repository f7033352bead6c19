"""How variants of one name are told apart: letters behind a dash, units, words that compare, words of prices."""

from dataclasses import replace
from decimal import Decimal

import pytest

from nlp import build_catalogue
from nlp.catalogue import Catalogue
from nlp.marks import letter_marks
from nlp.values import AliasRecord, ItemRecord, Speaker, Status, UomRecord
from tests.unit.nlp.plant import bought
from tests.unit.nlp.test_names import plant, read_in, skus

OTHERS = tuple(f"{name} Mix" for name in ("Jupiter", "Hansraj", "Wembley", "Quartz", "Yellora", "Fenugo", "Zubeida"))
"""Other goods behind those of a test: among two names no word tells much."""
CUSTOMER = Speaker(customer="C1", role="buyer")


def buyer(*numbers: str, uom: str = "BOX", aliases: tuple[AliasRecord, ...] = ()) -> Speaker:
    history = tuple(line for number in numbers for line in bought(number, "10", uom))
    return replace(CUSTOMER, history=history, aliases=aliases)


def sold_by(catalogue: Catalogue, **ladders: str) -> Catalogue:
    """The same items, each sold by the units named under `u` and its number, the first of them its base."""
    items: list[ItemRecord] = []
    uoms: list[UomRecord] = []
    for item in catalogue.items:
        codes = ladders.get(f"u{item.sku}", "PCS BOX").split()
        items.append(replace(item, base_uom=codes[0], order_uom=codes[-1]))
        uoms += [UomRecord(sku=item.sku, uom=code, factor=Decimal(10**at)) for at, code in enumerate(codes)]
    return build_catalogue(1, items, uoms)


@pytest.mark.parametrize(
    ("name", "marks"),
    [("Omezar-D Capsule", {"d"}), ("Nimora-SP Tablet", {"sp"}), ("Calsab - D3", set()), ("T-Shirt", set())],
)
def test_letters_that_a_dash_joins_to_a_name_mark_a_variant(name: str, marks: set[str]) -> None:
    assert letter_marks(name) == marks


TABLETS = plant("Telmavin 40 Tablet", "Telmavin-H Tablet", category="Tablet")
STRENGTHS = build_catalogue(
    1,
    [replace(item, attributes={"strength": "40 mg"}) for item in TABLETS.items],
    [uom for ladder in TABLETS.ladders.values() for uom in ladder.values()],
)


def test_who_says_no_letter_means_the_plain_one() -> None:
    found = read_in(STRENGTHS, "telmavin 40 5 box", buyer("1", "2"))
    assert skus(found) == ["1"]
    assert found.lines[0].status is Status.MATCHED


def test_two_variants_of_which_neither_is_named_are_asked() -> None:
    """`Levovin` may be 5 or M: the letter is not said, but the number is not either."""
    found = read_in(plant("Levovin 5 Tablet", "Levovin-M Tablet"), "levovin tablet 20 box", buyer("1", "2"))
    assert [line.status for line in found.lines] == [Status.ASK]


def test_who_says_the_letter_elsewhere_tells_the_two_apart() -> None:
    found = read_in(
        plant("Omezar 20 Capsule", "Omezar-D Capsule", *OTHERS), "omezar 30 box\nomezar d 10 box", buyer("1", "2")
    )
    assert skus(found) == ["1", "2"]
    assert all(line.status is Status.MATCHED for line in found.lines)


def test_a_unit_that_means_just_that_comes_before_one_that_may_mean_another() -> None:
    forms = sold_by(plant("Cetvin 10 Tablet", "Cetvin Syrup", *OTHERS), u1="STRIP BOX", u2="BTL CASE")
    history = bought("1", "5", "BOX") + bought("2", "5", "BTL")
    assert skus(read_in(forms, "cetvin 5 box", replace(CUSTOMER, history=history))) == ["1"]


SIZES = plant("Torsha Glucose Biscuit 55 g", "Torsha Glucose Biscuit 115 g", "Choco Eclair", *OTHERS)


@pytest.mark.parametrize("text", ["boro glucose 8 choto glucose 20 box", "big glucose 8 box, small glucose 20 box"])
def test_words_that_compare_belong_to_the_goods_behind_them(text: str) -> None:
    assert skus(read_in(SIZES, text, buyer("1", "2", "3"))) == ["2", "1"]


@pytest.mark.parametrize("price", ["takar", "taka", "টাকার", "rs", "rupai"])
def test_a_word_for_a_price_resembles_no_goods(price: str) -> None:
    """`takar` has the bones of `tukra`, a piece; said of a number it names nothing."""
    mixed = plant("Narkel Biscuit 10", "Narkel Biscuit 5", "Tukra Bhaja", "Rakshak Syringe")
    assert skus(read_in(mixed, f"narkel 10 {price} 8 box", buyer("1"))) == ["1"]


def test_a_word_that_resembles_a_unit_is_goods_before_a_number() -> None:
    found = read_in(plant("Metrosab 400 Tablet", "Ciproz 500 Tablet", *OTHERS), "15 metro 400", buyer("1"))
    assert skus(found) == ["1"]
    assert found.lines[0].status is Status.MATCHED


def test_the_one_telling_word_of_an_alias_counts_even_if_it_is_noise() -> None:
    aliases = (AliasRecord(customer="C1", phrase="bukhar wali", sku="1"),)
    found = read_in(plant("Sabdol 650 Tablet", "Pantosab Tablet"), "bukhar wali 10 box", buyer("1", aliases=aliases))
    assert skus(found) == ["1"]
    assert found.lines[0].status is Status.MATCHED


@pytest.mark.parametrize("base", ["TUBE", "PCH", "SACH"])
def test_pieces_are_tubes_pouches_and_sachets(base: str) -> None:
    gels = sold_by(plant("Movagel Ointment"), u1=f"{base} BOX")
    found = read_in(gels, "movagel ointment 30 nang", buyer("1", uom=base))
    assert [(line.quantity, line.uom) for line in found.lines] == [(30, base)]


SHELF = plant("Aam Jar", "Imli Biscuit", "Bhujia Namkeen", *OTHERS)


@pytest.mark.parametrize(
    "text",
    [
        "aam jar 10 imli biscuit 6 bhujia 4 sab packet",
        "aam jar 10, imli biscuit 6, bhujia 4 sabu packet",
        "aam jar 10 imli biscuit 6 bhujia 4 सब पैकेट में",
        "all in packets:\naam jar 10\nimli biscuit 6\nbhujia 4",
    ],
)
def test_a_unit_said_for_all_is_that_of_every_amount(text: str) -> None:
    shelf = sold_by(SHELF, u1="PKT BOX", u2="PKT BOX", u3="PKT BOX")
    found = read_in(shelf, text, buyer("1", "2", "3"))
    assert [(line.sku, line.quantity, line.uom) for line in found.lines] == [
        ("1", 10, "PKT"),
        ("2", 6, "PKT"),
        ("3", 4, "PKT"),
    ]
    assert not found.left_over


def test_a_unit_with_its_own_amount_is_not_said_for_all() -> None:
    shelf = sold_by(SHELF, u1="PKT BOX", u2="PKT BOX")
    found = read_in(shelf, "aam jar 10 imli biscuit 6 packet", buyer("1", "2"))
    assert [(line.quantity, line.uom) for line in found.lines] == [(10, "BOX"), (6, "PKT")]


@pytest.mark.parametrize("counted", ["12 ta packet", "12 টা packet", "12 tho packet", "12ti packet"])
def test_a_word_that_only_counts_leaves_the_unit_to_the_next(counted: str) -> None:
    found = read_in(sold_by(SHELF, u2="PKT BOX"), f"imli biscuit {counted}", buyer("2"))
    assert [(line.quantity, line.uom) for line in found.lines] == [(12, "PKT")]


def test_words_of_one_meaning_tell_equally_much() -> None:
    """`narkel` is in the name of the toffee, but this customer buys the coconut biscuit and never the toffee."""
    sweets = plant("Narkel Toffee", "Coconut Biscuit", "Coconut Bar", "Coconut Cake", *OTHERS)
    assert skus(read_in(sweets, "narkel 6 box", buyer("2"))) == ["2"]


@pytest.mark.parametrize("text", ["imli biscuit 6 box. gadi aayegi usi me de dena", "imli biscuit 6 box\nwembli store"])
def test_a_word_that_only_resembles_goods_is_no_line_without_an_amount(text: str) -> None:
    found = read_in(plant("Imli Biscuit", "Steel Needle", *OTHERS), text, buyer("1"))
    assert skus(found) == ["1"]


TAUGHT = tuple(
    AliasRecord(customer="C1", phrase=phrase, sku=sku) for phrase, sku in (("khansi badi", "1"), ("khansi choti", "2"))
)
COUGH = plant("Kofasil Hundred", "Kofasil Sixty", *OTHERS)


@pytest.mark.parametrize("text", ["khansi badi 12 box aur choti wali 8", "khansi badi 12, choti 8 box"])
def test_the_shared_word_of_two_taught_names_is_said_once(text: str) -> None:
    found = read_in(COUGH, text, buyer("1", "2", aliases=TAUGHT))
    assert [(line.sku, line.quantity) for line in found.lines] == [("1", 12), ("2", 8)]


def test_a_taught_name_is_not_cut_short_behind_other_goods() -> None:
    found = read_in(COUGH, "khansi badi 12 box, jupiter mix 3 box, choti 8", buyer("1", "2", aliases=TAUGHT))
    assert "2" not in skus(found)


TOGETHER = plant("Ojas Honey 250 g", "Ojas Honey 250 g + Brush Free", "Combo Honey 250 g + Rose Soap 75 g")


@pytest.mark.parametrize(("text", "sku"), [("honey 250 5 box", "1"), ("honey 250 brush wala 5 box", "2")])
def test_goods_sold_together_are_meant_only_if_all_of_them_are_said(text: str, sku: str) -> None:
    buyer = Speaker(customer="C1", role="buyer", history=bought("1", "5", "BOX") + bought("2", "5", "BOX"))
    assert skus(read_in(TOGETHER, text, buyer)) == [sku]


def test_who_buys_only_goods_together_with_others_may_mean_those() -> None:
    buyer = Speaker(customer="C1", role="buyer", history=bought("2", "5", "BOX"))
    (line,) = read_in(TOGETHER, "ojas honey 250 5 box", buyer).lines
    assert line.sku in (None, "2")


@pytest.mark.parametrize("said", ["आंवला", "आवळा", "amla", "nellikai"])
def test_goods_are_known_by_their_name_in_any_language(said: str) -> None:
    oils = plant("Kesharaj Amla Hair Oil", "Kesharaj Badam Hair Oil")
    buyer = Speaker(customer="C1", role="buyer", history=bought("1", "5", "BOX") + bought("2", "5", "BOX"))
    assert skus(read_in(oils, f"{said} 5 box", buyer)) == ["1"]


def test_the_one_of_a_number_is_rather_named_so_than_priced_so() -> None:
    made = plant("Aaram Dard Oil 30 ml", "Aaram Dard Oil 60 ml")
    priced = [replace(one, mrp=Decimal(60) if one.sku == "1" else Decimal(110)) for one in made.items]
    oils = build_catalogue(2, priced, [rung for ladder in made.ladders.values() for rung in ladder.values()])
    buyer = Speaker(customer="C1", role="buyer", history=bought("1", "3", "BOX") + bought("2", "3", "BOX"))
    assert skus(read_in(oils, "dard oil 60 wala 3 box", buyer)) == ["2"]
    assert skus(read_in(oils, "dard oil 60 rupee 3 box", buyer)) != ["2"]


@pytest.mark.parametrize(
    ("text", "posted"), [("laung paste bada 200 3 box", True), ("laung paste bada 50 3 box", False)]
)
def test_a_word_that_compares_may_stand_beside_the_size_it_means(text: str, posted: bool) -> None:
    pastes = plant("Shakti Laung Paste 50 g", "Shakti Laung Paste 100 g", "Shakti Laung Paste 200 g")
    history = bought("1", "3", "BOX") + bought("2", "3", "BOX") + bought("3", "3", "BOX")
    (line,) = read_in(pastes, text, Speaker(customer="C1", role="buyer", history=history)).lines
    assert (line.status is Status.MATCHED) is posted
