"""Orders that are posted ten minutes after their summary unless their sender says otherwise."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import desk_drafts, unanswered
from bot.channels.console import ConsoleChannel
from bot.channels.port import OutgoingMessage, SlowDown
from bot.take_over import take_over
from orders.model import OrderDraft
from store.holds import pause, resume
from tests.scenarios.cast import ANKIT, FARIDA, RAMESH
from tests.scenarios.faults import broken, until_given_up
from tests.scenarios.modes import auto_confirms, puts
from tests.scenarios.plant_files import posted, rewrite
from tests.scenarios.stage import Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]
ORDER = "8 case marie 120"
AT = "10:10"


@pytest.fixture
def farida(stage: Stage) -> Iterator[Phone]:
    """She writes English and her firm has agreed."""
    auto_confirms(stage, "C104")
    return stage.phone(FARIDA)


def announced(phone: Phone, text: str = ORDER) -> None:
    phone.says(text)
    bubble = phone.expects(f"Will be posted at {AT} unless you say otherwise.", buttons=BUTTONS)
    assert bubble.titles[0] == "Confirm now"


def test_it_posts_at_the_minute_that_was_said_and_its_sender_hears_so(stage: Stage, farida: Phone, plant: Path) -> None:
    announced(farida)
    stage.passes(minutes=9, seconds=59)
    farida.expects_nothing()
    assert not posted(plant)
    stage.passes(seconds=1)
    farida.expects("Posted as announced for 10:10", "✅")
    (order,) = stage.orders()
    assert order.state == "posted"
    stage.passes(hours=1)
    farida.expects_nothing()
    assert len(posted(plant)) == 1
    assert not stage.matters()


def test_who_taps_confirm_now_need_not_wait(stage: Stage, farida: Phone, plant: Path) -> None:
    announced(farida)
    farida.taps("confirm")
    farida.expects("✅")
    stage.passes(hours=1)
    assert len(posted(plant)) == 1


def test_a_change_at_the_last_second_is_announced_anew(stage: Stage, farida: Phone, plant: Path) -> None:
    announced(farida)
    stage.passes(minutes=9, seconds=58)
    # It waits to be read while the clock's minute comes.
    farida.sends("1 number 10 case kar do")
    stage.clock.push(timedelta(seconds=3))
    assert unanswered.post_unanswered(stage.app) == 0
    stage.run()
    farida.expects("10 CASE", "10:21", buttons=BUTTONS)
    assert not posted(plant)
    stage.passes(minutes=11)
    farida.expects("✅")
    (document,) = posted(plant).values()
    assert document["lines"][0]["qty"] == "10"


@pytest.mark.parametrize("text", ["ruko", "change", "rate kya hai?"])
def test_whatever_else_is_said_stops_it_until_that_is_settled(
    stage: Stage, farida: Phone, plant: Path, text: str
) -> None:
    announced(farida)
    if text == "change":
        farida.taps("change")
    else:
        farida.says(text)
    farida.ignores()
    assert stage.drafts()[0].posts_at is None
    stage.passes(minutes=15)
    farida.expects_nothing()
    assert not posted(plant)
    stage.passes(minutes=5)
    farida.expects("still waits for your yes", buttons=BUTTONS, without=["Will be posted"])
    stage.passes(minutes=30)
    assert not posted(plant)


def test_a_greeting_stops_nothing(stage: Stage, farida: Phone, plant: Path) -> None:
    announced(farida)
    farida.says("good morning")
    farida.ignores()
    stage.passes(minutes=10)
    farida.expects("✅")
    assert len(posted(plant)) == 1


def test_a_price_that_changed_meanwhile_is_a_question_again(stage: Stage, farida: Phone, plant: Path) -> None:
    announced(farida)
    (draft,) = stage.drafts()
    with stage.session() as session:
        sku = session.merge(draft).lines[0].sku
    rewrite(plant, "prices.csv", {"sku": str(sku)}, price="777.77")
    stage.pull()
    stage.passes(minutes=10)
    farida.expects("something has changed", "777.77", buttons=BUTTONS, without=["Will be posted"])
    assert not posted(plant)
    farida.taps("confirm")
    farida.expects("✅")
    assert len(posted(plant)) == 1


def test_credit_that_was_used_up_meanwhile_makes_it_a_question(stage: Stage, farida: Phone, plant: Path) -> None:
    announced(farida)
    rewrite(plant, "customers.csv", {"code": "C104"}, credit_limit="100")
    stage.pull()
    stage.passes(minutes=10)
    farida.expects("something has changed", buttons=BUTTONS)
    assert not stage.orders()


def test_what_looks_like_an_order_that_is_there_waits_for_a_word(stage: Stage, farida: Phone, plant: Path) -> None:
    farida.orders(ORDER)
    stage.passes(minutes=30)
    farida.says("8 case marie 120 bhej do")
    farida.expects("8 CASE", buttons=BUTTONS, without=["Will be posted"])
    stage.passes(minutes=15)
    assert len(posted(plant)) == 1
    farida.ignores()
    stage.passes(minutes=10)
    farida.ignores()


@pytest.mark.parametrize("text", ["90 case marie 120", "2 case choco chip 75 aur 5 case", "8 case marie 120 @ 100"])
def test_what_is_unusual_open_or_wished_for_waits_for_a_yes(
    stage: Stage, farida: Phone, plant: Path, text: str
) -> None:
    farida.says(text)
    farida.expects(without=["Will be posted"])
    stage.passes(minutes=15)
    assert not posted(plant)
    farida.ignores()
    stage.passes(minutes=10)
    farida.ignores()


def test_in_the_night_it_posts_as_by_day(stage: Stage, farida: Phone, plant: Path) -> None:
    stage.until(23, 10)
    farida.says(ORDER)
    farida.expects("Will be posted at 23:20")
    stage.passes(minutes=10)
    farida.expects("✅")
    assert len(posted(plant)) == 1


def test_paused_it_waits_and_is_asked_for_again_by_day(stage: Stage, farida: Phone, plant: Path) -> None:
    announced(farida)
    with stage.session() as session:
        pause(session, customer="C104", by="Asha")
    stage.passes(hours=2)
    assert not posted(plant)
    with stage.session() as session:
        resume(session, customer="C104")
    stage.passes(seconds=30)
    farida.expects("still waits for your yes", buttons=BUTTONS)
    stage.passes(minutes=30)
    assert not posted(plant)


def test_two_clocks_and_a_crash_between_post_it_once(
    stage: Stage, farida: Phone, plant: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced(farida)

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(unanswered, "follow", dies)
        stage.clock.push(timedelta(minutes=10))
        with pytest.raises(RuntimeError):
            unanswered.post_unanswered(stage.app)
    assert not stage.orders()
    assert unanswered.post_unanswered(stage.app) + unanswered.post_unanswered(stage.app) == 1
    stage.tick()
    farida.expects("✅")
    assert len(posted(plant)) == 1


class LateChannel(ConsoleChannel):
    """A provider that takes nothing for the first minutes."""

    def __init__(self) -> None:
        self.takes = False

    def send(self, message: OutgoingMessage) -> str:
        if not self.takes:
            raise SlowDown(code="63018", retry_after=timedelta(minutes=1))
        return super().send(message)


def test_a_summary_that_was_sent_too_late_to_be_objected_to_posts_nothing(
    stage: Stage, farida: Phone, plant: Path
) -> None:
    channel = LateChannel()
    stage.through(channel)
    farida.says(ORDER)
    farida.expects_nothing()
    stage.passes(minutes=5)
    channel.takes = True
    stage.passes(minutes=2)
    farida.expects("Will be posted at 10:10")
    stage.passes(minutes=3)
    stage.passes(seconds=15)
    farida.expects("still waits for your yes", buttons=BUTTONS)
    assert not posted(plant)
    stage.through(ConsoleChannel())


def test_a_customer_who_is_taken_back_to_assist_gets_a_clerk_and_no_post(
    stage: Stage, farida: Phone, plant: Path
) -> None:
    announced(farida)
    puts(stage, "assist", "C104")
    stage.passes(minutes=10)
    stage.passes(seconds=15)
    farida.expects_nothing()
    assert not posted(plant)
    assert stage.matters("draft_to_confirm")


def test_while_a_clerk_talks_with_its_sender_it_is_not_posted(stage: Stage, farida: Phone, plant: Path) -> None:
    announced(farida)
    with stage.session() as session:
        (draft,) = session.scalars(select(OrderDraft))
        take_over(session, draft.account_id, by="Deepika")
    stage.passes(minutes=10)
    stage.passes(minutes=20)
    farida.expects_nothing()
    assert not posted(plant)
    assert stage.matters("unconfirmed_draft")


def test_the_same_as_last_time_is_announced_and_what_was_forwarded_is_asked(
    stage: Stage, farida: Phone, plant: Path
) -> None:
    farida.says("same as last time")
    farida.expects("Will be posted at 10:10")
    stage.passes(minutes=10)
    farida.expects("✅")
    farida.says("20 peti kutku g chota", forwarded=True)
    farida.expects("forwarded", without=["Will be posted"])
    farida.taps("cancel")
    farida.ignores()
    assert len(posted(plant)) == 1


def test_without_the_customers_agreement_an_order_waits_for_its_yes(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS, without=["chadh jayega"])
    stage.passes(minutes=15)
    assert not posted(plant)


def test_it_is_said_in_hinglish(stage: Stage, plant: Path) -> None:
    auto_confirms(stage, "C101")
    ankit = stage.phone(ANKIT)
    ankit.says("20 peti kutku g chota")
    ankit.expects("10:10 baje chadh jayega, agar aap mana na karein.")
    stage.passes(minutes=10)
    ankit.expects("Jaise bataya tha, 10:10 par", "✅")
    stage.phone(RAMESH).ignores()
    assert len(posted(plant)) == 1


def test_a_message_that_could_not_be_read_may_have_been_the_objection(stage: Stage, farida: Phone, plant: Path) -> None:
    announced(farida)
    stage.passes(minutes=4)
    with broken(stage):
        farida.sends("1 number 10 case kar do")
        until_given_up(stage)
    for _ in range(10):
        stage.passes(minutes=1)
    farida.ignores()
    assert not posted(plant)


def test_only_the_summary_that_said_the_very_minute_counts_as_seen(stage: Stage, farida: Phone, plant: Path) -> None:
    auto_confirms(stage, "C104", value="no")
    farida.says(ORDER)
    farida.expects(buttons=BUTTONS, without=["Will be posted"])
    stage.passes(minutes=9)
    auto_confirms(stage, "C104")
    channel = LateChannel()
    stage.through(channel)
    farida.says(ORDER)
    farida.expects_nothing()
    assert stage.drafts()[0].posts_at is not None
    stage.passes(minutes=10)
    stage.passes(minutes=1)
    assert not posted(plant), "of the minute he was never told"
    stage.through(ConsoleChannel())


def test_while_a_clerk_keys_in_beside_it_it_is_not_posted(stage: Stage, farida: Phone, plant: Path) -> None:
    announced(farida)
    with stage.session() as session:
        (draft,) = session.scalars(select(OrderDraft))
        desk_drafts.begin(
            stage.app, session, account_id=draft.account_id, party_code="C104", inbound_id=None, by="Deepika"
        )
    stage.passes(minutes=11)
    farida.expects_nothing()
    assert not posted(plant)


def test_a_thumb_down_on_an_older_summary_stops_what_has_changed_since(
    stage: Stage, farida: Phone, plant: Path
) -> None:
    announced(farida)
    older = farida.last.row.sid
    farida.says("1 number 10 case kar do")
    farida.expects("10 CASE", "Will be posted", buttons=BUTTONS)
    stage.passes(minutes=1)
    farida.says("👎", kind="reaction", quoted_sid=older)
    farida.expects("10 CASE", buttons=BUTTONS, without=["Will be posted"])
    for _ in range(12):
        stage.passes(minutes=1)
    assert not posted(plant)
