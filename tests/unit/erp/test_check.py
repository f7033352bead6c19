"""`check` says of an ERP what an ERP consultant can act on."""

from datetime import timedelta
from pathlib import Path

import pytest

from erp import build_erps, check, circuit
from erp.files import Answer, FilesErp
from erp.port import Level
from erp.pull import pull
from store.clock import ManualClock
from store.database import Database
from tests.plain_files import PlainFiles
from tests.wayward_erp import WaywardErp


@pytest.fixture
def files(tmp_path: Path) -> PlainFiles:
    return PlainFiles.sound(tmp_path / "plant")


def said(database: Database, erp: FilesErp | WaywardErp) -> list[tuple[Level, str]]:
    with database.transaction() as session:
        return [(finding.level, finding.text) for finding in check.findings({erp.name: erp}, session)]


def test_before_the_first_pull_it_says_so(database: Database, files: PlainFiles) -> None:
    assert (Level.WARNING, "nothing pulled yet") in said(database, FilesErp(files.folder))


def test_after_a_clean_pull_every_listing_is_fine(database: Database, files: PlainFiles) -> None:
    erp = FilesErp(files.folder, file_settles_in=timedelta())
    pull(database, erp, {})
    assert {level for level, _ in said(database, erp)} == {Level.OK}
    assert (Level.OK, "6 rows") in said(database, erp)


def test_a_refused_listing_is_an_error_and_a_bad_row_a_warning(database: Database, files: PlainFiles) -> None:
    erp = FilesErp(files.folder, file_settles_in=timedelta())
    pull(database, erp, {})
    files.append("stock.csv", "PG-070,FG1,L9,1 box,available")
    files.drop("prices.csv", "PL-A,PG", "PL-A,MG")
    pull(database, erp, {})
    told = said(database, erp)
    assert (Level.ERROR, "prices: 4 of 6 rows have vanished; the previous state is kept") in told
    assert (Level.WARNING, "stock.csv row 8 column qty: '1 box' is not a number") in told


def test_an_erp_that_is_down_says_since_when(database: Database, clock: ManualClock) -> None:
    erp = WaywardErp(clock)
    with database.transaction() as session:
        circuit.silent(session, erp.name, at=clock.now(), reason="refused", down=True)
    told = said(database, erp)
    assert (Level.ERROR, "no answer since 2026-11-21 04:30 UTC, 0 documents wait") in told
    assert (Level.WARNING, "tells no credit figures: every order goes to finance") in told


class Settings:
    """As much of the settings as an ERP needs."""

    def __init__(self, erp_url: str, files_answer: str = "") -> None:
        self.erp_url = erp_url
        self.files_answer = files_answer
        self.timezone = "Asia/Kolkata"


def test_the_settings_name_the_erp(files: PlainFiles) -> None:
    (erp,) = build_erps(Settings(f"files:{files.folder}", "results")).values()
    assert isinstance(erp, FilesErp)
    assert (erp.name, erp.folder, erp.answer) == ("main", files.folder, Answer.RESULTS)


def test_an_erp_that_is_not_built_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'sap-s4' is not built yet"):
        build_erps(Settings("sap-s4+https://example.invalid"))
