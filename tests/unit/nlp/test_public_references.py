"""How others' examples are made comparable, and what is said when they are not there."""

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from nlp.public_references import __main__ as command
from nlp.public_references.catalogues import hasty, slipped
from nlp.public_references.dates import NO_DAY, _meant
from nlp.public_references.messages import catalogue_of, concept, wanted
from nlp.public_references.numbers import _in_reach, amounts_in, numbers_in


def test_without_the_references_it_says_so_and_is_content(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["public_references", str(tmp_path / "nowhere")])
    command.main()
    assert "no public references" in capsys.readouterr().out


def test_numbers_and_measured_amounts_are_listed_in_the_order_of_the_text() -> None:
    assert numbers_in("two dozen and 1.5 lakh") == [Decimal(24), Decimal(150000)]
    assert amounts_in("500 grams and 2 litre") == [("g", Decimal(500)), ("ml", Decimal(2000))]


def test_numbers_that_no_order_has_are_out_of_reach() -> None:
    assert _in_reach(("half", [Decimal("0.5")]))
    for text, values in (("minus one", ["-1"]), ("two fifths", ["0.4"]), ("no number", []), ("2 trillion", ["2e12"])):
        assert not _in_reach((text, [Decimal(value) for value in values]))


def test_only_plain_day_words_have_a_day() -> None:
    assert _meant("kal ke liye") == date(2026, 11, 22)
    assert _meant("saturday ko") == date(2026, 11, 28)  # written on a Saturday: the next one
    assert _meant("kal subah 9 baje") is None
    assert NO_DAY.fullmatch("10 minutes ke liye")
    assert not NO_DAY.fullmatch("2 din")


def test_labels_of_others_are_brought_to_one_form() -> None:
    listed = wanted(
        {"lines": [{"qty": 500, "unit": "gm", "product": "Sugar"}, {"qty": 2, "unit": "count", "product": "x"}]}
    )
    assert [(line.goods, line.amount) for line in listed] == [("sugar", ("g", 500)), ("x", ("PCS", 2))]
    sized = wanted({"size": "1.5 kg", "qty": None, "product": "chawal"})
    assert [line.amount for line in sized] == [("g", Decimal(1500))]
    assert wanted({"intent": "sale_record"}) == []
    assert concept("big bottles") == "BTL"


def test_the_catalogue_of_labels_sells_each_good_by_its_measure() -> None:
    catalogue = catalogue_of([wanted({"lines": [{"qty": 500, "unit": "gm", "product": "Sugar"}]})])
    assert [item.name for item in catalogue.items] == ["sugar"]
    assert catalogue.items[0].base_uom == "KG"
    assert catalogue.ladders["P0"]["G"].factor == Decimal("0.001")


def test_a_name_is_misspelt_in_its_longest_word_only() -> None:
    assert slipped("Tata Basundi 5 kg") == "Tata Bausndi 5 kg"
    assert hasty("Tata Basundi 5 kg") == "Tata Bsndi 5 kg"
    assert slipped("MTR 5") == hasty("MTR 5") == "MTR 5"
