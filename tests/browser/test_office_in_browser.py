"""The office's pages in a real browser: each main task by keyboard alone at 360 px, and no serious fault for axe."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from orders import aliases
from orders.model import Alias
from people.model import Function
from routing import matters
from routing.model import Matter, MatterKind
from store import alarms
from store.holds import hold_everything, pause
from tests.browser.conftest import NARROW, WIDE, Site
from tests.browser.hands import expect_no_sideways_scroll, expect_text, faults, tab_to

pytestmark = pytest.mark.browser

NITIN = "+919000000007"


def open_matter(site: Site, said: str, reference: str = "inbound:1") -> int:
    with site.munshi.database.transaction() as session:
        return matters.open_matter(
            session,
            kind=MatterKind.FURTHER,
            reference=reference,
            function=Function.COMMERCIAL,
            party_code="C004",
            facts={"said": said},
        ).id


def propose(site: Site, phrase: str, sku: str) -> None:
    with site.munshi.database.transaction() as session:
        aliases.learn_pick(
            session, party_code="C001", phrase=phrase, sku=sku, uom=None, inbound_id=None, message=f"10 peti {phrase}"
        )


def test_a_matter_is_found_taken_and_closed_with_a_reason_by_keyboard_alone_at_360_px(office: Page, site: Site) -> None:
    number = open_matter(site, "2 peti toota hua mila")
    open_matter(site, "kab aayega", "inbound:2")
    office.goto("/desk/")
    tab_to(office, "#words")
    office.keyboard.type(f"N{number}")
    expect(office.locator("#rows li")).to_have_count(1)
    tab_to(office, "#rows a.lead")
    office.keyboard.press("Enter")
    office.wait_for_url(f"**/desk/{number}")
    tab_to(office, "[data-take]")
    office.keyboard.press("Enter")
    expect_text(office, "#notes", f"N{number} is yours.")
    tab_to(office, "#reason")
    office.keyboard.type("sent a credit note")
    tab_to(office, "button[value=close]")
    office.keyboard.press("Enter")
    expect_text(office, "#notes", f"N{number} is closed.")
    with site.munshi.database.transaction() as session:
        closed = session.get_one(Matter, number)
    assert (closed.owner, closed.closed_by, closed.close_reason) == ("admin", "admin", "sent a credit note")


def test_a_new_matter_comes_onto_an_open_page_by_itself(office: Page, site: Site) -> None:
    office.goto("/desk/")
    expect_text(office, "#rows", "Nothing waits for a person here.")
    office.wait_for_timeout(150)
    open_matter(site, "kab aayega")
    expect_text(office, "#rows", "kab aayega")


def test_proposals_are_approved_and_undone_by_keyboard_alone_at_360_px(office: Page, site: Site) -> None:
    propose(site, "chhota parle", "PG-070")
    propose(site, "bada parle", "PG-140")
    office.goto("/aliases/?state=proposed")
    expect(office.locator("#rows li")).to_have_count(2)
    tab_to(office, "[data-all]")
    office.keyboard.press("Space")
    expect(office.locator("[data-chosen]")).to_have_text("2")
    tab_to(office, "button[value=approve]")
    office.keyboard.press("Enter")
    expect_text(office, "#notes", "2 aliases approved.")
    tab_to(office, "button[value=undo]")
    office.keyboard.press("Enter")
    expect_text(office, "#notes", "2 aliases put back.")
    with site.munshi.database.transaction() as session:
        states = session.scalars(select(Alias.state).where(Alias.party_code == "C001", Alias.picks > 0)).all()
    assert states == ["proposed", "proposed"]


def test_an_alias_is_added_previewed_and_changed_by_keyboard_alone_at_360_px(office: Page, site: Site) -> None:
    office.goto("/aliases/")
    tab_to(office, "main .acts a.main")
    office.keyboard.press("Enter")
    expect(office.locator("#phrase")).to_be_focused()
    office.keyboard.type("tiger wala")
    office.keyboard.press("Tab")
    office.keyboard.type("parle 140")
    expect(office.locator("#items option")).to_have_count(1)
    office.keyboard.press("Control+a")
    office.keyboard.type("PG-140")
    tab_to(office, "button[hx-post$=preview]")
    office.keyboard.press("Enter")
    expect_text(office, "#preview", "No past message holds these words.")
    tab_to(office, "#alias-form button.main", back=True)
    office.keyboard.press("Enter")
    expect_text(office, "#notes", "“tiger wala” means PG-140 from now on.")
    tab_to(office, "#rows a.lead")
    office.keyboard.press("Enter")
    expect(office.locator("h1")).to_have_text("“tiger wala”")
    tab_to(office, "#uom")
    office.keyboard.type("TIN")
    office.keyboard.press("Enter")
    expect_text(office, "#uom-problem", "not kept in")
    assert faults(office) == []
    tab_to(office, "#uom")
    office.keyboard.press("Control+a")
    office.keyboard.type("CASE")
    office.keyboard.press("Enter")
    expect_text(office, "#rows", "CASE")


PAGES = (
    "/",
    "/desk/",
    "/desk/{matter}",
    "/orders/",
    "/orders/drafts/1",
    "/aliases/",
    "/aliases/1",
    "/aliases/new",
    "/aliases/file",
    "/senders/",
    "/senders/{stranger}",
    "/customers/",
    "/customers/C001",
    "/account",
    "/console/?a=%2B919000000007",
)


def test_axe_finds_no_serious_fault_and_nothing_scrolls_sideways_at_360_px(office: Page, site: Site) -> None:
    places = _furnished(office, site)
    found: dict[str, list[str]] = {}
    for path in PAGES:
        office.set_viewport_size(NARROW)  # type: ignore[arg-type]
        office.emulate_media(color_scheme="light")
        office.goto(path.format(**places))
        expect_no_sideways_scroll(office)
        found[f"{path} narrow"] = faults(office)
        office.set_viewport_size(WIDE)  # type: ignore[arg-type]
        office.emulate_media(color_scheme="dark")
        found[f"{path} wide and dark"] = faults(office)
    assert {where: what for where, what in found.items() if what} == {}


def _furnished(page: Page, site: Site) -> dict[str, int]:
    """Something of everything: a draft with its talk, a stranger, a matter, a proposal."""
    propose(site, "chhota parle", "PG-070")
    for sender, text in ((NITIN, "4 bag namak"), ("+919811112222", "10 peti biscuit chahiye")):
        page.goto(f"/console/?a=%2B{sender[1:]}")
        page.fill("#pane-a [data-text]", text)
        page.keyboard.press("Enter")
        expect(page.locator("#pane-a .from-munshi")).to_have_count(1)
    with site.munshi.database.transaction() as session:
        stranger = session.scalars(select(Matter).where(Matter.kind == MatterKind.UNKNOWN_SENDER)).one().account_id
    assert stranger is not None
    return {"matter": open_matter(site, "toota hua"), "stranger": stranger}


def test_the_door_has_no_serious_fault(page: Page) -> None:
    page.goto("/desk/")
    expect(page.locator("#name")).to_be_focused()
    assert faults(page) == []
    expect_no_sideways_scroll(page)


def test_what_stands_still_is_said_on_every_page_without_a_serious_fault(office: Page, site: Site) -> None:
    with site.munshi.database.transaction() as session:
        hold_everything(session, reason="restored from a backup")
        pause(session, customer="C001", by="Asha", reason="a long talk about what is owed and until when")
        alarms.begins(session, "erp:main", "the ERP main does not answer: connection refused; orders for it wait")
        alarms.ripen(session, ways=())
    found: dict[str, list[str]] = {}
    for path in ("/", "/desk/", "/console/?a=%2B919000000007", "/account"):
        for scheme in ("light", "dark"):
            office.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            office.goto(path)
            expect_text(office, ".standing", "nothing is answered, sent or posted")
            expect_text(office, ".standing", "the ERP main does not answer")
            expect_no_sideways_scroll(office)
            found[f"{path} {scheme}"] = faults(office)
    assert {where: what for where, what in found.items() if what} == {}
    expect(office.locator("#main")).to_be_visible()
