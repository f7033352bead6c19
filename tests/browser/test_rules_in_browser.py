"""The rule editor in a real browser: a price changed by keyboard alone at 360 px, refusals at their cells, axe."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from erp import rule_mirror
from store.database import now
from tests.browser.conftest import NARROW, WIDE, Site
from tests.browser.hands import expect_no_sideways_scroll, expect_text, faults, tab_to

pytestmark = pytest.mark.browser


def test_a_price_is_changed_from_tomorrow_and_undone_by_keyboard_alone_at_360_px(office: Page, site: Site) -> None:
    with site.munshi.database.transaction() as session:
        today = now(session).astimezone(ZoneInfo(site.munshi.settings.timezone)).date()
    tomorrow = today + timedelta(days=1)
    office.goto("/rules/prices")
    tab_to(office, "#words")
    office.keyboard.type("maggi")
    expect(office.locator("#rows")).not_to_contain_text("PG-070")
    tab_to(office, ".rule-row a")
    office.keyboard.press("Enter")
    office.wait_for_url("**/rules/prices/rule*")
    tab_to(office, "a[href*='change']")
    office.keyboard.press("Enter")
    office.wait_for_url("**/rules/prices/change*")
    tab_to(office, "#price")
    office.keyboard.press("ControlOrMeta+A")
    office.keyboard.type("1,600")
    tab_to(office, "button.main")
    office.keyboard.press("Enter")
    expect_text(office, "#price-problem", "write 1600")
    tab_to(office, "#price")
    office.keyboard.press("ControlOrMeta+A")
    office.keyboard.type("1600")
    office.locator("#day").fill(tomorrow.isoformat())
    tab_to(office, "[hx-post]")
    office.keyboard.press("Enter")
    expect_text(office, "#preview", "may be saved")
    expect_text(office, "#preview", "1,600")
    assert faults(office) == []
    expect_no_sideways_scroll(office)
    tab_to(office, "button.main", back=True)
    office.keyboard.press("Enter")
    office.wait_for_url("**/rules/prices/rule*")
    expect_text(office, "#notes", "Changed: version")
    with site.munshi.database.transaction() as session:
        was, will = (rule_mirror.prices_of(session, "PL-A", ["MG-12"], day=day)[0].price for day in (today, tomorrow))
    assert (was, will) == (1500, 1600)
    office.goto("/rules/versions")
    tab_to(office, "[aria-label^='Undo version']")
    office.keyboard.press("Enter")
    expect_text(office, "#notes", "is undone")
    with site.munshi.database.transaction() as session:
        assert rule_mirror.prices_of(session, "PL-A", ["MG-12"], day=tomorrow)[0].price == 1500


def test_every_page_of_the_rules_is_sound_on_a_narrow_and_a_wide_screen(office: Page) -> None:
    pages = [f"/rules/{slug}" for slug in ("prices", "schemes", "versions", "check", "prices/file", "floors/new")]
    office.goto("/rules/prices")
    office.locator(".rule-row a").first.click()
    office.wait_for_url("**/rules/prices/rule*")
    for size in (NARROW, WIDE):
        office.set_viewport_size(size)  # type: ignore[arg-type]
        for address in (office.url, *pages):
            office.goto(address)
            assert faults(office) == [], address
            expect_no_sideways_scroll(office)
