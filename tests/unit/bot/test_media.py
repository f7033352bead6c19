import pytest
from sqlalchemy import select

from bot import media
from bot.channels.port import Fetched, MediaRefused, SlowDown
from bot.intake import Incoming, take_in
from bot.model import InboundMedia
from tests.unit.bot.conversing import app
from tests.unit.bot.fake_channel import App

__all__ = ["app"]

PHOTO = Fetched(content_type="image/jpeg", content=b"\xff\xd8\x00photo")


def announce(app: App, *urls: str) -> int:
    announced = tuple({"url": url, "type": "image/jpeg"} for url in urls)
    with app.database.transaction() as session:
        return take_in(session, Incoming(channel="fake", sid="SM1", sender="+91", media=announced)) or 0


def kept(app: App) -> list[tuple[int, bytes | None, str]]:
    with app.database.transaction() as session:
        rows = session.scalars(select(InboundMedia).order_by(InboundMedia.no))
        return [(row.no, row.content, row.refused) for row in rows]


def test_each_attachment_is_kept(app: App) -> None:
    app.channel.contents = {"a": PHOTO, "b": Fetched(content_type="", content=b"x")}
    inbound_id = announce(app, "a", "b")
    media.fetch(app, inbound_id)
    media.fetch(app, inbound_id)
    assert kept(app) == [(0, PHOTO.content, ""), (1, b"x", "")]


def test_what_is_refused_for_good_says_why_and_the_others_are_kept(app: App) -> None:
    app.channel.contents = {"a": MediaRefused("too_large"), "b": PHOTO}
    media.fetch(app, announce(app, "a", "b"))
    assert kept(app) == [(0, None, "too_large"), (1, PHOTO.content, "")]


def test_what_is_not_there_yet_is_tried_again_and_what_is_there_not_fetched_twice(app: App) -> None:
    app.channel.contents = {"a": PHOTO, "b": SlowDown(code="no_answer")}
    inbound_id = announce(app, "a", "b")
    with pytest.raises(SlowDown):
        media.fetch(app, inbound_id)
    app.channel.contents = {"b": PHOTO}
    media.fetch(app, inbound_id)
    assert [number for number, _, _ in kept(app)] == [0, 1]


def test_what_could_never_be_fetched_is_marked_as_gone(app: App) -> None:
    app.channel.contents = {"a": PHOTO, "b": SlowDown(code="no_answer")}
    inbound_id = announce(app, "a", "b")
    with pytest.raises(SlowDown):
        media.fetch(app, inbound_id)
    media.gave_up(app, "SlowDown", inbound_id)
    assert kept(app) == [(0, PHOTO.content, ""), (1, None, "gone")]
