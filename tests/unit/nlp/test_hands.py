"""What hasty hands and other scripts make of words, units and amounts, whatever the trade."""

from decimal import Decimal

import pytest

from nlp.fold import sound
from nlp.lookup import may_be_one_of
from nlp.values import AliasRecord, Intent, ReadLine, Speaker, Status
from tests.unit.nlp.plant import ALIASES, BUYER, HISTORY, bought, reading
from tests.unit.nlp.test_names import plant, read_in


def only(text: str) -> ReadLine:
    found = reading(text).lines
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("english", "written"),
    [
        ("school", "स्कूल"),
        ("aqua", "एक्वा"),
        ("orange", "ऑरेंज"),
        ("elbow", "ఎల్బో"),
        ("mixture", "മിക്സ്ചർ"),
        ("sketch", "സ്കെച്ച്"),
        ("junction", "जंक्शन"),
        ("urad", "उड़द"),
        ("light", "लाइट"),
        ("natural", "नेचुरल"),
    ],
)
def test_english_and_what_a_script_makes_of_it_sound_alike(english: str, written: str) -> None:
    assert sound(english) == sound(written)


def test_words_that_sound_otherwise_do_not() -> None:
    assert len({sound(word) for word in ("green", "grain", "gold", "glass", "general", "tiger")}) >= 5


@pytest.mark.parametrize("typed", ["wod", "combn", "br", "desgn", "gle"])
def test_among_few_words_looser_likeness_tells_enough(typed: str) -> None:
    assert may_be_one_of(typed, {"wood", "combination", "brown", "design", "gel"})


@pytest.mark.parametrize("typed", ["tata", "x", "good", "rest"])
def test_other_words_are_none_of_the_few(typed: str) -> None:
    assert not may_be_one_of(typed, {"wood", "combination", "brown", "design", "gel", "atta"})


WIPERS = plant("Wiper Blade 18", "Wiper Blade 20", "Bolt Hex", "Nut Hex", "Washer Flat", category="Wiper")


@pytest.mark.parametrize("unit", ["drz", "drj", "drzn"])
def test_consonants_of_a_unit_are_the_unit(unit: str) -> None:
    hasty, whole = (read_in(WIPERS, f"bolt hex 2 {word}").lines[0] for word in (unit, "darjan"))
    assert (hasty.doubt, hasty.quantity, hasty.uom) == (whole.doubt, whole.quantity, whole.uom)
    assert hasty.doubt != read_in(WIPERS, "bolt hex 2").lines[0].doubt


def test_a_number_that_is_labelled_is_no_amount() -> None:
    found = read_in(WIPERS, "wiper blade 20 no - 10, wiper blade 18 no. 30 pcs").lines
    assert [(line.sku, line.quantity) for line in found] == [("2", Decimal(10)), ("1", Decimal(30))]


@pytest.mark.parametrize(
    "text", ["marie 120 10 nahi 15 case", "marie 120 10 case nahi 15", "marie 120 - 10 nahi 15 case"]
)
def test_an_amount_may_take_the_place_of_the_one_before(text: str) -> None:
    line = only(text)
    assert (line.status, line.sku, line.quantity, line.uom) == (Status.MATCHED, "MR-120", Decimal(15), "CASE")


def test_another_size_behind_a_no_is_no_other_amount() -> None:
    assert all(line.status is not Status.MATCHED for line in reading("marie 120 10 case nahi 5 kg wala").lines)


@pytest.mark.parametrize("text", ["marie 120 10 case, bill 2 din baad", "marie 120 10 case, 3 ghante me chahiye"])
def test_days_and_hours_are_no_amounts(text: str) -> None:
    assert [(line.sku, line.quantity) for line in reading(text).lines] == [("MR-120", Decimal(10))]


@pytest.mark.parametrize(
    "text", ["marie 120 10 case\nGupta Trading, Ludhiana - 141001", "marie 120 10 case\nadd: shop 4, station road"]
)
def test_pin_codes_and_addresses_are_no_amounts(text: str) -> None:
    assert [(line.sku, line.quantity) for line in reading(text).lines] == [("MR-120", Decimal(10))]


def test_an_alias_with_another_size_is_its_sibling() -> None:
    aliases = (*ALIASES, AliasRecord(customer="C1", phrase="pg", sku="PG-070"))
    speaker = Speaker(customer="C1", role="buyer", aliases=aliases, history=HISTORY + bought("PG-140", "10", "CASE"))
    found = reading("pg 5 case\npg 140 6 case", speaker).lines
    assert [(line.status, line.sku, line.quantity) for line in found] == [
        (Status.MATCHED, "PG-070", Decimal(5)),
        (Status.MATCHED, "PG-140", Decimal(6)),
    ]


def test_a_bag_is_no_case() -> None:
    assert only("chakki atta 10 kg 5 case").status is not Status.MATCHED


@pytest.mark.parametrize("text", ["tell me a joke", "xyzzy plugh", "who is the prime minister"])
def test_what_nothing_speaks_for_does_nothing(text: str) -> None:
    assert reading(text, BUYER).intent is Intent.OTHER


def test_words_of_one_line_are_not_torn() -> None:
    assert [line.quantity for line in reading("marie gold pet 10 case").lines] == [Decimal(10)]


def test_packing_that_is_called_a_case_makes_no_goods_of_cases() -> None:
    """Raw material is no goods of a buyer, and a small number before a unit is an amount of it."""
    goods = plant("Marie Gold Biscuit", "Corrugated case 5 ply", "Bolt Hex", "Nut Hex")
    line = read_in(goods, "5 case marie gold biscuit").lines[0]
    assert (line.quantity, [candidate.sku for candidate in line.candidates][:1]) == (Decimal(5), ["1"])
    assert line.sku != "2"
