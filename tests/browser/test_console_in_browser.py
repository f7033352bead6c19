"""The console in a real browser: an order by keyboard alone on a narrow screen, lists, quotes, two panes."""

import json

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bot.model import Inbound, Outbound
from tests.browser.conftest import WIDE, Site
from tests.browser.hands import expect_no_sideways_scroll, expect_text, faults, tab_to

pytestmark = pytest.mark.browser

RAMESH, NITIN = "+919000000001", "+919000000007"


def choose(page: Page, side: str, words: str) -> None:
    """Pick somebody by typing, with the keyboard."""
    tab_to(page, f"#words-{side}")
    page.keyboard.type(words)
    expect(page.locator(f"#people-{side} .contact")).to_have_count(1)
    tab_to(page, f"#people-{side} .contact")
    page.keyboard.press("Enter")
    expect(page.locator(f"#pane-{side} [data-text]")).to_be_focused()


def test_an_order_is_typed_confirmed_and_reaches_the_erp_by_keyboard_alone_at_360_px(page: Page, site: Site) -> None:
    page.goto("/console/")
    assert faults(page) == []
    choose(page, "a", "nitin")
    page.keyboard.type("4 bag namak")
    page.keyboard.press("Enter")
    expect_text(page, "#pane-a .from-munshi", "Salt 1 kg")
    assert faults(page) == []
    expect_no_sideways_scroll(page)
    tab_to(page, ".answer[data-payload^='confirm:']", back=True)
    page.keyboard.press("Enter")
    expect_text(page, "#pane-a .from-munshi", "M26000001")
    expect(page.locator("#pane-a .from-person .tick.read")).to_have_count(2)
    assert page.locator("#pane-a .quote").count() == 1, "the tap quotes the summary"
    [document] = (site.plant / "out" / "sales_orders").glob("*.json")
    order = json.loads(document.read_text())
    assert (order["customer"], [(line["sku"], line["qty"], line["uom"]) for line in order["lines"]]) == (
        "C004",
        [("00123", "4", "BAG")],
    )


def test_a_list_is_answered_from_its_sheet_by_keyboard(page: Page, site: Site) -> None:
    page.goto(f"/console/?a=%2B{RAMESH[1:]}")
    tab_to(page, "[data-text]")
    page.keyboard.type("3 bag namak")
    page.keyboard.press("Enter")
    opener = page.locator("#pane-a [data-opens-list]")
    expect(opener).to_be_visible()
    tab_to(page, "[data-opens-list]", back=True)
    page.keyboard.press("Enter")
    sheet = page.locator("dialog[open]")
    expect(sheet).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(sheet.locator("input").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#pane-a .from-person:not(.pending)")).to_have_count(2)
    with site.munshi.database.transaction() as session:
        bubble = session.scalars(select(Outbound).order_by(Outbound.position)).first()
        tap = session.scalars(select(Inbound).where(Inbound.payload != "")).one()
    assert bubble is not None
    assert (tap.payload, tap.body) == (bubble.rows[0]["payload"], bubble.rows[0]["title"])


def test_a_message_is_quoted_and_an_attachment_is_sent(page: Page, site: Site) -> None:
    page.goto(f"/console/?a=%2B{NITIN[1:]}")
    page.fill("[data-text]", "namaste")
    page.keyboard.press("Enter")
    expect(page.locator(".from-munshi")).to_have_count(1)
    tab_to(page, ".from-munshi .reply", back=True)
    page.keyboard.press("Enter")
    expect(page.locator("[data-quoting]")).to_be_visible()
    page.keyboard.type("kya?")
    page.keyboard.press("Enter")
    expect(page.locator(".from-person .quote")).to_have_count(1)
    tab_to(page, ".attach summary", back=True)
    page.keyboard.press("Enter")
    tab_to(page, "[data-attach=photo]")
    page.keyboard.press("Enter")
    expect(page.locator(".medium img")).to_be_visible()
    with site.munshi.database.transaction() as session:
        first, second, third = session.scalars(select(Inbound).order_by(Inbound.id)).all()
        assert second.quoted_sid == session.scalars(select(Outbound.sid).where(Outbound.inbound_id == first.id)).one()
    assert (third.kind, third.media[0]["type"]) == ("image", "image/png")


def test_two_people_talk_side_by_side_and_news_of_others_is_counted(page: Page) -> None:
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto("/console/")
    choose(page, "a", "nitin")
    choose(page, "b", "ramesh")
    page.keyboard.type("namaste")
    page.keyboard.press("Enter")
    expect(page.locator("#pane-b .from-munshi")).to_have_count(1)
    assert page.locator("#pane-a .turn").count() == 0
    assert faults(page) == []
    tab_to(page, "#pane-b [data-text]")
    page.keyboard.type("2 case maggi")
    page.keyboard.press("Enter")
    page.click("#pane-b [data-switch]")
    expect(page.locator("#pane-a [data-unread-others]")).to_have_text("1")
    badge = page.locator(f"#people-b .contact[data-sender='{RAMESH}'] .unread")
    expect(badge).to_have_text("1")
    page.locator(f"#people-b .contact[data-sender='{RAMESH}']").click()
    expect(page.locator("#pane-b .from-munshi")).to_have_count(2)
    expect(page.locator("#pane-a [data-unread-others]")).to_be_hidden()
    page.reload()
    expect(page.locator("#pane-b .from-munshi")).to_have_count(2)


def test_an_unknown_number_writes_and_is_asked_for_its_firm(page: Page) -> None:
    page.goto("/console/")
    tab_to(page, "#number-a")
    page.keyboard.press("Control+a")
    page.keyboard.type("+91 98111-12222")
    page.keyboard.press("Tab")
    page.keyboard.type("Mohan")
    page.keyboard.press("Enter")
    expect(page.locator("#pane-a [data-text]")).to_be_focused()
    page.keyboard.type("10 peti biscuit")
    page.keyboard.press("Enter")
    expect_text(page, "#pane-a .from-munshi", "firm")
    expect_text(page, "#pane-a .bar", "Mohan")
