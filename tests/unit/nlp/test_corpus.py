"""The budget on the labelled corpora: what may be wrong or lost, plant by plant."""

from pathlib import Path

import pytest

from nlp import evaluation

MOST_WRONG, MOST_LOST = 0.02, 0.01
LEAST_RIGHT = 0.5


@pytest.mark.slow
@pytest.mark.parametrize("folder", evaluation.plants(), ids=lambda folder: folder.name)
def test_no_plant_has_more_wrong_or_lost_lines_than_its_budget(folder: Path, tmp_path: Path) -> None:
    figures = evaluation.report(folder, evaluation.readings(evaluation.load(folder)), tmp_path)
    assert figures["wrong among matched lines"]["rate"] <= MOST_WRONG
    assert figures["lines lost"]["rate"] <= MOST_LOST
    assert figures["lines exactly right"]["rate"] >= LEAST_RIGHT
