"""The order desk: found, taken, handed back, ended with a reason, each kind by its own act."""

import html
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.app import Munshi
from bot.model import Inbound, InboundMedia, InboundState, Outbound
from orders import drafts
from orders.approval_model import PriceRequest, RequestedLine
from orders.model import OrderDraft, SalesOrder
from people.model import Account, Function, Identity
from people.who import account_of
from routing import matters
from routing.model import Matter, MatterKind
from store.database import now
from tests.web.visitors import Visitor
from web.pages import desk as desk_page

NITIN, RAMESH = "+919000000007", "+919000000001"


@pytest.fixture
def desk(visitor: Callable[[str], Visitor]) -> Visitor:
    """Somebody of the order desk."""
    return visitor("desk")


def open_matter(munshi: Munshi, kind: MatterKind, reference: str, **facts: object) -> int:
    with munshi.database.transaction() as session:
        account = session.scalars(select(Account).join(Identity).where(Identity.value == NITIN)).first()
        return matters.open_matter(
            session,
            kind=kind,
            reference=reference,
            function=Function.COMMERCIAL,
            party_code="C004",
            account_id=account.id if account else None,
            facts=facts,
        ).id


def matter(munshi: Munshi, number: int) -> Matter:
    with munshi.database.transaction() as session:
        return session.get_one(Matter, number)


def test_a_matter_is_listed_with_customer_age_and_first_words_and_found_by_them(desk: Visitor, munshi: Munshi) -> None:
    number = open_matter(munshi, MatterKind.FURTHER, "inbound:1", said="2 peti toota hua mila")
    other = open_matter(munshi, MatterKind.MASTER_DATA, "listing:x")
    page = desk.opens("/desk/").text
    assert "New Bharat" in page
    assert "2 peti toota hua mila" in page
    for query, found in (
        ("words=bharat&kind=further", True),
        (f"words=N{number}", True),
        ("kind=master_data", False),
        ("owner=me", False),
        ("closed=1", False),
    ):
        assert (f"/desk/{number}" in desk.opens(f"/desk/?{query}").text) == found, query
    assert f"/desk/{other}" in desk.opens("/desk/?owner=nobody").text


def test_a_matter_is_taken_by_one_and_handed_back(
    desk: Visitor, visitor: Callable[[str], Visitor], munshi: Munshi
) -> None:
    number = open_matter(munshi, MatterKind.FURTHER, "inbound:1")
    assert "is yours" in desk.sends(f"/desk/{number}/take", follow_redirects=True).text
    admin = visitor("admin")
    assert "desk already" in admin.sends(f"/desk/{number}/take", follow_redirects=True).text
    assert matter(munshi, number).owner == "desk"
    assert "Hand it back" in desk.opens(f"/desk/{number}").text
    desk.sends(f"/desk/{number}/hand-back")
    assert matter(munshi, number).owner is None


def test_closing_asks_for_a_reason_and_keeps_it(desk: Visitor, munshi: Munshi) -> None:
    number = open_matter(munshi, MatterKind.FURTHER, "inbound:1")
    refused = desk.sends(f"/desk/{number}/end", {"act": "close", "reason": "  "}, follow_redirects=True)
    assert "Say in a few words why" in refused.text
    assert matter(munshi, number).closed_at is None
    desk.sends(f"/desk/{number}/end", {"act": "close", "reason": " called him,\n sorted "})
    closed = matter(munshi, number)
    assert (closed.closed_by, closed.close_reason) == ("desk", "called him, sorted")
    again = desk.sends(f"/desk/{number}/end", {"act": "close", "reason": "again"}, follow_redirects=True)
    assert "somebody else was first" in again.text
    assert matter(munshi, number).close_reason == "called him, sorted"
    assert "called him, sorted" in desk.opens(f"/desk/{number}").text


