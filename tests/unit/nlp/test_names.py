"""How names of other trades are recognised: sizes, pairs of numbers, initials, grades, headings, hasty words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from nlp import aliases, build_catalogue, read
from nlp.atoms import atoms
from nlp.catalogue import Catalogue
from nlp.quantities import quantities
from nlp.tokens import tokens
from nlp.values import AliasRecord, Doubt, ItemRecord, Reading, Speaker, Status, UomRecord
from nlp.vocabulary import vocabulary
from tests.unit.nlp.plant import NOW, bought


def plant(*names: str, category: str = "goods") -> Catalogue:
    """A catalogue of these names under the numbers 1, 2, 3 …, sold by the box of ten pieces."""
    items = [
        ItemRecord(sku=str(number), name=name, category=category, base_uom="PCS", order_uom="BOX")
        for number, name in enumerate(names, 1)
    ]
    ladders = [
        UomRecord(sku=item.sku, uom=uom, factor=Decimal(n)) for item in items for uom, n in (("PCS", 1), ("BOX", 10))
    ]
    return build_catalogue(1, items, ladders)


def read_in(catalogue: Catalogue, text: str, speaker: Speaker | None = None) -> Reading:
    return read(text, catalogue, speaker or Speaker(customer="C1", role="buyer"), NOW)


def skus(found: Reading) -> list[str | None]:
    return [line.sku for line in found.lines]


SHIRTS = plant(*(f"Kumar Round Neck Vest {size}" for size in ("M", "L", "XL", "2XL", "3XL")))


@pytest.mark.parametrize(("said", "sku"), [("XL", "3"), ("2XL", "4"), ("XXL", "4"), ("xxxl", "5"), ("3xl", "5")])
def test_a_size_of_several_letters_is_one_word(said: str, sku: str) -> None:
    assert skus(read_in(SHIRTS, f"round neck vest {said} 5 box")) == [sku]


@pytest.mark.parametrize("text", ["round neck vest M 10 L 20 2XL 5", "round neck vest M10 L20 2XL5"])
def test_sizes_in_a_run_are_the_same_goods_in_other_sizes(text: str) -> None:
    found = read_in(SHIRTS, text, Speaker(customer="C1", role="buyer", history=bought("1", "10", "BOX")))
    first = [line.candidates[0] for line in found.lines]
    assert [(choice.sku, choice.quantity) for choice in first] == [("1", 10), ("2", 20), ("4", 5)]


@pytest.mark.parametrize("said", ["borwn", "brwn", "bronw"])
def test_a_colour_is_known_by_its_spelling_and_not_only_folded(said: str) -> None:
    tiles = plant("Pebble Brown", "Pebble Grey", "Pebble Ivory")
    assert skus(read_in(tiles, f"pebble {said} 20 box")) == ["1"]


TILES = plant(
    "Armani Grey Glossy 600x600", "Armani Grey Glossy 600x1200", "Carbon Light 300x450 Wall", "Carbon Dark 300x450 Wall"
)


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("armani grey glossy 600x600 20 box", "1"),
        ("armani grey glossy 2x2 20 box", "1"),
        ("armani grey glossy 2x4 20 box", "2"),
        ("armani grey 4x2 20 box", "2"),
        ("carbon dark 12x18 20 box", "4"),
    ],
)
def test_a_size_in_feet_or_inches_is_its_size_in_millimetres(text: str, sku: str) -> None:
    found = read_in(TILES, text)
    assert (skus(found), found.lines[0].quantity, found.lines[0].status) == ([sku], 20, Status.MATCHED)


def test_instead_of_what_is_made_no_more_the_nearest_that_is_made_are_offered() -> None:
    goods = (
        "Kumar Flap Disc 100 grit",
        "Kumar Flap Disc 40 grit",
        "Kumar Flap Disc 80 grit",
        "Kumar Flap Disc 120 grit",
        "Kumar Tester",
    )
    flaps = plant(*goods)
    items = [replace(item, active=item.sku != "1") for item in flaps.items]
    catalogue = build_catalogue(1, items, [rung for ladder in flaps.ladders.values() for rung in ladder.values()])
    (line,) = read_in(catalogue, "flap disc 100 5 box").lines
    assert (line.status, [choice.sku for choice in line.candidates]) == (Status.ASK, ["4", "3", "2", "5", "1"])
    assert {(choice.quantity, choice.uom) for choice in line.candidates} == {(5, "BOX")}


CREAMS = ("Suhana Cream White 20 L", "Suhana Plus Cream White 20 L")


@pytest.mark.parametrize(
    ("text", "status"), [("suhana cream 20 L 5 box", Status.MATCHED), ("cream 20 L 5 box", Status.ASK)]
)
def test_the_plain_one_is_meant_by_its_name_even_if_the_better_one_is_bought_more(text: str, status: Status) -> None:
    paints = plant(*CREAMS)
    history = bought("1", "5", "BOX", times=2) + bought("2", "5", "BOX", times=6)
    (line,) = read_in(paints, text, Speaker(customer="C1", role="buyer", history=history)).lines
    assert line.status is status


@pytest.mark.parametrize("text", ["3/8 ka nut 5 box", 'nut 3/8" 5 box'])
def test_a_fraction_of_an_inch_is_one_number(text: str) -> None:
    nuts = plant('Kumar Nut 1/4"', 'Kumar Nut 3/8"', 'Kumar Nut 1/2"')
    assert skus(read_in(nuts, text)) == ["2"]


ELBOWS = plant('Kumar Elbow 1/2"', 'Kumar Elbow 1"', 'Kumar Elbow 1 1/4"', 'Kumar Elbow 2"', 'Kumar Elbow 1" x 1/2"')


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('elbow 2" 5 box', [("4", 5)]),
        ('elbow 1 1/4" 5 box', [("3", 5)]),
        ("elbow 1-1/4 inch 5 box", [("3", 5)]),
        ("elbow 1.1/4 inch 5 box", [("3", 5)]),
        ("elbow 1*1/2 5 box", [("5", 5)]),
        ("elbow 1/2 inch 1 box", [("1", 1)]),
        ("elbow 1/2 inch 4 box, elbow 2 inch 2 box", [("1", 4), ("4", 2)]),
    ],
)
def test_a_fraction_or_a_whole_number_with_one_is_one_size(text: str, found: list[tuple[str, int]]) -> None:
    assert [(line.sku, line.quantity) for line in read_in(ELBOWS, text).lines] == found


def test_a_whole_number_before_a_fraction_is_an_amount_where_no_name_holds_both() -> None:
    pipes = plant('Kumar Pipe 1/2"', 'Kumar Pipe 3/4"')
    found = read_in(pipes, '1/2" pipe 5 3/4" pipe 7')
    assert [(line.sku, line.quantity) for line in found.lines] == [("1", 5), ("2", 7)]


OUTER = plant("Kumar Agri Pipe 63 mm", "Kumar Agri Pipe 75 mm", "Kumar Agri Pipe 90 mm", "Kumar Agri Pipe 110 mm")
SOIL = plant("Kumar Soil Pipe 75 mm", "Kumar Soil Pipe 110 mm", "Kumar Soil Pipe 160 mm")
FANS = plant("Kumar Fan 600 mm", "Kumar Fan 900 mm", "Kumar Fan 1200 mm", "Kumar Fan 1400 mm")
REDUCERS = plant("Kumar Reducer 90 x 63 mm", "Kumar Reducer 110 x 90 mm")


@pytest.mark.parametrize(
    ("goods", "text", "sku"),
    [
        (OUTER, "agri pipe 2 inch 5 box", "1"),
        (OUTER, "agri pipe 2.5 inch 5 box", "2"),
        (OUTER, "agri pipe 3 inch 5 box", "3"),
        (SOIL, "soil pipe 3 inch 5 box", "1"),
        (SOIL, 'soil pipe 4" 5 box', "2"),
        (FANS, "fan 48 inch 5 box", "3"),
        (REDUCERS, "reducer 3*2 5 box", "1"),
        (ELBOWS, "elbow 15 mm 5 box", "1"),
    ],
)
def test_inches_are_the_millimetres_that_the_trade_calls_so(goods: Catalogue, text: str, sku: str) -> None:
    (line,) = read_in(goods, text).lines
    assert (line.sku, line.quantity) == (sku, 5)


def test_an_inch_that_no_size_is_called_is_asked() -> None:
    (line,) = read_in(SOIL, "soil pipe 1 inch 5 box").lines
    assert line.status is not Status.MATCHED


def wires() -> Catalogue:
    items = [
        ItemRecord(sku=sku, name=name, category="wire", base_uom=unit, order_uom=unit)
        for sku, name, unit in (
            ("R", "Kumar Wire 1.5 sqmm Red", "COIL"),
            ("B", "Kumar Wire 1.5 sqmm Black", "COIL"),
            ("P", "Kumar Wire 1.5 sqmm 180 m Project Coil Black", "COIL"),
            ("F", "Kumar Fan", "PCS"),
        )
    ]
    return build_catalogue(1, items, [UomRecord(sku=item.sku, uom=item.base_uom, factor=Decimal(1)) for item in items])


@pytest.mark.parametrize("said", ["coil", "coils", "bandal", "roll"])
def test_a_coil_is_a_unit_and_names_no_project_coil(said: str) -> None:
    found = read_in(
        wires(), f"1.5 kali 12 {said}", Speaker(customer="C1", role="buyer", history=bought("B", "10", "COIL"))
    )
    assert [(line.sku, line.quantity, line.uom, line.status) for line in found.lines] == [
        ("B", 12, "COIL", Status.MATCHED)
    ]


def test_initials_stand_for_the_words_of_a_name() -> None:
    ices = plant(
        "Bharat Family Pack Vanilla", "Bharat Family Pack Chocolate", "Bharat Tub Vanilla", "Bharat Tub Chocolate"
    )
    assert skus(read_in(ices, "vanilla FP 10 box\ntub chocolate 5 box")) == ["1", "4"]


def test_the_plain_article_is_meant_where_no_grade_is_said() -> None:
    paints = plant("Suhana Emulsion White", "Suhana Plus Emulsion White", "Suhana Gold Emulsion White")
    assert skus(read_in(paints, "suhana emulsion white 5 box\nsuhana gold emulsion white 2 box")) == ["1", "3"]


def test_the_plain_article_is_asked_of_who_buys_the_grade() -> None:
    paints = plant("Suhana Emulsion White", "Suhana Plus Emulsion White", "Suhana Gold Emulsion White")
    faithful = Speaker(customer="C1", role="buyer", history=bought("2", "5", "BOX"))
    assert read_in(paints, "suhana emulsion white 5 box", faithful).lines[0].status is not Status.MATCHED or skus(
        read_in(paints, "suhana emulsion white 5 box", faithful)
    ) == ["2"]


def test_a_heading_leads_the_sizes_under_it_and_is_no_line_itself() -> None:
    found = read_in(SHIRTS, "Round neck vest\nL 5 box\nXL 3 box")
    assert skus(found) == ["2", "3"]
    assert found.left_over == ()


def test_raw_material_is_no_goods_of_a_buyer_and_is_on_the_floor() -> None:
    soda = ItemRecord(sku="RM", name="Soda Ash Light", base_uom="KG", order_uom="KG", sold=False)
    soap = ItemRecord(sku="FG", name="Gulab Soap", base_uom="PCS", order_uom="BOX")
    ladders = [UomRecord(sku="RM", uom="KG", factor=Decimal(1)), UomRecord(sku="FG", uom="BOX", factor=Decimal(10))]
    catalogue = build_catalogue(1, [soda, soap], ladders)
    asked = read_in(catalogue, "soda ash light 50 kg")
    assert all(line.status is not Status.MATCHED and not line.candidates for line in asked.lines)
    named = Speaker(customer="C1", role="buyer", aliases=(AliasRecord(customer="C1", phrase="soda", sku="RM"),))
    assert skus(read_in(catalogue, "soda 50 kg", named)) in ([None], [])
    floor = read_in(catalogue, "soda ash light 50 kg laga", Speaker(role="supervisor"))
    assert floor.slots.get("sku") == "RM"


def test_words_without_vowels_with_two_letters_changed_or_written_as_one() -> None:
    goods = plant("Marathon Socks Navy", "Marathon Socks Black", "Chamki Bar Blue", "Chamki Bar White")
    assert skus(read_in(goods, "marathon socks nvy 5 box\nmarathon socks blakc 3 box\nchamkibar blue 4 box")) == [
        "1",
        "2",
        "3",
    ]


def test_the_same_item_in_the_same_words_is_two_lines_and_in_others_a_question() -> None:
    goods = plant("Kesar Rusk 300 g", "Kesar Rusk 600 g")
    twice = read_in(goods, "kesar rusk 300 g 5 box\nkesar rusk 600 g 2 box\nkesar rusk 300 g 5 box")
    assert [line.status for line in twice.lines] == [Status.MATCHED] * 3


def test_two_habits_of_writing_in_one_message() -> None:
    goods = plant("Kesar Rusk", "Lachhi Noodles", "Parag Biscuit", "Tara Atta")
    found = read_in(goods, "5 box kesar rusk\n7 box lachhi noodles\nparag biscuit 9 box\ntara atta 4 box")
    assert [(line.sku, line.quantity) for line in found.lines] == [("1", 5), ("2", 7), ("3", 9), ("4", 4)]


def test_me_behind_a_number_is_no_may() -> None:
    found = read_in(TILES, "armani grey 2x4 me 30 box")
    assert (found.requested_on, skus(found)) == (None, ["2"])


def test_a_large_order_is_taken_as_unusual_and_a_slip_is_asked() -> None:
    speaker = Speaker(customer="C1", role="buyer", history=bought("1", "10", "BOX"))
    goods = plant("Kesar Rusk", "Lachhi Noodles")
    large, slip = (read_in(goods, f"kesar rusk {count} box", speaker).lines[0] for count in (50, 100))
    assert (large.status, large.doubt) == (Status.MATCHED, (Doubt.QUANTITY,))
    assert slip.status is Status.ASK


@pytest.mark.parametrize(("orders", "status"), [(3, Status.MATCHED), (6, Status.ASK)])
def test_who_ordered_often_has_shown_his_range_whatever_others_take(orders: int, status: Status) -> None:
    goods = plant("Kesar Rusk", "Lachhi Noodles")
    ladder = {uom: replace(rung, largest=Decimal(100)) for uom, rung in goods.ladders["1"].items()}
    goods = replace(goods, ladders={**goods.ladders, "1": ladder})
    speaker = Speaker(customer="C1", role="buyer", history=bought("1", "10", "BOX", times=orders))
    (line,) = read_in(goods, "kesar rusk 100 box", speaker).lines
    assert line.status is status


def test_an_item_no_longer_made_stays_known() -> None:
    items = [replace(item, active=False, sold=True) if item.sku == "1" else item for item in TILES.items]
    catalogue = build_catalogue(2, items, [rung for ladder in TILES.ladders.values() for rung in ladder.values()])
    assert read_in(catalogue, "armani grey glossy 2x2 5 box").lines[0].status is Status.ASK


PLAIN_AND_BRASS = plant(
    'Kumar PVC Elbow 3/4"',
    'Kumar PVC Brass Elbow 3/4" x 1/2"',
    'Kumar PVC Elbow 1"',
    'Kumar PVC Elbow 1/2"',
    category="PVC",
)


def elbows_of(*bought_skus: str) -> Speaker:
    history = tuple(line for sku in bought_skus for line in bought(sku, "5", "BOX"))
    return Speaker(customer="C1", role="buyer", history=history)


@pytest.mark.parametrize(
    ("text", "sku"), [("elbow 3/4 5 box", "1"), ("brass elbow 3/4 5 box", "2"), ("mukka elbow 5 box", "1")]
)
def test_what_is_said_without_a_kind_is_the_plain_one(text: str, sku: str) -> None:
    (line,) = read_in(PLAIN_AND_BRASS, text, elbows_of("1", "2")).lines
    assert (line.sku, line.status) == (sku, Status.MATCHED)


def test_a_word_for_a_kind_tells_nothing_of_sizes() -> None:
    dals = plant("Kumar Arhar Dal 1 kg", "Kumar Loose Arhar Dal 30 kg", category="dal")
    (line,) = read_in(dals, "arhar 5 box", elbows_of("1", "2")).lines
    assert line.status is Status.ASK


@pytest.mark.parametrize("said", ["mukka 4 box", "pauna 4 box", "3/4 4 box"])
def test_a_part_of_an_inch_in_words_is_a_size_of_the_goods_before(said: str) -> None:
    found = read_in(PLAIN_AND_BRASS, f"elbow half 6 box {said}", elbows_of("1", "2", "4"))
    assert [(line.sku, line.quantity, line.status) for line in found.lines] == [
        ("4", 6, Status.MATCHED),
        ("1", 4, Status.MATCHED),
    ]


def test_an_inch_without_a_number_is_one_inch() -> None:
    (line,) = read_in(PLAIN_AND_BRASS, "inch elbow 5 box", elbows_of("3", "4")).lines
    assert (line.sku, line.status) == ("3", Status.MATCHED)


def test_part_of_a_closed_pack_is_asked_without_its_unit_too() -> None:
    (line,) = read_in(PLAIN_AND_BRASS, 'elbow 1" sadhe panch', elbows_of("3")).lines
    assert Doubt.QUANTITY in line.doubt


@pytest.mark.parametrize("said", ["gum", "solution", "paste", "pipe gum"])
def test_solvent_cement_has_many_names(said: str) -> None:
    glues = plant("Kumar PVC Solvent Cement 250 ml", "Kumar PVC Solvent Cement 500 ml", "Kumar Pipe 250 mm")
    (line,) = read_in(glues, f"{said} 250 ml 5 box").lines
    assert (line.candidates[0].sku, line.quantity) == ("1", 5)


def test_male_and_female_are_not_the_same() -> None:
    adaptors = plant('Kumar Male Adaptor 1/2"', 'Kumar Female Adaptor 1/2"')
    assert skus(read_in(adaptors, "mta 1/2 5 box, fta 1/2 4 box")) == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "free"),
    [("pipe 40 + 20 union", False), ("pipe 40 + 2", True), ("pipe 40 + 2 free", True), ("40+2 pipe", True)],
)
def test_a_plus_that_stands_apart_before_other_goods_gives_nothing_free(text: str, free: bool) -> None:
    found = quantities(atoms(tokens(text), vocabulary()))
    assert any(one.free is not None for one in found) is free


@pytest.mark.parametrize(
    ("text", "sku"), [("mcb 16 amp 5 box", "1"), ("mcb 16 ampere 5 box", "1"), ("bulb 12 watt 5 box", "4")]
)
def test_a_letter_of_a_name_is_its_unit_in_words(text: str, sku: str) -> None:
    goods = plant("Kumar MCB 16A", "Kumar MCB 32A", "Kumar Bulb 9W", "Kumar Bulb 12W")
    (line,) = read_in(goods, text).lines
    assert (line.sku, line.quantity, line.status) == (sku, 5, Status.MATCHED)


def test_a_unit_that_stands_in_every_name_does_not_have_every_name_cut_into_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    goods = plant(*(f"{kind} Rusk {grams} g" for kind in ("Milk", "Suji", "Elaichi") for grams in range(101, 701)))
    cut, described = [], aliases.described

    def counted(item: ItemRecord) -> frozenset[str]:
        cut.append(item.sku)
        return described(item)

    monkeypatch.setattr(aliases, "described", counted)
    for text in ("milk rusk 400 g 20 box", "20 box suji rusk 500 g", "rusk 401 g 12 box", "1810 box milk rusk 300 g"):
        read_in(goods, text)
    assert len(goods.items) == 1800
    assert 0 < len(cut) < 40
