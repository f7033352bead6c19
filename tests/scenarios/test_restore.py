"""Restore of last night's backup: nothing is said or posted twice, nothing anybody wrote is lost."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.hear import hear
from bot.model import Inbound, KeptNotice
from bot.notices import keep
from bot.reconcile import reconcile
from bot.restored import after_restore
from erp.reconcile import CannotCompare
from people.model import Person
from store.backup import backup, restore
from store.clock import ManualClock
from store.database import now
from store.holds import release_everything, standstill
from tests.scenarios.cast import DEEPIKA, FARIDA, RAMESH, SUNITA, VIJAY
from tests.scenarios.provider import Provider
from tests.scenarios.stage import Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]


@pytest.fixture
def provider(stage: Stage, clock: ManualClock) -> Provider:
    provider = Provider(clock)
    stage.through(provider)
    return provider


def order(provider: Provider, phone: Phone, text: str) -> None:
    provider.hears(phone, text)
    phone.expects(buttons=BUTTONS)
    confirms(provider, phone)


def confirms(provider: Provider, phone: Phone) -> None:
    provider.taps(phone, "confirm")
    phone.expects("✅")


def in_the_erp(plant: Path) -> dict[str, str]:
    """Our numbers with their customers, as the ERP has them."""
    files = (plant / "out" / "sales_orders").glob("*.json")
    return {path.stem: json.loads(path.read_text())["customer"] for path in files}


def comes_back(stage: Stage, file: Path) -> None:
    """The disk is gone, and last night's backup is all there is."""
    stage.app.database.dispose()
    restore(stage.app.database.url, file)
    with stage.session() as session:
        after_restore(session)


def test_restore_of_last_nights_backup(stage: Stage, provider: Provider, plant: Path, tmp_path: Path) -> None:
    farida, ramesh, sunita, vijay = (stage.phone(one) for one in (FARIDA, RAMESH, SUNITA, VIJAY))
    order(provider, farida, "8 case marie 120")
    provider.hears(ramesh, "20 peti kutku g chota")
    before = ramesh.expects(buttons=BUTTONS)
    backup(stage.app.database.url, tmp_path / "last-night")

    stage.passes(minutes=5)
    ramesh.last = before
    confirms(provider, ramesh)
    order(provider, sunita, "6 case marie 120")
    booked = in_the_erp(plant)
    assert sorted(booked.values()) == ["C101", "C102", "C104"]
    stage.passes(minutes=1)
    provider.hears(vijay, "20 peti kutku g chota", webhook=False)
    comes_back(stage, tmp_path / "last-night")
    said = list(provider.texts)

    # Nothing is answered, sent or posted; what people write is stored.
    stage.passes(minutes=1)
    provider.hears(farida, "3 case marie 120")
    for _ in range(4):
        stage.passes(minutes=30)
    assert provider.texts == said
    assert in_the_erp(plant) == booked
    assert not stage.orders()[1:], "the backup knows of one order"

    # The orders booked since are named; until somebody says so, nothing goes on.
    report = reconcile(stage.app, by="Asha")
    forgotten = sorted(set(booked) - {stage.orders()[0].number})
    assert [one.name for one in report.differences] == [f"order:{number}" for number in forgotten]
    assert not report.lifted
    stage.passes(minutes=1)
    assert provider.texts == said
    half = reconcile(stage.app, in_spite_of=[f"order:{forgotten[0]}"], by="Asha")
    assert not half.lifted

    report = reconcile(stage.app, in_spite_of=["order"], by="Asha")
    assert report.lifted
    stage.run()
    farida.expects("3 CASE", buttons=BUTTONS)
    vijay.expects("20 CASE", buttons=BUTTONS)
    ramesh.expects_nothing()
    sunita.expects_nothing()
    about = {matter.reference for matter in stage.matters("after_restore")}
    assert {f"order:{number}" for number in forgotten} <= about
    assert len(about) == 4, "both orders, Ramesh and Sunita stand before a person"
    assert {one.party_code for one in stage.drafts() if one.state == "open"} == {"C104", vijay_firm(stage)}

    # The next order gets a number nobody was ever told.
    confirms(provider, farida)
    after = in_the_erp(plant)
    (new,) = set(after) - set(booked)
    assert new > max(booked)
    assert after == booked | {new: "C104"}
    stage.passes(hours=1)
    for phone in stage.phones.values():
        phone.ignores()
    assert in_the_erp(plant) == after