def test_an_unconfirmed_draft_is_cancelled_with_a_reason_and_can_be_confirmed_no_more(
    desk: Visitor, stranger: Visitor, munshi: Munshi, run: Callable[[], int]
) -> None:
    stranger.says(NITIN, "4 bag namak")
    run()
    with munshi.database.transaction() as session:
        draft = session.scalars(select(OrderDraft)).one()
    number = open_matter(munshi, MatterKind.UNCONFIRMED_DRAFT, f"draft:{draft.id}")
    page = desk.opens(f"/desk/{number}").text
    assert "4 bag namak" in page, "with its conversation"
    assert "Salt 1 kg" in page
    desk.sends(f"/desk/{number}/end", {"act": "cancel_draft", "reason": "ordered by phone"})
    run()
    told = stranger.opens("/console/", query_string={"a": NITIN}).text
    assert "Your open list for New Bharat (lines: 1) was closed by the office." in told
    assert "ordered by phone" not in told, "the reason stays in the office"
    stranger.says(NITIN, "haan")
    run()
    with munshi.database.transaction() as session:
        after = session.get_one(OrderDraft, draft.id)
        assert (after.state, after.closed_by, after.close_reason) == ("cancelled", "desk", "ordered by phone")
        assert session.scalars(select(SalesOrder)).all() == []


def test_a_held_order_is_released_to_the_erp(
    desk: Visitor, stranger: Visitor, munshi: Munshi, run: Callable[[], int]
) -> None:
    number = held_order(stranger, munshi, run)
    desk.sends(f"/desk/{number}/end", {"act": "release_order", "reason": "paid this morning"})
    run()
    with munshi.database.transaction() as session:
        assert session.scalars(select(SalesOrder)).one().state == "posted"


def test_a_held_order_is_cancelled_and_never_reaches_the_erp(
    desk: Visitor, stranger: Visitor, munshi: Munshi, run: Callable[[], int]
) -> None:
    number = held_order(stranger, munshi, run)
    desk.sends(f"/desk/{number}/end", {"act": "cancel_order", "reason": "no payment"})
    run()
    with munshi.database.transaction() as session:
        assert session.scalars(select(SalesOrder)).one().state == "cancelled"
    told = stranger.opens("/console/", query_string={"a": NITIN}).text
    assert "was cancelled by the office" in told
    assert "no payment" not in told
    assert (
        "somebody else was first"
        in desk.sends(
            f"/desk/{number}/end", {"act": "release_order", "reason": "after all"}, follow_redirects=True
        ).text
    )


def held_order(stranger: Visitor, munshi: Munshi, run: Callable[[], int]) -> int:
    """An order above its customer's credit limit; the number of its matter."""
    stranger.says(NITIN, "170 bag namak")
    run()
    stranger.says(NITIN, "1a")
    run()
    with munshi.database.transaction() as session:
        bubble = session.scalars(select(Outbound).order_by(Outbound.position.desc())).first()
    assert bubble is not None
    confirm = next(one["payload"] for one in bubble.buttons if one["payload"].startswith("confirm:"))
    stranger.sends("/console/tap", {"sender": NITIN, "bubble": bubble.id, "payload": confirm})
    run()
    with munshi.database.transaction() as session:
        return session.scalars(select(Matter).where(Matter.kind == MatterKind.HELD_ORDER)).one().id


def test_a_failed_message_is_read_again(
    desk: Visitor, stranger: Visitor, munshi: Munshi, run: Callable[[], int]
) -> None:
    stranger.says(NITIN, "4 bag namak")
    with munshi.database.transaction() as session:
        row = session.scalars(select(Inbound)).one()
        row.state, row.failure = InboundState.FAILED.value, "it broke"
        number = matters.open_matter(
            session,
            kind=MatterKind.FAILED_MESSAGE,
            reference=f"inbound:{row.id}",
            function=Function.COMMERCIAL,
            inbound_id=row.id,
            facts={"error": "it broke"},
        ).id
    assert "it broke" in desk.opens(f"/desk/{number}").text
    desk.sends(f"/desk/{number}/end", {"act": "read_again", "reason": "mended"})
    run()
    with munshi.database.transaction() as session:
        assert session.scalars(select(Inbound.state)).one() == InboundState.DONE
        assert session.scalars(select(OrderDraft)).one().party_code == "C004"


def test_the_open_page_hears_of_news_without_holding_a_worker(desk: Visitor, munshi: Munshi) -> None:
    first = desk.opens("/live/desk")
    assert first.text.startswith("retry: 2000\nid: ")
    assert "changed" not in first.text
    known = first.text.split("id: ")[1].split("\n")[0]
    assert "changed" not in desk.opens("/live/desk", headers={"Last-Event-ID": known}).text
    open_matter(munshi, MatterKind.MEDIA, "inbound:5")
    assert "event: changed" in desk.opens("/live/desk", headers={"Last-Event-ID": known}).text


