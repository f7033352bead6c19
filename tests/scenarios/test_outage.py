"""Provider or ERP away for hours: told once, and once when over; nothing lost, nothing doubled."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from bot import alarms
from bot.alarm_ways import NotTold, Telling
from bot.model import ContentShape
from bot.pull import pull_changes
from erp.port import Batch, ErpDown
from store.clock import ManualClock
from store.database import Database
from store.heartbeat import Heart
from store.holds import pause, resume
from store.nightly import Backup
from store.queue import Queue, defer
from tests.scenarios.cast import FARIDA, RAMESH, SUNITA
from tests.scenarios.provider import Provider
from tests.scenarios.stage import Stage
from tests.wayward_erp import WaywardErp, is_down

BUTTONS = ["confirm", "change", "cancel"]


class Pager:
    """Somebody's chat in which alarms arrive."""

    def __init__(self) -> None:
        self.away = False
        self.told: list[str] = []

    def tell(self, telling: Telling) -> None:
        if self.away:
            raise NotTold("not there")
        self.told.append(f"{'over ' if telling.over else ''}{telling.key}")


@pytest.fixture
def pager(stage: Stage, database: Database) -> Iterator[Pager]:
    pager = Pager()
    stage.app = replace(stage.app, alarm_ways={"pager": pager})
    with Heart(database, "worker").beating():
        yield pager


@pytest.fixture
def provider(stage: Stage, clock: ManualClock, pager: Pager) -> Provider:
    provider = Provider(clock, pace=timedelta(seconds=6))
    stage.through(provider)
    return provider


def test_provider_down_two_hours(stage: Stage, provider: Provider, pager: Pager) -> None:
    farida, ramesh, sunita = (stage.phone(one) for one in (FARIDA, RAMESH, SUNITA))
    farida.says("8 case marie 120")
    farida.expects("8 CASE", buttons=BUTTONS)
    stage.passes(minutes=1)

    provider.away = True
    provider.taps(farida, "confirm")
    provider.hears(ramesh, "20 peti kutku g chota")
    provider.hears(sunita, "6 case marie 120", webhook=False)
    for minutes in (*[1] * 8, *[10] * 11):
        stage.passes(minutes=minutes)
    assert len(stage.orders()) == 1
    assert stage.orders()[0].state == "posted", "what was heard goes on to the ERP"
    assert pager.told == ["unsent", "provider:console"]

    provider.away = False
    for _ in range(10):
        stage.passes(minutes=1)
    farida.expects("✅")
    ramesh.expects("Kutku-G", buttons=BUTTONS)
    sunita.expects("6 CASE", buttons=BUTTONS)
    for phone in (farida, ramesh, sunita):
        phone.expects_nothing()
    assert pager.told == ["unsent", "provider:console", *pager.told[2:]]
    assert sorted(pager.told[2:]) == ["over provider:console", "over unsent"]
    assert len(stage.orders()) == 1
    assert stage.matters("unsent") == []


def test_longer_than_two_hours_what_could_not_be_said_stands_before_a_person(
    stage: Stage, provider: Provider, pager: Pager
) -> None:
    ramesh = stage.phone(RAMESH)
    provider.away = True
    provider.hears(ramesh, "20 peti kutku g chota")
    for _ in range(32):
        stage.passes(minutes=5)
    assert stage.matters("unsent")
    provider.away = False
    stage.passes(minutes=10)
    ramesh.ignores()
    assert [key for key in pager.told if key.startswith("over")]


def test_an_erp_away_is_told_after_five_minutes_and_once_when_it_is_back(
    stage: Stage, clock: ManualClock, pager: Pager
) -> None:
    erp = WaywardErp(clock, name=stage.app.erp.name)
    stage.app = replace(stage.app, erps={erp.name: erp})
    erp.acts.extend([is_down] * 200)
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    for _ in range(4):
        stage.passes(minutes=1)
    assert pager.told == []
    for _ in range(5):
        stage.passes(minutes=1)
    assert pager.told == [f"erp_takes:{erp.name}"]
    erp.acts.clear()
    for _ in range(3):
        stage.passes(minutes=1)
    farida.ignores()
    assert pager.told == [f"erp_takes:{erp.name}", f"over erp_takes:{erp.name}"]


