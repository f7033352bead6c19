"""`flask pull`: what changed is taken over, what was refused is told with the way out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.plain_files import PlainFiles
from web.commands.pull import pull

Run = Callable[..., Result]


@pytest.fixture
def files(tmp_path: Path) -> PlainFiles:
    return PlainFiles.sound(tmp_path / "plant")


@pytest.fixture
def run(database_url: str, files: PlainFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ERP_URL", f"files:{files.folder}")
    monkeypatch.setenv("MUNSHI_VAR", str(tmp_path / "var"))

    def invoke(*arguments: str) -> Result:
        if files.folder.exists():
            files.age()
        return CliRunner().invoke(pull, arguments)

    return invoke


def test_it_says_per_listing_what_was_taken_over_and_then_that_nothing_changed(run: Run) -> None:
    first = run()
    assert first.exit_code == 0, first.output
    assert "items: 6 rows, 6 new or changed, 0 gone" in first.output
    assert "people: 6 rows, 6 new or changed, 0 gone" in first.output
    assert "nothing has changed since the last pull" in run().output
    assert "items: 6 rows, 0 new or changed, 0 gone" in run("--everything").output


def test_a_bad_row_is_named_with_its_remedy_and_listed_again_on_request(run: Run, files: PlainFiles) -> None:
    files.append("stock.csv", "PG-070,FG1,L9,1 box,available")
    done = run()
    assert done.exit_code == 0
    assert "stock.csv row 8 column qty: '1 box' is not a number. Remedy:" in done.output
    listed = run("--problems")
    assert (listed.exit_code, listed.output.count("Remedy:")) == (1, 1)
    assert "1 problems." in listed.output


def test_a_refused_listing_fails_until_somebody_agrees(run: Run, files: PlainFiles) -> None:
    run()
    files.drop("items.csv", "MG-12", "OLD-1")
    refused = run()
    assert refused.exit_code == 1
    assert "items: refused, the previous state is kept" in refused.output
    assert "pull --agree items" in refused.output
    agreed = run("--agree", "items")
    assert (agreed.exit_code, "2 gone" in agreed.output) == (0, True)
    assert "nothing to agree to" in run("--agree", "items").output


def test_a_folder_that_is_not_there_is_named(run: Run, files: PlainFiles) -> None:
    run()
    files.folder.rename(files.folder.with_name("gone"))
    done = run()
    assert done.exit_code != 0
    assert str(files.folder) in done.output
