"""Paragraph 13: long work says how far it has come, on a terminal in one line and in a log now and then."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from bot.app import Munshi
from store.database import plain_url

ROWS = 2500


class Terminal(io.StringIO):
    """What somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def command(app: Flask, munshi: Munshi, plant: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run one command with the settings of this test's Munshi."""
    monkeypatch.setenv("DATABASE_URL", plain_url(munshi.database.url))
    monkeypatch.setenv("ERP_URL", f"files:{plant}")
    monkeypatch.setenv("MUNSHI_VAR", str(plant.parent / "var"))
    return lambda *arguments: CliRunner().invoke(app.cli, list(arguments), catch_exceptions=False)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A library of so many aliases."""
    file = tmp_path / "many.csv"
    file.write_text(
        "customer,alias,sku,uom\n" + "".join(f",namak number {number},00123,\n" for number in range(ROWS)),
        encoding="utf-8",
    )
    return file


def test_an_import_of_aliases_tells_how_far_it_has_come(command: Callable[..., Result], many: Path) -> None:
    done = command("aliases", "import", str(many))
    assert done.stdout == f"{ROWS} added, 0 changed, 0 there already, 0 problems.\n"
    told = done.stderr.splitlines()
    assert [line.split()[0] for line in told] == ["1000", "2000"]
    assert all(line.endswith("rows") for line in told)
    assert all("of about" in line for line in told)


def test_a_pull_tells_a_terminal_each_listing_as_it_grows(
    app: Flask, munshi: Munshi, plant: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["sku,warehouse,lot,qty,status", *(f"PG-070,FG1,L{number},96,available" for number in range(ROWS))]
    (plant / "stock.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", plain_url(munshi.database.url))
    monkeypatch.setenv("ERP_URL", f"files:{plant}")
    monkeypatch.setenv("MUNSHI_VAR", str(plant.parent / "var"))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    app.cli.main(["pull", "--agree", "stock"], standalone_mode=False)
    told = terminal.getvalue()
    for rows in (1000, 2000, ROWS):
        assert f"\r\x1b[Kstock: {rows}" in told
    assert "\n" not in told.split("stock: 1000")[1].split(f"stock: {ROWS}")[0], "in one line that changes"
