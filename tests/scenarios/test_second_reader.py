"""The optional second reader: it proposes, its sender chooses; and it may be as broken as it likes."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import select, text

from bot import hear as hearing
from bot.app import build_second_reader
from bot.jobs import jobs
from bot.model import Inbound, InboundState
from bot.second_reader import FAILURES_TO_OPEN, MOST_AT_ONCE, PAUSE_SECONDS, Circuit, SecondReader
from bot.settings import read
from orders.model import Alias, TrailEntry
from store.worker import run_worker
from tests.scenarios import reader_stand_in
from tests.scenarios.cast import DINESH, FARIDA, MAHENDRA, MANISH, RAMESH, SANJAY, VIJAY, VIKAS
from tests.scenarios.reader_stand_in import StandIn, fails, proposes, says
from tests.scenarios.stage import Phone, Stage
from web import health

STRANGE = "5 peti sunehri dhoop"
MARIE = "Sanjh Marie 365 120 g"
BUTTONS = ["confirm", "change", "cancel"]
KEY = "sk-secret-of-the-endpoint"


@pytest.fixture
def reader() -> Iterator[StandIn]:
    with reader_stand_in.listening(proposes(MARIE)) as stand_in:
        yield stand_in


@pytest.fixture
def asking(stage: Stage, reader: StandIn) -> Stage:
    """The stage, with the stand-in as second reader."""
    return with_reader(stage, reader)


def with_reader(stage: Stage, reader: StandIn, circuit: Circuit | None = None) -> Stage:
    second = SecondReader(url=reader.url, model="any", key=KEY, circuit=circuit)
    stage.app = replace(stage.app, second_reader=second)
    return stage


def unknown(phone: Phone, said: str = STRANGE) -> None:
    """What is answered without any second reader."""
    phone.says(said)
    phone.expects(f"“{said}”", "hamare paas nahi hai", without=["a) "])


def outcomes(stage: Stage) -> list[str]:
    with stage.session() as session:
        steps = session.scalars(select(TrailEntry).where(TrailEntry.what == "second_reader").order_by(TrailEntry.id))
        return [step.facts["outcome"] for step in steps]


def test_off_by_default_nobody_is_asked(stage: Stage, reader: StandIn) -> None:
    assert stage.app.settings.reader_url == ""
    unknown(stage.phone(RAMESH))
    assert reader.requests == []


@pytest.mark.parametrize("end", ["", "/", "/chat/completions"])
def test_the_settings_name_it(stage: Stage, reader: StandIn, end: str) -> None:
    assert build_second_reader(stage.app.settings) is None
    settings = read({"READER_URL": reader.url + end, "READER_MODEL": "of-ours"})
    stage.app = replace(stage.app, second_reader=build_second_reader(settings))
    stage.phone(RAMESH).says(STRANGE)
    stage.phone(RAMESH).expects("a) Sanjh Marie 365 120 g")
    (request,) = reader.requests
    assert (request.path, json.loads(request.body)["model"]) == ("/v1/chat/completions", "of-ours")
    assert "Authorization" not in request.headers


def test_what_it_proposes_is_asked_and_goes_only_when_it_is_chosen(asking: Stage, reader: StandIn) -> None:
    ramesh = asking.phone(RAMESH)
    ramesh.says(STRANGE)
    asked = ramesh.expects("a) Sanjh Marie 365 120 g – 5 CASE")
    (line,) = asking.drafts()[0].lines
    assert (line.status, line.sku, line.quantity) == ("ask", None, 5)
    assert outcomes(asking) == ["proposed"]
    assert "confirm" not in asked.acts
    ramesh.taps(MARIE)
    ramesh.expects("1. Sanjh Marie 365 120 g", "5 CASE", buttons=BUTTONS)
    with asking.session() as session:
        alias = session.scalars(select(Alias).where(Alias.origin == "pick")).one()
        assert (alias.phrase, alias.state) == ("sunehri dhoop", "proposed"), "one answer makes no alias yet"
    assert len(reader.requests) == 1, "a pick asks nobody"


def test_what_was_answered_once_is_not_asked_again_of_anybody(asking: Stage, reader: StandIn) -> None:
    ramesh = asking.phone(RAMESH)
    ramesh.says(STRANGE)
    ramesh.expects("a) Sanjh Marie")
    ramesh.taps(MARIE)
    ramesh.expects(buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    asking.passes(hours=25)
    ramesh.ignores()
    ramesh.says(STRANGE)
    ramesh.expects("Sanjh Marie 365 120 g", "5 CASE", buttons=BUTTONS)
    assert len(reader.requests) == 1


def test_to_a_question_of_ours_it_adds_a_choice_and_takes_none_away(asking: Stage, reader: StandIn) -> None:
    vijay = asking.phone(VIJAY)
    vijay.says("12 peti kutku g chota aur 8 peti milap cream 80")
    asked = vijay.expects("a) Milap Cream", "b) Milap Cream", MARIE)
    assert "1. Kutku-G Glucose Biscuit 50 g – 12 CASE" in asked.text, "a settled line is not asked about"
    assert [line.quantity for line in asking.drafts()[0].lines] == [12, 8]
    (request,) = reader.requests
    assert request.asked["lines"] == ["8 peti milap cream 80"]


def test_a_message_that_leaves_nothing_in_doubt_is_not_shown_to_it(asking: Stage, reader: StandIn) -> None:
    ramesh = asking.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    ramesh.says("haan")
    ramesh.expects("✅")
    assert reader.requests == []


@pytest.mark.parametrize(
    "act",
    [
        proposes("KG-050", "Golden Incense 100 g", ""),
        says("I would say Marie."),
        says('{"lines": [{"line": 7, "items": ["Sanjh Marie 365 120 g"]}]}'),
        says('{"lines": {"1": "Sanjh Marie 365 120 g"}}'),
        says("[" * 30_000),
        lambda _: (200, b"<html>"),
        lambda _: (200, b"\xff\x00" * 100_000),
        fails(500),
        fails(401),
        fails(302),
    ],
    ids=["unknown names", "prose", "no such line", "shape", "depth", "html", "size", "500", "401", "302"],
)
def test_whatever_is_no_proposal_changes_nothing(asking: Stage, reader: StandIn, act: reader_stand_in.Act) -> None:
    reader.act = act
    unknown(asking.phone(RAMESH))
    assert len(reader.requests) == 1
    assert len(outcomes(asking)) == 1


def test_an_item_this_customer_cannot_buy_is_not_proposed(asking: Stage, reader: StandIn) -> None:
    with asking.session() as session:
        session.execute(text("UPDATE items SET active = false WHERE name = :name"), {"name": MARIE})
    unknown(asking.phone(RAMESH))
    assert MARIE not in reader.requests[0].asked["items"]


def test_neither_telephone_nor_firm_nor_person_nor_price_is_sent(asking: Stage, reader: StandIn) -> None:
    mahendra = asking.phone(MAHENDRA)
    mahendra.says(
        "Kothari Agencies ke liye bhejo\n8 peti sunehri dhoop @240\n"
        "Mahendra Kothari, C106, 98260-41057 / +91 98260 41058 / ९८२६०४१०५७"
    )
    mahendra.ignores()
    (request,) = reader.requests
    sent = json.dumps(json.loads(request.body), ensure_ascii=False) + str(request.headers)
    for secret in ("kothari", "agencies", "c106", "98260", "41057", "९८२६", "240", "mahendra", "+91"):
        assert secret not in sent.casefold().replace(KEY, ""), secret
    assert "sunehri dhoop" in sent
    assert request.path == "/v1/chat/completions"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert set(json.loads(request.body)) == {"model", "messages"}
    assert set(request.asked) == {"message", "lines", "items"}
    assert 20 < len(request.asked["items"]) <= 100


def test_a_message_that_waited_for_its_firm_is_what_is_shown(asking: Stage, reader: StandIn) -> None:
    mahendra = asking.phone(MAHENDRA)
    mahendra.says(STRANGE)
    mahendra.expects("firm")
    assert reader.requests == [], "nothing is read for good before the firm is known"
    mahendra.taps("Kothari Agencies")
    mahendra.expects("Kothari Agencies", "a) Sanjh Marie 365 120 g – 5 CASE")
    assert [request.asked["message"] for request in reader.requests] == [STRANGE]


def test_one_that_hangs_costs_three_seconds_and_nothing_is_open_meanwhile(asking: Stage, reader: StandIn) -> None:
    open_ones: list[int] = []

    def act(_: reader_stand_in.Request) -> tuple[int, bytes]:
        with asking.session() as session:
            open_ones.append(
                session.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        " AND state LIKE 'idle in transaction%'"
                    )
                )
                or 0
            )
        reader.released.wait(10)
        return 200, b"{}"

    reader.act = act
    ramesh = asking.phone(RAMESH)
    began = time.monotonic()
    unknown(ramesh)
    assert 2.5 < time.monotonic() - began < 5.5, "asked once, and no second time"
    assert open_ones == [0]
    assert outcomes(asking) == ["slow"]


def waiting(stage: Stage, sid: str) -> bool:
    return stage.inbound(sid).state == InboundState.STORED.value


def test_two_people_do_not_wait_for_each_other_while_it_hangs(asking: Stage, reader: StandIn) -> None:
    reader_stand_in.hangs(reader)
    sids = [asking.phone(number).sends(STRANGE) for number in (RAMESH, FARIDA)]
    ids = [asking.inbound(sid).id for sid in sids]
    began = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda inbound_id: hearing.hear(asking.app, inbound_id), ids))
    assert time.monotonic() - began < 5.8, "one behind the other would take six"
    assert not any(waiting(asking, sid) for sid in sids)
    for number in (RAMESH, FARIDA):
        asking.phone(number).ignores()


@pytest.mark.slow
def test_however_many_wait_for_it_other_chats_are_answered_at_once(asking: Stage, reader: StandIn) -> None:
    """With real workers: of all that are in doubt only so many wait that as many threads are left to others."""
    reader_stand_in.hangs(reader)
    stop = Event()
    worker = Thread(target=run_worker, args=(jobs, asking.app), kwargs={"stop": stop})
    worker.start()
    try:
        doubtful = [asking.phone(number).sends(STRANGE) for number in (RAMESH, FARIDA, VIJAY, MANISH, SANJAY)]
        time.sleep(0.5)
        clear = asking.phone(DINESH).sends("20 peti kutku g chota")
        until(lambda: not waiting(asking, clear), within=2.4)  # before the first of those in doubt is given up
        until(lambda: not any(waiting(asking, sid) for sid in doubtful), within=6)
    finally:
        stop.set()
        worker.join(15)
    assert len(reader.requests) == MOST_AT_ONCE
    for number in (RAMESH, FARIDA, VIJAY, MANISH, SANJAY, DINESH, VIKAS):
        asking.phone(number).ignores()


def until(condition, *, within: float) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.05)


def test_one_nobody_listens_to_is_left_alone_and_tried_again_after_a_while(stage: Stage, reader: StandIn) -> None:
    present = [0.0]
    circuit = Circuit(lambda: present[0])
    with_reader(stage, replace(reader, url="http://127.0.0.1:1/v1"), circuit)
    ramesh = stage.phone(RAMESH)
    unknown(ramesh)
    assert circuit.is_open(), "a refused connection is enough"
    with_reader(stage, reader, circuit)
    ramesh.says("6 peti neeli agarbatti")
    ramesh.ignores()
    assert reader.requests == []
    present[0] += PAUSE_SECONDS
    ramesh.says("7 peti laal mombatti")
    ramesh.ignores()
    assert len(reader.requests) == 1
    assert not circuit.is_open()


def test_after_silences_in_a_row_it_costs_no_more_time(stage: Stage, reader: StandIn) -> None:
    reader.act = fails(503)
    with_reader(stage, reader)
    ramesh = stage.phone(RAMESH)
    for number in range(FAILURES_TO_OPEN + 2):
        ramesh.says(f"{number + 5} peti sunehri dhoop no{'x' * number}")
        ramesh.ignores()
    assert len(reader.requests) == FAILURES_TO_OPEN


def test_nothing_that_was_said_is_logged(asking: Stage, reader: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    reader.act = says("sunehri dhoop? Sanjh Marie!")
    asking.phone(RAMESH).says(STRANGE)
    asking.phone(RAMESH).ignores()
    logged = "".join(capsys.readouterr())
    assert "second_reader_asked" in logged
    assert "nonsense" in logged
    for secret in ("dhoop", "Marie", KEY, RAMESH):
        assert secret not in logged


def test_what_came_of_asking_is_counted(asking: Stage, reader: StandIn) -> None:
    asking.phone(RAMESH).says(STRANGE)
    asking.phone(RAMESH).ignores()
    reader.act = fails(500)
    asking.phone(FARIDA).says(STRANGE)
    asking.phone(FARIDA).ignores()
    app = Flask("figures")
    app.register_blueprint(health.blueprint(asking.app))
    figures = app.test_client().get("/metrics").text
    for outcome in ("proposed", "refused"):
        assert f'munshi_second_reader_messages{{outcome="{outcome}"}} 1.0' in figures


def test_a_message_that_is_heard_twice_is_answered_once(asking: Stage) -> None:
    sid = asking.phone(RAMESH).sends(STRANGE)
    inbound_id = asking.inbound(sid).id
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: hearing.hear(asking.app, inbound_id), range(2)))
    asking.phone(RAMESH).expects("a) Sanjh Marie")
    asking.phone(RAMESH).expects_nothing()
    with asking.session() as session:
        assert session.get_one(Inbound, inbound_id).outcome == "summary"
