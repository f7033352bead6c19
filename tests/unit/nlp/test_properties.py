"""Laws of the reader that hold for every text: sought by chance, with hypothesis."""

import unicodedata
from collections import Counter
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nlp.fold import SHORT_A, fold, latin
from nlp.values import Context, DraftLine, ReadLine, Speaker, Status
from orders import alias_rules
from tests.unit.nlp.plant import BUYER, reading
from tests.unit.nlp.soundness import require_soundness

LAWS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ORDER_WORDS = """
10 20 5-5 12x50 1/2 ½ + @240 peti case bori kg marie 120 lachhi glucose 70 atta nahi dono aur kal hata do 2 number wali
ki jagah , . 👍 बीस पेटी பெட்டி ২০ ਪੇਟੀ each % ₹ kharab cancel haan stop line rate 10+1 9876543210
"""
WORDS = st.sampled_from([*ORDER_WORDS.split(), "\n", "\n\n", "\t", "1. ", "- "])
SCRIPTS = (
    "abcxyzABC", "अआकखगि्ं", "কখগিা্", "ਕਖਗਿ੍", "કખગિ્", "கஙசி்", "కఖగి్", "ಕಖಗಿ್", "കഖഗി്",
    "0123456789", "०१२३", "০১২", "੦੧੨", "૦૧૨", "௦௧௨௰", "౦౧౨", "೦೧೨", "൦൧൨", "٠١٢", "۰۱۲", "𝟎𝟏", "²½⅓Ⅳ",
    " \t\r\n\x0b\x0c\x1c\x85\u2028\u00a0", "\x00\x01\x1b\x7f\ufeff\u200b\u200d\u200e\u202e\ufffd\ufe0f",
    "👍🙏🏽👨‍👩‍👧🇮🇳😀", "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~–—…“”’×₹",
)  # fmt: skip
MIXED = st.text(
    st.one_of(st.sampled_from("".join(SCRIPTS)), st.characters(categories=["Nd", "No", "Cc", "Cf", "Cs", "Mn", "Lo"])),
    max_size=80,
)
DRAFT = Context(
    draft=(
        DraftLine(sku="PG-070", quantity=Decimal(20), uom="CASE", source="20 peti glucose 70"),
        DraftLine(sku=None),
        DraftLine(sku="AT-10", quantity=Decimal(5), uom="BAG", source="5 bori atta 10"),
    ),
    quoted="1. Parag Glucose Biscuit 70 g – 20 CASE",
)
SPEAKERS = st.sampled_from([BUYER, Speaker(role="sales_rep", may_order_for=("C1", "C2")), Speaker(role="supervisor")])
CLEAR = {
    "PG-070": "{} peti parag glucose biscuit 70 g",
    "MR-120": "{} case marie gold 120 g",
    "RS-300": "{} case kesar rusk 300 g",
    "NM-070": "lachhi noodles masala 70 g - {} case",
    "AT-10": "{} bag chakki atta 10 kg",
    "AT-5": "chakki atta 5 kg {} bag",
}
"""Lines that leave nothing to ask about, each of its own."""


@settings(LAWS, max_examples=150)
@given(MIXED)
def test_scripts_controls_pictures_and_digits_of_all_scripts_are_read_without_an_error(text: str) -> None:
    require_soundness(text, reading(text))


@settings(LAWS, max_examples=200)
@given(st.lists(st.one_of(WORDS, MIXED.filter(bool)), max_size=14).map(" ".join), SPEAKERS)
def test_whoever_writes_into_whatever_talk_is_read_without_an_error(text: str, speaker: Speaker) -> None:
    require_soundness(text, reading(text, speaker, DRAFT))


def _facts(line: ReadLine) -> tuple[str | None, Decimal | None, str | None, Status]:
    return line.sku, line.quantity, line.uom, line.status


@settings(LAWS, max_examples=120)
@given(st.sampled_from(sorted(CLEAR)), st.integers(1, 99), st.integers(2, 9))
def test_scaling_the_quantity_scales_the_line(sku: str, quantity: int, times: int) -> None:
    (line,) = reading(CLEAR[sku].format(quantity)).lines
    (scaled,) = reading(CLEAR[sku].format(quantity * times)).lines
    assert line.quantity == quantity
    assert scaled.quantity == quantity * times
    assert (scaled.sku, scaled.uom) == (line.sku, line.uom) == (sku, "BAG" if "bag" in CLEAR[sku] else "CASE")


DIGITS = ["०१२३४५६७८९", "০১২৩৪৫৬৭৮৯", "௦௧௨௩௪௫௬௭௮௯", "౦౧౨౩౪౫౬౭౮౯", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"]


@settings(LAWS, max_examples=60)
@given(st.sampled_from(sorted(CLEAR)), st.integers(1, 300), st.sampled_from(DIGITS))
def test_digits_of_any_script_mean_the_same(sku: str, quantity: int, digits: str) -> None:
    written = str(quantity).translate(str.maketrans("0123456789", digits))
    plain, other = reading(CLEAR[sku].format(quantity)), reading(CLEAR[sku].format(written))
    assert [_facts(line) for line in other.lines] == [_facts(line) for line in plain.lines]


@settings(LAWS, max_examples=120)
@given(st.permutations(sorted(CLEAR)), st.integers(1, len(CLEAR)), st.data())
def test_reordering_lines_reorders_the_reading(skus: list[str], count: int, data: st.DataObject) -> None:
    lines = [CLEAR[sku].format(data.draw(st.integers(6, 30))) for sku in skus[:count]]
    shuffled = data.draw(st.permutations(lines))
    read, again = reading("\n".join(lines)).lines, reading("\n".join(shuffled)).lines
    assert [line.sku for line in read] == skus[:count]
    assert Counter(map(_facts, again)) == Counter(map(_facts, read))


@settings(LAWS, max_examples=300)
@given(MIXED.filter(lambda text: SHORT_A not in text.lower()))
def test_latin_letters_are_latin_letters_already(text: str) -> None:
    assert latin(latin(text)) == latin(text)


@settings(LAWS, max_examples=300)
@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=10))
@example("grey")
def test_folding_a_word_twice_changes_nothing(word: str) -> None:
    assert fold(fold(word)) == fold(word)


@settings(LAWS, max_examples=300)
@given(MIXED)
def test_folding_the_phrase_of_an_alias_twice_changes_nothing(text: str) -> None:
    assert alias_rules.fold(alias_rules.fold(text)) == alias_rules.fold(text)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "text", ["12 पेटी kesar rusk 300 g", "20 ਪੇਟੀ lachhi noodles masala 70 g", "10 பெட்டி marie gold 120 g"]
)
def test_a_text_in_another_normal_form_means_the_same(text: str, form: Literal["NFC", "NFD"]) -> None:
    plain, other = reading(text), reading(unicodedata.normalize(form, text))
    assert [_facts(line) for line in other.lines] == [_facts(line) for line in plain.lines]
    assert plain.lines
