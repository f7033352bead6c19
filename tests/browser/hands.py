"""What a person without a mouse does, and what axe says."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

MOST_STEPS = 80


def tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab until the focus is on what the selector names."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def faults(page: Page) -> list[str]:
    """The serious and critical faults axe finds."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['help']} {[node['target'] for node in fault['nodes']][:4]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def expect_no_sideways_scroll(page: Page) -> None:
    """Nothing is wider than the screen."""
    width = page.evaluate("[document.scrollingElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], f"{page.url} is {width[0]} wide on a screen of {width[1]}"


def expect_text(page: Page, selector: str, text: str) -> None:
    """It is shown, now or soon."""
    expect(page.locator(selector).filter(has_text=text).first).to_be_visible()
