"""The order desk in a real browser: two clerks at once, a photo keyed in beside it, a talk taken over."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from orders.model import OrderDraft, SalesOrder
from routing.model import Matter
from tests.browser.conftest import NARROW, WIDE, Site
from tests.browser.hands import expect_no_sideways_scroll, expect_text, faults, tab_to
from tests.web.visitors import PASSWORD

pytestmark = pytest.mark.browser

NITIN = "+919000000007"


@pytest.fixture
def clerk(chromium: Browser, site: Site) -> Iterator[Page]:
    """A second clerk at another machine."""
    context = chromium.new_context(viewport=WIDE, base_url=site.url, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto("/sign-in")
    page.fill("#name", "desk")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    yield page
    context.close()


def sends_a_photo(page: Page) -> None:
    """Nitin sends a photo in the console, and hears that a person will look."""
    page.goto(f"/console/?a=%2B{NITIN[1:]}")
    token = page.locator('meta[name="csrf-token"]').get_attribute("content")
    form = {"csrf_token": token or "", "sender": NITIN, "kind": "photo"}
    page.request.post("/console/attach", form=form)
    expect(page.locator("#pane-a .from-munshi")).to_have_count(1)


def test_a_photo_is_keyed_in_by_keyboard_and_confirmed_by_its_customer(office: Page, clerk: Page, site: Site) -> None:
    office.set_viewport_size(WIDE)  # type: ignore[arg-type]
    clerk.goto("/desk/")
    expect_text(clerk, "#rows", "Nothing waits for a person here.")
    clerk.wait_for_timeout(150)
    sends_a_photo(office)
    expect_text(clerk, "#rows", "Photo, voice or file")
    tab_to(clerk, "#rows a.lead")
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".looked-at img")).to_be_visible()
    tab_to(clerk, "[data-key-in]")
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/desk/*#draft")
    tab_to(clerk, "#sku-new0")
    clerk.keyboard.type("salt 1")
    expect(clerk.locator("#items option")).to_have_count(1)
    clerk.keyboard.press("Control+a")
    clerk.keyboard.type(str(clerk.locator("#items option").get_attribute("value")))
    tab_to(clerk, "#quantity-new0")
    clerk.keyboard.type("four")
    tab_to(clerk, "button[value=send]")
    clerk.keyboard.press("Enter")
    expect_text(clerk, "#quantity-new0-problem", "A number such as")
    clerk.fill("#quantity-new0", "4")
    assert faults(clerk) == []
    clerk.click("button[value=send]")
    expect_text(clerk, "#notes", "sent for confirmation")
    expect(office.locator("#pane-a .from-munshi")).to_have_count(2)
    office.locator("#pane-a .answer").first.click()
    expect(office.locator("#pane-a .from-munshi")).to_have_count(3)
    with site.munshi.database.transaction() as session:
        order = session.scalars(select(SalesOrder)).one()
    assert (order.source, len(order.lines)) == ("desk", 1)


def test_two_clerks_do_not_collide_and_see_each_other(office: Page, clerk: Page, site: Site) -> None:
    office.set_viewport_size(WIDE)  # type: ignore[arg-type]
    sends_a_photo(office)
    with site.munshi.database.transaction() as session:
        number = session.scalars(select(Matter.id)).one()
    office.goto(f"/desk/{number}")
    clerk.goto(f"/desk/{number}")
    clerk.wait_for_timeout(150)
    office.click("[data-take-over]")
    expect_text(office, "#state", "You talk with this person")
    expect_text(clerk, "#state", "admin talks with this person")
    clerk.fill("#reply", "Which godown?")
    clerk.click("#reply-form button")
    expect_text(clerk, "#notes", "admin talks with this person already. Nothing was done.")
    office.fill("#reply", "Which godown?\nThe new one?")
    office.click("#reply-form button")
    expect_text(clerk, "#talk", "The new one?")
    office.click("[data-take]")
    expect_text(office, "#notes", "is yours")
    expect_text(clerk, "#state", "admin has it")
    clerk.fill("#reason", "done")
    clerk.click("button[value=close]")
    expect_text(clerk, "#notes", "admin has it already. Nothing was done.")
    office.click("[data-to-munshi]")
    expect_text(clerk, "#state", "Munshi answers this person.")
    with site.munshi.database.transaction() as session:
        assert session.get_one(Matter, number).closed_at is None
        assert session.scalars(select(OrderDraft)).all() == []


def test_the_desk_has_no_serious_fault_on_a_narrow_screen_and_in_the_dark(
    office: Page, clerk: Page, site: Site
) -> None:
    sends_a_photo(office)
    with site.munshi.database.transaction() as session:
        number = session.scalars(select(Matter.id)).one()
    office.goto(f"/desk/{number}")
    office.click("[data-key-in]")
    office.wait_for_url("**/desk/*#draft")
    found = {}
    for size, scheme in ((NARROW, "light"), (WIDE, "dark")):
        office.set_viewport_size(size)  # type: ignore[arg-type]
        office.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect_no_sideways_scroll(office)
        found[scheme] = faults(office)
    assert found == {"light": [], "dark": []}