def test_an_erp_that_cannot_be_read_is_told_once_however_it_fails(
    stage: Stage, clock: ManualClock, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp = WaywardErp(clock, name=stage.app.erp.name)
    stage.app = replace(stage.app, erps={erp.name: erp})

    def refuse(since: object) -> Iterator[Batch]:
        raise ErpDown("connection refused")

    monkeypatch.setattr(erp, "pull", refuse)
    erp.acts.extend([is_down] * 50)
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.taps("confirm")
    for _ in range(8):
        pull_changes(stage.app)
        stage.passes(minutes=1)
    assert pager.told == [f"erp:{erp.name}"]
    monkeypatch.undo()
    erp.acts.clear()
    pull_changes(stage.app)
    for _ in range(7):
        stage.passes(minutes=1)
    farida.ignores()
    assert pager.told == [f"erp:{erp.name}", f"over erp:{erp.name}"]


def test_an_alarm_that_cannot_be_told_is_told_later_and_once(stage: Stage, provider: Provider, pager: Pager) -> None:
    provider.away = pager.away = True
    for _ in range(8):
        stage.passes(minutes=1)
    provider.away = False
    stage.passes(minutes=1)
    pager.away = False
    for _ in range(12):
        stage.passes(minutes=1)
    assert pager.told == ["provider:console", "over provider:console"]


def test_a_short_fault_is_nobodys_trouble(stage: Stage, provider: Provider, pager: Pager) -> None:
    for _ in range(5):
        provider.away = True
        for _ in range(4):
            stage.passes(minutes=1)
        provider.away = False
        stage.passes(minutes=1)
    assert pager.told == []


def test_two_clocks_tell_one_alarm(stage: Stage, provider: Provider, pager: Pager) -> None:
    provider.away = True
    for _ in range(8):
        stage.passes(minutes=1)
        alarms.probe(stage.app)
        alarms.watch(stage.app)
    assert pager.told == ["provider:console"]


def test_while_paused_what_waits_is_no_alarm(stage: Stage, provider: Provider, pager: Pager) -> None:
    provider.hears(stage.phone(FARIDA), "8 case marie 120")
    with stage.session() as session:
        pause(session, customer="C104", by="Asha")
    for _ in range(10):
        stage.passes(minutes=1)
    assert pager.told == []
    with stage.session() as session:
        resume(session, customer="C104")
    stage.phone(FARIDA).ignores()


def test_a_rejected_template_a_failed_backup_and_a_full_disk_are_told(
    stage: Stage, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = stage.clock.now()
    with stage.session() as session:
        for key, approval in (
            ("console:munshi_any_en", "rejected"),
            ("console:munshi_any_hi", "paused"),
            ("munshi_any_en", "rejected"),
        ):
            session.add(ContentShape(key=key, sid=key, made_at=present, approval=approval))
        session.add(Backup(day=present.date(), machine="m", began_at=present, file="", size=0, failure="disk full"))
    monkeypatch.setattr(alarms, "free_bytes", lambda _: (500_000_000, 100_000_000_000))
    stage.passes(minutes=1)
    kinds = {key.partition(":")[0] for key in pager.told}
    assert kinds == {"template", "backup", "disk"}
    templates = {key for key in pager.told if key.startswith("template:")}
    assert templates == {"template:console:munshi_any_en", "template:console:munshi_any_hi"}, "none of another channel"
    with stage.session() as session:
        session.execute(update(ContentShape).values(approval="approved"))
    monkeypatch.undo()
    stage.passes(minutes=1)
    assert "over template:console:munshi_any_en" in pager.told


def test_a_queue_that_nobody_works_on_is_told(stage: Stage, pager: Pager) -> None:
    with stage.session() as session:
        defer(session, "talk.hear", queue=Queue.TALK, lock="a", inbound_id=999_999)
        defer(session, "talk.hear", queue=Queue.TALK, lock="a", inbound_id=999_998)
    alarms.watch(stage.app)
    assert pager.told == []
    with stage.session() as session:
        # The queue goes by the database's own time.
        session.execute(text("UPDATE procrastinate_events SET at = at - interval '3 minutes'"))
    alarms.watch(stage.app)
    assert pager.told == ["queue:talk"]
    stage.run()
    alarms.watch(stage.app)
    assert pager.told == ["queue:talk", "over queue:talk"]


def test_an_access_that_ends_soon_is_told_before_it_does(stage: Stage, provider: Provider, pager: Pager) -> None:
    ends_at = stage.clock.now() + timedelta(days=8)
    provider.access_ends_at = lambda: ends_at  # type: ignore[attr-defined]
    stage.passes(minutes=1)
    assert pager.told == []
    stage.passes(hours=48)
    assert [key for key in pager.told if key == "token:console"] == ["token:console"]


@pytest.mark.parametrize(
    ("free", "total", "wrong"), [(0.9, 10, True), (8, 500, True), (12, 500, False), (2, 30, False)]
)
def test_a_disk_is_too_full_by_what_is_left_and_by_its_share(
    stage: Stage, pager: Pager, monkeypatch: pytest.MonkeyPatch, free: float, total: float, wrong: bool
) -> None:
    monkeypatch.setattr(alarms, "free_bytes", lambda _: (int(free * 1e9), int(total * 1e9)))
    alarms.watch(stage.app)
    assert any(key.startswith("disk:") for key in pager.told) == wrong


def test_a_database_that_is_away_is_told_by_the_clock_itself(
    stage: Stage, clock: ManualClock, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(stage.app.database, "transaction", away)
    for _ in range(4):
        with pytest.raises(OperationalError):
            alarms.watch(stage.app)
        clock.push(timedelta(seconds=40))
    assert pager.told == ["database"]
    monkeypatch.undo()
    for _ in range(2):
        alarms.watch(stage.app)
    assert pager.told == ["database", "over database"]
