"""To whoever asked us not to write only answers go, whatever the kind and whenever he asked."""

import pytest

from bot.kinds import OUTGOING, is_answer
from people import consent
from people.model import Account
from store.clock import ManualClock
from store.database import Database
from tests.unit.bot.conversing import account, matters, row, run_jobs, say
from tests.unit.bot.fake_channel import App

OWN = sorted(kind for kind in OUTGOING if not is_answer(kind, inbound_id=None))
ANSWERS = sorted(set(OUTGOING) - set(OWN))


@pytest.fixture
def app(database: Database) -> App:
    return App(database=database)


def stop(app: App, account_id: int) -> None:
    with app.database.transaction() as session:
        consent.stop(session, session.get_one(Account, account_id))


def test_of_all_kinds_only_answers_are_sent(app: App) -> None:
    someone = account(app.database)
    stop(app, someone)
    said = {kind: say(app.database, someone, kind, kind=kind, topic=f"t:{kind}") for kind in OUTGOING}
    run_jobs(app)
    assert sorted(app.channel.texts) == ANSWERS
    for kind in OWN:
        unsaid = row(app.database, said[kind])
        assert (unsaid.state, unsaid.error, unsaid.sent_at) == ("failed", "opted out", None)


def test_in_answer_to_a_message_of_his_any_kind_is_sent(app: App) -> None:
    someone = account(app.database)
    stop(app, someone)
    for kind in OWN:
        say(app.database, someone, kind, kind=kind, inbound_id=7)
    run_jobs(app)
    assert sorted(app.channel.texts) == OWN


def test_what_was_on_its_way_when_he_asked_is_not_sent_any_more(app: App) -> None:
    someone = account(app.database)
    for kind in OUTGOING:
        say(app.database, someone, kind, kind=kind)
    stop(app, someone)
    run_jobs(app)
    assert sorted(app.channel.texts) == ANSWERS


def test_what_he_must_hear_a_person_tells_him(app: App) -> None:
    someone = account(app.database)
    stop(app, someone)
    said = {kind: say(app.database, someone, kind, kind=kind) for kind in OWN}
    told = {matter.reference for matter in matters(app.database)}
    assert told == {f"outbound:{said[kind]}" for kind in OWN if OUTGOING[kind].told_otherwise}
    assert told, "an order cancelled in his name, say"


def test_what_he_does_not_get_takes_no_place_of_what_he_does(app: App) -> None:
    someone = account(app.database)
    answer = say(app.database, someone, "answer", kind="summary", topic="draft:1", inbound_id=7)
    stop(app, someone)
    say(app.database, someone, "reminder", kind="summary", topic="draft:1")
    run_jobs(app)
    assert app.channel.texts == ["answer"]
    assert row(app.database, answer).state == "sent"


def test_who_lets_us_begin_again_is_written_to_again(app: App, clock: ManualClock) -> None:
    someone = account(app.database)
    stop(app, someone)
    with app.database.transaction() as session:
        assert consent.start(session, session.get_one(Account, someone))
    say(app.database, someone, "good morning", kind="digest")
    run_jobs(app)
    assert app.channel.texts == ["good morning"]
