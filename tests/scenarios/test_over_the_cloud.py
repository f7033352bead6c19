"""The main job over Meta's own API: signed calls over HTTP on the way in, Meta's rules on the way out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from bot import alarms, templates
from bot.catalogue import Catalogues
from bot.channels.cloud import CloudChannel
from bot.model import InboundMedia, Outbound, OutboundState
from bot.settings import read
from erp.files.adapter import FilesErp
from people.model import Account, Person
from store.alarms import Alarm
from store.clock import ManualClock
from store.database import Database
from tests.faults.cloud_rules import Refusal, Sending
from tests.faults.cloud_stand_in import CloudStandIn, Options
from tests.faults.http_server import StandInServer
from tests.plain_files import PlainFiles
from tests.scenarios.cast import RAMESH, STRANGER
from tests.scenarios.conftest import PulledPlant
from tests.scenarios.plant_files import posted
from tests.scenarios.stage import Bubble, Stage, compose_stage
from web.app import create_app

ORDER = "20 peti kutku g chota aur 5 ctn lachhi bhej do"


@dataclass(kw_only=True)
class CloudStage(Stage):
    """A stage whose people write through Meta."""

    meta: CloudStandIn

    def deliver(self, sender: str, *, body: str = "", **more: Any) -> str:
        """A signed call of Meta's."""
        return self.meta.says(sender, written(body, **more), at=self.clock.now())

    @property
    def on_the_wire(self) -> list[Sending]:
        """What Meta was given, oldest first."""
        return list(self.meta.sent.values())


def written(
    body: str, *, payload: str = "", quoted_sid: str = "", kind: str = "text", **content: Any
) -> dict[str, Any]:
    """What somebody does, as Meta's webhook has it."""
    context = {"context": {"from": "912240001234", "id": quoted_sid}} if quoted_sid else {}
    if payload:
        reply = {"type": "button_reply", "button_reply": {"id": payload, "title": body}}
        return {"type": "interactive", "interactive": reply, **context}
    if kind != "text":
        return {"type": kind, kind: content}
    return {"type": "text", "text": {"body": body}, **context}


@pytest.fixture
def cloud(
    database: Database, clock: ManualClock, erp: FilesErp, pulled_plant: PulledPlant, tmp_path: Path
) -> Iterator[CloudStage]:
    """The demo plant behind Meta's API, both ways over HTTP."""
    meta = CloudStandIn()
    graph = StandInServer(0, meta.respond)
    graph.start()
    settings = read(
        {
            "WHATSAPP_CHANNEL": "cloud",
            "CLOUD_PHONE_NUMBER_ID": meta.options.number,
            "CLOUD_ACCESS_TOKEN": meta.options.token,
            "CLOUD_APP_SECRET": meta.options.secret,
            "CLOUD_VERIFY_TOKEN": "word",
            "CLOUD_API_URL": graph.url,
            "PUBLIC_URL": "http://127.0.0.1:8000",
            "ERP_URL": f"files:{PlainFiles.sound(tmp_path / 'another').folder}",
            "MUNSHI_VAR": str(tmp_path / "var"),
        }
    )
    channel = CloudChannel(
        phone_number_id=meta.options.number,
        access_token=meta.options.token,
        database=database,
        api_url=graph.url,
        timeout=2,
    )
    catalogues = Catalogues(pulled_plant.catalogue)
    on_console = compose_stage(database, clock, settings=settings, erp=erp, catalogues=catalogues)
    app = replace(on_console.app, channels={"cloud": channel})
    web = make_server("127.0.0.1", 0, create_app(app), threaded=True)
    Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    meta.options = Options(webhook=f"http://127.0.0.1:{web.server_port}/webhooks/cloud")
    cloud = CloudStage(app=app, clock=clock, meta=meta)
    yield cloud
    cloud.ends()
    for server in (web, graph):
        server.shutdown()
        server.server_close()


def summary(cloud: CloudStage) -> Bubble:
    """Ramesh has ordered and sees what."""
    ramesh = cloud.phone(RAMESH)
    ramesh.says(ORDER)
    shown = ramesh.expects("20 CASE", "₹16,292.60", buttons=["confirm", "change", "cancel"])
    cloud.passes(7)
    return shown


def test_an_order_is_summarised_tapped_and_posted(cloud: CloudStage, plant: Path) -> None:
    shown = summary(cloud)
    (sent,) = cloud.on_the_wire
    assert (sent.to, sent.opaque, sent.bubble.body) == (RAMESH, shown.row.id, shown.text)
    assert [one.title for one in sent.bubble.buttons] == shown.titles
    ramesh = cloud.phone(RAMESH)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert (order["customer"], len(order["lines"]), order["source"]) == ("C101", 2, "chat")
    cloud.meta.delivered()
    cloud.meta.delivered()
    with cloud.session() as session:
        assert session.scalars(select(Outbound.state)).all() == [OutboundState.DELIVERED.value] * 2


