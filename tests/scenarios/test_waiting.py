"""What the window keeps back waits at the desk, and goes once: by an approved form, or when the person writes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.bubbles import Bubble
from bot.channels.port import OutgoingMessage, WindowClosed
from bot.model import ContentShape, Outbound
from bot.notices import tell
from bot.take_over import hand_back, take_over
from people.model import Person
from routing import matters
from store.clock import ManualClock
from store.database import now
from tests.scenarios.cast import DEEPIKA, FARIDA
from tests.scenarios.provider import Provider
from tests.scenarios.stage import CHANNEL, Stage

NEWS = "Order M26000001 of Lakeview waits. See N101."


class Windowed(Provider):
    """A provider with WhatsApp's window: outside it an approved form alone is taken."""

    window = timedelta(hours=24)

    def __init__(self, clock: ManualClock, stage: Stage) -> None:
        super().__init__(clock)
        self._stage = stage

    def send(self, message: OutgoingMessage) -> str:
        if message.opens_window:
            with self._stage.session() as session:
                form = session.get(ContentShape, f"console:munshi_office_{message.language.lower()}")
                if form is None or form.approval != "approved":
                    raise WindowClosed("no form", code="63016")
        return super().send(message)


@pytest.fixture
def windowed(stage: Stage, clock: ManualClock) -> Windowed:
    channel = Windowed(clock, stage)
    stage.app = replace(stage.app, channels={CHANNEL: channel})
    return channel


def say_news(stage: Stage) -> str:
    """Something is told to the order desk, which never wrote."""
    with stage.session() as session:
        deepika = session.query(Person).filter_by(phone=DEEPIKA).one()
        language = {"hi-Latn": "hi_Latn"}.get(deepika.language, deepika.language or "en")
        bubble = Bubble(kind="notice_late", lines=(NEWS,), language=language)
        said = tell(stage.app, session, deepika, bubble, simulated=False).id
    stage.run()
    return said


def approve(stage: Stage, approval: str = "approved") -> None:
    with stage.session() as session:
        for language in ("en", "hi", "hi_latn"):
            key = f"console:munshi_office_{language}"
            session.merge(
                ContentShape(key=key, sid=f"HX{language}", made_at=now(session), approval=approval, reason="")
            )


def state(stage: Stage, outbound_id: str) -> tuple[str, str]:
    with stage.session() as session:
        row = session.get_one(Outbound, outbound_id)
        return row.state, row.error


def test_it_stands_before_a_person_until_a_form_is_approved_and_then_goes_once(
    stage: Stage, windowed: Windowed
) -> None:
    deepika = stage.phone(DEEPIKA)
    say_news(stage)
    deepika.expects_nothing()
    assert [matter.kind for matter in stage.matters()] == ["window_closed"]
    approve(stage, "pending")
    stage.passes(minutes=5)
    deepika.expects_nothing()
    approve(stage)
    stage.passes(minutes=1)
    deepika.expects("M26000001")
    stage.passes(minutes=30)
    deepika.expects_nothing()
    assert windowed.texts == [NEWS]
    assert stage.matters() == []


def test_when_the_person_writes_it_goes_before_the_answer_and_says_when_it_was_written(
    stage: Stage, windowed: Windowed
) -> None:
    deepika = stage.phone(DEEPIKA)
    say_news(stage)
    stage.passes(hours=5)
    deepika.says("hello")
    late = deepika.expects("M26000001", "10:00")
    assert late.row.lines[1] == NEWS
    deepika.expects("Munshi")
    stage.passes(minutes=5)
    deepika.expects_nothing()
    assert stage.matters() == []


def test_what_is_too_old_is_not_said_any_more_and_its_matter_says_so(stage: Stage, windowed: Windowed) -> None:
    said = say_news(stage)
    stage.passes(hours=73)
    assert state(stage, said) == ("failed", "too old")
    (matter,) = stage.matters()
    assert matter.facts["not_sent"] == "too old"
    approve(stage)
    stage.passes(minutes=5)
    stage.phone(DEEPIKA).expects_nothing()


def test_what_a_person_has_dealt_with_is_not_said_any_more(stage: Stage, windowed: Windowed) -> None:
    said = say_news(stage)
    (matter,) = stage.matters()
    with stage.session() as session:
        assert matters.close(session, matter.id, by="anita", reason="called her")
    approve(stage)
    stage.passes(minutes=5)
    assert state(stage, said) == ("superseded", "closed by the office")
    stage.phone(DEEPIKA).expects_nothing()


def test_a_summary_whose_draft_is_settled_meanwhile_is_not_shown_again(stage: Stage, windowed: Windowed) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=["confirm", "change", "cancel"])
    stage.passes(minutes=10)
    windowed.window = timedelta(minutes=15)
    stage.passes(minutes=12)
    farida.expects_nothing()
    assert {matter.kind for matter in stage.matters()} == {"unconfirmed_draft", "window_closed"}
    farida.says("cancel")
    farida.expects(without=["CASE"])
    stage.passes(minutes=1)
    farida.expects_nothing()
    assert stage.matters() == []


def test_two_clocks_let_it_go_once(stage: Stage, windowed: Windowed) -> None:
    say_news(stage)
    approve(stage)
    stage.clock.push(timedelta(minutes=1))
    stage.tick()
    stage.tick()
    assert windowed.texts == [NEWS]
    stage.phone(DEEPIKA).ignores()


def test_a_list_that_waits_is_not_shown_while_a_clerk_talks_with_him(stage: Stage, windowed: Windowed) -> None:
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.ignores()
    (draft,) = stage.drafts()
    with stage.session() as session:
        shown = session.scalars(select(Outbound).where(Outbound.draft_id == draft.id)).one()
        shown.state, shown.error, shown.waits_since = "failed", "63016", now(session)
        take_over(session, draft.account_id, by="deepika")
    farida.says("hello?")
    stage.passes(minutes=1)
    farida.expects_nothing()
    with stage.session() as session:
        hand_back(stage.app, session, draft.account_id, by="deepika")
    stage.passes(minutes=1)
    farida.expects("8 CASE", buttons=["confirm", "change", "cancel"])
    farida.says("hello")
    farida.expects("Namaste")
    farida.expects_nothing()