def vijay_firm(stage: Stage) -> str:
    (firm,) = {one.party_code for one in stage.drafts() if one.state == "open"} - {"C104"}
    return firm


def test_what_was_on_its_way_is_looked_up_and_neither_posted_nor_said_again(
    stage: Stage, provider: Provider, plant: Path, tmp_path: Path
) -> None:
    farida = stage.phone(FARIDA)
    provider.hears(farida, "8 case marie 120")
    farida.expects(buttons=BUTTONS)
    farida.presses("confirm")
    with stage.session() as session:
        # The backup is written between the yes and the ERP: it has the document waiting.
        waiting = session.scalars(select(Inbound.id).where(Inbound.state == "stored")).one()
    hear(stage.app, waiting)
    backup(stage.app.database.url, tmp_path / "copy")
    stage.passes(seconds=5)
    farida.expects("will be posted")
    farida.expects("✅")
    booked, said = in_the_erp(plant), list(provider.texts)
    assert len(booked) == 1
    (plant / "out" / "sales_orders" / f"{next(iter(booked))}.json").write_text('{"customer": "C104"}')

    comes_back(stage, tmp_path / "copy")
    stage.passes(minutes=2)
    report = reconcile(stage.app, by="Asha")
    assert report.lifted, report.differences
    stage.passes(minutes=5)
    farida.ignores()
    assert in_the_erp(plant) == booked
    (order,) = stage.orders()
    assert order.state == "posted"
    again = provider.texts[len(said) :]
    assert len(again) <= 1, "at most the number once more"


def test_a_yes_that_was_stored_and_not_read_when_the_backup_was_written_orders_nothing_again(
    stage: Stage, provider: Provider, plant: Path, tmp_path: Path
) -> None:
    farida = stage.phone(FARIDA)
    provider.hears(farida, "8 case marie 120")
    farida.expects(buttons=BUTTONS)
    stage.passes(seconds=10)
    assert farida.last is not None
    provider.hears(farida, "Confirm", payload=farida.last.payload("confirm")[0], quoted_sid=farida.last.row.sid or "")
    backup(stage.app.database.url, tmp_path / "copy")
    stage.passes(seconds=5)
    farida.expects("✅")
    booked = in_the_erp(plant)
    (number,) = booked

    comes_back(stage, tmp_path / "copy")
    stage.passes(minutes=5)
    assert [one.name for one in reconcile(stage.app, by="Asha").differences] == [f"order:{number}"]
    assert reconcile(stage.app, in_spite_of=["order"], by="Asha").lifted
    stage.passes(hours=1)
    farida.expects_nothing()
    assert in_the_erp(plant) == booked
    assert stage.orders() == []
    assert {matter.reference for matter in stage.matters("after_restore")} >= {f"order:{number}"}


def test_where_the_provider_keeps_no_list_what_was_open_is_left_to_a_person(
    stage: Stage, provider: Provider, plant: Path, tmp_path: Path
) -> None:
    provider.keeps_list = False
    farida, ramesh, vijay = (stage.phone(one) for one in (FARIDA, RAMESH, VIJAY))
    provider.hears(farida, "8 case marie 120")
    farida.expects(buttons=BUTTONS)
    provider.hears(ramesh, "20 peti kutku g chota")
    before = ramesh.expects(buttons=BUTTONS)
    vijay.sends("20 peti kutku g chota")
    with stage.session() as session:
        stored = session.scalars(select(Inbound).where(Inbound.state == "stored")).all()
        assert [one.body for one in stored] == ["20 peti kutku g chota"]
    backup(stage.app.database.url, tmp_path / "copy")
    stage.passes(seconds=10)
    vijay.expects("20 CASE", buttons=BUTTONS)
    ramesh.last = before
    confirms(provider, ramesh)
    booked, said = in_the_erp(plant), list(provider.texts)

    comes_back(stage, tmp_path / "copy")
    stage.passes(minutes=5)
    found = reconcile(stage.app, by="Asha")
    assert [one.kind for one in found.differences] == ["order", "provider"]
    assert reconcile(stage.app, in_spite_of=["order", "provider:console"], by="Asha").lifted
    stage.passes(hours=30)
    assert provider.texts == said, "nobody is reminded of what he may have ordered, nothing is said twice"
    assert in_the_erp(plant) == booked
    assert [draft.state for draft in stage.drafts()] == ["cancelled"] * 2
    about = [one.reference for one in stage.matters("after_restore")]
    assert len([one for one in about if one.startswith("account:")]) == 3