def test_a_batch_that_meta_brings_again_is_one_order(cloud: CloudStage) -> None:
    value = cloud.meta.value(messages=[cloud.meta.message(RAMESH, written(ORDER), at=cloud.clock.now())])
    for _ in range(3):
        assert cloud.meta.call(value).status_code == 200
    cloud.phone(RAMESH).expects("₹16,292.60")
    cloud.phone(RAMESH).expects_nothing()
    assert len(cloud.drafts()) == 1


def test_a_photo_is_fetched_by_its_id_and_put_before_a_person(cloud: CloudStage) -> None:
    cloud.meta.files["771"] = ("image/jpeg", b"\xff\xd8a slip")
    ramesh = cloud.phone(RAMESH)
    ramesh.says(kind="image", id="771", mime_type="image/jpeg", sha256="x")
    (matter,) = cloud.matters("media")
    ramesh.expects(matter.number)
    with cloud.session() as session:
        (kept,) = session.scalars(select(InboundMedia)).all()
    assert (kept.content, kept.content_type, kept.refused) == (b"\xff\xd8a slip", "image/jpeg", "")


def test_what_meta_cannot_show_us_reaches_a_person(cloud: CloudStage) -> None:
    cloud.meta.says(RAMESH, {"type": "unsupported", "errors": [{"code": 131051}]}, at=cloud.clock.now())
    ramesh = cloud.phone(RAMESH)
    ramesh.expects("/noted|likh|note/")
    (matter,) = cloud.matters("media")
    assert matter.facts["kind"] == "unsupported"


def reacts(cloud: CloudStage, emoji: str, on: Bubble) -> None:
    cloud.deliver(RAMESH, kind="reaction", message_id=on.row.sid, **({"emoji": emoji} if emoji else {}))
    cloud.run()


@pytest.mark.parametrize("thumb", ["👍", "👍🏽", "✅"])
def test_a_thumb_on_the_summary_confirms_what_it_stands_on(cloud: CloudStage, plant: Path, thumb: str) -> None:
    reacts(cloud, thumb, summary(cloud))
    cloud.phone(RAMESH).expects("✅")
    assert len(posted(plant)) == 1


def test_a_thumb_down_declines_it(cloud: CloudStage, plant: Path) -> None:
    reacts(cloud, "👎", summary(cloud))
    cloud.phone(RAMESH).expects()
    assert [draft.state for draft in cloud.drafts()] == ["declined"]
    assert posted(plant) == {}


@pytest.mark.parametrize("sign", ["❤️", "😂", "🙏", ""])
def test_a_heart_or_a_reaction_taken_back_says_nothing_and_is_answered_by_nothing(
    cloud: CloudStage, plant: Path, sign: str
) -> None:
    shown = summary(cloud)
    for _ in range(4):
        reacts(cloud, sign, shown)
    cloud.phone(RAMESH).expects_nothing()
    assert (posted(plant), cloud.matters()) == ({}, [])


def test_a_thumb_on_what_is_posted_is_friendliness(cloud: CloudStage, plant: Path) -> None:
    shown, ramesh = summary(cloud), cloud.phone(RAMESH)
    ramesh.taps("confirm")
    done = ramesh.expects("✅")
    cloud.passes(7)
    reacts(cloud, "👍", done)
    reacts(cloud, "👍", shown)
    ramesh.expects_nothing()
    assert len(posted(plant)) == 1


def test_a_thumb_of_somebody_whose_access_has_ended_confirms_nothing(cloud: CloudStage, plant: Path) -> None:
    shown = summary(cloud)
    with cloud.session() as session:
        session.scalars(select(Person).where(Person.phone == RAMESH)).one().active = False
    reacts(cloud, "👍", shown)
    cloud.phone(RAMESH).expects_nothing()
    assert posted(plant) == {}


def test_a_thumb_on_an_older_summary_shows_the_present_one(cloud: CloudStage, plant: Path) -> None:
    old, ramesh = summary(cloud), cloud.phone(RAMESH)
    ramesh.says("lachhi 7 ctn kar do")
    ramesh.expects("7 CASE")
    cloud.passes(7)
    reacts(cloud, "👍", old)
    ramesh.expects("7 CASE")
    assert posted(plant) == {}


