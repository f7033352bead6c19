"""What of a message may be shown to others."""

import pytest

from bot.redaction import HIDDEN, MOST_CHARACTERS, redacted
from tests.unit.nlp.plant import PLANT


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("5 peti sunehri dhoop", "5 peti sunehri dhoop"),
        ("20-20 peti, 12x50, 10+1", "20-20 peti, 12x50, 10+1"),
        ("call 9826041057", "call …"),
        ("call +91 98260 41057, 5 peti", "call …, 5 peti"),
        ("(0731) 255-1234 par", "… par"),
        ("९८२६०४१०५७ ৯৮২৬০৪১০৫৭", "…"),
        ("po 4500123456 ka", "po … ka"),
        ("23ZZYFA0592F1Z9", "23ZZYFA0592F1Z9"),
        ("ship 452001", "ship …"),
        ("gupta@okaxis par bheja", "… par bheja"),
        ("marie @240", "marie …"),
        ("rate 235 lagana", "… lagana"),
        ("₹ 1,250.50 / 300 rs", "… / …"),
        ("Gupta Trading ko 5 peti", "… … ko 5 peti"),
        ("GUPTAA traders, guptaji", "… traders, guptaji"),
        ("c1 ke liye", "… ke liye"),
        ("Meenakshi ka order", "… ka order"),
        ("मीनाक्षी के लिए", "… के लिए"),
        ("Asha Devi yahan se", "… … yahan se"),
        ("", ""),
    ],
)
def test_numbers_names_codes_and_prices_are_hidden_and_goods_stay(text: str, left: str) -> None:
    assert redacted(text, PLANT, names=("Asha Devi", "")) == left


def test_a_word_of_a_firm_that_is_a_word_of_goods_stays_unless_the_whole_name_is_said() -> None:
    from nlp import build_catalogue
    from nlp.values import CustomerRecord

    firms = [CustomerRecord(code="C9", name="Marie Gold House", city="Delhi")]
    catalogue = build_catalogue(1, PLANT.items, (), firms)
    assert redacted("5 marie gold", catalogue, names=()) == "5 marie gold"
    assert redacted("Marie-Gold House, 5 marie gold", catalogue, names=()) == f"{HIDDEN}, 5 marie gold"


def test_a_long_text_is_cut_before_it_is_looked_at() -> None:
    assert len(redacted("a1@ 98" * 20_000, PLANT, names=())) <= MOST_CHARACTERS