def test_a_bubble_on_its_way_is_not_said_again_where_no_list_tells(
    stage: Stage, provider: Provider, tmp_path: Path
) -> None:
    provider.keeps_list = False
    farida = stage.phone(FARIDA)
    farida.sends("8 case marie 120")
    with stage.session() as session:
        waiting = session.scalars(select(Inbound.id).where(Inbound.state == "stored")).one()
    hear(stage.app, waiting)
    backup(stage.app.database.url, tmp_path / "copy")
    stage.passes(seconds=10)
    farida.expects("8 CASE", buttons=BUTTONS)
    said = list(provider.texts)

    comes_back(stage, tmp_path / "copy")
    stage.passes(minutes=5)
    assert reconcile(stage.app, in_spite_of=["provider"], by="Asha").lifted
    stage.passes(hours=30)
    assert provider.texts == said
    assert len(stage.matters("unsent")) == 1
    assert [draft.state for draft in stage.drafts()] == ["cancelled"]


def test_a_restore_that_was_cut_short_is_held_and_must_be_run_again(
    stage: Stage, provider: Provider, tmp_path: Path
) -> None:
    farida = stage.phone(FARIDA)
    backup(stage.app.database.url, tmp_path / "copy")
    stage.app.database.dispose()
    restore(stage.app.database.url, tmp_path / "copy")  # and here the machine goes down
    provider.hears(farida, "8 case marie 120")
    stage.passes(minutes=30)
    farida.expects_nothing()
    with pytest.raises(CannotCompare, match="cut short: run it again"):
        reconcile(stage.app, by="Asha")
    comes_back(stage, tmp_path / "copy")
    assert reconcile(stage.app, by="Asha").lifted
    stage.run()
    farida.expects("8 CASE", buttons=BUTTONS)


def test_without_anything_since_the_backup_it_agrees_at_once(stage: Stage, provider: Provider, tmp_path: Path) -> None:
    farida = stage.phone(FARIDA)
    order(provider, farida, "8 case marie 120")
    backup(stage.app.database.url, tmp_path / "copy")
    comes_back(stage, tmp_path / "copy")
    report = reconcile(stage.app, by="Asha")
    assert report.lifted
    assert report.differences == report.accepted == []
    again = reconcile(stage.app, by="Asha")
    assert not again.held
    assert again.agrees


def test_an_order_the_erp_lost_and_a_message_we_never_had_are_named(
    stage: Stage, provider: Provider, plant: Path
) -> None:
    farida = stage.phone(FARIDA)
    order(provider, farida, "8 case marie 120")
    (number,) = in_the_erp(plant)
    shutil.rmtree(plant / "out")
    sid = provider.hears(farida, "aur 2 case", webhook=False)
    stage.clock.push(timedelta(minutes=4))
    report = reconcile(stage.app, by="Asha")
    assert [one.name for one in report.differences] == [f"gone:{number}", f"message:{sid}"]
    assert not report.lifted
    stage.tick()
    farida.ignores()


def test_while_the_erp_or_the_provider_is_away_nothing_is_decided(
    stage: Stage, provider: Provider, plant: Path, tmp_path: Path
) -> None:
    backup(stage.app.database.url, tmp_path / "copy")
    comes_back(stage, tmp_path / "copy")
    plant.rename(tmp_path / "unplugged")
    with pytest.raises(CannotCompare, match="is not there"):
        reconcile(stage.app, by="Asha")
    (tmp_path / "unplugged").rename(plant)
    provider.away = True
    with pytest.raises(CannotCompare, match="cannot be reached"):
        reconcile(stage.app, by="Asha")
    with stage.session() as session:
        assert standstill(session).everything
    provider.away = False
    assert reconcile(stage.app, by="Asha").lifted


def test_what_a_digest_may_have_told_since_the_backup_is_told_with_that_word(stage: Stage) -> None:
    with stage.session() as session:
        person = session.scalars(select(Person).where(Person.phone == DEEPIKA)).one()
        for sentence, due in (("Order M1 waits.", timedelta(hours=-1)), ("Order M2 waits.", timedelta(hours=1))):
            keep(
                session, person, sentence, plant="", due_at=now(session) + due, simulated=False, facts={"reference": ""}
            )
        session.flush()
        after_restore(session)
        kept = session.scalars(select(KeptNotice.sentence).order_by(KeptNotice.id)).all()
    assert [("perhaps" in one or "shayad" in one or "शायद" in one) for one in kept] == [True, False]
    with stage.session() as session:
        release_everything(session)