def test_a_cart_is_priced_by_us_whatever_prices_it_brings(cloud: CloudStage) -> None:
    goods = [{"product_retailer_id": "LN-MA-070", "quantity": 5, "item_price": 1, "currency": "INR"}]
    ramesh = cloud.phone(RAMESH)
    ramesh.says(kind="order", catalog_id="5", product_items=goods)
    shown = ramesh.expects()
    assert "1,036.80" in shown.text or "LN-MA-070" in shown.choices + shown.text
    assert "₹5 " not in shown.text


def test_who_changed_his_number_stands_before_an_admin_and_is_not_written_to(cloud: CloudStage) -> None:
    summary(cloud)
    with cloud.session() as session:
        (before,) = session.scalars(select(Account.last_heard_at).where(Account.last_heard_at.is_not(None))).all()
    cloud.passes(60)
    told = {"body": "Ramesh changed from 1 to 2", "wa_id": "919999999999", "type": "user_changed_number"}
    cloud.meta.call(
        cloud.meta.value(
            messages=[cloud.meta.message(RAMESH, {"type": "system", "system": told}, at=cloud.clock.now())]
        )
    )
    cloud.phone(RAMESH).expects_nothing()
    (matter,) = cloud.matters("number_changed")
    assert (matter.function, matter.party_code, matter.facts["said"]) == ("it", "C101", told["body"])
    with cloud.session() as session:
        assert session.scalars(select(Account.last_heard_at).where(Account.last_heard_at.is_not(None))).all() == [
            before
        ]


def test_that_a_stranger_changed_his_number_is_told_to_an_admin_too(cloud: CloudStage) -> None:
    told = {"body": "", "type": "user_changed_number"}
    cloud.meta.call(
        cloud.meta.value(
            messages=[cloud.meta.message(STRANGER, {"type": "system", "system": told}, at=cloud.clock.now())]
        )
    )
    cloud.phone(STRANGER).expects_nothing()
    (matter,) = cloud.matters()
    assert (matter.kind, matter.function, matter.party_code) == ("number_changed", "it", None)


def test_a_token_that_ends_soon_is_an_alarm(cloud: CloudStage) -> None:
    cloud.meta.token_ends = int((cloud.clock.now() + timedelta(days=8)).timestamp())
    alarms.probe(cloud.app)
    with cloud.session() as session:
        assert session.scalars(select(Alarm.key)).all() == []
    cloud.meta.token_ends = int((cloud.clock.now() + timedelta(days=6)).timestamp())
    alarms.probe(cloud.app)
    with cloud.session() as session:
        assert session.scalars(select(Alarm.key)).all() == ["token:cloud"]


def test_an_answer_that_was_lost_comes_back_as_a_status_and_nothing_is_sent_twice(cloud: CloudStage) -> None:
    cloud.meta.chance.set({"cut_after": 1.0})
    ramesh = cloud.phone(RAMESH)
    ramesh.says(ORDER)
    cloud.meta.chance.set({"cut_after": 0.0})
    cloud.meta.delivered()
    cloud.passes(70)
    ramesh.expects("₹16,292.60")
    assert len(cloud.on_the_wire) == 1


def test_when_meta_says_nothing_for_a_minute_it_is_sent_once_more(cloud: CloudStage) -> None:
    cloud.meta.chance.set({"cut_before": 1.0})
    ramesh = cloud.phone(RAMESH)
    ramesh.says(ORDER)
    cloud.meta.chance.set({"cut_before": 0.0})
    cloud.passes(30)
    assert cloud.on_the_wire == []
    cloud.passes(35)
    ramesh.expects("₹16,292.60")
    assert len(cloud.on_the_wire) == 1


def test_too_fast_for_one_person_is_sent_again_later(cloud: CloudStage) -> None:
    cloud.meta.refuses.append(Refusal(131056, "(Business Account, Consumer Account) pair rate limit hit"))
    ramesh = cloud.phone(RAMESH)
    ramesh.says(ORDER)
    ramesh.expects_nothing()
    cloud.passes(10)
    ramesh.expects("₹16,292.60")


def test_a_window_that_meta_says_is_closed_is_opened_by_the_approved_form(cloud: CloudStage) -> None:
    channel = cloud.app.channels["cloud"]
    assert isinstance(channel, templates.Approver)
    templates.submit(cloud.app.database, channel)
    templates.status(cloud.app.database, channel)
    ramesh = cloud.phone(RAMESH)
    ramesh.sends(ORDER)
    cloud.meta.people.clear()
    cloud.run()
    ramesh.ignores()
    (sid,) = cloud.meta.sent
    error = {"code": 131047, "title": "Re-engagement message"}
    cloud.meta.call(cloud.meta.value(statuses=[cloud.meta.status(sid, "failed", errors=[error])]))
    cloud.passes(10)
    assert cloud.on_the_wire[-1].template == "munshi_waits_hi_latn"
    assert len(cloud.on_the_wire) == 2
