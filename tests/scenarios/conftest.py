"""Every scenario has the demo plant in a folder of its own, a database of its own, and a clock it can push."""

import gc
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from bot.app import Munshi
from bot.catalogue import Catalogues
from bot.pull import pull
from bot.settings import Settings, read
from erp.files.adapter import FilesErp
from erp.records import ShortRule
from nlp import Catalogue
from store.clock import ManualClock
from store.database import Database
from tests.conftest import START, TEMPLATE, TestServer
from tests.scenarios.plant_files import rewrite
from tests.scenarios.stage import Stage, compose_stage, files_erp

PLANT = Path(__file__).parents[2] / "demo" / "plant"


@dataclass(frozen=True, kw_only=True, slots=True)
class PulledPlant:
    """A database that holds the demo plant's master data, and the index of its catalogue."""

    database: str
    catalogue: Catalogue


@pytest.fixture(scope="session")
def settings() -> Settings:
    """As `make run` has them on a fresh machine; who plays the plants' digests turns them on."""
    return read({"DIGEST_AT": "off", "LEAKAGE_DAY": "off"})


@pytest.fixture(scope="session")
def pulled_plant(server: TestServer, settings: Settings) -> PulledPlant:
    """Pulled once a run (with xdist: once a worker) and copied for each scenario, which saves it two seconds."""
    name = f"plant_{uuid4().hex[:12]}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    database = Database(url=server.url_of(name), clock=ManualClock(START))
    erp = files_erp(PLANT)
    app = Munshi(settings=settings, database=database, channels={}, erps={erp.name: erp})
    pull(app)
    with database.transaction() as session:
        catalogue = app.catalogues.current(session)
    database.dispose()
    # The catalogue stays to the end; to look through it for garbage again and again takes time.
    gc.collect()
    gc.freeze()
    return PulledPlant(database=name, catalogue=catalogue)


@pytest.fixture
def database_url(server: TestServer, pulled_plant: PulledPlant) -> Iterator[str]:
    """A database of this scenario's own, the plant in it."""
    name = f"scenario_{uuid4().hex[:12]}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {pulled_plant.database} STRATEGY FILE_COPY")
    yield server.url_of(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A copy of the demo plant's files."""
    folder = tmp_path / "plant"
    folder.mkdir()
    for path in PLANT.glob("*.csv"):
        shutil.copy(path, folder)
    return folder


@pytest.fixture
def erp(plant: Path) -> FilesErp:
    """The plant's folder as an ERP that says itself what is posted; a scenario may have another one."""
    return files_erp(plant)


@pytest.fixture
def stage(
    database: Database, clock: ManualClock, settings: Settings, erp: FilesErp, pulled_plant: PulledPlant
) -> Iterator[Stage]:
    """The demo plant, at ten in the morning of Saturday, 21 November 2026."""
    stage = compose_stage(database, clock, settings=settings, erp=erp, catalogues=Catalogues(pulled_plant.catalogue))
    yield stage
    stage.ends()


@pytest.fixture
def goes_whole(stage: Stage, plant: Path) -> None:
    """No firm is asked what becomes of a line that is short of stock: it goes whole."""
    rewrite(plant, "customers.csv", {}, short_rule=ShortRule.BACKORDER.value)
    stage.pull()
