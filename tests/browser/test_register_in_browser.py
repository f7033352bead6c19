"""The register and the measures in a real browser: by keyboard alone at 360 px, and no serious fault for axe."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from store.database import now
from tests import booked
from tests.browser.conftest import NARROW, WIDE, Site
from tests.browser.hands import expect_no_sideways_scroll, expect_text, faults, tab_to

pytestmark = pytest.mark.browser


def lay_down(site: Site) -> None:
    """Orders of these weeks, one of which the ERP holds with fewer goods."""
    with site.munshi.database.transaction() as session:
        present = now(session)
        for number in range(1, 40):
            at = present - timedelta(hours=17 * (number - 1), seconds=5)
            goods = (booked.SALT, booked.PARLE) if number % 3 else (booked.PARLE,)
            order = booked.order(session, f"M{number}", at=at, goods=goods, took=timedelta(minutes=1 + number % 9))
            held = (booked.SALT, ("PG-070", "15", "CASE", "820")) if number == 1 else goods
            booked.listed(session, f"E-M{number}", *held, ours=order.number)
        booked.listed(session, "E900", booked.PARLE, party="C001")
        booked.list_taken_over(session, present)


def test_the_register_of_a_day_is_looked_at_and_taken_home_by_keyboard_alone_at_360_px(
    office: Page, site: Site, tmp_path: Path
) -> None:
    lay_down(site)
    office.goto("/register/")
    expect_text(office, "#rows", "other goods")
    expect_text(office, "#rows", "PG-070 1920 → 1440")
    expect_no_sideways_scroll(office)
    tab_to(office, "#customer")
    office.keyboard.type("new bharat")
    office.keyboard.press("Enter")
    expect_text(office, "main", "Only New Bharat, C004.")
    with office.expect_download() as saved:
        tab_to(office, "main .acts a", back=True)
        tab_to(office, "main .acts a", back=True)
        office.keyboard.press("Enter")
    saved.value.save_as(tmp_path / "register.csv")
    text = (tmp_path / "register.csv").read_text(encoding="utf-8-sig")
    first = next(csv.DictReader(io.StringIO(text)))
    assert (first["our_number"], first["difference"], first["name"]) == ("M1", "lines", "New Bharat")


def test_a_number_of_the_measures_opens_its_orders_by_keyboard(office: Page, site: Site) -> None:
    lay_down(site)
    office.goto("/measures/")
    tab_to(office, ".chart svg a")
    office.keyboard.press("Enter")
    office.wait_for_url("**/measures/orders?**")
    expect(office.locator("#rows a.lead").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_fault_and_nothing_wider_than_the_screen(office: Page, site: Site, scheme: str) -> None:
    lay_down(site)
    office.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in ("/register/", "/measures/", "/measures/orders"):
        for size in (NARROW, WIDE):
            office.set_viewport_size(size)  # type: ignore[arg-type]
            office.goto(path)
            expect_no_sideways_scroll(office)
            assert not faults(office), (path, size)
