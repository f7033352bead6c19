"""The budget on the labelled corpora: what may be wrong or lost, plant by plant and all together."""

from pathlib import Path
from typing import Any

import pytest

from nlp import evaluation

MOST_WRONG, MOST_LOST = 0.02, 0.01
MOST_WRONG_OF_ALL, MOST_LOST_OF_ALL = 0.008, 0.006
LEAST_RIGHT = 0.5
PLANTS = [folder.name for folder in evaluation.plants()]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    out = tmp_path_factory.mktemp("readings")
    return {folder.name: figures(folder, out) for folder in evaluation.plants()}


def figures(folder: Path, out: Path) -> dict[str, Any]:
    return evaluation.report(folder, evaluation.readings(evaluation.load(folder)), out)


@pytest.mark.parametrize("plant", PLANTS)
def test_no_plant_has_more_wrong_or_lost_lines_than_its_budget(reports: dict[str, dict[str, Any]], plant: str) -> None:
    assert reports[plant]["wrong among matched lines"]["rate"] <= MOST_WRONG
    assert reports[plant]["lines lost"]["rate"] <= MOST_LOST
    assert reports[plant]["lines exactly right"]["rate"] >= LEAST_RIGHT


@pytest.mark.parametrize(
    ("figure", "most"), [("wrong among matched lines", MOST_WRONG_OF_ALL), ("lines lost", MOST_LOST_OF_ALL)]
)
def test_all_plants_together_keep_the_budget(reports: dict[str, dict[str, Any]], figure: str, most: float) -> None:
    counts = [found[figure] for found in reports.values()]
    assert sum(count["k"] for count in counts) <= most * sum(count["n"] for count in counts)


def test_the_table_has_a_row_for_every_plant_and_one_for_all(
    reports: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    day = evaluation.date(2026, 11, 21)
    evaluation.write_csv(tmp_path / "accuracy.csv", reports, day)
    rows = (tmp_path / "accuracy.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[1] for row in rows] == ["plant", *PLANTS, "all"]
