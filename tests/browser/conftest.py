"""Browser tests: the application served for real, its jobs run beside it, a headless Chromium in front."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from bot.app import Munshi
from bot.jobs import jobs
from store.clock import SystemClock
from store.queue import drain
from tests.web.small import composed, copied, small_plant
from tests.web.visitors import PASSWORD
from web.app import create_app

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Patience costs nothing when all is well, and a busy machine is no fault of the page.
expect.set_options(timeout=30_000)
NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@dataclass(frozen=True, kw_only=True)
class Site:
    """A running Munshi."""

    munshi: Munshi
    url: str
    plant: Path


@pytest.fixture
def pulled_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of this test's own, with the small plant pulled."""
    with copied(lambda: request.getfixturevalue("empty_database_url")) as url:
        yield url


@pytest.fixture
def site(pulled_url: str, tmp_path: Path) -> Iterator[Site]:
    """Web server and worker as threads of this process, on loopback."""
    plant = small_plant(tmp_path / "plant")
    munshi = composed(pulled_url, SystemClock(), plant)
    server = make_server("127.0.0.1", 0, create_app(munshi), threaded=True)
    stop = Event()
    threads = [Thread(target=server.serve_forever), Thread(target=_work, args=(munshi, stop))]
    for thread in threads:
        thread.start()
    yield Site(munshi=munshi, url=f"http://127.0.0.1:{server.server_port}", plant=plant)
    stop.set()
    server.shutdown()
    for thread in threads:
        thread.join(10)
    server.server_close()
    munshi.database.dispose()


def _work(munshi: Munshi, stop: Event) -> None:
    while not stop.wait(0.05):
        drain(jobs, munshi)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; without one these tests are skipped, in CI they fail."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        reason = f"no browser is installed (looked for {', '.join(NAMES)}); `apt-get install chromium` brings one"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """A narrow page, as on a phone; any script error fails the test.

    No transitions: axe would look at a colour on its way from the light scheme to the dark one.
    """
    context = chromium.new_context(viewport=NARROW, base_url=site.url, reduced_motion="reduce")  # type: ignore[arg-type]
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.on("console", lambda line: broken.append(line.text) if "Content Security Policy" in line.text else None)
    yield opened
    context.close()
    assert not broken


@pytest.fixture
def office(page: Page) -> Page:
    """The same, signed in as an administrator, by keyboard."""
    page.goto("/sign-in")
    expect(page.locator("#name")).to_be_focused()  # the focus comes a moment after the page
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    return page
