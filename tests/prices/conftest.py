"""The world of the price tests: the demo plant with a few rules of its own, pulled once and copied for each play."""

import csv
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from bot.app import Munshi
from bot.catalogue import Catalogues
from bot.pull import pull
from bot.settings import Settings
from store.clock import ManualClock
from store.database import Database
from tests.conftest import START, TestServer
from tests.prices.play import Play
from tests.prices.world import write_rules
from tests.scenarios.conftest import PLANT, PulledPlant, pulled_plant, settings  # noqa: F401  (fixtures)
from tests.scenarios.stage import compose_stage, files_erp

Begin = Callable[[], AbstractContextManager[Play]]


@dataclass(frozen=True, kw_only=True)
class World:
    """A database that holds the plant with its rules, and the folder they were read from."""

    database: str
    folder: Path


@pytest.fixture(scope="session")
def world(
    server: TestServer,
    pulled_plant: PulledPlant,  # noqa: F811
    settings: Settings,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    """The plant's files with the rules of these tests, pulled."""
    folder = tmp_path_factory.mktemp("prices") / "plant"
    folder.mkdir()
    for path in PLANT.glob("*.csv"):
        shutil.copy(path, folder)
    write_rules(folder)
    name = f"prices_{uuid4().hex[:12]}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {pulled_plant.database} STRATEGY FILE_COPY")
    database = Database(url=server.url_of(name), clock=ManualClock(START))
    erp = files_erp(folder)
    pull(Munshi(settings=settings, database=database, channels={}, erps={erp.name: erp}))
    database.dispose()
    return World(database=name, folder=folder)


@pytest.fixture
def begin(
    server: TestServer,
    world: World,
    pulled_plant: PulledPlant,  # noqa: F811
    settings: Settings,  # noqa: F811
    tmp_path: Path,
) -> Begin:
    """Begins a play with a database, a folder and a clock of its own."""

    @contextmanager
    def play() -> Iterator[Play]:
        name = f"play_{uuid4().hex[:12]}"
        folder = tmp_path / name
        shutil.copytree(world.folder, folder)
        server.execute(f"CREATE DATABASE {name} TEMPLATE {world.database} STRATEGY FILE_COPY")
        clock = ManualClock(START)
        database = Database(url=server.url_of(name), clock=clock)
        stage = compose_stage(
            database, clock, settings=settings, erp=files_erp(folder), catalogues=Catalogues(pulled_plant.catalogue)
        )
        with (folder / "people.csv").open(encoding="utf-8", newline="") as file:
            names = {row["phone"]: row["name"] for row in csv.DictReader(file)}
        made = Play(stage=stage, plant=folder, names=names)
        assert not stage.matters("master_data"), "the plant's rules are believed as they are"
        made.library.keep(clock.now(), folder)
        try:
            yield made
        finally:
            database.dispose()
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
            shutil.rmtree(folder, ignore_errors=True)

    return play
