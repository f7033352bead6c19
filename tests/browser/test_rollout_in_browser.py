"""The page *Roll-out* in a real browser: modes by keyboard alone at 360 px, numbers that open their lines, axe."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from bot.pull import pull
from orders import shadow
from people import modes
from store.database import now
from tests.browser.conftest import NARROW, WIDE, Site
from tests.browser.hands import expect_no_sideways_scroll, expect_text, faults, tab_to

pytestmark = pytest.mark.browser


def furnish(site: Site) -> None:
    """New Bharat (C004) wrote three days ago, and the office keyed one line of it and one other."""
    with site.munshi.database.transaction() as session:
        modes.override(session, ["C004"], modes.MODE, "shadow", by="admin", reason="trial")
        said_at = now(session) - timedelta(days=5)
        day = said_at.astimezone(ZoneInfo(site.munshi.settings.timezone)).date()
        read = [("4 bag namak", "00123", "4", "BAG", "matched"), ("10 case parle", "PG-140", "10", "CASE", "matched")]
        lines = [
            {"source": text, "sku": sku, "quantity": amount, "uom": uom, "status": status, "candidates": []}
            for text, sku, amount, uom, status in read
        ]
        shadow.keep(
            session,
            inbound_id=1,
            party_code="C004",
            day=day,
            said_at=said_at,
            kind="text",
            revision=1,
            reading={"intent": "order", "lines": lines, "slots": {}},
        )
    path = site.plant / "orders.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    keyed = {"erp_number": "SO-9", "customer": "C004", "date": f"{day}", "status": "open"}
    keyed["as_of"] = f"{day}T18:00:00+05:30"
    for number, (_, sku, amount, uom, _) in enumerate(read, 1):
        row = keyed | {"line": str(number), "sku": sku, "uom": uom, "ordered": amount if number == 1 else "12"}
        rows.append(",".join(row.get(name, "") for name in header.split(",")))
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    pull(site.munshi)


def test_a_number_opens_its_lines_and_a_mode_is_changed_by_keyboard_alone_at_360_px(office: Page, site: Site) -> None:
    furnish(site)
    office.goto("/rollout/")
    tab_to(office, "td a[href*='verdict=wrong']")
    office.keyboard.press("Enter")
    office.wait_for_url("**/rollout/C004*verdict=wrong*")
    expect_text(office, "main", "other amount")
    expect_text(office, "main", "SO-9")
    expect(office.locator("main")).not_to_contain_text("4 bag namak")
    tab_to(office, "#what")
    office.keyboard.type("assist")
    office.keyboard.press("Tab")
    office.keyboard.type("a fortnight was right")
    office.keyboard.press("Enter")
    expect_text(office, "#notes", "Changed for 1 customer.")
    expect_text(office, ".head .acts", "assist")
    with site.munshi.database.transaction() as session:
        assert modes.mode_of(session, "C004") == "assist"


def test_roll_out_has_no_serious_fault_and_nothing_scrolls_sideways(office: Page, site: Site) -> None:
    furnish(site)
    found: dict[str, list[str]] = {}
    for path in ("/rollout/", "/rollout/?show=all", "/rollout/C004"):
        office.set_viewport_size(NARROW)  # type: ignore[arg-type]
        office.emulate_media(color_scheme="light")
        office.goto(path)
        expect_no_sideways_scroll(office)
        found[f"{path} narrow"] = faults(office)
        office.set_viewport_size(WIDE)  # type: ignore[arg-type]
        office.emulate_media(color_scheme="dark")
        found[f"{path} wide and dark"] = faults(office)
    assert {where: what for where, what in found.items() if what} == {}
