"""Against the stand-in for Twilio, which approves and rejects by WhatsApp's own rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from bot import templates
from bot.channels.port import Channel, OutgoingMessage, WindowClosed
from bot.channels.shapes import template_name
from bot.channels.twilio import TwilioChannel
from bot.model import ContentShape
from bot.replies.words import SPOKEN
from store.database import Database
from tests.faults.http_server import StandInServer
from tests.faults.twilio_api import Options
from tests.faults.twilio_stand_in import TwilioStandIn

ACCOUNT, NUMBER = "AC" + "0" * 32, "whatsapp:+912240001234"


@dataclass(frozen=True, kw_only=True)
class World:
    """The channel, the provider it talks to, and all that a duty needs."""

    database: Database
    channel: TwilioChannel
    provider: TwilioStandIn

    @property
    def channels(self) -> Mapping[str, Channel]:
        return {"twilio": self.channel}


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    provider = TwilioStandIn(Options(account=ACCOUNT, token="token", number=NUMBER, webhook="", callbacks=False))
    server = StandInServer(0, provider.respond)
    server.start()
    channel = TwilioChannel(
        account_sid=ACCOUNT,
        auth_token="token",
        sender=NUMBER,
        public_url="http://127.0.0.1:1",
        api_url=server.url,
        database=database,
    )
    yield World(database=database, channel=channel, provider=provider)
    server.shutdown()
    server.server_close()


def opening(language: str) -> OutgoingMessage:
    return OutgoingMessage(
        id="1",
        to="+919800000001",
        kind="notice_rejected",
        language=language,
        lines=("Order M26000123", "", "was refused by the ERP"),
        opens_window=True,
    )


def test_whatsapp_approves_every_form_in_every_language(world: World) -> None:
    submitted = templates.submit(world.database, world.channel)
    assert {form.language for form in submitted} == set(SPOKEN.values())
    assert [form.approval for form in templates.status(world.database, world.channel)] == ["approved"] * len(
        list(templates.all_forms())
    )


def test_what_was_submitted_is_not_submitted_again_unless_rejected(world: World) -> None:
    templates.submit(world.database, world.channel)
    assert templates.submit(world.database, world.channel) == []
    with world.database.transaction() as session:
        session.get_one(ContentShape, template_name("any", "hi")).approval = "rejected"
    assert [form.language for form in templates.submit(world.database, world.channel)] == ["hi"]


def test_before_it_is_submitted_its_status_says_so(world: World) -> None:
    found = templates.status(world.database, world.channel)
    assert {form.approval for form in found} == {"not submitted"}
    assert not any(form.approved for form in found)


@pytest.mark.parametrize("language", SPOKEN.values())
def test_once_approved_a_person_whose_window_is_closed_can_be_told_any_kind_of_thing(
    world: World, language: str
) -> None:
    templates.submit(world.database, world.channel)
    with pytest.raises(WindowClosed):
        world.channel.send(opening(language))
    assert templates.learn(world) == len(list(templates.all_forms()))
    sid = world.channel.send(opening(language))
    arrived = world.provider.record.get(sid)
    assert arrived is not None
    assert arrived.error_code is None
    assert "Order M26000123 · was refused by the ERP" in arrived.bubble.body


def test_what_is_decided_is_asked_for_no_more(world: World) -> None:
    templates.submit(world.database, world.channel)
    templates.learn(world)
    world.provider.chance.set({"429": 1.0})
    assert templates.learn(world) == 0


def test_while_whatsapp_does_not_answer_nothing_is_learned(world: World) -> None:
    templates.submit(world.database, world.channel)
    world.provider.chance.set({"429": 1.0})
    assert templates.learn(world) == 0
