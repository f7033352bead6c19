"""The console: open only where nothing can go wrong, and in front of the same pipeline as a provider."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import Munshi
from bot.model import Inbound, InboundMedia, InboundState, Outbound, OutboundState
from orders.model import SalesOrder
from tests.web.visitors import Visitor
from web.app import create_app

RAMESH, SURESH, NITIN = "+919000000001", "+919000000002", "+919000000007"


def events(visitor: Visitor, last: str = "", **senders: str) -> tuple[str, dict[str, list[Any]]]:
    """One answer of the feed: the id to come back with, and what it told."""
    answer = visitor.opens("/console/feed", query_string=senders, headers={"Last-Event-ID": last})
    assert answer.mimetype == "text/event-stream"
    told: dict[str, list[Any]] = {}
    event_id = ""
    for block in answer.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        event_id = fields.get("id", event_id)
        if "event" in fields:
            told.setdefault(fields["event"], []).append(json.loads(fields["data"]))
    return event_id, told


@pytest.fixture
def talker(stranger: Visitor) -> Visitor:
    """Nobody signed in, at the open console."""
    stranger.opens("/console/")
    return stranger


def test_what_is_typed_goes_through_the_intake_and_the_worker_answers(
    talker: Visitor, munshi: Munshi, run: Callable[[], int]
) -> None:
    talker.says(RAMESH, "5 case parle g 140")
    with munshi.database.transaction() as session:
        heard = session.scalars(select(Inbound)).one()
    assert (heard.channel, heard.sender, heard.body) == ("console", RAMESH, "5 case parle g 140")
    assert heard.state == InboundState.STORED
    assert not heard.simulated
    run()
    _, told = events(talker, a=RAMESH)
    [news] = told["pane"]
    assert [("from-person" in one["html"]) for one in news["bubbles"]] == [True, False]
    assert "Parle G 140 g" in news["bubbles"][1]["html"]


def test_a_request_repeated_with_its_nonce_is_one_message(talker: Visitor, munshi: Munshi) -> None:
    for _ in range(3):
        assert talker.says(RAMESH, "5 case parle g 140", nonce="d2c1-4f0a-nonce").status_code == 200
    with munshi.database.transaction() as session:
        assert len(session.scalars(select(Inbound)).all()) == 1


def test_a_tap_sends_the_bubbles_own_payload_and_title_and_quotes_it(
    talker: Visitor, munshi: Munshi, run: Callable[[], int]
) -> None:
    talker.says(RAMESH, "5 case parle g 140")
    run()
    with munshi.database.transaction() as session:
        bubble = session.scalars(select(Outbound)).one()
    offered = [*bubble.buttons, *bubble.rows][0]
    sent = {"sender": RAMESH, "bubble": bubble.id, "payload": offered["payload"], "title": "something else"}
    assert talker.sends("/console/tap", sent).status_code == 200
    assert talker.sends("/console/tap", sent | {"payload": "confirm:made-up"}).status_code == 404
    with munshi.database.transaction() as session:
        tap = session.scalars(select(Inbound).where(Inbound.payload != "")).one()
    assert (tap.payload, tap.body, tap.quoted_sid) == (offered["payload"], offered["title"], bubble.sid)


def test_an_order_is_typed_confirmed_and_posted_to_the_erp(
    talker: Visitor, munshi: Munshi, run: Callable[[], int]
) -> None:
    talker.says(NITIN, "4 bag namak")
    run()
    with munshi.database.transaction() as session:
        bubble = session.scalars(select(Outbound).order_by(Outbound.position.desc())).first()
    assert bubble is not None
    print(bubble.lines)
    confirm = next(one for one in bubble.buttons if one["payload"].startswith("confirm:"))
    talker.sends("/console/tap", {"sender": NITIN, "bubble": bubble.id, "payload": confirm["payload"]})
    run()
    with munshi.database.transaction() as session:
        order = session.scalars(select(SalesOrder)).one()
    assert order.state == "posted"
    _, told = events(talker, a=NITIN)
    assert order.erp_number
    assert order.erp_number in told["pane"][0]["bubbles"][-1]["html"]


def test_the_feed_tells_once_and_closes(talker: Visitor, run: Callable[[], int]) -> None:
    talker.says(RAMESH, "namaste")
    last, told = events(talker, a=RAMESH, b=SURESH)
    assert [news["sender"] for news in told["pane"]] == [RAMESH, SURESH]
    assert told["pane"][0]["typing"]
    last, told = events(talker, last, a=RAMESH, b=SURESH)
    assert told == {}
    run()
    last, told = events(talker, last, a=RAMESH, b=SURESH)
    assert [news["sender"] for news in told["pane"]] == [RAMESH]
    assert told["unread"] == [{RAMESH: 1}]


def test_what_is_shown_counts_as_read(talker: Visitor, munshi: Munshi, run: Callable[[], int]) -> None:
    talker.says(RAMESH, "namaste")
    run()
    with munshi.database.transaction() as session:
        sid = session.scalars(select(Outbound.sid)).one()
    talker.sends("/console/seen", {"read": [sid, "someone elses"]})
    with munshi.database.transaction() as session:
        assert session.scalars(select(Outbound.state)).one() == OutboundState.READ
    last, told = events(talker, "x|x|+919000000001=1", a=RAMESH)
    assert told["unread"] == [{}], "a page that still shows a count is told that there is none"
    assert "unread" not in events(talker, last, a=RAMESH)[1]


def test_a_quoted_message_is_named_to_the_pipeline(talker: Visitor, munshi: Munshi, run: Callable[[], int]) -> None:
    talker.says(RAMESH, "namaste")
    run()
    with munshi.database.transaction() as session:
        sid = session.scalars(select(Outbound.sid)).one()
    talker.says(RAMESH, "ye kya hai", quoted=sid)
    talker.says(RAMESH, "aur ye", quoted="not one of ours")
    with munshi.database.transaction() as session:
        assert session.scalars(select(Inbound.quoted_sid).order_by(Inbound.id)).all() == ["", sid, ""]


@pytest.mark.parametrize(
    ("kind", "content_type", "kept_in"),
    [("photo", "image/png", "sandbox"), ("voice", "audio/wav", "sandbox"), ("document", "application/pdf", "'none'")],
)
def test_an_attachment_is_fetched_by_its_job_and_can_be_opened(
    talker: Visitor, munshi: Munshi, run: Callable[[], int], kind: str, content_type: str, kept_in: str
) -> None:
    assert talker.sends("/console/attach", {"sender": RAMESH, "kind": kind}).status_code == 200
    run()
    with munshi.database.transaction() as session:
        kept = session.scalars(select(InboundMedia)).one()
    assert kept.content_type == content_type
    answer = talker.opens(f"/media/{kept.inbound_id}/{kept.no}")
    assert answer.data == kept.content
    assert kept_in in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_an_attachment_of_a_provider_is_not_shown_to_strangers(talker: Visitor, munshi: Munshi) -> None:
    talker.sends("/console/attach", {"sender": RAMESH, "kind": "photo"})
    with munshi.database.transaction() as session:
        row = session.scalars(select(Inbound)).one()
        row.channel = "twilio"
        session.add(InboundMedia(inbound_id=row.id, no=0, content_type="text/html", content=b"<script>"))
        number = row.id
    assert talker.opens(f"/media/{number}/0").status_code == 302
    talker.signs_in("viewer")
    answer = talker.opens(f"/media/{number}/0")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_people_are_found_by_name_firm_role_and_number(talker: Visitor) -> None:
    def found(words: str) -> str:
        return talker.opens("/console/people/a", query_string={"words": words}).text

    assert "Ramesh Sharma" in found("ramesh")
    assert "Ramesh Sharma" in found("sharma traders")
    assert "Asha Rep" in found("sales rep")
    assert "Vikram" in found("9000000004")
    assert "Ramesh Sharma" not in found("gupta")
    assert "Nobody matches" in found("zzzz")


@pytest.mark.parametrize("sender", ["", "12345", "drop table", "+91 98x", "IN.", "../../x"])
def test_only_a_number_or_an_id_can_write(talker: Visitor, munshi: Munshi, sender: str) -> None:
    assert talker.says(sender, "hello").status_code == 422
    with munshi.database.transaction() as session:
        assert session.scalars(select(Inbound)).all() == []


def test_an_unknown_number_can_be_played_and_is_listed_afterwards(talker: Visitor, run: Callable[[], int]) -> None:
    pane = talker.opens("/console/pane/b", query_string={"sender": "919811112222", "stranger": "1", "called": "Mohan"})
    assert "Mohan" in pane.text
    talker.says("+919811112222", "hello ji", called="Mohan")
    run()
    assert "+919811112222 · unknown number" in talker.opens("/console/people/a").text


def test_what_people_write_is_shown_as_text_alone(talker: Visitor, run: Callable[[], int]) -> None:
    talker.says(RAMESH, "<script>alert(1)</script> *bold* _it_")
    _, told = events(talker, a=RAMESH)
    html = told["pane"][0]["bubbles"][0]["html"]
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<strong>bold</strong> <em>it</em>" in html


CLOSED = [
    {"PUBLIC_URL": "https://orders.example.com"},
    {"HOST": "0.0.0.0"},
    {"HOST": "0.0.0.0", "PUBLIC_URL": "https://orders.example.com"},
]


@pytest.mark.parametrize("values", [{}, {"HOST": "::1"}, {"HOST": "localhost"}])
def test_on_loopback_with_plain_files_and_no_public_address_the_console_is_open(
    with_settings: Callable[..., Munshi], values: dict[str, str]
) -> None:
    munshi = with_settings(**values)
    one = Visitor(client=create_app(munshi).test_client())
    assert one.opens("/console/").status_code == 200
    assert one.says(RAMESH, "hello").status_code == 200
    with munshi.database.transaction() as session:
        assert not session.scalars(select(Inbound.simulated)).one()


@pytest.mark.parametrize("values", CLOSED)
def test_anywhere_else_the_console_asks_for_an_admin(
    with_settings: Callable[..., Munshi], values: dict[str, str]
) -> None:
    munshi = with_settings(**values)
    app = create_app(munshi)
    one = Visitor(client=app.test_client())
    one.opens("/sign-in")
    assert one.opens("/console/").status_code == 302
    assert one.says(RAMESH, "hello").status_code == 302
    assert one.opens("/console/feed", headers={"Accept": "text/event-stream"}).status_code == 204
    for role in ("viewer", "desk", "aliases", "rules"):
        other = Visitor(client=app.test_client())
        other.signs_in(role)
        assert other.opens("/console/").status_code == 403, role
        assert other.says(RAMESH, "hello").status_code == 403, role
    with munshi.database.transaction() as session:
        assert session.scalars(select(Inbound)).all() == []


@pytest.mark.parametrize("values", CLOSED)
def test_anywhere_else_its_messages_are_stamped_simulated(
    with_settings: Callable[..., Munshi], values: dict[str, str]
) -> None:
    munshi = with_settings(**values)
    admin = Visitor(client=create_app(munshi).test_client())
    admin.signs_in("admin")
    page = admin.opens("/console/")
    assert page.status_code == 200
    assert "simulated messages" in page.text
    assert admin.says(RAMESH, "hello").status_code == 200
    with munshi.database.transaction() as session:
        assert session.scalars(select(Inbound.simulated)).one()
