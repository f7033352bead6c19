import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from nlp.vocabulary import DATA, vocabulary

LANGUAGES = sorted((DATA / "languages").glob("*.toml"))


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_a_language_file_has_what_a_language_needs(path: Path) -> None:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert table["code"] == path.stem
    assert {"numbers", "units", "noise", "days", "weekdays", "cues"} <= set(table)
    assert set(table["weekdays"]) == {str(day) for day in range(7)}


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_every_unit_word_names_a_known_concept(path: Path) -> None:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(table["units"]) <= set(vocabulary().meanings)


def test_units_scale_to_concepts_that_exist() -> None:
    for meaning in vocabulary().meanings.values():
        assert meaning.of is None or meaning.of in vocabulary().meanings
        assert meaning.factor > Decimal(0)


def test_the_readme_tells_how_to_add_a_language() -> None:
    assert "add a language" in (DATA / "README.md").read_text(encoding="utf-8")
