"""Every scenario has the demo plant in a folder of its own, a database of its own, and a clock it can push."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from store.clock import ManualClock
from store.database import Database

from tests.scenarios.stage import Stage, compose_stage

PLANT = Path(__file__).parents[2] / "demo" / "plant"


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A copy of the demo plant's files."""
    folder = tmp_path / "plant"
    folder.mkdir()
    for path in PLANT.glob("*.csv"):
        shutil.copy(path, folder)
    return folder


@pytest.fixture
def stage(database: Database, clock: ManualClock, plant: Path) -> Iterator[Stage]:
    """The demo plant, at ten in the morning."""
    settings = SimpleNamespace(
        timezone="Asia/Kolkata",
        draft_reminder=timedelta(minutes=20),
        result_max_age=timedelta(minutes=15),
        whatsapp_channel="console",
    )
    stage = compose_stage(database, clock, plant, settings=settings)
    yield stage
    stage.ends()
