"""The page *Leakage* in a real browser: by keyboard alone at 360 px, in both schemes, and no serious fault for axe."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from people.model import Person
from store.database import now
from tests import booked
from tests.browser.conftest import NARROW, WIDE, Site
from tests.browser.hands import expect_no_sideways_scroll, expect_text, faults, tab_to
from tests.leaked import below_list

pytestmark = pytest.mark.browser


def lay_down(site: Site) -> None:
    """Thirteen weeks of orders below list, by every right, with prices that became habits."""
    with site.munshi.database.transaction() as session:
        present = now(session)
        approver = Person(phone="+919000000090", name="Chandrakant Rewal", roles=["approver:3"])
        session.add(approver)
        session.flush()
        for number in range(26):
            at = present - timedelta(days=3 * number, minutes=5)
            if number % 2:
                below_list(session, f"M{number}", "790", at=at, by=approver, took=timedelta(seconds=9), floor="800")
            elif number % 4:
                scheme = ("WIN10", str(60 + number))
                below_list(session, f"M{number}", "812", at=at, party="C001", phone="+919000000001", scheme=scheme)
            else:
                below_list(session, f"M{number}", "820", at=at, free_goods="410")
        booked.order(session, "M99", at=present - timedelta(minutes=5))


def test_what_leaked_is_looked_at_down_to_its_orders_by_keyboard_alone_at_360_px(office: Page, site: Site) -> None:
    lay_down(site)
    office.goto("/leakage/")
    expect_text(office, "#creep", "granted in 5 of the last 6 orders")
    expect_no_sideways_scroll(office)
    tab_to(office, "#creep summary")
    office.keyboard.press("Enter")
    expect(office.locator("#creep details a").first).to_be_visible()
    office.goto("/leakage/")
    tab_to(office, ".chart.wide svg a")
    office.keyboard.press("Enter")
    office.wait_for_url("**/leakage/lines?**")
    expect(office.locator("#rows a.lead").first).to_be_visible()
    tab_to(office, "#rows a.lead")
    office.keyboard.press("Enter")
    office.wait_for_url("**/orders/M*")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_fault_and_nothing_wider_than_the_screen(office: Page, site: Site, scheme: str) -> None:
    lay_down(site)
    office.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in ("/leakage/", "/leakage/lines"):
        for size in (NARROW, WIDE):
            office.set_viewport_size(size)  # type: ignore[arg-type]
            office.goto(path)
            expect(office.locator("#creep summary, #rows a.lead").first).to_be_visible()
            expect_no_sideways_scroll(office)
            assert not faults(office), (path, size)
