"""Orders: found by either number or the customer, with the whole way from the message to the ERP."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.app import Munshi
from bot.model import Outbound
from orders.model import OrderDraft, SalesOrder
from tests.web.visitors import Visitor

NITIN = "+919000000007"


@pytest.fixture
def order(stranger: Visitor, munshi: Munshi, run: Callable[[], int]) -> SalesOrder:
    """Four bags of salt, ordered, confirmed and posted."""
    stranger.says(NITIN, "4 bag namak")
    run()
    with munshi.database.transaction() as session:
        bubble = session.scalars(select(Outbound).order_by(Outbound.position.desc())).first()
    assert bubble is not None
    stranger.sends("/console/tap", {"sender": NITIN, "bubble": bubble.id, "payload": bubble.buttons[0]["payload"]})
    run()
    with munshi.database.transaction() as session:
        return session.scalars(select(SalesOrder)).one()


def test_an_order_is_found_by_our_number_the_erps_and_the_customer(
    visitor: Callable[[str], Visitor], munshi: Munshi, order: SalesOrder
) -> None:
    with munshi.database.transaction() as session:
        session.get_one(SalesOrder, order.number).erp_number = "SO-77001"
    viewer = visitor("viewer")
    for words in (order.number, "77001", "new bharat", "C004"):
        assert f"/orders/{order.number}" in viewer.opens(f"/orders/?words={words}").text, words
    assert f"/orders/{order.number}" not in viewer.opens("/orders/?words=gupta").text
    assert f"/orders/{order.number}" not in viewer.opens("/orders/?state=rejected").text
    assert viewer.opens("/orders/SO-77001").status_code == 200


def test_an_order_shows_its_trail_from_the_message_to_the_erps_number(
    visitor: Callable[[str], Visitor], order: SalesOrder
) -> None:
    page = visitor("viewer").opens(f"/orders/{order.number}").text
    trail = page[page.index('class="trail"') :]
    steps = ["4 bag namak", "Draft begun", "Tapped", "Confirmed", "Written to the outbox", "Handed to the ERP"]
    for step in [*steps, "Posted in the ERP"]:
        assert step in trail, step
    assert "Salt 1 kg" in page
    assert "₹\u202f2,440.00" in page
    assert order.erp_number
    assert order.erp_number in page


def test_an_order_shows_when_its_goods_leave_and_that_it_is_urgent(
    visitor: Callable[[str], Visitor], munshi: Munshi, order: SalesOrder
) -> None:
    assert order.next_dispatch_on is not None
    page = visitor("viewer").opens(f"/orders/{order.number}").text
    assert f"<dt>Leaves</dt><dd>{order.next_dispatch_on:%a %-d %b %Y}</dd>" in page
    with munshi.database.transaction() as session:
        session.get_one(SalesOrder, order.number).urgent = True
    assert "urgent</span>" in visitor("viewer").opens(f"/orders/{order.number}").text


def test_an_open_draft_is_listed_and_shown(
    visitor: Callable[[str], Visitor], stranger: Visitor, munshi: Munshi, run: Callable[[], int]
) -> None:
    stranger.says(NITIN, "4 bag namak")
    run()
    with munshi.database.transaction() as session:
        draft = session.scalars(select(OrderDraft)).one()
    viewer = visitor("viewer")
    assert f"/orders/drafts/{draft.id}" in viewer.opens("/orders/?state=open").text
    assert "4 bag namak" in viewer.opens(f"/orders/drafts/{draft.id}").text
    assert viewer.opens("/orders/M99999999").status_code == 404
    assert viewer.opens("/orders/drafts/99999").status_code == 404


def test_a_customer_is_shown_with_people_places_and_orders(
    visitor: Callable[[str], Visitor], order: SalesOrder
) -> None:
    viewer = visitor("viewer")
    assert "/customers/C004" in viewer.opens("/customers/?words=bharat").text
    page = viewer.opens("/customers/C004").text
    assert "Nitin Bharat" in page
    assert order.number in page
    assert "Godown" in viewer.opens("/customers/C001").text


def test_the_overview_shows_what_the_erp_handed_over_and_a_refused_listing_can_be_agreed_to(
    visitor: Callable[[str], Visitor], munshi: Munshi
) -> None:
    with munshi.database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE mirror_state SET kept_previous = true, stamp = 's', "
            """problems = '[{"source": "prices.csv", "row": 7, "text": "no price", "remedy": "write one"}]'"""
            " WHERE kind = 'prices'"
        )
    admin = visitor("admin")
    page = admin.opens("/").text
    assert "previous state kept" in page
    assert "prices.csv, row 7" in page
    assert "taken over with the next pull" in admin.sends("/listings/main/prices/agree", follow_redirects=True).text
    assert admin.sends("/listings/main/nonsense/agree").status_code == 404
