"""Page tests: the real application on a database of its own, with a small plant's master data."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from bot.app import Munshi
from bot.jobs import jobs
from bot.settings import read
from people import administrators
from store.clock import ManualClock
from store.queue import drain
from tests.web.small import composed, copied, small_plant
from tests.web.visitors import Visitor
from web.app import create_app


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A small plant's folder."""
    return small_plant(tmp_path / "plant")


@pytest.fixture
def pulled_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of this test's own, with the small plant pulled."""
    with copied(lambda: request.getfixturevalue("empty_database_url")) as url:
        yield url


@pytest.fixture
def munshi(pulled_url: str, clock: ManualClock, plant: Path) -> Iterator[Munshi]:
    """The composed application with the plant pulled and one administrator of each role."""
    made = composed(pulled_url, clock, plant)
    yield made
    made.database.dispose()


@pytest.fixture
def with_settings(munshi: Munshi, plant: Path, tmp_path: Path) -> Callable[..., Munshi]:
    """The same with other settings."""

    def change(**values: str) -> Munshi:
        given = {"ERP_URL": f"files:{plant}", "MUNSHI_VAR": str(tmp_path / "var")} | values
        return replace(munshi, settings=read(given))

    return change


@pytest.fixture
def app(munshi: Munshi) -> Flask:
    """The web application."""
    return create_app(munshi)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Nobody signed in."""
    return Visitor(client=app.test_client())


@pytest.fixture
def visitor(app: Flask, munshi: Munshi) -> Callable[[str], Visitor]:
    """Somebody signed in with a page role."""

    def sign_in(role: str) -> Visitor:
        one = Visitor(client=app.test_client())
        with munshi.database.transaction() as session:
            token = administrators.make_link(session, name=role)
        one.opens(f"/sign-in/once/{token}")
        one.opens("/account")
        return one

    return sign_in


@pytest.fixture
def run(munshi: Munshi) -> Callable[[], int]:
    """Let every job run that is due."""
    return lambda: drain(jobs, munshi)