def test_the_old_address_leads_to_the_desk_with_what_was_asked(desk: Visitor) -> None:
    moved = desk.opens("/needs/?kind=media")
    assert (moved.status_code, moved.location) == (308, "/desk/?kind=media")
    assert desk.opens("/needs/117").location == "/desk/117"


def test_the_list_goes_on_by_key_oldest_or_newest_first(
    desk: Visitor, munshi: Munshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [open_matter(munshi, MatterKind.FURTHER, f"inbound:{one}") for one in range(5)]
    monkeypatch.setattr(desk_page, "A_PAGE", 2)
    for order, wanted in (("", numbers), ("newest", numbers[::-1])):
        path, seen = f"/desk/?order={order}", []
        while path:
            page = desk.opens(path).text
            seen += [int(one) for one in re.findall(r'href="/desk/(\d+)"', page)]
            onward = re.search(r'rel="next" href="([^"]+)"', page)
            path = html.unescape(onward[1]) if onward else ""
        assert seen == wanted


def test_a_document_is_shown_in_the_viewer_only_if_it_is_one_and_a_note_can_be_played_in_parts(
    desk: Visitor, stranger: Visitor, munshi: Munshi, run: Callable[[], int]
) -> None:
    for kind in ("document", "voice"):
        stranger.opens("/console/")
        stranger.sends("/console/attach", {"sender": NITIN, "kind": kind})
        run()
    with munshi.database.transaction() as session:
        document, voice = (row.inbound_id for row in session.scalars(select(InboundMedia).order_by("inbound_id")))
    shown = desk.opens(f"/media/{document}/0")
    assert (shown.mimetype, shown.headers["Content-Disposition"]) == ("application/pdf", "inline")
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    with munshi.database.transaction() as session:
        part = session.get_one(InboundMedia, (document, 0))
        part.content = b"<script>alert(1)</script>"
    hidden = desk.opens(f"/media/{document}/0")
    assert hidden.mimetype == "application/octet-stream"
    assert "sandbox" in hidden.headers["Content-Security-Policy"]
    played = desk.opens(f"/media/{voice}/0", headers={"Range": "bytes=0-9"})
    assert (played.status_code, len(played.data)) == (206, 10)


def test_whoever_may_only_look_sees_no_form_and_what_people_write_is_escaped(
    visitor: Callable[[str], Visitor], stranger: Visitor, munshi: Munshi, run: Callable[[], int]
) -> None:
    stranger.says(NITIN, "<script>alert(1)</script> kab aayega?")
    run()
    number = open_matter(munshi, MatterKind.FURTHER, "inbound:1", said="<b>x</b>")
    page = visitor("viewer").opens(f"/desk/{number}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert 'reply-form" action' not in page
    assert "data-take-over" not in page


def test_a_draft_that_waits_for_a_price_shows_its_request_and_no_cost(desk: Visitor, munshi: Munshi) -> None:
    with munshi.database.transaction() as session:
        known = account_of(session, RAMESH)
        session.flush()
        account, person = known.id, known.person_id
        assert person is not None
        draft = drafts.start(
            session, party_code="C004", account_id=account, person_id=person, on_behalf=False, simulated=False
        )
        line = RequestedLine(
            line_no=1,
            sku="SKU-1",
            uom="CASE",
            quantity=Decimal(20),
            list_price=Decimal(555),
            price=Decimal(555),
            wished_price=Decimal(545),
            asked_price=Decimal(545),
            own_free=Decimal(0),
            effective=Decimal(545),
            floor=Decimal("498.76"),
        )
        session.add(
            PriceRequest(
                draft_id=draft.id,
                draft_version=1,
                party_code="C004",
                account_id=account,
                person_id=person,
                reason="competitor 530",
                asked_at=now(session),
                lines=[line],
            )
        )
        draft_id = draft.id
    number = open_matter(munshi, MatterKind.UNCONFIRMED_DRAFT, f"draft:{draft_id}")
    page = desk.opens(f"/desk/{number}").text
    for text in ("Price request", "545", "555", "competitor 530", "waits"):
        assert text in page, text
    assert "498.76" not in page
